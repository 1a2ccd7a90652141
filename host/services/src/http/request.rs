//! A request that knows whether it may be sent twice.

use std::fmt;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::conceal::Secrets;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    Get,
    Post,
    Delete,
}

impl Method {
    pub fn as_str(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Post => "POST",
            Method::Delete => "DELETE",
        }
    }
}

/// Whether a request may be sent twice: its own nature, not its method's (asking for a token is a POST, and
/// harmless twice).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeat {
    /// Reads, and what has no lasting effect.
    Freely,
    /// What creates or deletes: sent once, and looked up if its answer is lost.
    Never,
}

/// A request. Its `Debug` shows neither credentials nor body.
#[derive(Clone)]
pub struct Request {
    pub method: Method,
    pub url: Url,
    pub repeat: Repeat,
    pub body: Option<Vec<u8>>,
    /// Time for the whole exchange, where it differs from the transport's own.
    pub whole: Option<Duration>,
    /// What a deadline leaves for it, where there is one: the exchange takes no longer.
    pub left: Option<Duration>,
    headers: Vec<(&'static str, Value)>,
    /// What the service knows otherwise, and must not be told of it either.
    confided: Vec<SecretString>,
}

#[derive(Clone)]
enum Value {
    Plain(String),
    Secret(SecretString),
}

impl Request {
    /// A GET, which may be repeated.
    pub fn get(url: Url) -> Self {
        Self::new(Method::Get, url, Repeat::Freely)
    }

    /// A POST, which may not be repeated unless [`repeat`](Self::repeat) is set.
    pub fn post(url: Url, content_type: &str, body: Vec<u8>) -> Self {
        let mut request = Self::new(Method::Post, url, Repeat::Never);
        request.body = Some(body);
        request.header("content-type", content_type)
    }

    /// A DELETE, which may not be repeated.
    pub fn delete(url: Url) -> Self {
        Self::new(Method::Delete, url, Repeat::Never)
    }

    fn new(method: Method, url: Url, repeat: Repeat) -> Self {
        Self { method, url, repeat, body: None, whole: None, left: None, headers: Vec::new(), confided: Vec::new() }
    }

    #[must_use]
    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, Value::Plain(value.to_owned())));
        self
    }

    /// The `Authorization` header, replaced if there was one.
    #[must_use]
    pub fn authorization(mut self, value: SecretString) -> Self {
        self.headers.retain(|(name, _)| *name != "authorization");
        self.headers.push(("authorization", Value::Secret(value)));
        self
    }

    /// A secret that this request does not carry, and its answer may repeat all the same.
    #[must_use]
    pub(crate) fn confided(mut self, secret: SecretString) -> Self {
        self.confided.push(secret);
        self
    }

    /// Whatever of this request is told to nobody.
    pub(super) fn secrets(&self) -> Secrets {
        let mut secrets = Secrets::default();
        for (_, value) in &self.headers {
            if let Value::Secret(secret) = value {
                secrets.join(Secrets::of_authorization(secret.expose_secret()));
            }
        }
        self.confided.iter().for_each(|secret| secrets.join(Secrets::of_authorization(secret.expose_secret())));
        secrets
    }

    /// All headers with their values in clear: for transports only.
    pub fn headers(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.headers.iter().map(|(name, value)| match value {
            Value::Plain(text) => (*name, text.as_str()),
            Value::Secret(secret) => (*name, secret.expose_secret()),
        })
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.headers.iter().map(|(name, _)| *name).collect();
        f.debug_struct("Request")
            .field("call", &Call::of(self).to_string())
            .field("repeat", &self.repeat)
            .field("headers", &names)
            .field("body_bytes", &self.body.as_ref().map(Vec::len))
            .finish()
    }
}

/// Which request it was: method and URL, without user name, password or fragment.
#[derive(Clone, PartialEq, Eq)]
pub struct Call(Box<str>);

impl Call {
    pub fn of(request: &Request) -> Self {
        let mut url = request.url.clone();
        // Both fail only on URLs that can hold no user name, such as `data:`.
        let _ = url.set_username("");
        let _ = url.set_password(None);
        url.set_fragment(None);
        Self(format!("{} {url}", request.method.as_str()).into())
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
