//! Billing again what was kept, with the component that was kept, and comparing byte by byte.

use std::io::BufRead;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use super::error::Error;
use super::kept::Kept;
use super::names::{CUSTOMERS, JOB, OUTCOME, PRICES, REPORT, TASK};
use skubill::bill::{Biller, Call, Input};
use skubill_services::digest::sha256;

/// What came out this time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replayed {
    /// Bytes and SHA-256 of the outcome that was kept.
    pub bytes: u64,
    pub sha256: String,
    /// The first difference, where there is one.
    pub difference: Option<Difference>,
}

/// Where two outcomes differ first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The byte, from 0.
    pub byte: u64,
    /// The value, as a path such as `bills[0].total`; none where the bytes differ and no value does.
    pub path: Option<String>,
    /// What stands there, shortened.
    pub kept: String,
    pub now: String,
}

/// The parts of a bill's answer.
#[derive(Deserialize)]
struct Billed<'a> {
    #[serde(borrow)]
    outcome: &'a RawValue,
}

/// Bill a run again.
pub fn replay(kept: &Kept) -> Result<Replayed, Error> {
    let expected = kept.read(OUTCOME)?;
    let now = if kept.has(TASK) {
        run(kept, Call::Record, &text(&kept.read(TASK)?))?
    } else {
        let answer = run(kept, Call::Bill, &text(&kept.read(JOB)?))?;
        let billed: Billed<'_> = serde_json::from_str(&answer).map_err(skubill::bill::Error::Answer)?;
        billed.outcome.get().to_string()
    };
    let difference = difference(&expected, now.as_bytes());
    Ok(Replayed { bytes: expected.len() as u64, sha256: sha256(&expected), difference })
}

/// One line of a run that was kept, told as JSON: the contract's `explain`. Of a day it is what the line has cost
/// up to it.
pub fn explain(kept: &Kept, tenant_id: &str, sku: &str) -> Result<String, Error> {
    let of_a_day = kept.has(TASK);
    let bytes = kept.read(if of_a_day { TASK } else { JOB })?;
    let wrong = skubill::bill::Error::Answer;
    let Recorded { day, job } = if of_a_day {
        serde_json::from_slice(&bytes).map_err(wrong)?
    } else {
        Recorded { day: None, job: serde_json::from_slice(&bytes).map_err(wrong)? }
    };
    let task = serde_json::to_string(&Task { tenant_id, sku, day, job }).map_err(wrong)?;
    run(kept, Call::Explain, &task)
}

/// Of the task of a day, what an explanation takes too.
#[derive(Deserialize)]
struct Recorded<'a> {
    day: Option<&'a str>,
    #[serde(borrow)]
    job: &'a RawValue,
}

#[derive(Serialize)]
struct Task<'a> {
    tenant_id: &'a str,
    sku: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    day: Option<&'a str>,
    job: &'a RawValue,
}

/// The component that was kept, on the inputs that were kept.
fn run(kept: &Kept, call: Call, job: &str) -> Result<String, Error> {
    let (mut prices, mut report) = (kept.stream(PRICES)?, kept.stream(REPORT)?);
    let mut customers = kept.has(CUSTOMERS).then(|| kept.stream(CUSTOMERS)).transpose()?;
    let mut inputs: Vec<(Input, &mut dyn BufRead)> = vec![(Input::Prices, &mut prices)];
    inputs.extend(customers.as_mut().map(|customers| (Input::Customers, customers as &mut dyn BufRead)));
    inputs.push((Input::Report, &mut report));
    Ok(Biller::with_component(kept.component()?)?.answer(call, job, &mut inputs, OUTPUT_BYTES)?.0)
}

/// More than any answer of a component has.
const OUTPUT_BYTES: u64 = 1 << 30;

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

pub(super) fn difference(kept: &[u8], now: &[u8]) -> Option<Difference> {
    if kept == now {
        return None;
    }
    let byte = kept.iter().zip(now).take_while(|(a, b)| a == b).count();
    let values = serde_json::from_slice::<Value>(kept).ok().zip(serde_json::from_slice::<Value>(now).ok());
    let named = values.and_then(|(kept, now)| of_values(String::new(), &kept, &now));
    let (path, kept, now) = match named {
        Some((path, kept, now)) => (Some(path), kept, now),
        None => (None, excerpt(kept, byte), excerpt(now, byte)),
    };
    Some(Difference { byte: byte as u64, path, kept, now })
}

/// How much of a side is shown.
const SHOWN_CHARS_MAX: usize = 80;

fn excerpt(bytes: &[u8], from: usize) -> String {
    if from >= bytes.len() { "the end".into() } else { text(&bytes[from..]).chars().take(SHOWN_CHARS_MAX).collect() }
}

/// The first value, in the order of the JSON that was kept, that differs; texts are compared and nothing is computed.
fn of_values(path: String, kept: &Value, now: &Value) -> Option<(String, String, String)> {
    match (kept, now) {
        (Value::Object(kept), Value::Object(now)) => {
            let below = |key: &str| if path.is_empty() { key.to_string() } else { format!("{path}.{key}") };
            let keys = kept.keys().chain(now.keys().filter(|key| !kept.contains_key(*key)));
            keys.into_iter().find_map(|key| of_sides(below(key), kept.get(key), now.get(key)))
        }
        (Value::Array(kept), Value::Array(now)) => {
            (0..kept.len().max(now.len())).find_map(|at| of_sides(format!("{path}[{at}]"), kept.get(at), now.get(at)))
        }
        (kept, now) if kept == now => None,
        (kept, now) => Some((path, shown(Some(kept)), shown(Some(now)))),
    }
}

fn of_sides(path: String, kept: Option<&Value>, now: Option<&Value>) -> Option<(String, String, String)> {
    match (kept, now) {
        (Some(kept), Some(now)) => of_values(path, kept, now),
        (None, None) => None,
        (kept, now) => Some((path, shown(kept), shown(now))),
    }
}

fn shown(value: Option<&Value>) -> String {
    value.map_or_else(|| "nothing".into(), |value| value.to_string().chars().take(SHOWN_CHARS_MAX).collect())
}
