//! skubill: usage reports in, bills out.
pub mod abiquo;
pub mod acronis;
pub mod bill;
pub mod http;
pub mod outcome;
pub mod sandbox;
pub mod simulator;
