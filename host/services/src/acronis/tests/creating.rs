use super::*;

#[tokio::test]
async fn the_request_is_the_documented_one() {
    for status in [200, 201] {
        let (fake, client) = with([Reply::json(status, body!("report-created.json"))]);
        let report = client.create_report(&request()).await.unwrap();
        assert_eq!((report.id.as_str(), report.version), (REPORT, Some(1)));
        assert_eq!(report.hide_zero_usage, None, "left out by the service");
        assert_eq!(report.generation_date, Some(date(2021, 9, 1)), "misplaced");
        assert_eq!(report.period, Some(august()));
        let seen = fake.seen().remove(1);
        assert_eq!(seen.line, "POST https://dc.example/api/2/reports");
        let sent: Value = serde_json::from_str(&seen.body).unwrap();
        let wanted: Value = serde_json::from_str(body!("report-request.json")).unwrap();
        assert_eq!(sent, wanted);
    }
}

#[tokio::test]
async fn every_parameter_is_sent() {
    let request = ReportRequest {
        kind: Kind::UsageBreakdown,
        level: Level::Accounts,
        formats: vec![Format::Csv, Format::Html],
        period: None,
        show_skus: false,
        schedule: Schedule::Monthly,
        generation_date: Some(date(2021, 9, 2)),
        result_action: ResultAction::Send,
        recipients: vec!["somebody".to_owned()],
        ..request()
    };
    let (fake, client) = with([Reply::json(200, r#"{"id": "1"}"#)]);
    client.create_report(&request).await.unwrap();
    let sent: Value = serde_json::from_str(&fake.seen()[1].body).unwrap();
    let wanted = serde_json::json!({
        "parameters": {"kind": "usage_breakdown", "level": "accounts", "tenant_id": TENANT,
            "formats": ["csv", "html"], "show_skus": false, "hide_zero_usage": true},
        "schedule": {"type": "monthly"}, "generation_date": "2021-09-02",
        "result_action": "send", "recipients": ["somebody"]
    });
    assert_eq!(sent, wanted);
}

#[tokio::test]
async fn it_is_never_sent_twice() {
    let html = || Reply::bytes(502, b"<html>Bad Gateway</html>");
    let cut = Reply::json(201, r#"{"id": "865b"#).broken();
    for lost in [Reply::Lost, html(), cut, Reply::json(201, "{}")] {
        let (fake, client) = with([lost, Reply::json(201, body!("report-created.json"))]);
        let error = client.create_report(&request()).await.unwrap_err();
        assert!(error.is_unknown(), "{error}");
        assert_eq!(fake.left(), 1, "{error}");
        assert!(error.to_string().contains("look it up"), "{error}");
    }
    let (fake, client) = with([Reply::NotSent]);
    let error = client.create_report(&request()).await.unwrap_err();
    assert!(error.is_transient() && !error.is_unknown());
    assert_eq!(fake.left(), 0);
    let limited = Reply::json(429, "").with("retry-after", "30");
    let (_, client) = with([limited]);
    let error = client.create_report(&request()).await.unwrap_err();
    assert_eq!(error.to_string(), "POST https://dc.example/api/2/reports: 429, too many requests; come back in 30 s");
}

#[tokio::test]
async fn mistakes_are_found_before_anything_is_sent() {
    let (mut none, mut backwards, mut nobody, mut never) = (request(), request(), request(), request());
    none.formats.clear();
    backwards.period = Some(DateRange { start: date(2021, 8, 31), end: date(2021, 8, 1) });
    nobody.result_action = ResultAction::Send;
    never.period = None;
    let fake = Fake::new([]);
    for request in [none, backwards, nobody, never] {
        let error = client(&fake).create_report(&request).await.unwrap_err();
        assert!(matches!(error, Error::Invalid(_)), "{error}");
    }
}

#[tokio::test]
async fn a_usage_history_that_is_not_ready_says_when_to_come_back() {
    let cases = [
        (400, body!("error-not-ready.json"), "2021-09-01T03:00:00Z", false, "2021-09-01T06:00:00Z"),
        (500, body!("error-overdue.json"), "2021-09-01T07:30:00Z", true, "2021-09-01T08:30:00Z"),
        (500, "Usage history is not ready", "2021-09-01T06:00:00Z", true, "2021-09-01T07:00:00Z"),
    ];
    for (status, body, now, late, back) in cases {
        let (fake, client) = with([Reply::json(status, body)]);
        fake.set_now(now);
        let error = client.create_report(&request()).await.unwrap_err();
        let back: Timestamp = back.parse().unwrap();
        let Error::NotReady { overdue, come_back_at, .. } = error else { panic!("{error}") };
        assert_eq!((overdue, come_back_at), (late, back));
    }
}

#[tokio::test]
async fn a_creation_whose_answer_was_lost_is_told_by_what_is_new_and_like_it() {
    let ids = |ids: &[&str]| Reply::json(200, &serde_json::json!({ "items": ids }).to_string());
    let report = |id: &str, kind: &str, end: &str| {
        let parameters = serde_json::json!({"tenant_id": TENANT, "kind": kind, "period": {"start": "2021-08-01", "end": end}});
        Reply::json(200, &serde_json::json!({ "id": id, "parameters": parameters }).to_string())
    };
    let replies = [
        ids(&["old", "other", "shorter", "ours", "twin"]),
        report("other", "usage_current", "2021-08-31"),
        report("shorter", "usage_summary", "2021-08-30"),
        // What is not told of it is taken to be the same.
        report("ours", "usage_summary", "2021-08-31"),
        report("twin", "usage_summary", "2021-08-31"),
    ];
    let (fake, client) = with(replies);
    let found = client.reports_like(&request(), &["old".to_owned()]).await.unwrap();
    assert_eq!(found.iter().map(|report| report.id.as_str()).collect::<Vec<_>>(), ["ours", "twin"]);
    assert_eq!(fake.left(), 0, "what was known before is not asked for");
}
