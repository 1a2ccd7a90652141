//! How much memory and work one run may take, and what it took.

use wasmtime::{ResourceLimiter, Store, Trap};

use super::Error;

/// Memory of one run. Ten million rows take 40 bytes each and a million lines 400; a month of a
/// thousand tenants takes ten megabytes.
pub const MEMORY_BYTES_MAX: usize = 1 << 30;

/// Work of one run, in wasmtime's fuel (about one an instruction). The largest report that the
/// component's own limits let in, 4 GiB of text, takes about 200 a byte.
pub const FUEL_MAX: u64 = 1_000_000_000_000;

/// Elements of the component's tables. It has one, of functions, and never grows it.
pub const TABLE_ELEMENTS_MAX: usize = 10_000;

/// Bounds of one run, outside of the component's own limits: what it hits here is not about the
/// input being unreadable but about how much it takes to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    pub memory_bytes: usize,
    pub fuel: u64,
}

impl Default for Bounds {
    fn default() -> Self {
        Bounds { memory_bytes: MEMORY_BYTES_MAX, fuel: FUEL_MAX }
    }
}

/// What a run used: exact, and the same for the same input, on every machine and every engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Used {
    pub fuel: u64,
    /// At most, at any time.
    pub memory_bytes: usize,
}

/// Watches what a run takes.
pub(super) struct Limiter {
    bounds: Bounds,
    memory_bytes: usize,
    denied: bool,
}

impl Limiter {
    pub(super) fn new(bounds: Bounds) -> Limiter {
        Limiter { bounds, memory_bytes: 0, denied: false }
    }
}

impl ResourceLimiter for Limiter {
    fn memory_growing(&mut self, _current: usize, desired: usize, _maximum: Option<usize>) -> wasmtime::Result<bool> {
        let allowed = desired <= self.bounds.memory_bytes;
        self.denied |= !allowed;
        if allowed {
            self.memory_bytes = desired;
        }
        Ok(allowed)
    }

    fn table_growing(&mut self, _current: usize, desired: usize, _maximum: Option<usize>) -> wasmtime::Result<bool> {
        Ok(desired <= TABLE_ELEMENTS_MAX)
    }
}

pub(super) fn used(store: &Store<Limiter>) -> Used {
    let limiter = store.data();
    let left = store.get_fuel().unwrap_or(0);
    Used { fuel: limiter.bounds.fuel - left, memory_bytes: limiter.memory_bytes }
}

/// What ended a run: memory that was denied ends in a trap of the component's allocator.
pub(super) fn trapped(error: &wasmtime::Error, store: &Store<Limiter>) -> Error {
    let limiter = store.data();
    if limiter.denied {
        return Error::Memory(limiter.bounds.memory_bytes);
    }
    match error.downcast_ref::<Trap>() {
        Some(Trap::OutOfFuel) => Error::Fuel(limiter.bounds.fuel),
        Some(trap) => Error::Trap(trap.to_string()),
        None => Error::Trap(format!("{error:#}")),
    }
}
