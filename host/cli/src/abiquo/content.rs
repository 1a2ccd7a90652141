//! What is posted: one amount, or a file of categories as `preview --format json` writes them.

use std::path::Path;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;
use serde_json::value::RawValue;
use skubill::outcome::{Period, PostingCategory, PostingCharge};
use skubill_services::abiquo::BillingPeriod;

use crate::fail::Fail;
use crate::input;

/// Categories, and what their file says besides.
pub struct Categories {
    pub categories: Vec<PostingCategory>,
    pub currency: Option<String>,
    pub period: Option<BillingPeriod>,
    /// What holds the posting, by codes.
    pub held: Vec<String>,
}

/// A whole outcome.
#[derive(Deserialize)]
struct RawOutcome {
    period: Period,
    currency: String,
    postings: Vec<RawPosting>,
}

/// One of its postings. What an outcome has besides is passed over; a key that nobody knows is a mistake, since this may
/// be a file that a person wrote.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPosting {
    enterprise: Option<u64>,
    #[serde(default)]
    held: Vec<String>,
    categories: Vec<RawCategory>,
    #[serde(default, rename = "total")]
    _total: IgnoredAny,
    #[serde(default, rename = "tenants")]
    _tenants: IgnoredAny,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCategory {
    category: String,
    usages: Vec<RawCharge>,
    #[serde(default, rename = "total")]
    _total: IgnoredAny,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCharge {
    usage_type: String,
    usage_name: String,
    price: Box<RawValue>,
}

/// Reads a list of categories, a posting, or an outcome, of which the enterprise's posting is taken.
pub fn read(path: &Path, enterprise: u64) -> Result<Categories, Fail> {
    let bytes = input::read(path)?;
    let shape: Value = json(&bytes)?;
    let (posting, currency, period) = if shape.is_array() {
        let categories = json(&bytes)?;
        (RawPosting { enterprise: None, held: Vec::new(), categories, _total: IgnoredAny, _tenants: IgnoredAny }, None, None)
    } else if shape.get("postings").is_some() {
        let RawOutcome { period, currency, postings } = json(&bytes)?;
        let ours = postings.into_iter().find(|posting| posting.enterprise == Some(enterprise));
        let none = || wrong("postings", "none of this enterprise", &format!("a posting of enterprise {enterprise}"));
        (ours.ok_or_else(none)?, Some(currency), Some(BillingPeriod::try_from(&period)?))
    } else {
        (json::<RawPosting>(&bytes)?, None, None)
    };
    if let Some(other) = posting.enterprise.filter(|other| *other != enterprise) {
        return Err(wrong("enterprise", &other.to_string(), &format!("{enterprise}, as --enterprise says")));
    }
    let categories: Vec<PostingCategory> = posting.categories.into_iter().enumerate().map(category).collect::<Result<_, _>>()?;
    if categories.is_empty() {
        return Err(wrong("categories", "none", "at least one category"));
    }
    Ok(Categories { categories, currency, period, held: posting.held })
}

fn category((at, raw): (usize, RawCategory)) -> Result<PostingCategory, Fail> {
    let place = format!("categories[{at}]");
    if raw.category.is_empty() || raw.usages.is_empty() {
        return Err(wrong(&place, "a name or its usages missing", "a category with a name and at least one usage"));
    }
    let mut usages = Vec::new();
    for (at, raw) in raw.usages.into_iter().enumerate() {
        let place = format!("{place}.usages[{at}]");
        if raw.usage_type.is_empty() {
            return Err(wrong(&format!("{place}.usage_type"), "nothing", "the name of a usage type"));
        }
        let text = raw.price.get();
        // As text, as an outcome has it, or as a number, digit by digit.
        let price = serde_json::from_str(text).unwrap_or_else(|_| text.to_string());
        let price = amount(&price).map_err(|expected| wrong(&format!("{place}.price"), text, &expected))?;
        usages.push(PostingCharge { usage_type: raw.usage_type, usage_name: raw.usage_name, price });
    }
    // The component's to compute; it is not sent.
    Ok(PostingCategory { category: raw.category, total: String::new(), usages })
}

/// An amount as it may be sent: a JSON number.
pub fn amount(text: &str) -> Result<String, String> {
    let plain = text.bytes().all(|b| b.is_ascii_digit() || b"+-.eE".contains(&b));
    match serde_json::from_str::<&RawValue>(text) {
        Ok(_) if plain => Ok(text.to_string()),
        _ => Err("a number such as 1234.50".into()),
    }
}

/// ISO 4217, as far as it can be told.
pub fn currency(text: &str) -> Result<String, String> {
    match text.len() == 3 && text.bytes().all(|b| b.is_ascii_uppercase()) {
        true => Ok(text.to_string()),
        false => Err("write a code such as EUR".into()),
    }
}

fn json<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<T, Fail> {
    serde_json::from_slice(bytes).map_err(|error| {
        let expected = "the `categories` of a posting, a posting, or an outcome, as JSON";
        wrong("", &error.to_string(), expected)
    })
}

fn wrong(column: &str, found: &str, expected: &str) -> Fail {
    let column = (!column.is_empty()).then(|| column.to_string());
    Fail::Input { input: "categories", column, found: found.to_string(), expected: expected.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A misspelt key would be a posting without what it says.
    #[test]
    fn a_key_that_nobody_knows_is_a_mistake() {
        let good = r#"{"enterprise": 292, "total": "1.00", "tenants": ["t"], "held": [], "categories": [
            {"category": "S", "total": "1.00", "usages": [{"usage_type": "STO", "usage_name": "Storage", "price": "1.00"}]}]}"#;
        assert!(serde_json::from_str::<RawPosting>(good).is_ok());
        for (from, to) in [("\"held\"", "\"helt\""), ("\"total\"", "\"totel\""), ("\"price\": ", "\"currency\": \"USD\", \"price\": ")] {
            let wrong = serde_json::from_str::<RawPosting>(&good.replace(from, to)).err().map(|error| error.to_string());
            assert!(wrong.is_some_and(|said| said.contains("unknown field")), "{to}");
        }
    }

    #[test]
    fn an_amount_is_sent_digit_by_digit_or_not_at_all() {
        for good in ["0", "23.40", "-1234567890123456789012345678.90", "1e3"] {
            assert_eq!(amount(good).as_deref(), Ok(good));
        }
        for bad in ["", "1,5", "EUR 5", "NaN", "1 ", "\"1\"", "05", "true", "+1"] {
            assert!(amount(bad).is_err(), "{bad}");
        }
    }
}
