//! Findings: problems of a report that can be read.

use std::ops::Deref;

use skubill_contract::outcome;

use crate::fault::shown;
use crate::order::{distinct, sort_by};

pub use skubill_contract::code::*;
pub use skubill_contract::word::Severity;

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

/// A finding, and the postings that it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The finding as it is answered.
    answered: outcome::Finding,
    /// The postings that it holds, if it is an error.
    touches: Touches,
}

impl Deref for Finding {
    type Target = outcome::Finding;

    fn deref(&self) -> &outcome::Finding {
        &self.answered
    }
}

/// The findings of an answer.
pub fn answered(findings: Vec<Finding>) -> Vec<outcome::Finding> {
    findings.into_iter().map(|finding| finding.answered).collect()
}

impl Finding {
    /// A finding about nothing in particular, which touches no posting.
    pub fn new(code: &'static str, severity: Severity, message: impl Into<String>) -> Self {
        let answered = outcome::Finding {
            code: code.into(),
            severity,
            message: message.into(),
            rows: Vec::new(),
            sku: None,
            tenant_id: None,
            enterprise: None,
            column: None,
            acceptance: None,
        };
        Finding { answered, touches: Touches::None }
    }

    /// An error about the whole report: it holds every posting.
    pub fn report_wide(code: &'static str, message: impl Into<String>) -> Self {
        Finding { touches: Touches::All, ..Finding::new(code, Severity::Error, message) }
    }

    /// The same about these rows.
    pub fn rows(mut self, rows: Vec<u32>) -> Self {
        self.answered.rows = rows;
        self
    }

    /// The same about a SKU.
    pub fn sku(mut self, sku: &str) -> Self {
        self.answered.sku = Some(sku.into());
        self
    }

    /// The same about a tenant.
    pub fn tenant(mut self, tenant_id: &str) -> Self {
        self.answered.tenant_id = Some(tenant_id.into());
        self
    }

    /// The same about an enterprise.
    pub fn enterprise(mut self, enterprise: u64) -> Self {
        self.answered.enterprise = Some(enterprise);
        self
    }

    /// The same about an acceptance.
    pub fn acceptance(mut self, acceptance: String) -> Self {
        self.answered.acceptance = Some(acceptance);
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
        let mut finding = Finding::new(UNKNOWN_COLUMN, Severity::Info, message);
        finding.answered.column = Some(column.into());
        finding
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
        (f.severity, &f.code, &f.tenant_id, &f.sku, f.rows.first(), f.enterprise, &f.column, &f.acceptance)
    }
    sort_by(findings, |a, b| key(a).cmp(&key(b)));
}
