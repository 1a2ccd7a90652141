//! The answer of `record`: the cost of one day.

use serde::{Deserialize, Serialize};

use crate::Word;
#[cfg(feature = "schema")]
use crate::form;
use crate::outcome::{Accounting, Finding, PostingCategory};

/// The answer of `record`: the cost of one day, which is the amount to date less the amounts of earlier cost records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Day<A = String> {
    /// The day, `YYYY-MM-DD`, UTC.
    #[cfg_attr(feature = "schema", schemars(with = "form::IsoDate"))]
    pub date: String,
    /// The day's number in its period, from 1.
    pub number: u32,
    /// How many days the period has.
    pub days: u32,
    /// The price book's currency, ISO 4217.
    #[cfg_attr(feature = "schema", schemars(with = "form::Currency"))]
    pub currency: String,
    /// A cost record for each enterprise, ascending.
    pub registers: Vec<Register<A>>,
    /// How many rows have each outcome.
    pub accounting: Accounting,
    /// What deserves a look: by severity, code, tenant, SKU, first row, enterprise, column, acceptance.
    pub findings: Vec<Finding>,
    /// Indices of `findings`, ascending: the errors that the job does not accept.
    pub unaccepted: Vec<u32>,
}

/// The cost record of one enterprise for the day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Register<A = String> {
    /// The dashboard's id of the enterprise.
    #[cfg_attr(feature = "schema", schemars(with = "form::EnterpriseId"))]
    pub enterprise: u64,
    /// The sum of the categories' totals.
    pub total: A,
    /// The codes of unaccepted errors that hold the record, in byte order. Empty: it may be posted.
    #[cfg_attr(feature = "schema", schemars(with = "Vec<form::FindingCode>"))]
    pub held: Vec<Word>,
    /// The day, or a later one, is recorded already: nothing to post.
    pub done: bool,
    /// The lines to be posted, by category in byte order.
    pub categories: Vec<PostingCategory<A>>,
    /// The lines that are carried over, by category and SKU.
    pub carried: Vec<Carried<A>>,
}

/// A line whose difference is below zero: carried over to later days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Carried<A = String> {
    /// The category of the line.
    pub category: String,
    /// The SKU of the line.
    pub usage_type: String,
    /// The difference, below zero.
    pub amount: A,
}
