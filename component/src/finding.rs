//! What deserves a look in a report that can be read.

use serde::Serialize;

use crate::fault::shown;
use crate::order::{distinct, sort_by};

pub const UNPRICED_SKU: &str = "unpriced-sku";
pub const UNIT_MISMATCH: &str = "unit-mismatch";
pub const UNMAPPED_TENANT: &str = "unmapped-tenant";
pub const DUPLICATE_ROW: &str = "duplicate-row";
pub const SEVERAL_DATES: &str = "several-dates";
pub const NO_SKU_COLUMN: &str = "no-sku-column";
pub const SKU_MISSING: &str = "sku-missing";
pub const NOTHING_BILLABLE: &str = "nothing-billable";
pub const STALE_REPORT: &str = "stale-report";
pub const ROUNDED_USAGE: &str = "rounded-usage";
pub const MEASURE_UNFIT: &str = "measure-unfit";
pub const PERIOD_DIFFERS: &str = "period-differs";
pub const NEGATIVE_BILL: &str = "negative-bill";
pub const PARTNER_AND_DESCENDANT: &str = "partner-and-descendant";
pub const DATE_OUTSIDE_PERIOD: &str = "date-outside-period";
pub const NEGATIVE_USAGE: &str = "negative-usage";
pub const PERIOD_ASSUMED: &str = "period-assumed";
pub const UNMATCHED_REFERENCE: &str = "unmatched-reference";
pub const PRICE_WITHIN_PERIOD: &str = "price-within-period";
pub const UNUSED_ACCEPTANCE: &str = "unused-acceptance";
pub const TRIAL_USAGE: &str = "trial-usage";
pub const MEASURES_DIFFER: &str = "measures-differ";
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

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    Error,
    Warning,
    Info,
}

/// Whose postings an error finding holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Touches {
    #[default]
    None,
    /// Ascending.
    Enterprises(Vec<u64>),
    All,
}

/// A finding, with its JSON shape.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    pub code: &'static str,
    pub severity: Severity,
    pub message: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rows: Vec<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sku: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenant_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enterprise: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// `CODE` or `CODE:SUBJECT`, as the job accepts it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acceptance: Option<String>,
    #[serde(skip)]
    pub touches: Touches,
}

impl Finding {
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

    pub fn rows(mut self, rows: Vec<u32>) -> Self {
        self.rows = rows;
        self
    }

    pub fn sku(mut self, sku: &str) -> Self {
        self.sku = Some(sku.into());
        self
    }

    pub fn tenant(mut self, tenant_id: &str) -> Self {
        self.tenant_id = Some(tenant_id.into());
        self
    }

    pub fn touching(mut self, enterprises: impl IntoIterator<Item = u64>) -> Self {
        self.touches = Touches::Enterprises(distinct(enterprises));
        self
    }

    pub fn unknown_column(column: &str) -> Self {
        let message = format!("the column {} is not known to this version and was not read", shown(column));
        Finding { column: Some(column.into()), ..Finding::new(UNKNOWN_COLUMN, Severity::Info, message) }
    }

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
