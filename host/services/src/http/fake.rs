//! A network of prepared answers, and a clock that jumps: for unit tests.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;

use super::{Body, BoxFuture, Clock, Headers, Http, Jitter, Request, Response, Transport, TransportError};

/// One prepared reaction of the network.
pub(crate) enum Reply {
    NotSent,
    Lost,
    Answer {
        status: u16,
        headers: Vec<(String, String)>,
        body: Vec<u8>,
        /// The connection breaks after the body's bytes.
        broken: bool,
    },
}

impl Reply {
    pub(crate) fn json(status: u16, body: &str) -> Self {
        Self::bytes(status, body.as_bytes()).with("content-type", "application/json")
    }

    pub(crate) fn bytes(status: u16, body: &[u8]) -> Self {
        Reply::Answer { status, headers: Vec::new(), body: body.to_vec(), broken: false }
    }

    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        if let Reply::Answer { headers, .. } = &mut self {
            headers.push((name.to_owned(), value.to_owned()));
        }
        self
    }

    pub(crate) fn broken(mut self) -> Self {
        if let Reply::Answer { broken, .. } = &mut self {
            *broken = true;
        }
        self
    }
}

/// What arrived at the network.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    /// `GET https://…`
    pub line: String,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Seen {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(n, _)| n == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// The network, the clock and what they saw. Clones share it.
#[derive(Clone, Default)]
pub(crate) struct Fake(Arc<State>);

#[derive(Default)]
struct State {
    replies: Mutex<VecDeque<Reply>>,
    seen: Mutex<Vec<Seen>>,
    slept: Mutex<Vec<Duration>>,
    now: Mutex<Timestamp>,
}

impl Fake {
    /// Starts at 2021-09-01T12:00:00Z.
    pub(crate) fn new(replies: impl IntoIterator<Item = Reply>) -> Self {
        let fake = Self::default();
        fake.0.replies.lock().unwrap().extend(replies);
        fake.set_now("2021-09-01T12:00:00Z");
        fake
    }

    pub(crate) fn http(&self) -> Http {
        let shared = Arc::new(self.clone());
        Http::with_parts(shared.clone(), shared.clone(), shared)
    }

    pub(crate) fn set_now(&self, now: &str) {
        *self.0.now.lock().unwrap() = now.parse().unwrap();
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.0.seen.lock().unwrap().clone()
    }

    pub(crate) fn lines(&self) -> Vec<String> {
        self.seen().into_iter().map(|seen| seen.line).collect()
    }

    pub(crate) fn slept(&self) -> Vec<Duration> {
        self.0.slept.lock().unwrap().clone()
    }

    /// How many prepared replies nobody asked for.
    pub(crate) fn left(&self) -> usize {
        self.0.replies.lock().unwrap().len()
    }
}

impl Transport for Fake {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, TransportError>> {
        self.0.seen.lock().unwrap().push(Seen {
            line: format!("{} {}", request.method.as_str(), request.url),
            headers: request.headers().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
            body: String::from_utf8(request.body.clone().unwrap_or_default()).unwrap(),
        });
        let reply = self.0.replies.lock().unwrap().pop_front();
        Box::pin(async move {
            // Others get a turn, as on a real network: a race shows itself.
            tokio::task::yield_now().await;
            match reply.unwrap_or_else(|| panic!("no reply prepared for {request:?}")) {
                Reply::NotSent => Err(TransportError::NotSent("connection refused".into())),
                Reply::Lost => Err(TransportError::MayHaveTakenEffect("timed out".into())),
                Reply::Answer { status, headers, body, broken } => Ok(Response {
                    status,
                    headers: Headers::new(headers),
                    body: Box::new(Pieces { left: body.chunks(7).map(<[u8]>::to_vec).collect(), broken }),
                }),
            }
        })
    }
}

struct Pieces {
    left: VecDeque<Vec<u8>>,
    broken: bool,
}

impl Body for Pieces {
    fn chunk(&mut self) -> BoxFuture<'_, Result<Option<Vec<u8>>, TransportError>> {
        let next = match self.left.pop_front() {
            None if self.broken => Err(TransportError::MayHaveTakenEffect("reset".into())),
            next => Ok(next),
        };
        Box::pin(async move { next })
    }
}

impl Clock for Fake {
    fn now(&self) -> Timestamp {
        *self.0.now.lock().unwrap()
    }

    fn sleep(&self, pause: Duration) -> BoxFuture<'_, ()> {
        self.0.slept.lock().unwrap().push(pause);
        *self.0.now.lock().unwrap() += pause;
        Box::pin(tokio::task::yield_now())
    }
}

impl Jitter for Fake {
    /// Always half of the most.
    fn below(&self, bound: u64) -> u64 {
        bound / 2
    }
}
