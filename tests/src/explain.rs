//! One line, told: `cases/explain/<name>/`, and every line of every situation of a bill once more.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::billing::every_way;
use crate::case::{Case, Wrong};
use crate::engine::{Call, Inputs, native, value};
use crate::print;

#[test]
fn explanations_come_out_as_their_files_say_in_every_way() {
    let mut wrong = Wrong::default();
    for case in Case::all(Some("explain")) {
        case.holds_only(&["report.", "prices.", "customers.", "job.json", "why.txt", "explanation.json"], &mut wrong);
        wrong.differ(&case.name, "why.txt says what the situation is", &case.text("why.txt").is_some(), &true);
        let inputs = case.inputs();
        match native(Call::Explain, &inputs, usize::MAX) {
            Ok(json) => case.expect("explanation.json", &print::pretty(&json), &mut wrong),
            Err(refusal) => wrong.say(&case.name, refusal),
        }
        every_way(Call::Explain, &case.name, &inputs, &mut wrong);
    }
    wrong.end();
}

/// A tenant and a SKU of a report, whoever they are billed to.
pub fn lines(inputs: &Inputs) -> BTreeSet<(String, String)> {
    let alone = Inputs { customers: None, job: json!({"period": "2021-08"}).to_string(), ..inputs.clone() };
    let usage = value(&native(Call::Usage, &alone, usize::MAX).expect("usage"));
    let text = |usage: &Value, key: &str| usage[key].as_str().unwrap_or_default().to_string();
    usage["usages"].as_array().into_iter().flatten().map(|usage| (text(usage, "tenant_id"), text(usage, "sku"))).collect()
}

/// A line of a bill's inputs, told.
pub fn told(inputs: &Inputs, tenant: &str, sku: &str) -> Value {
    let job = if inputs.job.trim().is_empty() { json!({}) } else { value(&inputs.job) };
    let job = json!({"tenant_id": tenant, "sku": sku, "job": job}).to_string();
    value(&native(Call::Explain, &Inputs { job, ..inputs.clone() }, usize::MAX).unwrap_or_else(|refusal| panic!("{refusal}")))
}

/// What the bill of the same inputs charges for a line.
fn charged<'a>(outcome: &'a Value, tenant: &str, sku: &str) -> Option<&'a Value> {
    let bills = outcome["bills"].as_array().into_iter().flatten().filter(|bill| bill["tenant_id"] == tenant);
    let categories = bills.flat_map(|bill| bill["categories"].as_array().into_iter().flatten());
    categories.flat_map(|category| category["usages"].as_array().into_iter().flatten()).find(|usage| usage["usage_type"] == sku)
}

/// What an explanation says is what the bill of the same inputs says: all of its lines, and every row.
pub fn agree(name: &str, inputs: &Inputs, outcome: &Value, kinds: &mut BTreeSet<String>, wrong: &mut Wrong) {
    let mut counts = [("billed", 0), ("unmapped", 0), ("unpriced", 0)];
    for (tenant, sku) in lines(inputs) {
        let told = told(inputs, &tenant, &sku);
        let of = |what: &str| format!("{name}, {tenant}, {sku}: {what}");
        let rows: Vec<&Value> = told["rows"].as_array().into_iter().flatten().collect();
        for (outcome, count) in &mut counts {
            *count += rows.iter().filter(|row| row["outcome"] == *outcome).count() as u64;
        }
        let billed: Vec<&Value> = rows.iter().filter(|row| row["outcome"] == "billed").map(|row| &row["row"]).collect();
        let Some(charge) = charged(outcome, &tenant, &sku) else {
            wrong.differ(&of("no line"), "line", &told["line"], &Value::Null);
            wrong.differ(&of("no line"), "rows billed", &billed.len(), &0);
            continue;
        };
        let line = &told["line"];
        wrong.differ(&of("amount"), "line", &line["amount"], &charge["price"]);
        wrong.differ(&of("quantity"), "line", &line["quantity"], &charge["quantity"]);
        wrong.differ(&of("rows"), "rows", &billed, &charge["rows"].as_array().into_iter().flatten().collect());
        let steps: Vec<&Value> = line["steps"].as_array().into_iter().flatten().collect();
        wrong.differ(&of("the first step"), "kind", &steps.first().map(|step| &step["kind"]), &Some(&json!("sum")));
        wrong.differ(&of("the last step"), "result", &steps.last().map(|step| &step["result"]), &Some(&line["amount"]));
        wrong.differ(&of("the step before"), "result", &steps.get(steps.len() - 2).map(|step| &step["result"]), &Some(&line["exact"]));
        kinds.extend(steps.iter().filter_map(|step| step["kind"].as_str().map(str::to_string)));
    }
    for (outcome_of_rows, count) in counts {
        wrong.differ(name, outcome_of_rows, &count, &outcome["accounting"][outcome_of_rows].as_u64().unwrap_or(u64::MAX));
    }
}

#[test]
fn every_line_of_every_situation_is_told_as_it_is_billed() {
    let mut wrong = Wrong::default();
    let mut kinds = BTreeSet::new();
    for case in Case::all(None) {
        let inputs = case.inputs();
        let outcome =
            value(&native(Call::Bill, &inputs, usize::MAX).unwrap_or_else(|refusal| panic!("{}: {refusal}", case.name)))["outcome"].take();
        agree(&case.name, &inputs, &outcome, &mut kinds, &mut wrong);
    }
    wrong.differ("all situations", "kinds of steps", &kinds.len(), &19);
    wrong.end();
}

/// The text of a row is the report's own, also where it is fed in pieces, quoted over lines, or JSON.
#[test]
fn rows_come_with_their_own_bytes() {
    let header = "tenant.id,tenant.kind,tenant.name,application.id,name,measurement_unit,sku,date,usage.absolute.production,\
                  usage.absolute.total,usage.absolute.trial,usage.delta.production,usage.delta.total,usage.delta.trial,\
                  usage.effective.production,usage.effective.total,usage.effective.trial";
    let row = |tenant: &str, name: &str, usage: u8| format!("{tenant},customer,{name},a,servers,,SRV,2021-08-31,0,0,0,0,0,0,{usage},0,0");
    let (first, second) = (row("t-1", "\"Two\nlines, [a} \"\"b\"\"\"", 1), row("t-1", "Plain", 2));
    let csv = format!("\u{feff}\r\n{header}\r\n\r\n{}\n{first}\r\n \r\n{}\n{second}", row("t-2", "Other", 9), row("t-2", "Other", 9));
    texts_are(&csv, &[&first, &second]);
    let row = |tenant: &str, usage: u8| {
        json!({
            "tenant": {"id": tenant, "kind": "customer", "name": "Two\nlines, [a} \"b\""}, "application.id": "a", "name": "servers",
            "sku": "SRV", "date": "2021-08-31", "x": [{"y": [1]}],
            "usage": {"absolute": {"production": 0, "total": 0, "trial": 0}, "delta": {"production": 0, "total": 0, "trial": 0},
                "effective": {"production": usage, "total": 0, "trial": 0}},
        })
    };
    let (first, second) = (row("t-1", 1).to_string(), serde_json::to_string_pretty(&row("t-1", 2)).expect("JSON"));
    let other = row("t-2", 9);
    texts_are(
        &format!("{{\"params\": {{\"a\": [1]}}, \"tenants\": [{other} ,\n{first}, {other}\n,{second}\n], \"z\": {{}}}}"),
        &[&first, &second],
    );
}

#[track_caller]
fn texts_are(report: &str, expected: &[&str]) {
    let prices = r#"{"currency": "EUR", "prices": [{"sku": "SRV", "name": "Server", "unit": "each", "price": "1"}]}"#;
    let job = json!({"tenant_id": "t-1", "sku": "SRV", "job": {"period": "2021-08"}}).to_string();
    let inputs = Inputs { report: report.as_bytes().to_vec(), prices: prices.as_bytes().to_vec(), customers: None, job };
    for size in [usize::MAX, 64, 1] {
        let told = value(&native(Call::Explain, &inputs, size).unwrap_or_else(|refusal| panic!("{refusal}")));
        let texts: Vec<&str> = told["rows"].as_array().into_iter().flatten().filter_map(|row| row["text"].as_str()).collect();
        assert_eq!(texts, expected, "in pieces of {size}");
    }
    let mut wrong = Wrong::default();
    every_way(Call::Explain, "rows with their own bytes", &inputs, &mut wrong);
    wrong.end();
}
