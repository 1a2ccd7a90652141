//! A request that has been read and an answer not yet written: what a service's logic deals in,
//! so that it needs neither a socket nor a runtime.

use axum::http::HeaderMap;
use percent_encoding::percent_decode_str;
use serde::Serialize;

/// A request, read to its end.
#[derive(Debug, Clone)]
pub(super) struct Call {
    pub method: String,
    /// Percent-decoded, without the query.
    pub path: String,
    /// As sent.
    pub query: Option<String>,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
    /// `host:port` as the client called it.
    pub authority: String,
}

impl Call {
    /// A header as text; none where it is missing or is no text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The path's segments: `/api/2/reports/x` is `["api", "2", "reports", "x"]`.
    pub fn segments(&self) -> Vec<&str> {
        self.path.split('/').filter(|s| !s.is_empty()).collect()
    }

    /// The query's parameters, decoded as a servlet does: `+` is a space.
    pub fn parameters(&self) -> Vec<(String, String)> {
        form_pairs(self.query.as_deref().unwrap_or(""))
    }

    /// A query parameter that is there and not empty; of several the first.
    pub fn parameter(&self, name: &str) -> Option<String> {
        let mut all = self.parameters().into_iter();
        all.find(|(key, value)| key == name && !value.is_empty()).map(|(_, value)| value)
    }

    /// The credentials of an `Authorization` header: scheme in lower case, and the rest.
    pub fn authorization(&self) -> Option<(String, String)> {
        let (scheme, rest) = self.header("authorization")?.trim().split_once(' ')?;
        Some((scheme.to_ascii_lowercase(), rest.trim().into()))
    }
}

/// The pairs of `application/x-www-form-urlencoded` text.
pub(super) fn form_pairs(text: &str) -> Vec<(String, String)> {
    let decoded = |part: &str| {
        let spaced = part.replace('+', " ");
        percent_decode_str(&spaced).decode_utf8_lossy().into_owned()
    };
    text.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| match pair.split_once('=') {
            Some((key, value)) => (decoded(key), decoded(value)),
            None => (decoded(pair), String::new()),
        })
        .collect()
}

/// User and password of a Basic header's base64.
pub(super) fn basic(encoded: &str) -> Option<(String, String)> {
    use base64::Engine;
    let bytes = base64::engine::general_purpose::STANDARD.decode(encoded).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let (user, password) = text.split_once(':')?;
    Some((user.into(), password.into()))
}

/// An answer.
#[derive(Debug, Clone)]
pub(super) struct Reply {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
}

impl Reply {
    pub fn new(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Reply {
        Reply { status, headers: vec![("Content-Type", content_type.into())], body: body.into() }
    }

    pub fn empty(status: u16) -> Reply {
        Reply { status, headers: Vec::new(), body: Vec::new() }
    }

    pub fn json(status: u16, value: &impl Serialize) -> Reply {
        Reply::json_as(status, "application/json", value)
    }

    /// JSON under a media type of its own. The types written here are always JSON.
    pub fn json_as(status: u16, content_type: &str, value: &impl Serialize) -> Reply {
        Reply::new(status, content_type, serde_json::to_vec(value).unwrap_or_default())
    }

    pub fn header(mut self, name: &'static str, value: &str) -> Reply {
        self.headers.push((name, value.into()));
        self
    }
}

#[cfg(test)]
mod tests {
    use super::form_pairs;

    #[test]
    fn a_plus_is_a_space_unless_it_was_encoded() {
        let pairs = form_pairs("a=2023%2F01%2F14+%2B0200&b=x+y&c");
        let shown: Vec<_> = pairs.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        assert_eq!(shown, [("a", "2023/01/14 +0200"), ("b", "x y"), ("c", "")]);
    }
}
