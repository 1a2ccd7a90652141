//! Which check comes first.

use super::*;

/// A request that is wrong in every way, put right step by step: each answer is the next check's.
#[tokio::test]
async fn a_post_is_checked_from_its_credentials_to_its_conflicts() -> Result<()> {
    let lab = Lab::open().await?;
    lab.post("bills", BILL, &bill()).await?;
    let token = |user: &str| lab.abiquo.user(user).map(|user| format!("Token {}", user.token)).context("a user");
    let (viewer, admin) = (token("viewer")?, token("admin")?);
    let (old, xml) = ("application/vnd.abiquo.bill+json; version=1.0", "application/xml");
    let right = "/statistics/enterpriseresources/292/bills";
    let wrong = json!({"provider": "", "date": "soon"}).to_string();
    let mut june = bill();
    june["billingPeriodStartDate"] = json!("2023/06/01 00:00:00 +0000");
    june["billingPeriodEndDate"] = json!("2023/06/30 23:59:59 +0000");
    june["date"] = json!("2023/07/01 00:00:00 +0000");
    let (there, june) = (bill().to_string(), june.to_string());
    for (path, authorization, accept, content_type, body, status, code) in [
        ("/nowhere", "Token x", old, old, "{", 401, "GEN-5"),
        ("/nowhere", &viewer, old, old, "{", 404, "404-NOT-FOUND"),
        ("/statistics/enterpriseresources/999/bills", &viewer, old, old, "{", 403, "403-FORBIDDEN"),
        ("/statistics/enterpriseresources/999/bills", &admin, old, old, "{", 406, "406-NOT-ACCEPTABLE"),
        ("/statistics/enterpriseresources/999/bills", &admin, BILL, old, "{", 415, "415-UNSUPPORTED-MEDIA-TYPE-VERSION"),
        ("/statistics/enterpriseresources/999/bills", &admin, BILL, xml, "{", 415, "415-UNSUPPORTED-MEDIA-TYPE"),
        ("/statistics/enterpriseresources/999/bills", &admin, xml, BILL, "{", 406, "406-NOT-ACCEPTABLE"),
        ("/statistics/enterpriseresources/999/bills", &admin, BILL, BILL, "{", 400, "GEN-3"),
        ("/statistics/enterpriseresources/999/bills", &admin, BILL, BILL, &wrong, 404, "EN-0"),
        (right, &admin, BILL, BILL, &wrong, 400, "BILL-0 BILL-5 GEN-2"),
        (right, &admin, BILL, BILL, &there, 409, "BILL-9"),
    ] {
        let headers = [("Authorization", authorization), ("Accept", accept), ("Content-Type", content_type)];
        lab.call("POST", path, &headers, body).await?.is(status, code)?;
        assert_eq!(lab.abiquo.bills().len(), 1, "{code}");
    }
    let headers = [("Authorization", admin.as_str()), ("Accept", BILL), ("Content-Type", BILL)];
    assert_eq!(lab.call("POST", right, &headers, &june).await?.status, 201);
    Ok(())
}

#[tokio::test]
async fn reads_and_deletes_are_checked_in_that_order_too() -> Result<()> {
    let lab = Lab::open().await?;
    let nobody = lab.abiquo.user("nobody").map(|user| format!("Bearer {}", user.token)).context("a user")?;
    let admin = format!("Token {}", lab.abiquo.token());
    let strange = "/statistics/enterpriseresources/999";
    for (method, path, authorization, accept, status, code) in [
        ("GET", "bills?by=colour", "OAuth x", "application/xml", 401, "401-UNAUTHORIZED"),
        ("GET", "bills?by=colour", &nobody, "application/xml", 403, "403-FORBIDDEN"),
        ("GET", "bills?by=colour", &admin, "application/xml", 406, "406-NOT-ACCEPTABLE"),
        ("GET", "bills?by=colour", &admin, BILLS, 404, "EN-0"),
        ("GET", "billregisters/action/estimate", &admin, BILLS, 406, "406-NOT-ACCEPTABLE"),
        ("GET", "billregisters/action/estimate", &admin, "text/plain", 404, "EN-0"),
        ("DELETE", "bills", &nobody, "*/*", 403, "403-FORBIDDEN"),
        ("DELETE", "bills", &admin, "*/*", 404, "EN-0"),
    ] {
        let headers = [("Authorization", authorization), ("Accept", accept)];
        lab.call(method, &format!("{strange}/{path}"), &headers, "").await?.is(status, code)?;
    }
    for (path, code) in
        [("bills", "GEN-22"), ("bills?startBillDate=2023-05-01&provider=ACRONIS", "BILL-5"), ("billregisters?provider=A", "GEN-22")]
    {
        lab.call("DELETE", &format!("{ROOM}/{path}"), &[], "").await?.is(400, code)?;
    }
    lab.call("PUT", &format!("{ROOM}/bills"), &[], "").await?.is(405, "405-METHOD-NOT-ALLOWED")?;
    Ok(())
}

#[tokio::test]
async fn a_name_and_a_password_do_and_the_answer_carries_a_token() -> Result<()> {
    let lab = Lab::open().await?;
    let user = lab.abiquo.user("viewer").context("viewer")?;
    let url = format!("{}{ROOM}/bills", lab.abiquo.url());
    let answer = lab.http.get(url).basic_auth(&user.name, Some(&user.password)).send().await?;
    assert_eq!(answer.status(), 200);
    assert!(answer.headers().contains_key("x-abiquo-token"));
    Ok(())
}
