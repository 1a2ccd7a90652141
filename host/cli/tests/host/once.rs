//! Never twice, never lost: what the journal has to do with it, through the binary and the library.

use std::time::Duration;

use jiff::civil::date;
use serde_json::json;
use skubill::outcome::PostingCategory;
use skubill_runner::journal::{EntryKind, Journal, Outcome, PeriodLock};
use skubill_runner::month::PostingStatus;
use skubill_services::abiquo::{Auth, BillingPeriod, Client, PostingHeader};
use skubill_services::http::{Http, Options};
use skubill_simulators::usage_data::{Growth, UsageData};
use skubill_simulators::{Effect, Fault};

use crate::stage::{AUGUST, BILLS, Stage, item, lines, price, servers, small, usage};
use crate::world::{has, lacks};

const RUN: [&str; 5] = ["run", "--period", "2021-08", "--accept", "new-provider"];
const TAKEN: Effect = Effect::Drop { taken: true };
const NOT_TAKEN: Effect = Effect::Drop { taken: false };

fn journal(stage: &Stage) -> Journal {
    Journal::open(&stage.config.state).expect("the journal")
}

/// The outcomes of a stage's journal, in their order; an intent is `None`, and what vouches for evidence is left out.
fn outcomes(stage: &Stage) -> Vec<Option<Outcome>> {
    let entries = journal(stage).entries().expect("entries");
    let outcome = |step: &EntryKind| match step {
        EntryKind::Evidence { .. } => None,
        EntryKind::Intent { .. } => Some(None),
        EntryKind::Answer { answer, .. } => Some(Some(answer.outcome)),
    };
    entries.iter().filter_map(|entry| outcome(&entry.step)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_write_is_intended_and_answered_on_the_record() {
    let stage = Stage::small().await;
    let posted = Some(Outcome::Posted);
    stage.fates().await;
    assert_eq!(outcomes(&stage), [None, posted, None, posted, None, posted]);
    // A finished month run again writes nothing: not to Acronis, not to Abiquo, and to the journal only what its
    // evidence is.
    let writes = |stage: &Stage| {
        let acronis = stage.acronis.requests().iter().filter(|seen| seen.method == "POST" && !seen.target.contains("idp")).count();
        (acronis, stage.posts().len(), outcomes(stage).len())
    };
    let before = writes(&stage);
    assert_eq!(before, (1, 2, 6));
    assert_eq!(stage.fates().await, [(11, PostingStatus::AlreadyThere), (12, PostingStatus::AlreadyThere)]);
    assert_eq!(writes(&stage), before);
    journal(&stage).verify(None).expect("the chain holds");
    stage.stop().await;
}

/// Each run says the head, and it is the journal's.
#[tokio::test(flavor = "multi_thread")]
async fn the_head_of_the_journal_is_printed() {
    let stage = Stage::small().await;
    let head =
        |state: &str| Journal::open(&stage.folder.path().join(state)).and_then(|journal| journal.head()).expect("a head").to_string();
    let ran = stage.binary(&RUN).ends(0);
    has(&ran.stdout, &format!("Journal head {}", head("state")));
    let ran = stage.binary(&[&RUN[..], &["--format", "json"]].concat()).ends(0);
    assert_eq!(ran.json()["journal_head"], json!(head("state")));
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_lost_is_settled_by_the_next_run() {
    for (effect, outcome, fate) in
        [(TAKEN, Outcome::Adopted, PostingStatus::AlreadyThere), (NOT_TAKEN, Outcome::NotThere, PostingStatus::Posted)]
    {
        let mut stage = Stage::small().await;
        stage.fault(Fault::next("POST", BILLS, effect));
        stage.fault(Fault { skip: 1, times: Some(3), ..Fault::next("GET", &format!("{BILLS}/11/bills"), Effect::status(503, None)) });
        let fates = stage.fates().await;
        assert!(matches!(fates[0].1, PostingStatus::Unknown { .. }), "{fates:?}");
        // As long as it cannot be looked up, it stays unknown, and is not sent again.
        stage.fault(Fault { times: Some(3), ..Fault::next("GET", &format!("{BILLS}/11/bills"), Effect::status(503, None)) });
        let fates = stage.fates().await;
        assert!(
            matches!(&fates[0].1, PostingStatus::Unknown { reason } if reason.contains("what an earlier run sent was never answered")),
            "{fates:?}"
        );
        let posts = |stage: &Stage| stage.posts().iter().filter(|seen| seen.target.contains("/11/")).count();
        assert_eq!(posts(&stage), 1);
        stage.config.settle = Duration::ZERO;
        assert_eq!(stage.fates().await[0].1, fate);
        assert!(outcomes(&stage).contains(&Some(outcome)));
        assert_eq!(posts(&stage), if fate == PostingStatus::Posted { 2 } else { 1 });
        assert_eq!(stage.held(), [servers(11, "13.00"), servers(12, "19.50")]);
        stage.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_bill_is_replaced_where_that_is_wished() {
    let mut stage = Stage::small().await;
    stage.fates().await;
    stage.folder.file("prices.json", small().price_book().replace("6.50", "7.00"));
    assert!(stage.fates().await.iter().all(|(_, fate)| matches!(fate, PostingStatus::Different { .. })));
    // A dry run replaces nothing.
    stage.replace = true;
    stage.dry_run = true;
    assert!(stage.fates().await.iter().all(|(_, fate)| matches!(fate, PostingStatus::Different { .. })));
    stage.dry_run = false;
    // The deletion's answer is lost; it is looked up. The post of the second never arrives: nothing stands there.
    stage.fault(Fault::next("DELETE", &format!("{BILLS}/11"), TAKEN));
    stage.fault(Fault::next("POST", &format!("{BILLS}/12"), NOT_TAKEN));
    let fates = stage.fates().await;
    assert!(matches!(fates.as_slice(), [(11, PostingStatus::Replaced { .. }), (12, PostingStatus::Unknown { .. })]), "{fates:?}");
    assert_eq!(stage.held(), [servers(11, "14.00")]);
    // Once it has settled, the next run posts, and need not wish to replace.
    stage.replace = false;
    stage.config.settle = Duration::ZERO;
    assert_eq!(stage.fates().await, [(11, PostingStatus::AlreadyThere), (12, PostingStatus::Posted)]);
    assert_eq!(stage.held(), [servers(11, "14.00"), servers(12, "21.00")]);
    journal(&stage).verify(None).expect("the chain holds");
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_run_of_a_month_at_a_time() {
    let stage = Stage::small().await;
    let state = stage.folder.path().join("state");
    let lock = PeriodLock::take(&state, "one 2021-08").expect("the lock");
    for arguments in [&RUN[..], &["record", "--date", "2021-08-10"]] {
        let ran = stage.binary(arguments).ends(1);
        has(&ran.stderr, "another run of this period is under way");
    }
    assert!(stage.acronis.requests().is_empty() && stage.abiquo.requests().is_empty());
    drop(lock);
    stage.binary(&RUN).ends(0);
    stage.stop().await;
}

/// A bill of July, of the small usage's enterprise 11.
pub async fn july(stage: &Stage, servers: &str, currency: &str) {
    let auth = Auth::Token(stage.abiquo.token().into());
    let client = Client::new(Http::new(&Options::default()).expect("a network"), &stage.abiquo.url(), auth).expect("a client");
    let header = PostingHeader {
        provider: "ACRONIS".into(),
        date: "2021-08-01T06:00:00Z".parse().expect("an instant"),
        period: BillingPeriod::month(2021, 7).expect("July"),
        currency: currency.into(),
    };
    let categories: Result<Vec<PostingCategory>, _> =
        serde_json::from_value(json!([{"category": "Workloads", "total": servers, "usages": [
        {"usage_type": "SRV", "usage_name": "Server", "price": servers}]}]));
    client.unguarded().post_bill_by_categories(11, &header, &categories.expect("a category")).await.expect("posted");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bill_unlike_the_month_before_waits_for_somebody_to_look() {
    for (before, currency, lines, code, said) in [
        ("4.00", "EUR", Some(10), "far-above-last-month", "more than 3 times"),
        ("39.03", "EUR", Some(10), "far-below-last-month", "less than one part in 3"),
        ("13.00", "USD", Some(10), "other-currency", "billed in USD"),
        ("13.00", "EUR", Some(0), "too-many-lines", "1 lines are more than 0"),
    ] {
        let mut stage = Stage::small().await;
        july(&stage, before, currency).await;
        stage.config.accounts[0].billings[0].bounds.lines = lines;
        let fates = stage.fates().await;
        let PostingStatus::OutOfBounds { excesses } = &fates[0].1 else { panic!("{fates:?}") };
        assert_eq!(excesses.iter().map(|excess| excess.code.as_ref()).collect::<Vec<_>>(), [code]);
        has(&excesses[0].message, said);
        stage.accept.push(format!("{code}:12"));
        assert!(matches!(stage.fates().await[0].1, PostingStatus::OutOfBounds { .. }));
        stage.accept.push(format!("{code}:11"));
        assert_eq!(stage.fates().await[0].1, PostingStatus::Posted);
        stage.stop().await;
    }
}

/// Twice as much as last month is growth; three times and a cent more is not.
#[tokio::test(flavor = "multi_thread")]
async fn a_bound_that_is_met_is_kept() {
    let stage = Stage::small().await;
    july(&stage, "4.34", "EUR").await;
    assert_eq!(stage.fates().await[0].1, PostingStatus::Posted);
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_of_last_month_that_is_gone_is_said() {
    let servers = |number| (item("SRV", false), Growth::Constant(number));
    let two: UsageData = {
        let mut two = usage(AUGUST, &[servers(2), servers(3)], vec![price("SRV", "Server", "6.50")]);
        two.customers[1].enterprise = 11;
        two.customers[1].enterprise_name = two.customers[0].enterprise_name.clone();
        two
    };
    let mut stage = Stage::of(&two).await;
    assert_eq!(stage.fates().await, [(11, PostingStatus::Posted)]);
    let gone = two.customers[1].tenant_id.clone();
    // In September its servers are gone.
    let mut september = two.clone();
    september.first_day = date(2021, 9, 1);
    september.lines.pop();
    stage.acronis.set_month(september);
    // Abiquo takes two bills of one instant for the same one, and a bill's instant has whole seconds.
    tokio::time::sleep(std::time::Duration::from_millis(1100)).await;
    let fate = september_of(&stage).await;
    let PostingStatus::OutOfBounds { excesses } = fate else { panic!("{fate:?}") };
    assert_eq!(excesses[0].code, "tenant-gone");
    has(&excesses[0].message, &gone);
    stage.accept.push("tenant-gone".into());
    assert_eq!(september_of(&stage).await, PostingStatus::Posted);
    let amounts: Vec<_> = lines(&stage.abiquo.bills()).into_iter().map(|(_, [_, _, _, amount])| amount).collect();
    assert_eq!(amounts, ["13.00", "32.50"]);
    stage.stop().await;
}

/// What becomes of September's one bill.
async fn september_of(stage: &Stage) -> PostingStatus {
    let mut results = stage.run_period("2021-09").await.expect("a month");
    results.remove(0).result.expect("an account").remove(0).into_result().expect("a billing").postings.remove(0).status
}

/// A wish to stop is heard between two steps; the next run goes on.
#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_is_asked_to_stop_says_how_to_go_on() {
    let stage = Stage::small().await;
    stage.acronis.knobs(|knobs| knobs.report_hangs = true);
    stage.binary(&["check", "prices.json"]).ends(0);
    let child = crate::world::command(stage.folder.path(), &RUN).spawn().expect("it starts");
    while !stage.acronis.requests().iter().any(|seen| seen.target.ends_with("/stored")) {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    let id = child.id().to_string();
    std::process::Command::new("kill").args(["-INT", &id]).status().expect("a signal");
    let output = tokio::task::block_in_place(|| child.wait_with_output()).expect("it ends");
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    has(&said, "Run the same again to go on");
    lacks(&said, "panicked");
    stage.acronis.knobs(|knobs| knobs.report_hangs = false);
    stage.binary(&RUN).ends(0);
    assert_eq!(stage.held(), [servers(11, "13.00"), servers(12, "19.50")]);
    let created = stage.acronis.requests().iter().filter(|seen| seen.method == "POST" && seen.target == "/api/2/reports").count();
    assert_eq!(created, 1);
    stage.stop().await;
}
