//! `skubill estimate`: the table of the billing rules, section 6, to the cent.

use serde_json::{Value, json};

use crate::world::{Folder, has};

/// Costs of the first days of a 30-day period, and both estimates.
fn table() -> [(Vec<i64>, &'static str, &'static str); 6] {
    let tens = |days: usize| vec![10; days];
    [
        (tens(10), "300.00", "300.00"),
        ((1..=10).collect(), "169.00", "465.00"),
        ((11..=20).rev().collect(), "461.00", "165.00"),
        (vec![10, 12], "358.00", "1170.00"),
        ([vec![100], tens(9)].concat(), "390.00", "-902.73"),
        ([tens(9), vec![-50]].concat(), "213.82", "-861.82"),
    ]
}

/// June has 30 days.
fn csv(costs: &[i64]) -> String {
    let lines = costs.iter().enumerate().map(|(index, cost)| format!("2021-06-{:02},{cost}\n", index + 1));
    format!("date,price\n{}", lines.collect::<String>())
}

fn as_json(costs: &[i64]) -> String {
    let records =
        costs.iter().enumerate().map(|(index, cost)| json!({"date": format!("2021-06-{:02}", index + 1), "price": cost.to_string()}));
    Value::from_iter(records).to_string()
}

#[test]
fn the_table_of_the_rules_comes_out_to_the_cent() {
    let folder = Folder::new();
    for (costs, cumulative, daily) in table() {
        folder.file("costs.csv", csv(&costs));
        folder.file("costs.json", as_json(&costs));
        for (method, expected) in [("cumulative", cumulative), ("daily", daily)] {
            let ran = folder.skubill(&["estimate", "costs.csv", "--method", method, "--format", "json"]).ends(0);
            let estimated = ran.json();
            assert_eq!(estimated["estimate"], expected, "{method} {costs:?}");
            assert_eq!(
                (&estimated["method"], &estimated["days"], &estimated["records"]),
                (&json!(method), &json!(30), &json!(costs.len()))
            );
            let same = folder.skubill(&["estimate", "costs.json", "--method", method, "--format", "json"]).ends(0);
            assert_eq!(same.stdout, ran.stdout);
            let text = folder.skubill_fed(&["estimate", "-", "--method", method], csv(&costs).as_bytes()).ends(0);
            assert_eq!(text.stdout.lines().next(), Some(format!("estimate  {expected}").as_str()));
            assert_eq!(text.stdout.contains("lower than what was already spent"), estimated["below_to_date"] == true);
        }
        // Cumulative is what nobody asked for.
        assert_eq!(folder.skubill(&["estimate", "costs.csv", "--format", "json"]).ends(0).json()["estimate"], cumulative);
    }
}

#[test]
fn text_and_json_in_full() {
    let folder = Folder::new();
    folder.file("costs.csv", csv(&[10, 12]));
    let ran = folder.skubill(&["estimate", "costs.csv"]).ends(0);
    let expected = "estimate  358.00\nmethod    cumulative, from 2 records, for a period of 30 days\nline      12 a day, from -2\n";
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), (expected, ""));
    let ran = folder.skubill(&["estimate", "costs.csv", "--format", "json"]).ends(0);
    let expected = json!({
        "estimate": "358.00", "method": "cumulative", "records": 2, "days": 30, "slope": "12", "intercept": "-2", "below_to_date": false
    });
    assert_eq!(ran.json(), expected);
}

#[test]
fn places_are_as_many_as_asked_for() {
    let folder = Folder::new();
    folder.file("costs.csv", csv(&[100, 10, 10, 10, 10, 10, 10, 10, 10, 10]));
    for (places, expected) in [("0", "-903"), ("1", "-902.7"), ("2", "-902.73"), ("6", "-902.727273")] {
        let ran = folder.skubill(&["estimate", "costs.csv", "--method", "daily", "--places", places, "--format", "json"]).ends(0);
        assert_eq!((&ran.json()["estimate"], &ran.json()["below_to_date"]), (&json!(expected), &json!(true)));
    }
    has(&folder.skubill(&["estimate", "costs.csv", "--places", "13"]).refuses(2), "places");
}

#[test]
fn one_day_is_a_run_rate_none_is_null_and_a_stated_estimate_stands() {
    let folder = Folder::new();
    let estimate = |costs: &str, more: &[&str]| {
        folder.file("costs", costs);
        folder.skubill(&[&["estimate", "costs", "--format", "json"], more].concat()).ends(0).json()
    };
    let one = estimate("date,price\n2021-06-03,30\n", &[]);
    assert_eq!((&one["estimate"], &one["method"], &one["slope"]), (&json!("300.00"), &json!("run-rate"), &json!(null)));
    let none = estimate("date,price\n", &["--period", "2021-06"]);
    assert_eq!((&none["estimate"], &none["method"]), (&json!(null), &json!("none")));
    let fixed = estimate("date,price,estimated\n2021-06-01,10,0\n2021-06-02,5,99.995\n", &[]);
    assert_eq!((&fixed["estimate"], &fixed["method"]), (&json!("100.00"), &json!("fixed")));
    // Days are UTC days, however they are written: half past midnight in Paris is the day before.
    let paris = estimate(r#"[{"date": "2021-06-01T00:30:00+02:00", "price": "31"}]"#, &[]);
    assert_eq!((&paris["days"], &paris["estimate"]), (&json!(31), &json!("31.00")));
    let text = folder.skubill(&["estimate", "costs", "--period", "2021-05"]).ends(0);
    has(&text.stdout, "run-rate");
}

#[test]
fn what_cannot_be_estimated() {
    let folder = Folder::new();
    folder.file("costs.csv", "date,price\n2021-06-01,\n2021-06-31,5\n2021-06-02,1.2.3\n");
    let text = folder.skubill(&["estimate", "costs.csv"]).refuses(3);
    for place in ["costs, row 1, price: found nothing", "costs, row 2, date: found 2021-06-31", "costs, row 3, price"] {
        has(&text, place);
    }
    folder.file("costs.csv", csv(&[1, 2]));
    let json = folder.skubill(&["estimate", "costs.csv", "--period", "2021-07", "--format", "json"]).refuses(3);
    let faults: Value = serde_json::from_str(&json).expect("faults are JSON");
    assert_eq!((&faults["fault_count"], &faults["faults"][0]["input"]), (&json!(2), &json!("costs")));
    has(&folder.skubill(&["estimate", "none.csv"]).refuses(1), "none.csv");
    has(&folder.skubill(&["estimate", "costs.csv", "--method", "guess"]).refuses(2), "guess");
    folder.file("costs.csv", "date,price\n");
    has(&folder.skubill(&["estimate", "costs.csv"]).refuses(2), "period: none is named");
    folder.file("costs.csv", b"date,price\n2021-06-01,\xff\n");
    has(&folder.skubill(&["estimate", "costs.csv"]).refuses(3), "UTF-8");
}
