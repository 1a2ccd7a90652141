//! The price book and the customers file of a month, as JSON (billing rules, sections 4 and 5).

use super::books::{Customer, Price};
use super::data::UsageData;
use serde::Serialize;

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
