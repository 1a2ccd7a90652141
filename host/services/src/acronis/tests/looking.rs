use super::*;

#[tokio::test]
async fn a_report_with_strings_for_everything_and_unknown_words() {
    let (_, client) = with([Reply::json(200, body!("report-monthly.json"))]);
    let report = client.report("b2a0").await.unwrap();
    assert_eq!(report.version, Some(7));
    assert_eq!(report.show_skus, Some(false));
    assert_eq!(report.hide_zero_usage, Some(true));
    assert_eq!(report.enabled, Some(true));
    assert_eq!(report.level, Some(Level::Itself));
    assert_eq!(report.formats[1].to_string(), "pdf_v9_0");
    assert_eq!(report.schedule, Some(Schedule::Monthly));
    assert!("pdf_v9_0".parse::<Format>().unwrap_err().to_string().contains("csv_v2_0, json_v2_0"));
}

#[tokio::test]
async fn deleting_needs_the_version() {
    let gone = Reply::bytes(204, b"");
    let stale = Reply::json(409, body!("error-version.json"));
    let (fake, client) = with([gone, stale]);
    client.delete_report("b2a0", 7).await.unwrap();
    let error = client.delete_report("b2a0", 1).await.unwrap_err();
    assert_eq!(fake.lines()[1], "DELETE https://dc.example/api/2/reports/b2a0?version=7");
    let text = error.to_string();
    assert!(text.ends_with("409, Version mismatch (Expected version 7, got 1) [PlatformAccountServer 1001]"), "{text}");
    let Error::Refused { error, .. } = error else { panic!("{text}") };
    assert_eq!(error.kind(), Code::VersionMismatch);
}

#[tokio::test]
async fn answers_that_are_none_keep_their_bytes() {
    let page = "<html><body>Sign in to the hotel's network</body></html>";
    let (_, client) = with([Reply::bytes(200, page.as_bytes())]);
    let error = client.reports_of(TENANT).await.unwrap_err();
    let Error::Unreadable { body, .. } = &error else { panic!("{error}") };
    assert_eq!(body.text(), page);
    let moved = Reply::bytes(301, b"").with("location", "https://elsewhere.example/");
    let (fake, client) = with([moved]);
    let error = client.reports_of(TENANT).await.unwrap_err();
    assert!(error.to_string().contains("redirects are not followed"), "{error}");
    assert_eq!(fake.seen().len(), 2);
}

#[tokio::test]
async fn an_id_cannot_lead_to_another_call() {
    let (fake, client) = with([Reply::json(200, r#"{"id": "1"}"#)]);
    client.report("../tenants/1?x").await.unwrap();
    assert_eq!(fake.lines()[1], "GET https://dc.example/api/2/reports/..%2Ftenants%2F1%3Fx");
    let error = client.report("..").await.unwrap_err();
    assert!(matches!(error, Error::Http(http::Error::Segment(_))));
}
