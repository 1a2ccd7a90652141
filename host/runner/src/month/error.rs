//! Why a month, or one account of it, came to an end.

use std::path::PathBuf;

use jiff::civil::Date;

use super::overlap::Overlap;
use crate::journal::{self, LockError};
use crate::reconcile::{self, FailureClass};
use skubill::bill;
use skubill_services::{acronis, http};

/// Why a month, or one account of it, came to an end.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{period} is not over: its last day is {last}, and it is {today} (UTC)")]
    NotOver { period: String, last: Date, today: Date },
    #[error("{} is no month: write YYYY-MM", skubill_services::text::quoted(_0))]
    Period(String),
    /// Two billings would bill one tenant, or write to one place.
    #[error("{}", lines(.0))]
    Overlaps(Vec<Overlap>),
    #[error(transparent)]
    Acronis(#[from] acronis::Error),
    #[error(transparent)]
    Abiquo(#[from] skubill_services::abiquo::Error),
    #[error(transparent)]
    Http(#[from] http::Error),
    #[error(transparent)]
    Bill(#[from] bill::Error),
    #[error(transparent)]
    Journal(#[from] journal::Error),
    #[error(transparent)]
    Lock(#[from] LockError),
    /// Whether a report was made is not known, and could not be looked up.
    #[error("{created}; looking it up failed too: {lost}. The next run looks again before it asks for another")]
    ReportUnknown { created: Box<acronis::Error>, lost: Box<acronis::Error> },
    /// What a run was made of could not be kept: nothing (more) was posted.
    #[error(transparent)]
    Evidence(#[from] crate::evidence::Error),
    #[error("stopped, as asked. Run the same again to go on: what was posted is not posted twice")]
    Stopped,
    #[error("{path}: {source}")]
    File { path: PathBuf, source: std::io::Error },
    /// A price book or customers file cannot be read.
    #[error(transparent)]
    Named(#[from] skubill_services::file::Error),
    #[error("the billing of a report was cut off: {0}")]
    Cut(#[from] tokio::task::JoinError),
}

impl Error {
    /// What it is for whoever waits for the postings.
    pub fn failure(&self) -> FailureClass {
        match self {
            Error::ReportUnknown { .. } => FailureClass::Unknown,
            _ => FailureClass::External,
        }
    }
}

impl From<reconcile::Error> for Error {
    fn from(error: reconcile::Error) -> Error {
        match error {
            reconcile::Error::Abiquo(error) => Error::Abiquo(error),
            reconcile::Error::Http(error) => Error::Http(error),
            reconcile::Error::Bill(error) => Error::Bill(error),
            reconcile::Error::Journal(error) => Error::Journal(error),
        }
    }
}

fn lines(list: &[impl ToString]) -> String {
    list.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}
