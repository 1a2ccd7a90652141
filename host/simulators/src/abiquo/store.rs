//! What is stored: one row per category and usage type, of bills and of registers alike.

use super::date::format;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::value::RawValue;

/// A row of the bills or registers table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    pub id: u64,
    pub enterprise: u64,
    /// None for a bill that is not broken down.
    pub category: Option<String>,
    pub usage_type: Option<String>,
    pub usage_name: Option<String>,
    pub provider: String,
    pub date: Timestamp,
    pub start: Timestamp,
    pub end: Timestamp,
    /// A JSON number as it was sent.
    pub price: String,
    pub currency: String,
    /// A register's fixed estimate, as it was sent: stored and never told.
    pub estimated: Option<String>,
}

impl Row {
    pub fn period(&self) -> (Timestamp, Timestamp) {
        (self.start, self.end)
    }

    /// Whether the two closed periods share a moment.
    pub fn overlaps(&self, start: Timestamp, end: Timestamp) -> bool {
        self.start <= end && start <= self.end
    }

    #[cfg(test)]
    pub fn of_period(start: &str, end: &str) -> anyhow::Result<Row> {
        Ok(Row {
            id: 1,
            enterprise: 1,
            category: None,
            usage_type: None,
            usage_name: None,
            provider: "ACRONIS".into(),
            date: start.parse()?,
            start: start.parse()?,
            end: end.parse()?,
            price: "0".into(),
            currency: "EUR".into(),
            estimated: None,
        })
    }
}

/// Bills and registers.
#[derive(Debug, Default)]
pub(super) struct Store {
    pub bills: Vec<Row>,
    pub registers: Vec<Row>,
    /// The last id given to each.
    pub bill_id: u64,
    pub register_id: u64,
}

/// A link of an entity or a page.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Link {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    pub rel: &'static str,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    pub href: String,
}

/// The documented shape of a bill. It has no `id`: identity is the `self` link.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Shown<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    category: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    usage_type: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    usage_name: Option<&'a str>,
    provider: &'a str,
    date: String,
    billing_period_start_date: String,
    billing_period_end_date: String,
    price: Option<Box<RawValue>>,
    currency_code: &'a str,
    links: Vec<Link>,
}

impl<'a> Shown<'a> {
    pub fn of(row: &'a Row, links: Vec<Link>) -> Shown<'a> {
        Shown {
            category: row.category.as_deref(),
            usage_type: row.usage_type.as_deref(),
            usage_name: row.usage_name.as_deref(),
            provider: &row.provider,
            date: format(row.date),
            billing_period_start_date: format(row.start),
            billing_period_end_date: format(row.end),
            // It was read as a JSON number, so it is one.
            price: RawValue::from_string(row.price.clone()).ok(),
            currency_code: &row.currency,
            links,
        }
    }
}

/// A collection, with or without `totalSize`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Collection<T> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total_size: Option<usize>,
    pub links: Vec<Link>,
    pub collection: Vec<T>,
}
