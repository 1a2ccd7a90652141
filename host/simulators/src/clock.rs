//! The time that a simulator lives in.

use super::lock;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Deserializer, Serialize};
use std::sync::{Arc, Mutex};

/// A clock that can be set. Clones are the same clock, so that both twins, and a test, share one.
#[derive(Debug, Clone)]
pub struct SimulatedClock(Arc<Mutex<Mode>>);

#[derive(Debug, Clone, Copy)]
enum Mode {
    Real,
    /// Stands still.
    Fixed(Timestamp),
    /// Runs on from a moment: how much is added to real time.
    Running(SignedDuration),
}

/// What `PUT /control/clock` takes: `{"now": "2021-09-01T06:00:00Z", "running": false}`,
/// `{"advance_seconds": 60}`, or `{"now": null}` for real time.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ClockChange {
    /// Null is real time.
    #[serde(default, deserialize_with = "there")]
    now: Option<Option<Timestamp>>,
    #[serde(default)]
    running: Option<bool>,
    #[serde(default)]
    advance_seconds: Option<i64>,
}

/// A key that is there, be it null.
fn there<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<Timestamp>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

#[derive(Debug, Serialize)]
pub(super) struct ClockState {
    now: Timestamp,
    mode: &'static str,
}

impl Default for SimulatedClock {
    fn default() -> SimulatedClock {
        SimulatedClock::real()
    }
}

impl SimulatedClock {
    pub fn real() -> SimulatedClock {
        SimulatedClock(Arc::new(Mutex::new(Mode::Real)))
    }

    /// A clock that stands still until it is set or advanced.
    pub fn fixed(now: Timestamp) -> SimulatedClock {
        SimulatedClock(Arc::new(Mutex::new(Mode::Fixed(now))))
    }

    pub fn now(&self) -> Timestamp {
        let real = Timestamp::now();
        match *lock(&self.0) {
            Mode::Real => real,
            Mode::Fixed(now) => now,
            Mode::Running(ahead) => real.saturating_add(ahead).unwrap_or(real),
        }
    }

    /// Sets the clock; it stands still from then on.
    pub fn set(&self, now: Timestamp) {
        *lock(&self.0) = Mode::Fixed(now);
    }

    /// Sets the clock; it runs on from there.
    pub fn set_running(&self, now: Timestamp) {
        *lock(&self.0) = Mode::Running(now.duration_since(Timestamp::now()));
    }

    /// Puts the clock forward, or back where `seconds` is negative. A real clock runs on ahead.
    pub fn advance(&self, seconds: i64) {
        let step = SignedDuration::from_secs(seconds);
        let mut mode = lock(&self.0);
        *mode = match *mode {
            Mode::Real => Mode::Running(step),
            Mode::Fixed(now) => Mode::Fixed(now.saturating_add(step).unwrap_or(now)),
            Mode::Running(ahead) => Mode::Running(ahead.saturating_add(step)),
        };
    }

    /// What is asked for, where it is one of the three changes that there are.
    pub(super) fn apply(&self, change: &ClockChange) -> Result<(), &'static str> {
        match (change.advance_seconds, change.now, change.running) {
            (Some(seconds), None, None) => self.advance(seconds),
            (None, Some(Some(now)), Some(true)) => self.set_running(now),
            (None, Some(Some(now)), None | Some(false)) => self.set(now),
            (None, Some(None), None) => *lock(&self.0) = Mode::Real,
            _ => return Err("write now, with or without running; or advance_seconds; or now as null for real time"),
        }
        Ok(())
    }

    pub(super) fn state(&self) -> ClockState {
        let mode = match *lock(&self.0) {
            Mode::Real => "real",
            Mode::Fixed(_) => "fixed",
            Mode::Running(_) => "running",
        };
        ClockState { now: self.now(), mode }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_stands_is_advanced_and_goes_back_to_real_time() -> anyhow::Result<()> {
        let noon: Timestamp = "2021-09-01T12:00:00Z".parse()?;
        let clock = SimulatedClock::fixed(noon);
        assert_eq!(clock.now(), noon);
        clock.clone().advance(90);
        assert_eq!(clock.now().to_string(), "2021-09-01T12:01:30Z");
        clock.set_running(noon);
        assert!(clock.now() >= noon);
        clock.set(noon);
        for wrong in ["{}", r#"{"running": true}"#, r#"{"now": null, "running": true}"#, r#"{"now": null, "advance_seconds": 1}"#] {
            assert!(clock.apply(&serde_json::from_str(wrong)?).is_err(), "{wrong}");
            assert_eq!(clock.now(), noon, "{wrong}");
        }
        assert_eq!(clock.apply(&serde_json::from_str(r#"{"now": null}"#)?), Ok(()));
        assert!(clock.now() > noon);
        Ok(())
    }
}
