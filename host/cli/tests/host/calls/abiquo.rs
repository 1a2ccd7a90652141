//! Each call of Abiquo's bills and bill registers, by the client against the twin.

mod errors;
mod pages;
mod registers;

use secrecy::SecretString;
use skubill::outcome::{PostingCategory, PostingCharge};
use skubill_services::abiquo::{Auth, Bill, BillingPeriod, Client, Deleted, Error, NewBill, PostingHeader, Probe, Role, WireProfile};
use skubill_services::http;
use skubill_simulators::abiquo::ProvidersShape;
use skubill_simulators::{Effect, Fault};

use crate::lab::{ENTERPRISE, Lab};
use crate::world::has;

const NAME: &str = "Søndergård & Ægir";
const BILLS: &str = "/api/statistics/enterpriseresources/292/bills";

fn august() -> BillingPeriod {
    BillingPeriod::month(2021, 8).expect("a month")
}

fn header() -> PostingHeader {
    PostingHeader {
        provider: "ACRONIS".into(),
        date: "2021-09-01T07:00:00Z".parse().expect("an instant"),
        period: august(),
        currency: "EUR".into(),
    }
}

fn charge(usage_type: &str, price: &str) -> PostingCharge {
    PostingCharge { usage_type: usage_type.into(), usage_name: format!("Thing {usage_type}"), price: price.into() }
}

fn category(category: &str, usages: Vec<PostingCharge>) -> PostingCategory {
    PostingCategory { category: category.into(), total: "not looked at".into(), usages }
}

/// Two categories, three usage types.
fn categories() -> Vec<PostingCategory> {
    vec![
        category("Storage", vec![charge("STO", "12345678901234567890.1234567890"), charge("FREE", "0")]),
        category("Workloads", vec![charge("SRV", "23.40")]),
    ]
}

async fn post(client: &Client) -> Vec<Bill> {
    client.unguarded().post_bill_by_categories(ENTERPRISE, &header(), &categories()).await.expect("posted").bills
}

async fn found(client: &Client) -> Vec<Bill> {
    client.find_bills(ENTERPRISE, "ACRONIS", &august()).await.expect("a list")
}

fn told(bills: &[Bill]) -> Vec<[&str; 3]> {
    let told = |text: &Option<String>| text.as_deref().unwrap_or("-").to_owned().leak() as &str;
    bills.iter().map(|bill| [&bill.category, &bill.usage_type, &bill.price].map(told)).collect()
}

#[tokio::test]
async fn a_bill_by_categories_is_stored_digit_by_digit_a_row_for_each_usage_type() {
    for status in [200, 201, 202, 204] {
        let lab = Lab::new();
        lab.abiquo.knobs(|knobs| knobs.created_status = status);
        let client = lab.abiquo_client();
        let posted = client.unguarded().post_bill_by_categories(ENTERPRISE, &header(), &categories()).await.expect("posted");
        assert_eq!((posted.status, &posted.unread), (status, &None));
        let wanted = [["Storage", "STO", "12345678901234567890.1234567890"], ["Storage", "FREE", "0"], ["Workloads", "SRV", "23.40"]];
        let there = found(&client).await;
        assert_eq!(told(&there), wanted);
        // 204 tells nothing of what was stored.
        assert_eq!(posted.bills, if status == 204 { Vec::new() } else { there.clone() });
        assert_eq!((there[0].enterprise, there[0].enterprise_name.as_deref()), (Some(ENTERPRISE), Some(NAME)));
        assert_eq!((there[0].period(), there[0].date), (Some(august()), Some(header().date)));
        assert_eq!(lab.abiquo.bills().len(), 3);
    }
}

#[tokio::test]
async fn a_plain_bill_is_one_amount() {
    let lab = Lab::new();
    let client = lab.abiquo_client();
    let bill = NewBill { header: header(), price: "23.40".into() };
    let posted = client.unguarded().post_bill(ENTERPRISE, &bill).await.expect("posted");
    assert_eq!(told(&posted.bills), [["-", "-", "23.40"]]);
    let id = posted.bills[0].id.expect("an id");
    assert_eq!(client.bill(ENTERPRISE, id).await.expect("the bill"), posted.bills[0]);
}

#[tokio::test]
async fn a_post_is_sent_once_and_looked_up_where_its_answer_is_lost() {
    let status = |taken| Effect::Status { status: 502, retry_after: None, body: None, content_type: None, taken };
    for (effect, rows) in [(Effect::Drop { taken: false }, 0), (Effect::Drop { taken: true }, 3), (status(false), 0), (status(true), 3)] {
        let lab = Lab::new();
        let client = lab.abiquo_client();
        lab.abiquo.fault(Fault::next("POST", BILLS, effect));
        let error = client.unguarded().post_bill_by_categories(ENTERPRISE, &header(), &categories()).await.expect_err("no answer");
        assert!(error.is_unknown() && !error.is_transient(), "{error}");
        assert_eq!((Lab::seen(&lab.abiquo.requests()).len(), found(&client).await.len()), (1, rows), "{error}");
    }
}

#[tokio::test]
async fn media_types_versions_and_keys_have_to_be_those_of_the_service() {
    let lab = Lab::new();
    let post = async |client: Client| client.unguarded().post_bill_by_categories(ENTERPRISE, &header(), &categories()).await;
    let other =
        WireProfile { media_type: "application/vnd.abiquo.other+json".into(), categories: "groups".into(), ..WireProfile::default() };

    let error = post(lab.abiquo_client().with_profile(other.clone())).await.expect_err("another media type");
    assert!(error.is_unsupported_media_type(), "{error}");
    has(&error.to_string(), "wire profile");
    let error = post(lab.abiquo_client().with_version("9.9")).await.expect_err("another version");
    assert!(matches!(error, Error::Refused { status: 406, .. }), "{error}");
    has(&error.to_string(), "does not know the version");
    assert!(lab.abiquo.bills().is_empty());

    lab.abiquo.knobs(|knobs| {
        knobs.by_categories_media_type = other.media_type.clone();
        knobs.categories_key = other.categories.clone();
    });
    let nested = WireProfile { nested: true, ..other };
    assert_eq!(post(lab.abiquo_client().with_version("6.0").with_profile(nested)).await.expect("posted").bills.len(), 3);
}

#[tokio::test]
async fn the_media_type_is_probed_without_writing() {
    let lab = Lab::new();
    let probe = lab.abiquo_client().probe_categories(ENTERPRISE, &header()).await.expect("an answer");
    assert!(matches!(probe, Probe::Understood), "{probe:?}");
    for media_type in ["application/vnd.abiquo.bill+json", "application/vnd.abiquo.other+json"] {
        for accept in ["application/vnd.abiquo.bills+json", "*/*"] {
            let profile = WireProfile { media_type: media_type.into(), accept: accept.into(), ..WireProfile::default() };
            let probe = lab.abiquo_client().with_profile(profile).probe_categories(ENTERPRISE, &header()).await.expect("an answer");
            assert!(matches!(probe, Probe::WrongMediaType(_)), "{probe:?}");
        }
    }
    assert!(lab.abiquo.bills().is_empty() && lab.abiquo.events().is_empty());
}

#[tokio::test]
async fn a_bill_is_read_and_all_of_a_providers_period_deleted() {
    let lab = Lab::new();
    let client = lab.abiquo_client();
    let posted = post(&client).await;
    for bill in &posted {
        assert_eq!(client.bill(ENTERPRISE, bill.id.expect("an id")).await.expect("the bill"), *bill);
    }
    let mut september = header();
    september.period = BillingPeriod::month(2021, 9).expect("a month");
    september.date = "2021-10-01T07:00:00Z".parse().expect("an instant");
    let kept = client.unguarded().post_bill(ENTERPRISE, &NewBill { header: september, price: "1".into() }).await.expect("posted").bills;

    let start = august().start;
    assert_eq!(client.unguarded().delete_bills(ENTERPRISE, start, "AMAZON").await.expect("an answer"), Deleted::Done);
    assert_eq!(found(&client).await, posted, "another provider's");
    assert_eq!(client.unguarded().delete_bills(ENTERPRISE, start, "ACRONIS").await.expect("an answer"), Deleted::Done);
    assert!(found(&client).await.is_empty());
    assert_eq!(lab.abiquo.bills().len(), kept.len(), "another period's");
    let last = lab.abiquo.events().pop().expect("an event");
    has(&last.text, "with IDs 1, 2, 3.");
    lab.abiquo.knobs(|knobs| knobs.delete_nothing_status = 404);
    assert_eq!(client.unguarded().delete_bills(ENTERPRISE, start, "ACRONIS").await.expect("an answer"), Deleted::NothingThere);
    lab.abiquo.fault(Fault::next("DELETE", BILLS, Effect::Drop { taken: true }));
    assert!(client.unguarded().delete_bills(ENTERPRISE, start, "ACRONIS").await.expect_err("no answer").is_unknown());
}

#[tokio::test]
async fn a_provider_is_listed_once_it_has_a_bill() {
    for shape in [ProvidersShape::Strings, ProvidersShape::Objects] {
        let lab = Lab::new();
        lab.abiquo.knobs(|knobs| knobs.providers_shape = shape);
        let client = lab.abiquo_client();
        assert_eq!(client.providers(ENTERPRISE).await.expect("a list"), ["AMAZON", "ONPREMISE"]);
        post(&client).await;
        assert_eq!(client.providers(ENTERPRISE).await.expect("a list"), ["ACRONIS", "AMAZON", "ONPREMISE"]);
        assert_eq!(client.providers(301).await.expect("a list"), ["AMAZON", "ONPREMISE"], "not another enterprise's");
    }
}

#[tokio::test]
async fn an_enterprise_tells_its_name_and_where_its_bills_are() {
    let lab = Lab::new();
    for (there, base, links, foreign) in
        [(true, None, 4, 0), (false, None, 0, 0), (true, Some("https://internal.test:8009/api".to_string()), 0, 4)]
    {
        lab.abiquo.knobs(|knobs| {
            knobs.enterprise_links = there;
            knobs.href_base = base;
        });
        let client = lab.abiquo_client();
        let enterprise = client.enterprise(ENTERPRISE).await.expect("the enterprise");
        let found = &enterprise.links;
        let given = [&found.bills, &found.registers, &found.estimate, &found.providers].into_iter().flatten().count();
        assert_eq!((enterprise.name.as_str(), given, enterprise.foreign.len()), (NAME, links, foreign));
        // Followed or built, the addresses are right.
        client.find_bills(ENTERPRISE, "ACRONIS", &august()).await.expect("a list");
        client.registers(ENTERPRISE, "ACRONIS").expect("an address").all().await.expect("a list");
        client.estimate(ENTERPRISE, "ACRONIS").await.expect("an estimate");
        client.providers(ENTERPRISE).await.expect("a list");
    }
    assert!(lab.abiquo.requests().iter().all(|seen| seen.answered.is_some_and(|status| status < 300)));
}

#[tokio::test]
async fn a_token_a_password_and_a_bearer_say_who_we_are() {
    let lab = Lab::new();
    let admin = lab.abiquo.user("admin").expect("a user");
    let token = || SecretString::from(admin.token.clone());
    let basic = |password: &str| Auth::Basic { user: admin.name.clone(), password: SecretString::from(password) };
    for auth in [Auth::Token(token()), Auth::Bearer(token()), basic(&admin.password)] {
        found(&lab.abiquo_client_as(auth)).await;
    }
    for auth in [Auth::Token("wrong".into()), Auth::Bearer("wrong".into()), basic("wrong")] {
        let error = lab.abiquo_client_as(auth).providers(ENTERPRISE).await.expect_err("wrong");
        assert!(matches!(error, Error::Unauthorized { role: Some(Role::BillsView), .. }), "{error}");
    }
    lab.abiquo.knobs(|knobs| knobs.tokens_expired = true);
    let error = lab.abiquo_client().unguarded().post_bill_by_categories(ENTERPRISE, &header(), &categories()).await.expect_err("expired");
    assert!(matches!(error, Error::Unauthorized { role: Some(Role::BillsManage), .. }), "{error}");
    assert!(lab.abiquo.bills().is_empty());
}

#[tokio::test]
async fn a_missing_role_is_named() {
    let lab = Lab::new();
    let client = |user: &str| {
        let token = lab.abiquo.user(user).expect("a user").token.clone();
        lab.abiquo_client_as(Auth::Token(SecretString::from(token)))
    };
    found(&client("viewer")).await;
    let (viewer, nobody) = (client("viewer"), client("nobody"));
    let forbidden = [
        (viewer.unguarded().post_bill_by_categories(ENTERPRISE, &header(), &categories()).await.map(drop), "BILLS_MANAGE"),
        (viewer.unguarded().delete_bills(ENTERPRISE, august().start, "ACRONIS").await.map(drop), "BILLS_MANAGE"),
        (viewer.unguarded().delete_registers(ENTERPRISE, august().start, "ACRONIS").await.map(drop), "BILLS_MANAGE"),
        (nobody.find_bills(ENTERPRISE, "ACRONIS", &august()).await.map(drop), "BILLS_VIEW"),
        (nobody.estimate(ENTERPRISE, "ACRONIS").await.map(drop), "BILLS_VIEW"),
    ];
    for (answer, role) in forbidden {
        let error = answer.expect_err("no right");
        assert!(matches!(error, Error::Forbidden { .. }), "{error}");
        has(&error.to_string(), role);
    }
}

#[tokio::test]
async fn dates_are_compared_as_instants_whatever_their_offset() {
    let lab = Lab::new();
    let client = lab.abiquo_client();
    lab.tamper("2021/08/01 00:00:00 +0000", "2021/08/01 02:00:00 +0200");
    let posted = post(&client).await;
    assert_eq!(posted[0].period(), Some(august()), "told in UTC");
    assert_eq!(found(&client).await, posted);
    let eastern = "2021-07-31T20:30:00-03:30".parse().expect("an instant");
    assert_eq!(client.unguarded().delete_bills(ENTERPRISE, eastern, "ACRONIS").await.expect("an answer"), Deleted::Done);
    assert!(found(&client).await.is_empty());
}

#[tokio::test]
async fn what_is_no_answer_of_abiquos_is_told_with_its_bytes() {
    let lab = Lab::new();
    let client = lab.abiquo_client();
    let page = |status, body: &str| Effect::Status {
        status,
        retry_after: None,
        body: Some(body.into()),
        content_type: Some("text/html".into()),
        taken: false,
    };
    lab.abiquo.fault(Fault::next("GET", BILLS, page(200, "<html>Sign in</html>")));
    let error = client.find_bills(ENTERPRISE, "ACRONIS", &august()).await.expect_err("a page");
    assert!(matches!(&error, Error::Unreadable { body, .. } if body.text() == "<html>Sign in</html>"), "{error}");
    lab.abiquo.fault(Fault::next("GET", BILLS, page(302, "")));
    has(&client.find_bills(ENTERPRISE, "ACRONIS", &august()).await.expect_err("elsewhere").to_string(), "redirects are not followed");
    // A read is tried three times; what was lost on the way is Lost, not an empty list.
    lab.abiquo.fault(Fault::next("GET", BILLS, Effect::Cut { bytes: 10 }).times(3));
    let error = client.find_bills(ENTERPRISE, "ACRONIS", &august()).await.expect_err("cut");
    assert!(matches!(error, Error::Http(http::Error::Lost { attempts: 3, .. })), "{error}");
}
