//! Laws: what holds for every report, price book and customers file. Natively for many of them, and
//! through the component for some.

mod bytes;
mod money;
mod world;

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Map, Value, json};
use skubill_component::fault::Input;
use skubill_component::instance::refused;
use skubill_component::job::{self, Job};
use skubill_component::run::Run;
use skubill_component::write;

use crate::billing::gzip;
use crate::engine::{Call, Inputs, Said, component, native, pieces, value};
use crate::explain;
use world::{World, csv, json, world};

/// Many cases, `LAWS` times as many where that is set, and no file of those that failed: what failed
/// is printed, made as small as it gets.
fn many(cases: u32) -> Config {
    let times = std::env::var("LAWS").ok().and_then(|times| times.parse().ok()).unwrap_or(1);
    Config { cases: cases * times, failure_persistence: None, ..Config::default() }
}

/// The answer to a world whose inputs can all be read.
fn billed(inputs: &Inputs) -> Value {
    value(&native(Call::Bill, inputs, usize::MAX).unwrap_or_else(|refusal| panic!("{refusal}")))
}

/// A bill without what only a CSV report is asked: whether a spreadsheet has saved it.
fn of_no_format(mut billed: Value) -> Value {
    let stays = |code: &Value| code != "rounded-usage";
    let findings = billed["outcome"]["findings"].as_array().expect("findings").clone();
    let unaccepted = billed["unaccepted"].as_array().into_iter().flatten().filter_map(Value::as_u64);
    billed["unaccepted"] = unaccepted.map(|at| findings[at as usize].clone()).filter(|finding| stays(&finding["code"])).collect();
    billed["outcome"]["findings"] = findings.into_iter().filter(|finding| stays(&finding["code"])).collect();
    for posting in billed["outcome"]["postings"].as_array_mut().into_iter().flatten() {
        posting["held"].as_array_mut().expect("codes").retain(stays);
    }
    billed
}

proptest! {
    #![proptest_config(many(300))]

    #[test]
    fn every_way_to_write_the_rows_is_the_same_report(world in world()) {
        let expected = native(Call::Bill, &world.inputs(world.csv()), usize::MAX);
        prop_assert!(expected.is_ok(), "{expected:?}");
        prop_assert_eq!(&native(Call::Bill, &world.inputs(gzip(&world.csv())), usize::MAX), &expected);
        let expected = of_no_format(value(&expected.expect("a bill")));
        for report in [json(&world.rows, true), json(&world.rows, false), gzip(&json(&world.rows, true))] {
            prop_assert_eq!(&of_no_format(billed(&world.inputs(report))), &expected);
        }
    }

    #[test]
    fn any_pieces_in_any_order_of_inputs_are_one_call(world in world(), sizes in proptest::collection::vec(1usize..300, 1..6), zip: bool) {
        let report = if zip { gzip(&world.csv()) } else { json(&world.rows, true) };
        let inputs = world.inputs(report);
        prop_assert_eq!(in_turns(&inputs, &sizes), native(Call::Bill, &inputs, usize::MAX));
    }

    #[test]
    fn the_order_of_rows_changes_nothing_but_their_numbers(world in world(), seed in any::<u64>()) {
        let order = shuffled(world.rows.len(), seed);
        let other: Vec<_> = order.iter().map(|at| world.rows[*at].clone()).collect();
        let mut mixed = billed(&world.inputs(csv(&other)));
        // Row n of the mixed report is row order[n - 1] + 1 of the other.
        renumber(&mut mixed, &|row| order[row as usize - 1] as u64 + 1);
        let mut straight = billed(&world.inputs(world.csv()));
        renumber(&mut straight, &|row| row);
        prop_assert_eq!(mixed, straight);
    }

    #[test]
    fn accepting_a_finding_changes_only_what_it_holds(world in world()) {
        let mut inputs = world.inputs(world.csv());
        let mut strict = billed(&inputs);
        inputs.job = json!({"period": "2021-08", "root": "t0", "accept": skubill_component::finding::FINDINGS}).to_string();
        let lenient = billed(&inputs);
        prop_assert_eq!(&lenient["unaccepted"], &json!([]));
        for posting in strict["outcome"]["postings"].as_array_mut().into_iter().flatten() {
            posting["held"] = json!([]);
        }
        let mut lenient = lenient["outcome"].clone();
        lenient["findings"].as_array_mut().expect("findings").retain(|finding| finding["code"] != "unused-acceptance");
        prop_assert_eq!(&strict["outcome"], &lenient);
    }

    #[test]
    fn a_line_is_told_as_it_is_billed(world in world()) {
        let mut wrong = crate::case::Wrong::default();
        let inputs = world.inputs(world.csv());
        explain::agree("a world", &inputs, &billed(&inputs)["outcome"], &mut BTreeSet::new(), &mut wrong);
        wrong.end();
    }

    #[test]
    fn usage_is_what_a_bill_charges_or_cannot_price(world in world()) {
        let inputs = world.inputs(world.csv());
        let usage = value(&native(Call::Usage, &inputs, usize::MAX).expect("usage"));
        let bill = billed(&inputs);
        let accounting = &bill["outcome"]["accounting"];
        let count = |name: &str| accounting[name].as_u64().expect("a count");
        prop_assert_eq!(usage["accounting"]["billed"].as_u64(), Some(count("billed") + count("unpriced")));
        prop_assert_eq!(&usage["accounting"]["unmapped"], &accounting["unmapped"]);
    }
}

proptest! {
    #![proptest_config(many(40))]

    #[test]
    fn the_component_is_the_crate(world in world(), size in 1usize..2000) {
        for report in [world.csv(), gzip(&json(&world.rows, true)), json(&world.rows, false)] {
            let inputs = world.inputs(report);
            let expected = native(Call::Bill, &inputs, usize::MAX);
            prop_assert_eq!(&component(Call::Bill, &inputs, size), &expected);
        }
    }
}

/// Laws say nothing about worlds in which nothing happens: these have every outcome of a row, and
/// nearly every finding.
#[test]
fn worlds_are_rich() {
    let mut runner = TestRunner::deterministic();
    let (mut codes, mut counts, mut free) = (BTreeSet::new(), Map::new(), 0);
    for _ in 0..400 {
        let world = world().new_tree(&mut runner).expect("a world").current();
        let outcome = billed(&world.inputs(world.csv()))["outcome"].take();
        codes.extend(outcome["findings"].as_array().into_iter().flatten().map(|finding| finding["code"].to_string()));
        free += outcome["postings"].as_array().into_iter().flatten().filter(|posting| posting["held"] == json!([])).count();
        for (name, count) in outcome["accounting"].as_object().into_iter().flatten() {
            let sum = counts.get(name).and_then(Value::as_u64).unwrap_or(0) + count.as_u64().unwrap_or(0);
            counts.insert(name.clone(), sum.into());
        }
    }
    assert!(counts.values().all(|count| count.as_u64() > Some(100)), "{counts:?}");
    assert!(codes.len() >= 11, "{codes:?}");
    assert!(free > 5, "{free} postings may be posted");
}

/// The inputs in pieces of changing sizes, all of them by turns.
fn in_turns(inputs: &Inputs, sizes: &[usize]) -> Said {
    let mut run = Run::new(job::json(&inputs.job, Job::read).expect("a job"));
    let mut rest: Vec<(Input, &[u8])> = vec![(Input::Report, &inputs.report), (Input::Prices, &inputs.prices)];
    rest.extend(inputs.customers.as_deref().map(|customers| (Input::Customers, customers)));
    let mut sizes = sizes.iter().cycle();
    while rest.iter().any(|(_, bytes)| !bytes.is_empty()) {
        for (input, bytes) in &mut rest {
            let size = *sizes.next().expect("a size");
            let piece = pieces(bytes, size).next().expect("a piece");
            run.feed(*input, piece).expect("a run takes its inputs");
            *bytes = &bytes[piece.len()..];
        }
    }
    let text = |answer| write::json(&answer, u64::MAX).expect("JSON");
    run.bill().map(text).map_err(|refusal| refused(&refusal))
}

/// The numbers from 0, in an order that the seed makes.
fn shuffled(count: usize, seed: u64) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by_key(|at| (*at as u64 + 1).wrapping_mul(seed | 1).rotate_left(17).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    order
}

/// Rows by other numbers, ascending; findings that agree in all else are ordered by their first
/// row, so they are put into an order of their own.
fn renumber(billed: &mut Value, to: &dyn Fn(u64) -> u64) {
    rows_of(billed, to);
    if let Some(findings) = billed["outcome"]["findings"].as_array_mut() {
        findings.sort_by_key(|finding| finding.to_string());
    }
}

fn rows_of(value: &mut Value, to: &dyn Fn(u64) -> u64) {
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                match value {
                    Value::Array(rows) if key == "rows" => {
                        let mut numbers: Vec<u64> = rows.iter().filter_map(Value::as_u64).map(to).collect();
                        numbers.sort_unstable();
                        *rows = numbers.into_iter().map(Value::from).collect();
                    }
                    other => rows_of(other, to),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| rows_of(item, to)),
        _ => {}
    }
}
