//! The article's calls, over real HTTP.

mod control;

use super::*;
use crate::testing;
use anyhow::{Context, Result};
use reqwest::{Method, Response};
use serde_json::{Value, json};
use std::io::Read;

const NOW: &str = "2021-09-01T07:00:00Z";

struct Lab {
    acronis: Served<Acronis>,
    http: reqwest::Client,
    token: String,
}

impl Lab {
    async fn open() -> Result<Lab> {
        let mut config = AcronisConfig::new(UsageData::demo(jiff::civil::date(2021, 8, 1), 1));
        config.clock = SimulatedClock::fixed(NOW.parse()?);
        let acronis = Acronis::start(config).await?;
        let mut lab = Lab { acronis, http: testing::client()?, token: String::new() };
        lab.token = lab.fresh_token().await?;
        Ok(lab)
    }

    async fn fresh_token(&self) -> Result<String> {
        let answer = self
            .http
            .post(format!("{}/api/2/idp/token", self.acronis.url()))
            .basic_auth(self.acronis.client_id(), Some(self.acronis.client_secret()))
            .form(&[("grant_type", "client_credentials")])
            .send()
            .await?;
        let body: Value = answer.json().await?;
        Ok(body["access_token"].as_str().context("no token")?.into())
    }

    async fn send(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Response> {
        let url = format!("{}/api/2{path}", self.acronis.url());
        let request = self.http.request(method, url).bearer_auth(&self.token);
        let request = match body {
            Some(body) => request.json(body),
            None => request,
        };
        Ok(request.send().await?)
    }

    async fn get(&self, path: &str) -> Result<Value> {
        Ok(self.send(Method::GET, path, None).await?.json().await?)
    }

    /// The article's body, word for word, with the simulator's tenant.
    fn article(&self) -> Value {
        json!({
            "parameters": {
                "kind": "usage_summary",
                "level": "direct_partners",
                "tenant_id": self.acronis.tenant_id(),
                "formats": ["csv_v2_0"],
                "show_skus": true,
                "hide_zero_usage": true,
                "period": { "start": "2021-08-01", "end": "2021-08-31" }
            },
            "schedule": { "type": "once" },
            "result_action": "save"
        })
    }

    async fn create(&self, body: &Value) -> Result<(u16, Value)> {
        let answer = self.send(Method::POST, "/reports", Some(body)).await?;
        Ok((answer.status().as_u16(), answer.json().await?))
    }

    async fn create_article(&self) -> Result<String> {
        let (status, body) = self.create(&self.article()).await?;
        assert_eq!(status, 200);
        Ok(body["id"].as_str().context("no id")?.into())
    }
}

fn gunzip(bytes: &[u8]) -> Result<String> {
    let mut text = String::new();
    flate2::read::GzDecoder::new(bytes).read_to_string(&mut text)?;
    Ok(text)
}

#[tokio::test]
async fn the_article_from_token_to_report() -> Result<()> {
    let lab = Lab::open().await?;
    let (status, created) = lab.create(&lab.article()).await?;
    assert_eq!(status, 200);
    assert_eq!(created["version"], 1);
    assert_eq!(created["recipients"], json!([]));
    assert_eq!(created["schedule"], json!({"enabled": true, "type": "once"}));
    assert_eq!(created["generation_date"], "2021-09-01");
    assert_eq!(created["parameters"]["hide_zero_usage"], Value::Null);
    assert_eq!(created["parameters"]["period"], json!({"start": "2021-08-01", "end": "2021-08-31"}));

    let id = created["id"].as_str().context("no id")?;
    let stored = format!("/reports/{id}/stored");
    let first = lab.get(&stored).await?;
    assert_eq!(
        first,
        json!({"items": [{"report_format": "csv_v2_0", "created_at": "2021-09-01T07:00:00+00:00", "status": "in_progress"}]})
    );
    let second = lab.get(&stored).await?;
    let item = &second["items"][0];
    assert_eq!(item["status"], "saved");
    let path = format!("{stored}/{}", item["id"].as_str().context("no id")?);
    let answer = lab.send(Method::GET, &path, None).await?;
    assert_eq!(answer.headers()["content-type"], "application/octet-stream");
    // What Acronis' samples rely on.
    assert_eq!(answer.headers()["content-encoding"], "gzip");
    let bytes = answer.bytes().await?;
    assert_eq!(item["size"], bytes.len());
    let text = gunzip(&bytes)?;
    assert!(text.starts_with("application.id,application.name,date,"));
    assert!(text.lines().next().is_some_and(|header| header.ends_with(",edition,sku")));
    assert!(text.contains("SKB-STO"));
    lab.acronis.stop().await;
    Ok(())
}

#[tokio::test]
async fn one_item_for_each_format_and_the_same_rows_in_both() -> Result<()> {
    let lab = Lab::open().await?;
    let mut body = lab.article();
    body["parameters"]["formats"] = json!(["csv_v2_0", "json_v2_0", "json_v1", "csv", "html"]);
    body["parameters"]["show_skus"] = json!("true");
    let (_, created) = lab.create(&body).await?;
    let stored = format!("/reports/{}/stored", created["id"].as_str().context("id")?);
    assert_eq!(lab.get(&stored).await?["items"].as_array().map(Vec::len), Some(5));
    let items = lab.get(&stored).await?;
    let mut texts = Vec::new();
    for item in items["items"].as_array().context("items")? {
        let path = format!("{stored}/{}", item["id"].as_str().context("id")?);
        texts.push(gunzip(&lab.send(Method::GET, &path, None).await?.bytes().await?)?);
    }
    let json: Value = serde_json::from_str(&texts[1])?;
    let rows = json["tenants"].as_array().context("rows")?;
    let mut csv = csv::Reader::from_reader(texts[0].as_bytes());
    let names = csv.headers()?.clone();
    let mut count = 0;
    for (record, row) in csv.records().zip(rows) {
        for (name, cell) in names.iter().zip(&record?) {
            let value = name.split('.').fold(row, |value, part| &value[part]);
            let text = match value {
                Value::Null => String::new(),
                Value::String(text) => text.clone(),
                Value::Bool(true) => "True".into(),
                Value::Bool(false) => "False".into(),
                other => other.to_string(),
            };
            assert_eq!(text, cell, "{name}");
        }
        count += 1;
    }
    assert_eq!(count, rows.len());
    assert_eq!(json["params"]["begin_date"], 1_627_776_000);
    assert_eq!(json["params"]["end_date"], 1_630_454_399);
    assert!(texts[4].starts_with("<!DOCTYPE html>"));
    Ok(())
}

#[tokio::test]
async fn tokens_run_out_and_errors_are_those_of_rfc_6749() -> Result<()> {
    let lab = Lab::open().await?;
    let client = format!("/clients/{}", lab.acronis.client_id());
    let shown = lab.get(&client).await?;
    assert_eq!(shown["type"], "api_client");
    assert_eq!(shown["tenant_id"], lab.acronis.tenant_id());
    lab.acronis.clock().advance(7_199);
    assert_eq!(lab.send(Method::GET, &client, None).await?.status(), 200);
    lab.acronis.clock().advance(1);
    assert_eq!(lab.send(Method::GET, &client, None).await?.status(), 401);

    let url = format!("{}/api/2/idp/token", lab.acronis.url());
    let asked = |secret: &str, form: &'static [(&'static str, &'static str)]| {
        lab.http.post(&url).basic_auth(lab.acronis.client_id(), Some(secret)).form(form)
    };
    let right = lab.acronis.client_secret();
    for (secret, form, status, error) in [
        ("wrong", &[("grant_type", "client_credentials")][..], 401, "invalid_client"),
        (right, &[], 400, "invalid_request"),
        (right, &[("grant_type", "password")], 400, "unsupported_grant_type"),
        (right, &[("grant_type", "client_credentials"), ("scope", "all")], 403, "invalid_scope"),
        (right, &[("grant_type", "client_credentials"), ("scope", "openid all")], 403, "invalid_scope"),
        (right, &[("grant_type", "client_credentials"), ("scope", "urn:acronis.com:tenant-id:x")], 403, "invalid_scope"),
    ] {
        let answer = asked(secret, form).send().await?;
        assert_eq!(answer.status(), status);
        let body: Value = answer.json().await?;
        assert_eq!(body["error"], error);
    }
    // The official samples ask for openid.
    for scope in ["", "openid", &format!("urn:acronis.com:tenant-id:{}", lab.acronis.tenant_id())] {
        let form = [("grant_type", "client_credentials"), ("scope", scope)];
        let answer = lab.http.post(&url).basic_auth(lab.acronis.client_id(), Some(right)).form(&form).send().await?;
        assert_eq!(answer.status(), 200, "{scope}");
    }
    lab.acronis.knobs(|knobs| knobs.scope_refused_status = 400);
    let answer = asked(right, &[("grant_type", "client_credentials"), ("scope", "all")]).send().await?;
    assert_eq!(answer.status(), 400);
    Ok(())
}

#[tokio::test]
async fn a_body_that_is_wrong_is_refused_with_what_is_wrong() -> Result<()> {
    let lab = Lab::open().await?;
    let cases: [(&str, Value, &str); 13] = [
        ("/surplus", json!(1), "surplus: additional"),
        ("/recipients", json!(["x"]), "recipients: x is not a UUID"),
        ("/recipients", json!(["4E1F8F2C-58AB-4B7B-9B0E-6F4AC2F1C0AA"]), "is not a UUID"),
        ("/recipients", Value::Null, "recipients: not a list"),
        ("/generation_date", Value::Null, "generation_date: not a date"),
        ("/parameters/tenant_id", json!("531789f226be942af847418177593c77b"), "not a UUID"),
        ("/parameters/show_skus", json!("yes"), "show_skus: not a boolean"),
        ("/parameters/level", json!("everything"), "unknown level"),
        ("/parameters/kind", json!("usage"), "unknown kind"),
        ("/parameters/formats", json!(["csv_v1_0"]), "unknown format"),
        ("/parameters/period", json!({"start": "2021-09-01", "end": "2021-09-30"}), "in the future"),
        ("/parameters/period", json!({"start": "2021-08-31", "end": "2021-08-01"}), "before the start"),
        ("/result_action", json!("print"), "must be one of"),
    ];
    for (pointer, value, message) in cases {
        let mut body = lab.article();
        let (parent, key) = pointer.rsplit_once('/').context("pointer")?;
        body.pointer_mut(parent).context("parent")?[key] = value;
        let (status, answer) = lab.create(&body).await?;
        assert_eq!(status, 400, "{pointer}");
        let info = answer["error"]["details"]["info"].as_str().context("info")?;
        assert!(info.contains(message), "{info}");
    }
    assert!(lab.acronis.state()["reports"].as_array().is_some_and(Vec::is_empty));
    Ok(())
}

/// Inside a body the schema allows what it does not name, and gives it no meaning.
#[tokio::test]
async fn keys_that_the_schema_does_not_name_are_accepted_below_the_top() -> Result<()> {
    let lab = Lab::open().await?;
    let mut body = lab.article();
    body["parameters"]["timezone"] = json!("UTC");
    body["parameters"]["period"]["zone"] = json!("UTC");
    body["schedule"]["at"] = json!("noon");
    body["recipients"] = json!(["4e1f8f2c-58ab-4b7b-9b0e-6f4ac2f1c0aa"]);
    let (status, created) = lab.create(&body).await?;
    assert_eq!((status, &created["recipients"]), (200, &body["recipients"]));
    assert_eq!(created["parameters"].get("timezone"), None);
    lab.acronis.knobs(|knobs| knobs.unknown_keys_refused = true);
    let (status, answer) = lab.create(&body).await?;
    assert_eq!((status, &answer["error"]["details"]["info"]), (400, &json!("schedule.at: additional properties are not allowed")));
    Ok(())
}

#[tokio::test]
async fn a_report_is_not_created_for_a_client_that_takes_no_json() -> Result<()> {
    let lab = Lab::open().await?;
    let create = async |accept: &'static str| -> Result<u16> {
        let url = format!("{}/api/2/reports", lab.acronis.url());
        let request = lab.http.post(url).bearer_auth(&lab.token).header("Accept", accept).json(&lab.article());
        Ok(request.send().await?.status().as_u16())
    };
    for (accept, status) in [
        ("application/json", 200),
        ("Application/JSON; charset=utf-8", 200),
        ("text/html, application/*;q=0.5", 200),
        ("*/*", 200),
        ("text/html", 415),
        ("application/xml, application/json;q=0", 415),
    ] {
        assert_eq!(create(accept).await?, status, "{accept}");
    }
    assert_eq!(lab.acronis.state()["reports"].as_array().map(Vec::len), Some(4));
    lab.acronis.knobs(|knobs| knobs.accept_checked = false);
    assert_eq!(create("text/html").await?, 200);
    Ok(())
}

/// The schema asks for both in every report.
#[tokio::test]
async fn a_report_tells_its_generation_date_and_period() -> Result<()> {
    let lab = Lab::open().await?;
    let told = async |schedule: &str, kind: &str, period: Value| -> Result<(Value, Value)> {
        let mut body = lab.article();
        body["schedule"]["type"] = json!(schedule);
        body["parameters"]["kind"] = json!(kind);
        match period {
            Value::Null => drop(body["parameters"].as_object_mut().and_then(|all| all.remove("period"))),
            period => body["parameters"]["period"] = period,
        }
        let (status, created) = lab.create(&body).await?;
        assert_eq!(status, 200, "{created}");
        let read = lab.get(&format!("/reports/{}", created["id"].as_str().context("id")?)).await?;
        assert_eq!(read["generation_date"], created["generation_date"]);
        Ok((created["generation_date"].clone(), created["parameters"]["period"].clone()))
    };
    let period = |start: &str, end: &str| json!({"start": start, "end": end});
    let august = period("2021-08-01", "2021-08-31");
    // It is the morning of 1 September.
    assert_eq!(told("once", "usage_summary", august.clone()).await?, (json!("2021-09-01"), august.clone()));
    assert_eq!(told("once", "usage_current", Value::Null).await?, (json!("2021-09-01"), august.clone()));
    assert_eq!(told("monthly", "usage_summary", Value::Null).await?, (json!("2021-09-01"), august.clone()));
    lab.acronis.clock().advance(86_400);
    let token = lab.fresh_token().await?;
    let lab = Lab { token, ..lab };
    let mut body = lab.article();
    body["schedule"]["type"] = json!("monthly");
    body["parameters"]["kind"] = json!("usage_current");
    let (_, created) = lab.create(&body).await?;
    assert_eq!(
        (&created["generation_date"], &created["parameters"]["period"]),
        (&json!("2021-10-01"), &period("2021-09-01", "2021-09-01"))
    );
    // What the article's answer lacks is left out where that is asked for.
    lab.acronis.knobs(|knobs| knobs.answer_leaves_out = vec!["generation_date".into(), "period".into()]);
    let (_, created) = lab.create(&body).await?;
    assert_eq!((created.get("generation_date"), created["parameters"].get("period")), (None, None));
    Ok(())
}

/// The schema's own bodies: each part by itself.
#[tokio::test]
async fn a_scheduled_report_is_changed_by_what_is_to_change() -> Result<()> {
    let lab = Lab::open().await?;
    lab.acronis.knobs(|knobs| knobs.first_version = 1_559_561_146_223);
    let mut body = lab.article();
    body["schedule"]["type"] = json!("monthly");
    let (_, created) = lab.create(&body).await?;
    assert_eq!(created["version"], 1_559_561_146_223_u64);
    let path = format!("/reports/{}", created["id"].as_str().context("id")?);
    let put = async |body: Value| -> Result<(u16, Value)> {
        let answer = lab.send(Method::PUT, &path, Some(&body)).await?;
        Ok((answer.status().as_u16(), answer.json().await?))
    };
    let recipients = json!(["4e1f8f2c-58ab-4b7b-9b0e-6f4ac2f1c0aa"]);
    for (body, pointer, value) in [
        (json!({"schedule": {"enabled": false}}), "/schedule/enabled", json!(false)),
        (json!({"recipients": recipients}), "/recipients", recipients.clone()),
        (json!({"parameters": {"kind": "usage_current", "show_skus": false}}), "/parameters/kind", json!("usage_current")),
        // As the schema's example has it, with a key that it does not name.
        (
            json!({"parameters": {"level": "itself", "tenant_id": "2a91a14d-ffd3-4ac1-9b4d-3990162c5acc"}}),
            "/parameters/level",
            json!("itself"),
        ),
        (json!({}), "/parameters/show_skus", json!(false)),
    ] {
        let (status, changed) = put(body.clone()).await?;
        assert_eq!((status, changed.pointer(pointer)), (200, Some(&value)), "{body}: {changed}");
        assert_eq!(lab.get(&path).await?, changed);
        assert_eq!(changed["parameters"]["tenant_id"], lab.acronis.tenant_id());
    }
    assert_eq!(lab.get(&path).await?["version"], 1_559_561_146_228_u64);
    for (body, wrong) in [
        (json!({"result_action": "save"}), "result_action: additional"),
        (json!({"version": 1}), "version: additional"),
        (json!({"schedule": {}}), "schedule.enabled is missing"),
        (json!({"schedule": {"enabled": "no"}}), "schedule.enabled: not a boolean"),
        (json!({"parameters": {"level": "everything"}}), "unknown level"),
        (json!({"recipients": ["x"]}), "not a UUID"),
        (json!([]), "the body must be an object"),
    ] {
        let (status, refused) = put(body.clone()).await?;
        let info = refused["error"]["details"]["info"].as_str().unwrap_or_default();
        assert!(status == 400 && info.contains(wrong), "{body}: {status} {info}");
    }
    let once = lab.create_article().await?;
    let answer = lab.send(Method::PUT, &format!("/reports/{once}"), Some(&json!({"schedule": {"enabled": false}}))).await?;
    assert_eq!(answer.status(), 400);
    Ok(())
}

/// A creation that is wrong in every way, put right step by step: each answer is the next check's.
#[tokio::test]
async fn a_creation_is_checked_from_its_token_to_its_period() -> Result<()> {
    let mut lab = Lab::open().await?;
    lab.acronis.knobs(|knobs| {
        knobs.read_only = true;
        knobs.history = History::Late;
    });
    let good = std::mem::replace(&mut lab.token, "x".into());
    let mut body = lab.article();
    body["parameters"]["tenant_id"] = json!("531789f2-2be9-42af-8474-18177593c77b");
    body["parameters"]["period"]["end"] = json!("2031-08-31");
    let mut surplus = body.clone();
    surplus["surplus"] = json!(1);
    let post = async |lab: &Lab, media: &'static str, body: String| -> Result<(u16, Value)> {
        let url = format!("{}/api/2/reports", lab.acronis.url());
        let request = lab.http.post(url).bearer_auth(&lab.token).header("Content-Type", media).body(body);
        let answer = request.send().await?;
        Ok((answer.status().as_u16(), answer.json().await?))
    };
    assert_eq!(post(&lab, "text/xml", "{".into()).await?.0, 401);
    lab.token = good;
    let (status, refused) = post(&lab, "text/xml", "{".into()).await?;
    assert_eq!((status, &refused["error"]["code"]), (403, &json!(1002)));
    lab.acronis.knobs(|knobs| knobs.read_only = false);
    assert_eq!(post(&lab, "text/xml", "{".into()).await?.0, 415);
    for body in ["{".to_string(), surplus.to_string()] {
        assert_eq!(post(&lab, "application/json", body).await?.0, 400);
    }
    let (status, refused) = lab.create(&body).await?;
    assert_eq!((status, &refused["error"]["code"]), (404, &json!(1005)));
    body["parameters"]["tenant_id"] = json!(lab.acronis.tenant_id());
    let (status, refused) = lab.create(&body).await?;
    assert_eq!(status, 400);
    assert_eq!(refused["error"]["details"]["info"], "parameters.period: must not be in the future");
    body["parameters"]["period"]["end"] = json!("2021-08-31");
    assert_eq!(lab.create(&body).await?.0, 500, "the history is late");
    assert!(lab.acronis.state()["reports"].as_array().is_some_and(Vec::is_empty));
    lab.acronis.knobs(|knobs| knobs.history = History::Ready);
    assert_eq!(lab.create(&body).await?.0, 200);
    Ok(())
}

#[tokio::test]
async fn reports_are_listed_and_deleted_under_their_version() -> Result<()> {
    let lab = Lab::open().await?;
    let id = lab.create_article().await?;
    let list = format!("/tenants/{}/reports", lab.acronis.tenant_id());
    assert_eq!(lab.get(&list).await?, json!({"items": [id]}));
    assert_eq!(lab.get(&format!("/reports/{id}")).await?["version"], 1);
    let delete = async |query: &str| {
        let path = format!("/reports/{id}{query}");
        lab.send(Method::DELETE, &path, None).await
    };
    let refused = delete("?version=2").await?;
    assert_eq!(refused.status(), 409);
    assert_eq!(refused.json::<Value>().await?["error"]["code"], 1001);
    for wrong in ["", "?version=", "?version=one", "?version=-1"] {
        assert_eq!(delete(wrong).await?.status(), 400, "{wrong}");
    }
    assert_eq!(delete("?version=1").await?.status(), 204);
    assert_eq!(delete("?version=1").await?.status(), 404);
    Ok(())
}
