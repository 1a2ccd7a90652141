//! What became of a posting.

use serde::{Deserialize, Serialize};

/// What became of the posting of one enterprise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Posted {
    pub enterprise: u64,
    pub total: String,
    #[serde(flatten)]
    pub fate: Fate,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "fate", rename_all = "kebab-case")]
pub enum Fate {
    /// Sent, and accepted.
    Posted,
    /// Another bill was deleted for it, and it was sent and accepted.
    Replaced { differences: Vec<Difference> },
    /// Abiquo holds this very bill already: nothing was sent.
    AlreadyThere,
    /// The day, or a later one, is recorded already: nothing was sent.
    Recorded,
    /// There is nothing to record.
    Nothing,
    /// Would have been sent.
    DryRun,
    /// Findings hold it, by their codes.
    Held { codes: Vec<String> },
    /// Abiquo holds another bill of this enterprise, provider and period: nothing was sent.
    Different { differences: Vec<Difference> },
    /// The provider is new to Abiquo: nothing was sent.
    NewProvider,
    /// Abiquo calls the enterprise something else than the customers file does: nothing was sent.
    WrongEnterprise { customers_file: String, abiquo: String },
    /// It is unlike the bill of the period before, beyond the configured bounds: nothing was sent.
    OutOfBounds { excesses: Vec<Excess> },
    /// The run was asked to stop before it came to this one.
    Stopped,
    /// Whether it took effect is not known, and could not be looked up.
    Unknown { reason: String },
    /// Refused, or not reached; it did not take effect.
    Failed { reason: String },
}

/// A line in which a posting and what Abiquo holds differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// `missing`, `extra`, `amount`, `currency` or `period`.
    pub kind: String,
    pub category: String,
    pub usage_type: String,
    pub posting: Option<String>,
    pub held: Option<String>,
}

/// A bound that a posting goes beyond.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Excess {
    /// The code that lets it pass.
    pub code: String,
    pub message: String,
    /// The tenant that is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenant_id: Option<String>,
}

impl Fate {
    /// Why this posting is not where it should be, if it is not.
    pub fn trouble(&self) -> Option<Trouble> {
        match self {
            Fate::Posted | Fate::Replaced { .. } | Fate::AlreadyThere | Fate::Recorded | Fate::Nothing | Fate::DryRun => None,
            Fate::Held { .. } | Fate::Different { .. } | Fate::NewProvider => Some(Trouble::Blocked),
            Fate::WrongEnterprise { .. } | Fate::OutOfBounds { .. } => Some(Trouble::Blocked),
            Fate::Unknown { .. } => Some(Trouble::Unknown),
            Fate::Failed { .. } | Fate::Stopped => Some(Trouble::World),
        }
    }
}

/// What keeps a posting from its place, the worst last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trouble {
    Blocked,
    World,
    Unknown,
}
