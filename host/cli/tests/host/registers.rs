//! `skubill abiquo registers`: each call by itself, as a table and as JSON.

use serde_json::{Value, json};
use skubill_simulators::abiquo::EstimateText;
use skubill_simulators::{Effect, Fault};

use crate::abiquo::{CATEGORIES, abiquo, as_json};
use crate::stage::{BILLS, Stage};
use crate::world::has;

#[tokio::test(flavor = "multi_thread")]
async fn registers_from_their_post_to_their_end() {
    let stage = Stage::small().await;
    stage.folder.file("list.json", CATEGORIES);
    let post = |date: &str, more: &[&str]| {
        let arguments = ["registers", "post", "--currency", "EUR", "--accept", "new-provider", "--date", date];
        as_json(&stage, &[&arguments[..], more].concat(), 0)
    };
    let register = post("2021-08-01", &["--price", "1.00", "--estimated", "0"]);
    let line = &register["registers"][0];
    assert_eq!((&line["date"], &line["period_end"]), (&json!("2021-08-01T23:59:59Z"), &json!("2021-08-31T23:59:59Z")));
    let id = line["id"].to_string();
    assert_eq!(as_json(&stage, &["registers", "get", &id], 0)["price"], "1.00");
    post("2021-08-02", &["--categories", "list.json", "--estimated", "0"]);
    let list = as_json(&stage, &["registers", "list"], 0);
    assert_eq!((&list["total_size"], list["registers"].as_array().map(Vec::len)), (&json!(4), Some(4)));
    has(&abiquo(&stage, &["registers", "list"]).ends(0).stdout, "Workstation");
    assert_eq!(stage.abiquo.registers()[1]["estimated"], "0");
    // One date, one record.
    let again = ["registers", "post", "--date", "2021-08-01", "--price", "1.00", "--currency", "EUR"];
    assert_eq!(as_json(&stage, &again, 4)["fate"], "already-there");
    stage.fault(Fault::next("POST", BILLS, Effect::Drop { taken: true }));
    post("2021-08-03T12:00:00Z", &["--price", "2.00"]);
    assert_eq!((stage.posts().len(), stage.abiquo.registers().len()), (3, 5));
    // A date that is meant and one that is there.
    let wrong = abiquo(&stage, &["registers", "delete", "--date", "2021-08-03", "--yes"]).ends(0);
    has(&wrong.stderr, "Nothing of ACRONIS is there at 2021-08-03T23:59:59Z; it is at 2021-08-01T23:59:59Z");
    has(&wrong.stderr, "2021-08-03T12:00:00Z");
    let shown = as_json(&stage, &["registers", "delete", "--date", "2021-08-02"], 0);
    assert_eq!((&shown["fate"], shown["registers"].as_array().map(Vec::len)), (&json!("would-be-deleted"), Some(3)));
    assert_eq!(stage.abiquo.registers().len(), 5);
    has(&abiquo(&stage, &["registers", "delete", "--date", "2021-08-02", "--yes"]).ends(0).stderr, "3 lines of registers deleted");
    abiquo(&stage, &["registers", "delete", "--date", "2021/08/03 14:00:00 +0200", "--yes"]).ends(0);
    assert_eq!(stage.abiquo.registers().len(), 1);
    has(&abiquo(&stage, &["registers", "get", "99"]).refuses(1), "BILL_REGISTER-1");
    // Registers of another period wait for the bill of this one.
    let september = ["registers", "post", "--date", "2021-09-01", "--price", "1", "--currency", "EUR", "--accept", "new-provider"];
    has(&abiquo(&stage, &september).refuses(1), "BILL_REGISTER-2");
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn both_estimates_are_shown() {
    let stage = Stage::small().await;
    let estimate = || as_json(&stage, &["registers", "estimate"], 0);
    // Nothing to estimate from.
    let none = estimate();
    assert_eq!((&none["abiquo"]["reading"], &none["ours"]), (&json!("none"), &Value::Null));
    has(&abiquo(&stage, &["registers", "estimate"]).ends(0).stderr, "there are no registers");
    let post = |date: &str, more: &[&str]| {
        let arguments = ["registers", "post", "--currency", "EUR", "--accept", "new-provider", "--date", date];
        abiquo(&stage, &[&arguments[..], more].concat()).ends(0);
    };
    // 30 days of June: 10 and 12 are 358.00, or 1170.00 by the daily line.
    post("2021-06-01", &["--price", "10", "--estimated", "0"]);
    post("2021-06-02", &["--price", "12", "--estimated", "0"]);
    let both = estimate();
    assert_eq!((&both["abiquo"]["text"], &both["ours"]["estimate"]), (&json!("358.00"), &json!("358.00")));
    assert_eq!(as_json(&stage, &["registers", "estimate", "--method", "daily"], 0)["ours"]["estimate"], "1170.00");
    // A fixed estimate is Abiquo's to tell: both are shown.
    post("2021-06-03", &["--estimated", "500.00"]);
    let ran = abiquo(&stage, &["registers", "estimate"]).ends(0);
    has(&ran.stdout, "500.00");
    has(&ran.stdout, "from 3 records");
    has(&ran.stderr, "A fixed estimate that was posted is never given back");
    for (spelling, reading) in [(EstimateText::Sentence, "amount"), (EstimateText::Nan, "not_a_number"), (EstimateText::Empty, "none")] {
        stage.abiquo.knobs(|knobs| knobs.estimate_text = spelling);
        let said = estimate();
        assert!(said["abiquo"]["reading"] == reading || said["abiquo"]["reading"][reading].is_object(), "{said}");
        assert!(said["ours"]["estimate"].is_string(), "{said}");
    }
    stage.abiquo.knobs(|knobs| knobs.estimate_text = EstimateText::Sentence);
    has(&abiquo(&stage, &["registers", "estimate"]).ends(0).stdout, "The estimated bill for provider ACRONIS will be 500.00 EUR");
    stage.stop().await;
}
