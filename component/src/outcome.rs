//! The answers of runs, in the shape of their JSON.

use serde::Serialize;

use crate::finding::Finding;
use crate::money::Amount;
use crate::period::{Date, Month};

/// The first and the last day of a billing period, UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Period {
    /// The first day.
    pub start: Date,
    /// The last day, inclusive.
    pub end: Date,
}

impl From<Month> for Period {
    fn from(month: Month) -> Self {
        Period { start: month.first(), end: month.last() }
    }
}

/// How many rows have each outcome; the last six counts add up to `rows`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
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

/// A line of a tenant's bill.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Charge {
    /// The SKU.
    pub usage_type: String,
    /// The price's name.
    pub usage_name: String,
    /// The quantity as it is shown, a decimal in `unit`; the amount is computed from the exact one.
    pub quantity: String,
    /// The unit of the price.
    pub unit: &'static str,
    /// The amount of the line, rounded once, in the outcome's currency.
    pub price: Amount,
    /// The rows that the line is made of, ascending.
    pub rows: Vec<u32>,
}

/// A category of a bill (with [`Charge`]) or of a posting (with [`PostingCharge`]).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Category<C> {
    /// The category's name.
    pub category: String,
    /// The sum of its lines' rounded amounts.
    pub total: Amount,
    /// Its lines, by SKU.
    pub usages: Vec<C>,
}

/// What one tenant pays for a period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Bill {
    /// The tenant's id.
    pub tenant_id: String,
    /// The tenant's name by its latest rows; empty where they have none.
    pub tenant_name: String,
    /// The tenant's kind by its latest rows; empty where they have none.
    pub tenant_kind: String,
    /// The tenant's customer id by its latest rows; empty where they have none.
    pub customer_id: String,
    /// The tenant's enterprise; none without a customers file.
    pub enterprise: Option<u64>,
    /// The sum of the categories' totals.
    pub total: Amount,
    /// The lines, by category in byte order.
    pub categories: Vec<Category<Charge>>,
}

/// A line of a posting: the lines of an enterprise's tenants for one SKU, added up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PostingCharge {
    /// The SKU.
    pub usage_type: String,
    /// What the dashboard shows for it, by the job's template.
    pub usage_name: String,
    /// The sum of the tenants' rounded amounts.
    pub price: Amount,
}

/// What is posted for one enterprise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Posting {
    /// The dashboard's id of the enterprise.
    pub enterprise: u64,
    /// The sum of the categories' totals.
    pub total: Amount,
    /// The tenants whose lines are added up, in byte order.
    pub tenants: Vec<String>,
    /// The codes of unaccepted errors that hold the posting, in byte order; empty where it may be posted.
    pub held: Vec<&'static str>,
    /// The lines, by category in byte order.
    pub categories: Vec<Category<PostingCharge>>,
}

/// What a report is billed to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Outcome {
    /// The billing period.
    pub period: Period,
    /// The price book's currency, ISO 4217.
    pub currency: String,
    /// The sum of all bills' totals.
    pub total: Amount,
    /// A bill for each tenant that has a line, by tenant in byte order.
    pub bills: Vec<Bill>,
    /// A posting for each enterprise that has a line, ascending; empty without a customers file.
    pub postings: Vec<Posting>,
    /// How many rows have each outcome.
    pub accounting: Accounting,
    /// What deserves a look, by severity and code.
    pub findings: Vec<Finding>,
}

/// An outcome and its unaccepted errors.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Billed {
    /// The bills and postings.
    pub outcome: Outcome,
    /// The places of unaccepted errors in the findings, ascending.
    pub unaccepted: Vec<u32>,
}

/// What one tenant used of one SKU in one unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TenantUsage {
    /// The tenant's id.
    pub tenant_id: String,
    /// The tenant's name by its latest rows; empty where they have none.
    pub tenant_name: String,
    /// The tenant's kind by its latest rows; empty where they have none.
    pub tenant_kind: String,
    /// The tenant's customer id by its latest rows; empty where they have none.
    pub customer_id: String,
    /// The tenant's enterprise; none without a customers file.
    pub enterprise: Option<u64>,
    /// The SKU.
    pub sku: String,
    /// The report's `measurement_unit`.
    pub unit: String,
    /// The exact sum in `unit`: a decimal, or a fraction where it has no end.
    pub quantity: String,
    /// The smallest application name of the rows, else the smallest application id.
    pub application: String,
    /// The rows that are summed, ascending.
    pub rows: Vec<u32>,
}

/// Usage without prices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UsageOutcome {
    /// The period of the usage.
    pub period: Period,
    /// Usage by tenant, SKU and unit in byte order.
    pub usages: Vec<TenantUsage>,
    /// How many rows have each outcome.
    pub accounting: Accounting,
    /// What deserves a look, by severity and code.
    pub findings: Vec<Finding>,
}
