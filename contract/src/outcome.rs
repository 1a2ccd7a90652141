//! The answer of `bill`: bills, postings, accounting and findings.

use serde::{Deserialize, Serialize};

use crate::Word;
#[cfg(feature = "schema")]
use crate::form;
pub use crate::word::Severity;

/// The first and the last day of a billing period: one UTC calendar month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Period {
    /// The first day, `YYYY-MM-DD`, UTC.
    #[cfg_attr(feature = "schema", schemars(with = "form::IsoDate"))]
    pub start: String,
    /// The last day, inclusive.
    #[cfg_attr(feature = "schema", schemars(with = "form::IsoDate"))]
    pub end: String,
}

/// Bills, postings, accounting and findings of one report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Outcome<A = String> {
    /// The billing period.
    pub period: Period,
    /// The price book's currency, ISO 4217.
    #[cfg_attr(feature = "schema", schemars(with = "form::Currency"))]
    pub currency: String,
    /// The sum of all bills' totals, in `currency`.
    pub total: A,
    /// A bill for each tenant that has a line, by tenant in byte order.
    pub bills: Vec<Bill<A>>,
    /// A posting for each enterprise that has a line, ascending; empty without a customers file.
    pub postings: Vec<Posting<A>>,
    /// How many rows have each outcome.
    pub accounting: Accounting,
    /// What deserves a look: by severity, code, tenant, SKU, first row, enterprise, column, acceptance.
    pub findings: Vec<Finding>,
}

/// What one tenant is charged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Bill<A = String> {
    /// The tenant's id.
    pub tenant_id: String,
    /// The tenant's name by its latest rows; empty where they have none.
    pub tenant_name: String,
    /// The tenant's kind by its latest rows; empty where they have none.
    pub tenant_kind: String,
    /// The tenant's customer id by its latest rows; empty where they have none.
    pub customer_id: String,
    /// The tenant's enterprise; none without a customers file.
    #[cfg_attr(feature = "schema", schemars(with = "Option<form::EnterpriseId>"))]
    pub enterprise: Option<u64>,
    /// The sum of the categories' totals.
    pub total: A,
    /// The lines, by category in byte order.
    pub categories: Vec<Category<A>>,
}

/// A category of a bill.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Category<A = String> {
    /// The category's name: the price's, or without one the application's.
    pub category: String,
    /// The sum of its lines' amounts.
    pub total: A,
    /// Its lines, by SKU in byte order.
    pub usages: Vec<Charge<A>>,
}

/// One SKU on a tenant's bill.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Charge<A = String> {
    /// The SKU.
    pub usage_type: String,
    /// The price's name.
    pub usage_name: String,
    /// The quantity in `unit`, before included units, with 6 places or as many as keep it on its side of a bound; the amount
    /// is computed from the exact quantity.
    #[cfg_attr(feature = "schema", schemars(with = "form::Decimal"))]
    pub quantity: String,
    /// The price's unit; of a price without one the smallest that fits the rows.
    #[cfg_attr(feature = "schema", schemars(with = "crate::word::Unit"))]
    pub unit: Word,
    /// The amount of the line, not the price of one unit: rounded once, in the outcome's currency.
    pub price: A,
    /// The report's rows in this line, from 1 without the header, ascending.
    #[cfg_attr(feature = "schema", schemars(with = "Vec<form::RowNumber>"))]
    pub rows: Vec<u32>,
}

/// What is to be posted for one enterprise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Posting<A = String> {
    /// The dashboard's id of the enterprise.
    #[cfg_attr(feature = "schema", schemars(with = "form::EnterpriseId"))]
    pub enterprise: u64,
    /// The sum of the categories' totals.
    pub total: A,
    /// The tenants whose lines are added up, in byte order.
    pub tenants: Vec<String>,
    /// The codes of unaccepted errors that hold the posting, in byte order. Empty: it may be posted.
    #[cfg_attr(feature = "schema", schemars(with = "Vec<form::FindingCode>"))]
    pub held: Vec<Word>,
    /// The lines, by category in byte order.
    pub categories: Vec<PostingCategory<A>>,
}

/// A category of a posting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PostingCategory<A = String> {
    /// The category's name.
    pub category: String,
    /// The sum of its lines' amounts.
    pub total: A,
    /// Its lines, by SKU in byte order.
    pub usages: Vec<PostingCharge<A>>,
}

/// A line of a posting: the lines of an enterprise's tenants for one SKU, added up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PostingCharge<A = String> {
    /// The SKU.
    pub usage_type: String,
    /// What the dashboard shows: the job's `usage_name`, filled in.
    pub usage_name: String,
    /// The sum of the tenants' amounts.
    pub price: A,
}

/// How many rows of the report have each outcome. The last six add up to the first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Accounting {
    /// All data records of the report.
    pub rows: u64,
    /// Rows on bills.
    pub billed: u64,
    /// Rows without SKU.
    pub no_sku: u64,
    /// Rows whose measure is 0.
    pub zero_usage: u64,
    /// Rows of tenants that are not to be billed.
    pub excluded: u64,
    /// Rows of tenants that the customers file does not have.
    pub unmapped: u64,
    /// Rows without a price that applies or a unit that fits.
    pub unpriced: u64,
}

/// Something in a readable input that deserves a look.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Finding {
    /// A stable code, such as `unpriced-sku`.
    #[cfg_attr(feature = "schema", schemars(with = "form::FindingCode"))]
    pub code: Word,
    /// How grave it is.
    pub severity: Severity,
    /// What was found, for people; its wording may change.
    pub message: String,
    /// The row numbers that it is about, ascending; absent where it is about none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schemars(with = "Vec<form::RowNumber>"))]
    pub rows: Vec<u32>,
    /// The SKU that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub sku: Option<String>,
    /// The tenant that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub tenant_id: Option<String>,
    /// The enterprise that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "form::EnterpriseId"))]
    pub enterprise: Option<u64>,
    /// The column, or the dotted path of a JSON key, that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub column: Option<String>,
    /// Of `unused-acceptance`: `CODE` or `CODE:SUBJECT`, as the job accepts it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub acceptance: Option<String>,
}

/// The answer of `bill`: an outcome and its unaccepted errors.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Billed<A = String> {
    /// Bills, postings, accounting and findings.
    pub outcome: Outcome<A>,
    /// Indices of `outcome.findings`, ascending: the errors that the job does not accept.
    pub unaccepted: Vec<u32>,
}
