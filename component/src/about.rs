//! What this component is.

use serde::Serialize;

use crate::limit::Limits;
use crate::write;

/// The contract's package and version.
pub const CONTRACT: &str = "skubill:billing@0.1.0";

/// What the component says of itself: the answer of `describe`.
#[derive(Serialize)]
pub struct Description {
    /// Always `skubill`.
    pub name: &'static str,
    /// The version of this crate.
    pub version: &'static str,
    /// The contract's package and version.
    pub contract: &'static str,
    /// The limits that a job without any has.
    pub limits: Limits,
}

/// Describe the component.
pub fn describe() -> Description {
    Description { name: "skubill", version: env!("CARGO_PKG_VERSION"), contract: CONTRACT, limits: Limits::default() }
}

/// The description as JSON.
pub fn json() -> String {
    write::json(&describe(), u64::MAX).unwrap_or_default()
}
