//! skubill: usage reports in, bills out.
pub mod abiquo;
pub mod acronis;
pub mod bill;
pub mod config;
pub mod http;
pub mod month;
pub mod outcome;
pub mod progress;
pub mod sandbox;
pub mod simulator;
