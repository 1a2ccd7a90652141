//! How much memory, work and time one run may take, and what it took.

use std::time::{Duration, Instant};

use wasmtime::{ResourceLimiter, Store, Trap};

use super::beat::Pulse;
use super::engine::STACK_BYTES_MAX;
use super::error::{Error, is_out_of_memory};

/// Memory of one run. Ten million rows take 40 bytes each and a million lines 400; a month of a
/// thousand tenants takes ten megabytes.
pub const MEMORY_BYTES_MAX: usize = 1 << 30;

/// Work of one run, in wasmtime's fuel (about one an instruction). The largest report that the
/// component's own limits let in, 4 GiB of text, takes about 200 a byte.
pub const FUEL_MAX: u64 = 1_000_000_000_000;

/// Time that one run may compute, waiting for its report not counted: four hours. All of its fuel takes a
/// quarter of an hour, by the interpreter ten times as long; this ends what a machine drags out beyond that.
pub const TIME_MILLISECONDS_MAX: u64 = 4 * 60 * 60 * 1000;

/// Elements of all tables of a run. The component has one table, of functions, and never grows it.
pub const TABLE_ELEMENTS_MAX: usize = 10_000;

/// What may come out of the component in one call beyond the `output_bytes` of its answer: faults, and what
/// frames them.
pub const OUTPUT_BYTES_EXTRA: usize = 32 << 20;

/// Bounds of one run, outside of the component's own limits: what it hits here is not about the
/// input being unreadable but about how much it takes to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    pub memory_bytes: usize,
    pub fuel: u64,
    pub time_milliseconds: u64,
}

impl Default for Bounds {
    fn default() -> Self {
        Bounds { memory_bytes: MEMORY_BYTES_MAX, fuel: FUEL_MAX, time_milliseconds: TIME_MILLISECONDS_MAX }
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
    output_bytes: usize,
    memory: Taken,
    table: Taken,
    /// What was refused last.
    denied: Option<Error>,
    /// Of the calls that are over.
    spent: Duration,
    /// When the call that is under way began.
    entered: Option<Instant>,
    _pulse: Pulse,
}

/// All memories of a run together, or all its tables. What was allowed counts, had or not: wasmtime does not
/// say which growth it is that failed.
#[derive(Default)]
struct Taken(usize);

impl Taken {
    fn grow(&mut self, current: usize, desired: usize, max: usize) -> bool {
        let all = self.0.saturating_add(desired.saturating_sub(current));
        let allowed = all <= max;
        if allowed {
            self.0 = all;
        }
        allowed
    }
}

impl Limiter {
    pub(super) fn new(bounds: Bounds, output_bytes: usize, pulse: Pulse) -> Limiter {
        let (memory, table) = (Taken::default(), Taken::default());
        Limiter { bounds, output_bytes, memory, table, denied: None, spent: Duration::ZERO, entered: None, _pulse: pulse }
    }

    /// A call begins.
    pub(super) fn enter(&mut self) {
        self.pause();
        self.entered = Some(Instant::now());
    }

    /// A call has ended, in its time or not.
    pub(super) fn leave(&mut self) -> Result<(), Error> {
        self.pause();
        if self.is_late() { Err(Error::Time(self.bounds.time_milliseconds)) } else { Ok(()) }
    }

    fn pause(&mut self) {
        self.spent += self.entered.take().map(|since| since.elapsed()).unwrap_or_default();
    }

    pub(super) fn is_late(&self) -> bool {
        let now = self.entered.map(|since| since.elapsed()).unwrap_or_default();
        self.spent + now > Duration::from_millis(self.bounds.time_milliseconds)
    }
}

impl ResourceLimiter for Limiter {
    fn memory_growing(&mut self, current: usize, desired: usize, _maximum: Option<usize>) -> wasmtime::Result<bool> {
        let allowed = self.memory.grow(current, desired, self.bounds.memory_bytes);
        if !allowed {
            self.denied = Some(Error::Memory(self.bounds.memory_bytes));
        }
        Ok(allowed)
    }

    /// Allowed, and the machine did not give it.
    fn memory_grow_failed(&mut self, error: wasmtime::Error) -> wasmtime::Result<()> {
        self.denied = Some(Error::NoMemory(format!("{error:#}")));
        Ok(())
    }

    fn table_growing(&mut self, current: usize, desired: usize, _maximum: Option<usize>) -> wasmtime::Result<bool> {
        let allowed = self.table.grow(current, desired, TABLE_ELEMENTS_MAX);
        if !allowed {
            self.denied = Some(Error::Table(TABLE_ELEMENTS_MAX));
        }
        Ok(allowed)
    }
}

pub(super) fn used(store: &Store<Limiter>) -> Used {
    let limiter = store.data();
    let left = store.get_fuel().unwrap_or(0);
    Used { fuel: limiter.bounds.fuel - left, memory_bytes: limiter.memory.0 }
}

/// What wasmtime says of an answer that is too long; its type is not to be had.
const TOO_MUCH_OUTPUT: &str = "fuel allocated for hostcalls has been exhausted";

/// What ended a run. Memory that was denied ends in a trap of the component's allocator, a table in whatever
/// the component makes of it.
pub(super) fn trapped(error: &wasmtime::Error, store: &mut Store<Limiter>) -> Error {
    let limiter = store.data_mut();
    let denied = limiter.denied.take();
    match error.downcast_ref::<Trap>() {
        Some(Trap::OutOfFuel) => Error::Fuel(limiter.bounds.fuel),
        Some(Trap::Interrupt) => Error::Time(limiter.bounds.time_milliseconds),
        Some(Trap::StackOverflow) => Error::Stack(STACK_BYTES_MAX),
        Some(trap) => denied.unwrap_or_else(|| Error::Trap(trap.to_string())),
        None => {
            if is_out_of_memory(error) {
                return Error::NoMemory(format!("{error:#}"));
            }
            let text = format!("{error:#}");
            let output = text.contains(TOO_MUCH_OUTPUT).then_some(Error::Output(limiter.output_bytes));
            output.or(denied).unwrap_or(Error::Trap(text))
        }
    }
}
