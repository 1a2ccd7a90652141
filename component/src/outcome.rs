//! What a run answers, in the shape of its JSON.

use serde::Serialize;

use crate::finding::Finding;
use crate::money::Amount;
use crate::period::{Date, Month};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Period {
    pub start: Date,
    pub end: Date,
}

impl From<Month> for Period {
    fn from(month: Month) -> Self {
        Period { start: month.first(), end: month.last() }
    }
}

/// What became of each row; the last six add up to the first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Accounting {
    pub rows: u64,
    pub billed: u64,
    pub no_sku: u64,
    pub zero_usage: u64,
    pub excluded: u64,
    pub unmapped: u64,
    pub unpriced: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Charge {
    pub usage_type: String,
    pub usage_name: String,
    pub quantity: String,
    pub unit: &'static str,
    pub price: Amount,
    pub rows: Vec<u32>,
}

/// A category of a bill (with [`Charge`]) or of a posting (with [`PostingCharge`]).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Category<C> {
    pub category: String,
    pub total: Amount,
    pub usages: Vec<C>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Bill {
    pub tenant_id: String,
    pub tenant_name: String,
    pub tenant_kind: String,
    pub customer_id: String,
    pub enterprise: Option<u64>,
    pub total: Amount,
    pub categories: Vec<Category<Charge>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PostingCharge {
    pub usage_type: String,
    pub usage_name: String,
    pub price: Amount,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Posting {
    pub enterprise: u64,
    pub total: Amount,
    pub tenants: Vec<String>,
    pub held: Vec<&'static str>,
    pub categories: Vec<Category<PostingCharge>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Outcome {
    pub period: Period,
    pub currency: String,
    pub total: Amount,
    pub bills: Vec<Bill>,
    pub postings: Vec<Posting>,
    pub accounting: Accounting,
    pub findings: Vec<Finding>,
}

/// An outcome, and which of its findings are errors that nobody accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Billed {
    pub outcome: Outcome,
    pub unaccepted: Vec<u32>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TenantUsage {
    pub tenant_id: String,
    pub tenant_name: String,
    pub tenant_kind: String,
    pub customer_id: String,
    pub enterprise: Option<u64>,
    pub sku: String,
    /// The report's `measurement_unit`.
    pub unit: String,
    pub quantity: String,
    pub application: String,
    pub rows: Vec<u32>,
}

/// Usage without prices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UsageOutcome {
    pub period: Period,
    pub usages: Vec<TenantUsage>,
    pub accounting: Accounting,
    pub findings: Vec<Finding>,
}
