//! Why a component gives no answer.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::call::Input;

/// One thing that makes an input unreadable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    pub input: Input,
    pub row: Option<u64>,
    pub column: Option<String>,
    pub found: String,
    pub expected: String,
}

/// Why the component gave no answer. Nothing was billed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Refusal {
    /// Inputs that cannot be read or that break a limit: the first faults, and how many there were.
    Faults { faults: Vec<Fault>, fault_count: u64 },
    /// A job that makes no sense.
    Job { job: String },
    /// Calls out of order.
    Order { order: String },
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::Faults { faults, fault_count } => {
                for fault in faults {
                    writeln!(f, "{fault}")?;
                }
                let more = fault_count - faults.len() as u64;
                let rest = if more > 0 { format!(", {more} of them not listed") } else { String::new() };
                write!(f, "{fault_count} fault{}{rest}", if *fault_count == 1 { "" } else { "s" })
            }
            Refusal::Job { job } => f.write_str(job),
            Refusal::Order { order } => f.write_str(order),
        }
    }
}

impl fmt::Display for Fault {
    /// `report, row 1842, usage.effective.production: found 1,5; expected a decimal such as 1.5`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.input.name())?;
        if let Some(row) = self.row {
            write!(f, ", row {row}")?;
        }
        if let Some(column) = &self.column {
            write!(f, ", {column}")?;
        }
        write!(f, ": found {}; expected {}", self.found, self.expected)
    }
}
