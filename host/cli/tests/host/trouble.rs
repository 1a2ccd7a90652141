//! What goes wrong on the way, and that no bill is doubled, halved or lost by it.

use std::time::Duration;

use secrecy::SecretString;
use skubill_runner::month::{Error, PostingStatus};
use skubill_services::abiquo::Auth;
use skubill_simulators::acronis::History;
use skubill_simulators::usage_data::Format;
use skubill_simulators::{Effect, Fault};

use crate::stage::{BILLS, Other, Stage, servers, small_of};
use crate::world::{has, lacks};

const DROPPED: Effect = Effect::Drop { taken: false };
const TAKEN_AND_DROPPED: Effect = Effect::Drop { taken: true };

fn both() -> Vec<(u64, [String; 4])> {
    vec![servers(11, "13.00"), servers(12, "19.50")]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_post_whose_answer_was_lost_is_looked_up_and_counts() {
    let stage = Stage::small().await;
    stage.fault(Fault::next("POST", BILLS, TAKEN_AND_DROPPED));
    assert_eq!(stage.fates().await, [(11, PostingStatus::Posted), (12, PostingStatus::Posted)]);
    // One post each, one bill each.
    assert_eq!((stage.posts().len(), stage.held()), (2, both()));
    let after: Vec<_> = stage.abiquo.requests().into_iter().skip_while(|seen| seen.fault.is_none()).collect();
    assert_eq!(after[1].method, "GET", "it was looked up: {after:?}");
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_fails_after_it_took_the_bill_is_looked_up_too() {
    let stage = Stage::small().await;
    let effect = Effect::Status { status: 504, retry_after: None, body: None, content_type: None, taken: true };
    stage.fault(Fault::next("POST", BILLS, effect));
    assert_eq!(stage.fates().await, [(11, PostingStatus::Posted), (12, PostingStatus::Posted)]);
    assert_eq!((stage.posts().len(), stage.held()), (2, both()));
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_post_that_never_took_effect_is_sent_again_once_it_has_settled() {
    for effect in [DROPPED, Effect::status(502, None), Effect::status(500, None)] {
        let mut stage = Stage::small().await;
        stage.fault(Fault::next("POST", BILLS, effect.clone()));
        for run in 0..2 {
            let fates = stage.fates().await;
            let PostingStatus::Unknown { reason } = &fates[0].1 else { panic!("{effect:?}, {run}: {fates:?}") };
            has(reason, "may still take effect");
            // It was not sent again, not by this run and not by the next one; the other one is there.
            assert_eq!((stage.posts().len(), stage.held()), (2, vec![servers(12, "19.50")]));
        }
        stage.config.settle = Duration::ZERO;
        assert_eq!(stage.fates().await, [(11, PostingStatus::Posted), (12, PostingStatus::AlreadyThere)]);
        assert_eq!((stage.posts().len(), stage.held()), (3, both()));
        stage.stop().await;
    }
}

/// A refusal had no effect: the next run posts.
#[tokio::test(flavor = "multi_thread")]
async fn a_post_that_was_refused_is_sent_by_the_next_run() {
    let stage = Stage::small().await;
    stage.fault(Fault::next("POST", BILLS, Effect::status(429, Some("1"))));
    let fates = stage.fates().await;
    assert!(matches!(fates.as_slice(), [(11, PostingStatus::Failed { .. }), (12, PostingStatus::Posted)]), "{fates:?}");
    assert_eq!(stage.fates().await, [(11, PostingStatus::Posted), (12, PostingStatus::AlreadyThere)]);
    stage.stop().await;
}

/// A service that asks for another minute again and again keeps one posting waiting, and none of the others.
#[tokio::test(flavor = "multi_thread")]
async fn a_posting_ends_in_its_time() {
    let mut stage = Stage::small().await;
    stage.config.time.posting_seconds = 2;
    stage.fault(Fault { times: None, ..Fault::next("GET", &format!("{BILLS}/11/bills"), Effect::status(429, Some("60"))) });
    let ran = stage.binary(&["run", "--period", "2021-08", "--accept", "new-provider", "--format", "json"]).ends(1);
    has(&ran.stdout, "the 2s that one posting may take are over (posting_seconds)");
    assert_eq!(stage.held(), [servers(12, "19.50")]);
    stage.abiquo.clear_faults();
    stage.config.time.posting_seconds = 300;
    assert_eq!(stage.fates().await, [(11, PostingStatus::Posted), (12, PostingStatus::AlreadyThere)]);
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_post_that_cannot_be_looked_up_is_unknown() {
    let stage = Stage::small().await;
    // The lookup after the post of 11 fails, however often it is tried; 12 is not reached either.
    stage.fault(Fault::next("POST", BILLS, TAKEN_AND_DROPPED));
    stage.fault(Fault { skip: 1, times: Some(6), ..Fault::next("GET", BILLS, DROPPED) });
    let fates = stage.fates().await;
    assert!(matches!(fates.as_slice(), [(11, PostingStatus::Unknown { .. }), (12, PostingStatus::Failed { .. })]), "{fates:?}");
    assert_eq!(stage.held(), [servers(11, "13.00")]);
    // The next run finds what is there.
    stage.abiquo.clear_faults();
    assert_eq!(stage.fates().await, [(11, PostingStatus::AlreadyThere), (12, PostingStatus::Posted)]);
    assert_eq!((stage.posts().len(), stage.held()), (2, both()));
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn gets_are_retried() {
    let stage = Stage::small().await;
    stage.fault(Fault::next("GET", BILLS, Effect::status(503, None)).times(2));
    // The third attempt at the same lookup passes; the next lookup is dropped.
    stage.fault(Fault { skip: 1, ..Fault::next("GET", BILLS, DROPPED) });
    for path in ["/api/2/clients", "/api/2/reports"] {
        stage.acronis.fault(Fault::next("GET", path, Effect::status(502, None)));
        stage.acronis.fault(Fault::next("GET", path, Effect::status(429, Some("0"))));
    }
    stage.acronis.fault(Fault::next("POST", "/api/2/idp", DROPPED));
    assert_eq!(stage.fates().await, [(11, PostingStatus::Posted), (12, PostingStatus::Posted)]);
    assert_eq!((stage.posts().len(), stage.held()), (2, both()));
    let hit = stage.acronis.requests().iter().filter(|seen| seen.fault.is_some()).count();
    assert_eq!(hit, 5, "each was hit once");
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn gets_are_not_retried_for_ever() {
    let stage = Stage::small().await;
    stage.fault(Fault { times: None, ..Fault::next("GET", BILLS, Effect::status(503, None)) });
    let fates = stage.fates().await;
    for (_, fate) in &fates {
        let PostingStatus::Failed { reason } = fate else { panic!("{fates:?}") };
        has(reason, "503");
    }
    // Each of two enterprises is asked for its name, and three times for its bills; nothing is sent that was not looked up.
    assert_eq!((stage.abiquo.requests().len(), stage.posts().len()), (8, 0));
    stage.stop().await;
}

fn created(stage: &Stage) -> usize {
    stage.acronis.requests().iter().filter(|seen| seen.method == "POST" && seen.target == "/api/2/reports").count()
}

/// A report is created once: an answer that was lost is looked up, and one that was made is ours.
#[tokio::test(flavor = "multi_thread")]
async fn a_report_whose_answer_was_lost_is_adopted() {
    let stage = Stage::small().await;
    stage.acronis.fault(Fault::next("POST", "/api/2/reports", TAKEN_AND_DROPPED));
    assert_eq!(stage.fates().await, [(11, PostingStatus::Posted), (12, PostingStatus::Posted)]);
    assert_eq!(created(&stage), 1);
    // It serves the next run, too: a month that is finished is not asked for again.
    assert_eq!(stage.fates().await, [(11, PostingStatus::AlreadyThere), (12, PostingStatus::AlreadyThere)]);
    assert_eq!(created(&stage), 1);
    stage.stop().await;
}

/// What could not be looked up is said, and settled by the next run.
#[tokio::test(flavor = "multi_thread")]
async fn a_report_that_cannot_be_looked_up_is_unknown() {
    let stage = Stage::small().await;
    stage.acronis.fault(Fault::next("POST", "/api/2/reports", TAKEN_AND_DROPPED));
    stage.acronis.fault(Fault { times: None, ..Fault::next("GET", "/api/2/tenants", Effect::status(503, None)) });
    let error = stage.run().await.err().expect("unknown");
    assert!(matches!(error, Error::ReportUnknown { .. }), "{error}");
    stage.binary(&["run", "--period", "2021-08", "--accept", "new-provider"]).ends(1);
    stage.acronis.clear_faults();
    assert_eq!(stage.fates().await, [(11, PostingStatus::Posted), (12, PostingStatus::Posted)]);
    assert_eq!(created(&stage), 1);
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn creating_a_report_is_not_repeated() {
    for (effect, said) in [(Effect::status(502, None), "502"), (Effect::status(429, Some("60")), "429")] {
        let stage = Stage::small().await;
        stage.acronis.fault(Fault::next("POST", "/api/2/reports", effect));
        let error = stage.run().await.err().expect("no report");
        has(&error.to_string(), said);
        assert_eq!((created(&stage), stage.abiquo.requests().len()), (1, 0));
        assert_eq!(stage.fates().await.len(), 2);
        stage.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_that_run_out_on_the_way_are_renewed() {
    let stage = Stage::small().await;
    // Each token is good for two requests, so that each stage of the way meets a 401.
    stage.acronis.knobs(|knobs| {
        knobs.token_uses = Some(2);
        knobs.report_polls = 4;
    });
    assert_eq!(stage.fates().await, [(11, PostingStatus::Posted), (12, PostingStatus::Posted)]);
    let requests = stage.acronis.requests();
    let refused = requests.iter().filter(|seen| seen.answered == Some(401)).count();
    let created =
        requests.iter().filter(|seen| seen.method == "POST" && seen.target == "/api/2/reports" && seen.answered == Some(200)).count();
    assert!(refused >= 2, "{requests:?}");
    assert_eq!((created, stage.held()), (1, both()));
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_in_progress_is_waited_for_and_one_that_hangs_is_given_up() {
    let mut stage = Stage::small().await;
    stage.acronis.knobs(|knobs| knobs.report_polls = 5);
    assert_eq!(stage.fates().await.len(), 2);
    let looks = stage.acronis.requests().iter().filter(|seen| seen.target.ends_with("/stored")).count();
    assert_eq!(looks, 6);
    stage.acronis.knobs(|knobs| knobs.report_hangs = true);
    stage.new_report = true;
    let posts = stage.posts().len();
    let error = stage.run().await.err().expect("it hangs").to_string();
    has(&error, "in_progress");
    assert_eq!(stage.posts().len(), posts);
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_that_fails_ends_the_month() {
    for spelling in ["faild", "failed"] {
        let stage = Stage::small().await;
        stage.acronis.knobs(|knobs| {
            knobs.failing_formats = vec!["csv_v2_0".into()];
            knobs.failed_status = spelling.into();
        });
        let error = stage.run().await.err().expect("it failed");
        assert!(matches!(error, Error::Acronis(skubill_services::acronis::Error::ReportFailed { .. })), "{error}");
        assert!(stage.abiquo.requests().is_empty());
        stage.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_usage_history_that_is_late_says_when_to_come_back() {
    let stage = Stage::small().await;
    stage.acronis.knobs(|knobs| knobs.history = History::Late);
    let error = stage.run().await.err().expect("it is late");
    assert!(matches!(error, Error::Acronis(skubill_services::acronis::Error::NotReady { .. })), "{error}");
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_download_that_breaks_off_is_started_again() {
    let stage = Stage::small().await;
    let path = "/api/2/reports/";
    // The list of stored items comes first; then the download is cut, and then slow.
    stage.acronis.fault(Fault { skip: 1, ..Fault::next("GET", path, Effect::Cut { bytes: 50 }) });
    stage.acronis.fault(Fault { skip: 1, ..Fault::next("GET", path, Effect::Slow { bytes: 200, pause_ms: 2 }) });
    assert_eq!(stage.fates().await, [(11, PostingStatus::Posted), (12, PostingStatus::Posted)]);
    assert_eq!(stage.held(), both());
    stage.stop().await;
}

/// What Acronis serves may be anything: it is a fault, and nothing is posted.
#[tokio::test(flavor = "multi_thread")]
async fn a_download_that_is_no_report_is_a_fault() {
    let stage = Stage::small().await;
    for bytes in [&b"<html><body>Bad Gateway</body></html>"[..], b"", b"\x1f\x8b\x08\x00truncated"] {
        stage.acronis.serve_bytes(Format::CsvV2, Some(bytes.to_vec()));
        let error = stage.run().await.err().expect("no report");
        let refused = matches!(&error, Error::Bill(skubill::bill::Error::Refused(skubill::bill::Refusal::Faults { .. })));
        assert!(refused, "{error}");
        assert!(stage.abiquo.requests().is_empty());
    }
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_credentials_are_named_and_never_shown() {
    let mut stage = Stage::small().await;
    let right = stage.config.accounts[0].client_secret.clone();
    stage.config.accounts[0].client_secret = SecretString::from("planted-secret-1");
    let error = stage.run().await.err().expect("a wrong secret").to_string();
    has(&error, "invalid_client");
    lacks(&error, "planted-secret-1");
    stage.config.accounts[0].client_secret = right;
    // A user who may look and not post; and one who may do neither.
    for (user, role) in [("viewer", "BILLS_MANAGE"), ("nobody", "BILLS_VIEW")] {
        let token = stage.abiquo.user(user).expect("a user").token.clone();
        stage.config.accounts[0].billings[0].abiquo.auth = Auth::Token(SecretString::from(token.clone()));
        let said = match stage.run().await {
            Ok(billing) => format!("{:?}", billing.postings),
            Err(error) => error.to_string(),
        };
        has(&said, role);
        lacks(&said, &token);
    }
    assert!(stage.held().is_empty());
    stage.stop().await;
}

/// Two accounts of two datacenters; the second one's fails, in one way after the other.
#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_fails_does_not_stop_the_other() {
    let mut stage = Stage::small().await;
    let other = Other::of(&small_of(99)).await;
    let Other { acronis, abiquo, folder } = &other;
    stage.config.accounts.push(other.account("two"));
    acronis.knobs(|knobs| knobs.report_hangs = true);
    let results = stage.run_all().await;
    assert_eq!(results.iter().map(|result| result.account.as_str()).collect::<Vec<_>>(), ["one", "two"]);
    assert!(results[0].result.is_ok() && results[1].result.is_err());
    assert_eq!((stage.held(), abiquo.bills().len()), (both(), 0));
    // Once it is well again, the run brings what is missing, and nothing else.
    acronis.knobs(|knobs| knobs.report_hangs = false);
    let results = stage.run_all().await;
    assert!(results.iter().all(|result| result.result.is_ok()));
    assert_eq!((stage.posts().len(), stage.held()), (2, both()));
    assert_eq!(crate::stage::lines(&abiquo.bills()), both());
    // A price book that cannot be read is the account's own trouble, as well.
    folder.file("prices.json", "{}");
    let results = stage.run_all().await;
    assert!(results[0].result.is_ok() && results[1].result.is_err());
    other.stop().await;
    stage.stop().await;
}
