//! What happens, on stderr: where `RUST_LOG` asks for it, and as much as it asks for.

use std::io::{self, IsTerminal};

use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{fmt, registry};

pub fn start() {
    let Some(wanted) = std::env::var_os("RUST_LOG").filter(|wanted| !wanted.is_empty()) else {
        return;
    };
    match wanted.to_string_lossy().parse::<Targets>() {
        Ok(targets) => {
            registry().with(fmt::layer().with_writer(io::stderr).with_ansi(io::stderr().is_terminal())).with(targets).init();
        }
        Err(error) => eprintln!("RUST_LOG is passed over: {error}"),
    }
}
