//! When to try again, and how long to wait first.

use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;

use super::clock::{Clock, Jitter, jitter_below};
use super::deadline::Deadline;
use super::error::{Error, UnknownReason};
use super::request::{Call, Repeat, Request};
use super::transport::{Headers, TransportError};

/// How patient a repeatable request is. What may not be repeated is not retried under any policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Further attempts after a 50x, a failed connection, or an answer that broke off. Acronis asks for two.
    pub retries_max: u32,
    /// Further attempts after 429: the server is well, and has said that it wants to be asked again.
    pub limited_max: u32,
    /// The shortest pause before another attempt; up to as much again is added by chance. Acronis asks for
    /// one to two seconds.
    pub pause: Duration,
    /// The longest wait that `Retry-After` can ask for; an hour named there is not an hour waited.
    pub retry_after_max: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self { retries_max: 2, limited_max: 4, pause: Duration::from_secs(1), retry_after_max: Duration::from_secs(120) }
    }
}

/// What `Retry-After` asks for: seconds, or an HTTP date seen from `now`. `None` if absent or neither.
pub fn retry_after(headers: &Headers, now: Timestamp) -> Option<Duration> {
    let value = headers.get("retry-after")?.trim();
    if let Ok(seconds) = value.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let at = DateTimeParser::new().parse_timestamp(value).ok()?;
    // A date that has passed asks for no wait at all.
    Some(Duration::try_from(at.duration_since(now)).unwrap_or(Duration::ZERO))
}

/// The attempts at one request so far.
pub(super) struct Attempts<'a> {
    policy: &'a RetryPolicy,
    repeat: Repeat,
    made: u32,
    retried: u32,
    limited: u32,
}

impl<'a> Attempts<'a> {
    pub(super) fn new(policy: &'a RetryPolicy, repeat: Repeat) -> Self {
        Self { policy, repeat, made: 0, retried: 0, limited: 0 }
    }

    pub(super) fn begin(&mut self) {
        self.made += 1;
    }

    /// The pause before another attempt, or `None` if this answer is to be taken as it is.
    pub(super) fn after_answer(&mut self, status: u16, headers: &Headers, clock: &dyn Clock, jitter: &dyn Jitter) -> Option<Duration> {
        if self.repeat == Repeat::Never {
            return None;
        }
        let (count, max) = match status {
            429 => (&mut self.limited, self.policy.limited_max),
            500 | 502 | 503 | 504 => (&mut self.retried, self.policy.retries_max),
            _ => return None,
        };
        if *count == max {
            return None;
        }
        *count += 1;
        let asked = retry_after(headers, clock.now()).map(|d| d.min(self.policy.retry_after_max));
        Some(match asked {
            Some(asked) => asked + self.spread(jitter),
            // A server that only says "too many" is given twice as long each time.
            None if status == 429 => self.policy.pause * (1 << self.limited.min(5)) + self.spread(jitter),
            None => self.policy.pause + self.spread(jitter),
        })
    }

    /// The pause before another attempt, or `None` if there is to be none.
    pub(super) fn after_loss(&mut self, error: &TransportError, jitter: &dyn Jitter) -> Option<Duration> {
        let is_final = *error == TransportError::HeadTooLong;
        if is_final || self.repeat == Repeat::Never || self.retried == self.policy.retries_max {
            return None;
        }
        self.retried += 1;
        Some(self.policy.pause + self.spread(jitter))
    }

    /// The error for the last of the attempts. `status` is there if an answer had begun.
    pub(super) fn give_up(&self, request: &Request, status: Option<u16>, error: TransportError) -> Error {
        let call = Call::of(request);
        let attempts = self.made;
        match (error, status) {
            (TransportError::NotSent(reason), None) => Error::Unreachable { call, attempts, reason },
            (TransportError::HeadTooLong, _) if self.repeat == Repeat::Freely => Error::HeadTooLong { call },
            (error, _) if self.repeat == Repeat::Freely => Error::Lost { call, attempts, reason: error.to_string() },
            (error, None) => Error::Unknown { call, reason: UnknownReason::Lost(error) },
            (error, Some(status)) => Error::Unknown { call, reason: UnknownReason::Broken { status, error } },
        }
    }

    /// The error where the time ran out. Only what may be repeated comes here after an attempt.
    pub(super) fn time_up(&self, request: &Request, deadline: Deadline, last: Option<String>) -> Error {
        Error::TimeUp { call: Call::of(request), deadline, attempts: self.made, last }
    }

    fn spread(&self, jitter: &dyn Jitter) -> Duration {
        let bound = u64::try_from(self.policy.pause.as_millis()).unwrap_or(u64::MAX);
        Duration::from_millis(jitter_below(jitter, bound))
    }
}
