//! Work that blocks, among tasks that must not.

use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::task::JoinError;

/// Do it on a thread that may block. A runtime that has no other thread, as a simulation's, does it here: what
/// happens next is then the same each time. The error is that the work panicked, or its runtime ended.
pub async fn off_thread<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, JoinError> {
    match Handle::current().runtime_flavor() {
        RuntimeFlavor::CurrentThread => Ok(work()),
        _ => tokio::task::spawn_blocking(work).await,
    }
}
