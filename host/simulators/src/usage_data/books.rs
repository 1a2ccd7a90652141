//! Entries of a price book and of a customers file.

use serde::Serialize;

/// A tier of a graduated or volume price.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Tier {
    /// The inclusive upper bound, in the price's unit; the last tier has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub up_to: Option<String>,
    pub price: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flat: Option<String>,
}

/// A price as the book has it: decimals as text, whatever the model does not use left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Price {
    pub sku: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenant_id: Option<String>,
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    pub unit: String,
    /// None is `per-unit`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tiers: Vec<Tier>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub included: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub factor: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minimum: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub maximum: Option<String>,
    /// First and last day in force, `YYYY-MM-DD`, inclusive.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// Left out of [`UsageData::price_book`](super::UsageData::price_book), so that its SKU is unpriced.
    #[serde(skip)]
    pub withheld: bool,
}

/// A row of the customers file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Customer {
    pub tenant_id: String,
    pub enterprise: u64,
    pub enterprise_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub factor: Option<String>,
}
