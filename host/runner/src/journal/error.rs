//! What can be wrong with a journal, each told in its own words.

use std::io;
use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

use super::id::EntryId;

/// Why the journal cannot be read or written. What was in it before still is.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{path}: there is no journal")]
    Absent { path: PathBuf },
    #[error("{path}: {source}")]
    File { path: PathBuf, source: io::Error },
    #[error("{path}: this is no regular file, and no journal")]
    NotRegular { path: PathBuf },
    #[error("{path}: the journal cannot be written here: {detail}")]
    NotWritable { path: PathBuf, detail: String },
    #[error("{path}: the journal cannot be written: the disk is full ({detail}). What was written before is whole")]
    Full { path: PathBuf, detail: String },
    #[error("{path}: the journal cannot be read or written: {detail}. The disk may be full or failing; what was written before is whole")]
    Io { path: PathBuf, detail: String },
    #[error("{path}: the journal is damaged: {detail}. Nothing was changed; put back a copy of it, or move it aside to begin a new one")]
    Corrupt { path: PathBuf, detail: String },
    #[error("{path}: this is another database, and not skubill's journal: nothing was changed")]
    Foreign { path: PathBuf },
    #[error(
        "{path}: the journal has schema {found}, and this skubill knows no newer one than {known}: use the skubill that wrote it, or a newer one"
    )]
    Newer { path: PathBuf, found: i64, known: i64 },
    #[error(
        "{path}: the journal has schema {found}, which is older than {known}, and this skubill cannot bring it up to date: verify it with the skubill that wrote it, then move it aside"
    )]
    Older { path: PathBuf, found: i64, known: i64 },
    #[error("{path}: another process has been writing the journal for too long: {detail}")]
    Busy { path: PathBuf, detail: String },
    #[error("{path}: {source}")]
    Database { path: PathBuf, source: rusqlite::Error },
    #[error("entry {0} is no intent of this journal: nothing can be answered to it")]
    NoIntent(EntryId),
    #[error("entry {0} was answered already, and its outcome is known")]
    Settled(EntryId),
    /// The first entry that does not fit.
    #[error("entry {entry} does not fit: {why}")]
    Broken { entry: EntryId, why: String },
}

impl Error {
    pub(super) fn of(path: &Path, error: rusqlite::Error) -> Error {
        let (path, detail) = (path.to_path_buf(), error.to_string());
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Error::Full { path, detail },
            Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => Error::NotWritable { path, detail },
            Some(ErrorCode::SystemIoFailure) => Error::Io { path, detail },
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Error::Corrupt { path, detail },
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Error::Busy { path, detail },
            _ => Error::Database { path, source: error },
        }
    }
}
