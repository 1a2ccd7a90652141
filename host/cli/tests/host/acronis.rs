//! `skubill acronis reports`: each call by itself, as a table and as JSON; and what goes wrong on the way.

use serde_json::{Value, json};
use skubill_simulators::acronis::History;
use skubill_simulators::{Effect, Fault, Service};

use crate::stage::Stage;
use crate::world::{Ran, has, lacks};

const REPORTS: &str = "/api/2/reports";

fn reports(stage: &Stage, arguments: &[&str]) -> Ran {
    stage.binary(&[&["acronis", "reports"], arguments].concat())
}

fn as_json(stage: &Stage, arguments: &[&str]) -> Value {
    let ran = reports(stage, &[arguments, &["--format", "json"]].concat()).ends(0);
    assert_eq!(ran.stdout.lines().count(), 1, "{}", ran.stdout);
    ran.json()
}

/// August's report, by its id.
fn created(stage: &Stage) -> String {
    let report = as_json(stage, &["create", "--period", "2021-08"]);
    report["id"].as_str().unwrap_or_default().to_string()
}

fn posts(stage: &Stage) -> usize {
    stage.acronis.requests().iter().filter(|seen| seen.method == "POST" && seen.target == REPORTS).count()
}

/// What the twin was asked for, in the order of creation.
fn asked(stage: &Stage) -> Vec<Value> {
    Service::state(&**stage.acronis)["reports"].as_array().cloned().unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_from_its_creation_to_its_end() {
    let stage = Stage::small().await;
    let id = created(&stage);
    let again = reports(&stage, &["create", "--start", "2021-08-01", "--end", "2021-08-31"]).ends(0);
    for part in ["usage_summary", "direct_partners", "csv_v2_0", "2021-08-01 to 2021-08-31", "once", "save"] {
        has(&again.stdout, part);
    }
    assert_eq!(again.stderr, "");
    let status = as_json(&stage, &["status", &id]);
    assert_eq!((&status["report"]["id"], &status["report"]["version"]), (&json!(id), &json!(1)));
    let stored = &status["stored"][0];
    assert_eq!((&stored["format"], &stored["state"]), (&json!("csv_v2_0"), &json!("saved")));
    let shown = reports(&stage, &["status", &id]).ends(0);
    for part in [id.as_str(), "saved", stored["id"].as_str().unwrap_or_default(), "usage_summary"] {
        has(&shown.stdout, part);
    }
    // All of the tenant's, by id.
    let ids = as_json(&stage, &["list"]);
    assert_eq!((ids.as_array().map(Vec::len), &ids[0]), (Some(2), &json!(id)));
    has(&reports(&stage, &["list", "--tenant", &stage.acronis.tenant_id()]).ends(0).stdout, &id);
    // What is there already is not fetched again.
    let download = ["download", &id, "--out", "report.csv.gz"];
    assert_eq!(as_json(&stage, &download)["fetched"], true);
    assert_eq!(as_json(&stage, &download)["fetched"], false);
    has(&reports(&stage, &download).ends(0).stdout, "before");
    let item = stored["id"].as_str().unwrap_or_default();
    reports(&stage, &["download", &id, "--item", item, "--out", "same.csv.gz"]).ends(0);
    has(&reports(&stage, &["download", &id, "--item", "none", "--out", "x"]).refuses(1), "nothing that is saved has the id none");
    let bytes = |name: &str| std::fs::read(stage.folder.path().join(name)).expect("a file");
    assert_eq!(bytes("report.csv.gz"), bytes("same.csv.gz"));
    assert_eq!(bytes("report.csv.gz")[..2], [0x1f, 0x8b]);
    // Without --yes it is shown; with it, it is gone.
    let shown = reports(&stage, &["delete", &id]).ends(0);
    has(&shown.stderr, "--yes deletes it");
    has(&shown.stdout, &id);
    assert_eq!(asked(&stage).len(), 2);
    let gone = as_json(&stage, &["delete", &id, "--yes"]);
    assert_eq!((&gone["fate"], &gone["report"]["id"]), (&json!("deleted"), &json!(id)));
    assert_eq!(asked(&stage).len(), 1);
    has(&reports(&stage, &["status", &id]).refuses(1), "404");
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_parameter_of_a_report() {
    let stage = Stage::small().await;
    let kinds = ["usage_summary", "usage_daily", "usage_breakdown"];
    for (kind, level) in kinds.into_iter().zip(["all_partners", "all_customers", "accounts"]) {
        let report = as_json(&stage, &["create", "--period", "2021-08", "--kind", kind, "--level", level]);
        assert_eq!((&report["kind"], &report["level"]), (&json!(kind), &json!(level)));
    }
    // The month so far has a period of its own.
    let current = as_json(&stage, &["create", "--kind", "usage_current", "--stored", "json_v2_0", "--stored", "html"]);
    assert_eq!(current["formats"], json!(["json_v2_0", "html"]));
    assert!(current["period"]["start"].is_string(), "{current}");
    let monthly = ["create", "--schedule", "monthly", "--without-skus", "--with-zero-usage", "--tenant", &stage.acronis.tenant_id()];
    let monthly = as_json(&stage, &monthly);
    assert_eq!((&monthly["schedule"], &monthly["show_skus"]), (&json!("monthly"), &json!(false)));
    let user = "00000000-0000-4000-8000-000000000001";
    let other = "00000000-0000-4000-8000-000000000002";
    let sent = ["create", "--period", "2021-08", "--action", "send", "--recipient", user, "--recipient", other];
    let ran = reports(&stage, &[&sent[..], &["--generation-date", "2099-09-02"]].concat()).ends(0);
    for part in ["send", user, other, "2099-09-02"] {
        has(&ran.stdout, part);
    }
    let asked = asked(&stage);
    assert_eq!(asked[3]["parameters"]["formats"], json!(["json_v2_0", "html"]));
    assert_eq!((&asked[4]["schedule"]["type"], &asked[4]["parameters"]["hide_zero_usage"]), (&json!("monthly"), &json!(false)));
    assert_eq!((&asked[5]["recipients"], &asked[5]["parameters"]["formats"]), (&json!([user, other]), &json!(["csv"])));
    assert_eq!((&asked[5]["result_action"], &asked[5]["generation_date"]), (&json!("send"), &json!("2099-09-02")));
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_state_of_a_stored_report() {
    let stage = Stage::small().await;
    let state = |state: &str| {
        let id = created(&stage);
        assert_eq!(as_json(&stage, &["status", &id])["stored"][0]["state"], state);
        has(&reports(&stage, &["status", &id]).ends(0).stdout, state);
        id
    };
    state("saved");
    stage.acronis.knobs(|knobs| knobs.report_hangs = true);
    state("in_progress");
    stage.acronis.knobs(|knobs| knobs.in_progress_status = "queued".into());
    state("queued");
    stage.acronis.knobs(|knobs| (knobs.report_hangs, knobs.failing_formats) = (false, vec!["csv_v2_0".into()]));
    let id = state("failed");
    has(&reports(&stage, &["download", &id, "--out", "x"]).refuses(1), "could not make its csv_v2_0");
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_is_looked_up_and_nothing_is_asked_for_twice() {
    let stage = Stage::small().await;
    let drop = |taken| stage.acronis.fault(Fault::next("POST", REPORTS, Effect::Drop { taken }));
    // One that is like it was there before: it is not taken for the new one.
    let before = created(&stage);
    drop(true);
    let found = reports(&stage, &["create", "--period", "2021-08", "--format", "json"]).ends(0);
    has(&found.stderr, "The answer was lost");
    let ids: Vec<Value> = asked(&stage).iter().map(|report| report["id"].clone()).collect();
    assert_eq!((ids.len(), &ids[0], &found.json()["id"]), (2, &json!(before), &ids[1]));
    drop(false);
    let said = reports(&stage, &["create", "--period", "2021-08"]).refuses(1);
    has(&said, "it was looked up and is not there");
    assert_eq!((posts(&stage), asked(&stage).len()), (3, 2));
    // The list is asked for once before; after the loss, it does not answer.
    let list = format!("/api/2/tenants/{}", stage.acronis.tenant_id());
    drop(true);
    stage.acronis.fault(Fault { skip: 1, times: Some(3), ..Fault::next("GET", &list, Effect::status(503, None)) });
    let said = reports(&stage, &["create", "--period", "2021-08"]).refuses(5);
    for part in ["UNKNOWN", "Looking it up failed too", "It was not asked for again"] {
        has(&said, part);
    }
    // Or it did not answer before: then nothing can be told to be new.
    drop(true);
    stage.acronis.fault(Fault::next("GET", &list, Effect::status(503, None)).times(3));
    has(&reports(&stage, &["create", "--period", "2021-08"]).refuses(5), "could not be listed");
    assert_eq!((posts(&stage), asked(&stage).len()), (5, 4));
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delete_whose_answer_is_lost_is_looked_up() {
    let stage = Stage::small().await;
    // The server fails, before or after it has deleted.
    let lost = |taken| Effect::Status { status: 502, retry_after: None, body: None, content_type: None, taken };
    let lose = |taken| stage.acronis.fault(Fault::next("DELETE", REPORTS, lost(taken)));
    let id = created(&stage);
    lose(false);
    has(&reports(&stage, &["delete", &id, "--yes"]).refuses(1), "is still there");
    lose(true);
    has(&reports(&stage, &["delete", &id, "--yes"]).ends(0).stderr, "was looked up and is gone");
    let id = created(&stage);
    lose(true);
    stage.acronis.fault(Fault { skip: 1, times: Some(3), ..Fault::next("GET", REPORTS, Effect::status(503, None)) });
    has(&reports(&stage, &["delete", &id, "--yes"]).refuses(5), "looking it up failed too");
    assert!(asked(&stage).is_empty());
    // Somebody else changed it in between: the optimistic lock says so.
    let id = created(&stage);
    stage.acronis.fault(Fault::next(
        "DELETE",
        REPORTS,
        Effect::Status {
            status: 409,
            retry_after: None,
            body: Some(include_str!("../../../../tests/wire/acronis/error-version.json").into()),
            content_type: None,
            taken: false,
        },
    ));
    has(&reports(&stage, &["delete", &id, "--yes"]).refuses(1), "1001");
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_makes_no_sense_is_2_and_nothing_is_sent() {
    let stage = Stage::small().await;
    for (arguments, said) in [
        (&["create"][..], "needs a period"),
        (&["create", "--period", "2021-8"], "write YYYY-MM"),
        (&["create", "--start", "2021-08-01"], "--end"),
        (&["create", "--start", "2021-08-31", "--end", "2021-08-01"], "ends before it starts"),
        (&["create", "--period", "2021-08", "--kind", "usage_yearly"], "usage_breakdown"),
        (&["create", "--period", "2021-08", "--stored", "xlsx"], "json_v2_0"),
        (&["create", "--period", "2021-08", "--action", "send"], "needs a recipient"),
        (&["list", "--account", "two"], "name one of one"),
        (&["status", ".."], "cannot be part of an address"),
        (&["status", "x", "--config", "none.toml"], "none.toml"),
    ] {
        has(&reports(&stage, arguments).refuses(2), said);
    }
    assert!(stage.acronis.requests().is_empty());
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_are_told_and_secrets_are_not() {
    let stage = Stage::small().await;
    stage.acronis.knobs(|knobs| knobs.history = History::Late);
    has(&reports(&stage, &["create", "--period", "2021-08"]).refuses(1), "come back at");
    stage.acronis.knobs(|knobs| knobs.history = History::Ready);
    has(&reports(&stage, &["create", "--period", "2199-08"]).refuses(1), "must not be in the future");
    has(&reports(&stage, &["list", "--tenant", "nobody"]).refuses(1), "1005");
    stage.folder.file("secret-other.txt", "PLANTED-SECRET");
    let config = stage.folder.read("skubill.toml").replace("secret-one.txt", "secret-other.txt");
    stage.folder.file("other.toml", config);
    let said = reports(&stage, &["list", "--config", "other.toml"]).refuses(1);
    has(&said, "invalid_client");
    lacks(&said, "PLANTED-SECRET");
    stage.stop().await;
}
