//! What a month is doing, told as it goes: for a progress line, or for a log.

use std::time::Duration;

/// A step of a month, of one account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// The report is being asked for.
    Creating,
    /// It is being made: questions asked so far, and how long that took.
    Waiting {
        asked: u32,
        waited: Duration,
    },
    Downloading,
    Billing,
    /// Postings are being looked up and sent.
    Posting {
        done: usize,
        of: usize,
    },
    Finished,
}

/// Who wants to know.
pub trait Progress: Send + Sync {
    fn step(&self, account: &str, step: Step);
}

/// Nobody.
pub struct Silent;

impl Progress for Silent {
    fn step(&self, _account: &str, _step: Step) {}
}
