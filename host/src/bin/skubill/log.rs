//! What happens, on stderr: where `RUST_LOG` asks for it, and as much as it asks for.

use std::io::{self, IsTerminal};

use tracing_subscriber::EnvFilter;

pub fn start() {
    let Some(wanted) = std::env::var_os("RUST_LOG").filter(|wanted| !wanted.is_empty()) else {
        return;
    };
    match EnvFilter::try_new(wanted.to_string_lossy()) {
        Ok(filter) => {
            tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).with_ansi(io::stderr().is_terminal()).init()
        }
        Err(error) => eprintln!("RUST_LOG is passed over: {error}"),
    }
}
