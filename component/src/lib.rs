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

pub mod limit;
pub mod fault;
pub mod text;
pub mod names;
pub mod order;
pub mod period;
pub mod csv;
pub mod json;
pub mod money;
pub mod unit;
pub mod report;
pub mod usage;
pub mod form;
pub mod customer;
pub mod price;
pub mod finding;
pub mod job;
pub mod rating;
pub mod bill;
pub mod outcome;
pub mod estimate;
pub mod record;
pub mod compare;
pub mod run;
pub mod write;

#[cfg(target_arch = "wasm32")]
mod guest;
