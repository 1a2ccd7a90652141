//! The documented calls, over real HTTP.

mod order;
mod registers;

use super::*;
use crate::testing;
use anyhow::{Context, Result};
use reqwest::Method;
use serde_json::{Value, json};

const BILL: &str = "application/vnd.abiquo.bill+json; version=6.1";
const BILLS: &str = "application/vnd.abiquo.bills+json;version=6.1";
const CATEGORIES: &str = "application/vnd.abiquo.billbycategories+json; version=6.1";
const ROOM: &str = "/statistics/enterpriseresources/292";

struct Lab {
    abiquo: Served<Abiquo>,
    http: reqwest::Client,
}

/// Status, content type, and the body, as JSON where it is.
struct Got {
    status: u16,
    media: String,
    text: String,
}

impl Got {
    fn json(&self) -> Result<Value> {
        serde_json::from_str(&self.text).with_context(|| self.text.clone())
    }

    fn codes(&self) -> Result<Vec<String>> {
        let body = self.json()?;
        let errors = body["collection"].as_array().context("errors")?;
        Ok(errors.iter().filter_map(|e| Some(e["code"].as_str()?.to_string())).collect())
    }

    fn is(&self, status: u16, code: &str) -> Result<()> {
        assert_eq!((self.status, self.codes()?.join(" ")), (status, code.into()), "{}", self.text);
        Ok(())
    }
}

impl Lab {
    async fn open() -> Result<Lab> {
        let config = AbiquoConfig::new([(292, "Acme".to_string()), (301, "Other".to_string())], 1);
        config.clock.set("2023-06-20T12:00:00Z".parse()?);
        Ok(Lab { abiquo: Abiquo::start(config).await?, http: testing::client()? })
    }

    async fn call(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Result<Got> {
        let method = Method::from_bytes(method.as_bytes())?;
        let url = format!("{}{path}", self.abiquo.url());
        let mut request = self.http.request(method, url).body(body.to_string());
        if !headers.iter().any(|(name, _)| *name == "Authorization") {
            request = request.header("Authorization", format!("Token {}", self.abiquo.token()));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = request.send().await?;
        let media = answer.headers().get("content-type");
        Ok(Got { status: answer.status().as_u16(), media: media.map_or(Ok(""), |m| m.to_str())?.to_string(), text: answer.text().await? })
    }

    async fn get(&self, path: &str, accept: &str) -> Result<Got> {
        self.call("GET", path, &[("Accept", accept)], "").await
    }

    async fn post(&self, resource: &str, media: &str, body: &Value) -> Result<Got> {
        let accept = if media == BILL { BILL } else { BILLS };
        let headers = [("Accept", accept), ("Content-Type", media)];
        let path = format!("{ROOM}/{resource}");
        self.call("POST", &path, &headers, &body.to_string()).await
    }

    async fn delete(&self, resource: &str, query: &str) -> Result<u16> {
        let path = format!("{ROOM}/{resource}?{query}");
        Ok(self.call("DELETE", &path, &[], "").await?.status)
    }

    async fn estimate(&self) -> Result<(u16, String)> {
        let path = format!("{ROOM}/billregisters/action/estimate?provider=ACRONIS");
        let got = self.get(&path, "text/plain").await?;
        Ok((got.status, got.text))
    }
}

/// May 2023, one amount.
fn bill() -> Value {
    json!({
        "provider": "ACRONIS", "currencyCode": "EUR", "price": 23.40,
        "date": "2023/06/02 22:32:37 +0000",
        "billingPeriodStartDate": "2023/05/01 00:00:00 +0000",
        "billingPeriodEndDate": "2023/05/31 23:59:59 +0000",
    })
}

fn categories() -> Value {
    let mut body = bill();
    body["price"].take();
    body["categories"] = json!([
        {"category": "Storage", "usageTypes": [
            {"usageType": "STO", "usageName": "Cloud storage", "price": 16.4114},
            {"usageType": "LOC", "usageName": "Local", "price": 0}]},
        {"category": "Workloads", "usageTypes": [{"usageType": "SRV", "price": 13}]},
    ]);
    body
}

/// A cost record of June 2023.
fn register(day: u8, price: Value) -> Value {
    json!({
        "provider": "ACRONIS", "currencyCode": "EUR", "price": price, "estimated": 0,
        "date": format!("2023/06/{day:02} 23:59:59 +0000"),
        "billingPeriodStartDate": "2023/06/01 00:00:00 +0000",
        "billingPeriodEndDate": "2023/06/30 23:59:59 +0000",
    })
}

#[tokio::test]
async fn a_bill_by_categories_is_a_row_for_each_usage_type() -> Result<()> {
    let lab = Lab::open().await?;
    // The price is written by hand: 38 digits do not pass through a binary number.
    let body = categories().to_string().replace("16.4114", "12345678901234567890.1234567890");
    let headers = [("Accept", BILLS), ("Content-Type", CATEGORIES)];
    let path = format!("{ROOM}/bills");
    let posted = lab.call("POST", &path, &headers, &body).await?;
    assert_eq!(posted.status, 201, "{}", posted.text);
    assert_eq!(posted.media, "application/vnd.abiquo.bills+json; version=6.1");
    assert_eq!(posted.json()?["totalSize"], 3);

    let list = lab.get(&format!("{path}?provider=ACRONIS"), BILLS).await?;
    assert!(list.text.contains("\"price\":12345678901234567890.1234567890,"));
    let rows = list.json()?;
    let first = &rows["collection"][0];
    assert_eq!(first["billingPeriodEndDate"], "2023/05/31 23:59:59 +0000");
    assert!(first.get("id").is_none() && first.get("estimated").is_none());
    assert_eq!(first["links"][1]["title"], "Acme");
    let own = first["links"][0]["href"].as_str().context("self")?;
    assert_eq!(own, format!("{}{ROOM}/bills/1", lab.abiquo.url()));
    let one = lab.get(&format!("{ROOM}/bills/1"), BILL).await?;
    assert_eq!(one.json()?, *first);
    lab.get(&format!("{ROOM}/bills/9"), BILL).await?.is(404, "BILL-4")?;
    let events = lab.abiquo.events();
    assert_eq!(
        events[0].text,
        "Bill for period '2023/05/01 00:00:00 +0000' - '2023/05/31 23:59:59 +0000' created for enterprise 'Acme' and provider 'ACRONIS'."
    );
    let query = "startBillDate=2023%2F05%2F01%2002%3A00%3A00%20%2B0200&provider=ACRONIS";
    assert_eq!(lab.delete("bills", query).await?, 204);
    assert!(lab.abiquo.bills().is_empty());
    assert!(lab.abiquo.events()[1].text.ends_with("with IDs 1, 2, 3."));
    Ok(())
}

#[tokio::test]
async fn posts_are_refused_with_the_catalogues_codes_and_store_nothing() -> Result<()> {
    let lab = Lab::open().await?;
    let with = |key: &str, value: Value| {
        let mut body = bill();
        body[key] = value;
        body
    };
    for (body, code) in [
        (with("provider", json!(" ")), "BILL-0"),
        (with("provider", Value::Null), "BILL-0"),
        (with("billingPeriodEndDate", json!("2023/05/01 00:00:00 +0000")), "BILL-1"),
        (with("date", json!("2023-06-02")), "BILL-5"),
        (with("category", json!("Storage")), "BILL-7"),
        (with("categories", json!([])), "BILL-7"),
        (with("price", Value::Null), "GEN-2"),
        (with("price", json!("23.40")), "GEN-3"),
        (with("currencyCode", json!("euro")), "GEN-2"),
        (json!([1]), "GEN-3"),
        (json!({}), "BILL-0 BILL-5 GEN-2"),
    ] {
        lab.post("bills", BILL, &body).await?.is(400, code)?;
    }
    let mut none = categories();
    none["categories"] = json!([]);
    lab.post("bills", CATEGORIES, &none).await?.is(400, "BILL-6")?;
    none["categories"] = json!([{"category": "Storage", "usageTypes": []}]);
    lab.post("bills", CATEGORIES, &none).await?.is(400, "BILL-10")?;
    let twice = json!({"usageType": "A", "price": 1});
    none["categories"] = json!([{"category": "Storage", "usageTypes": [twice, twice]}]);
    lab.post("bills", CATEGORIES, &none).await?.is(400, "GEN-2")?;
    assert!(lab.abiquo.bills().is_empty());

    assert_eq!(lab.post("bills", BILL, &bill()).await?.status, 201);
    lab.post("bills", BILL, &bill()).await?.is(409, "BILL-9")?;
    let later = with("date", json!("2023/06/03 00:00:00 +0000"));
    lab.post("bills", BILL, &later).await?.is(409, "BILL-3")?;
    let other = json!("2023/06/01 00:00:00 +0000");
    let mut june = with("date", json!("2023/07/01 00:00:00 +0000"));
    june["billingPeriodStartDate"] = other;
    june["billingPeriodEndDate"] = json!("2023/06/30 23:59:59 +0000");
    assert_eq!(lab.post("bills", BILL, &june).await?.status, 201);
    assert_eq!(lab.abiquo.bills().len(), 2);
    Ok(())
}

#[tokio::test]
async fn pages_have_encoded_links_and_the_last_one_is_never_passed() -> Result<()> {
    let lab = Lab::open().await?;
    let mut body = categories();
    body["categories"][0]["usageTypes"] =
        (1..=7).map(|n| json!({"usageType": format!("T{n}"), "usageName": format!("Thing {n}"), "price": n})).collect();
    assert_eq!(lab.post("bills", CATEGORIES, &body).await?.status, 201);
    let query = "limit=3&by=price&asc=false&provider=ACRONIS&fromdate=2023%2F01%2F14%2011%3A21%3A17%20%2B0200&identerprise=292";
    let page = lab.get(&format!("{ROOM}/bills?{query}"), BILLS).await?.json()?;
    // Abiquo's Python and Go clients follow a link as it is.
    let next = page["links"][1]["href"].as_str().context("next")?;
    assert!(next.contains("fromdate=2023%2F01%2F14%2011%3A21%3A17%20%2B0200&"), "{next}");
    let followed = lab.get(next.strip_prefix(&lab.abiquo.url()).context("base")?, BILLS).await?.json()?;
    assert_eq!(followed["collection"].as_array().map(Vec::len), Some(3));

    // As the documents print them.
    lab.abiquo.knobs(|knobs| knobs.hrefs_encoded = false);
    let page = lab.get(&format!("{ROOM}/bills?{query}"), BILLS).await?.json()?;
    assert_eq!(page["totalSize"], 8);
    let hrefs: Vec<_> = page["links"].as_array().context("links")?.iter().map(|l| (&l["rel"], &l["href"])).collect();
    let shown = "identerprise=292&fromdate=2023/01/14 11:21:17 +0200&provider=ACRONIS";
    let base = format!("{}{ROOM}/bills?{shown}", lab.abiquo.url());
    assert_eq!(
        hrefs,
        [
            (&json!("first"), &json!(format!("{base}&limit=3&by=price&asc=false"))),
            (&json!("next"), &json!(format!("{base}&startwith=3&limit=3&by=price&asc=false"))),
            (&json!("last"), &json!(format!("{base}&startwith=5&limit=3&by=price&asc=false"))),
        ]
    );
    let prices = |page: &Value| -> Vec<String> {
        page["collection"].as_array().map_or(Vec::new(), |c| c.iter().map(|b| b["price"].to_string()).collect())
    };
    assert_eq!(prices(&page), ["13", "7", "6"]);
    let past = lab.get(&format!("{ROOM}/bills?limit=3&startwith=90"), BILLS).await?.json()?;
    assert_eq!(past["collection"].as_array().map(Vec::len), Some(3));
    let all = lab.get(&format!("{ROOM}/bills?limit=0"), BILLS).await?.json()?;
    assert_eq!(all["collection"].as_array().map(Vec::len), Some(8));
    let has = lab.get(&format!("{ROOM}/bills?has=thing+4"), BILLS).await?.json()?;
    assert_eq!(prices(&has), ["4"]);
    let none = lab.get(&format!("{ROOM}/bills?provider=AMAZON"), BILLS).await?.json()?;
    assert_eq!(none, json!({"totalSize": 0, "links": [], "collection": []}));
    lab.get(&format!("{ROOM}/bills?by=colour"), BILLS).await?.is(400, "QUERY-0")?;
    lab.get(&format!("{ROOM}/bills?limit=many"), BILLS).await?.is(400, "GEN-22")?;
    // A plus that was not encoded is a space.
    let lost = format!("{ROOM}/bills?fromdate=2023/01/14%2011:21:17%20+0200");
    lab.get(&lost, BILLS).await?.is(400, "BILL-5")?;
    Ok(())
}

/// What Abiquo's Ruby client asks before anything else.
#[tokio::test]
async fn the_version_and_who_is_asking_come_first() -> Result<()> {
    let lab = Lab::open().await?;
    let version = lab.get("/version", "text/plain").await?;
    assert_eq!((version.status, version.media.as_str(), version.text.as_str()), (200, "text/plain", "6.1.0"));
    lab.abiquo.knobs(|knobs| knobs.versions = vec!["6.1".into(), "6.2".into()]);
    assert_eq!(lab.get("/version", "*/*").await?.text, "6.2.0");
    lab.get("/version", BILLS).await?.is(406, "406-NOT-ACCEPTABLE")?;

    let media = "application/vnd.abiquo.user+json; version=6.1";
    let login = lab.get("/login", media).await?;
    assert_eq!((login.status, login.media.as_str()), (200, media));
    let user = login.json()?;
    assert_eq!((&user["nick"], &user["active"]), (&json!("admin"), &json!(true)));
    let links = user["links"].as_array().context("links")?;
    let enterprise = links.iter().find(|link| link["rel"] == "enterprise").context("enterprise")?;
    assert_eq!(
        (&enterprise["title"], &enterprise["href"]),
        (&json!("Abiquo"), &json!(format!("{}/admin/enterprises/1", lab.abiquo.url())))
    );
    let basic = lab.abiquo.user("viewer").context("viewer")?;
    let answer = lab.http.get(format!("{}/login", lab.abiquo.url())).basic_auth(&basic.name, Some(&basic.password)).send().await?;
    assert!(answer.headers().contains_key("x-abiquo-token"));
    assert_eq!(answer.json::<Value>().await?["nick"], "viewer");
    lab.call("GET", "/login", &[("Authorization", "Token x")], "").await?.is(401, "GEN-5")?;
    lab.call("POST", "/version", &[], "").await?.is(405, "405-METHOD-NOT-ALLOWED")?;
    Ok(())
}

/// As the documents have it, and as Abiquo's Go client takes them.
#[tokio::test]
async fn a_post_is_answered_under_the_status_of_the_knob() -> Result<()> {
    let lab = Lab::open().await?;
    for status in [200, 201, 202, 204] {
        lab.abiquo.knobs(|knobs| knobs.created_status = status);
        let posted = lab.post("bills", CATEGORIES, &categories()).await?;
        assert_eq!((posted.status, posted.text.is_empty()), (status, status == 204));
        assert_eq!(lab.abiquo.bills().len(), 3);
        lab.abiquo.reset();
    }
    Ok(())
}
