//! What became of accounts and of their billings.

use std::path::PathBuf;

use super::error::Error;
use super::post::Posted;
use skubill::bill::Answer;
use skubill::outcome::Billed;

/// What became of one account: an error where it came to none of its billings.
pub struct AccountResult<T = BillingResult> {
    pub account: String,
    pub result: Result<Vec<ProviderResult<T>>, Error>,
}

/// One billing of an account: what it came to, and what ended it early. Both may be there: what happened before an
/// error is told, too.
pub struct ProviderResult<T = BillingResult> {
    /// The provider in Abiquo.
    pub provider: String,
    pub result: Option<T>,
    pub error: Option<Error>,
}

impl<T> ProviderResult<T> {
    /// The error, where there is one; else what it came to.
    pub fn into_result(self) -> Result<T, Error> {
        match (self.error, self.result) {
            (None, Some(result)) => Ok(result),
            (error, _) => Err(error.unwrap_or(Error::Stopped)),
        }
    }

    pub(super) fn failed(provider: &str, error: Error) -> Self {
        ProviderResult { provider: provider.to_string(), result: None, error: Some(error) }
    }
}

/// What became of one billing of an account.
pub struct BillingResult {
    pub answer: Answer,
    pub billed: Billed,
    pub postings: Vec<Posted>,
    /// Abiquo does not list the provider, and that was not accepted: nothing was posted.
    pub new_provider: bool,
    /// Where the evidence of this run is.
    pub evidence: PathBuf,
}
