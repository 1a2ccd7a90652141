//! What was to be posted beside what is there. The component compares amounts; periods are instants, and are
//! compared here.

use serde::Deserialize;
use serde_json::{Value, json};
use skubill::abiquo::{Bill, PostingHeader};
use skubill::bill::{Biller, Error};
use skubill::month::{Difference, Fate};
use skubill::outcome::PostingCategory;

use super::table::days;
use crate::fail::Fail;

/// What stands for the category and the usage type of a line that has none: that of a plain post.
const PLAIN: &str = "(plain)";

#[derive(Deserialize)]
struct Compared {
    equal: bool,
    differences: Vec<Difference>,
}

/// One amount without categories, as the component compares it.
pub fn plain(price: &str) -> Value {
    json!([{"category": PLAIN, "usages": [{"usage_type": PLAIN, "price": price}]}])
}

pub fn by_categories(categories: &[PostingCategory]) -> Value {
    json!(categories)
}

/// Whether what is there is what was to be posted: [`Fate::AlreadyThere`], or [`Fate::Different`].
pub fn compare(header: &PostingHeader, posting: &Value, there: &[Bill]) -> Result<Fate, Fail> {
    // Of all lines the same: whether it is theirs, too, is judged below.
    let (period, start, end) = ("2000-01", "2000-01-01", "2000-01-31");
    let name = |name: &Option<String>| name.clone().unwrap_or_else(|| PLAIN.to_string());
    let held = there.iter().map(|bill| {
        let (price, currency) = (bill.price.as_deref().unwrap_or("0"), bill.currency.as_deref().unwrap_or_default());
        json!({"category": name(&bill.category), "usage_type": name(&bill.usage_type), "price": price, "currency": currency,
               "period_start": start, "period_end": end})
    });
    let held: Vec<Value> = held.collect();
    let comparison = json!({"period": period, "currency": header.currency, "posting": posting, "held": held}).to_string();
    let Compared { equal, mut differences } = serde_json::from_str(&Biller::new()?.compare(&comparison)?).map_err(Error::Answer)?;
    for bill in there.iter().filter(|bill| bill.period() != Some(header.period)) {
        differences.push(Difference {
            kind: "period".into(),
            category: name(&bill.category),
            usage_type: name(&bill.usage_type),
            posting: Some(days(&header.period)),
            held: bill.period().map(|period| days(&period)),
        });
    }
    Ok(if equal && differences.is_empty() { Fate::AlreadyThere } else { Fate::Different { differences } })
}
