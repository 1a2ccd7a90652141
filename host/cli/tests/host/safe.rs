//! A tenant's name is data: it moves no cursor, turns no text around, and starts no formula.

use crate::world::{CUSTOMERS, Folder, PRICES, Row, has, lacks, report, row};

/// Clears the screen, turns the text, rings, colours, breaks the line.
const EVIL: &str = "\u{1b}[2J\u{202e}evil\u{7}\u{200f}\u{9b}31m\u{2066}\u{feff}\u{2028}x";

fn folder(rows: &[Row]) -> Folder {
    let folder = Folder::new();
    folder.file("report.csv", report(rows));
    folder.file("prices.json", PRICES);
    folder.file("customers.json", CUSTOMERS);
    folder
}

fn named(name: &str) -> Row {
    Row { name: name.into(), ..row("t-1", "SRV", "", "3") }
}

/// Nothing but text and line breaks.
#[track_caller]
fn harmless(text: &str) {
    let acts = |c: char| (c.is_control() && c != '\n') || ('\u{200e}'..='\u{200f}').contains(&c) || ('\u{2028}'..='\u{202e}').contains(&c);
    let found = text.chars().find(|c| acts(*c) || ('\u{2066}'..='\u{2069}').contains(c) || matches!(c, '\u{feff}' | '\u{61c}'));
    assert_eq!(found, None, "{text:?}");
}

#[test]
fn names_do_not_act_on_a_terminal() {
    let folder = folder(&[named(EVIL)]);
    for format in ["table", "csv", "json"] {
        let ran = folder
            .skubill(&["preview", "report.csv", "--prices", "prices.json", "--customers", "customers.json", "--format", format])
            .ends(0);
        harmless(&ran.stdout);
        harmless(&ran.stderr);
        has(&ran.stdout, "evil");
    }
    // In JSON it is escaped, not lost.
    let ran = folder.skubill(&["preview", "report.csv", "--prices", "prices.json", "--format", "json"]).ends(0);
    assert_eq!(ran.json()["bills"][0]["tenant_name"], EVIL);
}

#[test]
fn a_line_break_in_a_name_does_not_make_a_line() {
    let folder = folder(&[named("Acme\n   SRV   Server   1000   each   6500.00")]);
    let ran = folder.skubill(&["preview", "report.csv", "--prices", "prices.json"]).ends(0);
    has(&ran.stdout, "Acme\\u{a}");
    let csv = folder.skubill(&["preview", "report.csv", "--prices", "prices.json", "--format", "csv"]).ends(0);
    assert_eq!(csv.stdout.lines().count(), 2, "{}", csv.stdout);
}

#[test]
fn neither_do_faults_and_findings() {
    let skus = folder(&[Row { sku: format!("NEW{EVIL}"), ..named("x") }]);
    for format in ["table", "csv", "json"] {
        let ran = skus.skubill(&["preview", "report.csv", "--prices", "prices.json", "--format", format]).ends(4);
        harmless(&ran.stdout);
        harmless(&ran.stderr);
    }
    let numbers = folder(&[Row { usage: format!("\"1,5{EVIL}\""), ..named("x") }]);
    numbers
        .file("customers.json", format!("{{\"customers\": [{{\"tenant_id\": \"{0}\", \"enterprise\": \"{0}\"}}]}}", "\\u001b[2J\\u202e"));
    for format in ["table", "json"] {
        let base = ["preview", "report.csv", "--prices", "prices.json", "--customers", "customers.json", "--format", format];
        let stderr = numbers.skubill(&base).refuses(3);
        harmless(&stderr);
        has(&stderr, "1,5");
    }
    // Nor what is named on the command line.
    let stderr = numbers.skubill(&["preview", "none\u{1b}[2J.csv", "--prices", "prices.json"]).refuses(1);
    harmless(&stderr);
    let header = Folder::new();
    header.file("prices.json", PRICES);
    header.file("report.csv", report(&[named("x")]).replacen(",edition,", &format!(",edition{EVIL},"), 1));
    let ran = header.skubill(&["preview", "report.csv", "--prices", "prices.json"]).ends(0);
    has(&ran.stdout, "unknown-column");
    harmless(&ran.stdout);
}

#[test]
fn init_and_estimate_say_nothing_harmful_either() {
    let folder = folder(&[named(EVIL)]);
    let ran = folder.skubill(&["init", "report.csv", "--prices", "p.json", "--customers", "c.json"]).ends(0);
    harmless(&ran.stdout);
    let written = folder.read("c.json");
    harmless(&written);
    let customers: serde_json::Value = serde_json::from_str(&written).expect("JSON");
    assert_eq!(customers["customers"][0]["enterprise_name"], EVIL);
    folder.file("costs.csv", format!("date,price\n2021-08-01,{EVIL}\n"));
    harmless(&folder.skubill(&["estimate", "costs.csv"]).refuses(3));
}

#[test]
fn a_text_starts_no_formula_in_a_spreadsheet() {
    for start in ["=", "+", "-", "@", "＝", "＋", "－", "＠"] {
        let name = format!("{start}HYPERLINK(\"http://evil\";1)");
        let folder = folder(&[named(&name)]);
        let ran = folder.skubill(&["preview", "report.csv", "--prices", "prices.json", "--format", "csv"]).ends(0);
        let mut reader = csv::Reader::from_reader(ran.stdout.as_bytes());
        let record = reader.records().next().expect("a line").expect("CSV");
        assert_eq!(record.get(4), Some(format!("'{name}").as_str()));
        lacks(&ran.stdout, &format!(",{start}"));
        lacks(&ran.stdout, &format!("\"{start}"));
    }
    // A credit is a number and stays one.
    let credit = folder(&[row("t-1", "SRV", "", "-2")]);
    let ran = credit.skubill(&["preview", "report.csv", "--prices", "prices.json", "--format", "csv"]).ends(0);
    has(&ran.stdout, ",-2,each,-13.00,");
}
