//! Time, what goes wrong, and how both are controlled.

use super::*;
use crate::usage_data::TenantKind;
use crate::{Effect, Fault};

#[tokio::test]
async fn reports_hang_fail_and_come_late() -> Result<()> {
    let lab = Lab::open().await?;
    lab.acronis.knobs(|knobs| knobs.report_hangs = true);
    let id = lab.create_article().await?;
    let stored = format!("/reports/{id}/stored");
    for _ in 0..3 {
        assert_eq!(lab.get(&stored).await?["items"][0]["status"], "in_progress");
    }
    lab.acronis.knobs(|knobs| {
        knobs.report_hangs = false;
        knobs.failing_formats = vec!["csv_v2_0".into()];
    });
    assert_eq!(lab.get(&stored).await?["items"][0]["status"], "failed");

    lab.acronis.knobs(|knobs| {
        knobs.failing_formats.clear();
        knobs.report_delay_seconds = 90;
    });
    let stored = format!("/reports/{}/stored", lab.create_article().await?);
    for _ in 0..3 {
        assert_eq!(lab.get(&stored).await?["items"][0]["status"], "in_progress");
    }
    lab.acronis.clock().advance(90);
    assert_eq!(lab.get(&stored).await?["items"][0]["status"], "saved");
    Ok(())
}

#[tokio::test]
async fn the_usage_history_is_not_there_in_the_night() -> Result<()> {
    let lab = Lab::open().await?;
    lab.acronis.knobs(|knobs| knobs.history = History::Late);
    let (status, body) = lab.create(&lab.article()).await?;
    assert_eq!(status, 500);
    assert!(body["error"]["message"].as_str().is_some_and(|m| m.starts_with("Usage history is not ready")));
    lab.acronis.clock().set("2021-09-01T05:59:59Z".parse()?);
    let token = lab.fresh_token().await?;
    let lab = Lab { token, ..lab };
    assert_eq!(lab.create(&lab.article()).await?.0, 400);
    Ok(())
}

#[tokio::test]
async fn a_monthly_report_stores_an_item_a_month() -> Result<()> {
    let lab = Lab::open().await?;
    let mut body = lab.article();
    body["schedule"]["type"] = json!("monthly");
    let (_, created) = lab.create(&body).await?;
    let id = created["id"].as_str().context("id")?.to_string();
    let stored = format!("/reports/{id}/stored");
    assert_eq!(lab.get(&stored).await?, json!({"items": []}));
    lab.acronis.clock().set("2021-11-02T00:00:00Z".parse()?);
    let token = lab.fresh_token().await?;
    let lab = Lab { token, ..lab };
    let dates: Vec<_> =
        lab.get(&stored).await?["items"].as_array().context("items")?.iter().map(|item| item["created_at"].clone()).collect();
    assert_eq!(dates, ["2021-09-01T23:59:59+00:00", "2021-10-01T23:59:59+00:00", "2021-11-01T23:59:59+00:00"]);
    body["version"] = json!(1);
    let path = format!("/reports/{id}");
    lab.acronis.knobs(|knobs| knobs.change_takes = ChangeTakes::Whole);
    assert_eq!(lab.send(Method::PUT, &path, Some(&body)).await?.status(), 200);
    assert_eq!(lab.send(Method::PUT, &path, Some(&body)).await?.status(), 409);
    Ok(())
}

#[tokio::test]
async fn connections_break_before_and_after_the_request_took_effect() -> Result<()> {
    let lab = Lab::open().await?;
    for (taken, reports) in [(false, 0), (true, 1)] {
        let drop = Effect::Drop { taken };
        lab.acronis.fault(Fault::next("POST", "/api/2/reports", drop));
        assert!(lab.create(&lab.article()).await.is_err());
        assert_eq!(lab.acronis.state()["reports"].as_array().map(Vec::len), Some(reports));
    }
    let busy = Effect::status(429, Some("3"));
    lab.acronis.fault(Fault::next("GET", "/api/2", busy).times(2));
    let path = format!("/clients/{}", lab.acronis.client_id());
    for status in [429, 429, 200] {
        let answer = lab.send(Method::GET, &path, None).await?;
        assert_eq!(answer.status(), status);
        assert_eq!(answer.headers().contains_key("retry-after"), status == 429);
    }
    // The head and five bytes arrive, and then nothing more of what was promised.
    lab.acronis.fault(Fault::next("GET", "", Effect::Cut { bytes: 5 }));
    let mut cut = lab.send(Method::GET, &path, None).await?;
    assert_eq!((cut.status().as_u16(), &cut.headers()["date"]), (200, &"Wed, 01 Sep 2021 07:00:00 GMT".parse()?));
    assert!(cut.content_length() > Some(5));
    assert_eq!(cut.chunk().await?.as_deref(), Some(&br#"{"cli"#[..]));
    assert!(cut.chunk().await.is_err());
    lab.acronis.fault(Fault::next("GET", "", Effect::Slow { bytes: 20, pause_ms: 5 }));
    assert_eq!(lab.get(&path).await?["type"], "api_client");
    let seen = lab.acronis.requests();
    assert_eq!(seen.iter().filter(|s| s.fault.is_some()).count(), 6);
    Ok(())
}

#[tokio::test]
async fn the_control_endpoint_sets_knobs_clock_and_faults() -> Result<()> {
    let lab = Lab::open().await?;
    let put = async |what: &str, body: Value| -> Result<(u16, Value)> {
        let url = format!("{}/control/{what}", lab.acronis.url());
        let answer = lab.http.put(url).json(&body).send().await?;
        Ok((answer.status().as_u16(), answer.json().await?))
    };
    let (status, knobs) = put("knobs", json!({"report_polls": 7})).await?;
    assert_eq!((status, &knobs["report_polls"], &knobs["token_seconds"]), (200, &json!(7), &json!(7200)));
    for wrong in [
        json!({"report_pols": 7}),
        json!({"failing_formats": ["cvs_v2_0"]}),
        json!({"default_formats": ["csv_v1"]}),
        json!({"instead_of_report": {"csv_v2": "x"}}),
        json!({"answer_leaves_out": ["hide_zero"]}),
        json!({"created_status": 99}),
        json!({"download": "zip"}),
    ] {
        assert_eq!(put("knobs", wrong.clone()).await?.0, 400, "{wrong}");
    }
    assert_eq!(put("clock", json!({})).await?.0, 400);
    for wrong in [
        json!([{"path": "api", "effect": {"do": "drop"}}]),
        json!([{"effect": {"do": "drop", "taker": true}}]),
        json!([{"effect": {"do": "status", "status": 42}}]),
        json!([{"effect": {"do": "drop"}, "tymes": 2}]),
    ] {
        assert_eq!(put("faults", wrong.clone()).await?.0, 400, "{wrong}");
    }
    assert_eq!(put("clock", json!({"advance_seconds": 60})).await?.1["now"], "2021-09-01T07:01:00Z");
    let faults = json!([{"method": "GET", "path": "/api", "effect": {"do": "status", "status": 502}}]);
    assert_eq!(put("faults", faults).await?.0, 200);
    assert_eq!(lab.send(Method::GET, "/reports/x", None).await?.status(), 502);
    let id = lab.create_article().await?;
    let url = format!("{}/control", lab.acronis.url());
    let state: Value = lab.http.get(format!("{url}/state")).send().await?.json().await?;
    assert_eq!(state["reports"][0]["id"], id);
    let events: Value = lab.http.get(format!("{url}/events")).send().await?.json().await?;
    assert_eq!(events[0]["action"], "CREATE");
    assert_eq!(lab.http.delete(format!("{url}/state")).send().await?.status(), 204);
    assert_eq!(lab.send(Method::GET, &format!("/reports/{id}"), None).await?.status(), 401);
    Ok(())
}

#[tokio::test]
async fn it_can_be_called_without_a_socket_and_with_a_month_of_ones_own() -> Result<()> {
    let mut month = UsageData::bare(jiff::civil::date(2021, 8, 1), 9, "Root");
    month.add_tenant(Some(0), TenantKind::Customer, "Acme");
    let twin = Acronis::twin(AcronisConfig::new(month));
    twin.fault(Fault::next("GET", "", Effect::Drop { taken: false }));
    for dropped in [true, false] {
        let request = axum::http::Request::get("/api/2/reports/x").body(axum::body::Body::empty())?;
        let answer = twin.call(request).await;
        assert_eq!(answer.extensions().get::<crate::Dropped>().is_some(), dropped);
        assert_eq!(answer.status(), if dropped { 200 } else { 401 });
    }
    Ok(())
}

#[tokio::test]
async fn it_stops() -> Result<()> {
    let lab = Lab::open().await?;
    let url = format!("{}/control/clock", lab.acronis.url());
    assert!(lab.http.get(&url).send().await.is_ok());
    lab.acronis.stop().await;
    assert!(testing::client()?.get(&url).send().await.is_err());
    Ok(())
}

#[tokio::test]
async fn skus_and_downloads_come_as_the_knobs_say() -> Result<()> {
    let lab = Lab::open().await?;
    lab.acronis.knobs(|knobs| knobs.report_polls = 0);
    let fetch = async || -> Result<(reqwest::header::HeaderMap, Vec<u8>)> {
        let stored = format!("/reports/{}/stored", lab.create_article().await?);
        let items = lab.get(&stored).await?;
        let id = items["items"][0]["id"].as_str().context("not saved")?;
        let answer = lab.send(Method::GET, &format!("{stored}/{id}"), None).await?;
        Ok((answer.headers().clone(), answer.bytes().await?.to_vec()))
    };
    let header = |text: &str| text.lines().next().unwrap_or("").to_string();
    lab.acronis.knobs(|knobs| knobs.skus = Skus::Blank);
    let blank = gunzip(&fetch().await?.1)?;
    assert!(header(&blank).ends_with(",sku") && !blank.contains("SKB-"));
    lab.acronis.knobs(|knobs| knobs.skus = Skus::Absent);
    let absent = gunzip(&fetch().await?.1)?;
    assert!(header(&absent).ends_with(",edition"));
    lab.acronis.knobs(|knobs| knobs.download = Download::Plain);
    assert_eq!(fetch().await?.1, absent.as_bytes());
    lab.acronis.knobs(|knobs| knobs.download = Download::ContentEncoding);
    let (headers, bytes) = fetch().await?;
    assert_eq!(headers["content-encoding"], "gzip");
    assert_eq!(gunzip(&bytes)?, absent);
    let page = "<html>busy</html>".to_string();
    lab.acronis.knobs(|knobs| {
        knobs.instead_of_report.insert("csv_v2_0".into(), page.clone());
        knobs.download = Download::Gzip;
    });
    assert_eq!(gunzip(&fetch().await?.1)?, page);
    lab.acronis.serve_bytes(Format::CsvV2, Some(vec![0x1f, 0x8b, 0]));
    assert_eq!(fetch().await?.1, [0x1f, 0x8b, 0]);
    lab.acronis.knobs(|knobs| knobs.token_uses = Some(0));
    let path = format!("/clients/{}", lab.acronis.client_id());
    assert_eq!(lab.send(Method::GET, &path, None).await?.status(), 401);
    Ok(())
}

#[tokio::test]
async fn a_month_of_ones_own_is_reported_day_by_day() -> Result<()> {
    use crate::usage_data::{Ask, Growth, Item, Kind, Level};
    let mut month = UsageData::bare(jiff::civil::date(2021, 6, 1), 9, "Root");
    let acme = month.add_tenant(Some(0), TenantKind::Customer, "Acme");
    let item = Item {
        application_id: "6e6d758d-8e74-3ae3-ac84-50eb0dff12eb".into(),
        application_name: "backup".into(),
        edition: "per_workload".into(),
        name: "pw_storage".into(),
        unit: "bytes".into(),
        is_range: false,
        sku: "STO".into(),
    };
    // Storage that doubles on day 16.
    let doubled = Growth::Step { day: 16, before: 100, after: 200 };
    month.add_usage(acme, item, None, doubled);
    for (day, expected) in [(15, 100), (16, 200)] {
        let ask = Ask {
            tenant_id: month.root().id.clone(),
            kind: Kind::Summary,
            level: Level::DirectPartners,
            start: month.first_day,
            end: jiff::civil::date(2021, 6, day),
            hide_zero_usage: true,
            show_skus: true,
        };
        let rows = month.rows(&ask);
        let of_acme = rows.iter().find(|row| row.tenant.name == "Acme").context("row")?;
        assert_eq!(of_acme.effective.production, expected);
    }
    Ok(())
}

/// A page that a browser of this machine shows is no caller of the control endpoint, whatever name leads it here.
#[tokio::test]
async fn the_control_endpoint_answers_no_page_of_somebody_elses() -> Result<()> {
    let lab = Lab::open().await?;
    let own = lab.acronis.url();
    let host = own.trim_start_matches("http://").to_string();
    for (header, value, status) in [
        ("Host", "rebound.test", 403),
        ("Host", "localhost:1", 200),
        ("Origin", "https://elsewhere.test", 403),
        ("Origin", "null", 403),
        ("Origin", "http://127.0.0.1:1", 403),
        ("Origin", own.as_str(), 200),
        ("Host", host.as_str(), 200),
    ] {
        let change = lab.http.put(format!("{own}/control/knobs")).header(header, value).json(&json!({"report_polls": 3})).send().await?;
        assert_eq!(change.status(), status, "{header}: {value}");
        // The service itself is any name's.
        let client = format!("{own}/api/2/clients/{}", lab.acronis.client_id());
        assert_eq!(lab.http.get(client).bearer_auth(&lab.token).header(header, value).send().await?.status(), 200);
    }
    Ok(())
}
