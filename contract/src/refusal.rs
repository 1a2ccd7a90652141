//! Why there is no answer.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::call::Input;

/// One thing that makes an input unreadable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Fault {
    /// The input that cannot be read.
    pub input: Input,
    /// The data record, from 1 without the header; none where the fault has no row.
    pub row: Option<u64>,
    /// A column, a key, or a path such as `prices[3].tiers[0].up_to`.
    pub column: Option<String>,
    /// What stands there, shortened.
    pub found: String,
    /// What should stand there.
    pub expected: String,
}

/// Why there is no answer. Nothing was billed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum Refusal {
    /// Inputs that cannot be read or that break a limit.
    Faults {
        /// The first faults: the report's, then the price book's, then the customers file's, each in the order of reading.
        faults: Vec<Fault>,
        /// How many there are, listed or not.
        fault_count: u64,
    },
    /// A job that makes no sense.
    Job {
        /// What is wrong with it.
        job: String,
    },
    /// Calls out of order.
    Order {
        /// What was called, and what may be called.
        order: String,
    },
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
