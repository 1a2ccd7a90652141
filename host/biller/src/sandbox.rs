//! The sandbox: the embedded component, run in a fresh instance each time, with bounds on memory
//! and work, and with nothing linked in. The only file (with those below it) that knows wasmtime.

mod bounds;
mod engine;
mod kept;
mod runtime;

use std::sync::Arc;

use wasmtime::component::{Component, Linker};
use wasmtime::{ResourceLimiter, Store};

use crate::bill::{Fault, Input, Refusal};

/// The contract's types, generated from `wit/`.
// The macro lifts and lowers values at their addresses.
#[allow(unsafe_code)]
pub mod bindings {
    wasmtime::component::bindgen!({ path: "../wit", world: "billing" });
}

use bindings::exports::skubill::billing::types;
use bindings::{Billing, BillingPre};
use bounds::{Limiter, used};
use runtime::{Runtime, inside};

pub use bounds::{Bounds, FUEL_MAX, MEMORY_BYTES_MAX, OUTPUT_BYTES_EXTRA, TABLE_ELEMENTS_MAX, TIME_MILLISECONDS_MAX, Used};
pub use engine::{Engine, STACK_BYTES_MAX};
pub use kept::Kept;

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

/// Why a run ended without an answer of the component's own.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the sandbox allows {0} bytes of memory for one run, and this one needs more (bound memory_bytes)")]
    Memory(usize),
    #[error("the sandbox allows {0} units of work for one run, and this one needs more (bound fuel)")]
    Fuel(u64),
    #[error("the sandbox allows {0} milliseconds of computing for one run, and this one needs more (bound time_milliseconds)")]
    Time(u64),
    #[error("the sandbox allows {0} elements in the tables of one run, and this one needs more (bound table_elements, fixed)")]
    Table(usize),
    #[error("the sandbox allows {0} bytes of stack for one run, and this one needs more (bound stack_bytes, fixed)")]
    Stack(usize),
    #[error("the sandbox takes {0} bytes from the component in one call, and it gave more (limit output_bytes, and what goes with it)")]
    Output(usize),
    #[error("the machine gave no memory to the sandbox, which sets some gigabytes of address space aside for a run: {0}")]
    NoMemory(String),
    #[error("the component stopped: it has a defect: {0}")]
    Trap(String),
    /// The run has ended before, by another of these.
    #[error("the run has ended: an instance that stopped is never used again")]
    Ended,
    #[error("the runtime cannot be set up: {0}")]
    Setup(String),
    /// Of a run that is verified: none of the two answers is to be trusted.
    #[error("two engines computed different answers ({0}): neither is to be trusted")]
    Differ(String),
}

/// The compiled component. One serves many runs, at once and one after another; they share
/// nothing but code.
pub struct Sandbox {
    runtime: Arc<Runtime>,
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
        let embedded = match engine {
            Engine::Cranelift => COMPILED,
            Engine::Pulley => PULLEY,
        };
        Self::ahead(engine, embedded)
    }

    /// Private, and called with what is embedded: no code is ever taken from a file, or from a caller.
    // Taking machine code is what cannot be proved safe: the reason why it is stands at the call.
    #[allow(unsafe_code)]
    fn ahead(engine: Engine, embedded: &'static [u8]) -> Result<Self, Error> {
        let runtime = Arc::new(Runtime::new(engine)?);
        // SAFETY: the bytes are those that the build script had wasmtime write, embedded in this
        // very program; whoever could change them could change its code as well. Another version,
        // configuration or processor is noticed by wasmtime and is an error.
        match unsafe { Component::deserialize(runtime.engine(), embedded) } {
            Ok(component) => Self::of(runtime, &component),
            Err(error) => {
                tracing::debug!(?engine, reason = %error, "what was compiled ahead is not for this machine: compiled afresh");
                Self::compiled(runtime, COMPONENT)
            }
        }
    }

    /// Compile a component's bytes.
    pub fn with(engine: Engine, component: &[u8]) -> Result<Self, Error> {
        Self::compiled(Arc::new(Runtime::new(engine)?), component)
    }

    /// Compile another component's bytes, for the engine that this one has.
    pub fn beside(&self, component: &[u8]) -> Result<Self, Error> {
        Self::compiled(Arc::clone(&self.runtime), component)
    }

    fn compiled(runtime: Arc<Runtime>, component: &[u8]) -> Result<Self, Error> {
        let component = Component::new(runtime.engine(), component).map_err(setup)?;
        Self::of(runtime, &component)
    }

    fn of(runtime: Arc<Runtime>, component: &Component) -> Result<Self, Error> {
        // Nothing is linked in: a component that imported anything would end here.
        let pre = Linker::new(runtime.engine()).instantiate_pre(component).map_err(setup)?;
        Ok(Sandbox { pre: BillingPre::new(pre).map_err(setup)?, runtime })
    }

    /// A fresh instance, for one run.
    pub fn start(&self, bounds: Bounds, output_bytes: u64) -> Result<Run, Error> {
        let mut store = self.runtime.store(bounds, output_bytes)?;
        let billing = inside(&mut store, |store| self.pre.instantiate(store))?;
        Ok(Run(State::Alive { store, billing }))
    }
}

/// One run in an instance of its own. With an error of the sandbox it is over: the instance is gone, and all
/// further calls are [`Error::Ended`].
pub struct Run(State);

// There is one of it a run.
#[allow(clippy::large_enum_variant)]
enum State {
    Alive { store: Store<Limiter>, billing: Billing },
    Ended(Used),
}

/// The runs that take a report in pieces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Call {
    Bill,
    Usage,
    Record,
    Explain,
}

/// What the component says, beside what the sandbox says.
pub type Answer<T> = Result<Result<T, Refusal>, Error>;

impl Run {
    /// Begin a run; `job` is its JSON.
    pub fn begin(&mut self, call: Call, job: &str) -> Answer<()> {
        self.inside(|store, billing| match call {
            Call::Bill => billing.skubill_billing_bill().call_begin_json(store, job),
            Call::Usage => billing.skubill_billing_usage().call_begin_json(store, job),
            Call::Record => billing.skubill_billing_record().call_begin_json(store, job),
            Call::Explain => billing.skubill_billing_explain().call_begin_json(store, job),
        })
        .map(said)
    }

    /// A piece of an input.
    pub fn feed(&mut self, input: Input, piece: &[u8]) -> Answer<()> {
        let fed = self.inside(|store, billing| billing.skubill_billing_feed().call_bytes(store, input.into(), piece));
        Ok(fed?.map_err(Refusal::from))
    }

    /// End a run: its answer as JSON, and what it used.
    pub fn finish(self, call: Call) -> Answer<(String, Used)> {
        self.last(|store, billing| match call {
            Call::Bill => billing.skubill_billing_bill().call_finish_json(store),
            Call::Usage => billing.skubill_billing_usage().call_finish_json(store),
            Call::Record => billing.skubill_billing_record().call_finish_json(store),
            Call::Explain => billing.skubill_billing_explain().call_finish_json(store),
        })
    }

    /// Check a price book and a customers file; the answer is JSON.
    pub fn check(mut self, prices: &[u8], customers: Option<&[u8]>, limits: &str) -> Answer<(String, Used)> {
        let begun = self.inside(|store, billing| billing.skubill_billing_check().call_begin_json(store, limits))?;
        let customers = customers.map(|customers| (Input::Customers, customers));
        self.fed(begun, [(Input::Prices, prices)].into_iter().chain(customers), |store, billing| {
            billing.skubill_billing_check().call_finish_json(store)
        })
    }

    /// Whom a customers file maps; the answer is JSON.
    pub fn customers(mut self, customers: &[u8], limits: &str) -> Answer<(String, Used)> {
        let begun = self.inside(|store, billing| billing.skubill_billing_customers().call_begin_json(store, limits))?;
        self.fed(begun, [(Input::Customers, customers)], |store, billing| billing.skubill_billing_customers().call_finish_json(store))
    }

    /// Estimate a period from cost records; the answer is JSON.
    pub fn estimate(mut self, costs: &[u8], job: &str) -> Answer<(String, Used)> {
        let begun = self.inside(|store, billing| billing.skubill_billing_estimate().call_begin_json(store, job))?;
        self.fed(begun, [(Input::Costs, costs)], |store, billing| billing.skubill_billing_estimate().call_finish_json(store))
    }

    /// A run that has begun, or was refused: its inputs, which need not be text, and its end.
    fn fed<'a>(
        mut self,
        begun: Result<(), String>,
        inputs: impl IntoIterator<Item = (Input, &'a [u8])>,
        finish: impl FnOnce(&mut Store<Limiter>, &Billing) -> wasmtime::Result<Result<String, String>>,
    ) -> Answer<(String, Used)> {
        if let Err(refusal) = said(begun) {
            return Ok(Err(refusal));
        }
        for (input, bytes) in inputs {
            if let Err(refusal) = self.feed(input, bytes)? {
                return Ok(Err(refusal));
            }
        }
        self.last(finish)
    }

    /// Compare a posting with what the dashboard holds.
    pub fn compare(self, comparison: &str) -> Answer<(String, Used)> {
        self.last(|store, billing| billing.skubill_billing_compare().call_compare_json(store, comparison))
    }

    /// What the component says of itself.
    pub fn describe(mut self) -> Result<String, Error> {
        self.inside(|store, billing| billing.skubill_billing_about().call_describe_json(store))
    }

    /// The instance and its exports, for calls by the typed contract. Their time counts until the next call of
    /// this run's own.
    pub fn typed(&mut self) -> Result<(&mut Store<impl ResourceLimiter + use<>>, &Billing), Error> {
        match &mut self.0 {
            State::Alive { store, billing } => {
                store.data_mut().enter();
                Ok((store, billing))
            }
            State::Ended(_) => Err(Error::Ended),
        }
    }

    /// What the run has used so far, or had when it ended.
    pub fn used(&self) -> Used {
        match &self.0 {
            State::Alive { store, .. } => used(store),
            State::Ended(used) => *used,
        }
    }

    /// The only way into the instance, but for `typed`. Whatever ends a call ends the instance.
    fn inside<T>(&mut self, call: impl FnOnce(&mut Store<Limiter>, &Billing) -> wasmtime::Result<T>) -> Result<T, Error> {
        let State::Alive { store, billing } = &mut self.0 else {
            return Err(Error::Ended);
        };
        let called = inside(store, |store| call(store, billing));
        if called.is_err() {
            let used = used(store);
            self.0 = State::Ended(used);
        }
        called
    }

    /// A call that is the run's last.
    fn last(
        mut self,
        call: impl FnOnce(&mut Store<Limiter>, &Billing) -> wasmtime::Result<Result<String, String>>,
    ) -> Answer<(String, Used)> {
        let answer = self.inside(call)?;
        Ok(said(answer).map(|text| (text, self.used())))
    }
}

fn said<T>(answer: Result<T, String>) -> Result<T, Refusal> {
    answer.map_err(|text| Refusal::read(&text))
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
    let text = format!("{error:#}");
    if is_out_of_memory(&error) { Error::NoMemory(text) } else { Error::Setup(text) }
}

/// Whether it was the machine that refused: an address space or a memory of bounded size (`ulimit -v`, a container).
fn is_out_of_memory(error: &wasmtime::Error) -> bool {
    let refused = |cause: &(dyn std::error::Error + 'static)| {
        let by_kind = cause.downcast_ref::<std::io::Error>().is_some_and(|error| error.kind() == std::io::ErrorKind::OutOfMemory);
        // Some of the engine's layers pass the system's error on as a text alone.
        by_kind || ["Cannot allocate memory", "(os error 12)", "out of memory"].iter().any(|words| cause.to_string().contains(words))
    };
    error.chain().any(refused)
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::Mutex;

    use super::*;

    /// What is logged meanwhile.
    fn heard<T>(work: impl FnOnce() -> T) -> (T, String) {
        #[derive(Clone, Default)]
        struct Ear(Arc<Mutex<Vec<u8>>>);
        impl Write for Ear {
            fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
                self.0.lock().expect("an ear").write(bytes)
            }
            fn flush(&mut self) -> std::io::Result<()> {
                Ok(())
            }
        }
        let ear = Ear::default();
        let theirs = ear.clone();
        let log = tracing_subscriber::fmt().with_max_level(tracing::Level::DEBUG).with_writer(move || theirs.clone()).finish();
        let done = tracing::subscriber::with_default(log, work);
        let bytes = ear.0.lock().expect("an ear").clone();
        (done, String::from_utf8(bytes).expect("text"))
    }

    fn described(engine: Engine, embedded: &'static [u8]) -> (String, String) {
        let (sandbox, said) = heard(|| Sandbox::ahead(engine, embedded).expect("a sandbox"));
        let run = sandbox.start(Bounds::default(), 1 << 20).expect("an instance");
        (run.describe().expect("an answer"), said)
    }

    #[test]
    fn code_that_is_not_for_this_machine_is_compiled_afresh_and_it_is_said() {
        let (expected, said) = described(Engine::Pulley, PULLEY);
        assert!(!said.contains("compiled afresh"), "{said}");
        let junk: &[u8] = b"\x7fELF and nothing else";
        for (engine, code) in [
            (Engine::Pulley, &PULLEY[..PULLEY.len() / 2]),
            (Engine::Pulley, COMPONENT),
            (Engine::Pulley, junk),
            (Engine::Pulley, b""),
            // The bytecode is no code of this processor.
            (Engine::Cranelift, PULLEY),
        ] {
            let (description, said) = described(engine, code);
            assert_eq!(description, expected);
            assert!(said.contains("compiled afresh") && said.contains("DEBUG"), "{said}");
        }
    }
}
