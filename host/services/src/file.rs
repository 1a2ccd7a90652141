//! Files that somebody names, in a configuration, on a command line or in a manifest: regular ones of bounded size.
//! A pipe or a device in such a place would block the program, or be read without end.

use std::fs::{self, File, FileType, OpenOptions};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// A configuration: 1 MiB, some thousand accounts.
pub const CONFIG_BYTES_MAX: u64 = 1 << 20;

/// A secret: 64 KiB. A signed token has some kilobytes, and no header of that length is accepted anywhere.
pub const SECRET_BYTES_MAX: u64 = 64 << 10;

/// Certificate authorities: 4 MiB. The system's own, all of them, take 0.2 MB.
pub const CA_BYTES_MAX: u64 = 4 << 20;

/// A price book or customers file: 64 MiB are read. The component's own limit, which is 16 MiB unless it is raised,
/// refuses it with its place.
pub const BOOK_BYTES_MAX: u64 = 64 << 20;

/// A report: 4 GiB, the component's limit of its text (`inflated_bytes`). Of a compressed one it takes 1 GiB
/// (`compressed_bytes`), and says so.
pub const REPORT_BYTES_MAX: u64 = 4 << 30;

/// Why a file is not read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{}: {source}", path.display())]
    Io { path: PathBuf, source: io::Error },
    #[error("{}: this is a {kind}, and a regular file is needed", path.display())]
    NotRegular { path: PathBuf, kind: &'static str },
    #[error("{}: it has more than {limit} bytes, which is the most for such a file", path.display())]
    TooLong { path: PathBuf, limit: u64 },
}

impl Error {
    /// Whether there is nothing of that name.
    pub fn is_absent(&self) -> bool {
        matches!(self, Error::Io { source, .. } if source.kind() == io::ErrorKind::NotFound)
    }
}

impl From<Error> for io::Error {
    fn from(error: Error) -> io::Error {
        match error {
            Error::Io { source, .. } => source,
            Error::NotRegular { kind, .. } => {
                io::Error::new(io::ErrorKind::InvalidInput, format!("this is a {kind}, and a regular file is needed"))
            }
            Error::TooLong { limit, .. } => {
                io::Error::new(io::ErrorKind::FileTooLarge, format!("it has more than {limit} bytes, which is the most for such a file"))
            }
        }
    }
}

/// A regular file of at most so many bytes, open for reading. Links are followed.
pub fn open(path: &Path, bytes_max: u64) -> Result<File, Error> {
    open_as(path, bytes_max, |path| fs::metadata(path), 0)
}

/// The same, and no link.
pub fn open_itself(path: &Path, bytes_max: u64) -> Result<File, Error> {
    #[cfg(unix)]
    let no_link = libc::O_NOFOLLOW;
    #[cfg(not(unix))]
    let no_link = 0;
    open_as(path, bytes_max, |path| fs::symlink_metadata(path), no_link)
}

/// All bytes of a regular file, at most so many.
pub fn read(path: &Path, bytes_max: u64) -> Result<Vec<u8>, Error> {
    all(open(path, bytes_max)?, path, bytes_max)
}

/// The same, and no link.
pub fn read_itself(path: &Path, bytes_max: u64) -> Result<Vec<u8>, Error> {
    all(open_itself(path, bytes_max)?, path, bytes_max)
}

/// All of a regular file as UTF-8.
pub fn read_text(path: &Path, bytes_max: u64) -> Result<String, Error> {
    String::from_utf8(read(path, bytes_max)?)
        .map_err(|_| Error::Io { path: path.into(), source: io::Error::new(io::ErrorKind::InvalidData, "it is no UTF-8 text") })
}

fn open_as(path: &Path, bytes_max: u64, look: fn(&Path) -> io::Result<fs::Metadata>, flags: i32) -> Result<File, Error> {
    let wrong = |source| Error::Io { path: path.into(), source };
    // Looked at first, since opening some devices does something; and again once it is open, for it may be another by
    // then. Nothing blocks in between.
    fits(path, &look(path).map_err(wrong)?, bytes_max)?;
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, libc::O_NONBLOCK | libc::O_NOCTTY | flags);
    #[cfg(not(unix))]
    let _ = flags;
    let file = options.open(path).map_err(wrong)?;
    fits(path, &file.metadata().map_err(wrong)?, bytes_max)?;
    Ok(file)
}

fn fits(path: &Path, found: &fs::Metadata, bytes_max: u64) -> Result<(), Error> {
    if !found.is_file() {
        return Err(Error::NotRegular { path: path.into(), kind: kind(found.file_type()) });
    }
    if found.len() > bytes_max {
        return Err(Error::TooLong { path: path.into(), limit: bytes_max });
    }
    Ok(())
}

fn all(file: File, path: &Path, bytes_max: u64) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    // Some say that they are empty, and are not; others grow.
    file.take(bytes_max.saturating_add(1)).read_to_end(&mut bytes).map_err(|source| Error::Io { path: path.into(), source })?;
    if bytes.len() as u64 > bytes_max {
        return Err(Error::TooLong { path: path.into(), limit: bytes_max });
    }
    Ok(bytes)
}

#[cfg(unix)]
fn kind(found: FileType) -> &'static str {
    use std::os::unix::fs::FileTypeExt;
    match found {
        _ if found.is_dir() => "directory",
        _ if found.is_symlink() => "link",
        _ if found.is_fifo() => "named pipe",
        _ if found.is_socket() => "socket",
        _ if found.is_char_device() || found.is_block_device() => "device",
        _ => "special file",
    }
}

#[cfg(not(unix))]
fn kind(found: FileType) -> &'static str {
    if found.is_dir() { "directory" } else { "special file" }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("skubill-file-{}-{name}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder");
        folder
    }

    #[test]
    fn as_many_bytes_as_are_allowed_and_one_more() {
        let folder = folder("bytes");
        let path = folder.join("a");
        fs::write(&path, "12345").expect("a file");
        assert_eq!(read(&path, 5).expect("five bytes"), b"12345");
        assert!(matches!(read(&path, 4), Err(Error::TooLong { limit: 4, .. })));
        assert!(read(&folder.join("none"), 4).expect_err("absent").is_absent());
        fs::remove_dir_all(folder).expect("removed");
    }

    #[cfg(unix)]
    #[test]
    fn what_is_no_regular_file_is_not_opened() {
        let folder = folder("kinds");
        let pipe = folder.join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().expect("mkfifo").success());
        let told = |path: &Path| read(path, 100).expect_err("no regular file").to_string();
        assert!(told(&pipe).contains("this is a named pipe"), "{}", told(&pipe));
        assert!(told(Path::new("/dev/zero")).contains("this is a device"));
        assert!(told(&folder).contains("this is a directory"));
        let (file, link) = (folder.join("file"), folder.join("link"));
        fs::write(&file, "x").expect("a file");
        std::os::unix::fs::symlink(&file, &link).expect("a link");
        assert_eq!(read(&link, 1).expect("followed"), b"x");
        assert!(matches!(open_itself(&link, 1), Err(Error::NotRegular { kind: "link", .. })));
        // What says that it has no bytes, and has some.
        assert!(matches!(read(Path::new("/proc/self/maps"), 10), Err(Error::TooLong { .. }) | Err(Error::Io { .. })));
        fs::remove_dir_all(folder).expect("removed");
    }
}
