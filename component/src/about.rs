//! What this component is.

pub use skubill_contract::answer::Description;

use crate::limit::Limits;
use crate::write;

/// The contract's package and version.
pub const CONTRACT: &str = "skubill:billing@0.1.0";

/// Describe the component.
pub fn describe() -> Description {
    Description { name: "skubill".into(), version: env!("CARGO_PKG_VERSION").into(), contract: CONTRACT.into(), limits: Limits::default() }
}

/// The description as JSON.
pub fn json() -> String {
    write::json(&describe(), u64::MAX).unwrap_or_default()
}
