//! How far a service's clock is from ours: by the `Date` of its answers, which is of whole seconds.

use std::sync::{Arc, Mutex};

use jiff::fmt::rfc2822::DateTimeParser;
use jiff::{SignedDuration, Timestamp};

use super::client::Http;
use super::clock::Clock;
use super::request::Request;
use super::transport::{BoxFuture, Headers, Response, Transport, TransportError};

/// What the answers of one [`Http::watched`] have told.
#[derive(Debug, Default)]
pub struct Skew(Mutex<Option<SignedDuration>>);

impl Skew {
    /// How far the other clock is ahead of ours, by the latest answer; `None` where none stated a date.
    pub fn ahead(&self) -> Option<SignedDuration> {
        *self.0.lock().unwrap_or_else(|e| e.into_inner())
    }

    /// The answer was dated at some moment between the request and its arrival: whatever agrees with one of those agrees.
    fn note(&self, headers: &Headers, sent: Timestamp, arrived: Timestamp) {
        let stated = headers.get("date").and_then(|date| DateTimeParser::new().parse_timestamp(date.trim()).ok());
        if let Some(stated) = stated {
            let nearest = stated.clamp(sent.min(arrived), arrived.max(sent));
            *self.0.lock().unwrap_or_else(|e| e.into_inner()) = Some(stated.duration_since(nearest));
        }
    }
}

/// A transport, and what is noted of its answers.
struct Watched {
    transport: Arc<dyn Transport>,
    clock: Arc<dyn Clock>,
    skew: Arc<Skew>,
}

impl Transport for Watched {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, TransportError>> {
        Box::pin(async move {
            let sent = self.clock.now();
            let response = self.transport.send(request).await?;
            self.skew.note(&response.headers, sent, self.clock.now());
            Ok(response)
        })
    }
}

impl Http {
    /// The same network, with an eye on the clock of whoever answers. One for each service.
    pub fn watched(&self) -> (Http, Arc<Skew>) {
        let skew = Arc::new(Skew::default());
        let (transport, clock) = (Arc::clone(&self.transport), Arc::clone(&self.clock));
        let watched = Watched { transport, clock, skew: Arc::clone(&skew) };
        (self.over(Arc::new(watched)), skew)
    }
}
