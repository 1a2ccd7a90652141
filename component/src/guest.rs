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
use crate::instance::{Begun, Instance, order, refused};
use crate::job::Job;
use crate::limit::{Limits, bounded};
use crate::record as recording;
use crate::run::{self, Run};

use bindings::exports::skubill::billing::{about, bill, check, compare, customers, estimate, explain, feed, record, text, types, usage};

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

fn as_text<T>(answer: Result<T, Refusal>) -> Result<T, String> {
    answer.map_err(|refusal| refused(&refusal))
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

impl text::Guest for Component {
    fn begin(call: text::Call, job: String) -> Result<(), String> {
        as_text(Begun::read(call.into(), &job).and_then(|begun| begin("text.begin", begun)))
    }

    fn feed(input: types::Input, chunk: Vec<u8>) -> Result<(), String> {
        as_text(INSTANCE.with_borrow_mut(|instance| instance.feed(input.into(), &chunk)))
    }

    fn feed_text(input: types::Input, chunk: String) -> Result<(), String> {
        Self::feed(input, chunk.into_bytes())
    }

    fn finish() -> Result<String, String> {
        as_text(match end() {
            Some(begun) => begun.json(),
            None => order("text.finish", "begin a run first"),
        })
    }
}

impl bill::Guest for Component {
    fn bill(report: Vec<u8>, prices: Vec<u8>, customers: Option<Vec<u8>>, job: bill::Job) -> Result<bill::Billed, types::Refusal> {
        fresh("bill")?;
        let customers = customers.as_deref().map(|customers| (CUSTOMERS, customers));
        let inputs: Vec<_> = [(PRICES, &prices[..])].into_iter().chain(customers).chain([(REPORT, &report[..])]).collect();
        Ok(fed(job.try_into()?, &inputs)?.bounded(Run::bill)?.into())
    }

    fn begin(job: bill::Job) -> Result<(), types::Refusal> {
        Ok(begin("bill.begin", Begun::Bill(Box::new(Run::new(job.try_into()?))))?)
    }

    fn finish() -> Result<bill::Billed, types::Refusal> {
        match end() {
            Some(Begun::Bill(run)) => Ok(run.bounded(Run::bill)?.into()),
            _ => Ok(order("bill.finish", "begin a bill first")?),
        }
    }
}

impl usage::Guest for Component {
    fn usage(report: Vec<u8>, customers: Option<Vec<u8>>, job: bill::Job) -> Result<usage::UsageOutcome, types::Refusal> {
        fresh("usage")?;
        let customers = customers.as_deref().map(|customers| (CUSTOMERS, customers));
        let inputs: Vec<_> = customers.into_iter().chain([(REPORT, &report[..])]).collect();
        Ok(fed(job.try_into()?, &inputs)?.bounded(Run::usage)?.into())
    }

    fn begin(job: bill::Job) -> Result<(), types::Refusal> {
        Ok(begin("usage.begin", Begun::Usage(Box::new(Run::new(job.try_into()?))))?)
    }

    fn finish() -> Result<usage::UsageOutcome, types::Refusal> {
        match end() {
            Some(Begun::Usage(run)) => Ok(run.bounded(Run::usage)?.into()),
            _ => Ok(order("usage.finish", "begin usage first")?),
        }
    }
}

impl explain::Guest for Component {
    fn begin(tenant_id: String, sku: String, day: Option<types::Date>, job: bill::Job) -> Result<(), types::Refusal> {
        let job = job.try_into()?;
        let request = telling::LineRequest::new(tenant_id, sku, day.as_deref(), &job)?;
        Ok(begin("explain.begin", Begun::Explain(Box::new(Run::explaining(job, request))))?)
    }

    fn finish() -> Result<explain::Explanation, types::Refusal> {
        match end() {
            Some(Begun::Explain(run)) => Ok(run.bounded(Run::explain)?.into()),
            _ => Ok(order("explain.finish", "begin an explanation first")?),
        }
    }
}

impl check::Guest for Component {
    fn check(prices: Vec<u8>, customers: Option<Vec<u8>>, limits: Option<types::Limits>) -> Result<check::Checked, types::Refusal> {
        fresh("check")?;
        Ok(run::check(&prices, customers.as_deref(), &convert::limits(limits)?)?.into())
    }
}

impl customers::Guest for Component {
    fn customers(customers: Vec<u8>, limits: Option<types::Limits>) -> Result<customers::Listing, types::Refusal> {
        fresh("customers")?;
        Ok(customer::list(&customers, &convert::limits(limits)?)?.into())
    }
}

impl estimate::Guest for Component {
    fn estimate(costs: Vec<u8>, job: estimate::Job) -> Result<estimate::Estimated, types::Refusal> {
        fresh("estimate")?;
        Ok(fitting::estimate(&costs, &job.try_into()?)?.into())
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

    fn begin(day: String, provider: Option<String>, earlier: Vec<record::Earlier>, job: bill::Job) -> Result<(), types::Refusal> {
        let job: Job = job.try_into()?;
        let request = recording::DayRequest::new(&day, provider.as_deref(), convert::all(earlier), &job)?;
        Ok(begin("record.begin", Begun::Record(Box::new(Run::new(job)), request))?)
    }

    fn finish() -> Result<record::Day, types::Refusal> {
        match end() {
            Some(Begun::Record(run, request)) => Ok(run.bounded(|run| run.record(&request))?.into()),
            _ => Ok(order("record.finish", "begin a record first")?),
        }
    }
}

impl compare::Guest for Component {
    fn compare(comparison: compare::Comparison) -> Result<compare::Compared, types::Refusal> {
        fresh("compare")?;
        Ok(bounded(comparing::compare(&comparison.into())?, &Limits::default())?.into())
    }
}

impl about::Guest for Component {
    fn describe() -> about::Description {
        let Description { name, version, contract, limits } = describing::describe();
        about::Description { name: name.into(), version: version.into(), contract: contract.into(), limits: limits.into() }
    }
}
