//! What a posting came to, and what was seen of it.

use super::status::PostingStatus;
use skubill::answer::Approximation;
use skubill_services::abiquo::Bill;

/// What became of a posting, and what was seen of it.
#[derive(Debug)]
pub struct Reconciled {
    pub status: PostingStatus,
    /// The lines that Abiquo holds in its place, as they were last seen.
    pub lines: Vec<Bill>,
    /// Lines that Abiquo holds with the noise of a binary fraction: equal, and said.
    pub approximations: Vec<Approximation>,
    /// The HTTP status of a post that was accepted.
    pub http_status: Option<u16>,
}

impl Reconciled {
    pub(super) fn of(status: PostingStatus) -> Reconciled {
        Reconciled { status, lines: Vec::new(), approximations: Vec::new(), http_status: None }
    }
}
