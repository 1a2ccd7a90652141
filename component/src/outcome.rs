//! The answers of runs: the contract's types, with exact amounts.

use skubill_contract::outcome;

use crate::money::Amount;
use crate::period::Month;

pub use outcome::{Accounting, Period};
pub use skubill_contract::usage::{TenantUsage, UsageOutcome};

/// The answer of `bill`.
pub type Billed = outcome::Billed<Amount>;
/// Bills, postings, accounting and findings of one report.
pub type Outcome = outcome::Outcome<Amount>;
/// What one tenant is charged.
pub type Bill = outcome::Bill<Amount>;
/// A category of a bill.
pub type Category = outcome::Category<Amount>;
/// One SKU on a tenant's bill.
pub type Charge = outcome::Charge<Amount>;
/// What is to be posted for one enterprise.
pub type Posting = outcome::Posting<Amount>;
/// A category of a posting.
pub type PostingCategory = outcome::PostingCategory<Amount>;
/// A line of a posting.
pub type PostingCharge = outcome::PostingCharge<Amount>;

impl From<Month> for Period {
    fn from(month: Month) -> Self {
        Period { start: month.first().to_string(), end: month.last().to_string() }
    }
}
