//! What all readers of one input share.

use crate::fault::{Faults, Input, Place};
use crate::limit::Limits;

/// What all objects of one input share.
pub struct Context<'a> {
    pub input: Input,
    pub limits: &'a Limits,
    pub faults: &'a mut Faults,
}

impl Context<'_> {
    pub fn wrong(&mut self, place: Place, found: impl Into<String>, expected: impl Into<String>) {
        self.faults.add(self.input, place, found, expected);
    }
}
