//! What Acronis can refuse, and what is to be done about it.

use std::path::PathBuf;
use std::time::Duration;

use jiff::civil::time;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use super::wire::{self, ServiceError};
use super::words::{Format, StoredState};
use crate::http::{self, Answer, Call, Excerpt, Repeat, Request, UnknownReason};

/// Why a call to Acronis has no result.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No answer, or none that was whole. [`http::Error::Unknown`] after a lost `POST /reports`: look among
    /// the tenant's reports before creating another one.
    #[error(transparent)]
    Http(#[from] http::Error),

    /// RFC 6749: `invalid_client` and the like.
    #[error("Acronis refuses this API client ({code}{}): check client id, secret, and that the address is its data center's", description.as_ref().map(|d| format!(", {d}")).unwrap_or_default())]
    Credentials { code: String, description: Option<String> },

    /// A fresh token was refused too.
    #[error("{call}: 401, although the token is new: {detail}; the API client may lack the right to do this")]
    Unauthorized { call: Call, detail: String },

    /// Between 1 and 6 in the morning (UTC as far as is known) the day's usage is being gathered.
    #[error("{call}: the usage history is not ready{}; come back at {come_back_at}", if *overdue { ", and should be" } else { " yet" })]
    NotReady {
        call: Call,
        /// It is past six, and should have been ready.
        overdue: bool,
        /// 06:00 UTC, or in an hour where that is past.
        come_back_at: Timestamp,
    },

    #[error("{call}: 429, too many requests{}", retry_after.map(|d| format!("; come back in {} s", d.as_secs())).unwrap_or_default())]
    TooManyRequests { call: Call, retry_after: Option<Duration> },

    /// The service says no, in its own words.
    #[error("{call}: {status}, {}", describe(error))]
    Refused { call: Call, status: u16, error: Box<ServiceError> },

    /// An answer that is no success, without an error of the service's: a proxy, a redirect, a wrong address.
    #[error("{call}: {status}, {body}{}", if (300..400).contains(status) { "; redirects are not followed: check the address" } else { "" })]
    Unexpected { call: Call, status: u16, body: Excerpt },

    /// A success that cannot be read. The bytes are kept.
    #[error("{call}: the answer cannot be read: {why}: {body}")]
    Unreadable { call: Call, why: String, body: Excerpt },

    #[error("report {}: Acronis could not make its {format}; create it again", http::one_line(report))]
    ReportFailed { report: String, format: Format },

    /// The deadline came first. The report may still be finished later: `stored` tells.
    #[error("report {}: its {format} is not there after {} s ({}); ask for it later, it may still come", http::one_line(report), waited.as_secs(), seen(state, trouble))]
    NotFinished {
        report: String,
        format: Format,
        waited: Duration,
        /// The last state seen of this format, if any was.
        state: Option<StoredState>,
        /// What the last question failed with, if it did.
        trouble: Option<String>,
    },

    #[error("the report is longer than {limit} bytes; raise the limit if that is right")]
    DownloadTooLong { limit: u64 },

    #[error("{call}: the report broke off: {expected} bytes were promised, {got} came")]
    DownloadShort { call: Call, expected: u64, got: u64 },

    /// Only gzip (or nothing) is known how to be read further on.
    #[error("{call}: the report is encoded as `{encoding}`, which nobody asked for")]
    Encoding { call: Call, encoding: String },

    #[error("{}: {source}", path.display())]
    File { path: PathBuf, source: std::io::Error },

    #[error("the report cannot be written where it should go: {0}")]
    Write(std::io::Error),

    /// A mistake in what was asked for; nothing was sent.
    #[error("{0}")]
    Invalid(&'static str),
}

/// Codes of [`ServiceError`] that a caller may want to tell apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Code {
    /// 1001: what was to be changed has another version by now (the optimistic lock).
    VersionMismatch,
    /// 1002
    AccessDenied,
    /// 1005
    TenantNotFound,
    Other,
}

impl ServiceError {
    pub fn kind(&self) -> Code {
        match self.code.as_str() {
            "1001" => Code::VersionMismatch,
            "1002" => Code::AccessDenied,
            "1005" => Code::TenantNotFound,
            _ => Code::Other,
        }
    }
}

impl Error {
    /// Whether asking again later may help, and is safe.
    pub fn is_transient(&self) -> bool {
        match self {
            Error::Http(error) => error.is_transient(),
            Error::TooManyRequests { .. } | Error::NotReady { .. } => true,
            Error::Unexpected { status, .. } | Error::Refused { status, .. } => *status >= 500,
            _ => false,
        }
    }

    /// Whether this very report will never come: it has failed, or is not there (any more). Ask for another.
    pub fn is_gone(&self) -> bool {
        matches!(self, Error::ReportFailed { .. } | Error::Refused { status: 404, .. } | Error::Unexpected { status: 404, .. })
    }

    /// Whether the request may have taken effect: look it up before sending it again.
    pub fn is_unknown(&self) -> bool {
        matches!(self, Error::Http(error) if error.is_unknown())
    }
}

/// A success that says nothing that is known.
pub(super) fn unreadable(request: &Request, answer: &Answer, why: &str) -> Error {
    Error::Unreadable { call: Call::of(request), why: answer.hidden(why).into_owned(), body: answer.excerpt() }
}

/// What an answer that is no success means.
pub(super) fn refusal(request: &Request, answer: &Answer, now: Timestamp) -> Error {
    let call = Call::of(request);
    let status = answer.status;
    let error = wire::service_error(&answer.body);
    let said = match &error {
        Some(error) => describe(error),
        None => String::from_utf8_lossy(&answer.body).into_owned(),
    };
    if said.to_ascii_lowercase().contains("usage history is not ready") {
        return Error::NotReady { call, overdue: status >= 500, come_back_at: come_back_at(now) };
    }
    match (status, error) {
        (401, _) => Error::Unauthorized { call, detail: Excerpt::of(said.as_bytes()).to_string() },
        (429, _) => Error::TooManyRequests { call, retry_after: http::retry_after(&answer.headers, now) },
        (_, Some(error)) => Error::Refused { call, status, error: Box::new(error) },
        (_, None) if answer.may_have_taken_effect() && request.repeat == Repeat::Never => {
            let body = answer.excerpt();
            let reason = UnknownReason::ServerFailed { status, body };
            http::Error::Unknown { call, reason }.into()
        }
        (_, None) => Error::Unexpected { call, status, body: answer.excerpt() },
    }
}

fn come_back_at(now: Timestamp) -> Timestamp {
    let today = now.to_zoned(TimeZone::UTC);
    match today.with().time(time(6, 0, 0, 0)).build() {
        Ok(six) if six > today => six.timestamp(),
        _ => now.saturating_add(1.hour()).unwrap_or(now),
    }
}

fn describe(error: &ServiceError) -> String {
    let mut text = error.message.clone();
    if let Some(info) = &error.info {
        text = format!("{text} ({info})");
    }
    if error.code.is_empty() {
        return http::one_line(&text);
    }
    let domain = error.domain.as_deref().map(|d| format!("{d} ")).unwrap_or_default();
    http::one_line(&format!("{text} [{domain}{}]", error.code))
}

fn seen(state: &Option<StoredState>, trouble: &Option<String>) -> String {
    match (state, trouble) {
        (_, Some(trouble)) => format!("the last question failed: {trouble}"),
        (Some(state), None) => format!("it was last seen as {}", http::one_line(state.as_str())),
        (None, None) => "it was never listed".to_owned(),
    }
}
