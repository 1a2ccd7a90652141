//! A lock that outlives a panic.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// A panic of another request must not take the simulator with it: its state is whole after every
/// statement that changes it.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
