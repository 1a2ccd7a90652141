//! Sending: attempts, deadlines, limits and secrets, around a [`Transport`].

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::answer::Answer;
use super::clock::{Clock, Jitter, SystemClock, SystemJitter, jitter_below};
use super::conceal::Secrets;
use super::deadline::{Deadline, Deadlines, Scope};
use super::error::{Error, UnknownReason};
use super::excerpt::Excerpt;
use super::limit::ERROR_BYTES_MAX;
use super::network::{Network, Options};
use super::request::{Call, Repeat, Request};
use super::retry::{Attempts, RetryPolicy};
use super::transport::{Response, Transport, TransportError};

/// One connection pool, one clock, one retry policy. Cheap to clone.
#[derive(Clone)]
pub struct Http {
    pub(super) transport: Arc<dyn Transport>,
    pub(super) clock: Arc<dyn Clock>,
    jitter: Arc<dyn Jitter>,
    retry: RetryPolicy,
    deadlines: Deadlines,
    proxies: Secrets,
}

impl Http {
    /// The real network and the real clock.
    pub fn new(options: &Options) -> Result<Self, Error> {
        let network = Network::new(options)?;
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

    /// The same over another transport.
    pub(super) fn over(&self, transport: Arc<dyn Transport>) -> Self {
        Self { transport, ..self.clone() }
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
        jitter_below(&*self.jitter, bound)
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
                Err(Loss::Broken(error)) => match attempts.after_loss(&error, &*self.jitter) {
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
                    match attempts.after_answer(response.status, &response.headers, &*self.clock, &*self.jitter) {
                        Some(pause) => self.pause(request, attempts, pause, format!("answered {}", response.status)).await?,
                        None => return Ok(response),
                    }
                }
                Err(error) => {
                    tracing::debug!(call = %Call::of(request), %error, "no answer");
                    match attempts.after_loss(&error, &*self.jitter) {
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
