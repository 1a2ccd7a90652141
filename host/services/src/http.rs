//! HTTP with manners: requests that know whether they may be sent twice.
//!
//! Both services are reached through one [`Http`]. It retries what may be repeated, sends once what may
//! not, never follows a redirect, bounds every body, and says of each failure whether it may have taken
//! effect. The network, the clock and the jitter are injected ([`Transport`], [`Clock`], [`Jitter`]), so
//! that a test, or a simulation of a whole month in one process, drives all three.
//!
//! ```text
//! acronis, abiquo ── Request (Repeat::Freely | Never) ──► Http ── retry, limits ──► Transport ──► world
//! ```
//!
//! # Guarantees
//!
//! * A request with [`Repeat::Never`] reaches the transport once. If its answer is lost, the error is
//!   [`Error::Unknown`]; if it surely never left, [`Error::Unreachable`].
//! * What a request carries in confidence is in no answer and no error, also where the service repeats it.
//! * A deadline ([`Http::within`]) bounds all attempts and pauses together.
//! * Redirects are answers like any other: credentials go to the origin they were meant for, or nowhere.
//! * Bodies are raw: nothing here inflates, so a limit on bytes is a limit on bytes that were sent.

mod base;
mod bounded;
mod clock;
mod conceal;
mod deadline;
mod error;
mod excerpt;
mod network;
mod retry;
mod skew;
mod transport;

#[cfg(test)]
pub(crate) mod fake;

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

pub use base::BaseUrl;
pub(crate) use base::set_query;
pub(crate) use bounded::values;
pub use clock::{Clock, Jitter, SystemClock, SystemJitter};
pub use deadline::{Deadline, POSTING_TIME_MAX, RUN_TIME_MAX, Scope};
pub use error::{Call, Error, UnknownReason};
pub use excerpt::Excerpt;
pub use excerpt::one_line;
pub use network::Options;
pub use retry::{RetryPolicy, retry_after};
pub use skew::Skew;
pub use transport::{Body, BoxFuture, Headers, Method, Repeat, Request, Response, Transport, TransportError};

use conceal::Secrets;
use deadline::Deadlines;
use retry::Attempts;

/// The longest JSON or text answer that is read: 8 MiB. A bill of Abiquo's takes about 0.8 kB, so this is some
/// 10,000 bills in one page (`limit=0`), and 100 of them, which is what a look-up asks for, are a hundredth of it.
/// Four accounts at once hold four of them, beside what is read out of them: less than 100 MB of the 512 MB that no
/// answer may make this process larger than.
pub const ANSWER_BYTES_MAX: u64 = 8 << 20;

/// How much of an error's body is read: 64 KiB. Either service's errors are below 1 kB and Tomcat's HTML
/// page below 3 kB; more would only be kept to be cut off.
pub const ERROR_BYTES_MAX: u64 = 64 << 10;

/// How many headers an answer may have: what the HTTP library allows unless told otherwise. Either service
/// sends fewer than 30.
pub const HEADERS_MAX: usize = 100;

/// The longest head of an answer, names and values together: 64 KiB. Cookies and security headers make
/// about 2 kB; servers themselves stop at 8 to 48 KiB.
pub const HEADER_BYTES_MAX: usize = 64 << 10;

/// One connection pool, one clock, one retry policy. Cheap to clone.
#[derive(Clone)]
pub struct Http {
    transport: Arc<dyn Transport>,
    clock: Arc<dyn Clock>,
    jitter: Arc<dyn Jitter>,
    retry: RetryPolicy,
    deadlines: Deadlines,
    proxies: Secrets,
}

/// An answer whose body has been read whole (an error's body: its first [`ERROR_BYTES_MAX`] bytes).
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

    fn of(secrets: Secrets, status: u16, headers: Headers, body: Vec<u8>) -> Answer {
        let body = if status >= 300 { secrets.hidden_refusal(body) } else { secrets.hidden_data(body) };
        Answer { status, headers, body, secrets }
    }

    /// 200 to 299.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The server's own failure (5xx, or 408): after it, a request that is no GET may have taken effect.
    pub fn is_server_failure(&self) -> bool {
        self.status >= 500 || self.status == 408
    }
}

impl Http {
    /// The real network and the real clock.
    pub fn new(options: &Options) -> Result<Self, Error> {
        let network = network::Network::new(options)?;
        let http = Self::with_parts(Arc::new(network), Arc::new(SystemClock), Arc::new(SystemJitter::default()));
        Ok(Self { proxies: Secrets::of_proxies(), ..http })
    }

    /// Anything that behaves as a network, a clock and a source of jitter.
    pub fn with_parts(transport: Arc<dyn Transport>, clock: Arc<dyn Clock>, jitter: Arc<dyn Jitter>) -> Self {
        Self { transport, clock, jitter, retry: RetryPolicy::default(), deadlines: Deadlines::default(), proxies: Secrets::default() }
    }

    /// The same, with another retry policy.
    #[must_use]
    pub fn with_retry(mut self, retry: RetryPolicy) -> Self {
        self.retry = retry;
        self
    }

    /// The same network for something that may take so long from now on; deadlines that hold already still do.
    /// Afterwards nothing is sent ([`Error::TimeUp`]), and what is under way is cut off there.
    #[must_use]
    pub fn within(&self, scope: Scope, limit: Duration) -> Self {
        let deadlines = self.deadlines.and(Deadline::from(self.now(), scope, limit));
        Self { deadlines, ..self.clone() }
    }

    /// The time by the injected clock.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Sleeps by the injected clock, and no longer than until the next deadline.
    pub async fn sleep(&self, pause: Duration) {
        let left = self.deadlines.left(self.now()).unwrap_or(pause);
        self.clock.sleep(pause.min(left)).await;
    }

    /// A random number below `bound` from the injected jitter; 0 where `bound` is 0.
    pub fn jitter_below(&self, bound: u64) -> u64 {
        if bound == 0 { 0 } else { self.jitter.below(bound) }
    }

    /// Sends, and reads the body whole, up to `limit` bytes. An answer of any status is `Ok`: what it means
    /// is for the client to say. A repeatable request is retried after 50x, 429, and when an answer is lost.
    pub async fn fetch(&self, request: &Request, limit: u64) -> Result<Answer, Error> {
        let mut attempts = Attempts::new(&self.retry, request.repeat);
        loop {
            let response = self.deliver(request, &mut attempts).await?;
            let (status, headers) = (response.status, response.headers.clone());
            match collect(response, limit).await {
                Ok(body) => return Ok(Answer::of(self.secrets_of(request), status, headers, body)),
                Err(Loss::TooLong(limit)) => return Err(too_long(request, status, limit)),
                Err(Loss::Broken(error)) => match attempts.after_loss(&error, self) {
                    Some(pause) => self.pause(request, &attempts, pause, error.to_string()).await?,
                    None => return Err(attempts.give_up(request, Some(status), error)),
                },
            }
        }
    }

    /// Sends, and leaves the body to be read piece by piece. Retries as [`fetch`](Self::fetch) does, until
    /// there is an answer; what breaks after that is the reader's to handle.
    pub async fn open(&self, request: &Request) -> Result<Response, Error> {
        let mut attempts = Attempts::new(&self.retry, request.repeat);
        self.deliver(request, &mut attempts).await
    }

    async fn deliver(&self, request: &Request, attempts: &mut Attempts<'_>) -> Result<Response, Error> {
        loop {
            if let Some(deadline) = self.deadlines.over_after(self.now(), Duration::ZERO) {
                return Err(attempts.time_up(request, deadline, None));
            }
            attempts.begin();
            let mut carried = request.clone();
            carried.left = self.deadlines.left(self.now());
            let sent = self.transport.send(carried).await;
            let secrets = self.secrets_of(request);
            // Whatever a transport itself stops at.
            let sent = sent.and_then(|response| match response.headers.fit() {
                true => Ok(Response { headers: response.headers.hidden(&secrets), ..response }),
                false => Err(TransportError::HeadTooLong),
            });
            match sent {
                Ok(response) => {
                    tracing::debug!(call = %Call::of(request), status = response.status, "answered");
                    match attempts.after_answer(response.status, &response.headers, self) {
                        Some(pause) => self.pause(request, attempts, pause, format!("answered {}", response.status)).await?,
                        None => return Ok(response),
                    }
                }
                Err(error) => {
                    tracing::debug!(call = %Call::of(request), %error, "no answer");
                    match attempts.after_loss(&error, self) {
                        Some(pause) => self.pause(request, attempts, pause, error.to_string()).await?,
                        None => return Err(attempts.give_up(request, None, error)),
                    }
                }
            }
        }
    }

    /// The body of an answer that is no success, as far as it comes and up to [`ERROR_BYTES_MAX`].
    pub(crate) async fn read_refusal(&self, response: Response, request: &Request) -> Answer {
        let (status, headers) = (response.status, response.headers.clone());
        // Only a success can be too long or break off.
        let body = collect(response, ERROR_BYTES_MAX).await.unwrap_or_default();
        Answer::of(self.secrets_of(request), status, headers, body)
    }

    /// Whatever is told to nobody: what a request confides, and the password of a proxy.
    fn secrets_of(&self, request: &Request) -> Secrets {
        let mut secrets = request.secrets();
        secrets.join(self.proxies.clone());
        secrets
    }

    /// Before another attempt. A pause that outlasts a deadline is not begun.
    async fn pause(&self, request: &Request, attempts: &Attempts<'_>, pause: Duration, last: String) -> Result<(), Error> {
        if let Some(deadline) = self.deadlines.over_after(self.now(), pause) {
            return Err(attempts.time_up(request, deadline, Some(last)));
        }
        self.sleep(pause).await;
        Ok(())
    }
}

impl fmt::Debug for Http {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Http").field("retry", &self.retry).finish_non_exhaustive()
    }
}

enum Loss {
    TooLong(u64),
    Broken(TransportError),
}

async fn collect(mut response: Response, limit: u64) -> Result<Vec<u8>, Loss> {
    // An error's text is a courtesy: as much of it as there is, and no new error for the rest.
    let refused = response.status >= 300;
    let limit = if refused { ERROR_BYTES_MAX } else { limit };
    let mut bytes = Vec::new();
    loop {
        match response.body.chunk().await {
            Ok(None) => return Ok(bytes),
            Ok(Some(chunk)) if bytes.len() as u64 + chunk.len() as u64 > limit => {
                if !refused {
                    return Err(Loss::TooLong(limit));
                }
                bytes.extend_from_slice(&chunk[..(limit as usize).saturating_sub(bytes.len())]);
                return Ok(bytes);
            }
            Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
            Err(_) if refused => return Ok(bytes),
            Err(error) => return Err(Loss::Broken(error)),
        }
    }
}

/// Too long an answer to something that may not be sent twice: it did take effect, and only what it did is
/// unknown.
fn too_long(request: &Request, status: u16, limit: u64) -> Error {
    let call = Call::of(request);
    match request.repeat {
        Repeat::Freely => Error::TooLong { call, limit },
        Repeat::Never => Error::Unknown {
            call,
            reason: UnknownReason::Unreadable { status, why: format!("the answer is longer than {limit} bytes"), body: Excerpt::default() },
        },
    }
}

#[cfg(test)]
mod tests;
