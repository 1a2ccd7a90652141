//! Files and directories, on the disk before anything relies on them.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use super::error::{Error, file_error};
use skubill_services::{file, private};

/// A new file, on the disk and read-only.
pub(super) fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = private::new_read_only(OpenOptions::new().write(true).create_new(true)).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

pub(super) fn copy(source: &Path, path: &Path) -> Result<(), Error> {
    let mut from = file::open(source, file::REPORT_BYTES_MAX)?;
    let mut to = private::new_read_only(OpenOptions::new().write(true).create_new(true)).open(path).map_err(file_error(path))?;
    io::copy(&mut from, &mut to).and_then(|_| to.sync_all()).map_err(file_error(path))
}

/// That a file was renamed is on the disk once its directory is. Where directories cannot be opened, the system
/// sees to it by itself.
pub(super) fn sync_directory(path: &Path) -> Result<(), Error> {
    if cfg!(unix) { File::open(path).and_then(|directory| directory.sync_all()).map_err(file_error(path)) } else { Ok(()) }
}
