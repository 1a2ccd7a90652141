//! The bodies of posts: a bill or register as one amount, or by categories.

use super::catalogue::*;
use super::decimal::Decimal;
use super::knobs::AbiquoKnobs;
use super::{date, store::Row};
use jiff::Timestamp;
use serde_json::value::RawValue;
use std::collections::{BTreeMap, BTreeSet};

type Object = BTreeMap<String, Box<RawValue>>;

/// Whether a body is for the bills or the registers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Table {
    Bills,
    Registers,
}

/// One amount of a body.
#[derive(Debug)]
struct Amount {
    category: Option<String>,
    usage_type: Option<String>,
    usage_name: Option<String>,
    price: Option<String>,
}

/// A body, read and not yet checked.
#[derive(Debug)]
pub(super) struct Draft {
    provider: Option<String>,
    date: Option<String>,
    start: Option<String>,
    end: Option<String>,
    currency: Option<String>,
    estimated: Option<String>,
    amounts: Vec<Amount>,
    /// What is wrong with the categories, or with there being any.
    wrong: Vec<Code>,
}

/// A body that may be stored: rows without ids, all of one record.
#[derive(Debug)]
pub(super) struct Record {
    pub provider: String,
    pub date: Timestamp,
    pub start: Timestamp,
    pub end: Timestamp,
    pub rows: Vec<Row>,
}

impl Draft {
    /// A body of one amount.
    pub fn plain(body: &[u8], knobs: &AbiquoKnobs) -> Result<Draft, Code> {
        let object: Object = serde_json::from_slice(body).map_err(|_| UNMARSHAL)?;
        let mut draft = Draft::header(&object, knobs)?;
        let category = text(&object, "category")?;
        if category.is_some() || present(&object, &knobs.categories_key) {
            draft.wrong.push(BILL_7);
        }
        draft.amounts.push(Amount {
            category: None,
            usage_type: text(&object, "usageType")?,
            usage_name: text(&object, "usageName")?,
            price: number(&object, "price", knobs)?,
        });
        Ok(draft)
    }

    /// A body by categories.
    pub fn by_categories(body: &[u8], knobs: &AbiquoKnobs) -> Result<Draft, Code> {
        let object: Object = serde_json::from_slice(body).map_err(|_| UNMARSHAL)?;
        let mut draft = Draft::header(&object, knobs)?;
        let categories = list(&object, &knobs.categories_key)?;
        if categories.is_empty() {
            draft.wrong.push(BILL_6);
        }
        for category in categories {
            let name = text(&category, "category")?.filter(|name| !name.trim().is_empty());
            if name.is_none() {
                draft.wrong.push(BILL_6);
            }
            let usages = list(&category, &knobs.usage_types_key)?;
            if usages.is_empty() {
                draft.wrong.push(BILL_10);
            }
            for usage in usages {
                let usage_type = text(&usage, "usageType")?.filter(|t| !t.trim().is_empty());
                if usage_type.is_none() {
                    draft.wrong.push(BILL_10);
                }
                draft.amounts.push(Amount {
                    category: name.clone(),
                    usage_type,
                    usage_name: text(&usage, "usageName")?,
                    price: number(&usage, "price", knobs)?,
                });
            }
        }
        let mut seen = BTreeSet::new();
        let key = |amount: &Amount| (amount.category.clone(), amount.usage_type.clone());
        if !draft.amounts.iter().all(|amount| seen.insert(key(amount))) {
            // One row is stored for each, so one usage type twice cannot be.
            draft.wrong.push(CONSTRAINT);
        }
        Ok(draft)
    }

    fn header(object: &Object, knobs: &AbiquoKnobs) -> Result<Draft, Code> {
        Ok(Draft {
            provider: text(object, "provider")?,
            date: text(object, "date")?,
            start: text(object, "billingPeriodStartDate")?,
            end: text(object, "billingPeriodEndDate")?,
            currency: text(object, "currencyCode")?.or(knobs.default_currency.clone()),
            estimated: number(object, "estimated", knobs)?,
            amounts: Vec::new(),
            wrong: Vec::new(),
        })
    }

    /// Everything that is wrong with the body by itself, at once.
    pub fn check(self, into: Table, enterprise: u64) -> Result<Record, Vec<Code>> {
        let mut wrong = self.wrong;
        let provider = self.provider.filter(|name| !name.trim().is_empty());
        if provider.is_none() {
            wrong.push(BILL_0);
        }
        let missing = match into {
            Table::Bills => BILL_5,
            Table::Registers => REGISTER_6,
        };
        let mut moment = |text: Option<String>, missing: Code| match text {
            None => {
                wrong.push(missing);
                None
            }
            Some(text) => {
                let read = date::parse(&text);
                if read.is_none() {
                    wrong.push(BILL_5);
                }
                read
            }
        };
        let date = moment(self.date, BILL_5);
        let start = moment(self.start, missing);
        let end = moment(self.end, missing);
        if let (Some(start), Some(end)) = (start, end) {
            if end <= start {
                wrong.push(BILL_1);
            } else if into == Table::Registers && date.is_some_and(|d| d < start || end < d) {
                wrong.push(REGISTER_3);
            }
        }
        let currency = self.currency.filter(|code| is_currency(code));
        // A register may state an estimate and no cost.
        let default_price = self.estimated.as_ref().filter(|_| into == Table::Registers).map(|_| "0".to_string());
        // What is refused for its categories is not blamed for its lack of a price as well.
        let categorized = wrong.contains(&BILL_7);
        let priced = |amount: &Amount| categorized || amount.price.is_some() || default_price.is_some();
        if currency.is_none() || !self.amounts.iter().all(priced) {
            wrong.push(CONSTRAINT);
        }
        let (Some(provider), Some(date), Some(start), Some(end), Some(currency), true) =
            (provider, date, start, end, currency, wrong.is_empty())
        else {
            return Err(wrong);
        };
        let estimated = self.estimated.filter(|_| into == Table::Registers);
        let rows = self.amounts.into_iter().map(|amount| Row {
            id: 0,
            enterprise,
            category: amount.category,
            usage_type: amount.usage_type,
            usage_name: amount.usage_name,
            provider: provider.clone(),
            date,
            start,
            end,
            price: amount.price.or(default_price.clone()).unwrap_or_default(),
            currency: currency.clone(),
            estimated: estimated.clone(),
        });
        let rows = rows.collect();
        Ok(Record { provider, date, start, end, rows })
    }
}

impl Record {
    /// The record's cost; none where its numbers are too long to compute with.
    pub fn cost(&self) -> Option<Decimal> {
        sum(self.rows.iter())
    }
}

/// The sum of the rows' prices.
pub(super) fn sum<'a>(mut rows: impl Iterator<Item = &'a Row>) -> Option<Decimal> {
    rows.try_fold(Decimal::ZERO, |sum, row| sum.plus(Decimal::parse(&row.price)?))
}

fn is_currency(code: &str) -> bool {
    code.len() == 3 && code.bytes().all(|b| b.is_ascii_uppercase())
}

/// A key that is there and not null.
fn raw<'a>(object: &'a Object, key: &str) -> Option<&'a str> {
    object.get(key).map(|v| v.get()).filter(|v| *v != "null")
}

fn present(object: &Object, key: &str) -> bool {
    raw(object, key).is_some()
}

fn text(object: &Object, key: &str) -> Result<Option<String>, Code> {
    raw(object, key).map(|value| serde_json::from_str(value).map_err(|_| UNMARSHAL)).transpose()
}

/// The text of a number, exactly as it was written.
fn number(object: &Object, key: &str, knobs: &AbiquoKnobs) -> Result<Option<String>, Code> {
    let Some(value) = raw(object, key) else {
        return Ok(None);
    };
    if value.starts_with(|c: char| c == '-' || c.is_ascii_digit()) {
        return Ok(Some(value.into()));
    }
    let inner: String = serde_json::from_str(value).map_err(|_| UNMARSHAL)?;
    let number: Result<serde_json::Number, _> = serde_json::from_str(&inner);
    if knobs.strings_as_prices && number.is_ok() {
        return Ok(Some(inner));
    }
    Err(UNMARSHAL)
}

/// A list of objects, plain or as `{"collection": […]}`.
fn list(object: &Object, key: &str) -> Result<Vec<Object>, Code> {
    let Some(value) = raw(object, key) else {
        return Ok(Vec::new());
    };
    if value.starts_with('{') {
        let wrapped: Object = serde_json::from_str(value).map_err(|_| UNMARSHAL)?;
        return match raw(&wrapped, "collection") {
            Some(inner) => serde_json::from_str(inner).map_err(|_| UNMARSHAL),
            None => Ok(Vec::new()),
        };
    }
    serde_json::from_str(value).map_err(|_| UNMARSHAL)
}
