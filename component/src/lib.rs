//! The pure part of skubill: usage report bytes in, bills out.
//!
//! ```text
//!  bytes ──► report/unpack ──► text ──► report/csv  ┐
//!                                       report/json ┴─► report/row ──► rows | faults
//!  rows ───► usage     filter, sum per tenant and SKU ──► usage + accounting
//!  usage ──► price     price book, models             ──► exact amounts
//!            money     the one rounding               ──► lines
//!  lines ──► bill      by category, by enterprise     ──► outcome + findings
//! ```
//!
//! No float, clock, environment, file or network; bad input is a [`fault`], never a panic. The
//! page for clerks and auditors is `README.md` beside this crate.

#![deny(missing_docs)]

pub mod about;
pub mod bill;
pub mod compare;
pub mod csv;
pub mod customer;
pub mod estimate;
pub mod explain;
pub mod fault;
pub mod finding;
pub mod instance;
pub mod job;
pub mod json;
pub mod kind;
pub mod limit;
pub mod money;
pub mod names;
pub mod order;
pub mod outcome;
pub mod period;
pub mod price;
pub mod rating;
pub mod reader;
pub mod record;
pub mod report;
pub mod run;
pub mod template;
pub mod text;
pub mod unit;
pub mod usage;
pub mod write;

// Generated: the canonical ABI passes addresses.
#[allow(unsafe_code)]
#[cfg(all(target_arch = "wasm32", not(feature = "plain")))]
mod guest;
// Its exports have names that a host knows, and nothing else of it is unsafe.
#[allow(unsafe_code)]
#[cfg(all(target_arch = "wasm32", feature = "plain"))]
mod plain;
