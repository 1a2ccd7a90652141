//! An answer that has been read.

use std::borrow::Cow;

use super::conceal::Secrets;
use super::excerpt::Excerpt;
use super::transport::Headers;

/// An answer whose body has been read whole (an error's body: its first [`ERROR_BYTES_MAX`](super::ERROR_BYTES_MAX) bytes).
#[derive(Debug, Clone)]
pub struct Answer {
    /// The HTTP status, e.g. 200.
    pub status: u16,
    pub headers: Headers,
    /// As it came over the wire, never inflated, but for the request's secrets, which are hidden.
    pub body: Vec<u8>,
    secrets: Secrets,
}

impl Answer {
    /// The body's beginning, to be shown.
    pub(crate) fn excerpt(&self) -> Excerpt {
        match self.hidden(&String::from_utf8_lossy(&self.body)) {
            Cow::Owned(hidden) => Excerpt::of(hidden.as_bytes()),
            Cow::Borrowed(_) => Excerpt::of(&self.body),
        }
    }

    /// Text about this answer, without the request's secrets.
    pub(crate) fn hidden<'a>(&self, text: &'a str) -> Cow<'a, str> {
        self.secrets.hidden(text)
    }

    pub(super) fn of(secrets: Secrets, status: u16, headers: Headers, body: Vec<u8>) -> Answer {
        let body = if status >= 300 { secrets.hidden_refusal(body) } else { secrets.hidden_data(body) };
        Answer { status, headers, body, secrets }
    }

    /// 200 to 299.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// A status after which a request that is no GET may have taken effect: the server's own failure (5xx), what a proxy
    /// answers in its place (408, 425, 499), a redirection, which often follows a taken post, or a conflict, which may be
    /// with the request itself.
    pub fn may_have_taken_effect(&self) -> bool {
        self.status >= 500 || matches!(self.status, 300..400 | 408 | 409 | 425 | 499)
    }
}
