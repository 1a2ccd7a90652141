//! The twins beside the recorded bodies: the same attributes at the same places.

use std::collections::BTreeSet;

use axum::body::{Body, to_bytes};
use axum::http::Request;
use serde_json::{Value, json};
use skubill_simulators::{Service, Twin};

use crate::lab::{ENTERPRISE, Lab};
use crate::wire::recorded;

/// Every attribute of a JSON text by its path; entries of a list are alike: `collection.links.href`.
fn attributes(value: &Value, path: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(all) => {
            for (key, value) in all {
                let path = format!("{path}.{key}");
                attributes(value, &path, found);
                found.insert(path);
            }
        }
        Value::Array(all) => all.iter().for_each(|value| attributes(value, path, found)),
        _ => {}
    }
}

/// An answer is shaped as the recorded one; what only one of the two has is named.
#[track_caller]
fn is_shaped(answer: &Value, file: &str, but: &[&str]) {
    let [mut own, mut theirs] = [BTreeSet::new(), BTreeSet::new()];
    attributes(answer, "", &mut own);
    attributes(&serde_json::from_slice(&recorded(file)).expect("JSON"), "", &mut theirs);
    let different: Vec<_> = own.symmetric_difference(&theirs).map(String::as_str).collect();
    assert_eq!(different, but, "{file} beside {answer}");
}

/// What a twin answers, and under which status.
async fn asked<S: Service>(twin: &Twin<S>, line: &str, authorization: &str, media: &str, body: &str) -> (u16, Value) {
    let (method, target) = line.split_once(' ').expect("a method and a target");
    let request = Request::builder().method(method).uri(target).header("authorization", authorization).header("content-type", media);
    let answer = twin.call(request.body(Body::from(body.to_string())).expect("a request")).await;
    let status = answer.status().as_u16();
    let bytes = to_bytes(answer.into_body(), 1 << 20).await.expect("a body");
    (status, serde_json::from_slice(&bytes).unwrap_or_default())
}

#[tokio::test]
async fn abiquos_twin_answers_as_it_is_recorded() {
    let lab = Lab::new();
    lab.abiquo.knobs(|knobs| knobs.registers_total_size = false);
    let root = format!("/api/statistics/enterpriseresources/{ENTERPRISE}");
    let token = |user: &str| format!("Token {}", lab.abiquo.user(user).expect("a user").token);
    let admin = token("admin");
    let sent = async |file: &str, resource: &str, media: &str| {
        let body = String::from_utf8(recorded(file)).expect("a text");
        let (status, answer) = asked(&lab.abiquo, &format!("POST {root}/{resource}"), &admin, media, &body).await;
        assert_eq!(status, 201, "{file}: {answer}");
        answer
    };
    let got = async |path: &str| asked(&lab.abiquo, &format!("GET {path}"), &admin, "", "").await.1;
    is_shaped(&got(&format!("{root}/bills")).await, "abiquo/bills-empty.json", &[]);
    let categories = "application/vnd.abiquo.billbycategories+json; version=6.1";
    let plain = "application/vnd.abiquo.bill+json; version=6.1";

    // An attribute that nobody knows stands in the recorded bills, for the client to pass over.
    let unknown = [".collection.subscription", ".collection.subscription.id", ".collection.subscription.tags"];
    let posted = sent("abiquo/bill-by-categories-request.json", "bills", categories).await;
    is_shaped(&posted, "abiquo/bills-posted.json", &[&unknown[..], &[".totalSize"]].concat());
    is_shaped(&got(&format!("{root}/bills/1")).await, "abiquo/bill.json", &[]);
    is_shaped(&got(&format!("{root}/bills?limit=1")).await, "abiquo/bills-page-1.json", &unknown);
    is_shaped(&got(&format!("{root}/bills?limit=1&startwith=1")).await, "abiquo/bills-page-2.json", &unknown);
    is_shaped(&got(&format!("{root}/bills/action/providers")).await, "abiquo/providers.json", &[]);
    is_shaped(&got(&format!("/api/admin/enterprises/{ENTERPRISE}")).await, "abiquo/enterprise.json", &[".isReservationRestricted"]);
    let (status, refused) = asked(&lab.abiquo, &format!("GET {root}/bills"), &token("nobody"), "", "").await;
    assert_eq!(status, 403);
    assert_eq!(refused, serde_json::from_slice::<Value>(&recorded("abiquo/error-forbidden.json")).expect("JSON"));

    let deleted = format!("DELETE {root}/bills?startBillDate=2021%2F08%2F01%2000%3A00%3A00%20%2B0000&provider=ACRONIS");
    assert_eq!(asked(&lab.abiquo, &deleted, &admin, "", "").await.0, 204);
    // Without categories a row has no category, type and name.
    let bare = [".category", ".usageName", ".usageType"];
    is_shaped(&sent("abiquo/bill-request.json", "bills", plain).await, "abiquo/bill.json", &bare);
    assert_eq!(asked(&lab.abiquo, &deleted, &admin, "", "").await.0, 204);
    // The recorded registers are of the first of September, and of August for the test of digits.
    for (file, day) in
        [("abiquo/register-request.json", 1), ("abiquo/register-both-request.json", 2), ("abiquo/register-fixed-request.json", 3)]
    {
        let body = String::from_utf8(recorded(file)).expect("a text").replace("2021/09/01 12:01:11", &format!("2021/08/0{day} 12:01:11"));
        let (status, register) = asked(&lab.abiquo, &format!("POST {root}/billregisters"), &admin, plain, &body).await;
        assert_eq!(status, 201, "{file}: {register}");
        is_shaped(&register, "abiquo/register.json", &bare);
    }
    let list = got(&format!("{root}/billregisters?provider=ACRONIS")).await;
    is_shaped(&list, "abiquo/registers.json", &bare.map(|name| format!(".collection{name}")).each_ref().map(String::as_str));
}

#[tokio::test]
async fn acronis_twin_answers_as_it_is_recorded() {
    let lab = Lab::new();
    let basic = lab.acronis_basic();
    let form = "application/x-www-form-urlencoded";
    let grant = String::from_utf8(recorded("acronis/token-request.txt")).expect("a text");
    let (status, token) = asked(&lab.acronis, "POST /api/2/idp/token", &basic, form, grant.trim()).await;
    assert_eq!(status, 200);
    is_shaped(&token, "acronis/token.json", &[]);
    let (status, refused) = asked(&lab.acronis, "POST /api/2/idp/token", "Basic eDp4", form, grant.trim()).await;
    assert_eq!(status, 401);
    is_shaped(&refused, "acronis/token-refused.json", &[]);

    let bearer = format!("Bearer {}", token["access_token"].as_str().expect("a token"));
    let got = async |path: &str| asked(&lab.acronis, &format!("GET {path}"), &bearer, "", "").await.1;
    is_shaped(&got(&format!("/api/2/clients/{}", lab.acronis.client_id())).await, "acronis/client.json", &[".status"]);
    let wrong = asked(&lab.acronis, "GET /api/2/reports/1", "Bearer x", "", "").await.1;
    is_shaped(&wrong, "acronis/error-unauthorized.json", &[]);
    let mut report: Value = serde_json::from_slice(&recorded("acronis/report-request.json")).expect("JSON");
    let missing = asked(&lab.acronis, "POST /api/2/reports", &bearer, "application/json", &report.to_string()).await.1;
    is_shaped(&missing, "acronis/error-tenant.json", &[]);
    report["parameters"]["tenant_id"] = json!(lab.acronis.tenant_id());
    let (status, created) = asked(&lab.acronis, "POST /api/2/reports", &bearer, "application/json", &report.to_string()).await;
    assert_eq!(status, 200);
    // The article prints the day inside the period, where the real service has it beside.
    is_shaped(&created, "acronis/report-created.json", &[".generation_date", ".parameters.period.generation_date"]);

    let id = created["id"].as_str().expect("an id");
    is_shaped(&got(&format!("/api/2/reports/{id}/stored")).await, "acronis/stored-in-progress.json", &[]);
    is_shaped(&got(&format!("/api/2/reports/{id}/stored")).await, "acronis/stored-formats.json", &[]);
    is_shaped(&got(&format!("/api/2/tenants/{}/reports", lab.acronis.tenant_id())).await, "acronis/reports-of-tenant.json", &[]);
    let stale = asked(&lab.acronis, &format!("DELETE /api/2/reports/{id}?version=9"), &bearer, "", "").await;
    assert_eq!(stale.0, 409);
    is_shaped(&stale.1, "acronis/error-version.json", &[]);
}
