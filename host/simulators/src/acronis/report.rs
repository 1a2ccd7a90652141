//! A report, and what it has generated.

use super::create::Asked;
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Value, json};

/// A report: what is to be generated, once or every month.
#[derive(Debug)]
pub(super) struct Report {
    pub id: String,
    pub version: u64,
    pub created_at: Timestamp,
    pub asked: Asked,
    /// What was generated so far, one item per run and format.
    pub stored: Vec<Stored>,
    /// How many of its runs have been started.
    pub runs: usize,
}

impl Report {
    /// As the API tells it.
    pub fn shown(&self) -> Value {
        let mut shown = json!({ "id": self.id, "version": self.version });
        let asked = serde_json::to_value(&self.asked).unwrap_or_default();
        if let (Value::Object(shown), Value::Object(asked)) = (&mut shown, asked) {
            shown.extend(asked);
        }
        shown
    }
}

/// One format of one run of a report.
#[derive(Debug)]
pub(super) struct Stored {
    pub id: String,
    pub format: String,
    pub created_at: Timestamp,
    pub ready_at: Timestamp,
    pub polls_left: u32,
    /// The report before gzip, from the moment at which it was first seen ready.
    pub text: Option<Vec<u8>>,
    pub start: Date,
    pub end: Date,
}
