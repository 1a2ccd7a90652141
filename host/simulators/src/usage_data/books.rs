//! The price book and the customers file of a month, as JSON (billing rules, sections 4 and 5).

use super::UsageData;
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
    /// Left out of [`UsageData::price_book`], so that its SKU is unpriced.
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

#[derive(Serialize)]
struct PriceBook<'a> {
    currency: &'a str,
    prices: Vec<&'a Price>,
}

#[derive(Serialize)]
struct Customers<'a> {
    exclude_tenants: &'a [String],
    customers: &'a [Customer],
}

impl UsageData {
    /// The price book as JSON. In the demo month one SKU, which one enterprise uses, has no price.
    pub fn price_book(&self) -> String {
        self.book(|price| !price.withheld)
    }

    /// The price book with a price for every SKU.
    pub fn price_book_complete(&self) -> String {
        self.book(|_| true)
    }

    fn book(&self, wanted: impl Fn(&Price) -> bool) -> String {
        pretty(&PriceBook { currency: &self.currency, prices: self.prices.iter().filter(|p| wanted(p)).collect() })
    }

    /// The customers file as JSON: what stands directly below the root, by enterprise.
    pub fn customers(&self) -> String {
        pretty(&Customers { exclude_tenants: &self.exclude_tenants, customers: &self.customers })
    }
}

/// These types hold nothing that JSON cannot say.
fn pretty(value: &impl Serialize) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default() + "\n"
}
