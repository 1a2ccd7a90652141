//! The calls of a component, and the inputs that they take.

use serde::{Deserialize, Serialize};

/// A call; each has a job and an answer of its own, in JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Call {
    /// Bills and postings of a report. Job: [`Job`](crate::job::Job), answer: [`Billed`](crate::outcome::Billed).
    Bill,
    /// Usage without prices. Job: [`Job`](crate::job::Job), answer: [`UsageOutcome`](crate::usage::UsageOutcome).
    Usage,
    /// The cost of one day. Job: [`RecordJob`](crate::job::RecordJob), answer: [`Day`](crate::day::Day).
    Record,
    /// One line of a bill. Job: [`ExplainJob`](crate::job::ExplainJob), answer: [`Explanation`](crate::explanation::Explanation).
    Explain,
    /// A price book and a customers file. Job: [`ChosenLimits`](crate::limits::ChosenLimits), answer:
    /// [`Checked`](crate::answer::Checked).
    Check,
    /// A customers file. Job: [`ChosenLimits`](crate::limits::ChosenLimits), answer: [`Listing`](crate::answer::Listing).
    Customers,
    /// The cost of a whole period. Job: [`EstimateJob`](crate::job::EstimateJob), answer: [`Estimated`](crate::answer::Estimated).
    Estimate,
    /// A posting and what the dashboard holds. Job: [`Comparison`](crate::job::Comparison), answer:
    /// [`Compared`](crate::answer::Compared).
    Compare,
    /// The component itself. The job is ignored, answer: [`Description`](crate::answer::Description).
    Describe,
}

/// An input of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "InputName"))]
#[serde(rename_all = "lowercase")]
pub enum Input {
    /// The usage report: `csv_v2_0` or `json_v2_0`, plain or gzip.
    Report,
    /// The price book: JSON or CSV.
    Prices,
    /// The customers file: JSON or CSV.
    Customers,
    /// Cost records: JSON or CSV.
    Costs,
}

impl Input {
    /// The name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Input::Report => "report",
            Input::Prices => "prices",
            Input::Customers => "customers",
            Input::Costs => "costs",
        }
    }
}
