//! An engine, and the beat by which its runs look at the clock.

use std::sync::Arc;
use std::thread;

use wasmtime::{Store, UpdateDeadline};

use super::beat::Beat;
use super::bounds::{Bounds, Limiter, OUTPUT_BYTES_EXTRA, trapped};
use super::engine::Engine;
use super::error::{Error, setup};

/// One engine serves many components, and each of them many runs.
pub(super) struct Runtime {
    engine: wasmtime::Engine,
    beat: Arc<Beat>,
}

impl Runtime {
    pub(super) fn new(engine: Engine) -> Result<Self, Error> {
        let engine = wasmtime::Engine::new(&engine.config().map_err(setup)?).map_err(setup)?;
        let beat = Arc::new(Beat::default());
        let (theirs, ticked) = (Arc::clone(&beat), engine.clone());
        let thread = thread::Builder::new().name("skubill-beat".into()).spawn(move || theirs.go_on(&ticked));
        // A thread needs memory for its stack, and nothing else that could be missing.
        thread.map_err(|error| Error::NoMemory(format!("no thread for the clock: {error}")))?;
        Ok(Runtime { engine, beat })
    }

    pub(super) fn engine(&self) -> &wasmtime::Engine {
        &self.engine
    }

    /// Room for one instance, with its bounds.
    pub(super) fn store(&self, bounds: Bounds, output_bytes: u64) -> Result<Store<Limiter>, Error> {
        let output_bytes = usize::try_from(output_bytes).unwrap_or(usize::MAX).saturating_add(OUTPUT_BYTES_EXTRA);
        let mut store = Store::new(&self.engine, Limiter::new(bounds, output_bytes, self.beat.pulse()));
        store.limiter(|limiter| limiter);
        store.set_fuel(bounds.fuel).map_err(setup)?;
        store.set_hostcall_fuel(output_bytes);
        store.set_epoch_deadline(1);
        store.epoch_deadline_callback(|run| Ok(if run.data().is_late() { UpdateDeadline::Interrupt } else { UpdateDeadline::Continue(1) }));
        Ok(store)
    }
}

impl Drop for Runtime {
    fn drop(&mut self) {
        self.beat.end();
    }
}

/// A call into an instance, with its time.
pub(super) fn inside<T>(store: &mut Store<Limiter>, call: impl FnOnce(&mut Store<Limiter>) -> wasmtime::Result<T>) -> Result<T, Error> {
    store.data_mut().enter();
    let answer = call(store).map_err(|error| trapped(&error, store))?;
    store.data_mut().leave()?;
    Ok(answer)
}
