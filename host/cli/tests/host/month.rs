//! The month from the library: what is posted, what is held, and that nothing is posted twice.

use skubill::word::DifferenceKind;
use skubill_runner::month::PostingStatus;
use skubill_simulators::usage_data::UsageData;

use crate::stage::{AUGUST, Stage, posted_lines, price, servers, small};
use crate::world::has;

fn count(fates: &[(u64, PostingStatus)], fate: &PostingStatus) -> usize {
    fates.iter().filter(|(_, is)| is == fate).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_month_posts_21_bills_and_holds_one() {
    let stage = Stage::demo().await;
    let billing = stage.run().await.expect("the month");
    assert!(!billing.new_provider);
    let fates: Vec<_> = billing.postings.iter().map(|posted| (posted.enterprise, posted.status.clone())).collect();
    assert_eq!((fates.len(), count(&fates, &PostingStatus::Posted)), (22, 21));
    let held = PostingStatus::Held { codes: vec!["unpriced-sku".into()] };
    assert_eq!(fates.iter().filter(|(_, fate)| *fate != PostingStatus::Posted).collect::<Vec<_>>(), [&(326, held)]);
    assert_eq!(stage.posts().len(), 21);

    // Line by line, what Abiquo holds is what the outcome says; of the held one it holds nothing.
    let expected = posted_lines(&billing);
    assert!(expected.len() > 50, "a month of some size");
    assert_eq!(stage.held(), expected);
    for bill in stage.abiquo.bills() {
        assert_eq!(bill["provider"], "ACRONIS");
        assert_eq!(bill["currencyCode"], "EUR");
        assert_eq!(bill["billingPeriodStartDate"], "2021/08/01 00:00:00 +0000");
        assert_eq!(bill["billingPeriodEndDate"], "2021/08/31 23:59:59 +0000");
    }

    // Again: everything is there, and nothing is sent.
    let before = stage.abiquo.bills();
    let again = stage.fates().await;
    assert_eq!(count(&again, &PostingStatus::AlreadyThere), 21);
    assert_eq!((stage.posts().len(), stage.abiquo.bills()), (21, before));

    // With the price that was missing, the last one is posted, and that one alone.
    stage.folder.file("prices.json", UsageData::demo(AUGUST, 1).price_book_complete());
    let complete = stage.run().await.expect("the month");
    assert!(complete.billed.unaccepted.is_empty());
    let posted: Vec<_> =
        complete.postings.iter().filter(|posted| posted.status == PostingStatus::Posted).map(|posted| posted.enterprise).collect();
    assert_eq!((posted, stage.posts().len()), (vec![326], 22));
    has(&stage.posts()[21].target, "/326/bills");
    assert_eq!(stage.held(), posted_lines(&complete));
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_accepted_finding_holds_nothing() {
    let mut stage = Stage::demo().await;
    stage.accept.push("unpriced-sku:SKB-SRV-ADV".into());
    let billing = stage.run().await.expect("the month");
    assert!(billing.billed.unaccepted.is_empty());
    assert_eq!((stage.posts().len(), stage.held()), (22, posted_lines(&billing)));
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_is_not_listed_is_not_posted() {
    let mut stage = Stage::small().await;
    stage.accept.clear();
    let billing = stage.run().await.expect("the month");
    assert!(billing.new_provider);
    assert!(billing.postings.iter().all(|posted| posted.status == PostingStatus::NewProvider));
    assert_eq!((stage.posts().len(), stage.held()), (0, vec![]));
    // Once it is listed, it needs no acceptance.
    stage.abiquo.knobs(|knobs| knobs.providers.push("ACRONIS".into()));
    assert_eq!(stage.fates().await, [(11, PostingStatus::Posted), (12, PostingStatus::Posted)]);
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_bill_in_the_place_blocks_and_says_what_differs() {
    let stage = Stage::small().await;
    stage.fates().await;
    let before = stage.abiquo.bills();
    // Servers have become dearer, and there is something new to be paid.
    let mut usage = small();
    usage.prices = vec![price("SRV", "Server", "7.00")];
    stage.folder.file("prices.json", usage.price_book());
    let fates = stage.fates().await;
    let [(11, PostingStatus::Different { differences }), (12, PostingStatus::Different { .. })] = fates.as_slice() else {
        panic!("both differ: {fates:?}");
    };
    let [difference] = differences.as_slice() else {
        panic!("one line differs: {differences:?}");
    };
    let said = (difference.kind, difference.category.as_str(), difference.usage_type.as_str());
    assert_eq!(said, (DifferenceKind::Amount, "Workloads", "SRV"));
    assert_eq!((difference.posting.as_deref(), difference.held.as_deref()), (Some("14.00"), Some("13.00")));
    assert_eq!((stage.posts().len(), stage.abiquo.bills()), (2, before));
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_looks_and_posts_nothing() {
    let mut stage = Stage::small().await;
    stage.dry_run = true;
    assert_eq!(stage.fates().await, [(11, PostingStatus::DryRun), (12, PostingStatus::DryRun)]);
    assert_eq!((stage.posts().len(), stage.held()), (0, vec![]));
    stage.dry_run = false;
    stage.fates().await;
    assert_eq!(stage.held(), [servers(11, "13.00"), servers(12, "19.50")]);
    // What is there already is there in a dry run, too.
    stage.dry_run = true;
    assert_eq!(stage.fates().await, [(11, PostingStatus::AlreadyThere), (12, PostingStatus::AlreadyThere)]);
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_period_that_is_not_over_is_not_asked_for() {
    let stage = Stage::small().await;
    let error = stage.run_period("2199-12").await.err().expect("it is not over");
    assert!(matches!(error, skubill_runner::month::Error::NotOver { .. }), "{error}");
    has(&error.to_string(), "2199-12 is not over: its last day is 2199-12-31");
    assert!(stage.acronis.requests().is_empty() && stage.abiquo.requests().is_empty());
    for wrong in ["2021", "2021-13", "2021-8", "2021-08-01", "August"] {
        assert!(matches!(wrong.parse::<skubill_runner::month::Period>(), Err(skubill_runner::month::Error::Period(_))), "{wrong}");
    }
    stage.stop().await;
}

/// A bill's date is when the stored report was created: a later run of the same bill has the same one.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_asked_of_acronis_is_a_summary_of_direct_partners() {
    let stage = Stage::small().await;
    stage.fates().await;
    let requests = stage.acronis.requests();
    let calls: Vec<_> = requests.iter().map(|seen| (seen.method.as_str(), seen.target.split('/').nth(3).unwrap_or_default())).collect();
    assert_eq!(calls, [("POST", "idp"), ("GET", "clients"), ("POST", "reports"), ("GET", "reports"), ("GET", "reports")]);
    let state = serde_json::to_value(skubill_simulators::Service::state(&**stage.acronis)).expect("JSON");
    let asked = &state["reports"][0]["parameters"];
    assert_eq!((&asked["kind"], &asked["level"]), (&"usage_summary".into(), &"direct_partners".into()), "{state}");
    stage.stop().await;
}
