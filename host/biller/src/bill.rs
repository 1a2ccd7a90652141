//! Billing a report: the library's way into the sandbox.

mod cost;
mod runs;

use std::io::{BufRead, BufReader, Read};
use std::sync::Arc;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::outcome::{Billed, Outcome};
use crate::sandbox::{self, Bounds, Engine, Sandbox};
use cost::{Meter, timed};
use runs::Runs;

pub use cost::{Cost, Stages};
pub use skubill_contract::answer::{CustomerMapping, Listing};
pub use skubill_contract::call::{Call, Input};
pub use skubill_contract::job::Job;
pub use skubill_contract::refusal::{Fault, Refusal};

/// Bytes of a piece in which a report is handed to the component.
pub const PIECE_BYTES: usize = 256 << 10;

/// The answers' default bound; a job may set another.
const OUTPUT_BYTES: u64 = skubill_contract::limits::OUTPUT_BYTES_MAX;

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

/// Limits of the component, by name; those left out keep their defaults.
pub type Limits = skubill_contract::limits::ChosenLimits;

fn output_bytes(limits: &Limits) -> u64 {
    limits.get("output_bytes").copied().unwrap_or(OUTPUT_BYTES)
}

/// A bill as the component gave it: its JSON, and what it cost to compute.
#[derive(Debug, Clone)]
pub struct Answer {
    json: String,
    pub cost: Cost,
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
    /// What computes everything again, where that was asked for.
    second: Option<Arc<Sandbox>>,
    bounds: Bounds,
}

impl Biller {
    /// The embedded component.
    pub fn new() -> Result<Self, Error> {
        Ok(Biller { sandbox: Arc::new(Sandbox::new()?), second: None, bounds: Bounds::default() })
    }

    /// Another component, such as the one that was kept with a run: it is compiled from its bytes, and has to have the
    /// `text` interface of the contract.
    pub fn with_component(component: &[u8]) -> Result<Self, Error> {
        Ok(Biller { sandbox: Arc::new(Sandbox::with(Engine::Cranelift, component)?), second: None, bounds: Bounds::default() })
    }

    /// The same component with other bounds on memory and work.
    pub fn with_bounds(&self, bounds: Bounds) -> Self {
        Biller { bounds, ..self.clone() }
    }

    /// Everything is computed twice, by a compiler's code and by an interpreter, in step and with one
    /// reading of the report: an answer is given only where both are equal to the byte, and is
    /// [`sandbox::Error::Differ`] otherwise. It takes about ten times as long.
    pub fn with_verification(&self) -> Result<Self, Error> {
        Ok(self.verified_by(Sandbox::on(Engine::Pulley)?))
    }

    fn verified_by(&self, second: Sandbox) -> Self {
        Biller { second: Some(Arc::new(second)), ..self.clone() }
    }

    /// Bill a report. It is read in pieces and never held whole; `csv_v2_0` or `json_v2_0`, plain
    /// or gzip.
    pub fn bill(&self, job: &Job, report: impl Read, prices: &[u8], customers: Option<&[u8]>) -> Result<Answer, Error> {
        let inputs = given([(Input::Prices, Some(prices)), (Input::Customers, customers)]);
        let (json, cost) = self.with_report(Call::Bill, &serde_json::to_string(job)?, inputs, report, output_bytes(&job.limits))?;
        Ok(Answer { json, cost })
    }

    /// Bill a report that is in memory, as Rust types.
    pub fn outcome(&self, job: &Job, report: &[u8], prices: &[u8], customers: Option<&[u8]>) -> Result<Outcome, Error> {
        Ok(self.bill(job, report, prices, customers)?.billed()?.outcome)
    }

    /// Whether a job makes sense, before there is anything to bill.
    pub fn check_job(&self, job: &Job) -> Result<(), Error> {
        let json = serde_json::to_string(job)?;
        self.start(output_bytes(&job.limits))?.each(|run| run.begin(Call::Bill, &json))?.map_err(Error::Refused)
    }

    /// A report's usage per tenant and SKU as JSON, without a price book.
    pub fn usage(&self, job: &Job, report: impl Read, customers: Option<&[u8]>) -> Result<String, Error> {
        let inputs = given([(Input::Customers, customers)]);
        Ok(self.with_report(Call::Usage, &serde_json::to_string(job)?, inputs, report, output_bytes(&job.limits))?.0)
    }

    /// The cost of a day as JSON; `task` is the JSON that the contract's `record` describes.
    pub fn record(&self, task: &str, report: impl Read, prices: &[u8], customers: &[u8]) -> Result<String, Error> {
        let inputs = given([(Input::Prices, Some(prices)), (Input::Customers, Some(customers))]);
        Ok(self.with_report(Call::Record, task, inputs, report, OUTPUT_BYTES)?.0)
    }

    /// One line of a bill, told, as JSON; `task` is the JSON that the contract's `explain` describes.
    pub fn explain(&self, task: &str, report: impl Read, prices: &[u8], customers: Option<&[u8]>) -> Result<String, Error> {
        let inputs = given([(Input::Prices, Some(prices)), (Input::Customers, customers)]);
        Ok(self.with_report(Call::Explain, task, inputs, report, OUTPUT_BYTES)?.0)
    }

    /// What a price book and a customers file hold, as JSON.
    pub fn check(&self, prices: &[u8], customers: Option<&[u8]>, limits: &Limits) -> Result<String, Error> {
        let inputs = given([(Input::Prices, Some(prices)), (Input::Customers, customers)]);
        self.of_memory(Call::Check, &serde_json::to_string(limits)?, inputs, output_bytes(limits))
    }

    /// Whom a customers file maps and whom it excludes.
    pub fn customers(&self, customers: &[u8], limits: &Limits) -> Result<Listing, Error> {
        let inputs = given([(Input::Customers, Some(customers))]);
        let listing = self.of_memory(Call::Customers, &serde_json::to_string(limits)?, inputs, output_bytes(limits))?;
        Ok(serde_json::from_str(&listing)?)
    }

    /// What a period will have cost, as JSON, from its cost records.
    pub fn estimate(&self, costs: &[u8], job: &str) -> Result<String, Error> {
        self.of_memory(Call::Estimate, job, given([(Input::Costs, Some(costs))]), OUTPUT_BYTES)
    }

    /// A posting beside what the dashboard holds, as JSON; `comparison` as the contract describes it.
    pub fn compare(&self, comparison: &str) -> Result<String, Error> {
        self.of_memory(Call::Compare, comparison, Vec::new(), OUTPUT_BYTES)
    }

    /// What the component says of itself, as JSON: name, version, contract, limits.
    pub fn describe(&self) -> Result<String, Error> {
        self.of_memory(Call::Describe, "", Vec::new(), OUTPUT_BYTES)
    }

    /// Any call, from the JSON of its job to that of its answer. Inputs are read in their order, in pieces.
    pub fn answer(
        &self,
        call: Call,
        job: &str,
        inputs: &mut [(Input, &mut dyn BufRead)],
        output_bytes: u64,
    ) -> Result<(String, Cost), Error> {
        let mut meter = Meter::default();
        let mut runs = timed(&mut meter.stages.start, || {
            let mut runs = self.start(output_bytes)?;
            runs.each(|run| run.begin(call, job))?.map_err(Error::Refused)?;
            Ok::<_, Error>(runs)
        })?;
        for (input, bytes) in inputs {
            loop {
                let piece = match timed(&mut meter.stages.read, || bytes.fill_buf()) {
                    Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                    read => read?,
                };
                let length = piece.len().min(PIECE_BYTES);
                // The last piece is an empty one: an empty file is a file, too.
                let fed = timed(&mut meter.stages.feed, || runs.each(|run| run.feed(*input, &piece[..length])));
                fed?.map_err(Error::Refused)?;
                meter.took_in(length);
                bytes.consume(length);
                if length == 0 {
                    break;
                }
            }
        }
        let (json, used) = timed(&mut meter.stages.finish, || runs.end())?.map_err(Error::Refused)?;
        let cost = meter.end(used, &json);
        Ok((json, cost))
    }

    fn with_report(&self, call: Call, job: &str, books: Given<'_>, report: impl Read, output_bytes: u64) -> Result<(String, Cost), Error> {
        let mut report = BufReader::with_capacity(PIECE_BYTES, report);
        self.of_books(call, job, books, Some(&mut report), output_bytes)
    }

    fn of_memory(&self, call: Call, job: &str, books: Given<'_>, output_bytes: u64) -> Result<String, Error> {
        Ok(self.of_books(call, job, books, None, output_bytes)?.0)
    }

    /// Books are handed over from where they are in memory, and not copied first.
    fn of_books(
        &self,
        call: Call,
        job: &str,
        mut books: Given<'_>,
        report: Option<&mut dyn BufRead>,
        output_bytes: u64,
    ) -> Result<(String, Cost), Error> {
        let mut inputs: Vec<(Input, &mut dyn BufRead)> = Vec::new();
        for (input, bytes) in &mut books {
            inputs.push((*input, bytes));
        }
        if let Some(report) = report {
            inputs.push((Input::Report, report));
        }
        self.answer(call, job, &mut inputs, output_bytes)
    }

    fn start(&self, output_bytes: u64) -> Result<Runs, Error> {
        let run = |sandbox: &Arc<Sandbox>| sandbox.start(self.bounds, output_bytes);
        Ok(Runs::new(run(&self.sandbox)?, self.second.as_ref().map(run).transpose()?))
    }
}

/// Inputs in memory.
type Given<'a> = Vec<(Input, &'a [u8])>;

/// Those that there are.
fn given<'a>(inputs: impl IntoIterator<Item = (Input, Option<&'a [u8]>)>) -> Given<'a> {
    inputs.into_iter().filter_map(|(input, bytes)| Some((input, bytes?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::COMPONENT;

    const COSTS: &[u8] = b"date,price\n2021-08-01,10\n2021-08-02,12\n";

    /// A component that says another word, of the same length.
    fn patched(word: &str, other: &str) -> Vec<u8> {
        let mut bytes = COMPONENT.to_vec();
        let at = bytes.windows(word.len()).position(|window| window == word.as_bytes()).expect("the word");
        bytes[at..at + word.len()].copy_from_slice(other.as_bytes());
        bytes
    }

    fn beside(second: &[u8]) -> Biller {
        Biller::new().expect("a biller").verified_by(Sandbox::with(Engine::Pulley, second).expect("it compiles"))
    }

    #[test]
    fn two_engines_that_agree_answer_as_one() {
        let one = Biller::new().expect("a biller");
        let two = one.with_verification().expect("a second engine");
        assert_eq!(two.estimate(COSTS, "").expect("an answer"), one.estimate(COSTS, "").expect("an answer"));
        assert!(matches!(two.estimate(b"", ""), Err(Error::Refused(Refusal::Faults { .. }))));
        assert!(matches!(two.record("{}", &b""[..], b"", b""), Err(Error::Refused(Refusal::Job { .. }))));
        let small = two.with_bounds(Bounds { fuel: 1000, ..Bounds::default() });
        assert!(matches!(small.estimate(COSTS, ""), Err(Error::Sandbox(sandbox::Error::Fuel(1000)))));
    }

    #[test]
    fn a_second_engine_that_answers_otherwise_is_believed_as_little_as_the_first() {
        let told = |result: Result<String, Error>| match result {
            Err(Error::Sandbox(error @ sandbox::Error::Differ(_))) => error.to_string(),
            other => panic!("{other:?}"),
        };
        let other = beside(&patched("below_to_date", "below_to_data"));
        assert!(told(other.estimate(COSTS, "")).contains("from byte "));
        let stricter = beside(&patched("cumulative", "cumulatiwe"));
        let differs = stricter.estimate(COSTS, r#"{"method": "cumulative"}"#);
        assert!(told(differs).contains("neither is to be trusted"));
    }
}
