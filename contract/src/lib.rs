//! What goes into skubill's component as JSON, and what comes out of it: shapes alone, without logic.

#![forbid(unsafe_code)]

pub mod call;
pub mod outcome;
pub mod refusal;
