//! What both twins share: faults on the way, the control endpoint, and the logs of requests and events.

use super::clock::SimulatedClock;
use super::exchange::{Call, Reply};
use super::fault::{Effect, Fault, hit};
use super::lock;
use super::log::{Log, Weighed};
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Serialize, de::DeserializeOwned};
use std::ops::{Deref, RangeInclusive};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A request body longer than this is refused with 413.
pub(super) const REQUEST_BYTES_MAX: usize = 64 << 20;

/// A request that was seen, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Seen {
    pub at: Timestamp,
    pub method: String,
    /// Path and query, as sent.
    pub target: String,
    /// What the service answered; none where a fault kept the request from it.
    pub answered: Option<u16>,
    /// The fault that hit it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<Effect>,
}

/// Something that happened in a service, as its event log tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Event {
    pub at: Timestamp,
    pub entity: &'static str,
    pub action: &'static str,
    pub text: String,
}

/// Marks an answer, in its extensions, whose connection is closed before anything is written. Over
/// HTTP the connection does close; who calls a twin without a socket finds this mark.
#[derive(Debug, Clone, Copy)]
pub struct Dropped;

/// SimulatedClock, knobs, faults and logs of a service.
#[derive(Debug)]
pub(super) struct Common<K> {
    pub clock: SimulatedClock,
    pub knobs: Mutex<K>,
    pub faults: Mutex<Vec<Fault>>,
    pub requests: Mutex<Log<Seen>>,
    pub events: Mutex<Log<Event>>,
}

impl Weighed for Seen {
    fn text_bytes(&self) -> usize {
        self.method.len() + self.target.len()
    }
}

impl Weighed for Event {
    fn text_bytes(&self) -> usize {
        self.text.len()
    }
}

impl<K> Common<K> {
    pub fn new(clock: SimulatedClock, knobs: K) -> Common<K> {
        Common { clock, knobs: Mutex::new(knobs), faults: Mutex::default(), requests: Mutex::default(), events: Mutex::default() }
    }

    pub fn event(&self, entity: &'static str, action: &'static str, text: String) {
        let at = self.clock.now();
        lock(&self.events).push(Event { at, entity, action, text });
    }
}

/// The switches of a twin.
pub trait Knobs: Clone + Serialize + DeserializeOwned + Send {
    /// A value that means nothing, and so would change nothing in silence.
    fn mistake(&self) -> Option<String>;
}

/// The mistake of a status that is none of these.
pub(super) fn status(name: &str, value: u16, known: RangeInclusive<u16>) -> Option<String> {
    let mistake = || format!("{name}: {value} is not from {} to {}", known.start(), known.end());
    (!known.contains(&value)).then(mistake)
}

/// A service's logic: a request in, an answer out, at once.
#[expect(private_interfaces, reason = "implemented by this module's two services alone")]
pub trait Service: Send + Sync + 'static {
    /// The switches; every one of them has a default.
    type Knobs: Knobs;
    #[doc(hidden)]
    fn common(&self) -> &Common<Self::Knobs>;
    #[doc(hidden)]
    fn answer(&self, call: &Call) -> Reply;
    /// Everything that is stored, for `GET /control/state`.
    fn state(&self) -> serde_json::Value;
    /// Forgets everything that is stored; knobs, faults, clock and credentials stay.
    fn reset(&self);
}

/// A service that can be called without a socket. Clones are the same service.
#[derive(Debug)]
pub struct Twin<S> {
    service: Arc<S>,
}

impl<S> Clone for Twin<S> {
    fn clone(&self) -> Self {
        Twin { service: Arc::clone(&self.service) }
    }
}

impl<S> Deref for Twin<S> {
    type Target = S;
    fn deref(&self) -> &S {
        &self.service
    }
}

impl<S: Service> Twin<S> {
    pub fn new(service: S) -> Twin<S> {
        Twin { service: Arc::new(service) }
    }

    pub fn clock(&self) -> SimulatedClock {
        self.common().clock.clone()
    }

    /// Changes the knobs, or only looks at them.
    pub fn knobs<T>(&self, change: impl FnOnce(&mut S::Knobs) -> T) -> T {
        change(&mut lock(&self.common().knobs))
    }

    /// Turns the knobs that are named, by their names in JSON, and leaves the others. A name or value
    /// that does not exist turns none.
    pub fn turn(&self, named: serde_json::Map<String, serde_json::Value>) -> Result<(), serde_json::Error> {
        let mut knobs = lock(&self.common().knobs);
        let mut all = serde_json::to_value(&*knobs)?;
        if let Some(all) = all.as_object_mut() {
            all.extend(named);
        }
        let turned: S::Knobs = serde_json::from_value(all)?;
        if let Some(mistake) = turned.mistake() {
            return Err(serde::de::Error::custom(mistake));
        }
        *knobs = turned;
        Ok(())
    }

    /// Adds a rule of what goes wrong, after those that are there.
    pub fn fault(&self, fault: Fault) {
        lock(&self.common().faults).push(fault);
    }

    pub fn clear_faults(&self) {
        lock(&self.common().faults).clear();
    }

    /// The requests so far, those to `/control` aside: the latest 10,000.
    pub fn requests(&self) -> Vec<Seen> {
        lock(&self.common().requests).all()
    }

    /// The event log: the latest 10,000.
    pub fn events(&self) -> Vec<Event> {
        lock(&self.common().events).all()
    }

    /// Answers one request, without a socket. Where a fault drops the connection, the answer has
    /// [`Dropped`] among its extensions, and its body fails.
    pub async fn call(&self, request: Request) -> Response {
        let Some(call) = read(request).await else {
            return write(Reply::empty(413), None, self.common().clock.now());
        };
        if let Some(what) = call.path.strip_prefix("/control/") {
            return write(super::control::guarded(self, &call, what), None, self.common().clock.now());
        }
        let effect = hit(&mut lock(&self.common().faults), &call);
        let reaches = effect.as_ref().is_none_or(Effect::reaches_the_service);
        let own = reaches.then(|| self.answer(&call));
        lock(&self.common().requests).push(Seen {
            at: self.common().clock.now(),
            method: call.method.clone(),
            target: match &call.query {
                Some(query) => format!("{}?{query}", call.path),
                None => call.path.clone(),
            },
            answered: own.as_ref().map(|reply| reply.status),
            fault: effect.clone(),
        });
        let instead = effect.as_ref().and_then(Effect::reply);
        let reply = instead.or(own).unwrap_or_else(|| Reply::empty(200));
        write(reply, effect, self.common().clock.now())
    }
}

async fn read(request: Request) -> Option<Call> {
    let (head, body) = request.into_parts();
    let body = to_bytes(body, REQUEST_BYTES_MAX).await.ok()?;
    let host = head.headers.get("host").and_then(|h| h.to_str().ok());
    let authority = host.or(head.uri.authority().map(|a| a.as_str())).unwrap_or("localhost");
    let path = percent_encoding::percent_decode_str(head.uri.path());
    Some(Call {
        method: head.method.as_str().into(),
        path: path.decode_utf8_lossy().into_owned(),
        query: head.uri.query().map(Into::into),
        authority: authority.into(),
        headers: head.headers,
        body: body.into(),
    })
}

/// What a body ends with whose connection is to be closed.
#[derive(Debug, thiserror::Error)]
#[error("the simulator drops this connection")]
struct ConnectionDropped;

/// Dated by the service's clock: a client that compares clocks compares with that one.
pub(super) fn write(reply: Reply, effect: Option<Effect>, now: Timestamp) -> Response {
    let mut response = Response::builder().status(reply.status).header("Date", date(now));
    for (name, value) in &reply.headers {
        response = response.header(*name, value);
    }
    let whole = reply.body.len();
    let dropped = matches!(effect, Some(Effect::Drop { .. }));
    let body = match effect {
        Some(Effect::Drop { .. }) => pieces(Vec::new(), 1, Duration::ZERO, End::Dropped),
        Some(Effect::Cut { bytes }) if bytes < whole => {
            response = response.header("Content-Length", whole);
            pieces(reply.body[..bytes].to_vec(), bytes.max(1), Duration::ZERO, End::Cut)
        }
        Some(Effect::Cut { .. }) => pieces(reply.body, whole.max(1), Duration::ZERO, End::Cut),
        Some(Effect::Slow { bytes, pause_ms }) => {
            let pause = Duration::from_millis(pause_ms);
            pieces(reply.body, bytes.max(1), pause, End::Whole)
        }
        Some(Effect::Status { .. }) | None => Body::from(reply.body),
    };
    let mut response = response.body(body).unwrap_or_else(|wrong| {
        // A header that HTTP cannot carry: said, not taken for a success.
        let mut refused = Response::new(Body::from(format!("the simulator cannot write this answer: {wrong}")));
        *refused.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
        refused
    });
    if dropped {
        response.extensions_mut().insert(Dropped);
    }
    response
}

/// As HTTP writes it: `Wed, 01 Sep 2021 07:00:00 GMT`.
fn date(now: Timestamp) -> String {
    now.to_zoned(TimeZone::UTC).strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// How a body ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Whole,
    /// The connection is closed before anything of the answer is on its way.
    Dropped,
    /// The connection is closed once all that stands before the end is on its way.
    Cut,
}

/// A body in pieces of `size`, each after a pause.
fn pieces(bytes: Vec<u8>, size: usize, pause: Duration, end: End) -> Body {
    let state = (axum::body::Bytes::from(bytes), end);
    let next = move |(mut rest, end): (axum::body::Bytes, End)| async move {
        if !pause.is_zero() {
            tokio::time::sleep(pause).await;
        }
        if !rest.is_empty() {
            let piece = rest.split_to(size.min(rest.len()));
            return Some((Ok(piece), (rest, end)));
        }
        if end == End::Cut {
            // The server sends what it has while it waits for more.
            tokio::task::yield_now().await;
        }
        (end != End::Whole).then(|| (Err(ConnectionDropped), (rest, End::Whole)))
    };
    Body::from_stream(futures_util::stream::unfold(state, next))
}
