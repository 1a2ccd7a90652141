//! The outcome as a ledger for a person, and as CSV for a spreadsheet.

use skubill::outcome::{Billed, Outcome};

use crate::fail::Fail;

pub fn ledger(billed: &Billed) -> String {
    format!("{:#?}\n", billed.outcome.accounting)
}

pub fn csv(outcome: &Outcome) -> Result<String, Fail> {
    Ok(outcome.total.clone())
}
