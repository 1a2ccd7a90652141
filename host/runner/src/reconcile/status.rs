//! What became of a posting.

use serde::Serialize;
use skubill::Word;
use skubill::answer::{Difference, Excess};

use super::error::Error;

/// What became of the posting of one enterprise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "fate", rename_all = "kebab-case")]
pub enum PostingStatus {
    /// Sent, and Abiquo was seen to hold it.
    Posted,
    /// Another bill was deleted for it; it was sent, and Abiquo was seen to hold it.
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
    Held { codes: Vec<Word> },
    /// Abiquo holds another bill of this enterprise, provider and period: nothing was sent.
    Different { differences: Vec<Difference> },
    /// The provider is new to Abiquo: nothing was sent.
    NewProvider,
    /// Abiquo calls the enterprise something else than the customers file does: nothing was sent.
    WrongEnterprise { customers_file: String, abiquo: String },
    /// It is unlike the bill of the month before, beyond what is allowed: nothing was sent.
    OutOfBounds { excesses: Vec<Excess> },
    /// The journal has it as posted, and Abiquo does not show it: nothing was sent. `periods` are those that are missing.
    MissingInAbiquo { periods: Vec<String> },
    /// The run was asked to stop before it came to this one.
    Stopped,
    /// Abiquo has refused an earlier one for a reason that holds for all: nothing was sent.
    NotTried { reason: String },
    /// Whether it took effect, or what stands in its place, is not known: it could not be looked up, or may yet take
    /// effect.
    Unknown { reason: String },
    /// Abiquo has accepted it, and was not seen to hold it: by a look-up, or, where `looked_up` is false, for lack of one.
    NotConfirmed { reason: String, looked_up: bool, differences: Vec<Difference> },
    /// Refused, or not reached; it did not take effect.
    Failed { reason: String },
}

impl PostingStatus {
    /// Why this posting is not where it should be, if it is not.
    pub fn failure(&self) -> Option<FailureClass> {
        use PostingStatus as S;
        match self {
            S::Posted | S::Replaced { .. } | S::AlreadyThere | S::Recorded | S::Nothing | S::DryRun => None,
            S::Held { .. } | S::Different { .. } | S::NewProvider | S::WrongEnterprise { .. } => Some(FailureClass::Blocked),
            S::OutOfBounds { .. } | S::MissingInAbiquo { .. } => Some(FailureClass::Blocked),
            S::Failed { .. } | S::Stopped | S::NotTried { .. } | S::NotConfirmed { looked_up: true, .. } => Some(FailureClass::External),
            S::Unknown { .. } | S::NotConfirmed { looked_up: false, .. } => Some(FailureClass::Unknown),
        }
    }

    /// What an earlier run sent is not known, nor can it be looked up.
    pub(super) fn never_answered(lost: &Error) -> PostingStatus {
        PostingStatus::Unknown { reason: format!("what an earlier run sent was never answered; looking it up failed: {lost}") }
    }

    /// Whether a bill stands there is not known.
    pub(super) fn unproven(lost: &skubill_services::abiquo::Error) -> PostingStatus {
        PostingStatus::Unknown { reason: format!("nothing was sent, for whether it stands there already is not known: {lost}") }
    }
}

/// What keeps a posting from its place, the worst last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FailureClass {
    /// A guard: somebody has to look.
    Blocked,
    /// A service, the network, a file.
    External,
    Unknown,
}
