//! Things that go wrong on the way, ordered by rule: the next requests that a rule matches.

use super::exchange::{Call, Reply};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};

/// A rule: what happens to the next requests of a method and path.
///
/// As JSON (`PUT /control/faults`, a list; `POST`, one more):
/// `{"method": "POST", "path": "/api/2/reports", "skip": 0, "times": 1, "effect": {"do": "drop", "taken": true}}`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// Any where none is named.
    #[serde(default)]
    pub method: Option<String>,
    /// What the path begins with; empty matches every path.
    #[serde(default, deserialize_with = "path")]
    pub path: String,
    /// How many matching requests pass first.
    #[serde(default)]
    pub skip: u32,
    /// How many are hit after those; none is all of them.
    #[serde(default = "once")]
    pub times: Option<u32>,
    pub effect: Effect,
}

fn once() -> Option<u32> {
    Some(1)
}

/// Every path begins with a slash: a rule without would never hit.
fn path<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let path = String::deserialize(deserializer)?;
    match path.is_empty() || path.starts_with('/') {
        true => Ok(path),
        false => Err(D::Error::custom(format!("path: {path} does not begin with /"))),
    }
}

/// What HTTP has as the status of a last answer.
fn status<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u16, D::Error> {
    let status = u16::deserialize(deserializer)?;
    match status {
        200..=599 => Ok(status),
        _ => Err(D::Error::custom(format!("status: {status} is not from 200 to 599"))),
    }
}

/// What happens. Where `taken`, the request takes effect first, and only its answer is lost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case", rename_all_fields = "snake_case", deny_unknown_fields)]
pub enum Effect {
    /// Another answer: 429 with `Retry-After` (seconds or a date, as given), 502, an HTML page.
    Status {
        #[serde(deserialize_with = "status")]
        status: u16,
        #[serde(default)]
        retry_after: Option<String>,
        /// By default the page that a proxy in front of the service would send.
        #[serde(default)]
        body: Option<String>,
        #[serde(default)]
        content_type: Option<String>,
        #[serde(default)]
        taken: bool,
    },
    /// The connection is closed without an answer.
    Drop {
        #[serde(default)]
        taken: bool,
    },
    /// The body comes in pieces of `bytes`, with a pause before each.
    Slow { bytes: usize, pause_ms: u64 },
    /// The connection is closed after so many bytes of the body.
    Cut { bytes: usize },
}

impl Fault {
    /// The next request of this method whose path begins so.
    pub fn next(method: &str, path: &str, effect: Effect) -> Fault {
        Fault { method: Some(method.into()), path: path.into(), skip: 0, times: Some(1), effect }
    }

    /// The next `times` requests instead of one.
    pub fn times(self, times: u32) -> Fault {
        Fault { times: Some(times), ..self }
    }

    fn matches(&self, call: &Call) -> bool {
        let method = self.method.as_deref();
        method.is_none_or(|m| m.eq_ignore_ascii_case(&call.method)) && call.path.starts_with(&self.path)
    }
}

impl Effect {
    /// 429 or 50x with nothing done, and `Retry-After` where given.
    pub fn status(status: u16, retry_after: Option<&str>) -> Effect {
        Effect::Status { status, retry_after: retry_after.map(Into::into), body: None, content_type: None, taken: false }
    }

    /// The answer that stands in for the service's own, if it does.
    pub(super) fn reply(&self) -> Option<Reply> {
        let Effect::Status { status, retry_after, body, content_type, .. } = self else {
            return None;
        };
        let page = format!("<html><head><title>{status}</title></head><body><h1>{status}</h1></body></html>\n");
        let body = body.clone().unwrap_or(page);
        let content_type = content_type.as_deref().unwrap_or("text/html");
        let mut reply = Reply::new(*status, content_type, body);
        if let Some(after) = retry_after {
            reply = reply.header("Retry-After", after);
        }
        Some(reply)
    }

    /// Whether the service sees the request at all.
    pub(super) fn reaches_the_service(&self) -> bool {
        match self {
            Effect::Status { taken, .. } | Effect::Drop { taken } => *taken,
            Effect::Slow { .. } | Effect::Cut { .. } => true,
        }
    }
}

/// The first rule that hits this request. Counts are used up; a rule without any left is removed.
pub(super) fn hit(faults: &mut Vec<Fault>, call: &Call) -> Option<Effect> {
    for index in 0..faults.len() {
        let fault = &mut faults[index];
        if !fault.matches(call) {
            continue;
        }
        if fault.skip > 0 {
            fault.skip -= 1;
            continue;
        }
        let effect = fault.effect.clone();
        match fault.times {
            None => return Some(effect),
            Some(0) => continue,
            Some(left) => fault.times = Some(left - 1),
        }
        faults.retain(|fault| fault.times != Some(0));
        return Some(effect);
    }
    None
}
