//! `skubill replay`: what was kept comes out again, or what is not what it was is named.

use jiff::Timestamp;
use skubill::bill::{Biller, Job};
use skubill::sandbox::{COMPONENT, COMPONENT_SHA256};
use skubill_runner::evidence::{CUSTOMERS, Evidence, JOB, OUTCOME};
use skubill_runner::journal::Journal;

use crate::world::{CUSTOMERS as CUSTOMERS_JSON, Folder, PRICES, has, small_report};

/// The small month, billed and kept, with another outcome where `change` makes one of it. Gives the run's folder.
pub fn kept_run(folder: &Folder, change: impl Fn(&str) -> String) -> String {
    let now = Timestamp::new(1_630_454_400, 0).expect("a time");
    let mut evidence = Evidence::begin(&folder.path().join("state"), "eu2", "ACRONIS", "2021-08", now).expect("begun");
    let job = Job { period: Some("2021-08".into()), level: Some("direct_partners".into()), ..Job::default() };
    let (report, prices, customers) = (small_report(), PRICES.as_bytes(), CUSTOMERS_JSON.as_bytes());
    let answer = Biller::new().expect("a component").bill(&job, report.as_bytes(), prices, Some(customers)).expect("billed");
    evidence.keep("report.csv", report.as_bytes()).expect("kept");
    evidence.keep("prices.json", prices).expect("kept");
    evidence.keep(&format!("{CUSTOMERS}.json"), customers).expect("kept");
    evidence.keep(JOB, serde_json::to_string(&job).expect("JSON").as_bytes()).expect("kept");
    evidence.keep(OUTCOME, change(answer.outcome_json().expect("an outcome")).as_bytes()).expect("kept");
    evidence.keep_component(COMPONENT).expect("kept");
    let run = evidence.folder().strip_prefix(folder.path()).expect("in the folder").to_str().expect("UTF-8").to_string();
    evidence.finish(&Journal::open(&folder.path().join("state")).expect("a journal"), now).expect("finished");
    run
}

#[test]
fn what_was_kept_comes_out_again() {
    let folder = Folder::new();
    let run = kept_run(&folder, str::to_string);
    assert_eq!(run, "state/runs/2021-08-eu2-ACRONIS-20210901T000000Z");
    let ran = folder.skubill(&["replay", &run]).ends(0);
    for line in [
        "run        2021-08, account eu2, provider ACRONIS, begun 2021-09-01T00:00:00Z with skubill",
        "files      5, each as it was kept\n",
        &format!("component  {COMPONENT_SHA256}, this program's own\n"),
        " bytes, came out again byte for byte\n",
    ] {
        has(&ran.stdout, line);
    }
    let json = folder.skubill(&["replay", &run, "--format", "json"]).ends(0).json();
    assert_eq!((&json["same"], &json["difference"], &json["files"]), (&true.into(), &serde_json::Value::Null, &5.into()));
    assert_eq!(json["component"], serde_json::json!({"sha256": COMPONENT_SHA256, "embedded": true}));
    // The outcome is the one that `preview` prints of the same files.
    folder.file("report.csv", small_report());
    folder.file("prices.json", PRICES);
    folder.file("customers.json", CUSTOMERS_JSON);
    let arguments = ["preview", "report.csv", "--prices", "prices.json", "--customers", "customers.json", "--period", "2021-08"];
    let previewed = folder.skubill(&[&arguments[..], &["--level", "direct_partners", "--format", "json"]].concat()).ends(0);
    assert_eq!(folder.read(&format!("{run}/outcome.json")) + "\n", previewed.stdout);
}

#[test]
fn what_comes_out_in_another_way_is_1_and_named() {
    let folder = Folder::new();
    let run = kept_run(&folder, |outcome| outcome.replacen("\"3.90\"", "\"3.91\"", 1));
    let ran = folder.skubill(&["replay", &run]).ends(1);
    has(&ran.stdout, "outcome    DIFFERENT from byte ");
    has(&ran.stdout, ": kept \"3.91\", now \"3.90\"\n");
    let json = folder.skubill(&["replay", &run, "--format", "json"]).ends(1).json();
    assert_eq!(json["same"], false);
    assert_eq!(json["difference"]["path"], "bills[0].categories[0].total");
}

#[test]
fn what_is_not_what_was_kept_is_1_and_named() {
    let folder = Folder::new();
    let run = kept_run(&folder, str::to_string);
    let report = folder.path().join(&run).join("report.csv");
    let bytes = std::fs::read(&report).expect("a report");
    std::fs::remove_file(&report).expect("removed");
    has(&folder.skubill(&["replay", &run]).refuses(1), "report.csv: it was kept, and is not there");
    std::fs::write(&report, [&bytes[..], b"\n"].concat()).expect("written");
    has(&folder.skubill(&["replay", &run]).refuses(1), "report.csv: not what was kept: its SHA-256 was ");
    std::fs::write(&report, &bytes).expect("put back");
    std::fs::write(report.with_file_name("more.txt"), "more").expect("put in");
    has(&folder.skubill(&["replay", &run]).refuses(1), "more.txt: it was not kept, and is there");
    std::fs::remove_file(report.with_file_name("more.txt")).expect("removed");
    folder.skubill(&["replay", &run]).ends(0);
    std::fs::remove_file(report.with_file_name("manifest.json")).expect("removed");
    has(&folder.skubill(&["replay", &run]).refuses(1), "this run was cut off before its evidence was complete");
    has(&folder.skubill(&["replay", "state/runs/none"]).refuses(1), "state/runs/none");
}
