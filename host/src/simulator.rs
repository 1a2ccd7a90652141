//! Local twins of both services, over real HTTP on loopback.

pub mod abiquo;
pub mod acronis;
pub mod clock;
mod control;
mod exchange;
pub mod fault;
pub mod month;
mod seed;
#[cfg(test)]
mod testing;
pub mod twin;

pub use abiquo::{Abiquo, AbiquoConfig, AbiquoKnobs, Enterprise};
pub use acronis::{Acronis, AcronisConfig, AcronisKnobs};
pub use clock::Clock;
pub use fault::{Effect, Fault};
pub use twin::{Dropped, Event, Seen, Served, Service, Twin};

use std::sync::{Mutex, MutexGuard, PoisonError};

/// A panic of another request must not take the simulator with it: its state is whole after every
/// statement that changes it.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
