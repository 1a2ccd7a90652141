//! Files that a command reads.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use anyhow::Context;
use skubill::bill::Limits;
use skubill::sandbox::Bounds;

use crate::fail::Fail;

/// A file as a stream; `-` is stdin.
pub fn open(path: &Path) -> Result<Box<dyn Read>, Fail> {
    if path == Path::new("-") {
        return Ok(Box::new(io::stdin().lock()));
    }
    let file = File::open(path).with_context(|| format!("open {}", path.display()))?;
    Ok(Box::new(file))
}

/// More than any price book may have; what is longer is handed on cut, and is too long all the same.
const BOOK_BYTES_READ: u64 = 64 << 20;

/// A small file, whole.
pub fn read(path: &Path) -> Result<Vec<u8>, Fail> {
    let mut bytes = Vec::new();
    open(path)?.take(BOOK_BYTES_READ).read_to_end(&mut bytes).with_context(|| format!("read {}", path.display()))?;
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
