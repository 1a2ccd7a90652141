//! skubill: usage reports in, bills out.
pub mod outcome;
pub mod simulator;
