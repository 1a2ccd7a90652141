//! skubill: usage reports in, bills out.
pub mod acronis;
pub mod http;
pub mod outcome;
