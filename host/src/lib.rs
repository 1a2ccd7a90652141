//! skubill: usage reports in, bills out.
pub mod http;
pub mod outcome;
