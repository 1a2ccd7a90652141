//! What all readers of one input share.

use crate::fault::{Faults, Input, Place};
use crate::limit::Limits;

/// The input, its limits, and the mistakes found so far.
pub struct Context<'a> {
    /// The input that is read.
    pub input: Input,
    /// The limits of the run.
    pub limits: &'a Limits,
    /// The mistakes found so far.
    pub faults: &'a mut Faults,
}

impl Context<'_> {
    /// Add a mistake.
    pub fn wrong(&mut self, place: Place, found: impl Into<String>, expected: impl Into<String>) {
        self.faults.add(self.input, place, found, expected);
    }
}
