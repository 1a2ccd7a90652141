//! What can go wrong between us and a service, by what is to be done about it.

use std::path::PathBuf;

use super::deadline::Deadline;
use super::excerpt::Excerpt;
use super::request::Call;
use super::transport::TransportError;

/// No answer that could be read. (An answer that refuses is no error here, but the client's.)
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    #[error("HTTP cannot be set up: {0}")]
    Setup(String),

    #[error("the CA file {} cannot be used: {reason}", path.display())]
    CaFile { path: PathBuf, reason: String },

    #[error("`{given}` cannot be a service's address: {reason}")]
    BaseUrl { given: String, reason: &'static str },

    #[error("`{0}` cannot be part of an address: an id is not empty and no `.` or `..`")]
    Segment(String),

    /// A link of the answer leads elsewhere; following it would hand our credentials to that place.
    #[error("the service links to {link}, which is not at {origin}: not followed, credentials stay where they belong")]
    ForeignLink { link: String, origin: String },

    /// Nothing was sent: running the same again is safe.
    #[error("{call}: not reached in {attempts} attempt(s), nothing was sent: {reason}")]
    Unreachable { call: Call, attempts: u32, reason: String },

    /// A read that failed each time it was tried: running the same again is safe.
    #[error("{call}: no whole answer in {attempts} attempts: {reason}")]
    Lost { call: Call, attempts: u32, reason: String },

    /// The request may or may not have taken effect. **Do not send it again before looking it up.**
    #[error("{call}: whether it took effect is not known, {reason}; look it up before sending it again")]
    Unknown { call: Call, reason: UnknownReason },

    /// A deadline ended the attempts. A request that may not be repeated was not sent at all.
    #[error("{call}: {deadline}{}", attempted(*attempts, last))]
    TimeUp { call: Call, deadline: Deadline, attempts: u32, last: Option<String> },

    #[error("{call}: the answer is longer than {limit} bytes")]
    TooLong { call: Call, limit: u64 },

    /// Asked again, it would answer alike.
    #[error("{call}: {}", TransportError::HeadTooLong)]
    HeadTooLong { call: Call },
}

fn attempted(attempts: u32, last: &Option<String>) -> String {
    match (attempts, last) {
        (0, _) => "; nothing was sent".into(),
        (attempts, Some(last)) => format!("; {attempts} attempt(s) failed, the last one: {last}"),
        (attempts, None) => format!("; {attempts} attempt(s) failed"),
    }
}

/// How an outcome became unknown.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum UnknownReason {
    #[error("its answer was lost: {0}")]
    Lost(TransportError),
    /// Statuses of success: it did take effect, but what was said of it broke off.
    #[error("it was answered {status}, and the rest of the answer was lost: {error}")]
    Broken { status: u16, error: TransportError },
    #[error("it was answered {status}, but the answer cannot be read: {why}: {body}")]
    Unreadable { status: u16, why: String, body: Excerpt },
    /// A server or something before it failed, without an error of the service itself.
    #[error("the server failed with {status}: {body}")]
    ServerFailed { status: u16, body: Excerpt },
}

impl Error {
    /// Whether the request may have taken effect, so that it must be looked up before it is sent again.
    pub fn is_unknown(&self) -> bool {
        matches!(self, Error::Unknown { .. })
    }

    /// Whether waiting and asking again may help, and is safe.
    pub fn is_transient(&self) -> bool {
        matches!(self, Error::Unreachable { .. } | Error::Lost { .. })
    }
}
