//! The exports of the component. Calls of the contract are converted to calls of this crate; no logic belongs here.
//! Only this module and its submodules know the bindings.

mod bindings;
mod convert;

use std::cell::RefCell;

use crate::about::{self as describing, Description};
use crate::compare as comparing;
use crate::customer;
use crate::estimate as fitting;
use crate::explain as telling;
use crate::fault::{self, Refusal};
use crate::instance::{Begun, Call, Instance, order, refused};
use crate::job::Job;
use crate::limit::{Limits, bounded};
use crate::record as recording;
use crate::run::{self, Run};

use bindings::exports::skubill::billing::{about, bill, check, compare, customers, estimate, explain, feed, record, types, usage};

struct Component;
bindings::export!(Component with_types_in bindings);

thread_local! {
    static INSTANCE: RefCell<Instance> = const { RefCell::new(Instance::Fresh) };
}

/// A call that is a whole run by itself.
fn fresh(called: &str) -> Result<(), Refusal> {
    INSTANCE.with_borrow_mut(|instance| instance.whole(called))
}

fn begin(called: &str, begun: Begun) -> Result<(), Refusal> {
    INSTANCE.with_borrow_mut(|instance| instance.begin(called, begun))
}

fn end() -> Option<Begun> {
    INSTANCE.with_borrow_mut(Instance::end)
}

fn feed_run(input: types::Input, piece: &[u8]) -> Result<(), types::Refusal> {
    Ok(INSTANCE.with_borrow_mut(|instance| instance.feed(input.into(), piece))?)
}

fn fed(job: Job, inputs: &[(fault::Input, &[u8])]) -> Result<Run, Refusal> {
    let mut run = Run::new(job);
    for (input, bytes) in inputs {
        run.feed(*input, bytes)?;
    }
    Ok(run)
}

/// The JSON twin of a call that is a whole run.
fn json(called: &str, call: Call, job: &str, inputs: &[(fault::Input, Option<&str>)]) -> Result<String, String> {
    let answer = fresh(called).and_then(|()| {
        let mut begun = Begun::read(call, job)?;
        for (input, text) in inputs.iter().filter_map(|(input, text)| Some((*input, (*text)?))) {
            begun.feed(input, text.as_bytes())?;
        }
        begun.json()
    });
    answer.map_err(|refusal| refused(&refusal))
}

fn begin_json(called: &str, call: Call, job: &str) -> Result<(), String> {
    Begun::read(call, job).and_then(|begun| begin(called, begun)).map_err(|refusal| refused(&refusal))
}

/// The JSON twin of `finish`, of the run that `mine` knows as its own.
fn finish_json((called, allowed): (&str, &str), mine: impl FnOnce(&Begun) -> bool) -> Result<String, String> {
    let answer = match end().filter(mine) {
        Some(begun) => begun.json(),
        None => order(called, allowed),
    };
    answer.map_err(|refusal| refused(&refusal))
}

const REPORT: fault::Input = fault::Input::Report;
const PRICES: fault::Input = fault::Input::Prices;
const CUSTOMERS: fault::Input = fault::Input::Customers;

/// What finishes a run, and what had to be begun for it.
const BILL: (&str, &str) = ("bill.finish", "begin a bill first");
const USAGE: (&str, &str) = ("usage.finish", "begin usage first");
const RECORD: (&str, &str) = ("record.finish", "begin a record first");
const EXPLAIN: (&str, &str) = ("explain.finish", "begin an explanation first");
const CHECK: (&str, &str) = ("check.finish-json", "begin a check first");
const LISTING: (&str, &str) = ("customers.finish-json", "begin customers first");
const ESTIMATE: (&str, &str) = ("estimate.finish-json", "begin an estimate first");

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
        let customers = customers.as_deref().map(|customers| (CUSTOMERS, customers));
        let inputs: Vec<_> = [(PRICES, &prices[..])].into_iter().chain(customers).chain([(REPORT, &report[..])]).collect();
        Ok(fed(job.try_into()?, &inputs)?.bounded(Run::bill)?.into())
    }

    fn bill_json(report: String, prices: String, customers: Option<String>, job: String) -> Result<String, String> {
        json("bill-json", Call::Bill, &job, &[(PRICES, Some(&prices)), (CUSTOMERS, customers.as_deref()), (REPORT, Some(&report))])
    }

    fn begin(job: bill::Job) -> Result<(), types::Refusal> {
        Ok(begin("bill.begin", Begun::Bill(Box::new(Run::new(job.try_into()?))))?)
    }

    fn begin_json(job: String) -> Result<(), String> {
        begin_json("bill.begin-json", Call::Bill, &job)
    }

    fn finish() -> Result<bill::Billed, types::Refusal> {
        match end() {
            Some(Begun::Bill(run)) => Ok(run.bounded(Run::bill)?.into()),
            _ => Ok(order(BILL.0, BILL.1)?),
        }
    }

    fn finish_json() -> Result<String, String> {
        finish_json(BILL, |begun| matches!(begun, Begun::Bill(_)))
    }
}

impl usage::Guest for Component {
    fn usage(report: Vec<u8>, customers: Option<Vec<u8>>, job: bill::Job) -> Result<usage::UsageOutcome, types::Refusal> {
        fresh("usage")?;
        let customers = customers.as_deref().map(|customers| (CUSTOMERS, customers));
        let inputs: Vec<_> = customers.into_iter().chain([(REPORT, &report[..])]).collect();
        Ok(fed(job.try_into()?, &inputs)?.bounded(Run::usage)?.into())
    }

    fn usage_json(report: String, customers: Option<String>, job: String) -> Result<String, String> {
        json("usage-json", Call::Usage, &job, &[(CUSTOMERS, customers.as_deref()), (REPORT, Some(&report))])
    }

    fn begin(job: bill::Job) -> Result<(), types::Refusal> {
        Ok(begin("usage.begin", Begun::Usage(Box::new(Run::new(job.try_into()?))))?)
    }

    fn begin_json(job: String) -> Result<(), String> {
        begin_json("usage.begin-json", Call::Usage, &job)
    }

    fn finish() -> Result<usage::UsageOutcome, types::Refusal> {
        match end() {
            Some(Begun::Usage(run)) => Ok(run.bounded(Run::usage)?.into()),
            _ => Ok(order(USAGE.0, USAGE.1)?),
        }
    }

    fn finish_json() -> Result<String, String> {
        finish_json(USAGE, |begun| matches!(begun, Begun::Usage(_)))
    }
}

impl explain::Guest for Component {
    fn explain_json(report: String, prices: String, customers: Option<String>, job: String) -> Result<String, String> {
        let inputs = [(PRICES, Some(&prices[..])), (CUSTOMERS, customers.as_deref()), (REPORT, Some(&report))];
        json("explain-json", Call::Explain, &job, &inputs)
    }

    fn begin(tenant_id: String, sku: String, day: Option<types::Date>, job: bill::Job) -> Result<(), types::Refusal> {
        let job = job.try_into()?;
        let request = telling::LineRequest::new(tenant_id, sku, day.as_deref(), &job)?;
        Ok(begin("explain.begin", Begun::Explain(Box::new(Run::explaining(job, request))))?)
    }

    fn begin_json(job: String) -> Result<(), String> {
        begin_json("explain.begin-json", Call::Explain, &job)
    }

    fn finish() -> Result<explain::Explanation, types::Refusal> {
        match end() {
            Some(Begun::Explain(run)) => Ok(run.bounded(Run::explain)?.into()),
            _ => Ok(order(EXPLAIN.0, EXPLAIN.1)?),
        }
    }

    fn finish_json() -> Result<String, String> {
        finish_json(EXPLAIN, |begun| matches!(begun, Begun::Explain(_)))
    }
}

impl check::Guest for Component {
    fn check(prices: Vec<u8>, customers: Option<Vec<u8>>, limits: Option<types::Limits>) -> Result<check::Checked, types::Refusal> {
        fresh("check")?;
        Ok(run::check(&prices, customers.as_deref(), &convert::limits(limits)?)?.into())
    }

    fn check_json(prices: String, customers: Option<String>, limits: String) -> Result<String, String> {
        json("check-json", Call::Check, &limits, &[(PRICES, Some(&prices)), (CUSTOMERS, customers.as_deref())])
    }

    fn begin_json(limits: String) -> Result<(), String> {
        begin_json("check.begin-json", Call::Check, &limits)
    }

    fn finish_json() -> Result<String, String> {
        finish_json(CHECK, |begun| matches!(begun, Begun::Check { .. }))
    }
}

impl customers::Guest for Component {
    fn customers(customers: Vec<u8>, limits: Option<types::Limits>) -> Result<customers::Listing, types::Refusal> {
        fresh("customers")?;
        Ok(customer::list(&customers, &convert::limits(limits)?)?.into())
    }

    fn customers_json(customers: String, limits: String) -> Result<String, String> {
        json("customers-json", Call::Customers, &limits, &[(CUSTOMERS, Some(&customers))])
    }

    fn begin_json(limits: String) -> Result<(), String> {
        begin_json("customers.begin-json", Call::Customers, &limits)
    }

    fn finish_json() -> Result<String, String> {
        finish_json(LISTING, |begun| matches!(begun, Begun::Customers { .. }))
    }
}

impl estimate::Guest for Component {
    fn estimate(costs: Vec<u8>, job: estimate::Job) -> Result<estimate::Estimated, types::Refusal> {
        fresh("estimate")?;
        Ok(fitting::estimate(&costs, &job.try_into()?)?.into())
    }

    fn estimate_json(costs: String, job: String) -> Result<String, String> {
        json("estimate-json", Call::Estimate, &job, &[(fault::Input::Costs, Some(&costs))])
    }

    fn begin_json(job: String) -> Result<(), String> {
        begin_json("estimate.begin-json", Call::Estimate, &job)
    }

    fn finish_json() -> Result<String, String> {
        finish_json(ESTIMATE, |begun| matches!(begun, Begun::Estimate { .. }))
    }
}

impl record::Guest for Component {
    fn record(
        report: Vec<u8>,
        prices: Vec<u8>,
        customers: Vec<u8>,
        day: String,
        provider: Option<String>,
        earlier: Vec<record::Earlier>,
        job: bill::Job,
    ) -> Result<record::Day, types::Refusal> {
        fresh("record")?;
        let job: Job = job.try_into()?;
        let request = recording::DayRequest::new(&day, provider.as_deref(), convert::all(earlier), &job)?;
        Ok(fed(job, &[(PRICES, &prices), (CUSTOMERS, &customers), (REPORT, &report)])?.bounded(|run| run.record(&request))?.into())
    }

    fn record_json(report: String, prices: String, customers: String, job: String) -> Result<String, String> {
        json("record-json", Call::Record, &job, &[(PRICES, Some(&prices)), (CUSTOMERS, Some(&customers)), (REPORT, Some(&report))])
    }

    fn begin(day: String, provider: Option<String>, earlier: Vec<record::Earlier>, job: bill::Job) -> Result<(), types::Refusal> {
        let job: Job = job.try_into()?;
        let request = recording::DayRequest::new(&day, provider.as_deref(), convert::all(earlier), &job)?;
        Ok(begin("record.begin", Begun::Record(Box::new(Run::new(job)), request))?)
    }

    fn begin_json(job: String) -> Result<(), String> {
        begin_json("record.begin-json", Call::Record, &job)
    }

    fn finish() -> Result<record::Day, types::Refusal> {
        match end() {
            Some(Begun::Record(run, request)) => Ok(run.bounded(|run| run.record(&request))?.into()),
            _ => Ok(order(RECORD.0, RECORD.1)?),
        }
    }

    fn finish_json() -> Result<String, String> {
        finish_json(RECORD, |begun| matches!(begun, Begun::Record(..)))
    }
}

impl compare::Guest for Component {
    fn compare(comparison: compare::Comparison) -> Result<compare::Compared, types::Refusal> {
        fresh("compare")?;
        Ok(bounded(comparing::compare(&comparison.into())?, &Limits::default())?.into())
    }

    fn compare_json(comparison: String) -> Result<String, String> {
        json("compare-json", Call::Compare, &comparison, &[])
    }
}

impl about::Guest for Component {
    fn describe() -> about::Description {
        let Description { name, version, contract, limits } = describing::describe();
        about::Description { name: name.into(), version: version.into(), contract: contract.into(), limits: limits.into() }
    }

    fn describe_json() -> String {
        describing::json()
    }
}
