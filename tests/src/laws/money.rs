//! Laws of amounts: sums add up, credits mirror charges, days add up to the month.

use std::collections::BTreeSet;

use num_bigint::BigInt;
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::world::{Row, World, book, csv, customers, row, world};
use super::{billed, many};
use crate::engine::{Call, Inputs, native, value};

/// An amount in the smallest unit of its places, whatever its size.
fn units(amount: &Value) -> BigInt {
    let text = amount.as_str().expect("an amount is text");
    assert!(text != "-0.00" && text.split_once('.').is_some_and(|(_, places)| places.len() == 2), "{text} has the places of its currency");
    text.replace('.', "").parse().expect("an amount")
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().expect("a list")
}

/// A bill's or posting's total is the plain sum of its categories', and these of their lines.
fn total_of(bill: &Value) -> BigInt {
    let mut total = BigInt::from(0);
    for category in list(bill, "categories") {
        let lines: BigInt = list(category, "usages").iter().map(|usage| units(&usage["price"])).sum();
        assert_eq!(lines, units(&category["total"]), "{category}");
        total += lines;
    }
    assert_eq!(total, units(&bill["total"]), "{bill}");
    total
}

/// What holds for every answer there is.
pub fn sums_hold(billed: &Value, customers: bool) {
    let outcome = &billed["outcome"];
    let bills: BigInt = list(outcome, "bills").iter().map(total_of).sum();
    let postings: BigInt = list(outcome, "postings").iter().map(total_of).sum();
    assert_eq!(bills, units(&outcome["total"]), "the total is that of the bills");
    assert_eq!(postings, if customers { bills } else { BigInt::from(0) }, "the postings' total is that of the bills");
    let count = |name: &str| outcome["accounting"][name].as_u64().expect("a count");
    let outcomes = ["billed", "no_sku", "zero_usage", "excluded", "unmapped", "unpriced"];
    assert_eq!(outcomes.iter().map(|name| count(name)).sum::<u64>(), count("rows"), "every row has one outcome");
    let mut rows = BTreeSet::new();
    let categories = list(outcome, "bills").iter().flat_map(|bill| list(bill, "categories"));
    for usage in categories.flat_map(|category| list(category, "usages")) {
        assert!(list(usage, "rows").iter().filter_map(Value::as_u64).all(|row| rows.insert(row)), "a row is in one line");
    }
    assert_eq!(rows.len() as u64, count("billed"), "lines are made of the billed rows");
    assert!(rows.iter().all(|row| (1..=count("rows")).contains(row)), "rows are those of the report");
}

/// The lines of all bills: tenant, SKU, quantity, amount.
fn lines(billed: &Value) -> Vec<(String, String, String, BigInt)> {
    let mut lines = Vec::new();
    for bill in list(&billed["outcome"], "bills") {
        for usage in list(bill, "categories").iter().flat_map(|category| list(category, "usages")) {
            let (tenant, sku, quantity) = (bill["tenant_id"].to_string(), usage["usage_type"].to_string(), usage["quantity"].to_string());
            lines.push((tenant, sku, quantity, units(&usage["price"])));
        }
    }
    lines
}

/// Usage above 0 only, and prices without what a credit does not know.
fn charged() -> impl Strategy<Value = World> {
    (vec(row("[1-9][0-9]{0,6}"), 1..20), book(false), customers()).prop_map(|(rows, book, customers)| World {
        rows,
        book,
        customers: Some(customers),
    })
}

fn negated(rows: &[Row]) -> Vec<Row> {
    let cell = |(name, cell): &(&'static str, String)| {
        (*name, if *name == "usage.effective.production" { format!("-{cell}") } else { cell.clone() })
    };
    rows.iter().map(|row| row.iter().map(cell).collect()).collect()
}

/// The day's answer to a world, with registers that stand already.
fn day(world: &World, day: &str, earlier: &[Value]) -> Value {
    let job = json!({"day": day, "earlier": earlier, "job": {"root": "t0"}}).to_string();
    let inputs = Inputs { job, ..world.inputs(world.csv()) };
    value(&native(Call::Record, &inputs, usize::MAX).unwrap_or_else(|refusal| panic!("{refusal}")))
}

/// Lines of postings or registers: enterprise, category, SKU, amount.
fn posted(list_of: &[Value]) -> Vec<(u64, String, String, BigInt)> {
    let mut lines = Vec::new();
    for of in list_of {
        let enterprise = of["enterprise"].as_u64().expect("an enterprise");
        for category in list(of, "categories") {
            let name = category["category"].to_string();
            lines.extend(
                list(category, "usages")
                    .iter()
                    .map(|usage| (enterprise, name.clone(), usage["usage_type"].to_string(), units(&usage["price"]))),
            );
        }
        let carried = of["carried"].as_array().into_iter().flatten();
        lines
            .extend(carried.map(|line| (enterprise, line["category"].to_string(), line["usage_type"].to_string(), units(&line["amount"]))));
    }
    lines.sort();
    lines
}

/// Registers as the dashboard gives them back.
fn standing(day: &Value) -> Vec<Value> {
    let mut earlier = Vec::new();
    for register in list(day, "registers") {
        for category in list(register, "categories") {
            earlier.extend(list(category, "usages").iter().map(|usage| {
                json!({
                    "enterprise": register["enterprise"], "date": day["date"], "period_start": "2021-08-01",
                    "category": category["category"], "usage_type": usage["usage_type"], "price": usage["price"], "currency": "EUR",
                })
            }));
        }
    }
    earlier
}

proptest! {
    #![proptest_config(many(300))]

    #[test]
    fn every_bill_adds_up_to_the_cent(world in world()) {
        sums_hold(&billed(&world.inputs(world.csv())), world.customers.is_some());
    }

    #[test]
    fn usage_below_zero_is_a_credit_of_the_same_amount(world in charged()) {
        let charges = lines(&billed(&world.inputs(world.csv())));
        let credits = lines(&billed(&world.inputs(csv(&negated(&world.rows)))));
        let mirrored = credits.into_iter().map(|(tenant, sku, quantity, amount)| (tenant, sku, quantity.replacen("\"-", "\"", 1), -amount));
        prop_assert_eq!(charges, mirrored.collect::<Vec<_>>());
    }

    #[test]
    fn on_the_last_day_the_registers_are_the_postings(world in charged()) {
        let postings = billed(&world.inputs(world.csv()));
        let registers = day(&world, "2021-08-31", &[]);
        prop_assert_eq!(posted(list(&registers, "registers")), posted(list(&postings["outcome"], "postings")));
    }

    /// By SKU: within a period a SKU keeps the category of its first day.
    #[test]
    fn the_days_of_a_month_add_up_to_its_last(world in charged(), first in 1u32..15, second in 15u32..31) {
        let mut stands = standing(&day(&world, &format!("2021-08-{first:02}"), &[]));
        stands.extend(standing(&day(&world, &format!("2021-08-{second:02}"), &stands)));
        let last = day(&world, "2021-08-31", &stands);
        let earlier = stands.iter().map(|line| {
            let enterprise = line["enterprise"].as_u64().expect("an enterprise");
            (enterprise, line["category"].to_string(), line["usage_type"].to_string(), units(&line["price"]))
        });
        let by_sku = |lines: Vec<(u64, String, String, BigInt)>| {
            let mut sums = std::collections::BTreeMap::new();
            for (enterprise, _, sku, amount) in lines {
                *sums.entry((enterprise, sku)).or_insert(BigInt::from(0)) += amount;
            }
            sums
        };
        let days = by_sku(earlier.chain(posted(list(&last, "registers"))).collect());
        prop_assert_eq!(days, by_sku(posted(list(&day(&world, "2021-08-31", &[]), "registers"))));
    }
}
