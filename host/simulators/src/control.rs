//! The control endpoint of both twins, `/control/…`: JSON in, JSON out, no credentials.
//!
//! A page that a browser of this machine shows must not reach it. So `Host` has to be an address or `localhost`, which
//! no name that somebody else controls is, and where there is an `Origin` it has to be the twin's own; else 403.
//!
//! | call | what it does |
//! |---|---|
//! | `GET /control/knobs`, `PUT /control/knobs` | every switch; `PUT` changes the ones it names and answers with all |
//! | `GET /control/clock`, `PUT /control/clock` | `{"now": "2021-09-01T06:00:00Z", "running": false}`, `{"advance_seconds": 60}`, `{"now": null}` for real time |
//! | `GET`, `PUT`, `POST`, `DELETE /control/faults` | the rules of what goes wrong: see, replace by a list, add one, clear |
//! | `GET /control/requests`, `DELETE` | the requests seen so far, those to `/control` aside; the latest 10,000 |
//! | `GET /control/events`, `DELETE` | the event log; the latest 10,000 |
//! | `GET /control/state`, `DELETE /control/state` | what is stored, with Abiquo's users; forget what is stored, and the two logs |

use super::clock::ClockChange;
use super::exchange::{Call, Reply};
use super::fault::Fault;
use super::lock::lock;
use super::twin::{Service, Twin};
use serde_json::json;
use std::net::{Ipv4Addr, Ipv6Addr};

/// The answer to a caller who is not a page of somebody else's.
pub(super) fn guarded<S: Service>(twin: &Twin<S>, call: &Call, what: &str) -> Reply {
    match foreign(call) {
        Some(why) => Reply::json(403, &json!({ "error": why })),
        None => answer(twin, call, what),
    }
}

/// What speaks against a caller.
fn foreign(call: &Call) -> Option<String> {
    let host = &call.authority;
    if !is_address(host) {
        return Some(format!("Host is {host}: /control answers to an address or localhost alone"));
    }
    let origin = call.headers.get("origin")?;
    let own = format!("http://{host}");
    let same = origin.to_str().is_ok_and(|origin| origin.eq_ignore_ascii_case(&own));
    (!same).then(|| format!("Origin is not {own}: /control answers to no other page"))
}

/// `127.0.0.1:8080`, `[::1]`, `localhost`: not a name, which whoever owns it may let lead here.
fn is_address(authority: &str) -> bool {
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) => host,
        _ => authority,
    };
    let bare = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    host.eq_ignore_ascii_case("localhost") || host.parse::<Ipv4Addr>().is_ok() || bare.is_some_and(|bare| bare.parse::<Ipv6Addr>().is_ok())
}

fn answer<S: Service>(twin: &Twin<S>, call: &Call, what: &str) -> Reply {
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
            common.clock.apply(&change).map_err(serde::de::Error::custom)?;
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

#[cfg(test)]
mod tests {
    use super::is_address;

    #[test]
    fn an_address_is_no_name() {
        for address in ["127.0.0.1:8080", "127.0.0.1", "10.1.2.3:1", "[::1]:8080", "[::1]", "localhost", "LOCALHOST:8080"] {
            assert!(is_address(address), "{address}");
        }
        for name in ["rebound.test:8080", "127.0.0.1.rebound.test", "localhost.rebound.test", "::1", "[::1", "", ":80", "127.1"] {
            assert!(!is_address(name), "{name}");
        }
    }
}
