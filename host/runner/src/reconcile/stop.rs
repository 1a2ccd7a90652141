//! Ending a run between two steps.

use tokio::sync::watch;

/// A wish to stop, shared by its clones. A run that is asked to stop finishes what it has begun to write,
/// and begins nothing more.
#[derive(Debug, Clone)]
pub struct Stop(watch::Sender<bool>);

impl Default for Stop {
    fn default() -> Self {
        Stop(watch::Sender::new(false))
    }
}

impl Stop {
    pub fn ask(&self) {
        self.0.send_replace(true);
    }

    pub fn is_asked(&self) -> bool {
        *self.0.borrow()
    }

    /// The result of work that writes nothing; none once it is asked to stop, which gives the work up.
    pub(crate) async fn interrupts<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        let mut stop = self.0.subscribe();
        tokio::select! {
            biased;
            // The sender is held here: it cannot be gone.
            _ = stop.wait_for(|asked| *asked) => None,
            done = work => Some(done),
        }
    }
}
