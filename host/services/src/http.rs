//! HTTP with manners: requests that know whether they may be sent twice.
//!
//! Both services are reached through one [`Http`]. It retries what may be repeated, sends once what may
//! not, never follows a redirect, bounds every body, and says of each failure whether it may have taken
//! effect. The network, the clock and the jitter are injected ([`Transport`], [`Clock`], [`Jitter`]), so
//! that a test, or a simulation of a whole month in one process, drives all three.
//!
//! ```text
//! acronis, abiquo ── Request (Repeat::Freely | Never) ──► Http ── retry, limits ──► Transport ──► world
//! ```
//!
//! # Guarantees
//!
//! * A request with [`Repeat::Never`] reaches the transport once. If its answer is lost, the error is
//!   [`Error::Unknown`]; if it surely never left, [`Error::Unreachable`].
//! * What a request carries in confidence is in no answer and no error, also where the service repeats it.
//! * A deadline ([`Http::within`]) bounds all attempts and pauses together.
//! * Redirects are answers like any other: credentials go to the origin they were meant for, or nowhere.
//! * Bodies are raw: nothing here inflates, so a limit on bytes is a limit on bytes that were sent.

mod answer;
mod base;
mod bounded;
mod client;
mod clock;
mod conceal;
mod deadline;
mod error;
mod excerpt;
mod limit;
mod network;
mod request;
mod retry;
mod skew;
mod transport;

pub use answer::Answer;
pub use base::BaseUrl;
pub(crate) use base::set_query;
pub(crate) use bounded::values;
pub use client::Http;
pub use clock::{Clock, Jitter, SystemClock, SystemJitter};
pub use deadline::{Deadline, POSTING_TIME_MAX, RUN_TIME_MAX, Scope};
pub use error::{Error, UnknownReason};
pub use excerpt::Excerpt;
pub use excerpt::one_line;
pub use limit::{ANSWER_BYTES_MAX, ERROR_BYTES_MAX, HEADER_BYTES_MAX, HEADERS_MAX};
pub use network::Options;
pub use request::{Call, Method, Repeat, Request};
pub use retry::{RetryPolicy, retry_after};
pub use skew::Skew;
pub use transport::{Body, BoxFuture, Headers, Response, Transport, TransportError};

#[cfg(test)]
pub(crate) mod fake;

#[cfg(test)]
mod tests;
