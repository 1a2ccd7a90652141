//! The beat by which runs look at the clock.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

/// How often a run looks: a run is over at most this much after its time.
const BEAT: Duration = Duration::from_millis(10);

/// Beats while there is a run, and sleeps otherwise: who bills once a month is not woken in between.
#[derive(Default)]
pub(super) struct Beat {
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

    pub(super) fn pulse(self: &Arc<Self>) -> Pulse {
        self.now().runs += 1;
        self.changed.notify_one();
        Pulse(Arc::clone(self))
    }

    /// Nothing will be started any more.
    pub(super) fn end(&self) {
        self.now().over = true;
        self.changed.notify_one();
    }

    pub(super) fn go_on(&self, engine: &wasmtime::Engine) {
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
