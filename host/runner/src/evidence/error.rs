//! What can be wrong with evidence.

use std::io;
use std::path::{Path, PathBuf};

use super::names::MANIFEST;
use crate::journal::{self, EntryId, Hash};
use skubill_services::file;
use skubill_services::text::quoted;

/// Why evidence cannot be kept, or is not what was kept.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{path}: {source}")]
    File { path: PathBuf, source: io::Error },
    #[error("{} is no name of a file in a run's folder", quoted(_0))]
    Name(String),
    #[error(transparent)]
    Named(#[from] file::Error),
    #[error("{folder}: there is no {MANIFEST}: this run was cut off before its evidence was complete")]
    Incomplete { folder: PathBuf },
    #[error("{path}: this manifest cannot be read: {why}")]
    Manifest { path: PathBuf, why: String },
    #[error("{path}: it was kept, and is not there")]
    Missing { path: PathBuf },
    #[error("{path}: it was not kept, and is there")]
    Stranger { path: PathBuf },
    #[error("{path}: not what was kept: its SHA-256 was {kept} and is {found}")]
    Changed { path: PathBuf, kept: String, found: String },
    #[error("{folder}: this run kept no {part}")]
    NoPart { folder: PathBuf, part: &'static str },
    /// Whoever put the folder there did not run it, or the journal is another one.
    #[error("{}: no entry of the journal vouches for this evidence", folder.display())]
    NotVouched { folder: PathBuf },
    #[error("{}: this evidence is not what the journal vouches for: in entry {entry} its manifest's SHA-256 is {kept}, and here it is {found}", folder.display())]
    OtherThanVouched { folder: PathBuf, entry: EntryId, kept: Hash, found: Hash },
    #[error("{}: entry {entry} of the journal vouches for this evidence, and it is not there", folder.display())]
    Gone { folder: PathBuf, entry: EntryId },
    #[error("{}: there is no journal beside this evidence: nothing vouches for it", state.display())]
    NoJournal { state: PathBuf },
    #[error(transparent)]
    Journal(#[from] journal::Error),
    #[error(transparent)]
    Bill(#[from] skubill::bill::Error),
}

pub(super) fn file_error(path: &Path) -> impl Fn(io::Error) -> Error + '_ {
    |source| Error::File { path: path.into(), source }
}
