//! What the component answered, as Rust types: the JSON shape of the billing rules, section 5.
//!
//! Amounts and quantities stay text. The host shows and sends them; it never adds or compares two.

use serde::{Deserialize, Serialize};

/// The period of a bill: one UTC calendar month, first and last day (`YYYY-MM-DD`), inclusive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Period {
    pub start: String,
    pub end: String,
}

/// Bills, postings, accounting and findings of one report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    pub period: Period,
    /// ISO 4217.
    pub currency: String,
    pub total: String,
    pub bills: Vec<Bill>,
    pub postings: Vec<Posting>,
    pub accounting: Accounting,
    pub findings: Vec<Finding>,
}

/// What one tenant is charged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bill {
    pub tenant_id: String,
    pub tenant_name: String,
    pub tenant_kind: String,
    pub customer_id: String,
    pub enterprise: Option<u64>,
    pub total: String,
    pub categories: Vec<Category>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Category {
    pub category: String,
    pub total: String,
    pub usages: Vec<Charge>,
}

/// One SKU on a tenant's bill; `price` is the amount.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Charge {
    pub usage_type: String,
    pub usage_name: String,
    pub quantity: String,
    pub unit: String,
    pub price: String,
    pub rows: Vec<u64>,
}

/// What is to be posted for one enterprise: nothing where `held` names what holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Posting {
    pub enterprise: u64,
    pub total: String,
    pub tenants: Vec<String>,
    pub held: Vec<String>,
    pub categories: Vec<PostingCategory>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PostingCategory {
    pub category: String,
    pub total: String,
    pub usages: Vec<PostingCharge>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PostingCharge {
    pub usage_type: String,
    pub usage_name: String,
    pub price: String,
}

/// What became of each row; the last six add up to the first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accounting {
    pub rows: u64,
    pub billed: u64,
    pub no_sku: u64,
    pub zero_usage: u64,
    pub excluded: u64,
    pub unmapped: u64,
    pub unpriced: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    Error,
    Warning,
    Info,
}

/// Something in a readable report that deserves a look.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    pub code: String,
    pub severity: Severity,
    pub message: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rows: Vec<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enterprise: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// Of `unused-acceptance`: what the job accepts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acceptance: Option<String>,
}

/// An outcome, and the indices of its findings that are errors and not accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Billed {
    pub outcome: Outcome,
    pub unaccepted: Vec<u32>,
}
