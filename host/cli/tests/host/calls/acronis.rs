//! Each call of Acronis' reports API, by the client against the twin.

mod stored;

use std::time::Duration;

use flate2::read::GzDecoder;
use jiff::civil::date;
use skubill_services::acronis::{
    Client, Code, DateRange, Error, Format, Kind, Level, Report, ReportRequest, ResultAction, Schedule, StoredReport, WaitPolicy,
};
use skubill_services::http;
use skubill_simulators::acronis::History;
use skubill_simulators::{Effect, Fault};

use crate::lab::Lab;
use crate::world::{has, lacks};

const AUGUST: DateRange = DateRange { start: date(2021, 8, 1), end: date(2021, 8, 31) };
const REPORTS: &str = "/api/2/reports";
const DOWNLOAD_MAX: u64 = 10 << 20;

fn billing(lab: &Lab) -> ReportRequest {
    ReportRequest::billing(&lab.acronis.tenant_id(), AUGUST)
}

/// How often a twin was asked this.
fn count(lab: &Lab, method: &str, path: &str) -> usize {
    lab.acronis.requests().iter().filter(|seen| seen.method == method && seen.target.starts_with(path)).count()
}

async fn create(lab: &Lab, client: &Client) -> Report {
    client.create_report(&billing(lab)).await.expect("a report")
}

async fn wait(client: &Client, report: &Report, format: &Format) -> Result<StoredReport, Error> {
    client.wait_for(&report.id, format, &WaitPolicy::default(), |_| {}).await
}

/// A stored report as it was served.
async fn bytes(client: &Client, report: &Report, stored: &StoredReport) -> Vec<u8> {
    let mut bytes = Vec::new();
    client.download(&report.id, stored, &mut bytes, DOWNLOAD_MAX).await.expect("a download");
    bytes
}

fn text(bytes: &[u8]) -> String {
    std::io::read_to_string(GzDecoder::new(bytes)).expect("gzip of a text")
}

#[tokio::test]
async fn a_token_is_bought_once_and_renewed_a_quarter_of_an_hour_before_its_end() {
    let lab = Lab::new();
    let client = lab.acronis_client();
    let tokens = || count(&lab, "POST", "/api/2/idp/token");
    for (seconds, bought) in [(0, 1), (7_200 - 15 * 60 - 1, 1), (1, 2), (10, 2)] {
        lab.clock.advance(seconds);
        client.root_tenant().await.expect("a tenant");
        assert_eq!(tokens(), bought, "{seconds} s later");
    }
    // None of them was refused.
    assert!(lab.acronis.requests().iter().all(|seen| seen.answered == Some(200)));
}

#[tokio::test]
async fn a_401_brings_one_new_token_and_no_more() {
    let lab = Lab::new();
    let client = lab.acronis_client();
    let report = create(&lab, &client).await;
    // What a reset of the client's secret does.
    lab.acronis.expire_tokens();
    client.report(&report.id).await.expect("with another token");
    lab.acronis.expire_tokens();
    create(&lab, &client).await;
    assert_eq!((count(&lab, "POST", "/api/2/idp/token"), count(&lab, "POST", REPORTS)), (3, 3));
    assert_eq!(client.reports_of(&lab.acronis.tenant_id()).await.expect("a list").len(), 2, "a 401 created nothing");

    lab.acronis.knobs(|knobs| knobs.token_uses = Some(0));
    let before = lab.acronis.requests().len();
    let error = client.report(&report.id).await.expect_err("no token is good");
    assert!(matches!(error, Error::Unauthorized { .. }), "{error}");
    assert_eq!(lab.acronis.requests().len() - before, 3, "asked, bought, asked");
}

#[tokio::test]
async fn a_token_that_is_refused_says_why_and_one_that_is_lost_is_bought_again() {
    let lab = Lab::new();
    let client = lab.acronis_client_with("planted-secret");
    let error = client.root_tenant().await.expect_err("a wrong secret");
    assert!(matches!(&error, Error::Credentials { code, .. } if code == "invalid_client"), "{error}");
    has(&error.to_string(), "unknown client or wrong secret");
    lacks(&format!("{error} {error:?} {client:?}"), "planted-secret");

    lab.acronis.fault(Fault::next("POST", "/api/2/idp/token", Effect::Drop { taken: true }));
    assert_eq!(lab.acronis_client().root_tenant().await.expect("a tenant"), lab.acronis.tenant_id());
    assert_eq!(count(&lab, "POST", "/api/2/idp/token"), 3);
}

#[tokio::test]
async fn the_clients_own_tenant_is_the_root_of_its_reports() {
    let lab = Lab::new();
    assert_eq!(lab.acronis_client().root_tenant().await.expect("a tenant"), lab.acronis.tenant_id());
    let asked = Lab::seen(&lab.acronis.requests());
    assert_eq!(asked, ["POST /api/2/idp/token".to_string(), format!("GET /api/2/clients/{}", lab.acronis.client_id())]);
}

#[tokio::test]
async fn every_kind_level_and_format_is_made_and_downloaded() {
    let lab = Lab::new();
    lab.acronis.knobs(|knobs| knobs.report_polls = 0);
    let client = lab.acronis_client();
    let formats: Vec<Format> = Format::KNOWN.iter().map(|name| Format::from(*name)).collect();
    let begins = |format: &Format| match format {
        Format::CsvV2 => "application.id,application.name,date,",
        Format::JsonV2 => r#"{"params":{"kind":"#,
        Format::JsonV1 => r#"{"groups":["#,
        Format::Csv => "Tenant,Kind,",
        _ => "<!DOCTYPE html>",
    };
    for kind in Kind::KNOWN.iter().map(|name| Kind::from(*name)) {
        for level in Level::KNOWN.iter().map(|name| Level::from(*name)) {
            let (kind, level, formats) = (kind.clone(), level.clone(), formats.clone());
            let request = ReportRequest { kind, level, formats, ..billing(&lab) };
            let report = client.create_report(&request).await.expect("a report");
            assert_eq!((&report.kind, &report.level), (&Some(request.kind.clone()), &Some(request.level.clone())));
            assert_eq!((&report.formats, report.period), (&request.formats, Some(AUGUST)));
            for format in &request.formats {
                let stored = wait(&client, &report, format).await.expect("it is saved");
                let text = text(&bytes(&client, &report, &stored).await);
                assert!(text.starts_with(begins(format)), "{request:?}: {}", &text[..60]);
            }
        }
    }
}

#[tokio::test]
async fn skus_and_zero_usage_come_as_asked_for() {
    let lab = Lab::new();
    let client = lab.acronis_client();
    let mut lines = Vec::new();
    for (show_skus, hide_zero_usage) in [(true, true), (false, true), (true, false)] {
        let report = client.create_report(&ReportRequest { show_skus, hide_zero_usage, ..billing(&lab) }).await.expect("a report");
        let stored = wait(&client, &report, &Format::CsvV2).await.expect("it is saved");
        let text = text(&bytes(&client, &report, &stored).await);
        let header = text.lines().next().unwrap_or_default();
        assert_eq!(header.ends_with(",sku"), show_skus, "{header}");
        lines.push(text.lines().count());
    }
    assert!(lines[0] == lines[1] && lines[1] < lines[2], "{lines:?}");
}

#[tokio::test]
async fn a_schedule_stores_an_item_a_month_and_the_last_is_taken() {
    let lab = Lab::new();
    let client = lab.acronis_client();
    let request = ReportRequest { schedule: Schedule::Monthly, period: None, ..billing(&lab) };
    let report = client.create_report(&request).await.expect("a report");
    assert_eq!((report.schedule.clone(), report.enabled), (Some(Schedule::Monthly), Some(true)));
    assert!(client.stored(&report.id).await.expect("a list").is_empty());
    lab.clock.set("2021-11-02T00:00:00Z".parse().expect("an instant"));
    let last = wait(&client, &report, &Format::CsvV2).await.expect("it is saved");
    assert_eq!(last.created_at, Some("2021-11-01T23:59:59Z".parse().expect("an instant")));
    assert_eq!(client.stored(&report.id).await.expect("a list").len(), 3);
    has(&text(&bytes(&client, &report, &last).await), ",2021-10-31,");
}

#[tokio::test]
async fn a_report_to_be_sent_stores_nothing() {
    let lab = Lab::new();
    let client = lab.acronis_client();
    let recipients = vec![lab.acronis.tenant_id()];
    let request =
        ReportRequest { result_action: ResultAction::Send, formats: vec![Format::Csv, Format::Html], recipients, ..billing(&lab) };
    let report = client.create_report(&request).await.expect("a report");
    assert_eq!((&report.result_action, &report.recipients), (&Some(ResultAction::Send), &request.recipients));
    let error = wait(&client, &report, &Format::Csv).await.expect_err("nothing is stored");
    assert!(matches!(error, Error::NotFinished { state: None, .. }), "{error}");
}

#[tokio::test]
async fn a_created_report_may_be_answered_with_its_id_alone() {
    for status in [200, 201] {
        let lab = Lab::new();
        let all = ["formats", "level", "kind", "tenant_id", "show_skus", "hide_zero_usage", "period"];
        lab.acronis.knobs(|knobs| {
            knobs.created_status = status;
            knobs.answer_leaves_out = all.map(Into::into).to_vec();
        });
        let client = lab.acronis_client();
        let report = create(&lab, &client).await;
        assert_eq!((&report.kind, report.formats.len(), report.period), (&None, 0, None));
        let whole = client.report(&report.id).await.expect("the report");
        assert_eq!((whole.hide_zero_usage, whole.show_skus, whole.period), (Some(true), Some(true), Some(AUGUST)));
        wait(&client, &report, &Format::CsvV2).await.expect("it is saved");
    }
}

#[tokio::test]
async fn a_creation_is_sent_once_and_looked_up_where_its_answer_is_lost() {
    let status = |taken| Effect::Status { status: 504, retry_after: None, body: None, content_type: None, taken };
    for (effect, reports) in [(Effect::Drop { taken: false }, 0), (Effect::Drop { taken: true }, 1), (status(false), 0), (status(true), 1)]
    {
        let lab = Lab::new();
        let client = lab.acronis_client();
        lab.acronis.fault(Fault::next("POST", REPORTS, effect));
        let error = client.create_report(&billing(&lab)).await.expect_err("no answer");
        assert!(error.is_unknown() && !error.is_transient(), "{error}");
        assert_eq!(count(&lab, "POST", REPORTS), 1);
        assert_eq!(client.reports_of(&lab.acronis.tenant_id()).await.expect("a list").len(), reports, "{error}");
    }
}

#[tokio::test]
async fn a_report_is_seen_listed_and_deleted_under_its_version() {
    for conflict in [409, 400] {
        let lab = Lab::new();
        lab.acronis.knobs(|knobs| {
            knobs.version_conflict_status = conflict;
            // Milliseconds since 1970, as the OpenAPI description has it.
            knobs.first_version = 1_559_561_146_223;
        });
        let client = lab.acronis_client();
        let report = create(&lab, &client).await;
        assert_eq!(report.version, Some(1_559_561_146_223));
        let version = client.report(&report.id).await.expect("the report").version.expect("a version");
        assert_eq!(client.reports_of(&lab.acronis.tenant_id()).await.expect("a list"), std::slice::from_ref(&report.id));
        let error = client.delete_report(&report.id, version + 1).await.expect_err("a wrong version");
        let Error::Refused { status, error, .. } = error else { panic!("{error}") };
        assert_eq!((status, error.kind()), (conflict, Code::VersionMismatch));
        client.delete_report(&report.id, version).await.expect("deleted");
        let error = client.report(&report.id).await.expect_err("it is gone");
        assert!(matches!(error, Error::Refused { status: 404, .. }), "{error}");
        assert!(client.reports_of(&lab.acronis.tenant_id()).await.expect("a list").is_empty());
        let error = client.reports_of("531789f2-2be9-42af-8474-18177593c77b").await.expect_err("no such tenant");
        assert!(matches!(&error, Error::Refused { error, .. } if error.kind() == Code::TenantNotFound), "{error}");
    }
}

#[tokio::test]
async fn a_role_that_only_reads_is_refused_by_name() {
    let lab = Lab::new();
    let client = lab.acronis_client();
    let report = create(&lab, &client).await;
    lab.acronis.knobs(|knobs| knobs.read_only = true);
    client.report(&report.id).await.expect("it may look");
    for refused in [client.create_report(&billing(&lab)).await.err(), client.delete_report(&report.id, 1).await.err()] {
        let Some(Error::Refused { status: 403, error, .. }) = refused else { panic!("{refused:?}") };
        assert_eq!(error.kind(), Code::AccessDenied);
    }
    assert_eq!(client.reports_of(&lab.acronis.tenant_id()).await.expect("a list").len(), 1);
}

#[tokio::test]
async fn a_usage_history_that_is_not_ready_says_when_to_come_back() {
    let lab = Lab::new();
    let client = lab.acronis_client();
    for (history, now, overdue, back) in [
        (History::Nightly, "2021-09-01T03:00:00Z", false, "2021-09-01T06:00:00Z"),
        (History::Late, "2021-09-01T05:59:59Z", false, "2021-09-01T06:00:00Z"),
        (History::Late, "2021-09-01T07:30:00Z", true, "2021-09-01T08:30:00Z"),
    ] {
        lab.acronis.knobs(|knobs| knobs.history = history);
        lab.clock.set(now.parse().expect("an instant"));
        let error = client.create_report(&billing(&lab)).await.expect_err("not ready");
        let Error::NotReady { overdue: late, come_back_at, .. } = error else { panic!("{error}") };
        assert_eq!((late, come_back_at.to_string().as_str()), (overdue, back));
    }
    lab.acronis.knobs(|knobs| knobs.history = History::Nightly);
    lab.clock.set("2021-09-01T06:00:00Z".parse().expect("an instant"));
    create(&lab, &client).await;
    assert_eq!(count(&lab, "POST", REPORTS), 4, "each was sent once");
}

#[tokio::test]
async fn too_many_requests_are_waited_out_as_long_as_they_ask_up_to_a_cap() {
    let lab = Lab::new();
    let client = lab.acronis_client();
    client.root_tenant().await.expect("a tenant");
    for (retry_after, seconds) in [("7", 7), ("Wed, 01 Sep 2021 08:00:30 GMT", 30), ("Wed, 01 Sep 2021 07:00:00 GMT", 0), ("3600", 120)] {
        lab.clock.set("2021-09-01T08:00:00Z".parse().expect("an instant"));
        lab.acronis.fault(Fault::next("GET", "/api/2/clients", Effect::status(429, Some(retry_after))));
        client.root_tenant().await.expect("the second time");
        assert_eq!(lab.slept(), [Duration::from_secs(seconds)], "{retry_after}");
    }
    // A creation is told, and never repeated.
    lab.acronis.fault(Fault::next("POST", REPORTS, Effect::status(429, Some("30"))));
    let error = client.create_report(&billing(&lab)).await.expect_err("too many");
    assert!(matches!(error, Error::TooManyRequests { retry_after: Some(pause), .. } if pause.as_secs() == 30), "{error}");
    assert_eq!((count(&lab, "POST", REPORTS), lab.slept().len()), (1, 0));
}

#[tokio::test]
async fn reads_are_tried_again_after_50x_and_lost_connections_and_pages_are_kept() {
    let lab = Lab::new();
    let client = lab.acronis_client();
    client.root_tenant().await.expect("a tenant");
    for effects in [[Effect::status(500, None), Effect::status(503, None)], [Effect::Drop { taken: false }, Effect::Cut { bytes: 9 }]] {
        for effect in effects {
            lab.acronis.fault(Fault::next("GET", "/api/2/clients", effect));
        }
        client.root_tenant().await.expect("the third time");
        assert_eq!(lab.slept(), [Duration::from_secs(1); 2]);
    }
    lab.acronis.fault(Fault { times: Some(3), ..Fault::next("GET", "/api/2/clients", Effect::status(502, None)) });
    let error = client.root_tenant().await.expect_err("three times");
    let Error::Unexpected { status: 502, body, .. } = &error else { panic!("{error}") };
    has(body.text(), "<h1>502</h1>");
    assert!(error.is_transient());
}
