use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use skubill_services::acronis::{Client, DateRange, Error, Format, Report, ReportRequest, StoredReport, StoredState, WaitPolicy};
use skubill_services::http::Request;

use super::Fate;
use super::service::{BASE, Service, is_printable, is_read, now};

/// An answer is read or refused in one line. An id leads to the report that it names, and to nothing else; a
/// report that is asked for again by what was told of it is told as the same.
pub fn law(body: &[u8]) -> Fate {
    let service = Service::answers(200, body);
    let client = client(&service);
    let reports = [now(client.report("r-1")), now(client.create_report(&billing()))];
    let stored = now(client.stored("r-1"));
    let ids = now(client.reports_of("t-1"));
    let tenant = now(client.root_tenant());
    let found = now(client.find_report(&billing(), "2021-09-01T00:00:00Z".parse().expect("an instant")));
    let like = now(client.reports_like(&billing(), &[]));
    service.seen();
    let told = [&reports[0], &reports[1]].map(|report| report.as_ref().ok());
    assert_eq!(told[0], told[1], "a report is told alike");
    told.into_iter().flatten().take(1).for_each(is_asked_for_again);
    for id in told.iter().flatten().map(|report| &report.id).chain(ids.iter().flatten().take(3)).chain(&tenant) {
        leads_to(&service, &client, id);
    }
    stored.iter().flatten().take(3).for_each(|item| is_downloaded(&service, &client, item, body));
    let id = told[0].map_or("r-1", |report| &report.id);
    waits(&service, &client, id, stored.as_deref().unwrap_or_default());
    let tokens = [tokens(body, 200), tokens(body, 401)];
    refused(body);
    is_read(&found);
    is_read(&like);
    let read = [is_read(&reports[0]), is_read(&reports[1]), is_read(&stored), is_read(&ids), is_read(&tenant), tokens[0]];
    Fate::accepted(read.contains(&true))
}

fn client(service: &Arc<Service>) -> Client {
    Client::new(service.http(), BASE, "c-1", "hush".to_string().into()).expect("a client")
}

fn billing() -> ReportRequest {
    let day = |text: &str| text.parse().expect("a day");
    ReportRequest::billing("t-1", DateRange { start: day("2021-08-01"), end: day("2021-08-31") })
}

/// The last request that bought no token.
fn last(service: &Service) -> Option<Request> {
    service.seen().into_iter().rfind(|request| !request.url.path().ends_with("/idp/token"))
}

/// The id is one segment of the address, or nothing is asked.
fn leads_to(service: &Arc<Service>, client: &Client, id: &str) {
    service.seen();
    let deleted = now(client.delete_report(id, 3));
    let Some(request) = last(service) else {
        assert!(matches!(deleted, Err(Error::Http(_))) && matches!(id, "" | "." | ".."), "{id:?}: {deleted:?}");
        return;
    };
    let segments: Vec<&str> = request.url.path_segments().expect("a path").collect();
    assert_eq!(segments[..4], ["api", "api", "2", "reports"], "{}", request.url);
    let mut decoded = request.url.clone();
    decoded.set_query(Some(segments[4]));
    let decoded = decoded.query_pairs().next().map(|(id, _)| id.into_owned());
    assert_eq!((segments.len(), decoded.as_deref()), (5, Some(id)), "{}", request.url);
    assert_eq!(request.url.query(), Some("version=3"));
}

/// What is asked for is told in the words in which it was asked for.
fn is_asked_for_again(report: &Report) {
    let (Some(kind), Some(level), Some(schedule), Some(action)) =
        (report.kind.clone(), report.level.clone(), report.schedule.clone(), report.result_action.clone())
    else {
        return;
    };
    let request = ReportRequest {
        tenant_id: report.tenant_id.clone().unwrap_or_default(),
        kind,
        level,
        formats: report.formats.clone(),
        period: report.period,
        show_skus: report.show_skus.unwrap_or(true),
        hide_zero_usage: report.hide_zero_usage.unwrap_or(true),
        schedule,
        generation_date: report.generation_date,
        result_action: action,
        recipients: report.recipients.clone(),
    };
    let service = Service::answers(200, b"{}");
    if request.mistake().is_some() {
        assert!(now(client(&service).create_report(&request)).is_err() && service.seen().is_empty(), "nothing was sent");
        return;
    }
    let _ = now(client(&service).create_report(&request));
    let sent = last(&service).and_then(|request| request.body).expect("a report was asked for");
    let mut answer: Value = serde_json::from_slice(&sent).expect("JSON");
    answer["id"] = report.id.clone().into();
    let again = now(client(&Service::answers(200, answer.to_string().as_bytes())).report("r-1")).expect("a report");
    let told = Report {
        version: None,
        enabled: None,
        show_skus: report.show_skus.or(Some(true)),
        hide_zero_usage: report.hide_zero_usage.or(Some(true)),
        ..report.clone()
    };
    assert_eq!(again, told, "{answer}");
}

/// What is stored is handed on byte for byte.
fn is_downloaded(service: &Arc<Service>, client: &Client, item: &StoredReport, body: &[u8]) {
    let mut bytes = Vec::new();
    let Some(id) = &item.id else {
        assert!(now(client.download("r-1", item, &mut bytes, 1 << 20)).is_err());
        return;
    };
    service.seen();
    match now(client.download("r-1", item, &mut bytes, 1 << 20)) {
        Err(error) => assert!(matches!(id.as_str(), "." | ".."), "{error}"),
        Ok(downloaded) => {
            assert_eq!((bytes.as_slice(), downloaded.bytes, &downloaded.stored), (body, body.len() as u64, id));
            let request = last(service).expect("it was asked for");
            assert_eq!(request.url.path_segments().expect("a path").count(), 7, "{}", request.url);
        }
    }
}

/// Waiting ends: with a report that is saved and in the format that was asked for, or with an error.
fn waits(service: &Arc<Service>, client: &Client, id: &str, stored: &[StoredReport]) {
    let policy =
        WaitPolicy { first_pause: Duration::from_secs(2), longest_pause: Duration::from_secs(9), deadline: Duration::from_secs(20) };
    let waited = now(client.wait_for(id, &Format::CsvV2, &policy, |_| {}));
    service.seen();
    match waited {
        Ok(item) => assert!(item.state == StoredState::Saved && item.format == Format::CsvV2 && stored.contains(&item), "{item:?}"),
        Err(error) => is_printable(&error),
    }
}

/// Whether it is the answer to who buys a token. It stands in no error.
fn tokens(body: &[u8], status: u16) -> bool {
    let service = Service::sells(status, body);
    let tenant = now(client(&service).root_tenant());
    let seen = service.seen();
    match tenant {
        Ok(tenant) => {
            assert_eq!((tenant.as_str(), status), ("t-1", 200));
            let header = seen
                .last()
                .and_then(|request| request.headers().find(|(name, _)| *name == "authorization"))
                .map(|(_, value)| value.to_string());
            assert!(header.is_some_and(|value| value.starts_with("Bearer ")), "the token is used");
            true
        }
        Err(error) => {
            is_printable(&error);
            false
        }
    }
}

/// As the text of an error of each kind.
fn refused(body: &[u8]) {
    for status in [302, 400, 401, 403, 404, 429, 500, 503] {
        let service = Service::answers(status, body);
        let client = client(&service);
        let errors = [now(client.report("r-1")).err(), now(client.create_report(&billing())).err()];
        assert!(errors.iter().all(Option::is_some), "{status} is no success");
        errors.iter().flatten().for_each(is_printable);
        let posts = service.seen().iter().filter(|request| request.body.is_some() && !request.url.path().ends_with("/idp/token")).count();
        assert!(posts == 1 || (status == 401 && posts == 2), "a report is asked for once; {posts} times after {status}");
    }
}
