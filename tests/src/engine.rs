//! One call, by two implementations: the crate as it is linked natively, and the component in its
//! sandbox. Both answer in JSON text, byte for byte as they wrote it.

use std::sync::LazyLock;

use serde_json::Value;
use skubill::sandbox::bindings::exports::skubill::billing::types;
use skubill::sandbox::{self, Bounds, Sandbox};
use skubill_component::fault::{Input, Refusal};
use skubill_component::job::{self, Job};
use skubill_component::limit::Limits;
use skubill_component::run::{self, Run};
use skubill_component::{compare, customer, estimate, explain, instance, record, write};

use crate::core_module;

pub use skubill::sandbox::Call;

/// The answer or the refusal, each as JSON.
pub type Said = Result<String, String>;

/// What a run that takes a report is given; `job` is JSON, and may be empty.
#[derive(Clone, Default)]
pub struct Inputs {
    pub report: Vec<u8>,
    pub prices: Vec<u8>,
    pub customers: Option<Vec<u8>>,
    pub job: String,
}

impl Inputs {
    /// What there is, in the order in which a host feeds it.
    fn each(&self, call: Call) -> Vec<(Input, &[u8])> {
        let prices = (call != Call::Usage).then_some((Input::Prices, &self.prices[..]));
        let customers = self.customers.as_deref().map(|customers| (Input::Customers, customers));
        prices.into_iter().chain(customers).chain([(Input::Report, &self.report[..])]).collect()
    }
}

impl std::fmt::Debug for Inputs {
    /// As text that can be read: a law that fails prints its inputs.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text = |bytes: &[u8]| bytes.escape_ascii().to_string();
        write!(f, "report {}\nprices {}\n", text(&self.report), text(&self.prices))?;
        write!(f, "customers {:?}\njob {}", self.customers.as_deref().map(text), self.job)
    }
}

/// Bytes in pieces; an empty input is a piece, too.
pub fn pieces(bytes: &[u8], size: usize) -> impl Iterator<Item = &[u8]> {
    let empty = bytes.is_empty().then_some(bytes);
    bytes.chunks(size.max(1)).chain(empty)
}

fn text(answer: Result<impl serde::Serialize, Refusal>) -> Said {
    let json = |value: Option<String>| value.expect("nothing is larger than u64::MAX bytes");
    answer.map(|answer| json(write::json(&answer, u64::MAX))).map_err(|refusal| json(write::json(&refusal, u64::MAX)))
}

fn fed(mut run: Run, call: Call, inputs: &Inputs, size: usize) -> Result<Run, Refusal> {
    for (input, bytes) in inputs.each(call) {
        for piece in pieces(bytes, size) {
            run.feed(input, piece)?;
        }
    }
    Ok(run)
}

/// A run in pieces of `size`, natively.
pub fn native(call: Call, inputs: &Inputs, size: usize) -> Said {
    let fed = |run| fed(run, call, inputs, size);
    let run = || job::json(&inputs.job, Job::read).map(Run::new);
    match call {
        Call::Bill => text(run().and_then(fed).and_then(|run| run.bounded(Run::bill))),
        Call::Usage => text(run().and_then(fed).and_then(|run| run.bounded(Run::usage))),
        Call::Record => {
            text(job::json(&inputs.job, record::read).and_then(|(task, job)| fed(Run::new(job))?.bounded(|run| run.record(&task))))
        }
        Call::Explain => {
            let run = job::json(&inputs.job, explain::LineRequest::read).map(|(task, job)| Run::explaining(job, task));
            text(run.and_then(fed).and_then(|run| run.bounded(Run::explain)))
        }
    }
}

pub fn native_estimate(costs: &[u8], job: &str) -> Said {
    text(job::json(job, estimate::Job::read).and_then(|job| estimate::estimate(costs, &job)))
}

pub fn native_compare(comparison: &str) -> Said {
    text(job::json(comparison, compare::Comparison::read).and_then(|comparison| compare::compare(&comparison)))
}

pub fn native_check(prices: &[u8], customers: Option<&[u8]>, limits: &str) -> Said {
    text(json_limits(limits).and_then(|limits| run::check(prices, customers, &limits)))
}

pub fn native_customers(customers: &[u8], limits: &str) -> Said {
    text(json_limits(limits).and_then(|limits| customer::list(customers, &limits)))
}

fn json_limits(text: &str) -> Result<Limits, Refusal> {
    job::json(text, |form, desk| Ok(Limits::read(Some(form.take_all()), desk)))
}

static SANDBOX: LazyLock<Sandbox> = LazyLock::new(|| Sandbox::new().expect("the embedded component compiles"));

/// A fresh instance.
pub fn instance() -> sandbox::Run {
    SANDBOX.start(Bounds::default(), 96 << 20).expect("an instance")
}

/// The outcome of a call that the runtime did not end.
pub fn ran<T, E: std::fmt::Display>(called: Result<T, E>) -> T {
    called.unwrap_or_else(|error| panic!("the component stopped: {error:#}"))
}

fn input(input: Input) -> types::Input {
    match input {
        Input::Report => types::Input::Report,
        Input::Prices => types::Input::Prices,
        Input::Customers => types::Input::Customers,
        Input::Costs => types::Input::Costs,
    }
}

/// A run in pieces of `size`, through the component.
pub fn component(call: Call, inputs: &Inputs, size: usize) -> Said {
    fed_to(&mut instance(), call, &inputs.job, &inputs.each(call), size)
}

/// The same in an instance that the caller has.
pub fn fed_to(run: &mut sandbox::Run, call: Call, job: &str, inputs: &[(Input, &[u8])], size: usize) -> Said {
    let (store, billing) = run.typed().expect("an instance");
    let (bill, usage, record) = (billing.skubill_billing_bill(), billing.skubill_billing_usage(), billing.skubill_billing_record());
    let explain = billing.skubill_billing_explain();
    ran(match call {
        Call::Bill => bill.call_begin_json(&mut *store, job),
        Call::Usage => usage.call_begin_json(&mut *store, job),
        Call::Record => record.call_begin_json(&mut *store, job),
        Call::Explain => explain.call_begin_json(&mut *store, job),
    })?;
    for (at, (kind, bytes)) in inputs.iter().enumerate() {
        for piece in pieces(bytes, size) {
            // Text and bytes are fed in turn, where a piece is text: they mean the same.
            let fed = match std::str::from_utf8(piece) {
                Ok(text) if at % 2 == 0 => billing.skubill_billing_feed().call_text(&mut *store, input(*kind), text),
                _ => billing.skubill_billing_feed().call_bytes(&mut *store, input(*kind), piece),
            };
            assert_eq!(format!("{:?}", ran(fed)), "Ok(())", "a piece is never refused");
        }
    }
    ran(match call {
        Call::Bill => bill.call_finish_json(&mut *store),
        Call::Usage => usage.call_finish_json(&mut *store),
        Call::Record => record.call_finish_json(&mut *store),
        Call::Explain => explain.call_finish_json(&mut *store),
    })
}

/// A run in pieces of `size`, through the core module.
pub fn plain(call: Call, inputs: &Inputs, size: usize) -> Said {
    let number = match call {
        Call::Bill => instance::Call::Bill,
        Call::Usage => instance::Call::Usage,
        Call::Record => instance::Call::Record,
        Call::Explain => instance::Call::Explain,
    };
    core_module::run(number, &inputs.job, &inputs.each(call), size).0
}

/// The JSON twin in one call, where all inputs are text.
pub fn in_one_call(call: Call, inputs: &Inputs) -> Option<Said> {
    let (report, prices) = (std::str::from_utf8(&inputs.report).ok()?, std::str::from_utf8(&inputs.prices).ok()?);
    let customers = inputs.customers.as_deref().map(std::str::from_utf8).transpose().ok()?;
    let mut run = instance();
    let (store, billing) = run.typed().expect("an instance");
    let job = &inputs.job;
    Some(ran(match call {
        Call::Bill => billing.skubill_billing_bill().call_bill_json(&mut *store, report, prices, customers, job),
        Call::Usage => billing.skubill_billing_usage().call_usage_json(&mut *store, report, customers, job),
        Call::Record => billing.skubill_billing_record().call_record_json(&mut *store, report, prices, customers?, job),
        Call::Explain => billing.skubill_billing_explain().call_explain_json(&mut *store, report, prices, customers, job),
    }))
}

/// A small call, fed; `whole` is its JSON twin in one call, where all inputs are text: the same to the byte.
fn small(call: instance::Call, job: &str, inputs: &[(Input, &[u8])], whole: impl FnOnce(&[&str]) -> Said) -> Said {
    let fed = small_fed(call, job, inputs);
    if let Ok(texts) = inputs.iter().map(|(_, bytes)| std::str::from_utf8(bytes)).collect::<Result<Vec<_>, _>>() {
        assert_eq!(whole(&texts), fed, "the JSON twin of {call:?} in one call");
    }
    fed
}

fn small_fed(call: instance::Call, job: &str, inputs: &[(Input, &[u8])]) -> Said {
    let mut run = instance();
    let (store, billing) = run.typed().expect("an instance");
    let (check, customers, estimate) =
        (billing.skubill_billing_check(), billing.skubill_billing_customers(), billing.skubill_billing_estimate());
    ran(match call {
        instance::Call::Check => check.call_begin_json(&mut *store, job),
        instance::Call::Customers => customers.call_begin_json(&mut *store, job),
        _ => estimate.call_begin_json(&mut *store, job),
    })?;
    for (kind, bytes) in inputs {
        let fed = ran(billing.skubill_billing_feed().call_bytes(&mut *store, input(*kind), bytes));
        assert_eq!(format!("{fed:?}"), "Ok(())", "a piece is never refused");
    }
    ran(match call {
        instance::Call::Check => check.call_finish_json(&mut *store),
        instance::Call::Customers => customers.call_finish_json(&mut *store),
        _ => estimate.call_finish_json(&mut *store),
    })
}

pub fn component_estimate(costs: &[u8], job: &str) -> Said {
    small(instance::Call::Estimate, job, &[(Input::Costs, costs)], |texts| {
        let mut run = instance();
        let (store, billing) = run.typed().expect("an instance");
        ran(billing.skubill_billing_estimate().call_estimate_json(store, texts[0], job))
    })
}

pub fn component_compare(comparison: &str) -> Said {
    let mut run = instance();
    let (store, billing) = run.typed().expect("an instance");
    ran(billing.skubill_billing_compare().call_compare_json(store, comparison))
}

pub fn component_check(prices: &[u8], customers: Option<&[u8]>, limits: &str) -> Said {
    let customers = customers.map(|customers| (Input::Customers, customers));
    let inputs: Vec<_> = [(Input::Prices, prices)].into_iter().chain(customers).collect();
    small(instance::Call::Check, limits, &inputs, |texts| {
        let mut run = instance();
        let (store, billing) = run.typed().expect("an instance");
        ran(billing.skubill_billing_check().call_check_json(store, texts[0], texts.get(1).copied(), limits))
    })
}

pub fn component_customers(customers: &[u8], limits: &str) -> Said {
    small(instance::Call::Customers, limits, &[(Input::Customers, customers)], |texts| {
        let mut run = instance();
        let (store, billing) = run.typed().expect("an instance");
        ran(billing.skubill_billing_customers().call_customers_json(store, texts[0], limits))
    })
}

/// A JSON text that has to be one.
pub fn value(json: &str) -> Value {
    serde_json::from_str(json).unwrap_or_else(|error| panic!("{error} in {json}"))
}
