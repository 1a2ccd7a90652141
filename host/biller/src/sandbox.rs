//! The sandbox: the embedded component, run in a fresh instance each time, with bounds on memory
//! and work, and with nothing linked in. The only file (with those below it) that knows wasmtime.

mod beat;
mod bounds;
mod engine;
mod error;
mod runtime;

use std::sync::Arc;

use skubill_contract::call::{Call, Input};
use skubill_contract::refusal::Refusal;
use wasmtime::component::{Component, Instance, InstancePre, Linker};
use wasmtime::{ResourceLimiter, Store};

/// The contract's types, generated from `wit/`.
// The macro lifts and lowers values at their addresses.
#[allow(unsafe_code)]
pub mod bindings {
    wasmtime::component::bindgen!({ path: "../../wit", world: "billing" });
}

use bindings::Billing;
use bindings::exports::skubill::billing::{text, types};
use bounds::{Limiter, used};
use error::setup;
use runtime::{Runtime, inside};

pub use bounds::{Bounds, FUEL_MAX, MEMORY_BYTES_MAX, OUTPUT_BYTES_EXTRA, TABLE_ELEMENTS_MAX, TIME_MILLISECONDS_MAX, Used};
pub use engine::{Engine, STACK_BYTES_MAX};
pub use error::Error;

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

/// The compiled component. One serves many runs, at once and one after another; they share
/// nothing but code.
pub struct Sandbox {
    runtime: Arc<Runtime>,
    pre: InstancePre<Limiter>,
    /// The interface that every run goes through. A component of another version need not have the others.
    text: text::GuestIndices,
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
        Ok(Sandbox { text: text::GuestIndices::new(&pre).map_err(setup)?, pre, runtime })
    }

    /// A fresh instance, for one run.
    pub fn start(&self, bounds: Bounds, output_bytes: u64) -> Result<Run, Error> {
        let mut store = self.runtime.store(bounds, output_bytes)?;
        let (instance, text) = inside(&mut store, |store| {
            let instance = self.pre.instantiate(&mut *store)?;
            let text = self.text.load(&mut *store, &instance)?;
            Ok((instance, text))
        })?;
        Ok(Run(State::Alive { store, instance, text }))
    }
}

/// One run in an instance of its own. With an error of the sandbox it is over: the instance is gone, and all
/// further calls are [`Error::Ended`].
pub struct Run(State);

// There is one of it a run.
#[allow(clippy::large_enum_variant)]
enum State {
    Alive { store: Store<Limiter>, instance: Instance, text: text::Guest },
    Ended(Used),
}

/// What the component answers, beside what the sandbox answers.
pub type Answer<T> = Result<Result<T, Refusal>, Error>;

impl Run {
    /// Begin a run; `job` is its JSON.
    pub fn begin(&mut self, call: Call, job: &str) -> Answer<()> {
        self.inside(|store, text| text.call_begin(store, call.into(), job)).and_then(read)
    }

    /// A piece of an input.
    pub fn feed(&mut self, input: Input, piece: &[u8]) -> Answer<()> {
        self.inside(|store, text| text.call_feed(store, input.into(), piece)).and_then(read)
    }

    /// End a run: its answer as JSON, and what it used.
    pub fn finish(mut self) -> Answer<(String, Used)> {
        let answer = self.inside(|store, text| text.call_finish(store)).and_then(read)?;
        Ok(answer.map(|json| (json, self.used())))
    }

    /// The instance and its exports, for calls by the typed contract. Their time counts until the next call of
    /// this run's own.
    pub fn typed(&mut self) -> Result<(&mut Store<impl ResourceLimiter + use<>>, Billing), Error> {
        match &mut self.0 {
            State::Alive { store, instance, .. } => {
                store.data_mut().enter();
                let billing = Billing::new(&mut *store, instance).map_err(setup)?;
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
    fn inside<T>(&mut self, call: impl FnOnce(&mut Store<Limiter>, &text::Guest) -> wasmtime::Result<T>) -> Result<T, Error> {
        let State::Alive { store, text, .. } = &mut self.0 else {
            return Err(Error::Ended);
        };
        let called = inside(store, |store| call(store, text));
        if called.is_err() {
            let used = used(store);
            self.0 = State::Ended(used);
        }
        called
    }
}

/// A refusal is JSON.
fn read<T>(answer: Result<T, String>) -> Answer<T> {
    match answer {
        Ok(answer) => Ok(Ok(answer)),
        Err(refusal) => Ok(Err(serde_json::from_str(&refusal).map_err(|_| Error::Refusal(refusal))?)),
    }
}

impl From<Input> for types::Input {
    fn from(input: Input) -> Self {
        match input {
            Input::Report => types::Input::Report,
            Input::Prices => types::Input::Prices,
            Input::Customers => types::Input::Customers,
            Input::Costs => types::Input::Costs,
        }
    }
}

impl From<Call> for text::Call {
    fn from(call: Call) -> Self {
        match call {
            Call::Bill => text::Call::Bill,
            Call::Usage => text::Call::Usage,
            Call::Record => text::Call::Record,
            Call::Explain => text::Call::Explain,
            Call::Check => text::Call::Check,
            Call::Customers => text::Call::Customers,
            Call::Estimate => text::Call::Estimate,
            Call::Compare => text::Call::Compare,
            Call::Describe => text::Call::Describe,
        }
    }
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
        let mut run = sandbox.start(Bounds::default(), 1 << 20).expect("an instance");
        run.begin(Call::Describe, "").expect("no stop").expect("no refusal");
        (run.finish().expect("no stop").expect("an answer").0, said)
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
