//! Why nothing came of an attempt.

use crate::journal;
use skubill::bill;
use skubill_services::{abiquo, http};

/// Why nothing came of an attempt, where no status says it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Abiquo(#[from] abiquo::Error),
    #[error(transparent)]
    Http(#[from] http::Error),
    #[error(transparent)]
    Bill(#[from] bill::Error),
    #[error(transparent)]
    Journal(#[from] journal::Error),
}
