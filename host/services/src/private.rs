//! Directories and files that are their owner's alone. Where a system knows no modes, they are as it makes them.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

/// A directory and those above it, where they are missing; what is there stays as it is.
pub fn directory(path: &Path) -> io::Result<()> {
    builder(true).create(path)
}

/// A directory of our own inside the state directory: made, or made to be its owner's alone.
pub fn own_directory(path: &Path) -> io::Result<()> {
    directory(path)?;
    set_mode(path, 0o700, 0o077)
}

/// A directory that must not be there yet.
pub fn new_directory(path: &Path) -> io::Result<()> {
    builder(false).create(path)
}

fn builder(recursive: bool) -> DirBuilder {
    let mut builder = DirBuilder::new();
    builder.recursive(recursive);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
}

/// A file that is made is its owner's to read and write.
pub fn new_file(options: &mut OpenOptions) -> &mut OpenOptions {
    mode(options, 0o600)
}

/// A file to be written from its beginning, its owner's alone also where it was there before.
pub fn create(path: &Path) -> io::Result<File> {
    let file = new_file(OpenOptions::new().write(true).create(true).truncate(true)).open(path)?;
    owner_alone(path)?;
    Ok(file)
}

/// All of such a file.
pub fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    create(path)?.write_all(bytes)
}

/// Whether others than its owner may do anything with a file.
pub fn is_shared(path: &Path) -> io::Result<bool> {
    let metadata = std::fs::metadata(path)?;
    #[cfg(unix)]
    return Ok(std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o077 != 0);
    #[cfg(not(unix))]
    Ok(drop(metadata)).map(|()| false)
}

/// A file that is made can be written through the handle that made it, and never again.
pub fn new_read_only(options: &mut OpenOptions) -> &mut OpenOptions {
    mode(options, 0o400)
}

fn mode(options: &mut OpenOptions, mode: u32) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, mode);
    #[cfg(not(unix))]
    let _ = mode;
    options
}

/// A file that was made by others, for its owner to read and write, if it was not.
pub fn owner_alone(path: &Path) -> io::Result<()> {
    set_mode(path, 0o600, 0o077)
}

/// A file that was made by others, for its owner to read, if it was not.
pub fn read_only(path: &Path) -> io::Result<()> {
    set_mode(path, 0o400, 0o377)
}

#[cfg(unix)]
fn set_mode(path: &Path, mode: u32, refused: u32) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mut permissions = std::fs::metadata(path)?.permissions();
    if permissions.mode() & refused == 0 {
        return Ok(());
    }
    permissions.set_mode(mode);
    std::fs::set_permissions(path, permissions)
}

#[cfg(not(unix))]
fn set_mode(_path: &Path, _mode: u32, _refused: u32) -> io::Result<()> {
    Ok(())
}
