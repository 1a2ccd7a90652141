//! One request to a twin: the control endpoint, faults on the way, and the answer as HTTP.

use super::control::guarded;
use super::exchange::{Call, Reply};
use super::fault::{Effect, hit};
use super::lock::lock;
use super::twin::{Dropped, Seen, Service, Twin};
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::time::Duration;

/// A request body longer than this is refused with 413.
pub(super) const REQUEST_BYTES_MAX: usize = 64 << 20;

impl<S: Service> Twin<S> {
    /// Answers one request, without a socket. Where a fault drops the connection, the answer has
    /// [`Dropped`] among its extensions, and its body fails.
    pub async fn call(&self, request: Request) -> Response {
        let Some(call) = read(request).await else {
            return write(Reply::empty(413), None, self.common().clock.now());
        };
        if let Some(what) = call.path.strip_prefix("/control/") {
            return write(guarded(self, &call, what), None, self.common().clock.now());
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
