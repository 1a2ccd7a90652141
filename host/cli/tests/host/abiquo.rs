//! `skubill abiquo bills`: each call by itself, as a table and as JSON; and what goes wrong on the way.

use std::time::Duration;

use serde_json::{Value, json};
use skubill_simulators::{Effect, Fault};

use crate::stage::{BILLS, Stage};
use crate::world::{Ran, has, lacks};

const AT: [&str; 2] = ["--enterprise", "11"];
/// August's bill, plain.
const PLAIN: [&str; 8] = ["bills", "post", "--period", "2021-08", "--price", "23.40", "--currency", "EUR"];
const ACCEPTED: [&str; 2] = ["--accept", "new-provider"];

pub fn abiquo(stage: &Stage, arguments: &[&str]) -> Ran {
    stage.binary(&[&["abiquo"], arguments, &AT].concat())
}

pub fn as_json(stage: &Stage, arguments: &[&str], code: i32) -> Value {
    let ran = abiquo(stage, &[arguments, &["--format", "json"]].concat()).ends(code);
    assert_eq!(ran.stdout.lines().count(), 1, "{}", ran.stdout);
    ran.json()
}

/// The server fails, before or after it has done what it was asked for.
fn lost(taken: bool) -> Effect {
    Effect::Status { status: 502, retry_after: None, body: None, content_type: None, taken }
}

fn posted(stage: &Stage) -> Value {
    as_json(stage, &[&PLAIN[..], &ACCEPTED].concat(), 0)
}

/// Two categories with three usage types, as an outcome has them.
pub const CATEGORIES: &str = r#"[
    {"category": "Storage", "total": "3.90", "usages": [{"usage_type": "STO", "usage_name": "Cloud storage", "price": "3.90"}]},
    {"category": "Workloads", "total": "20.00", "usages": [
        {"usage_type": "SRV", "usage_name": "Server", "price": "19.50"},
        {"usage_type": "WKS", "usage_name": "Workstation", "price": 0.50}]}]"#;

#[tokio::test(flavor = "multi_thread")]
async fn a_plain_bill_from_its_post_to_its_end() {
    let stage = Stage::small().await;
    let bill = posted(&stage);
    assert_eq!((&bill["fate"], &bill["status"]), (&json!("posted"), &json!(201)));
    let line = &bill["bills"][0];
    assert_eq!((&line["price"], &line["currency"], &line["provider"]), (&json!("23.40"), &json!("EUR"), &json!("ACRONIS")));
    assert_eq!((&line["period_start"], &line["period_end"]), (&json!("2021-08-01T00:00:00Z"), &json!("2021-08-31T23:59:59Z")));
    let id = line["id"].to_string();
    assert_eq!(as_json(&stage, &["bills", "get", &id], 0)["price"], "23.40");
    has(&abiquo(&stage, &["bills", "get", &id]).ends(0).stdout, "2021-08-01 to 2021-08-31");
    let list = as_json(&stage, &["bills", "list"], 0);
    assert_eq!((&list["total_size"], &list["bills"][0]["id"]), (&json!(1), &line["id"]));
    has(&abiquo(&stage, &["bills", "list"]).ends(0).stdout, "23.40   EUR");
    assert_eq!(as_json(&stage, &["bills", "providers"], 0)["providers"], json!(["ACRONIS", "AMAZON", "ONPREMISE"]));
    has(&abiquo(&stage, &["bills", "providers"]).ends(0).stdout, "ONPREMISE");
    // A delete without --yes shows, and leaves everything.
    let shown = as_json(&stage, &["bills", "delete", "--period", "2021-08"], 0);
    assert_eq!((&shown["fate"], &shown["bills"][0]["id"]), (&json!("would-be-deleted"), &line["id"]));
    let shown = abiquo(&stage, &["bills", "delete", "--start", "2021-08-01"]).ends(0);
    has(&shown.stderr, "1 line of bills would be deleted; --yes deletes them");
    has(&shown.stdout, "23.40   EUR");
    assert_eq!(stage.abiquo.bills().len(), 1);
    let gone = abiquo(&stage, &["bills", "delete", "--period", "2021-08", "--yes"]).ends(0);
    has(&gone.stderr, "1 line of bills deleted");
    has(&gone.stdout, "23.40   EUR");
    assert!(stage.abiquo.bills().is_empty());
    // A month's first second by another clock is another instant: it is said where the bill is.
    posted(&stage);
    let elsewhere = abiquo(&stage, &["bills", "delete", "--start", "2021-08-01T00:00:00+02:00", "--yes"]).ends(0);
    has(&elsewhere.stderr, "Nothing of ACRONIS is there at 2021-07-31T22:00:00Z; it is at 2021-08-01T00:00:00Z");
    assert_eq!(stage.abiquo.bills().len(), 1);
    abiquo(&stage, &["bills", "delete", "--period", "2021-08", "--yes"]).ends(0);
    // Nothing is there any more, and nothing is sent.
    let deletes = |stage: &Stage| stage.abiquo.requests().iter().filter(|seen| seen.method == "DELETE").count();
    assert_eq!(as_json(&stage, &["bills", "delete", "--period", "2021-08", "--yes"], 0)["fate"], "nothing-there");
    assert_eq!(deletes(&stage), 2);
    has(&abiquo(&stage, &["bills", "get", &id]).refuses(1), "BILL-4");
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bill_by_categories_from_a_list_a_posting_and_an_outcome() {
    let stage = Stage::small().await;
    stage.folder.file("list.json", CATEGORIES);
    stage
        .folder
        .file("posting.json", format!(r#"{{"enterprise": 11, "total": "23.90", "tenants": [], "held": [], "categories": {CATEGORIES}}}"#));
    let post = ["bills", "post", "--period", "2021-08", "--currency", "EUR", "--accept", "new-provider", "--categories"];
    for file in ["list.json", "posting.json"] {
        let bill = as_json(&stage, &[&post[..], &[file]].concat(), 0);
        assert_eq!((&bill["fate"], bill["bills"].as_array().map(Vec::len)), (&json!("posted"), Some(3)));
        let held: Vec<_> = stage.held().into_iter().map(|(_, line)| line.join(" ")).collect();
        assert_eq!(held, ["Storage STO Cloud storage 3.90", "Workloads SRV Server 19.50", "Workloads WKS Workstation 0.50"]);
        // All three go at once.
        has(&abiquo(&stage, &["bills", "delete", "--period", "2021-08", "--yes"]).ends(0).stderr, "3 lines of bills deleted");
    }
    // An outcome says for which month and in which currency; of its postings, one is this enterprise's.
    let posting = |enterprise: u64, held: &str| format!(r#"{{"enterprise": {enterprise}, "held": [{held}], "categories": {CATEGORIES}}}"#);
    let postings = [posting(10, ""), posting(11, ""), posting(12, r#""unpriced-sku""#)].join(",");
    let outcome = format!(r#"{{"period": {{"start": "2021-07-01", "end": "2021-07-31"}}, "currency": "USD", "postings": [{postings}]}}"#);
    stage.folder.file("outcome.json", outcome);
    let bill = as_json(&stage, &["bills", "post", "--accept", "new-provider", "--categories", "outcome.json"], 0);
    assert_eq!((&bill["bills"][0]["period_start"], &bill["bills"][0]["currency"]), (&json!("2021-07-01T00:00:00Z"), &json!("USD")));
    // What findings hold is not posted.
    let held = ["abiquo", "bills", "post", "--enterprise", "12", "--categories", "outcome.json", "--format", "json"];
    let held = stage.binary(&held).ends(4);
    assert_eq!(held.json(), json!({"fate": "held", "codes": ["unpriced-sku"]}));
    has(&held.stderr, "held by unpriced-sku");
    assert!(stage.held().iter().all(|(enterprise, _)| *enterprise == 11));
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bill_that_is_there_is_shown_and_not_posted_again() {
    let stage = Stage::small().await;
    posted(&stage);
    let again = abiquo(&stage, &PLAIN).ends(4);
    has(&again.stderr, "Nothing was sent: it is there already, and equal.");
    has(&again.stdout, "23.40   EUR");
    assert_eq!(as_json(&stage, &PLAIN, 4)["fate"], "already-there");
    // The same in more digits, and another amount.
    let priced = |price| as_json(&stage, &["bills", "post", "--period", "2021-08", "--price", price, "--currency", "EUR"], 4);
    assert_eq!(priced("23.400")["fate"], "already-there");
    let other = priced("23.41");
    assert_eq!(other["fate"], "different");
    let difference = json!({"kind": "amount", "category": "(plain)", "usage_type": "(plain)", "posting": "23.41", "held": "23.40"});
    assert_eq!((&other["differences"], &other["bills"][0]["price"]), (&json!([difference]), &json!("23.40")));
    // Another period that shares a day with it; amounts and currency are the same.
    let part = ["bills", "post", "--start", "2021-08-31", "--end", "2021-09-29", "--price", "23.40", "--currency", "EUR"];
    let part = as_json(&stage, &part, 4);
    assert_eq!((&part["fate"], &part["differences"][0]["kind"]), (&json!("different"), &json!("period")));
    assert_eq!(part["differences"][0]["held"], "2021-08-01 to 2021-08-31");
    assert_eq!((stage.posts().len(), stage.abiquo.bills().len()), (1, 1));
    // By categories beside a plain one.
    stage.folder.file("list.json", CATEGORIES);
    let ran = abiquo(&stage, &["bills", "post", "--period", "2021-08", "--currency", "EUR", "--categories", "list.json"]).ends(4);
    has(&ran.stderr, "Workloads / SRV: missing");
    assert_eq!(stage.posts().len(), 1);
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_provider_needs_a_word_and_some_are_never_posted_to() {
    let stage = Stage::small().await;
    let ran = abiquo(&stage, &PLAIN).ends(4);
    has(&ran.stderr, "hides the last bills of all providers on its dashboard");
    has(&ran.stderr, "`--accept new-provider` posts");
    has(&ran.stdout, "ONPREMISE");
    let value = json!({"fate": "new-provider", "provider": "ACRONIS", "providers": ["AMAZON", "ONPREMISE"]});
    assert_eq!(as_json(&stage, &PLAIN, 4), value);
    let register = ["registers", "post", "--date", "2021-08-10", "--price", "1", "--currency", "EUR"];
    has(&abiquo(&stage, &register).ends(4).stderr, "new-provider");
    for provider in ["AMAZON", "azurecompute-arm"] {
        has(&abiquo(&stage, &[&PLAIN[..], &["--provider", provider]].concat()).refuses(2), "is not allowed: Abiquo fills AMAZON");
        let delete = ["bills", "delete", "--period", "2021-08", "--yes", "--provider", provider];
        has(&abiquo(&stage, &delete).refuses(2), "is not allowed: Abiquo fills AMAZON");
    }
    assert!(stage.posts().is_empty());
    assert_eq!(as_json(&stage, &[&PLAIN[..], &ACCEPTED, &["--provider", "OTHER"]].concat(), 0)["bills"][0]["provider"], "OTHER");
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_to_a_post_is_looked_up() {
    let mut stage = Stage::small().await;
    let lost = |stage: &Stage, taken| stage.fault(Fault::next("POST", BILLS, Effect::Drop { taken }));
    lost(&stage, false);
    has(&abiquo(&stage, &[&PLAIN[..], &ACCEPTED].concat()).refuses(5), "it was looked up and is not there, but may still take effect");
    has(&abiquo(&stage, &[&PLAIN[..], &ACCEPTED].concat()).refuses(5), "was never confirmed, and may still take effect");
    assert_eq!((stage.posts().len(), stage.abiquo.bills().len()), (1, 0));
    stage.config.settle = Duration::ZERO;
    lost(&stage, true);
    let found = abiquo(&stage, &[&PLAIN[..], &ACCEPTED, &["--format", "json"]].concat()).ends(0);
    assert_eq!((&found.json()["fate"], stage.abiquo.bills().len()), (&json!("posted"), 1));
    // Looked up before the post; after it, that fails.
    let july = ["bills", "post", "--period", "2021-07", "--price", "20", "--currency", "EUR", "--date", "2021-08-01"];
    lost(&stage, true);
    stage.fault(Fault { skip: 1, times: Some(3), ..Fault::next("GET", &format!("{BILLS}/11/bills"), Effect::status(503, None)) });
    let said = abiquo(&stage, &[&july[..], &ACCEPTED].concat()).refuses(5);
    has(&said, "UNKNOWN");
    has(&said, "looking it up failed too");
    assert_eq!((stage.posts().len(), stage.abiquo.bills().len()), (3, 2));
    // An answer that says nothing, or nothing that can be read, is read back.
    for body in ["", "<html>"] {
        stage.abiquo.clear_faults();
        abiquo(&stage, &["bills", "delete", "--period", "2021-08", "--yes"]).ends(0);
        let effect = Effect::Status { status: 200, retry_after: None, body: Some(body.into()), content_type: None, taken: true };
        stage.fault(Fault::next("POST", BILLS, effect));
        let read_back = posted(&stage);
        assert_eq!((&read_back["fate"], &read_back["bills"][0]["price"]), (&json!("posted"), &json!("23.40")));
    }
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_to_a_delete_is_looked_up() {
    let mut stage = Stage::small().await;
    stage.config.settle = Duration::ZERO;
    let delete = ["bills", "delete", "--period", "2021-08", "--yes"];
    let lose = |taken| stage.fault(Fault::next("DELETE", BILLS, lost(taken)));
    posted(&stage);
    lose(false);
    has(&abiquo(&stage, &delete).refuses(5), "1 line of bills still there");
    assert_eq!(stage.abiquo.bills().len(), 1);
    // A 204 that deleted nothing is not believed.
    let nothing = Effect::Status { status: 204, retry_after: None, body: Some(String::new()), content_type: None, taken: false };
    stage.fault(Fault::next("DELETE", BILLS, nothing));
    has(&abiquo(&stage, &delete).refuses(1), "Abiquo says that it deleted them");
    lose(true);
    let gone = abiquo(&stage, &delete).ends(0);
    has(&gone.stderr, "the answer was lost, and they were looked up and are gone");
    posted(&stage);
    lose(true);
    stage.fault(Fault { skip: 1, times: Some(3), ..Fault::next("GET", BILLS, Effect::status(503, None)) });
    has(&abiquo(&stage, &delete).refuses(5), "looking it up failed");
    // Said to be done, and not seen: that is not known.
    stage.abiquo.clear_faults();
    posted(&stage);
    stage.fault(Fault { skip: 1, times: Some(3), ..Fault::next("GET", BILLS, Effect::status(503, None)) });
    has(&abiquo(&stage, &delete).refuses(5), "Abiquo says that it deleted them; looking it up failed");
    assert!(stage.abiquo.bills().is_empty());
    stage.stop().await;
}

/// Twelve bills of a year, plain, 1.00 to 12.00.
async fn year() -> Stage {
    let stage = Stage::small().await;
    for month in 1..=12 {
        let (period, price) = (format!("2021-{month:02}"), format!("{month}.00"));
        let post = ["bills", "post", "--period", &period, "--price", &price, "--currency", "EUR", "--date", &format!("{period}-28")];
        abiquo(&stage, &[&post[..], &ACCEPTED].concat()).ends(0);
    }
    stage
}

#[tokio::test(flavor = "multi_thread")]
async fn every_parameter_of_a_list() {
    let stage = year().await;
    let prices = |arguments: &[&str]| -> Vec<String> {
        let list = as_json(&stage, &[&["bills", "list"], arguments].concat(), 0);
        let lines = list["bills"].as_array().cloned().unwrap_or_default();
        lines.iter().map(|line| line["price"].as_str().unwrap_or_default().to_string()).collect()
    };
    // All pages are followed, or one is shown.
    assert_eq!((prices(&["--limit", "5"]).len(), prices(&["--limit", "5", "--one-page"]).len()), (12, 5));
    assert_eq!(prices(&["--limit", "0", "--desc"])[..2], ["12.00", "11.00"]);
    assert_eq!(prices(&["--startwith", "10", "--asc"]), ["11.00", "12.00"]);
    // Past the end, Abiquo gives the last page.
    assert_eq!(prices(&["--startwith", "99", "--limit", "3", "--one-page"]), ["10.00", "11.00", "12.00"]);
    assert_eq!(prices(&["--by", "price", "--desc", "--limit", "1", "--one-page"]), ["12.00"]);
    assert_eq!(prices(&["--fromdate", "2021-11-01"]), ["11.00", "12.00"]);
    assert_eq!(prices(&["--fromdate", "2021-11-01T02:00:00+02:00", "--provider", "ACRONIS"]), ["11.00", "12.00"]);
    assert!(prices(&["--provider", "AMAZON"]).is_empty() && prices(&["--identerprise", "12"]).is_empty());
    assert_eq!((prices(&["--identerprise", "11"]).len(), prices(&["--has", "server"]).len()), (12, 0));
    has(&abiquo(&stage, &["bills", "list", "--by", "colour"]).refuses(1), "QUERY-0");
    let sent = stage.abiquo.requests().pop().expect("a request").target;
    assert!(sent.ends_with("/11/bills?by=colour"), "{sent}");
    // A list that leads in a circle is not taken for a whole one.
    stage.abiquo.knobs(|knobs| knobs.next_repeats = true);
    has(&abiquo(&stage, &["bills", "list", "--limit", "5"]).refuses(1), "lead back to");
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_is_missing_is_named() {
    let stage = Stage::small().await;
    posted(&stage);
    let as_user = |user: &str, arguments: &[&str]| {
        let token = stage.abiquo.user(user).map(|user| user.token.clone()).unwrap_or_else(|| "PLANTED-TOKEN".into());
        stage.folder.file("token-other.txt", &token);
        stage.folder.file("other.toml", stage.folder.read("skubill.toml").replace("token-one.txt", "token-other.txt"));
        let said = abiquo(&stage, &[arguments, &["--config", "other.toml"]].concat()).refuses(1);
        lacks(&said, &token);
        said
    };
    let register = ["registers", "post", "--date", "2021-08-10", "--price", "1", "--currency", "EUR"];
    for arguments in
        [&["bills", "list"][..], &["bills", "get", "1"], &["bills", "providers"], &["registers", "list"], &["registers", "estimate"]]
    {
        let said = as_user("nobody", arguments);
        has(&said, "403");
        has(&said, "needs the role BILLS_VIEW");
    }
    for arguments in [&["bills", "delete", "--period", "2021-08", "--yes"][..], &register] {
        let said = as_user("viewer", arguments);
        has(&said, "403");
        has(&said, "needs the role BILLS_MANAGE");
    }
    has(&as_user("who", &["bills", "list"]), "401, Abiquo does not accept these credentials");
    assert_eq!(stage.abiquo.bills().len(), 1);
    // No such enterprise, and a version that is not known.
    let nobody = stage.binary(&["abiquo", "bills", "list", "--enterprise", "99"]).refuses(1);
    has(&nobody, "EN-0");
    stage.abiquo.knobs(|knobs| knobs.versions = vec!["5.4".into()]);
    has(&abiquo(&stage, &["bills", "list"]).refuses(1), "does not know the version");
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_makes_no_sense_is_2_or_3_and_nothing_is_sent() {
    let stage = Stage::small().await;
    stage.folder.file("list.json", CATEGORIES);
    stage.folder.file("other.json", format!(r#"{{"enterprise": 12, "categories": {CATEGORIES}}}"#));
    stage.folder.file("comma.json", CATEGORIES.replace("19.50", "19,50"));
    stage.folder.file("outcome.json", r#"{"period": {"start": "2021-08-01", "end": "2021-08-31"}, "currency": "EUR", "postings": []}"#);
    stage.folder.file("text.json", "no JSON");
    let with = |file: &'static str| ["bills", "post", "--period", "2021-08", "--currency", "EUR", "--categories", file];
    for (arguments, code, said) in [
        (&["bills", "post", "--period", "2021-08", "--currency", "EUR"][..], 2, "--price"),
        (&["bills", "post", "--price", "1", "--currency", "EUR"], 2, "--period"),
        (&["bills", "post", "--price", "1", "--period", "2021-08"], 2, "--currency"),
        (&["bills", "post", "--price", "1,5", "--period", "2021-08", "--currency", "EUR"], 2, "a number such as"),
        (&["bills", "post", "--price", "1", "--period", "2021-08", "--currency", "Euro"], 2, "such as EUR"),
        (&["bills", "post", "--price", "1", "--currency", "EUR", "--start", "2021-08-31", "--end", "2021-08-01"], 2, "ends before"),
        (&["bills", "post", "--price", "1", "--categories", "list.json"], 2, "--categories"),
        (&["bills", "delete"], 2, "--period"),
        (&["bills", "list", "--asc", "--desc"], 2, "--desc"),
        (&["bills", "list", "--fromdate", "yesterday"], 2, "write YYYY-MM-DD"),
        (&["bills", "list", "--billing", "2"], 2, "--billing 2: account one has 1"),
        (&["registers", "post", "--date", "2021-08-10", "--currency", "EUR"], 2, "--price"),
        (&with("other.json"), 3, "categories, enterprise: found 12; expected 11"),
        (&with("comma.json"), 3, "categories, categories[1].usages[0].price: found \"19,50\""),
        (&with("outcome.json"), 3, "a posting of enterprise 11"),
        (&with("text.json"), 3, "as JSON"),
        (&with("none.json"), 1, "none.json"),
    ] {
        has(&abiquo(&stage, arguments).refuses(code), said);
    }
    let said = abiquo(&stage, &[&with("comma.json")[..], &["--format", "json"]].concat()).refuses(3);
    let faults: Value = serde_json::from_str(&said).expect("faults are JSON");
    assert_eq!(faults["faults"][0]["column"], "categories[1].usages[0].price");
    assert!(stage.abiquo.requests().is_empty());
    stage.stop().await;
}

/// Several accounts and billings: which one is meant must be said.
#[tokio::test(flavor = "multi_thread")]
async fn which_account_and_which_billing() {
    let mut stage = Stage::small().await;
    let mut other = stage.config.accounts[0].clone();
    other.name = "two".into();
    other.billings[0].provider = "SECOND".into();
    let mut third = other.billings[0].clone();
    third.provider = "THIRD".into();
    other.billings.push(third);
    stage.config.accounts.push(other);
    stage.binary(&["check", "prices.json"]).ends(0);
    stage.folder.file("both.toml", stage.folder.read("skubill.toml").replace("-two.txt", "-one.txt"));
    let ask = |arguments: &[&str]| abiquo(&stage, &[arguments, &["--config", "both.toml"]].concat());
    has(&ask(&["bills", "list"]).refuses(2), "--account: name one of one, two");
    has(&ask(&["registers", "list", "--account", "two"]).refuses(2), "account two has 2 billings");
    let asked = |arguments: &[&str], provider: &str| {
        ask(&[&["registers", "list"], arguments].concat()).ends(0);
        let target = stage.abiquo.requests().pop().expect("a request").target;
        assert!(target.ends_with(&format!("?provider={provider}")), "{target}");
    };
    asked(&["--account", "one"], "ACRONIS");
    asked(&["--account", "two", "--billing", "2"], "THIRD");
    asked(&["--account", "two", "--provider", "SECOND"], "SECOND");
    asked(&["--account", "two", "--billing", "1", "--provider", "FOURTH"], "FOURTH");
    stage.stop().await;
}
