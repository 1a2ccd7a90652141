use std::collections::{BTreeMap, BTreeSet};

use num_bigint::BigInt;
use serde_json::Value;

/// What holds for every answer to a bill, in whatever currency and with whatever places.
pub fn hold(billed: &Value, customers: bool) {
    let outcome = &billed["outcome"];
    let places = places(&outcome["total"]);
    let total_of = |bill: &Value| total_of(bill, places);
    let bills: BigInt = list(outcome, "bills").iter().map(total_of).sum();
    let postings: BigInt = list(outcome, "postings").iter().map(total_of).sum();
    assert_eq!(bills, units(&outcome["total"], places), "the total is that of the bills");
    assert_eq!(postings, if customers { bills } else { BigInt::from(0) }, "the postings' total is that of the bills");
    rows(outcome);
    ordered(list(outcome, "bills"), "tenant_id");
    for bill in list(outcome, "bills").iter().chain(list(outcome, "postings")) {
        ordered(list(bill, "categories"), "category");
        list(bill, "categories").iter().for_each(|category| ordered(list(category, "usages"), "usage_type"));
    }
    let findings = list(outcome, "findings").len() as u64;
    assert!(list(billed, "unaccepted").iter().all(|index| index.as_u64() < Some(findings)), "what is not accepted is a finding");
}

/// Every row has one outcome, and those that are billed stand in one line each.
fn rows(outcome: &Value) {
    let count = |name: &str| outcome["accounting"][name].as_u64().expect("a count");
    let outcomes = ["billed", "no_sku", "zero_usage", "excluded", "unmapped", "unpriced"];
    assert_eq!(outcomes.iter().map(|name| count(name)).sum::<u64>(), count("rows"), "every row has one outcome");
    let mut rows = BTreeSet::new();
    for usage in charges(outcome, "bills").map(|(_, _, usage)| usage) {
        assert!(list(usage, "rows").iter().filter_map(Value::as_u64).all(|row| rows.insert(row)), "a row is in one line");
    }
    assert_eq!(rows.len() as u64, count("billed"), "lines are made of the billed rows");
    assert!(rows.iter().all(|row| (1..=count("rows")).contains(row)), "rows are those of the report");
}

/// Everything that is charged: whose it is, in which category, and the charge.
pub fn charges<'a>(outcome: &'a Value, kind: &str) -> impl Iterator<Item = (&'a Value, &'a Value, &'a Value)> {
    let categories = list(outcome, kind).iter().flat_map(|bill| list(bill, "categories").iter().map(move |category| (bill, category)));
    categories.flat_map(|(bill, category)| list(category, "usages").iter().map(move |usage| (bill, category, usage)))
}

/// What is posted is what is billed, by enterprise, category and usage type.
pub fn are_posted(outcome: &Value) {
    let mut lines: BTreeMap<(u64, String, String), BigInt> = BTreeMap::new();
    let places = places(&outcome["total"]);
    let key = |bill: &Value, category: &Value, usage: &Value| {
        let text = |value: &Value| value.as_str().expect("text").to_string();
        (bill["enterprise"].as_u64().expect("an enterprise"), text(&category["category"]), text(&usage["usage_type"]))
    };
    for (bill, category, usage) in charges(outcome, "bills") {
        *lines.entry(key(bill, category, usage)).or_default() += units(&usage["price"], places);
    }
    for (posting, category, usage) in charges(outcome, "postings") {
        let billed = lines.remove(&key(posting, category, usage));
        assert_eq!(billed, Some(units(&usage["price"], places)), "{posting}");
    }
    assert!(lines.is_empty(), "not posted: {lines:?}");
}

/// A bill's or posting's total is the plain sum of its categories', and these of their lines.
pub fn total_of(bill: &Value, places: usize) -> BigInt {
    let mut total = BigInt::from(0);
    for category in list(bill, "categories") {
        let lines: BigInt = list(category, "usages").iter().map(|usage| units(&usage["price"], places)).sum();
        assert_eq!(lines, units(&category["total"], places), "{category}");
        total += lines;
    }
    assert_eq!(total, units(&bill["total"], places), "{bill}");
    total
}

fn ordered(items: &[Value], key: &str) {
    assert!(items.is_sorted_by(|a, b| a[key].as_str() < b[key].as_str()), "by {key}, each once: {items:?}");
}

pub fn places(amount: &Value) -> usize {
    amount.as_str().and_then(|text| text.split_once('.')).map_or(0, |(_, places)| places.len())
}

/// An amount in the smallest unit of its places, whatever its size.
pub fn units(amount: &Value, of_places: usize) -> BigInt {
    let text = amount.as_str().expect("an amount is text");
    assert_eq!(places(amount), of_places, "{text} has the places of its currency");
    assert!(!text.starts_with('-') || text.contains(|c: char| ('1'..='9').contains(&c)), "{text} is 0, and 0 has no sign");
    text.replace('.', "").parse().expect("an amount")
}

pub fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().unwrap_or_else(|| panic!("{key} is a list in {value}"))
}
