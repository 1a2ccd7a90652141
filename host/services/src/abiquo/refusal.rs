//! What an answer that is no success means.

use jiff::Timestamp;

use super::error::{Error, Role};
use super::wire;
use crate::http::{self, Answer, Call, Repeat, Request, UnknownReason};

pub(super) fn refusal(request: &Request, answer: &Answer, role: Option<Role>, now: Timestamp) -> Error {
    let call = Call::of(request);
    let status = answer.status;
    let errors = wire::errors(&answer.body);
    // "500-INTERNAL-SERVER-ERROR" says no more than the status: no reason was given, so nothing says that
    // the transaction was undone.
    let explained = errors.iter().any(|error| !error.code.repeats_status());
    match status {
        401 => Error::Unauthorized { call, role, errors },
        403 => Error::Forbidden { call, role, errors },
        429 => Error::TooManyRequests { call, retry_after: http::retry_after(&answer.headers, now) },
        _ if answer.may_have_taken_effect() && !explained && request.repeat == Repeat::Never => {
            let body = answer.excerpt();
            let reason = UnknownReason::ServerFailed { status, body };
            http::Error::Unknown { call, reason }.into()
        }
        _ if errors.is_empty() => Error::Unexpected { call, status, body: answer.excerpt() },
        _ => Error::Refused { call, status, errors },
    }
}
