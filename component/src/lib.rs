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

// In: the run, its job, and the bytes of its inputs.
pub mod about;
pub mod instance;
pub mod job;
pub mod run;

pub mod csv;
pub mod json;
pub mod kind;
pub mod reader;
pub mod report;

// The way of a bill.
pub mod customer;
pub mod usage;

pub mod price;
pub mod rating;

pub mod bill;
pub mod compare;
pub mod estimate;
pub mod explain;
pub mod record;

// Out: answers, findings and faults.
pub mod fault;
pub mod finding;
pub mod outcome;
pub mod template;
pub mod write;

// What all of them share.
pub mod limit;
pub mod money;
pub mod names;
pub mod order;
pub mod period;
pub mod text;
pub mod unit;

// Generated: the canonical ABI passes addresses.
#[allow(unsafe_code)]
#[cfg(all(target_arch = "wasm32", not(feature = "plain")))]
mod guest;
// Its exports have fixed names; nothing else in it is unsafe.
#[allow(unsafe_code)]
#[cfg(all(target_arch = "wasm32", feature = "plain"))]
mod plain;
