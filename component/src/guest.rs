//! The exports: what is called when, and what is handed on. It decides nothing; with `convert` below
//! it is the only code that knows the bindings.

mod convert;

use std::cell::RefCell;

use serde::Serialize;

use crate::estimate as fitting;
use crate::explain as telling;
use crate::fault::{self, Refusal};
use crate::job::{self, Job};
use crate::limit::Limits;
use crate::outcome;
use crate::record as recording;
use crate::run::{self, Run, bounded};
use crate::{compare as comparing, customer, write};

wit_bindgen::generate!({ path: "../wit", world: "billing" });

use exports::skubill::billing::{about, bill, check, compare, customers, estimate, explain, feed, record, types, usage};

struct Component;
export!(Component);

/// What the instance is in the middle of: one instance is one run.
enum State {
    Fresh,
    Bill(Box<Run>),
    Usage(Box<Run>),
    Explain(Box<Run>),
    Record(Box<Run>, recording::Task),
    Spent,
}

thread_local! {
    static STATE: RefCell<State> = const { RefCell::new(State::Fresh) };
}

/// The instance is spent from here on, whatever comes of the call.
fn take() -> State {
    STATE.replace(State::Spent)
}

fn order<T>(called: &str, allowed: &str) -> Result<T, Refusal> {
    Err(Refusal::Order(format!("{called}: {allowed}; one instance is one run")))
}

/// A call that is a whole run by itself.
fn fresh(called: &str) -> Result<(), Refusal> {
    match take() {
        State::Fresh => Ok(()),
        _ => order(called, "only a fresh instance may be asked"),
    }
}

fn begin(called: &str, state: State) -> Result<(), Refusal> {
    fresh(called)?;
    STATE.replace(state);
    Ok(())
}

fn feed_run(input: types::Input, piece: &[u8]) -> Result<(), types::Refusal> {
    STATE.with_borrow_mut(|state| match state {
        State::Bill(run) | State::Usage(run) | State::Explain(run) | State::Record(run, _) => run.feed(input.into(), piece),
        State::Fresh | State::Spent => order("feed", "begin a run first"),
    })?;
    Ok(())
}

fn finish_bill() -> Result<(outcome::Billed, Limits), Refusal> {
    match take() {
        State::Bill(run) => with_limits(*run, Run::bill),
        _ => order("bill.finish", "begin a bill first"),
    }
}

fn finish_usage() -> Result<(outcome::UsageOutcome, Limits), Refusal> {
    match take() {
        State::Usage(run) => with_limits(*run, Run::usage),
        _ => order("usage.finish", "begin usage first"),
    }
}

fn finish_explain() -> Result<(telling::Explanation, Limits), Refusal> {
    match take() {
        State::Explain(run) => with_limits(*run, Run::explain),
        _ => order("explain.finish", "begin an explanation first"),
    }
}

fn finish_record() -> Result<(recording::Day, Limits), Refusal> {
    match take() {
        State::Record(run, task) => with_limits(*run, |run| run.record(&task)),
        _ => order("record.finish", "begin a record first"),
    }
}

fn with_limits<T>(run: Run, finish: impl FnOnce(Run) -> Result<T, Refusal>) -> Result<(T, Limits), Refusal> {
    let limits = run.limits().clone();
    Ok((finish(run)?, limits))
}

fn fed(mut run: Run, inputs: &[(fault::Input, Option<&[u8]>)]) -> Result<Run, Refusal> {
    for (input, bytes) in inputs {
        if let Some(bytes) = bytes {
            run.feed(*input, bytes)?;
        }
    }
    Ok(run)
}

/// The JSON twin of an answer; the limit was judged before, so only a writer's failure is left.
fn text<T: Serialize>(answer: Result<(T, Limits), Refusal>) -> Result<String, String> {
    let (answer, limits) = answer.map_err(|refusal| refusal_text(&refusal))?;
    write::json(&answer, limits.output_bytes).ok_or_else(|| refusal_text(&Refusal::Job("the answer cannot be written".into())))
}

fn refusal_text(refusal: &Refusal) -> String {
    write::json(refusal, u64::MAX).unwrap_or_default()
}

fn done(result: Result<(), Refusal>) -> Result<(), String> {
    result.map_err(|refusal| refusal_text(&refusal))
}

fn json_job(text: &str) -> Result<Job, Refusal> {
    job::json(text, Job::read)
}

fn json_limits(text: &str) -> Result<Limits, Refusal> {
    job::json(text, |form, desk| Ok(Limits::read(Some(form.take_all()), desk)))
}

fn json_asking(text: &str) -> Result<Run, Refusal> {
    let (task, job) = job::json(text, telling::Task::read)?;
    Ok(Run::asking(job, task))
}

const REPORT: fault::Input = fault::Input::Report;
const PRICES: fault::Input = fault::Input::Prices;
const CUSTOMERS: fault::Input = fault::Input::Customers;

impl feed::Guest for Component {
    fn bytes(input: types::Input, chunk: Vec<u8>) -> Result<(), types::Refusal> {
        feed_run(input, &chunk)
    }

    fn text(input: types::Input, chunk: String) -> Result<(), types::Refusal> {
        feed_run(input, chunk.as_bytes())
    }
}

impl bill::Guest for Component {
    fn bill(report: Vec<u8>, prices: Vec<u8>, customers: Option<Vec<u8>>, job: bill::Job) -> Result<bill::Billed, types::Refusal> {
        fresh("bill")?;
        let inputs = [(PRICES, Some(&prices[..])), (CUSTOMERS, customers.as_deref()), (REPORT, Some(&report))];
        Ok(fed(Run::new(job.try_into()?), &inputs)?.bill()?.into())
    }

    fn bill_json(report: String, prices: String, customers: Option<String>, job: String) -> Result<String, String> {
        let inputs =
            [(PRICES, Some(prices.as_bytes())), (CUSTOMERS, customers.as_deref().map(str::as_bytes)), (REPORT, Some(report.as_bytes()))];
        text(fresh("bill-json").and_then(|()| with_limits(fed(Run::new(json_job(&job)?), &inputs)?, Run::bill)))
    }

    fn begin(job: bill::Job) -> Result<(), types::Refusal> {
        Ok(begin("bill.begin", State::Bill(Box::new(Run::new(job.try_into()?))))?)
    }

    fn begin_json(job: String) -> Result<(), String> {
        done(json_job(&job).and_then(|job| begin("bill.begin-json", State::Bill(Box::new(Run::new(job))))))
    }

    fn finish() -> Result<bill::Billed, types::Refusal> {
        Ok(finish_bill()?.0.into())
    }

    fn finish_json() -> Result<String, String> {
        text(finish_bill())
    }
}

impl usage::Guest for Component {
    fn usage(report: Vec<u8>, customers: Option<Vec<u8>>, job: bill::Job) -> Result<usage::UsageOutcome, types::Refusal> {
        fresh("usage")?;
        let inputs = [(CUSTOMERS, customers.as_deref()), (REPORT, Some(&report[..]))];
        Ok(fed(Run::new(job.try_into()?), &inputs)?.usage()?.into())
    }

    fn usage_json(report: String, customers: Option<String>, job: String) -> Result<String, String> {
        let inputs = [(CUSTOMERS, customers.as_deref().map(str::as_bytes)), (REPORT, Some(report.as_bytes()))];
        text(fresh("usage-json").and_then(|()| with_limits(fed(Run::new(json_job(&job)?), &inputs)?, Run::usage)))
    }

    fn begin(job: bill::Job) -> Result<(), types::Refusal> {
        Ok(begin("usage.begin", State::Usage(Box::new(Run::new(job.try_into()?))))?)
    }

    fn begin_json(job: String) -> Result<(), String> {
        done(json_job(&job).and_then(|job| begin("usage.begin-json", State::Usage(Box::new(Run::new(job))))))
    }

    fn finish() -> Result<usage::UsageOutcome, types::Refusal> {
        Ok(finish_usage()?.0.into())
    }

    fn finish_json() -> Result<String, String> {
        text(finish_usage())
    }
}

impl explain::Guest for Component {
    fn explain_json(report: String, prices: String, customers: Option<String>, job: String) -> Result<String, String> {
        let inputs =
            [(PRICES, Some(prices.as_bytes())), (CUSTOMERS, customers.as_deref().map(str::as_bytes)), (REPORT, Some(report.as_bytes()))];
        text(fresh("explain-json").and_then(|()| with_limits(fed(json_asking(&job)?, &inputs)?, Run::explain)))
    }

    fn begin(tenant_id: String, sku: String, job: bill::Job) -> Result<(), types::Refusal> {
        Ok(begin("explain.begin", State::Explain(Box::new(Run::asking(job.try_into()?, telling::Task::new(tenant_id, sku)?))))?)
    }

    fn begin_json(job: String) -> Result<(), String> {
        done(json_asking(&job).and_then(|run| begin("explain.begin-json", State::Explain(Box::new(run)))))
    }

    fn finish() -> Result<explain::Explanation, types::Refusal> {
        Ok(finish_explain()?.0.into())
    }

    fn finish_json() -> Result<String, String> {
        text(finish_explain())
    }
}

impl check::Guest for Component {
    fn check(prices: Vec<u8>, customers: Option<Vec<u8>>, limits: Option<types::Limits>) -> Result<check::Checked, types::Refusal> {
        fresh("check")?;
        Ok(run::check(&prices, customers.as_deref(), &limits.map_or_else(Limits::default, Into::into))?.into())
    }

    fn check_json(prices: String, customers: Option<String>, limits: String) -> Result<String, String> {
        text(fresh("check-json").and_then(|()| {
            let limits = json_limits(&limits)?;
            Ok((run::check(prices.as_bytes(), customers.as_deref().map(str::as_bytes), &limits)?, limits))
        }))
    }
}

impl customers::Guest for Component {
    fn customers(customers: Vec<u8>, limits: Option<types::Limits>) -> Result<customers::Listing, types::Refusal> {
        fresh("customers")?;
        Ok(customer::list(&customers, &limits.map_or_else(Limits::default, Into::into))?.into())
    }

    fn customers_json(customers: String, limits: String) -> Result<String, String> {
        text(fresh("customers-json").and_then(|()| {
            let limits = json_limits(&limits)?;
            Ok((customer::list(customers.as_bytes(), &limits)?, limits))
        }))
    }
}

impl estimate::Guest for Component {
    fn estimate(costs: Vec<u8>, job: estimate::Job) -> Result<estimate::Estimated, types::Refusal> {
        fresh("estimate")?;
        Ok(fitting::estimate(&costs, &job.try_into()?)?.into())
    }

    fn estimate_json(costs: String, job: String) -> Result<String, String> {
        text(fresh("estimate-json").and_then(|()| {
            let job = job::json(&job, fitting::Job::read)?;
            Ok((fitting::estimate(costs.as_bytes(), &job)?, job.limits))
        }))
    }
}

impl record::Guest for Component {
    fn record(
        report: Vec<u8>,
        prices: Vec<u8>,
        customers: Vec<u8>,
        day: String,
        earlier: Vec<record::Earlier>,
        job: bill::Job,
    ) -> Result<record::Day, types::Refusal> {
        fresh("record")?;
        let job: Job = job.try_into()?;
        let task = recording::Task::new(&day, earlier.into_iter().map(Into::into).collect(), &job)?;
        let inputs = [(PRICES, Some(&prices[..])), (CUSTOMERS, Some(&customers)), (REPORT, Some(&report))];
        Ok(fed(Run::new(job), &inputs)?.record(&task)?.into())
    }

    fn record_json(report: String, prices: String, customers: String, job: String) -> Result<String, String> {
        let inputs = [(PRICES, Some(prices.as_bytes())), (CUSTOMERS, Some(customers.as_bytes())), (REPORT, Some(report.as_bytes()))];
        text(fresh("record-json").and_then(|()| {
            let (task, job) = job::json(&job, recording::read)?;
            with_limits(fed(Run::new(job), &inputs)?, |run| run.record(&task))
        }))
    }

    fn begin(day: String, earlier: Vec<record::Earlier>, job: bill::Job) -> Result<(), types::Refusal> {
        let job: Job = job.try_into()?;
        let task = recording::Task::new(&day, earlier.into_iter().map(Into::into).collect(), &job)?;
        Ok(begin("record.begin", State::Record(Box::new(Run::new(job)), task))?)
    }

    fn begin_json(job: String) -> Result<(), String> {
        done(
            job::json(&job, recording::read)
                .and_then(|(task, job)| begin("record.begin-json", State::Record(Box::new(Run::new(job)), task))),
        )
    }

    fn finish() -> Result<record::Day, types::Refusal> {
        Ok(finish_record()?.0.into())
    }

    fn finish_json() -> Result<String, String> {
        text(finish_record())
    }
}

impl compare::Guest for Component {
    fn compare(comparison: compare::Comparison) -> Result<compare::Compared, types::Refusal> {
        fresh("compare")?;
        Ok(bounded(comparing::compare(&comparison.into())?, &Limits::default())?.into())
    }

    fn compare_json(comparison: String) -> Result<String, String> {
        text(fresh("compare-json").and_then(|()| {
            let comparison = job::json(&comparison, comparing::Comparison::read)?;
            Ok((bounded(comparing::compare(&comparison)?, &Limits::default())?, Limits::default()))
        }))
    }
}

/// What this component is, with its JSON shape.
#[derive(Serialize)]
struct Description {
    name: &'static str,
    version: &'static str,
    contract: &'static str,
    limits: Limits,
}

fn describe() -> Description {
    let (name, version) = ("skubill", env!("CARGO_PKG_VERSION"));
    Description { name, version, contract: "skubill:billing@0.1.0", limits: Limits::default() }
}

impl about::Guest for Component {
    fn describe() -> about::Description {
        let Description { name, version, contract, limits } = describe();
        about::Description { name: name.into(), version: version.into(), contract: contract.into(), limits: limits.into() }
    }

    fn describe_json() -> String {
        write::json(&describe(), u64::MAX).unwrap_or_default()
    }
}
