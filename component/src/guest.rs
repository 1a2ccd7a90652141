//! The exports: converts between the contract's types and this crate's, and never decides. The
//! only file that knows the bindings.

use std::cell::RefCell;

use serde::Serialize;

use crate::estimate as fitting;
use crate::fault::{self, Refusal};
use crate::job::{self, Acceptance, Job};
use crate::limit::Limits;
use crate::outcome;
use crate::record as recording;
use crate::report::row::Measure;
use crate::run::{self, Run, bounded};
use crate::{compare as comparing, finding, write};

wit_bindgen::generate!({ path: "../wit", world: "billing" });

use exports::skubill::billing::{about, bill, check, compare, estimate, feed, record, types, usage};

struct Component;
export!(Component);

/// What the instance is in the middle of: one instance is one run.
enum State {
    Fresh,
    Bill(Box<Run>),
    Usage(Box<Run>),
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
        State::Bill(run) | State::Usage(run) | State::Record(run, _) => run.feed(input.into(), piece),
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

fn fed(job: Job, inputs: &[(fault::Input, Option<&[u8]>)]) -> Result<Run, Refusal> {
    let mut run = Run::new(job);
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
        Ok(fed(job.try_into()?, &inputs)?.bill()?.into())
    }

    fn bill_json(report: String, prices: String, customers: Option<String>, job: String) -> Result<String, String> {
        let inputs = [(PRICES, Some(prices.as_bytes())), (CUSTOMERS, customers.as_deref().map(str::as_bytes)), (REPORT, Some(report.as_bytes()))];
        text(fresh("bill-json").and_then(|()| with_limits(fed(json_job(&job)?, &inputs)?, Run::bill)))
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
        Ok(fed(job.try_into()?, &inputs)?.usage()?.into())
    }

    fn usage_json(report: String, customers: Option<String>, job: String) -> Result<String, String> {
        let inputs = [(CUSTOMERS, customers.as_deref().map(str::as_bytes)), (REPORT, Some(report.as_bytes()))];
        text(fresh("usage-json").and_then(|()| with_limits(fed(json_job(&job)?, &inputs)?, Run::usage)))
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

impl check::Guest for Component {
    fn check(prices: Vec<u8>, customers: Option<Vec<u8>>, limits: Option<types::Limits>) -> Result<check::Checked, types::Refusal> {
        fresh("check")?;
        Ok(run::check(&prices, customers.as_deref(), &limits.map_or_else(Limits::default, Into::into))?.into())
    }

    fn check_json(prices: String, customers: Option<String>, limits: String) -> Result<String, String> {
        text(fresh("check-json").and_then(|()| {
            let limits = job::json(&limits, |form, desk| Ok(Limits::read(Some(form.take_all()), desk)))?;
            Ok((run::check(prices.as_bytes(), customers.as_deref().map(str::as_bytes), &limits)?, limits))
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
        Ok(fed(job, &inputs)?.record(&task)?.into())
    }

    fn record_json(report: String, prices: String, customers: String, job: String) -> Result<String, String> {
        let inputs = [(PRICES, Some(prices.as_bytes())), (CUSTOMERS, Some(customers.as_bytes())), (REPORT, Some(report.as_bytes()))];
        text(fresh("record-json").and_then(|()| {
            let (task, job) = job::json(&job, recording::read)?;
            with_limits(fed(job, &inputs)?, |run| run.record(&task))
        }))
    }

    fn begin(day: String, earlier: Vec<record::Earlier>, job: bill::Job) -> Result<(), types::Refusal> {
        let job: Job = job.try_into()?;
        let task = recording::Task::new(&day, earlier.into_iter().map(Into::into).collect(), &job)?;
        Ok(begin("record.begin", State::Record(Box::new(Run::new(job)), task))?)
    }

    fn begin_json(job: String) -> Result<(), String> {
        done(job::json(&job, recording::read).and_then(|(task, job)| begin("record.begin-json", State::Record(Box::new(Run::new(job)), task))))
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

/// Records whose fields have the same names on both sides, and values that convert by `Into`.
macro_rules! alike {
    ($($from:ty => $to:ty { $($field:ident),* $(,)? })*) => {$(
        impl From<$from> for $to {
            fn from(from: $from) -> Self {
                Self { $($field: from.$field.into()),* }
            }
        }
    )*};
}

/// Records that hold lists and options too: each field with how it is converted.
macro_rules! record {
    ($from:ty => $to:ty, $value:ident { $($field:ident: $expr:expr),* $(,)? }) => {
        impl From<$from> for $to {
            fn from($value: $from) -> Self {
                Self { $($field: $expr),* }
            }
        }
    };
}

/// Enums with the same cases on both sides.
macro_rules! cases {
    ($($from:ty => $to:ty { $($case:ident),* })*) => {$(
        impl From<$from> for $to {
            fn from(from: $from) -> Self {
                match from { $(<$from>::$case => <$to>::$case),* }
            }
        }
    )*};
}

fn all<A, B: From<A>>(list: Vec<A>) -> Vec<B> {
    list.into_iter().map(B::from).collect()
}

fn texts<T: ToString>(list: &[T]) -> Vec<String> {
    list.iter().map(T::to_string).collect()
}

cases! {
    types::Input => fault::Input { Report, Prices, Customers, Costs }
    fault::Input => types::Input { Report, Prices, Customers, Costs }
    finding::Severity => types::Severity { Error, Warning, Info }
    types::Level => job::Level { DirectPartners, AllPartners, AllCustomers, Accounts }
    estimate::Fit => fitting::Fit { Cumulative, Daily }
    fitting::Method => estimate::Method { Cumulative, Daily, RunRate, Fixed, None }
    comparing::Kind => compare::DifferenceKind { Missing, Extra, Amount, Currency, Period }
    comparing::Bound => compare::Bound { Times, Lines, Currency }
}

alike! {
    fault::Fault => types::Fault { input, row, column, found, expected }
    outcome::Accounting => types::Accounting { rows, billed, no_sku, zero_usage, excluded, unmapped, unpriced }
    Limits => types::Limits {
        compressed_bytes, inflated_bytes, inflated_ratio, rows, columns, cell_bytes, digits, depth, lines, book_bytes, faults, output_bytes,
    }
    types::Limits => Limits {
        compressed_bytes, inflated_bytes, inflated_ratio, rows, columns, cell_bytes, digits, depth, lines, book_bytes, faults, output_bytes,
    }
    types::Acceptance => Acceptance { code, subject }
    run::Checked => check::Checked { currency, prices, skus, customers, excluded, enterprises }
    record::Earlier => recording::Earlier { enterprise, date, period_start, category, usage_type, price, currency }
    compare::HeldLine => comparing::HeldLine { category, usage_type, price, currency, period_start, period_end }
    compare::Bounds => comparing::Bounds { times, lines }
    comparing::Difference => compare::Difference { kind, category, usage_type, posting, held }
    comparing::Excess => compare::Excess { bound, message }
}

record!(outcome::Period => types::Period, from { start: from.start.to_string(), end: from.end.to_string() });
record!(finding::Finding => types::Finding, from {
    code: from.code.into(), severity: from.severity.into(), message: from.message, rows: all(from.rows), sku: from.sku,
    tenant_id: from.tenant_id, enterprise: from.enterprise, column: from.column,
});
record!(outcome::Charge => bill::Charge, from {
    usage_type: from.usage_type, usage_name: from.usage_name, quantity: from.quantity, unit: from.unit.into(),
    price: from.price.to_string(), rows: all(from.rows),
});
record!(outcome::Category<outcome::Charge> => bill::Category, from {
    category: from.category, total: from.total.to_string(), usages: all(from.usages),
});
record!(outcome::Bill => bill::TenantBill, from {
    tenant_id: from.tenant_id, tenant_name: from.tenant_name, tenant_kind: from.tenant_kind, customer_id: from.customer_id,
    enterprise: from.enterprise, total: from.total.to_string(), categories: all(from.categories),
});
record!(outcome::PostingCharge => bill::PostingCharge, from {
    usage_type: from.usage_type, usage_name: from.usage_name, price: from.price.to_string(),
});
record!(outcome::Category<outcome::PostingCharge> => bill::PostingCategory, from {
    category: from.category, total: from.total.to_string(), usages: all(from.usages),
});
record!(outcome::Posting => bill::Posting, from {
    enterprise: from.enterprise, total: from.total.to_string(), tenants: from.tenants, held: texts(&from.held), categories: all(from.categories),
});
record!(outcome::Outcome => bill::Outcome, from {
    period: from.period.into(), currency: from.currency, total: from.total.to_string(), bills: all(from.bills), postings: all(from.postings),
    accounting: from.accounting.into(), findings: all(from.findings),
});
record!(outcome::Billed => bill::Billed, from { outcome: from.outcome.into(), unaccepted: from.unaccepted });
record!(outcome::TenantUsage => usage::TenantUsage, from {
    tenant_id: from.tenant_id, tenant_name: from.tenant_name, tenant_kind: from.tenant_kind, customer_id: from.customer_id,
    enterprise: from.enterprise, sku: from.sku, unit: from.unit, quantity: from.quantity, application: from.application, rows: all(from.rows),
});
record!(outcome::UsageOutcome => usage::UsageOutcome, from {
    period: from.period.into(), usages: all(from.usages), accounting: from.accounting.into(), findings: all(from.findings),
});
record!(fitting::Estimated => estimate::Estimated, from {
    estimate: from.estimate.map(|amount| amount.to_string()), method: from.method.into(), records: from.records, days: from.days,
    slope: from.slope, intercept: from.intercept, below_to_date: from.below_to_date,
});
record!(recording::Carried => record::Carried, from {
    category: from.category, usage_type: from.usage_type, amount: from.amount.to_string(),
});
record!(recording::Register => record::Register, from {
    enterprise: from.enterprise, total: from.total.to_string(), held: texts(&from.held), done: from.done,
    categories: all(from.categories), carried: all(from.carried),
});
record!(recording::Day => record::Day, from {
    date: from.date.to_string(), number: from.number, days: from.days, currency: from.currency, registers: all(from.registers),
    accounting: from.accounting.into(), findings: all(from.findings), unaccepted: from.unaccepted,
});
record!(bill::PostingCharge => comparing::PostingUsage, from { usage_type: from.usage_type, price: from.price });
record!(bill::PostingCategory => comparing::PostingCategory, from { category: from.category, usages: all(from.usages) });
record!(compare::Comparison => comparing::Comparison, from {
    period: from.period, currency: from.currency, posting: all(from.posting), held: all(from.held), previous: all(from.previous),
    bounds: from.bounds.into(),
});
record!(comparing::Compared => compare::Compared, from {
    absent: from.absent, equal: from.equal, differences: all(from.differences), excesses: all(from.excesses),
});
record!(fault::Faults => types::Faults, from { faults: all(from.list), fault_count: from.count });

impl From<Refusal> for types::Refusal {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Faults(faults) => types::Refusal::Faults(faults.into()),
            Refusal::Job(text) => types::Refusal::Job(text),
            Refusal::Order(text) => types::Refusal::Order(text),
        }
    }
}

impl TryFrom<bill::Job> for Job {
    type Error = Refusal;

    fn try_from(raw: bill::Job) -> Result<Job, Refusal> {
        let job = Job {
            period: raw.period.as_deref().map(job::month).transpose()?,
            root: raw.root,
            level: raw.level.map(Into::into),
            measure: Measure::nth(raw.measure as usize).unwrap_or(Measure::EFFECTIVE_PRODUCTION),
            accept: all(raw.accept),
            limits: raw.limits.map_or_else(Limits::default, Into::into),
        };
        job.checked()
    }
}

impl TryFrom<estimate::Job> for fitting::Job {
    type Error = Refusal;

    fn try_from(raw: estimate::Job) -> Result<fitting::Job, Refusal> {
        let period = raw.period.as_deref().map(job::month).transpose()?;
        let limits = raw.limits.map_or_else(Limits::default, Into::into);
        fitting::Job { period, method: raw.method.into(), places: raw.places, limits }.checked()
    }
}
