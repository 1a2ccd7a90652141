//! Posted means seen: what a success, a look-up and the journal prove, and what stands before every write.

use std::time::Duration;

use jiff::civil::date;
use serde_json::{Value, json};
use skubill_runner::month::{AccountResult, PostingStatus};
use skubill_simulators::usage_data::Growth;
use skubill_simulators::{Abiquo, AbiquoConfig, Effect, Fault, SimulatedClock};

use crate::once::july;
use crate::stage::{AUGUST, BILLS, Stage, account, item, price, servers, small, usage};
use crate::world::has;

const RUN: [&str; 5] = ["run", "--period", "2021-08", "--accept", "new-provider"];
const RECORD: [&str; 5] = ["record", "--date", "2021-08-10", "--accept", "new-provider"];

/// A success that is the service's own, or a portal's.
fn success(body: &str, taken: bool) -> Effect {
    Effect::Status { status: 200, retry_after: None, body: Some(body.into()), content_type: Some("text/html".into()), taken }
}

fn always(method: &str, path: &str, effect: Effect) -> Fault {
    Fault { times: None, ..Fault::next(method, path, effect) }
}

/// The statuses of a JSON answer: of all billings, of postings or registers.
fn statuses(answer: &Value, list: &str) -> Vec<String> {
    let accounts = answer["accounts"].as_array().into_iter().flatten();
    let billings = accounts.flat_map(|account| account["billings"].as_array().cloned().unwrap_or_default());
    let postings = billings.flat_map(|billing| billing[list].as_array().cloned().unwrap_or_default());
    postings.map(|posting| posting["fate"].as_str().unwrap_or_default().to_string()).collect()
}

fn json_of(stage: &Stage, arguments: &[&str], code: i32) -> Value {
    stage.binary(&[arguments, &["--format", "json"]].concat()).ends(code).json()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_success_that_stores_nothing_is_not_called_posted() {
    for body in ["<html>Please log in</html>", "", "{}", r#"{"collection": []}"#] {
        let stage = Stage::small().await;
        stage.fault(always("POST", BILLS, success(body, false)));
        let ran = json_of(&stage, &RUN, 1);
        assert_eq!(statuses(&ran, "postings"), ["not-confirmed", "not-confirmed"], "{body}");
        has(&stage.binary(&RUN).ends(5).stdout, "was never confirmed, and may still take effect");
        let day = json_of(&stage, &RECORD, 1);
        assert_eq!(statuses(&day, "registers"), ["not-confirmed", "not-confirmed"], "{body}");
        let plain = ["abiquo", "bills", "post", "--enterprise", "1", "--period", "2021-08", "--price", "1", "--currency", "EUR"];
        let single = json_of(&stage, &[&plain[..], &["--accept", "new-provider"]].concat(), 1);
        assert_eq!((&single["fate"], &single["looked_up"]), (&json!("not-confirmed"), &json!(true)));
        assert!(stage.held().is_empty() && stage.abiquo.registers().is_empty());
        stage.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_success_that_cannot_be_looked_up_is_5_and_the_next_run_sees_it() {
    let stage = Stage::small().await;
    stage.fault(Fault::next("POST", BILLS, success("thanks", true)));
    stage.fault(Fault { skip: 1, times: Some(3), ..Fault::next("GET", &format!("{BILLS}/11/bills"), Effect::status(503, None)) });
    let ran = json_of(&stage, &RUN, 5);
    assert_eq!(statuses(&ran, "postings"), ["not-confirmed", "posted"]);
    assert_eq!(ran["accounts"][0]["billings"][0]["postings"][0]["looked_up"], false);
    assert_eq!(stage.fates().await, [(11, PostingStatus::AlreadyThere), (12, PostingStatus::AlreadyThere)]);
    // An answer that says nothing of what is stored is looked up.
    stage.folder.file("prices.json", small().price_book().replace("6.50", "7.00"));
    stage.fault(always("POST", BILLS, success("", true)));
    let ran = json_of(&stage, &[&RUN[..], &["--replace"]].concat(), 0);
    assert_eq!(statuses(&ran, "postings"), ["replaced", "replaced"]);
    stage.stop().await;
}

/// What was stored is another bill: it is said line by line, and the run does not succeed.
#[tokio::test(flavor = "multi_thread")]
async fn other_amounts_than_were_posted_are_not_called_posted() {
    let other = r#"{"collection": [{"category": "Workloads", "usageType": "SRV", "price": 12.99, "provider": "ACRONIS", "currencyCode": "EUR",
        "billingPeriodStartDate": "2021/08/01 00:00:00 +0000", "billingPeriodEndDate": "2021/08/31 23:59:59 +0000"}]}"#;
    let stage = Stage::small().await;
    stage.fault(Fault::next("POST", BILLS, success(other, false)));
    stage.fault(Fault { skip: 1, ..Fault::next("GET", &format!("{BILLS}/11/bills"), success(other, false)) });
    let ran = json_of(&stage, &RUN, 1);
    assert_eq!(statuses(&ran, "postings"), ["not-confirmed", "posted"]);
    let differences = &ran["accounts"][0]["billings"][0]["postings"][0]["differences"];
    assert_eq!((&differences[0]["posting"], &differences[0]["held"]), (&json!("13.00"), &json!("12.99")));
    stage.stop().await;
}

/// A list that shows fewer entries than it says that it has proves nothing: nothing is sent.
#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_is_not_whole_proves_nothing() {
    let next = format!(r#"{{"links": [{{"rel": "next", "href": "{BILLS}/11/bills?startwith=25"}}], "collection": []}}"#);
    for list in [r#"{"totalSize": 3, "links": [], "collection": []}"#, &next] {
        let stage = Stage::small().await;
        stage.fault(always("GET", &format!("{BILLS}/11/bills"), success(list, false)));
        stage.fault(always("GET", &format!("{BILLS}/11/billregisters"), success(list, false)));
        let ran = json_of(&stage, &RUN, 5);
        assert_eq!(statuses(&ran, "postings"), ["unknown", "posted"]);
        let day = json_of(&stage, &["record", "--date", "2021-08-10"], 5);
        assert_eq!(statuses(&day, "registers")[0], "unknown");
        let plain = ["abiquo", "bills", "post", "--enterprise", "11", "--period", "2021-08", "--price", "1", "--currency", "EUR"];
        has(&stage.binary(&plain).refuses(5), "does not prove that something is absent");
        assert_eq!(stage.held(), [servers(12, "19.50")]);
        stage.stop().await;
    }
}

/// The journal has it as posted, and Abiquo shows nothing: it is said and held, and posted again only where somebody
/// lets that pass.
#[tokio::test(flavor = "multi_thread")]
async fn what_the_journal_has_and_abiquo_does_not_show_is_held() {
    let mut stage = Stage::small().await;
    stage.record(date(2021, 8, 10)).await;
    let empty = r#"{"totalSize": 0, "links": [], "collection": []}"#;
    stage.fault(Fault::next("GET", &format!("{BILLS}/11/billregisters"), success(empty, false)).times(2));
    // The next day is what is left of the cost to date: it must not be computed as if the first had never been.
    let day = stage.record(date(2021, 8, 11)).await;
    assert_eq!(day.registers[0].status, PostingStatus::MissingInAbiquo { periods: vec!["2021-08-10".into()] });
    assert_eq!(day.registers[1].status, PostingStatus::Posted);
    assert_eq!(stage.record(date(2021, 8, 11)).await.registers[0].status, PostingStatus::Posted);
    stage.fates().await;
    stage.fault(always("GET", &format!("{BILLS}/11/bills"), success(empty, false)));
    let ran = json_of(&stage, &RUN, 4);
    assert_eq!(statuses(&ran, "postings"), ["missing-in-abiquo", "already-there"]);
    assert_eq!(ran["accounts"][0]["billings"][0]["postings"][0]["periods"], json!(["2021-08"]));
    has(&stage.binary(&RUN).ends(4).stdout, "the journal has 2021-08 as posted, and Abiquo does not show it");
    let single = ["abiquo", "bills", "post", "--enterprise", "11", "--period", "2021-08", "--price", "1", "--currency", "EUR"];
    assert_eq!(json_of(&stage, &single, 4)["fate"], "missing-in-abiquo");
    assert_eq!(stage.held(), [servers(11, "13.00"), servers(12, "19.50")]);
    stage.abiquo.clear_faults();
    // Deleted by skubill: the journal knows. Deleted elsewhere, on purpose: somebody says so.
    let delete = ["abiquo", "bills", "delete", "--period", "2021-08", "--yes", "--enterprise"];
    stage.binary(&[&delete[..], &["11"]].concat()).ends(0);
    assert_eq!(stage.fates().await, [(11, PostingStatus::Posted), (12, PostingStatus::AlreadyThere)]);
    crate::lab::delete_elsewhere(&stage.abiquo, 12).await;
    assert!(matches!(stage.fates().await[1].1, PostingStatus::MissingInAbiquo { .. }));
    stage.accept.push("missing-in-abiquo:11".into());
    assert!(matches!(stage.fates().await[1].1, PostingStatus::MissingInAbiquo { .. }));
    stage.accept.push("missing-in-abiquo:12".into());
    assert_eq!(stage.fates().await[1].1, PostingStatus::Posted);
    stage.stop().await;
}

/// An Abiquo that refuses no duplicate: a post that takes effect after it was given up is not sent again before that.
#[tokio::test(flavor = "multi_thread")]
async fn a_post_that_comes_late_is_not_sent_again() {
    let stage = Stage::small().await;
    stage.abiquo.knobs(|knobs| knobs.duplicates_refused = false);
    stage.fault(Fault::next("POST", &format!("{BILLS}/11"), Effect::Drop { taken: false }));
    assert!(matches!(stage.fates().await[0].1, PostingStatus::Unknown { .. }));
    assert!(matches!(stage.fates().await[0].1, PostingStatus::Unknown { .. }));
    // It comes.
    let auth = skubill_services::abiquo::Auth::Token(stage.abiquo.token().into());
    let http = skubill_services::http::Http::new(&skubill_services::http::Options::default()).expect("a network");
    let client = skubill_services::abiquo::Client::new(http, &stage.abiquo.url(), auth).expect("a client");
    let billing = stage.run().await.expect("the month");
    let header = skubill_services::abiquo::PostingHeader {
        provider: "ACRONIS".into(),
        date: "2021-09-01T06:00:00Z".parse().expect("an instant"),
        period: skubill_services::abiquo::BillingPeriod::month(2021, 8).expect("August"),
        currency: "EUR".into(),
    };
    let categories = &billing.billed.outcome.postings[0].categories;
    client.unguarded().post_bill_by_categories(11, &header, categories).await.expect("posted");
    assert_eq!(stage.fates().await, [(11, PostingStatus::AlreadyThere), (12, PostingStatus::AlreadyThere)]);
    assert_eq!(stage.held(), [servers(11, "13.00"), servers(12, "19.50")]);
    stage.stop().await;
}

/// Every guard stands before a replacement, too: a tenant that is mapped elsewhere makes a bill that nobody has looked at.
#[tokio::test(flavor = "multi_thread")]
async fn a_replacement_passes_the_same_guards() {
    let mut stage = Stage::small().await;
    july(&stage, "13.00", "EUR").await;
    stage.fates().await;
    // 13.00 becomes 130.00: ten times July's.
    stage.folder.file("prices.json", small().price_book().replace("6.50", "65.00"));
    stage.replace = true;
    let fates = stage.fates().await;
    let PostingStatus::OutOfBounds { excesses } = &fates[0].1 else { panic!("{fates:?}") };
    assert_eq!(excesses[0].code, "far-above-last-month");
    let deleted =
        |stage: &Stage| stage.abiquo.requests().iter().filter(|seen| seen.method == "DELETE" && seen.target.contains("/11/")).count();
    assert_eq!((deleted(&stage), stage.held()[1].1[3].as_str()), (0, "13.00"));
    // Another enterprise's name, held by findings: the same.
    stage.folder.file("customers.json", small().customers().replace("Enterprise 11", "Somebody else"));
    assert!(matches!(stage.fates().await[0].1, PostingStatus::WrongEnterprise { .. }));
    assert_eq!(deleted(&stage), 0);
    stage.folder.file("customers.json", small().customers());
    stage.accept.push("far-above-last-month:11".into());
    assert!(matches!(stage.fates().await[0].1, PostingStatus::Replaced { .. }));
    stage.stop().await;
}

/// Single posts pass the gate of the month: beside the month before, and by the enterprise's name.
#[tokio::test(flavor = "multi_thread")]
async fn a_single_post_passes_the_same_guards() {
    let stage = Stage::small().await;
    july(&stage, "4.00", "EUR").await;
    let post = ["abiquo", "bills", "post", "--enterprise", "11", "--period", "2021-08", "--currency", "EUR", "--price"];
    let far = json_of(&stage, &[&post[..], &["12.01"]].concat(), 4);
    assert_eq!((&far["fate"], &far["excesses"][0]["code"]), (&json!("out-of-bounds"), &json!("far-above-last-month")));
    stage.folder.file("customers.json", small().customers().replace("Enterprise 11", "Somebody else"));
    assert_eq!(json_of(&stage, &[&post[..], &["12.00"]].concat(), 4)["fate"], "wrong-enterprise");
    assert_eq!(stage.posts().len(), 1);
    let accepted = ["12.01", "--accept", "enterprise-name:11", "--accept", "far-above-last-month"];
    assert_eq!(json_of(&stage, &[&post[..], &accepted].concat(), 0)["fate"], "posted");
    // What was posted stands in the journal: a run looks for it.
    stage.binary(&["journal", "list", "--config", "skubill.toml"]).ends(0);
    has(&stage.binary(&["journal", "list", "--config", "skubill.toml"]).ends(0).stdout, "post-bill");
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_enterprise_that_was_billed_and_has_no_usage_now_is_named() {
    let stage = Stage::small().await;
    stage.fates().await;
    let mut september = small();
    september.first_day = date(2021, 9, 1);
    september.lines.pop();
    stage.acronis.set_month(september.clone());
    tokio::time::sleep(Duration::from_millis(1100)).await;
    let run = ["run", "--period", "2021-09"];
    let ran = json_of(&stage, &run, 4);
    assert_eq!(statuses(&ran, "postings"), ["posted", "out-of-bounds"]);
    let gone = &ran["accounts"][0]["billings"][0]["postings"][1];
    assert_eq!((&gone["enterprise"], &gone["total"], &gone["excesses"][0]["code"]), (&json!(12), &Value::Null, &json!("enterprise-gone")));
    has(&stage.binary(&run).ends(4).stdout, "`--accept enterprise-gone` lets it pass");
    // The journal alone knows of one that the customers file has lost, too.
    stage.folder.file("customers.json", {
        let mut short = small();
        short.customers.pop();
        short.customers()
    });
    assert_eq!(statuses(&json_of(&stage, &run, 4), "postings"), ["already-there", "out-of-bounds"]);
    for accept in ["enterprise-gone", "enterprise-gone:12"] {
        json_of(&stage, &[&run[..], &["--accept", accept]].concat(), 0);
    }
    json_of(&stage, &[&run[..], &["--accept", "enterprise-gone:11"]].concat(), 4);
    stage.stop().await;
}

/// What is true of the service ends it for all: an account gets locked by 22 wrong tokens.
#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_of_the_service_is_met_once() {
    let stage = Stage::demo().await;
    stage.write();
    stage.folder.file("wrong.txt", "wrong");
    stage.folder.file("wrong.toml", stage.folder.read("skubill.toml").replace("token-one.txt", "wrong.txt"));
    for arguments in [&RUN[..], &RECORD] {
        let before = stage.abiquo.requests().len();
        let ran = stage.binary(&[arguments, &["--config", "wrong.toml"]].concat()).ends(1);
        assert_eq!(stage.abiquo.requests().len() - before, 1, "{}", ran.stdout);
        assert_eq!(ran.stdout.matches("does not accept these credentials").count(), 1, "{}", ran.stdout);
        has(&ran.stdout, "not tried: Abiquo has refused an earlier one");
    }
    // The media type, at the first post.
    stage.abiquo.knobs(|knobs| knobs.by_categories_media_type = "application/json".into());
    stage.binary(&RUN).ends(1);
    assert_eq!((stage.posts().len(), stage.held().len()), (1, 0));
    // A version that is not known, at the first request.
    stage.abiquo.knobs(|knobs| knobs.versions = vec!["5.4".into()]);
    let before = stage.abiquo.requests().len();
    stage.binary(&RUN).ends(1);
    assert_eq!(stage.abiquo.requests().len() - before, 1);
    stage.stop().await;
}

/// One billing's Abiquo fails: what the other one posted is told, and the next one is tried.
#[tokio::test(flavor = "multi_thread")]
async fn what_one_billing_posted_is_told_whatever_becomes_of_the_next() {
    for failing in [0, 1] {
        let mut stage = Stage::small().await;
        let other = Abiquo::start(AbiquoConfig::of_month(&small())).await.expect("another Abiquo");
        let mut second = account("one", &stage.acronis, &other, &stage.folder).billings.remove(0);
        // One report; the first billing bills the first tenant, the second one the second.
        let customers = |keep: usize| {
            let mut usage = small();
            usage.customers = vec![usage.customers[keep].clone()];
            usage.customers()
        };
        for (billing, name, keep) in [(&mut stage.config.accounts[0].billings[0], "first.json", 0), (&mut second, "second.json", 1)] {
            billing.customers = stage.folder.path().join(name);
            std::fs::write(&billing.customers, customers(keep)).expect("a file");
        }
        stage.config.accounts[0].billings.push(second);
        let failure = always("GET", "", Effect::status(500, None));
        if failing == 0 {
            stage.fault(failure)
        } else {
            other.fault(failure)
        }
        let results = stage.run_all().await;
        let runs = results[0].result.as_ref().expect("the account's month");
        let statuses: Vec<_> =
            runs.iter().flat_map(|run| &run.result.as_ref().expect("a billing").postings).map(|posted| &posted.status).collect();
        assert_eq!(statuses[1 - failing], &PostingStatus::Posted, "{statuses:?}");
        assert!(matches!(statuses[failing], PostingStatus::Failed { .. }), "{statuses:?}");
        assert_eq!(stage.held().len() + crate::stage::lines(&other.bills()).len(), 1);
        other.stop().await;
        stage.stop().await;
    }
}

/// The evidence cannot be finished: what was posted is told in JSON all the same, and the error on stderr and beside it.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_posted_is_told_where_its_evidence_cannot_be_finished() {
    let stage = Stage::small().await;
    // The folder of the run makes way for a file while the second bill is on its way.
    stage.fault(Fault::next("POST", &format!("{BILLS}/12"), Effect::Slow { bytes: 50, pause_ms: 50 }));
    stage.write();
    let child = crate::world::command(stage.folder.path(), &[&RUN[..], &["--format", "json"]].concat()).spawn().expect("it starts");
    while !stage.posts().iter().any(|seen| seen.target.contains("/12/")) {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    let runs = stage.folder.path().join("state/runs");
    std::fs::remove_dir_all(&runs).expect("the runs are gone");
    std::fs::write(&runs, "no folder").expect("a file in their place");
    let output = tokio::task::block_in_place(|| child.wait_with_output()).expect("it ends");
    assert_eq!(output.status.code(), Some(1));
    has(&String::from_utf8_lossy(&output.stderr), "account one, provider ACRONIS: ");
    let ran: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(statuses(&ran, "postings"), ["posted", "posted"]);
    assert!(ran["accounts"][0]["billings"][0]["error"].is_string());
    assert_eq!(stage.held(), [servers(11, "13.00"), servers(12, "19.50")]);
    stage.stop().await;
}

/// Only the local clock says that a month is over: the services are asked before the first write.
#[tokio::test(flavor = "multi_thread")]
async fn the_services_clocks_are_asked_before_the_first_write() {
    for (now, said) in [("2021-08-31T23:00:00Z", "2021-08-31 is not over"), ("2021-09-01T07:00:00Z", "behind this machine's")] {
        let mut stage = Stage::small().await;
        let config = AbiquoConfig { clock: SimulatedClock::fixed(now.parse().expect("an instant")), ..AbiquoConfig::of_month(&small()) };
        let abiquo = Abiquo::start(config).await.expect("an Abiquo of another time");
        stage.config.accounts = vec![account("one", &stage.acronis, &abiquo, &stage.folder)];
        let results: Vec<AccountResult> = stage.run_all().await;
        let runs = results[0].result.as_ref().expect("the account's month");
        let postings = &runs[0].result.as_ref().expect("the billing").postings;
        let [first, second] = [&postings[0].status, &postings[1].status];
        let PostingStatus::Failed { reason } = first else { panic!("{postings:?}") };
        has(reason, said);
        assert!(matches!(second, PostingStatus::NotTried { .. }), "{second:?}");
        assert!(abiquo.requests().iter().all(|seen| seen.method == "GET"));
        abiquo.stop().await;
        stage.stop().await;
    }
}

/// Somebody else's register stands among ours: it is passed over and named, and everybody's day goes on.
#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_register_stops_nobody() {
    let stage = Stage::small().await;
    let post = ["abiquo", "registers", "post", "--enterprise", "11", "--date", "2021-08-05", "--price", "5", "--currency", "EUR"];
    stage.binary(&[&post[..], &["--accept", "new-provider"]].concat()).ends(0);
    let day = stage.record(date(2021, 8, 10)).await;
    let statuses: Vec<_> = day.registers.iter().map(|recorded| &recorded.status).collect();
    assert_eq!(statuses, [&PostingStatus::Posted, &PostingStatus::Posted]);
    let foreign = day.day.findings.iter().find(|finding| finding.code == "foreign-register").expect("it is named");
    assert_eq!(foreign.enterprise, Some(11));
    stage.stop().await;
}

/// A tenant is gone in mid-month: what was recorded too much for it is told.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_carried_is_told_where_a_day_has_no_usage() {
    let two = |lines: usize| {
        let servers = |number| (item("SRV", false), Growth::Constant(number));
        let mut two = usage(AUGUST, &[servers(2), servers(3)], vec![price("SRV", "Server", "5.00")]);
        two.lines.truncate(lines);
        two
    };
    let stage = Stage::of(&two(2)).await;
    stage.record(date(2021, 8, 10)).await;
    stage.acronis.set_month(two(1));
    let day = stage.record(date(2021, 8, 11)).await;
    let gone = day.day.registers.iter().find(|register| register.enterprise == 12).expect("it is told");
    // 3 × 5.00 × 10 ÷ 31.
    assert_eq!((gone.carried.len(), gone.carried[0].amount.as_str()), (1, "-4.84"));
    stage.stop().await;
}

/// A server's binary fractions are not another bill; that they are there is said.
#[tokio::test(flavor = "multi_thread")]
async fn the_noise_of_a_binary_fraction_is_equal_and_said() {
    let stage = Stage::small().await;
    stage.fates().await;
    let list = r#"{"totalSize": 1, "collection": [{"category": "Workloads", "usageType": "SRV", "price": 13.000000000000002, "provider": "ACRONIS",
        "currencyCode": "EUR", "billingPeriodStartDate": "2021/08/01 00:00:00 +0000", "billingPeriodEndDate": "2021/08/31 23:59:59 +0000"}]}"#;
    stage.fault(always("GET", &format!("{BILLS}/11/bills"), success(list, false)));
    let ran = json_of(&stage, &RUN, 0);
    assert_eq!(statuses(&ran, "postings"), ["already-there", "already-there"]);
    assert_eq!(ran["accounts"][0]["billings"][0]["postings"][0]["approximations"][0]["held"], "13.000000000000002");
    has(&stage.binary(&RUN).ends(0).stdout, "Abiquo holds 13.000000000000002 for 13.00, which is the noise of a binary fraction");
    stage.stop().await;
}

/// Nobody reaches the client's posts and deletes but the gate.
#[test]
fn nothing_writes_past_the_gate() {
    fn sources(folder: &std::path::Path, found: &mut Vec<(String, String)>) {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                sources(&path, found);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                found.push((path.display().to_string(), std::fs::read_to_string(&path).expect("a source")));
            }
        }
    }
    let mut found = Vec::new();
    for room in ["biller", "services", "runner", "simulators", "cli"] {
        sources(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(room).join("src"), &mut found);
    }
    assert!(found.len() > 100);
    let of_tests = |path: &str| path.contains("/src/") && path.split("/src/").nth(1).is_some_and(|path| path.contains("tests"));
    let homes = ["services/src/abiquo/writes.rs", "runner/src/reconcile/guard.rs"];
    for (path, text) in found.iter().filter(|(path, _)| !of_tests(path) && !homes.iter().any(|home| path.ends_with(home))) {
        let code: String = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
        assert!(!code.contains("unguarded("), "{path}");
    }
}
