//! What is posted, what is said of it, and what is refused before anything is sent.

use jiff::Timestamp;
use skubill_contract::outcome::PostingCategory;

use super::bill::Bill;
use super::date::BillingPeriod;
use super::error::Error;
use super::provider::check_provider_name;
use crate::http::Excerpt;

/// What every line of a posting has in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostingHeader {
    pub provider: String,
    /// When the bill was made; of a register, the day that it is for.
    pub date: Timestamp,
    pub period: BillingPeriod,
    /// ISO 4217.
    pub currency: String,
}

/// A bill without categories.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewBill {
    pub header: PostingHeader,
    /// A decimal, sent digit by digit.
    pub price: String,
}

/// A cost record, a fixed estimate, or both at once, without categories.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRegister {
    pub header: PostingHeader,
    /// The cost, a decimal. Passed over by Abiquo's estimate while a fixed one is in force.
    pub price: Option<String>,
    /// `0`: estimate from the prices of the period. Another number: that is the estimate, until a later
    /// register says otherwise. Abiquo stores it and never gives it back.
    pub estimated: Option<String>,
}

/// What was accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posted {
    /// 200 or 201 (or another success).
    pub status: u16,
    /// The lines that Abiquo says it has stored; none where it says nothing.
    pub bills: Vec<Bill>,
    /// The answer, where it could not be read. It was accepted all the same: read it back.
    pub unread: Option<Excerpt>,
}

/// What a delete found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deleted {
    Done,
    /// The service says that there is nothing of that provider and date.
    NothingThere,
}

/// What Abiquo would refuse (BILL-0, BILL-1), said before anything is sent.
pub(super) fn check(header: &PostingHeader) -> Result<(), Error> {
    check_name(&header.provider)?;
    if header.period.end < header.period.start {
        return Err(Error::Invalid("the billing period ends before it starts".to_owned()));
    }
    if header.currency.len() != 3 {
        return Err(Error::Invalid(format!("`{}` is no currency code", header.currency)));
    }
    Ok(())
}

/// A delete or a list without a provider would be about everybody's, and one whose name is not what is seen of it about
/// somebody else's. Which names are ours is for the caller to say ([`check_provider`](super::check_provider)).
pub(super) fn check_name(provider: &str) -> Result<(), Error> {
    check_provider_name(provider).map_err(|wrong| Error::Invalid(wrong.to_string()))
}

/// BILL-6 and BILL-10, said before anything is sent.
pub(super) fn check_categories(categories: &[PostingCategory]) -> Result<(), Error> {
    let refuse = |what: String| Err(Error::Invalid(what));
    if categories.is_empty() {
        return refuse("a posting needs at least one category".to_owned());
    }
    for group in categories {
        if group.category.is_empty() {
            return refuse("a category has no name".to_owned());
        }
        if group.usages.is_empty() {
            return refuse(format!("category `{}` has no usage type", group.category));
        }
        if group.usages.iter().any(|usage| usage.usage_type.is_empty()) {
            return refuse(format!("a usage type of category `{}` has no name", group.category));
        }
    }
    Ok(())
}
