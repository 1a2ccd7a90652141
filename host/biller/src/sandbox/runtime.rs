//! An engine, and the beat by which its runs look at the clock.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use wasmtime::{Store, UpdateDeadline};

use super::bounds::{Limiter, OUTPUT_BYTES_EXTRA, trapped};
use super::{Bounds, Engine, Error, setup};

/// How often a run looks: a run is over at most this much after its time.
const BEAT: Duration = Duration::from_millis(10);

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
        self.beat.now().over = true;
        self.beat.changed.notify_one();
    }
}

/// A call into an instance, with its time.
pub(super) fn inside<T>(store: &mut Store<Limiter>, call: impl FnOnce(&mut Store<Limiter>) -> wasmtime::Result<T>) -> Result<T, Error> {
    store.data_mut().enter();
    let answer = call(store).map_err(|error| trapped(&error, store))?;
    store.data_mut().leave()?;
    Ok(answer)
}

/// Beats while there is a run, and sleeps otherwise: who bills once a month is not woken in between.
#[derive(Default)]
struct Beat {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    runs: usize,
    /// Nothing will be started any more.
    over: bool,
}

impl Beat {
    /// Two counters are never half written.
    fn now(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn pulse(self: &Arc<Self>) -> Pulse {
        self.now().runs += 1;
        self.changed.notify_one();
        Pulse(Arc::clone(self))
    }

    fn go_on(&self, engine: &wasmtime::Engine) {
        loop {
            let idle = |state: &mut State| state.runs == 0 && !state.over;
            let state = self.changed.wait_while(self.now(), idle).unwrap_or_else(PoisonError::into_inner);
            if state.runs == 0 {
                return;
            }
            drop(state);
            thread::sleep(BEAT);
            engine.increment_epoch();
        }
    }
}

/// There is a run, as long as this is.
pub(super) struct Pulse(Arc<Beat>);

impl Drop for Pulse {
    fn drop(&mut self) {
        self.0.now().runs -= 1;
        self.0.changed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_beats_while_there_is_a_run_and_ends_with_the_last() {
        let engine = wasmtime::Engine::default();
        let beat = Arc::new(Beat::default());
        let (first, second) = (beat.pulse(), beat.pulse());
        let theirs = Arc::clone(&beat);
        let thread = thread::spawn(move || theirs.go_on(&engine));
        drop(first);
        beat.now().over = true;
        thread::sleep(3 * BEAT);
        assert!(!thread.is_finished(), "a run that is under way is not left without a clock");
        drop(second);
        thread.join().expect("the clock ends");
    }
}
