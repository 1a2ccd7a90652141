//! A component that was kept with a run: this one, or one of another time. Only the calls that a run needs are looked
//! for, so that a component that lacks those of a later contract still answers.

use std::io::{ErrorKind, Read};

use wasmtime::Store;
use wasmtime::component::{Component, InstancePre, Linker};

use super::bindings::exports::skubill::billing::{bill, explain, feed, record, types, usage};
use super::{Bounds, CALL_BYTES_EXTRA, Call, Engine, Error, Limiter, setup, trapped};
use crate::bill::{self as billing, Input, Refusal};

/// Bytes of a piece in which an input is handed over.
const PIECE_BYTES: usize = 256 << 10;

/// A component, compiled from its bytes: native code is never taken from a file.
pub struct Kept {
    engine: wasmtime::Engine,
    pre: InstancePre<Limiter>,
}

/// The functions of an interface, by its name.
macro_rules! interface {
    ($kept:ident, $store:ident, $instance:ident, $name:ident) => {
        $name::GuestIndices::new(&$kept.pre).and_then(|indices| indices.load(&mut $store, &$instance)).map_err(setup)?
    };
}

impl Kept {
    pub fn new(component: &[u8]) -> Result<Self, Error> {
        let engine = wasmtime::Engine::new(&Engine::Cranelift.config().map_err(setup)?).map_err(setup)?;
        let component = Component::new(&engine, component).map_err(setup)?;
        // Nothing is linked in: a component that imported anything would end here.
        let pre = Linker::new(&engine).instantiate_pre(&component).map_err(setup)?;
        Ok(Kept { engine, pre })
    }

    /// One run in an instance of its own, from the JSON of its job to that of its answer. Inputs are handed over in
    /// their order, in pieces, and never held whole.
    pub fn run(
        &self,
        call: Call,
        job: &str,
        inputs: &mut [(Input, &mut dyn Read)],
        bounds: Bounds,
        output_bytes: u64,
    ) -> Result<String, billing::Error> {
        let mut store = Store::new(&self.engine, Limiter::new(bounds));
        store.limiter(|limiter| limiter);
        store.set_fuel(bounds.fuel).map_err(setup)?;
        store.set_hostcall_fuel(usize::try_from(output_bytes).unwrap_or(usize::MAX).saturating_add(CALL_BYTES_EXTRA));
        let instance = self.pre.instantiate(&mut store).map_err(|error| trapped(&error, &store))?;
        let begun = match call {
            Call::Bill => interface!(self, store, instance, bill).call_begin_json(&mut store, job),
            Call::Usage => interface!(self, store, instance, usage).call_begin_json(&mut store, job),
            Call::Record => interface!(self, store, instance, record).call_begin_json(&mut store, job),
            Call::Explain => interface!(self, store, instance, explain).call_begin_json(&mut store, job),
        };
        said(begun, &store)?;
        let feed = interface!(self, store, instance, feed);
        let mut piece = vec![0; PIECE_BYTES];
        for (input, bytes) in inputs {
            loop {
                let length = match bytes.read(&mut piece) {
                    Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                    read => read?,
                };
                // The last piece is an empty one: an empty file is a file, too.
                let fed = feed.call_bytes(&mut store, types::Input::from(*input), &piece[..length]);
                let fed = fed.map_err(|error| trapped(&error, &store))?;
                fed.map_err(|refusal| billing::Error::Refused(refusal.into()))?;
                if length == 0 {
                    break;
                }
            }
        }
        let finished = match call {
            Call::Bill => interface!(self, store, instance, bill).call_finish_json(&mut store),
            Call::Usage => interface!(self, store, instance, usage).call_finish_json(&mut store),
            Call::Record => interface!(self, store, instance, record).call_finish_json(&mut store),
            Call::Explain => interface!(self, store, instance, explain).call_finish_json(&mut store),
        };
        said(finished, &store)
    }
}

fn said<T>(result: wasmtime::Result<Result<T, String>>, store: &Store<Limiter>) -> Result<T, billing::Error> {
    let said = result.map_err(|error| trapped(&error, store))?;
    said.map_err(|text| billing::Error::Refused(Refusal::read(&text)))
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
