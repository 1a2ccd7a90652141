//! Findings: problems of a report that can be read.

use serde::Serialize;

use crate::fault::shown;
use crate::order::{distinct, sort_by};

/// Usage without a price: one per SKU.
pub const UNPRICED_SKU: &str = "unpriced-sku";
/// Rows whose unit does not fit the price's: one per SKU.
pub const UNIT_MISMATCH: &str = "unit-mismatch";
/// Usage of a tenant that the customers file does not have: one per tenant.
pub const UNMAPPED_TENANT: &str = "unmapped-tenant";
/// Rows that are equal in all identifying columns: one per group.
pub const DUPLICATE_ROW: &str = "duplicate-row";
/// More than one date: a daily report summed as a monthly one.
pub const SEVERAL_DATES: &str = "several-dates";
/// No row has a SKU.
pub const NO_SKU_COLUMN: &str = "no-sku-column";
/// Rows without SKU of an offering item that has one elsewhere: one per tenant.
pub const SKU_MISSING: &str = "sku-missing";
/// No row has a SKU and usage.
pub const NOTHING_BILLABLE: &str = "nothing-billable";
/// No date of the report is in the period.
pub const STALE_REPORT: &str = "stale-report";
/// Usage written with an exponent in a CSV report: one per tenant and SKU.
pub const ROUNDED_USAGE: &str = "rounded-usage";
/// Rows of a kind that the job's measure does not fit: one per SKU.
pub const MEASURE_UNFIT: &str = "measure-unfit";
/// The report's own period is another.
pub const PERIOD_DIFFERS: &str = "period-differs";
/// A posting below zero: one per enterprise.
pub const NEGATIVE_BILL: &str = "negative-bill";
/// Tenants are billed beside tenants that they contain.
pub const PARTNER_AND_DESCENDANT: &str = "partner-and-descendant";
/// Rows whose date is outside the period.
pub const DATE_OUTSIDE_PERIOD: &str = "date-outside-period";
/// A sum below zero: one per tenant and SKU.
pub const NEGATIVE_USAGE: &str = "negative-usage";
/// The period was taken from the report.
pub const PERIOD_ASSUMED: &str = "period-assumed";
/// A tenant of a price or an exclusion that no row has: one per reference.
pub const UNMATCHED_REFERENCE: &str = "unmatched-reference";
/// A price that is not in force on each day of the period: one per SKU and tenant.
pub const PRICE_WITHIN_PERIOD: &str = "price-within-period";
/// An accepted code that no other finding has: one per acceptance.
pub const UNUSED_ACCEPTANCE: &str = "unused-acceptance";
/// Rows that also carry trial usage: one per tenant and SKU.
pub const TRIAL_USAGE: &str = "trial-usage";
/// Effective production differs from the other measure of the row's kind: one per tenant and SKU.
pub const MEASURES_DIFFER: &str = "measures-differ";
/// A column that this version does not know: one per column.
pub const UNKNOWN_COLUMN: &str = "unknown-column";
/// Of day costs only.
pub const MIXED_RANGE: &str = "mixed-range";
/// Of day costs only.
pub const PREVIOUS_PERIOD_OPEN: &str = "previous-period-open";

/// Of day costs only.
pub const FOREIGN_REGISTER: &str = "foreign-register";

/// Every code there is.
pub const CODES: [&str; 26] = [
    UNPRICED_SKU,
    UNIT_MISMATCH,
    UNMAPPED_TENANT,
    DUPLICATE_ROW,
    SEVERAL_DATES,
    NO_SKU_COLUMN,
    SKU_MISSING,
    NOTHING_BILLABLE,
    STALE_REPORT,
    ROUNDED_USAGE,
    MEASURE_UNFIT,
    PERIOD_DIFFERS,
    NEGATIVE_BILL,
    PARTNER_AND_DESCENDANT,
    DATE_OUTSIDE_PERIOD,
    NEGATIVE_USAGE,
    PERIOD_ASSUMED,
    UNMATCHED_REFERENCE,
    PRICE_WITHIN_PERIOD,
    UNUSED_ACCEPTANCE,
    TRIAL_USAGE,
    MEASURES_DIFFER,
    UNKNOWN_COLUMN,
    MIXED_RANGE,
    PREVIOUS_PERIOD_OPEN,
    FOREIGN_REGISTER,
];

/// How grave a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// It holds the postings that it touches, unless it is accepted.
    Error,
    /// It deserves a look.
    Warning,
    /// It is good to know.
    Info,
}

/// The postings that an error finding holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Touches {
    /// None.
    #[default]
    None,
    /// Ascending.
    Enterprises(Vec<u64>),
    /// The postings of all enterprises.
    All,
}

/// A finding, with its JSON shape.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// One of [`CODES`].
    pub code: &'static str,
    /// How grave it is.
    pub severity: Severity,
    /// What was found, for a person.
    pub message: String,
    /// The row numbers that it is about, ascending; empty where it is about none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rows: Vec<u32>,
    /// The SKU that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sku: Option<String>,
    /// The tenant that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenant_id: Option<String>,
    /// The enterprise that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enterprise: Option<u64>,
    /// The column that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// `CODE` or `CODE:SUBJECT`, as the job accepts it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acceptance: Option<String>,
    /// The postings that it holds, if it is an error.
    #[serde(skip)]
    pub touches: Touches,
}

impl Finding {
    /// A finding about nothing in particular, which touches no posting.
    pub fn new(code: &'static str, severity: Severity, message: impl Into<String>) -> Self {
        Finding {
            code,
            severity,
            message: message.into(),
            rows: Vec::new(),
            sku: None,
            tenant_id: None,
            enterprise: None,
            column: None,
            acceptance: None,
            touches: Touches::None,
        }
    }

    /// An error about the whole report: it holds every posting.
    pub fn report_wide(code: &'static str, message: impl Into<String>) -> Self {
        Finding { touches: Touches::All, ..Finding::new(code, Severity::Error, message) }
    }

    /// The same about these rows.
    pub fn rows(mut self, rows: Vec<u32>) -> Self {
        self.rows = rows;
        self
    }

    /// The same about a SKU.
    pub fn sku(mut self, sku: &str) -> Self {
        self.sku = Some(sku.into());
        self
    }

    /// The same about a tenant.
    pub fn tenant(mut self, tenant_id: &str) -> Self {
        self.tenant_id = Some(tenant_id.into());
        self
    }

    /// The same, touching the postings of these enterprises.
    pub fn touching(mut self, enterprises: impl IntoIterator<Item = u64>) -> Self {
        self.touches = Touches::Enterprises(distinct(enterprises));
        self
    }

    /// A column that this version does not know.
    pub fn unknown_column(column: &str) -> Self {
        let message = format!("the column {} is not known to this version and was not read", shown(column));
        Finding { column: Some(column.into()), ..Finding::new(UNKNOWN_COLUMN, Severity::Info, message) }
    }

    /// Whether it touches the posting of an enterprise.
    pub fn holds(&self, enterprise: u64) -> bool {
        match &self.touches {
            Touches::None => false,
            Touches::All => true,
            Touches::Enterprises(enterprises) => enterprises.binary_search(&enterprise).is_ok(),
        }
    }
}

/// By severity, code, tenant, SKU, first row, enterprise, column, acceptance.
#[allow(clippy::ptr_arg, reason = "called with the list that is being made")]
pub fn sort(findings: &mut Vec<Finding>) {
    fn key(f: &Finding) -> impl Ord + '_ {
        (f.severity, f.code, &f.tenant_id, &f.sku, f.rows.first(), f.enterprise, &f.column, &f.acceptance)
    }
    sort_by(findings, |a, b| key(a).cmp(&key(b)));
}
