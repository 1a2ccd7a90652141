//! How long something may take as a whole: one posting, one run. Each exchange has its own timeout; many slow
//! exchanges, and pauses that a service asks for, add up without end unless their sum is bounded too.

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;

/// The time of one posting, from its first look-up to its confirmation: five minutes. A posting makes about six
/// calls (enterprise, list, post, list again); a service that answers in 5 s each takes half a minute. A posting that
/// takes ten times that is not going to succeed, and keeps the others waiting.
pub const POSTING_TIME_MAX: Duration = Duration::from_secs(5 * 60);

/// The time of one run: six hours. Half an hour for the report and half an hour for its download leave five for the
/// postings: 18 s each for a thousand enterprises.
pub const RUN_TIME_MAX: Duration = Duration::from_secs(6 * 60 * 60);

/// What the time is given to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// One posting: its look-ups, its write and its confirmation.
    Posting,
    /// A whole command.
    Run,
}

impl Scope {
    /// The key of the configuration that changes it.
    pub fn key(self) -> &'static str {
        match self {
            Scope::Posting => "posting_seconds",
            Scope::Run => "run_seconds",
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Scope::Posting => "one posting",
            Scope::Run => "one run",
        })
    }
}

/// An instant after which nothing is sent any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadline {
    pub scope: Scope,
    pub limit: Duration,
    at: Timestamp,
}

impl Deadline {
    pub(super) fn from(now: Timestamp, scope: Scope, limit: Duration) -> Self {
        // A limit beyond the end of the calendar is none.
        Deadline { scope, limit, at: now.saturating_add(limit).unwrap_or(Timestamp::MAX) }
    }

    pub(super) fn left(&self, now: Timestamp) -> Duration {
        Duration::try_from(self.at.duration_since(now)).unwrap_or(Duration::ZERO)
    }
}

/// `the 300s that one posting may take are over (posting_seconds)`
impl fmt::Display for Deadline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the {:?} that {} may take are over ({})", self.limit, self.scope, self.scope.key())
    }
}

/// All deadlines that hold at once.
#[derive(Debug, Clone, Default)]
pub(super) struct Deadlines(Vec<Deadline>);

impl Deadlines {
    pub(super) fn and(&self, deadline: Deadline) -> Self {
        Deadlines(self.0.iter().copied().chain([deadline]).collect())
    }

    /// The one that ends first.
    pub(super) fn next(&self) -> Option<&Deadline> {
        self.0.iter().min_by_key(|deadline| deadline.at)
    }

    pub(super) fn left(&self, now: Timestamp) -> Option<Duration> {
        self.next().map(|deadline| deadline.left(now))
    }

    /// The one that is over once this pause is.
    pub(super) fn over_after(&self, now: Timestamp, pause: Duration) -> Option<Deadline> {
        self.next().filter(|deadline| deadline.left(now) <= pause).copied()
    }
}
