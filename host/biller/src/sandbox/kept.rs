//! A component that was kept with a run: this one, or one of another time. Only the calls that a run needs are looked
//! for, so that a component that lacks those of a later contract still answers.

use std::io::{ErrorKind, Read};

use wasmtime::component::{Component, InstancePre, Linker};

use super::bindings::exports::skubill::billing::{bill, explain, feed, record, types, usage};
use super::bounds::Limiter;
use super::runtime::{Runtime, inside};
use super::{Bounds, Call, Engine, Error, setup};
use crate::bill::{self as billing, Input, Refusal};

/// Bytes of a piece in which an input is handed over.
const PIECE_BYTES: usize = 256 << 10;

/// A component, compiled from its bytes: native code is never taken from a file.
pub struct Kept {
    runtime: Runtime,
    pre: InstancePre<Limiter>,
}

/// The functions of an interface, by its name.
macro_rules! interface {
    ($kept:ident, $store:ident, $instance:ident, $name:ident) => {
        $name::GuestIndices::new(&$kept.pre).and_then(|indices| indices.load(&mut $store, &$instance)).map_err(setup)?
    };
}

/// One call of an interface.
macro_rules! ask {
    ($kept:ident, $store:ident, $instance:ident, $name:ident, |$interface:ident, $inner:ident| $call:expr) => {{
        let $interface = interface!($kept, $store, $instance, $name);
        inside(&mut $store, |$inner| $call)?
    }};
}

impl Kept {
    pub fn new(component: &[u8]) -> Result<Self, Error> {
        let runtime = Runtime::new(Engine::Cranelift)?;
        let component = Component::new(runtime.engine(), component).map_err(setup)?;
        // Nothing is linked in: a component that imported anything would end here.
        let pre = Linker::new(runtime.engine()).instantiate_pre(&component).map_err(setup)?;
        Ok(Kept { runtime, pre })
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
        let mut store = self.runtime.store(bounds, output_bytes)?;
        let instance = inside(&mut store, |store| self.pre.instantiate(store))?;
        let begun = match call {
            Call::Bill => ask!(self, store, instance, bill, |interface, store| interface.call_begin_json(store, job)),
            Call::Usage => ask!(self, store, instance, usage, |interface, store| interface.call_begin_json(store, job)),
            Call::Record => ask!(self, store, instance, record, |interface, store| interface.call_begin_json(store, job)),
            Call::Explain => ask!(self, store, instance, explain, |interface, store| interface.call_begin_json(store, job)),
        };
        said(begun)?;
        let feed = interface!(self, store, instance, feed);
        let mut piece = vec![0; PIECE_BYTES];
        for (input, bytes) in inputs {
            loop {
                let length = match bytes.read(&mut piece) {
                    Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                    read => read?,
                };
                // The last piece is an empty one: an empty file is a file, too.
                let fed = inside(&mut store, |store| feed.call_bytes(store, types::Input::from(*input), &piece[..length]))?;
                fed.map_err(|refusal| billing::Error::Refused(refusal.into()))?;
                if length == 0 {
                    break;
                }
            }
        }
        said(match call {
            Call::Bill => ask!(self, store, instance, bill, |interface, store| interface.call_finish_json(store)),
            Call::Usage => ask!(self, store, instance, usage, |interface, store| interface.call_finish_json(store)),
            Call::Record => ask!(self, store, instance, record, |interface, store| interface.call_finish_json(store)),
            Call::Explain => ask!(self, store, instance, explain, |interface, store| interface.call_finish_json(store)),
        })
    }
}

fn said<T>(answer: Result<T, String>) -> Result<T, billing::Error> {
    answer.map_err(|text| billing::Error::Refused(Refusal::read(&text)))
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
