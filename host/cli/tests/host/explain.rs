//! `skubill explain`: one line from the report's bytes to the cent, of a run that was kept and of files.

use crate::replay::kept_run;
use crate::world::{Folder, has, lacks, report, row, small_folder, small_report};

/// Words of a line, with one space between them.
fn words(text: &str) -> Vec<String> {
    text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

#[track_caller]
fn has_line(text: &str, line: &str) {
    assert!(words(text).iter().any(|found| found == line), "{line:?} is not in:\n{text}");
}

const FILES: [&str; 8] = ["explain", "--report", "report.csv", "--prices", "prices.json", "--customers", "customers.json", "--period"];

fn of_files(folder: &Folder, more: &[&str]) -> crate::world::Ran {
    folder.skubill(&[&FILES[..], &["2021-08"], more].concat())
}

#[test]
fn a_line_of_a_run_is_told_in_words_and_numbers() {
    let folder = Folder::new();
    let run = kept_run(&folder, str::to_string);
    let said = folder.skubill(&["explain", &run, "t-1", "STO"]).ends(0).stdout;
    for line in [
        "Tenant t-1, t-1, SKU STO, 2021-08-01 to 2021-08-31",
        "Row Date Item Unit usage.effective.production What became of it",
        "2 2021-08-31 item_1 bytes 41875931136 billed",
        "The line: Cloud storage in Storage",
        "Its price: prices[1] of the price book, per-unit, by GiB",
        "the rows added up (bytes) 41875931136",
        "in GiB ÷ 1073741824 39",
        "priced 39 × 0.1 3.9",
        "rounded, once 2 places, half-up 3.90",
        "3.90 EUR for 39 GiB, posted to enterprise 292; before the rounding it was 3.9",
    ] {
        has_line(&said, line);
    }
    // The bytes of the report, as they stand there.
    let bytes = small_report().lines().nth(2).expect("the second row").to_string();
    has(&said, &format!("      2  {bytes}\n"));
    lacks(&said, "Findings");
}

#[test]
fn files_offline_give_the_json_that_a_run_gives() {
    let folder = small_folder();
    let run = kept_run(&folder, str::to_string);
    let of_run = folder.skubill(&["explain", &run, "t-1", "STO", "--format", "json"]).ends(0);
    let of_files = of_files(&folder, &["--level", "direct_partners", "t-1", "STO", "--format", "json"]).ends(0);
    assert_eq!(of_run.stdout, of_files.stdout);
    let json = of_files.json();
    assert_eq!(json["line"]["amount"], "3.90");
    assert_eq!(json["rows"][0]["row"], 2);
    let kinds: Vec<&str> = json["line"]["steps"].as_array().into_iter().flatten().filter_map(|step| step["kind"].as_str()).collect();
    assert_eq!(kinds, ["sum", "convert", "price", "round"]);
}

#[test]
fn tiers_hours_factors_and_credits_are_written_out() {
    let folder = Folder::new();
    folder.file(
        "report.csv",
        report(&[row("t-1", "STO", "bytes", "322122547200"), row("t-1", "CPU", "seconds", "5000"), row("t-1", "OFF", "", "-3")]),
    );
    let prices = r#"{"currency": "EUR", "factor": "1.2", "prices": [
        {"sku": "STO", "name": "Storage", "unit": "GiB", "model": "graduated", "included": "10", "maximum": "30",
         "tiers": [{"up_to": "250", "price": "0.10", "flat": "2"}, {"price": "0.08"}]},
        {"sku": "CPU", "name": "Compute", "unit": "hour", "price": "0.40"},
        {"sku": "OFF", "name": "Off", "unit": "each", "model": "package", "size": "2", "price": "1.005", "tenant_id": "t-1"}]}"#;
    folder.file("prices.json", prices);
    folder.file("customers.json", r#"{"customers": [{"tenant_id": "t-1", "enterprise": 292, "factor": "0.5"}]}"#);
    let said = of_files(&folder, &["t-1", "STO"]).ends(0).stdout;
    for line in [
        "less what is included − 10 290",
        "a tier 250 × 0.1 25",
        "the tier's fee + 2 27",
        "a tier 40 × 0.08 3.2",
        "all tiers 30.2",
        "the customer's factor × 0.5 15.1",
        "the price book's factor × 1.2 18.12",
        "not above the maximum 30 18.12",
        "rounded, once 2 places, half-up 18.12",
    ] {
        has_line(&said, line);
    }
    let said = of_files(&folder, &["t-1", "CPU"]).ends(0).stdout;
    has_line(&said, "in hour ÷ 3600 25/18");
    has_line(&said, "the quantity rounded 2 places, half-up 1.39");
    let said = of_files(&folder, &["t-1", "OFF"]).ends(0).stdout;
    for line in [
        "Its price: prices[2] of the price book, package, by each, for this tenant alone",
        "the rows added up -3",
        "below zero: a credit, rated by its absolute value 3",
        "packages begun of 2 2",
        "priced 2 × 1.005 2.01",
        "the credit -1.206",
        "-1.21 EUR for -3 each, posted to enterprise 292; before the rounding it was -1.206",
    ] {
        has_line(&said, line);
    }
    has(&said, "negative-usage");
}

#[test]
fn rows_that_are_not_billed_are_told_why() {
    let folder = Folder::new();
    folder.file(
        "report.csv",
        report(&[row("t-1", "NEW", "", "1"), row("t-1", "NEW", "", "0"), row("t-9", "SRV", "", "1"), row("t-1", "SRV", "bytes", "7")]),
    );
    folder.file("prices.json", crate::world::PRICES);
    folder.file("customers.json", crate::world::CUSTOMERS);
    let said = of_files(&folder, &["t-1", "NEW"]).ends(0).stdout;
    for line in ["1 2021-08-31 item_0 1 unpriced", "2 2021-08-31 item_1 0 zero usage", "No row is billed: there is no line"] {
        has_line(&said, line);
    }
    has(&said, "unpriced-sku");
    has_line(&of_files(&folder, &["t-9", "SRV"]).ends(0).stdout, "3 2021-08-31 item_2 1 unmapped");
    let said = of_files(&folder, &["t-1", "SRV"]).ends(0).stdout;
    has_line(&said, "4 2021-08-31 item_3 bytes 7 unpriced");
    has(&said, "unit-mismatch");
    has_line(&of_files(&folder, &["t-1", "SRV", "--root", "t-9"]).ends(0).stdout, "4 2021-08-31 item_3 bytes 7 unpriced");
    let excluded = folder.skubill(&["explain", "--report", "report.csv", "--prices", "prices.json", "--root", "t-1", "t-1", "SRV"]).ends(0);
    has_line(&excluded.stdout, "4 2021-08-31 item_3 bytes 7 excluded");
}

#[test]
fn wrong_usage_is_2_and_unreadable_files_are_3() {
    let folder = small_folder();
    let run = kept_run(&folder, str::to_string);
    for (arguments, said) in [
        (&["explain", "t-1", "STO"][..], "write RUN TENANT SKU, or --report"),
        (&["explain", &run, "t-1"], "write RUN TENANT SKU, or --report"),
        (&["explain", &run, "t-1", "STO", "--period", "2021-08"], "a run is explained by its own job"),
        (&["explain", &run, "t-1", "STO", "--limit", "rows=1"], "a run is explained by its own job"),
        (&["explain", "--report", "report.csv", "t-1", "STO"], "--prices <FILE>"),
        (&["explain", &run, "--report", "report.csv", "--prices", "prices.json", "t-1", "STO"], "with --report write TENANT SKU"),
        (&["explain", &run, "t-1", "NONE"], "no row of the report has the tenant \"t-1\" and the SKU \"NONE\""),
        (&["explain", &run, "t-2", "STO", "--format", "json"], "no row of the report has the tenant \"t-2\""),
        (&["explain"], "required"),
    ] {
        has(&folder.skubill(arguments).refuses(2), said);
    }
    folder.file("wrong.csv", small_report().replace("41875931136", "1,5"));
    has(&folder.skubill(&["explain", "--report", "wrong.csv", "--prices", "prices.json", "t-1", "STO"]).refuses(3), "nothing was billed");
    has(&folder.skubill(&["explain", "state/runs/none", "t-1", "STO"]).refuses(1), "state/runs/none");
}
