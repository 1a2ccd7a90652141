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

    /// Resolves once it is asked for.
    pub(crate) async fn asked(&self) {
        // The sender is held here: it cannot be gone.
        let _ = self.0.subscribe().wait_for(|asked| *asked).await;
    }
}
