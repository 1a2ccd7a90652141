//! `skubill run` and `skubill record`: exit codes, stdout, stderr, and that secrets stay secret.

use std::time::Duration;

use serde_json::{Value, json};
use skubill_simulators::{Effect, Fault};

use crate::stage::{BILLS, Stage, servers, small};
use crate::world::{Ran, has, lacks};

const RUN: [&str; 3] = ["run", "--period", "2021-08"];
const ACCEPTED: [&str; 5] = ["run", "--period", "2021-08", "--accept", "new-provider"];

fn json_of(stage: &Stage, arguments: &[&str], code: i32) -> Value {
    let ran = stage.binary(&[arguments, &["--format", "json"]].concat()).ends(code);
    assert_eq!(ran.stdout.lines().count(), 1, "{}", ran.stdout);
    ran.json()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_month_is_posted_once() {
    let stage = Stage::small().await;
    let ran = stage.binary(&ACCEPTED).ends(0);
    for part in ["Account one, provider ACRONIS: 2021-08-01 to 2021-08-31", "13.00   EUR   posted", "19.50   EUR   posted", "total 32.50"] {
        has(&ran.stdout, part);
    }
    assert_eq!(ran.stderr, "");
    assert_eq!(stage.held(), [servers(11, "13.00"), servers(12, "19.50")]);
    // The second time it is listed, and there.
    let again = json_of(&stage, &RUN, 0);
    let postings = json!([
        {"enterprise": 11, "total": "13.00", "fate": "already-there"},
        {"enterprise": 12, "total": "19.50", "fate": "already-there"},
    ]);
    let billing = &again["accounts"][0]["billings"][0];
    assert_eq!((&again["accounts"][0]["account"], &billing["postings"]), (&json!("one"), &postings));
    assert_eq!(
        (&billing["outcome"]["total"], &billing["new_provider"], &billing["provider"]),
        (&json!("32.50"), &json!(false), &json!("ACRONIS"))
    );
    assert_eq!(stage.posts().len(), 2);
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn findings_and_blocked_bills_are_4() {
    let stage = Stage::small().await;
    let ran = stage.binary(&RUN).ends(4);
    has(&ran.stdout, "Abiquo does not list the provider ACRONIS");
    has(&ran.stdout, "`--accept new-provider` posts");
    assert!(stage.posts().is_empty());
    let dry = json_of(&stage, &[&ACCEPTED[..], &["--dry-run"]].concat(), 0);
    assert_eq!(dry["accounts"][0]["billings"][0]["postings"][0]["fate"], "dry-run");
    assert!(stage.posts().is_empty());
    stage.binary(&ACCEPTED).ends(0);
    // Another price: another bill stands in the place.
    stage.folder.file("prices.json", small().price_book().replace("6.50", "7.00"));
    let ran = stage.binary(&RUN).ends(4);
    has(&ran.stdout, "blocked, Abiquo holds another bill: Workloads / SRV: amount 14.00 here, 13.00 there");
    let blocked = json_of(&stage, &RUN, 4);
    let difference = json!({"kind": "amount", "category": "Workloads", "usage_type": "SRV", "posting": "14.00", "held": "13.00"});
    let posting = &blocked["accounts"][0]["billings"][0]["postings"][0];
    assert_eq!((&posting["fate"], &posting["differences"]), (&json!("different"), &json!([difference])));
    // A SKU without a price holds the posting; nothing about another one is said.
    stage.folder.file("prices.json", small().price_book().replace("\"SRV\"", "\"OTHER\""));
    let held = json_of(&stage, &RUN, 4);
    assert_eq!(held["accounts"][0]["billings"][0]["outcome"]["findings"][0]["code"], "unpriced-sku");
    assert_eq!(stage.posts().len(), 2);
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn external_failures_are_1_and_what_is_unknown_5() {
    let mut stage = Stage::small().await;
    // What is refused had no effect.
    stage.fault(Fault::next("POST", BILLS, Effect::status(429, None)));
    has(&stage.binary(&ACCEPTED).ends(1).stdout, "not posted: POST");
    assert_eq!(stage.held(), [servers(12, "19.50")]);
    // What was lost and is not there may come yet.
    stage.fault(Fault::next("POST", BILLS, Effect::Drop { taken: false }));
    has(&stage.binary(&ACCEPTED).ends(5).stdout, "UNKNOWN");
    has(&stage.binary(&ACCEPTED).ends(5).stdout, "was never confirmed, and may still take effect");
    stage.config.settle = Duration::ZERO;
    stage.fault(Fault::next("POST", BILLS, Effect::Drop { taken: true }));
    // The lookup before the post passes; the one after it does not.
    stage.fault(Fault { skip: 1, times: Some(3), ..Fault::next("GET", &format!("{BILLS}/11/bills"), Effect::status(503, None)) });
    let ran = stage.binary(&ACCEPTED).ends(5);
    has(&ran.stdout, "UNKNOWN");
    stage.abiquo.clear_faults();
    stage.binary(&ACCEPTED).ends(0);
    assert_eq!(stage.held(), [servers(11, "13.00"), servers(12, "19.50")]);
    // A report that fails: on stderr too, since stdout may be in a file.
    stage.acronis.knobs(|knobs| knobs.failing_formats = vec!["csv_v2_0".into()]);
    let again = [&RUN[..], &["--new-report"]].concat();
    let ran = stage.binary(&again).ends(1);
    has(&ran.stderr, "account one: ");
    has(&ran.stdout, "Account one: ");
    has(json_of(&stage, &again, 1)["accounts"][0]["error"].as_str().unwrap_or_default(), "csv_v2_0");
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_book_that_cannot_be_read_is_3_and_posts_nothing() {
    let stage = Stage::small().await;
    stage.folder.file("prices.json", small().price_book().replace("\"each\"", "\"GB\""));
    let ran = stage.binary(&ACCEPTED).ends(3);
    has(&ran.stderr, "GiB or TiB");
    assert!(stage.posts().is_empty());
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_usage_is_2_before_any_request() {
    let stage = Stage::small().await;
    let not_over = stage.binary(&["run", "--period", "2199-12"]).refuses(2);
    has(&not_over, "2199-12 is not over: its last day is 2199-12-31");
    has(&stage.binary(&["run", "--period", "2021-8"]).refuses(2), "write YYYY-MM");
    has(&stage.binary(&["run", "--period", "2021-08", "--config", "none.toml"]).refuses(2), "none.toml");
    has(&stage.binary(&["record", "--date", "2199-01-01"]).refuses(2), "the day is not over");
    has(&stage.binary(&["record", "--date", "31.08.2021"]).refuses(2), "write YYYY-MM-DD");
    assert!(stage.acronis.requests().is_empty() && stage.abiquo.requests().is_empty());
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_acceptance_that_does_not_exist_posts_nothing() {
    let stage = Stage::small().await;
    let ran = stage.binary(&["run", "--period", "2021-08", "--accept", "new-provider", "--accept", "everything"]).ends(2);
    has(&ran.stderr, "no finding has the code \"everything\"");
    assert!(stage.posts().is_empty());
    stage.stop().await;
}

/// Secrets that would be recognized, in every place where an error could show them.
#[tokio::test(flavor = "multi_thread")]
async fn secrets_are_never_shown() {
    let stage = Stage::small().await;
    let right = [stage.acronis.client_secret().to_string(), stage.abiquo.token().to_string()];
    let hidden = |ran: &Ran| {
        for secret in right.iter().map(String::as_str).chain(["PLANTED-SECRET", "PLANTED-TOKEN", "sim."]) {
            lacks(&ran.stdout, secret);
            lacks(&ran.stderr, secret);
        }
    };
    let with_log = |secret: &str, token: &str, code: i32| {
        stage.binary(&["check", "prices.json"]);
        stage.folder.file("secret-one.txt", secret);
        stage.folder.file("token-one.txt", token);
        let mut command = crate::world::command(stage.folder.path(), &ACCEPTED);
        let output = tokio::task::block_in_place(|| command.env("RUST_LOG", "trace").env("RUST_BACKTRACE", "1").output()).expect("it runs");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let ran = Ran { code: output.status.code(), stdout: text(&output.stdout), stderr: text(&output.stderr) }.ends(code);
        hidden(&ran);
        ran
    };
    let refused = with_log("PLANTED-SECRET", "PLANTED-TOKEN", 1);
    has(&refused.stderr, "invalid_client");
    // The service repeats what it was sent: it is an error text like any other.
    let echo = Effect::Status { status: 500, retry_after: None, body: Some("no".into()), content_type: None, taken: false };
    stage.acronis.fault(Fault::next("POST", "/api/2/reports", echo));
    with_log(&right[0], &right[1], 1);
    let refused = with_log(&right[0], "PLANTED-TOKEN", 1);
    has(&refused.stdout, "401");
    with_log(&right[0], &right[1], 0);
    // A secret that was written into the configuration is not repeated in the complaint about it.
    for written in
        ["\"PLANTED-SECRET\"", "{ value = \"PLANTED-SECRET\" }", "{ env = 1, file = \"PLANTED-SECRET\" }", "[\"PLANTED-SECRET\"]"]
    {
        stage.folder.file("other.toml", stage.folder.read("skubill.toml").replace("{ file = \"secret-one.txt\" }", written));
        let ran = stage.binary(&["run", "--period", "2021-08", "--config", "other.toml"]).ends(2);
        has(&ran.stderr, "other.toml, line 8: a secret is named, not written here");
        hidden(&ran);
    }
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_is_recorded_once() {
    let stage = Stage::small().await;
    let ran = stage.binary(&["record", "--accept", "new-provider", "--date", "2021-08-10"]).ends(0);
    assert_eq!(ran.stderr, "");
    for part in ["ACRONIS", "posted", "4.19", "6.29"] {
        has(&ran.stdout, part);
    }
    // 13.00 × 10 ÷ 31 and 19.50 × 10 ÷ 31.
    let again = json_of(&stage, &["record", "--accept", "new-provider", "--date", "2021-08-10"], 0);
    let billing = &again["accounts"][0]["billings"][0];
    assert_eq!(
        (&billing["provider"], &billing["day"]["date"], &billing["day"]["number"]),
        (&json!("ACRONIS"), &json!("2021-08-10"), &json!(10))
    );
    let register = &billing["registers"][0];
    assert_eq!((&register["enterprise"], &register["fate"]), (&json!(11), &json!("recorded")));
    assert_eq!((stage.posts().len(), stage.abiquo.registers().len()), (2, 2));
    // Of a day that was kept each line is told, up to that day.
    let runs = std::fs::read_dir(stage.folder.path().join("state/runs")).expect("runs");
    let day = runs.map(|run| run.expect("a run").path()).find(|run| run.join("task.json").exists()).expect("a day that was kept");
    let tenant = small().customers[0].tenant_id.clone();
    let told = stage.binary(&["explain", &day.display().to_string(), &tenant, "SRV"]).ends(0).stdout;
    has(&told, "the part of the month that is over");
    has(&told, "before the rounding it was 130/31");
    // The next month waits for this one's bill.
    let ran = stage.binary(&["record", "--accept", "new-provider", "--date", "2021-09-01"]).ends(4);
    has(&ran.stdout, "previous-period-open");
    stage.acronis.knobs(|knobs| knobs.failing_formats = vec!["csv_v2_0".into()]);
    has(&stage.binary(&["record", "--accept", "new-provider", "--date", "2021-08-11"]).ends(1).stderr, "account one: ");
    stage.acronis.knobs(|knobs| knobs.failing_formats.clear());
    // What holds a day is said: here a price that is missing.
    stage.folder.file("prices.json", small().price_book().replace("\"SRV\"", "\"OTHER\""));
    let ran = stage.binary(&["record", "--accept", "new-provider", "--date", "2021-08-12"]).ends(4);
    has(&ran.stdout, "unpriced-sku");
    has(&ran.stdout, "Findings");
    stage.stop().await;
}
