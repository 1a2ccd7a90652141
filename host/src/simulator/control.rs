//! The control endpoint of both twins, `/control/…`: JSON in, JSON out, no credentials, since a
//! simulator listens on loopback alone.
//!
//! | call | what it does |
//! |---|---|
//! | `GET /control/knobs`, `PUT /control/knobs` | every switch; `PUT` changes the ones it names and answers with all |
//! | `GET /control/clock`, `PUT /control/clock` | `{"now": "2021-09-01T06:00:00Z", "running": false}`, `{"advance_seconds": 60}`, `{"now": null}` for real time |
//! | `GET`, `PUT`, `POST`, `DELETE /control/faults` | the rules of what goes wrong: see, replace by a list, add one, clear |
//! | `GET /control/requests`, `DELETE` | the requests seen so far, those to `/control` aside |
//! | `GET /control/events`, `DELETE` | the event log |
//! | `GET /control/state`, `DELETE /control/state` | what is stored, with Abiquo's users; forget what is stored, and the two logs |

use super::clock::ClockChange;
use super::exchange::{Call, Reply};
use super::fault::Fault;
use super::lock;
use super::twin::{Service, Twin};
use serde_json::json;

pub(super) fn answer<S: Service>(twin: &Twin<S>, call: &Call, what: &str) -> Reply {
    try_answer(twin, call, what).unwrap_or_else(|wrong| Reply::json(400, &json!({ "error": wrong.to_string() })))
}

fn try_answer<S: Service>(twin: &Twin<S>, call: &Call, what: &str) -> Result<Reply, serde_json::Error> {
    let common = twin.common();
    let reply = match (call.method.as_str(), what) {
        ("GET", "knobs") => Reply::json(200, &*lock(&common.knobs)),
        ("PUT", "knobs") => {
            twin.turn(serde_json::from_slice(&call.body)?)?;
            Reply::json(200, &*lock(&common.knobs))
        }
        ("GET", "clock") => Reply::json(200, &common.clock.state()),
        ("PUT", "clock") => {
            let change: ClockChange = serde_json::from_slice(&call.body)?;
            common.clock.apply(&change);
            Reply::json(200, &common.clock.state())
        }
        ("GET", "faults") => Reply::json(200, &*lock(&common.faults)),
        ("PUT", "faults") => {
            let faults: Vec<Fault> = serde_json::from_slice(&call.body)?;
            *lock(&common.faults) = faults;
            Reply::json(200, &*lock(&common.faults))
        }
        ("POST", "faults") => {
            let fault: Fault = serde_json::from_slice(&call.body)?;
            lock(&common.faults).push(fault);
            Reply::json(200, &*lock(&common.faults))
        }
        ("DELETE", "faults") => {
            lock(&common.faults).clear();
            Reply::empty(204)
        }
        ("GET", "requests") => Reply::json(200, &*lock(&common.requests)),
        ("DELETE", "requests") => {
            lock(&common.requests).clear();
            Reply::empty(204)
        }
        ("GET", "events") => Reply::json(200, &*lock(&common.events)),
        ("DELETE", "events") => {
            lock(&common.events).clear();
            Reply::empty(204)
        }
        ("GET", "state") => Reply::json(200, &twin.state()),
        ("DELETE", "state") => {
            twin.reset();
            lock(&common.requests).clear();
            lock(&common.events).clear();
            Reply::empty(204)
        }
        _ => Reply::json(404, &json!({ "error": "no such control" })),
    };
    Ok(reply)
}
