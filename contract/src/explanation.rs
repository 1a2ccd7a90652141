//! The answer of `explain`: how one line of a bill comes about.

use serde::{Deserialize, Serialize};

use crate::Word;
#[cfg(feature = "schema")]
use crate::form;
use crate::outcome::{Finding, Period};
use crate::word::{RowOutcome, StepKind};

/// The answer of `explain`: the rows of one line, the price that was used, and each step from their sum to the amount.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Explanation<A = String> {
    /// The tenant of the line.
    pub tenant_id: String,
    /// The SKU of the line.
    pub sku: String,
    /// The billing period.
    pub period: Period,
    /// The price book's currency, ISO 4217.
    #[cfg_attr(feature = "schema", schemars(with = "form::Currency"))]
    pub currency: String,
    /// What is billed of a row: a usage column, or `usage.billable`.
    #[cfg_attr(feature = "schema", schemars(with = "crate::word::Measure"))]
    pub measure: Word,
    /// All rows of the tenant and SKU, ascending.
    pub rows: Vec<AskedRow>,
    /// The line; none where no row is billed: the rows say why.
    pub line: Option<ExplainedLine<A>>,
    /// Those about the line, its tenant, or its SKU.
    pub findings: Vec<Finding>,
}

/// A row of the tenant and SKU that were asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AskedRow {
    /// The row's number in the report, from 1 without the header.
    #[cfg_attr(feature = "schema", schemars(with = "form::RowNumber"))]
    pub row: u64,
    /// The row's date, `YYYY-MM-DD`.
    #[cfg_attr(feature = "schema", schemars(with = "Option<form::IsoDate>"))]
    pub date: Option<String>,
    /// The offering item.
    pub name: String,
    /// The report's `measurement_unit`: `bytes`, `seconds`, or empty for counts.
    pub unit: String,
    /// The row's value of the measure that is billed, in `unit`.
    #[cfg_attr(feature = "schema", schemars(with = "form::Decimal"))]
    pub value: String,
    /// The outcome of the row.
    pub outcome: RowOutcome,
    /// The row's text in the report, after decompression.
    pub text: String,
}

/// The line as it is billed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ExplainedLine<A = String> {
    /// The tenant's name.
    pub tenant_name: String,
    /// The tenant's enterprise; none without a customers file.
    #[cfg_attr(feature = "schema", schemars(with = "Option<form::EnterpriseId>"))]
    pub enterprise: Option<u64>,
    /// The category on the bill.
    pub category: String,
    /// The price that was used.
    pub price: UsedPrice,
    /// Each step from the sum of the rows to the amount, in the order in which it was taken.
    pub steps: Vec<Step>,
    /// The quantity as the bill shows it, in the price's unit.
    #[cfg_attr(feature = "schema", schemars(with = "form::Decimal"))]
    pub quantity: String,
    /// The amount before the one rounding.
    #[cfg_attr(feature = "schema", schemars(with = "form::Exact"))]
    pub exact: String,
    /// The rounded amount of the line, in the explanation's currency.
    pub amount: A,
}

/// The price that was used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct UsedPrice {
    /// Where it stands in its book: `prices[3]`, or `row 4` of a CSV file.
    pub place: String,
    /// The price's name.
    pub name: String,
    /// The price's model.
    #[cfg_attr(feature = "schema", schemars(with = "crate::word::Model"))]
    pub model: Word,
    /// The unit of the line's quantity.
    #[cfg_attr(feature = "schema", schemars(with = "crate::word::Unit"))]
    pub unit: Word,
    /// It is for this tenant alone.
    pub for_tenant: bool,
}

/// One step of the rating.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Step {
    /// What the step does.
    pub kind: StepKind,
    /// What it was taken of, where that is not the result before.
    #[cfg_attr(feature = "schema", schemars(with = "Option<form::Exact>"))]
    pub of: Option<String>,
    /// What it was taken with: a number; or of a rounding its places and mode, `2 half-up`.
    pub by: Option<String>,
    /// What it gives.
    #[cfg_attr(feature = "schema", schemars(with = "form::Exact"))]
    pub result: String,
}
