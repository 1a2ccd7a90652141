//! What a bill cost to compute.

use std::time::{Duration, Instant};

use crate::sandbox::Used;

/// Work and memory are exact, and the same for the same input everywhere; time is this machine's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    /// About one an instruction.
    pub fuel: u64,
    /// Of the instance, at most.
    pub memory_bytes: usize,
    /// Report, price book and customers file, as they were fed.
    pub bytes_in: u64,
    /// The answer as JSON.
    pub bytes_out: u64,
    pub stages: Stages,
}

/// Where the time went; with a second engine, that of both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stages {
    /// A fresh instance, and the job.
    pub start: Duration,
    /// Waiting for the report.
    pub read: Duration,
    /// The component reads, filters and sums.
    pub feed: Duration,
    /// It prices, bills and writes the answer.
    pub finish: Duration,
}

impl Stages {
    pub fn named(&self) -> [(&'static str, Duration); 4] {
        [("start", self.start), ("read", self.read), ("feed", self.feed), ("finish", self.finish)]
    }
}

/// What is known of a cost while the run goes on.
#[derive(Default)]
pub struct Meter {
    bytes_in: u64,
    pub stages: Stages,
}

impl Meter {
    pub fn took_in(&mut self, bytes: usize) {
        self.bytes_in += bytes as u64;
    }

    pub fn end(self, used: Used, answer: &str) -> Cost {
        let Used { fuel, memory_bytes } = used;
        Cost { fuel, memory_bytes, bytes_in: self.bytes_in, bytes_out: answer.len() as u64, stages: self.stages }
    }
}

/// Adds the time of `work` to a stage.
pub fn timed<T>(stage: &mut Duration, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let done = work();
    *stage += start.elapsed();
    done
}
