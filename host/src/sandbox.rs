//! The sandbox: the embedded component, run in a fresh instance each time, with bounds on memory
//! and work, and with nothing linked in. The only file (with those below it) that knows wasmtime.

mod bounds;
mod engine;

use wasmtime::component::{Component, Linker};
use wasmtime::{ResourceLimiter, Store};

use crate::bill::{Fault, Input, Refusal};

/// The contract's types, generated from `wit/`.
pub mod bindings {
    wasmtime::component::bindgen!({ path: "../wit", world: "billing" });
}

use bindings::exports::skubill::billing::types;
use bindings::{Billing, BillingPre};
use bounds::{Limiter, trapped, used};

pub use bounds::{Bounds, FUEL_MAX, MEMORY_BYTES_MAX, TABLE_ELEMENTS_MAX, Used};
pub use engine::Engine;

/// The component's bytes, as they are embedded.
pub const COMPONENT: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/skubill.wasm"));

/// The same, compiled for this machine by the build script; empty where it could not be.
const COMPILED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/skubill.cwasm"));

/// The same, in Pulley's bytecode.
const PULLEY: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/skubill.pulley"));

/// Its SHA-256, in hexadecimal.
pub const COMPONENT_SHA256: &str = env!("SKUBILL_COMPONENT_SHA256");

/// The same logic as a plain core module, for hosts without components: `docs/core-module.md`. This
/// library only hands it out.
pub const CORE_MODULE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/skubill-core.wasm"));

/// Its SHA-256, in hexadecimal.
pub const CORE_MODULE_SHA256: &str = env!("SKUBILL_CORE_SHA256");

/// The component's contract, as it carries it itself.
pub const COMPONENT_WIT: &str = include_str!(concat!(env!("OUT_DIR"), "/skubill.wit"));

/// What passes to and from the component in one call beyond the answer itself: a piece of input.
const CALL_BYTES_EXTRA: usize = 32 << 20;

/// Why a run ended without an answer of the component's own.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the sandbox allows {0} bytes of memory for one run, and this one needs more (bound memory_bytes)")]
    Memory(usize),
    #[error("the sandbox allows {0} units of work for one run, and this one needs more (bound fuel)")]
    Fuel(u64),
    #[error("the component stopped: a limit of the runtime was hit, or it has a defect: {0}")]
    Trap(String),
    #[error("the runtime cannot be set up: {0}")]
    Setup(String),
    /// Of a run that is verified: none of the two answers is to be trusted.
    #[error("two engines computed different answers ({0}): neither is to be trusted")]
    Differ(String),
}

/// The compiled component. One serves many runs, at once and one after another; they share
/// nothing but code.
pub struct Sandbox {
    engine: wasmtime::Engine,
    pre: BillingPre<Limiter>,
}

impl Sandbox {
    /// The embedded component: compiled ahead of time, or now (a second) where this machine is
    /// not the one it was compiled for.
    pub fn new() -> Result<Self, Error> {
        Self::on(Engine::Cranelift)
    }

    /// The same on another engine.
    pub fn on(engine: Engine) -> Result<Self, Error> {
        let compiled = match engine {
            Engine::Cranelift => COMPILED,
            Engine::Pulley => PULLEY,
        };
        let runtime = wasmtime::Engine::new(&engine.config().map_err(setup)?).map_err(setup)?;
        // SAFETY: the bytes are those that the build script had wasmtime write, embedded in this
        // very program; whoever could change them could change its code as well. Another version,
        // configuration or processor is noticed by wasmtime and is an error.
        let compiled = unsafe { Component::deserialize(&runtime, compiled) };
        match compiled {
            Ok(component) => Self::of(runtime, &component),
            Err(_) => Self::with(engine, COMPONENT),
        }
    }

    /// Compile a component's bytes.
    pub fn with(engine: Engine, component: &[u8]) -> Result<Self, Error> {
        let runtime = wasmtime::Engine::new(&engine.config().map_err(setup)?).map_err(setup)?;
        let component = Component::new(&runtime, component).map_err(setup)?;
        Self::of(runtime, &component)
    }

    fn of(engine: wasmtime::Engine, component: &Component) -> Result<Self, Error> {
        // Nothing is linked in: a component that imported anything would end here.
        let pre = Linker::new(&engine).instantiate_pre(component).map_err(setup)?;
        Ok(Sandbox { pre: BillingPre::new(pre).map_err(setup)?, engine })
    }

    /// A fresh instance, for one run.
    pub fn start(&self, bounds: Bounds, output_bytes: u64) -> Result<Run, Error> {
        let mut store = Store::new(&self.engine, Limiter::new(bounds));
        store.limiter(|limiter| limiter);
        store.set_fuel(bounds.fuel).map_err(|error| Error::Setup(error.to_string()))?;
        store.set_hostcall_fuel(usize::try_from(output_bytes).unwrap_or(usize::MAX).saturating_add(CALL_BYTES_EXTRA));
        let billing = self.pre.instantiate(&mut store).map_err(|error| trapped(&error, &store))?;
        Ok(Run { store, billing })
    }
}

/// One run in an instance of its own. After an error it must be dropped: a trapped instance is
/// never used again, which is why the calls that end a run take it.
pub struct Run {
    store: Store<Limiter>,
    billing: Billing,
}

/// The runs that take a report in pieces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Call {
    Bill,
    Usage,
    Record,
}

/// What the component says, beside what the sandbox says.
pub type Answer<T> = Result<Result<T, Refusal>, Error>;

impl Run {
    /// Begin a run; `job` is its JSON.
    pub fn begin(&mut self, call: Call, job: &str) -> Answer<()> {
        let (store, billing) = (&mut self.store, &self.billing);
        let result = match call {
            Call::Bill => billing.skubill_billing_bill().call_begin_json(&mut *store, job),
            Call::Usage => billing.skubill_billing_usage().call_begin_json(&mut *store, job),
            Call::Record => billing.skubill_billing_record().call_begin_json(&mut *store, job),
        };
        self.said(result)
    }

    /// A piece of an input.
    pub fn feed(&mut self, input: Input, piece: &[u8]) -> Answer<()> {
        let input = match input {
            Input::Report => types::Input::Report,
            Input::Prices => types::Input::Prices,
            Input::Customers => types::Input::Customers,
            Input::Costs => types::Input::Costs,
        };
        let result = self.billing.skubill_billing_feed().call_bytes(&mut self.store, input, piece);
        self.typed_said(result)
    }

    /// End a run: its answer as JSON, and what it used.
    pub fn finish(mut self, call: Call) -> Answer<(String, Used)> {
        let (store, billing) = (&mut self.store, &self.billing);
        let result = match call {
            Call::Bill => billing.skubill_billing_bill().call_finish_json(&mut *store),
            Call::Usage => billing.skubill_billing_usage().call_finish_json(&mut *store),
            Call::Record => billing.skubill_billing_record().call_finish_json(&mut *store),
        };
        self.ended(result)
    }

    /// Check a price book and a customers file; the answer is JSON. Bytes that are no text take the
    /// typed call, which names where they stand.
    pub fn check(mut self, prices: &[u8], customers: Option<&[u8]>, limits: &str) -> Answer<(String, Used)> {
        let check = self.billing.skubill_billing_check();
        let texts = std::str::from_utf8(prices).and_then(|prices| Ok((prices, customers.map(std::str::from_utf8).transpose()?)));
        match texts {
            Ok((prices, customers)) => {
                let result = check.call_check_json(&mut self.store, prices, customers, limits);
                self.ended(result)
            }
            Err(_) => {
                let result = check.call_check(&mut self.store, prices, customers, None);
                self.unreadable(result)
            }
        }
    }

    /// Whom a customers file maps; the answer is JSON.
    pub fn customers(mut self, customers: &[u8], limits: &str) -> Answer<(String, Used)> {
        let interface = self.billing.skubill_billing_customers();
        match std::str::from_utf8(customers) {
            Ok(customers) => {
                let result = interface.call_customers_json(&mut self.store, customers, limits);
                self.ended(result)
            }
            Err(_) => {
                let result = interface.call_customers(&mut self.store, customers, None);
                self.unreadable(result)
            }
        }
    }

    /// Estimate a period from cost records; the answer is JSON.
    pub fn estimate(mut self, costs: &[u8], job: &str) -> Answer<(String, Used)> {
        use bindings::exports::skubill::billing::estimate::{Fit, Job};
        let estimate = self.billing.skubill_billing_estimate();
        match std::str::from_utf8(costs) {
            Ok(costs) => {
                let result = estimate.call_estimate_json(&mut self.store, costs, job);
                self.ended(result)
            }
            Err(_) => {
                let job = Job { period: None, method: Fit::Cumulative, places: 2, limits: None };
                let result = estimate.call_estimate(&mut self.store, costs, &job);
                self.unreadable(result)
            }
        }
    }

    /// Compare a posting with what the dashboard holds.
    pub fn compare(mut self, comparison: &str) -> Answer<(String, Used)> {
        let result = self.billing.skubill_billing_compare().call_compare_json(&mut self.store, comparison);
        self.ended(result)
    }

    /// What the component says of itself.
    pub fn describe(mut self) -> Result<String, Error> {
        let result = self.billing.skubill_billing_about().call_describe_json(&mut self.store);
        result.map_err(|error| trapped(&error, &self.store))
    }

    /// The instance and its exports, for calls by the typed contract.
    pub fn typed(&mut self) -> (&mut Store<impl ResourceLimiter + use<>>, &Billing) {
        (&mut self.store, &self.billing)
    }

    /// What the run has used so far.
    pub fn used(&self) -> Used {
        used(&self.store)
    }

    fn typed_said<T>(&self, result: wasmtime::Result<Result<T, types::Refusal>>) -> Answer<T> {
        let said = result.map_err(|error| trapped(&error, &self.store))?;
        Ok(said.map_err(Refusal::from))
    }

    /// The typed answer of an input that is no text: a refusal, always.
    fn unreadable<T>(&self, result: wasmtime::Result<Result<T, types::Refusal>>) -> Answer<(String, Used)> {
        let answer = self.typed_said(result)?;
        Ok(answer.and_then(|_| Err(Refusal::Order { order: "bytes that are no text were read as text".into() })))
    }

    /// The answer of a call that is the run's last.
    fn ended(&self, result: wasmtime::Result<Result<String, String>>) -> Answer<(String, Used)> {
        Ok(self.said(result)?.map(|text| (text, self.used())))
    }

    fn said<T>(&self, result: wasmtime::Result<Result<T, String>>) -> Answer<T> {
        let said = result.map_err(|error| trapped(&error, &self.store))?;
        Ok(said.map_err(|text| Refusal::read(&text)))
    }
}

impl From<types::Refusal> for Refusal {
    fn from(refusal: types::Refusal) -> Self {
        match refusal {
            types::Refusal::Faults(faults) => {
                let fault_count = faults.fault_count;
                Refusal::Faults { faults: faults.faults.into_iter().map(Into::into).collect(), fault_count }
            }
            types::Refusal::Job(job) => Refusal::Job { job },
            types::Refusal::Order(order) => Refusal::Order { order },
        }
    }
}

impl From<types::Fault> for Fault {
    fn from(fault: types::Fault) -> Self {
        let input = match fault.input {
            types::Input::Report => Input::Report,
            types::Input::Prices => Input::Prices,
            types::Input::Customers => Input::Customers,
            types::Input::Costs => Input::Costs,
        };
        Fault { input, row: fault.row, column: fault.column, found: fault.found, expected: fault.expected }
    }
}

fn setup(error: wasmtime::Error) -> Error {
    Error::Setup(format!("{error:#}"))
}
