//! Billing a report: the library's way into the sandbox.

use std::io::Read;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::outcome::{Billed, Outcome};
use crate::sandbox::{self, Bounds, Call, Sandbox, Used};

/// Bytes of a piece in which a report is handed to the component.
const PIECE_BYTES: usize = 256 << 10;

/// The answers' default bound, as the component has it; a job may set another.
const OUTPUT_BYTES: u64 = 96 << 20;

/// The input that a fault is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Input {
    Report,
    Prices,
    Customers,
    Costs,
}

/// One thing that makes an input unreadable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    pub input: Input,
    pub row: Option<u64>,
    pub column: Option<String>,
    pub found: String,
    pub expected: String,
}

/// Why the component gave no answer. Nothing was billed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Refusal {
    /// Inputs that cannot be read or that break a limit: the first faults, and how many there were.
    Faults { faults: Vec<Fault>, fault_count: u64 },
    /// A job that makes no sense.
    Job { job: String },
    /// Calls out of order.
    Order { order: String },
}

impl Refusal {
    pub(crate) fn read(text: &str) -> Refusal {
        serde_json::from_str(text).unwrap_or_else(|_| Refusal::Order { order: text.to_string() })
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Refusal::Faults { faults, fault_count } => {
                for fault in faults {
                    writeln!(f, "{fault}")?;
                }
                let more = fault_count - faults.len() as u64;
                let rest = if more > 0 { format!(", {more} of them not listed") } else { String::new() };
                write!(f, "{fault_count} fault{}{rest}", if *fault_count == 1 { "" } else { "s" })
            }
            Refusal::Job { job } => f.write_str(job),
            Refusal::Order { order } => f.write_str(order),
        }
    }
}

impl std::fmt::Display for Fault {
    /// `report, row 1842, usage.effective.production: found 1,5; expected a decimal such as 1.5`
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let input = match self.input {
            Input::Report => "report",
            Input::Prices => "prices",
            Input::Customers => "customers",
            Input::Costs => "costs",
        };
        f.write_str(input)?;
        if let Some(row) = self.row {
            write!(f, ", row {row}")?;
        }
        if let Some(column) = &self.column {
            write!(f, ", {column}")?;
        }
        write!(f, ": found {}; expected {}", self.found, self.expected)
    }
}

/// Why there is no bill.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{0}")]
    Refused(Refusal),
    #[error(transparent)]
    Sandbox(#[from] sandbox::Error),
    #[error("the report cannot be read: {0}")]
    Read(#[from] std::io::Error),
    /// The component and this library do not fit together.
    #[error("the component's answer is not understood: {0}")]
    Answer(#[from] serde_json::Error),
}

/// How a report is to be billed. What is left out is not said.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Job {
    /// `YYYY-MM`; without one, the month of the report's latest date.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub period: Option<String>,
    /// The report's root tenant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub root: Option<String>,
    /// `direct_partners`, `all_partners`, `all_customers` or `accounts`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<String>,
    /// A usage column; `usage.effective.production` unless named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub measure: Option<String>,
    /// `CODE` or `CODE:SUBJECT`.
    pub accept: Vec<String>,
    /// Tenants that somebody else bills: excluded, as if the customers file said so.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub exclude_tenants: Vec<String>,
    /// What a posting's usages are called: text with `{name}`, `{sku}`, `{quantity}` and `{unit}`;
    /// `{name}` unless named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usage_name: Option<String>,
    /// The component's limits that are not its defaults, by name.
    #[serde(skip_serializing_if = "Limits::is_empty")]
    pub limits: Limits,
}

/// Limits of the component, by name; those left out keep their defaults.
pub type Limits = std::collections::BTreeMap<String, u64>;

fn output_bytes(limits: &Limits) -> u64 {
    limits.get("output_bytes").copied().unwrap_or(OUTPUT_BYTES)
}

/// Whom a customers file maps and whom it excludes, each by tenant.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct Customers {
    pub customers: Vec<Mapping>,
    /// Tenants that are not billed.
    pub excluded: Vec<String>,
}

/// One tenant's place in Abiquo.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Mapping {
    pub tenant_id: String,
    pub enterprise: u64,
    pub enterprise_name: Option<String>,
}

/// A bill as the component gave it: its JSON, and what the run used.
#[derive(Debug, Clone)]
pub struct Answer {
    json: String,
    pub used: Used,
}

/// The parts of an answer, the outcome as it was written.
#[derive(Deserialize)]
struct Parts<'a> {
    #[serde(borrow)]
    outcome: &'a RawValue,
    unaccepted: Vec<u32>,
}

impl Answer {
    /// The outcome's JSON, byte for byte as the component wrote it.
    pub fn outcome_json(&self) -> Result<&str, Error> {
        Ok(serde_json::from_str::<Parts<'_>>(&self.json)?.outcome.get())
    }

    /// Whether an error finding stands that nobody accepted.
    pub fn is_blocked(&self) -> Result<bool, Error> {
        Ok(!serde_json::from_str::<Parts<'_>>(&self.json)?.unaccepted.is_empty())
    }

    /// The answer as Rust types.
    pub fn billed(&self) -> Result<Billed, Error> {
        Ok(serde_json::from_str(&self.json)?)
    }
}

/// Bills reports, each in an instance of its own. Cheap to clone: the compiled component is shared.
#[derive(Clone)]
pub struct Biller {
    sandbox: Arc<Sandbox>,
    bounds: Bounds,
}

impl Biller {
    /// Compile the embedded component; about a tenth of a second.
    pub fn new() -> Result<Self, Error> {
        Ok(Biller { sandbox: Arc::new(Sandbox::new()?), bounds: Bounds::default() })
    }

    /// The same component with other bounds on memory and work.
    pub fn with_bounds(&self, bounds: Bounds) -> Self {
        Biller { sandbox: Arc::clone(&self.sandbox), bounds }
    }

    /// Bill a report. It is read in pieces and never held whole; `csv_v2_0` or `json_v2_0`, plain
    /// or gzip.
    pub fn bill(&self, job: &Job, report: impl Read, prices: &[u8], customers: Option<&[u8]>) -> Result<Answer, Error> {
        let books = [(Input::Prices, Some(prices)), (Input::Customers, customers)];
        let (json, used) = self.run(Call::Bill, &serde_json::to_string(job)?, output_bytes(&job.limits), report, &books)?;
        Ok(Answer { json, used })
    }

    /// Bill a report that is in memory, as Rust types.
    pub fn outcome(&self, job: &Job, report: &[u8], prices: &[u8], customers: Option<&[u8]>) -> Result<Outcome, Error> {
        Ok(self.bill(job, report, prices, customers)?.billed()?.outcome)
    }

    /// Whether a job makes sense, before there is anything to bill.
    pub fn check_job(&self, job: &Job) -> Result<(), Error> {
        let mut run = self.sandbox.start(self.bounds, output_bytes(&job.limits))?;
        refused(run.begin(Call::Bill, &serde_json::to_string(job)?))
    }

    /// A report's usage per tenant and SKU as JSON, without a price book.
    pub fn usage(&self, job: &Job, report: impl Read, customers: Option<&[u8]>) -> Result<String, Error> {
        let books = [(Input::Customers, customers)];
        let (json, _) = self.run(Call::Usage, &serde_json::to_string(job)?, output_bytes(&job.limits), report, &books)?;
        Ok(json)
    }

    /// The cost of a day as JSON; `task` is the JSON that the contract's `record` describes.
    pub fn record(&self, task: &str, report: impl Read, prices: &[u8], customers: &[u8]) -> Result<String, Error> {
        let books = [(Input::Prices, Some(prices)), (Input::Customers, Some(customers))];
        let (json, _) = self.run(Call::Record, task, OUTPUT_BYTES, report, &books)?;
        Ok(json)
    }

    /// One line of a bill, told, as JSON; `task` is the JSON that the contract's `explain` describes.
    pub fn explain(&self, task: &str, report: impl Read, prices: &[u8], customers: Option<&[u8]>) -> Result<String, Error> {
        let books = [(Input::Prices, Some(prices)), (Input::Customers, customers)];
        let (json, _) = self.run(Call::Explain, task, OUTPUT_BYTES, report, &books)?;
        Ok(json)
    }

    /// What a price book and a customers file hold, as JSON.
    pub fn check(&self, prices: &[u8], customers: Option<&[u8]>, limits: &Limits) -> Result<String, Error> {
        let run = self.sandbox.start(self.bounds, output_bytes(limits))?;
        refused(run.check(prices, customers, &serde_json::to_string(limits)?))
    }

    /// Whom a customers file maps and whom it excludes.
    pub fn customers(&self, customers: &[u8], limits: &Limits) -> Result<Customers, Error> {
        let run = self.sandbox.start(self.bounds, output_bytes(limits))?;
        Ok(serde_json::from_str(&refused(run.customers(customers, &serde_json::to_string(limits)?))?)?)
    }

    /// What a period will have cost, as JSON, from its cost records.
    pub fn estimate(&self, costs: &[u8], job: &str) -> Result<String, Error> {
        let run = self.sandbox.start(self.bounds, OUTPUT_BYTES)?;
        refused(run.estimate(costs, job))
    }

    /// A posting beside what the dashboard holds, as JSON; `comparison` as the contract describes it.
    pub fn compare(&self, comparison: &str) -> Result<String, Error> {
        let run = self.sandbox.start(self.bounds, OUTPUT_BYTES)?;
        refused(run.compare(comparison))
    }

    /// What the component says of itself, as JSON: name, version, contract, limits.
    pub fn describe(&self) -> Result<String, Error> {
        Ok(self.sandbox.start(self.bounds, OUTPUT_BYTES)?.describe()?)
    }

    fn run(
        &self,
        call: Call,
        job: &str,
        output_bytes: u64,
        mut report: impl Read,
        books: &[(Input, Option<&[u8]>)],
    ) -> Result<(String, Used), Error> {
        let mut run = self.sandbox.start(self.bounds, output_bytes)?;
        refused(run.begin(call, job))?;
        for (input, bytes) in books.iter().filter_map(|(input, bytes)| Some((*input, (*bytes)?))) {
            // An empty file is a file, too.
            refused(run.feed(input, &[]))?;
            for piece in bytes.chunks(PIECE_BYTES) {
                refused(run.feed(input, piece))?;
            }
        }
        let mut piece = vec![0; PIECE_BYTES];
        loop {
            match report.read(&mut piece) {
                Ok(0) => break,
                Ok(length) => refused(run.feed(Input::Report, &piece[..length]))?,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error.into()),
            }
        }
        refused(run.finish(call))
    }
}

fn refused<T>(answer: sandbox::Answer<T>) -> Result<T, Error> {
    answer?.map_err(Error::Refused)
}
