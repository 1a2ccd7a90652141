//! What Abiquo can refuse, and what is to be done about it.

use std::fmt;
use std::time::Duration;

use super::code::Code;
use crate::http::{self, Call, Excerpt};

/// A privilege that a call needs. Only cloud administrators have these two by default.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// To read bills, registers and estimates.
    BillsView,
    /// To post and delete them.
    BillsManage,
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Role::BillsView => "BILLS_VIEW",
            Role::BillsManage => "BILLS_MANAGE",
        })
    }
}

/// One of the errors of an answer; there may be several at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceError {
    pub code: Code,
    pub message: String,
}

impl fmt::Display for ServiceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let code = http::one_line(self.code.as_str());
        write!(f, "{code}: {}", http::one_line(&self.message))?;
        match self.code.advice() {
            Some(advice) => write!(f, " ({advice})"),
            None => Ok(()),
        }
    }
}

/// Why a call to Abiquo has no result.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No answer, or none that was whole. After [`http::Error::Unknown`], look the bill up before posting
    /// it again.
    #[error(transparent)]
    Http(#[from] http::Error),

    #[error("{call}: 401, Abiquo does not accept these credentials{}{}", needs(role), said(errors))]
    Unauthorized { call: Call, role: Option<Role>, errors: Vec<ServiceError> },

    #[error("{call}: 403, this user may not do that{}{}", needs(role), said(errors))]
    Forbidden { call: Call, role: Option<Role>, errors: Vec<ServiceError> },

    /// The service says no, in its own words: all of them.
    #[error("{call}: {status}{}{}", said(errors), if matches!(status, 406 | 415) { hint(*status) } else { "" })]
    Refused { call: Call, status: u16, errors: Vec<ServiceError> },

    #[error("{call}: 429, too many requests{}", retry_after.map(|d| format!("; come back in {} s", d.as_secs())).unwrap_or_default())]
    TooManyRequests { call: Call, retry_after: Option<Duration> },

    /// An answer that is no success, without an error of the service's: Tomcat, a proxy, a wrong address.
    #[error("{call}: {status}, {body}{}", hint(*status))]
    Unexpected { call: Call, status: u16, body: Excerpt },

    /// A success that cannot be read. The bytes are kept.
    #[error("{call}: the answer cannot be read: {why}: {body}")]
    Unreadable { call: Call, why: String, body: Excerpt },

    /// The pages of a list lead in a circle, and not all of it was seen.
    #[error("the pages of this list lead back to {href} after {seen} entries{}", total.map(|t| format!(" of {t}")).unwrap_or_default())]
    Circle { href: String, seen: u64, total: Option<u64> },

    /// A list shows fewer or more entries than it says that it has: it proves nothing.
    #[error("this list is not whole: it shows {seen} entries{}. It does not prove that something is absent", total.map(|t| format!(" of {t}")).unwrap_or_default())]
    NotWhole { seen: u64, total: Option<u64> },

    /// A list is longer than it may be. What was read of it must not be used to decide whether a bill is there.
    #[error("this list has more than {limit} {what}: ask for less of it, by provider, date or page")]
    ListTooLong { limit: u64, what: &'static str },

    /// A bill in a list lacks what it has to be judged by. Passing it over might post a bill twice.
    #[error("bill {bill} cannot be judged: {why}")]
    Unjudgeable { bill: String, why: &'static str },

    /// A mistake in what was asked for; nothing was sent.
    #[error("{0}")]
    Invalid(String),
}

impl Error {
    /// Whether asking again later may help, and is safe.
    pub fn is_transient(&self) -> bool {
        match self {
            Error::Http(error) => error.is_transient(),
            Error::TooManyRequests { .. } => true,
            Error::Unexpected { status, .. } | Error::Refused { status, .. } => *status >= 500,
            _ => false,
        }
    }

    /// Whether the request may have taken effect: look it up before sending it again.
    pub fn is_unknown(&self) -> bool {
        matches!(self, Error::Http(error) if error.is_unknown())
    }

    /// Whether the service does not show what was asked for: it is not there (404), or not for this user
    /// (403).
    pub fn is_hidden(&self) -> bool {
        matches!(self, Error::Forbidden { .. } | Error::Unexpected { status: 404, .. } | Error::Refused { status: 404, .. })
    }

    /// What the service said, if it said something of its own.
    pub fn service_errors(&self) -> &[ServiceError] {
        match self {
            Error::Unauthorized { errors, .. } | Error::Forbidden { errors, .. } | Error::Refused { errors, .. } => errors,
            _ => &[],
        }
    }

    /// Whether this code is among those of the answer.
    pub fn has(&self, code: &Code) -> bool {
        self.service_errors().iter().any(|error| error.code == *code)
    }

    /// Whether the service does not take the media type of what was sent (415, or BILL-7).
    pub fn is_unsupported_media_type(&self) -> bool {
        let unsupported = matches!(self, Error::Unexpected { status: 415, .. } | Error::Refused { status: 415, .. });
        unsupported || self.has(&Code::CategoriesNotHere)
    }

    /// Whether the service does not give the media type, or its version, that was asked for (406).
    pub fn is_not_acceptable(&self) -> bool {
        matches!(self, Error::Unexpected { status: 406, .. } | Error::Refused { status: 406, .. })
    }

    /// Whether a look-up was answered by a list that proves nothing.
    pub fn proves_nothing(&self) -> bool {
        matches!(self, Error::NotWhole { .. } | Error::Circle { .. })
    }

    /// Whether the service refuses whoever asks, or the way it is asked, and not this one request: asked for another
    /// enterprise it would refuse alike, and accounts get locked by being tried again and again.
    pub fn is_of_the_service(&self) -> bool {
        matches!(self, Error::Unauthorized { .. } | Error::Forbidden { .. }) || self.is_unsupported_media_type() || self.is_not_acceptable()
    }

    /// Whether the service says that what was posted, or something in its place, is there already
    /// (BILL-3, BILL-9, BILL_REGISTER-0): to be looked up and compared.
    pub fn is_already_there(&self) -> bool {
        self.service_errors().iter().any(|error| error.code.is_already_there())
    }
}

fn needs(role: &Option<Role>) -> String {
    let needs = role.map(|role| format!("; the call needs the role {role}"));
    needs.unwrap_or_default()
}

fn said(errors: &[ServiceError]) -> String {
    let all: Vec<_> = errors.iter().map(|error| format!(", {error}")).collect();
    all.concat()
}

fn hint(status: u16) -> &'static str {
    match status {
        300..400 => "; redirects are not followed: check the address",
        404 => "; check the address, which ends in /api, and the enterprise",
        406 => "; this Abiquo does not know the version that was asked for",
        415 => "; this Abiquo does not know the media type that was sent: check the version and the wire profile",
        _ => "",
    }
}
