//! Text on a terminal.

use std::io::{self, IsTerminal, Write};

use crate::fail::Fail;

pub use skubill_services::text::{json, one_line, printable, quoted};

/// Write to stdout. A reader that went away ends the command quietly.
pub fn print(text: &str) -> Result<(), Fail> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result.map_err(|error| Fail::World(anyhow::Error::new(error).context("write to stdout"))),
    }
}

/// Whether colours are wanted: on a terminal, unless `NO_COLOR` is set.
pub fn colours() -> bool {
    io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}
