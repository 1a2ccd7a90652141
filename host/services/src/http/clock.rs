//! Time and chance, injected.

use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use jiff::Timestamp;

use super::transport::BoxFuture;

/// The time of day, and waiting. Tests and simulations bring a clock that jumps.
pub trait Clock: Send + Sync {
    fn now(&self) -> Timestamp;
    fn sleep(&self, pause: Duration) -> BoxFuture<'_, ()>;
}

/// Chance, used for nothing but to spread retries: it need not be good, only different on each machine.
pub trait Jitter: Send + Sync {
    /// A number below `bound`, which is not 0.
    fn below(&self, bound: u64) -> u64;
}

/// A random number below `bound`; 0 where `bound` is 0.
pub(super) fn jitter_below(jitter: &dyn Jitter, bound: u64) -> u64 {
    if bound == 0 { 0 } else { jitter.below(bound) }
}

/// The machine's clock and tokio's timer.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn sleep(&self, pause: Duration) -> BoxFuture<'_, ()> {
        Box::pin(tokio::time::sleep(pause))
    }
}

/// Jitter from the random keys with which the standard library seeds its hash maps.
#[derive(Debug, Default)]
pub struct SystemJitter {
    seed: RandomState,
    count: AtomicU64,
}

impl Jitter for SystemJitter {
    fn below(&self, bound: u64) -> u64 {
        let count = self.count.fetch_add(1, Ordering::Relaxed);
        self.seed.hash_one(count) % bound.max(1)
    }
}
