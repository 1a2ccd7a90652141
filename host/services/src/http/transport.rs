//! What a network has to do: take a request, give an answer, and tell the two kinds of failure apart.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::conceal::Secrets;
use super::{HEADER_BYTES_MAX, HEADERS_MAX};

/// A future behind a trait object.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The network, real ([`Http::new`](super::Http::new)) or simulated.
///
/// An implementation sends a request at most once, follows no redirect, and inflates no body.
pub trait Transport: Send + Sync {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, TransportError>>;
}

/// A body that arrives in pieces.
pub trait Body: Send {
    /// The next piece, or `None` at the proper end. A connection that closes early is an error, never an end.
    fn chunk(&mut self) -> BoxFuture<'_, Result<Option<Vec<u8>>, TransportError>>;
}

/// Why there is no answer. The text never holds credentials.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TransportError {
    /// No name, no connection, no TLS: the server has not seen the request.
    #[error("{0}")]
    NotSent(String),
    /// A timeout or a reset after the request left: the server may have acted on it.
    #[error("{0}")]
    MayHaveTakenEffect(String),
    /// There was an answer, and nobody read it: its head goes on and on. The server may have acted.
    #[error("the answer has more than {HEADERS_MAX} headers, or {HEADER_BYTES_MAX} bytes of them")]
    HeadTooLong,
}

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
            .field("call", &super::Call::of(self).to_string())
            .field("repeat", &self.repeat)
            .field("headers", &names)
            .field("body_bytes", &self.body.as_ref().map(Vec::len))
            .finish()
    }
}

/// Headers of an answer. `Debug` shows their names only: some carry session tokens.
#[derive(Clone, Default)]
pub struct Headers(Vec<(String, String)>);

impl Headers {
    pub fn new(headers: impl IntoIterator<Item = (String, String)>) -> Self {
        Self(headers.into_iter().collect())
    }

    /// The same, without what must not be told.
    pub(super) fn hidden(self, secrets: &Secrets) -> Self {
        let hide = secrets.hider();
        Self(self.0.into_iter().map(|(name, value)| (name, hide(&value))).collect())
    }

    /// Whether there are not too many, and not too much of them.
    pub(super) fn fit(&self) -> bool {
        let bytes: usize = self.0.iter().map(|(name, value)| name.len() + value.len()).sum();
        self.0.len() <= HEADERS_MAX && bytes <= HEADER_BYTES_MAX
    }

    /// The first value of this name, in any case.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

impl fmt::Debug for Headers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

/// An answer whose body is still to come.
pub struct Response {
    pub status: u16,
    pub headers: Headers,
    pub body: Box<dyn Body>,
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response").field("status", &self.status).field("headers", &self.headers).finish_non_exhaustive()
    }
}
