//! What both twins share: clock, knobs, faults, and the logs of requests and events.

use super::clock::SimulatedClock;
use super::exchange::{Call, Reply};
use super::fault::{Effect, Fault};
use super::lock::lock;
use super::log::{Log, Weighed};
use jiff::Timestamp;
use serde::{Serialize, de::DeserializeOwned};
use std::ops::{Deref, RangeInclusive};
use std::sync::{Arc, Mutex};

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
}
