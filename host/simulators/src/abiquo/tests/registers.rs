//! Registers and estimates; the ways to them; an answer that is lost.

use super::*;
use crate::{Effect, Fault};

#[tokio::test]
async fn registers_make_an_estimate_and_a_bill_removes_them() -> Result<()> {
    let lab = Lab::open().await?;
    assert_eq!(lab.estimate().await?, (204, String::new()));
    for day in 1..=10 {
        let posted = lab.post("billregisters", BILL, &register(day, json!(10))).await?;
        assert_eq!(posted.status, 201, "{}", posted.text);
        assert!(posted.json()?.get("estimated").is_none());
    }
    assert_eq!(lab.estimate().await?, (200, "300.00".into()));
    lab.abiquo.knobs(|knobs| knobs.estimate_text = EstimateText::Sentence);
    let sentence = lab.estimate().await?.1;
    assert_eq!(sentence, "The estimated bill for provider ACRONIS will be 300.00 EUR");
    lab.abiquo.knobs(|knobs| knobs.estimate_text = EstimateText::Number);
    let mut fixed = register(11, json!(10));
    fixed["estimated"] = json!(512.5);
    lab.post("billregisters", BILL, &fixed).await?;
    assert_eq!(lab.estimate().await?.1, "512.5");
    lab.post("billregisters", BILL, &register(12, json!(10))).await?;
    assert_eq!(lab.estimate().await?.1, "300.00");

    let list = lab.get(&format!("{ROOM}/billregisters?provider=ACRONIS"), BILLS).await?.json()?;
    assert_eq!(list["totalSize"], 12);
    lab.get(&format!("{ROOM}/billregisters"), BILLS).await?.is(400, "GEN-22")?;
    assert_eq!(lab.get(&format!("{ROOM}/billregisters/1"), BILL).await?.json()?, list["collection"][0]);
    lab.get(&format!("{ROOM}/billregisters/99"), BILL).await?.is(404, "BILL_REGISTER-1")?;
    // To the second, whatever the offset.
    let query = "billDate=2023%2F06%2F13%2001%3A59%3A59%20%2B0200&provider=ACRONIS";
    assert_eq!(lab.delete("billregisters", query).await?, 204);
    assert_eq!(lab.abiquo.registers().len(), 11);

    let mut june = categories();
    june["billingPeriodStartDate"] = json!("2023/06/01 00:00:00 +0000");
    june["billingPeriodEndDate"] = json!("2023/06/30 23:59:59 +0000");
    assert_eq!(lab.post("bills", CATEGORIES, &june).await?.status, 201);
    assert!(lab.abiquo.registers().is_empty());
    lab.post("billregisters", BILL, &register(20, json!(1))).await?.is(409, "BILL_REGISTER-4")?;
    let texts: Vec<_> = lab.abiquo.events().into_iter().map(|e| e.text).collect();
    assert!(texts.iter().any(|t| t.starts_with("Bill register for period") && t.contains("and date 2023/06/01 23:59:59 +0000 created")));
    assert!(texts.iter().any(|t| t.starts_with("Bills register for period") && t.ends_with("with IDs 12.")));
    Ok(())
}

#[tokio::test]
async fn registers_are_refused_with_the_catalogues_codes() -> Result<()> {
    let lab = Lab::open().await?;
    let with = |key: &str, value: Value| {
        let mut body = register(5, json!(1));
        body[key] = value;
        body
    };
    for (body, code) in [
        (with("billingPeriodStartDate", Value::Null), "BILL_REGISTER-6"),
        (with("date", json!("2023/07/01 00:00:00 +0000")), "BILL_REGISTER-3"),
        (with("category", json!("Storage")), "BILL-7"),
        (with("provider", json!("")), "BILL-0"),
    ] {
        lab.post("billregisters", BILL, &body).await?.is(400, code)?;
    }
    assert_eq!(lab.post("billregisters", BILL, &register(5, json!(1))).await?.status, 201);
    lab.post("billregisters", BILL, &register(5, json!(1))).await?.is(409, "BILL_REGISTER-0")?;
    lab.post("billregisters", BILL, &register(6, json!(-1))).await?.is(409, "BILL_REGISTER-5")?;
    let july = json!("2023/07/31 23:59:59 +0000");
    lab.post("billregisters", BILL, &with("billingPeriodEndDate", july)).await?.is(400, "BILL_REGISTER-2")?;
    lab.abiquo.knobs(|knobs| knobs.register_amounts = RegisterAmounts::Cumulative);
    lab.post("billregisters", BILL, &register(6, json!(0.5))).await?.is(409, "BILL_REGISTER-5")?;
    assert_eq!(lab.post("billregisters", BILL, &register(6, json!(2))).await?.status, 201);
    let mut by = register(7, Value::Null);
    by["categories"] = categories()["categories"].clone();
    assert_eq!(lab.post("billregisters", CATEGORIES, &by).await?.status, 201);
    assert_eq!(lab.abiquo.registers().len(), 5);
    assert_eq!(lab.abiquo.registers()[4]["estimated"], "0");
    Ok(())
}

#[tokio::test]
async fn the_enterprise_leads_to_its_bills_and_providers_are_listed() -> Result<()> {
    let lab = Lab::open().await?;
    let media = "application/vnd.abiquo.enterprise+json; version=6.1";
    let enterprise = lab.get("/admin/enterprises/292", media).await?.json()?;
    assert_eq!(enterprise["name"], "Acme");
    let links = enterprise["links"].as_array().context("links")?;
    for rel in ["bills", "billregisters", "estimation", "billproviders"] {
        let link = links.iter().find(|l| l["rel"] == rel).context(rel)?;
        let href = link["href"].as_str().context("href")?;
        let path = href.strip_prefix(&lab.abiquo.url()).context("base")?;
        let accept = link["type"].as_str().context("type")?;
        let got = lab.get(&format!("{path}?provider=ACRONIS"), accept).await?;
        assert!([200, 204].contains(&got.status), "{rel}");
    }
    lab.get("/admin/enterprises/5", media).await?.is(404, "EN-0")?;
    lab.post("bills", BILL, &bill()).await?;
    let path = format!("{ROOM}/bills/action/providers");
    let got = lab.get(&path, "application/vnd.abiquo.billproviders+json; version=6.1").await?;
    assert_eq!(got.json()?["collection"], json!(["ACRONIS", "AMAZON", "ONPREMISE"]));
    let other = lab.get(&path.replace("292", "301"), "*/*").await?;
    assert_eq!(other.json()?["collection"], json!(["AMAZON", "ONPREMISE"]));
    Ok(())
}

#[tokio::test]
async fn an_answer_that_is_lost_after_the_post_took_effect() -> Result<()> {
    let lab = Lab::open().await?;
    lab.abiquo.fault(Fault::next("POST", "/api/", Effect::Drop { taken: true }));
    assert!(lab.post("bills", BILL, &bill()).await.is_err());
    lab.post("bills", BILL, &bill()).await?.is(409, "BILL-9")?;
    lab.abiquo.fault(Fault::next("GET", "/api", Effect::status(502, None)));
    let got = lab.get(&format!("{ROOM}/bills"), BILLS).await?;
    assert_eq!((got.status, got.media.as_str()), (502, "text/html"));
    let seen = lab.abiquo.requests();
    assert_eq!(seen.iter().map(|s| s.answered).collect::<Vec<_>>(), [Some(201), Some(409), None]);
    Ok(())
}

#[tokio::test]
async fn estimates_deletes_and_links_come_as_the_knobs_say() -> Result<()> {
    let lab = Lab::open().await?;
    for (spelling, status, text) in
        [(NoEstimate::NoContent, 204, ""), (NoEstimate::Empty, 200, ""), (NoEstimate::Zero, 200, "0"), (NoEstimate::Nan, 200, "NaN")]
    {
        lab.abiquo.knobs(|knobs| knobs.no_estimate = spelling);
        assert_eq!(lab.estimate().await?, (status, text.into()));
    }
    for (day, cost) in [(1, 10), (2, 12)] {
        lab.post("billregisters", BILL, &register(day, json!(cost))).await?;
    }
    lab.abiquo.knobs(|knobs| knobs.estimate_method = EstimateMethod::Daily);
    assert_eq!(lab.estimate().await?.1, "1170.00");
    for (spelling, text) in [(EstimateText::Nan, "NaN"), (EstimateText::Empty, ""), (EstimateText::Zero, "0")] {
        lab.abiquo.knobs(|knobs| knobs.estimate_text = spelling);
        assert_eq!(lab.estimate().await?.1, text);
    }
    let query = "startBillDate=2023%2F05%2F01%2000%3A00%3A00%20%2B0000&provider=ACRONIS";
    assert_eq!(lab.delete("bills", query).await?, 204);
    lab.abiquo.knobs(|knobs| {
        knobs.delete_nothing_status = 404;
        knobs.strings_as_prices = true;
        knobs.created_status = 200;
        knobs.href_base = Some("https://elsewhere.example/api".into());
        knobs.by_categories_media_type = "application/vnd.abiquo.other+json".into();
        knobs.categories_key = "groups".into();
    });
    assert_eq!(lab.delete("bills", query).await?, 404);
    let mut body = bill();
    body["price"] = json!("23.40");
    let posted = lab.post("bills", BILL, &body).await?;
    assert_eq!(posted.status, 200);
    assert!(posted.text.contains("\"price\":23.40,") && posted.text.contains("https://elsewhere.example/api/stat"));
    lab.post("bills", CATEGORIES, &categories()).await?.is(415, "415-UNSUPPORTED-MEDIA-TYPE")?;
    let other = "application/vnd.abiquo.other+json; version=6.1";
    lab.post("bills", other, &categories()).await?.is(400, "BILL-6")?;
    lab.abiquo.knobs(|knobs| knobs.tokens_expired = true);
    lab.get(&format!("{ROOM}/bills"), BILLS).await?.is(401, "GEN-5")?;
    Ok(())
}
