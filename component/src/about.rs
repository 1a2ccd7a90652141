//! What this component is.

use serde::Serialize;

use crate::limit::Limits;
use crate::write;

/// The contract's package and version.
pub const CONTRACT: &str = "skubill:billing@0.1.0";

#[derive(Serialize)]
pub struct Description {
    pub name: &'static str,
    pub version: &'static str,
    pub contract: &'static str,
    pub limits: Limits,
}

pub fn describe() -> Description {
    Description { name: "skubill", version: env!("CARGO_PKG_VERSION"), contract: CONTRACT, limits: Limits::default() }
}

pub fn json() -> String {
    write::json(&describe(), u64::MAX).unwrap_or_default()
}
