//! The answers of the smaller calls: `check`, `customers`, `estimate`, `compare` and `describe`.

use serde::{Deserialize, Serialize};

use crate::Word;
#[cfg(feature = "schema")]
use crate::form;
use crate::limits::Limits;
use crate::outcome::Finding;
use crate::word::{DifferenceKind, Method};

/// The answer of `check`: how much a price book and a customers file hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Checked {
    /// The price book's currency, ISO 4217.
    #[cfg_attr(feature = "schema", schemars(with = "form::Currency"))]
    pub currency: String,
    /// Prices in the book; a price with tiers is one.
    pub prices: u64,
    /// Distinct SKUs among them.
    pub skus: u64,
    /// Tenants that the customers file maps; none without one.
    pub customers: Option<u64>,
    /// Tenants that the customers file excludes; none without one.
    pub excluded: Option<u64>,
    /// Distinct enterprises of the customers file; none without one.
    pub enterprises: Option<u64>,
    /// Warnings that need no report: prices for tenants that the customers file does not have.
    pub findings: Vec<Finding>,
}

/// The answer of `customers`: whom a customers file maps, and whom it excludes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Listing {
    /// The mapped tenants, by tenant in byte order; without those that are excluded.
    pub customers: Vec<CustomerMapping>,
    /// The tenants that are not billed, in byte order.
    pub excluded: Vec<String>,
}

/// One tenant's place in the dashboard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CustomerMapping {
    /// The tenant's id.
    pub tenant_id: String,
    /// The dashboard's id of its enterprise.
    #[cfg_attr(feature = "schema", schemars(with = "form::EnterpriseId"))]
    pub enterprise: u64,
    /// The name that the dashboard should have for the enterprise.
    pub enterprise_name: Option<String>,
}

/// The answer of `estimate`: the cost of a whole period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Estimated<A = String> {
    /// The cost, rounded half up once; none where there is no record, which is not the same as 0.
    pub estimate: Option<A>,
    /// How it was computed.
    pub method: Method,
    /// How many cost records there are.
    pub records: u64,
    /// How many days the period has.
    pub days: u32,
    /// The slope of the line, cost a day, to 6 places; none without a line.
    #[cfg_attr(feature = "schema", schemars(with = "Option<form::Decimal>"))]
    pub slope: Option<String>,
    /// The line's value at day 0, to 6 places; none without a line.
    #[cfg_attr(feature = "schema", schemars(with = "Option<form::Decimal>"))]
    pub intercept: Option<String>,
    /// The estimate, before rounding, is below what was already spent.
    pub below_to_date: bool,
}

/// The answer of `compare`: a posting beside what the dashboard holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Compared {
    /// Nothing is held: the posting may be posted.
    pub absent: bool,
    /// What is held is the posting: nothing is to be done.
    pub equal: bool,
    /// What differs, by category, usage type and kind.
    pub differences: Vec<Difference>,
    /// Lines that are equal though another number is held, by category and usage type.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "Vec<Approximation>"))]
    pub approximations: Vec<Approximation>,
    /// What is suspicious beside the previous period, whatever is held, by code and tenant.
    pub excesses: Vec<Excess>,
}

/// One thing in which a posting and what the dashboard holds differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Difference {
    /// In what they differ.
    pub kind: DifferenceKind,
    /// The category of the line.
    pub category: String,
    /// The SKU of the line.
    pub usage_type: String,
    /// The posting's side, as text; none where it is extra.
    pub posting: Option<String>,
    /// The dashboard's side, as it writes it; none where it is missing.
    pub held: Option<String>,
}

/// A line that is equal though another number is held: less than 10⁻⁶ apart, and the same once rounded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Approximation {
    /// The category of the line.
    pub category: String,
    /// The SKU of the line.
    pub usage_type: String,
    /// The posting's amount.
    #[cfg_attr(feature = "schema", schemars(with = "form::Decimal"))]
    pub posting: String,
    /// The amount as the dashboard writes it.
    pub held: String,
}

/// What makes a posting suspicious beside the previous period's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Excess {
    /// What a person may accept.
    #[cfg_attr(feature = "schema", schemars(with = "form::ExcessCode"))]
    pub code: Word,
    /// What exceeds the bound, for people; its wording may change.
    pub message: String,
    /// Of `tenant-gone`: the tenant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub tenant_id: Option<String>,
}

/// The answer of `describe`: what the component is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Description {
    /// `skubill`.
    #[cfg_attr(feature = "schema", schemars(with = "form::ComponentName"))]
    pub name: Word,
    /// The component's version.
    pub version: Word,
    /// The contract's package and version.
    pub contract: Word,
    /// The limits in force unless a job sets others.
    pub limits: Limits,
}
