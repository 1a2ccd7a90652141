//! One call, by two implementations: the crate as it is linked natively, and the component in its
//! sandbox. Both answer in JSON text, byte for byte as they wrote it.

use std::sync::LazyLock;

use serde_json::Value;
use skubill::sandbox::{self, Bounds, Sandbox};
use skubill_component::instance::{self, Begun};

use crate::core_module;

pub use skubill::bill::{Call, Input};

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

/// A call natively, its inputs in pieces of `size`: by the state machine that both files are made of.
pub fn native_of(call: Call, job: &str, inputs: &[(Input, &[u8])], size: usize) -> Said {
    let answer = Begun::read(call, job).and_then(|mut begun| {
        for (input, bytes) in inputs {
            for piece in pieces(bytes, size) {
                begun.feed(*input, piece)?;
            }
        }
        begun.json()
    });
    answer.map_err(|refusal| instance::refused(&refusal))
}

/// A run in pieces of `size`, natively.
pub fn native(call: Call, inputs: &Inputs, size: usize) -> Said {
    native_of(call, &inputs.job, &inputs.each(call), size)
}

pub fn native_estimate(costs: &[u8], job: &str) -> Said {
    native_of(Call::Estimate, job, &[(Input::Costs, costs)], usize::MAX)
}

pub fn native_compare(comparison: &str) -> Said {
    native_of(Call::Compare, comparison, &[], usize::MAX)
}

pub fn native_check(prices: &[u8], customers: Option<&[u8]>, limits: &str) -> Said {
    native_of(Call::Check, limits, &books(prices, customers), usize::MAX)
}

pub fn native_customers(customers: &[u8], limits: &str) -> Said {
    native_of(Call::Customers, limits, &[(Input::Customers, customers)], usize::MAX)
}

fn books<'a>(prices: &'a [u8], customers: Option<&'a [u8]>) -> Vec<(Input, &'a [u8])> {
    [(Input::Prices, prices)].into_iter().chain(customers.map(|customers| (Input::Customers, customers))).collect()
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

/// A run in pieces of `size`, through the component.
pub fn component(call: Call, inputs: &Inputs, size: usize) -> Said {
    fed_to(&mut instance(), call, &inputs.job, &inputs.each(call), size)
}

/// The same in an instance that the caller has.
pub fn fed_to(run: &mut sandbox::Run, call: Call, job: &str, inputs: &[(Input, &[u8])], size: usize) -> Said {
    let (store, billing) = run.typed().expect("an instance");
    let door = billing.skubill_billing_text();
    ran(door.call_begin(&mut *store, call.into(), job))?;
    for (at, (kind, bytes)) in inputs.iter().enumerate() {
        for piece in pieces(bytes, size) {
            // Text and bytes are fed in turn, where a piece is text: they mean the same.
            let fed = match std::str::from_utf8(piece) {
                Ok(text) if at % 2 == 0 => door.call_feed_text(&mut *store, (*kind).into(), text),
                _ => door.call_feed(&mut *store, (*kind).into(), piece),
            };
            assert_eq!(ran(fed), Ok(()), "a piece is never refused");
        }
    }
    ran(door.call_finish(&mut *store))
}

/// A run in pieces of `size`, through the core module.
pub fn plain(call: Call, inputs: &Inputs, size: usize) -> Said {
    core_module::run(call, &inputs.job, &inputs.each(call), size).0
}

pub fn component_estimate(costs: &[u8], job: &str) -> Said {
    fed_to(&mut instance(), Call::Estimate, job, &[(Input::Costs, costs)], usize::MAX)
}

pub fn component_compare(comparison: &str) -> Said {
    fed_to(&mut instance(), Call::Compare, comparison, &[], usize::MAX)
}

pub fn component_check(prices: &[u8], customers: Option<&[u8]>, limits: &str) -> Said {
    fed_to(&mut instance(), Call::Check, limits, &books(prices, customers), usize::MAX)
}

pub fn component_customers(customers: &[u8], limits: &str) -> Said {
    fed_to(&mut instance(), Call::Customers, limits, &[(Input::Customers, customers)], usize::MAX)
}

/// A JSON text that has to be one.
pub fn value(json: &str) -> Value {
    serde_json::from_str(json).unwrap_or_else(|error| panic!("{error} in {json}"))
}
