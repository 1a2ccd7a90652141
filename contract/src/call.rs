//! What a component can be asked, and what it is given.

use serde::{Deserialize, Serialize};

/// A call; each has a job and an answer of its own, in JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Call {
    Bill,
    Usage,
    Record,
    Explain,
    Check,
    Customers,
    Estimate,
    Compare,
    Describe,
}

/// An input of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Input {
    Report,
    Prices,
    Customers,
    Costs,
}

impl Input {
    /// The name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Input::Report => "report",
            Input::Prices => "prices",
            Input::Customers => "customers",
            Input::Costs => "costs",
        }
    }
}
