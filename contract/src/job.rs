//! Jobs: what is asked for, as JSON text. In a job `null` is the same as an absent key.
//!
//! Words and dates of jobs are text here: the component reads them, and names each mistake with its place.

use serde::Serialize;

use crate::limits::ChosenLimits;
use crate::outcome::PostingCategory;
#[cfg(feature = "schema")]
use crate::{form, word};

/// How a report is to be billed: the job of `bill` and `usage`, and part of other jobs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Job {
    /// The month, `YYYY-MM`; without one, the month of the report's latest date.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<form::Month>"))]
    pub period: Option<String>,
    /// The report's root tenant, whose own rows are excluded unless the customers file has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<form::NonEmptyText>"))]
    pub root: Option<String>,
    /// The level that the report was made for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<word::Level>"))]
    pub level: Option<String>,
    /// The usage column to bill from, or `usage.billable`; `usage.effective.production` unless named.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<word::Measure>"))]
    pub measure: Option<String>,
    /// Findings that may pass: `CODE`, or `CODE:SUBJECT` with a SKU, tenant or enterprise.
    #[cfg_attr(feature = "schema", schemars(with = "Option<Vec<form::Acceptance>>"))]
    pub accept: Vec<String>,
    /// Tenants that somebody else bills: excluded, as if the customers file said so.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<Vec<form::NonEmptyText>>"))]
    pub exclude_tenants: Vec<String>,
    /// What a posting's usages are called: text with `{name}`, `{sku}`, `{quantity}` and `{unit}`, at least one of the first
    /// two; `{name}` unless named.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<form::UsageName>"))]
    pub usage_name: Option<String>,
    /// Limits that are not the defaults, by name.
    #[serde(skip_serializing_if = "ChosenLimits::is_empty")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<form::SomeLimits>"))]
    pub limits: ChosenLimits,
}

/// The job of `record`: the day, and the cost records that already stand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RecordJob {
    /// The day, `YYYY-MM-DD`, UTC.
    #[cfg_attr(feature = "schema", schemars(with = "form::InputDay"))]
    pub day: String,
    /// The provider whose records are ours; without one the provider of a record is not compared.
    #[cfg_attr(feature = "schema", schemars(with = "Option<form::NonEmptyText>"))]
    pub provider: Option<String>,
    /// Cost records that already stand, of all periods.
    #[cfg_attr(feature = "schema", schemars(with = "Option<Vec<Earlier>>"))]
    pub earlier: Vec<Earlier>,
    /// How the report is to be billed.
    #[cfg_attr(feature = "schema", schemars(with = "Option<Job>"))]
    pub job: Job,
}

/// A cost record that already stands, as the dashboard gives it back. One without category or usage type, or of another
/// provider or enterprise, is ignored: the warning `foreign-register`. Its texts may be empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Earlier {
    /// The enterprise whose records were asked for.
    #[cfg_attr(feature = "schema", schemars(with = "form::AnEnterprise"))]
    pub enterprise: u64,
    /// The enterprise that the record itself states.
    #[cfg_attr(feature = "schema", schemars(with = "Option<form::Whole>"))]
    pub stated_enterprise: Option<u64>,
    /// The provider that the record itself states.
    pub provider: Option<String>,
    /// `YYYY-MM-DD`, RFC 3339 or `yyyy/MM/dd HH:mm:ss Z`.
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    pub date: String,
    /// The first day of its period, written as `date`.
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    pub period_start: String,
    /// The category of the line.
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    pub category: String,
    /// The SKU of the line.
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    pub usage_type: String,
    /// The amount, a decimal.
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    pub price: String,
    /// The price book's currency, ISO 4217.
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    pub currency: String,
}

/// The job of `explain`: the line that is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ExplainJob {
    /// The tenant of the line.
    #[cfg_attr(feature = "schema", schemars(with = "form::NonEmptyText"))]
    pub tenant_id: String,
    /// The SKU of the line.
    #[cfg_attr(feature = "schema", schemars(with = "form::NonEmptyText"))]
    pub sku: String,
    /// Explain the cost up to this day, `YYYY-MM-DD`; without one, of the whole period.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<form::InputDay>"))]
    pub day: Option<String>,
    /// How the report is to be billed.
    #[cfg_attr(feature = "schema", schemars(with = "Option<Job>"))]
    pub job: Job,
}

/// The job of `estimate`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EstimateJob {
    /// The month, `YYYY-MM`; without one, the month of the latest record.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<form::Month>"))]
    pub period: Option<String>,
    /// What the line is fitted to; `cumulative` unless named.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<word::Fit>"))]
    pub method: Option<String>,
    /// Decimal places of the estimate, 0 to 12; 2 unless named.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<form::Places>"))]
    pub places: Option<u32>,
    /// Limits that are not the defaults, by name.
    #[serde(skip_serializing_if = "ChosenLimits::is_empty")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<form::SomeLimits>"))]
    pub limits: ChosenLimits,
}

/// The job of `compare`: a posting, and what the dashboard holds for this period and the previous one.
///
/// `C` is the posting's category: a whole one where it is written, [`ComparedCategory`] where it is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Comparison"))]
pub struct Comparison<C = PostingCategory> {
    /// The month, `YYYY-MM`.
    #[cfg_attr(feature = "schema", schemars(with = "form::Month"))]
    pub period: String,
    /// The posting's currency, ISO 4217.
    #[cfg_attr(feature = "schema", schemars(with = "form::NonEmptyText"))]
    pub currency: String,
    /// The posting's categories. Empty where an enterprise that was billed before has no usage line now.
    pub posting: Vec<C>,
    /// The tenants whose usage the posting covers.
    #[cfg_attr(feature = "schema", schemars(with = "Option<Vec<form::NonEmptyText>>"))]
    pub tenants: Vec<String>,
    /// The lines that the dashboard holds for the period.
    #[cfg_attr(feature = "schema", schemars(with = "Option<Vec<HeldLine>>"))]
    pub held: Vec<HeldLine>,
    /// The lines that the dashboard holds for the previous period.
    #[cfg_attr(feature = "schema", schemars(with = "Option<Vec<HeldLine>>"))]
    pub previous: Vec<HeldLine>,
    /// The tenants whose usage the previous period's posting covered.
    #[cfg_attr(feature = "schema", schemars(with = "Option<Vec<form::NonEmptyText>>"))]
    pub previous_tenants: Vec<String>,
    /// How far the posting may differ from the previous period's.
    pub bounds: Option<Bounds>,
}

// Derived, it would ask for a category's default, which there is none of.
impl<C> Default for Comparison<C> {
    fn default() -> Self {
        let (tenants, previous_tenants) = (Vec::new(), Vec::new());
        let (held, previous) = (Vec::new(), Vec::new());
        Comparison {
            period: String::new(),
            currency: String::new(),
            posting: Vec::new(),
            tenants,
            held,
            previous,
            previous_tenants,
            bounds: None,
        }
    }
}

/// A category of a posting, as `compare` reads it. Other keys are ignored: a total is the sum of the lines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(extend("additionalProperties" = true)))]
pub struct ComparedCategory {
    /// The category's name.
    #[cfg_attr(feature = "schema", schemars(with = "form::NonEmptyText"))]
    pub category: String,
    /// Its lines.
    pub usages: Vec<ComparedCharge>,
}

/// A line of a posting, as `compare` reads it. Other keys are ignored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(extend("additionalProperties" = true)))]
pub struct ComparedCharge {
    /// The SKU.
    #[cfg_attr(feature = "schema", schemars(with = "form::NonEmptyText"))]
    pub usage_type: String,
    /// The amount.
    #[cfg_attr(feature = "schema", schemars(with = "form::SignedDecimalText"))]
    pub price: String,
}

/// A bill line as the dashboard holds it. Amounts as written, exactly.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct HeldLine {
    /// The category; empty where the dashboard has none.
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    pub category: String,
    /// The SKU; empty where the dashboard has none.
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    pub usage_type: String,
    /// The amount as the dashboard writes it; it may be no decimal.
    #[cfg_attr(feature = "schema", schemars(with = "form::NonEmptyText"))]
    pub price: String,
    /// The currency as the dashboard writes it.
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    pub currency: String,
    /// The start of the period as the dashboard writes it: `yyyy/MM/dd HH:mm:ss Z`, RFC 3339 or `YYYY-MM-DD`.
    #[cfg_attr(feature = "schema", schemars(with = "form::NonEmptyText"))]
    pub period_start: String,
    /// The end of the period, written as `period_start`.
    #[cfg_attr(feature = "schema", schemars(with = "form::NonEmptyText"))]
    pub period_end: String,
}

/// How far a posting may differ from the previous period's. Without a key there is no bound.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Bounds {
    /// The total may be at most this many times the previous total, and not less than one part in this many of it.
    #[cfg_attr(feature = "schema", schemars(with = "Option<form::DecimalText>"))]
    pub times: Option<String>,
    /// The most lines that the posting may have.
    #[cfg_attr(feature = "schema", schemars(with = "Option<form::Whole>"))]
    pub lines: Option<u64>,
}
