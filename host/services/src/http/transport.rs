//! What a network has to do: take a request, give an answer, and tell the two kinds of failure apart.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use super::conceal::Secrets;
use super::limit::{HEADER_BYTES_MAX, HEADERS_MAX};
use super::request::Request;

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
