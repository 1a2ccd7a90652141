//! The answer of `usage`: quantities without prices.

use serde::{Deserialize, Serialize};

#[cfg(feature = "schema")]
use crate::form;
use crate::outcome::{Accounting, Finding, Period};

/// The answer of `usage`: quantities without prices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct UsageOutcome {
    /// The period of the usage.
    pub period: Period,
    /// Usage by tenant, SKU and unit, in byte order.
    pub usages: Vec<TenantUsage>,
    /// How many rows have each outcome.
    pub accounting: Accounting,
    /// What deserves a look: by severity, code, tenant, SKU, first row, enterprise, column, acceptance.
    pub findings: Vec<Finding>,
}

/// What one tenant used of one SKU in one unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
    #[cfg_attr(feature = "schema", schemars(with = "Option<form::EnterpriseId>"))]
    pub enterprise: Option<u64>,
    /// The SKU.
    pub sku: String,
    /// The report's `measurement_unit`: `bytes`, `seconds`, or empty for counts.
    pub unit: String,
    /// The exact sum, in `unit`.
    #[cfg_attr(feature = "schema", schemars(with = "form::Decimal"))]
    pub quantity: String,
    /// The smallest application name of the rows, else the smallest application id.
    pub application: String,
    /// The rows that are summed, from 1 without the header, ascending.
    #[cfg_attr(feature = "schema", schemars(with = "Vec<form::RowNumber>"))]
    pub rows: Vec<u32>,
}
