//! Files that a command reads.

use std::io::{self, Read};
use std::path::Path;

use anyhow::Context;
use skubill::bill::Limits;
use skubill::sandbox::Bounds;
use skubill_services::file::{self, BOOK_BYTES_MAX, REPORT_BYTES_MAX};

use crate::fail::Fail;

/// A file as a stream; `-` is stdin.
pub fn open(path: &Path) -> Result<Box<dyn Read>, Fail> {
    if path == Path::new("-") {
        return Ok(Box::new(io::stdin().lock()));
    }
    let file = file::open(path, REPORT_BYTES_MAX).context("open a file")?;
    Ok(Box::new(file))
}

/// A small file, whole. Of stdin as much is read as a file may have; the component finds what is longer too long.
pub fn read(path: &Path) -> Result<Vec<u8>, Fail> {
    if path != Path::new("-") {
        return Ok(file::read(path, BOOK_BYTES_MAX).context("read a file")?);
    }
    let mut bytes = Vec::new();
    io::stdin().lock().take(BOOK_BYTES_MAX).read_to_end(&mut bytes).context("read stdin")?;
    Ok(bytes)
}

/// `NAME=NUMBER`s of `--limit`, those of the component and those of the sandbox.
pub fn limits(arguments: &[String]) -> Result<(Limits, Bounds), Fail> {
    let (mut limits, mut bounds) = (Limits::new(), Bounds::default());
    for argument in arguments {
        let wrong = || Fail::Usage(format!("--limit {argument}: write NAME=NUMBER"));
        let (name, number) = argument.split_once('=').ok_or_else(wrong)?;
        let number: u64 = number.parse().map_err(|_| wrong())?;
        match name {
            "memory_bytes" => bounds.memory_bytes = usize::try_from(number).unwrap_or(usize::MAX),
            "fuel" => bounds.fuel = number,
            "time_milliseconds" => bounds.time_milliseconds = number,
            _ => {
                limits.insert(name.to_string(), number);
            }
        }
    }
    Ok((limits, bounds))
}
