//! What Abiquo refuses, code by code: each is reached on the twin, and known to the client by its name.

use skubill_services::abiquo::Code;

use super::registers::register;
use super::*;

/// A refusal whose only code is this one.
fn is(answer: Result<impl Sized, Error>, code: Code) {
    let error = answer.err().unwrap_or_else(|| panic!("{code} was expected"));
    let codes: Vec<_> = error.service_errors().iter().map(|error| &error.code).collect();
    assert_eq!(codes, [&code], "{error}");
    has(&error.to_string(), code.advice().expect("an advice"));
}

/// What the client itself does not send is made on the way.
#[tokio::test]
async fn every_code_of_a_bill_is_reached_and_known() {
    let lab = Lab::new();
    let client = lab.abiquo_client();
    let send = async |client: &Client| client.unguarded().post_bill_by_categories(ENTERPRISE, &header(), &categories()).await;
    for (from, to, code) in [
        (r#""provider":"ACRONIS""#, r#""provider":" ""#, Code::InvalidProvider),
        ("2021/08/31 23:59:59", "2021/07/31 23:59:59", Code::EndBeforeStart),
        ("2021/09/01 07:00:00", "2021-09-01T07:00:00", Code::InvalidDate),
    ] {
        lab.tamper(from, to);
        is(send(&client).await, code);
    }
    lab.tamper("", "");
    let with = |profile: WireProfile| lab.abiquo_client().with_profile(profile);
    is(send(&with(WireProfile { categories: "groups".into(), ..WireProfile::default() })).await, Code::NoCategory);
    is(send(&with(WireProfile { usage_types: "usages".into(), ..WireProfile::default() })).await, Code::NoUsageType);
    let plain = WireProfile { media_type: "application/vnd.abiquo.bill+json".into(), accept: "*/*".into(), ..WireProfile::default() };
    is(send(&with(plain)).await, Code::CategoriesNotHere);
    assert!(lab.abiquo.bills().is_empty(), "a post that is refused stores nothing");

    send(&client).await.expect("posted");
    is(send(&client).await, Code::Duplicate);
    let mut later = header();
    later.date = "2021-09-02T07:00:00Z".parse().expect("an instant");
    let error = client.unguarded().post_bill_by_categories(ENTERPRISE, &later, &categories()).await.expect_err("the same period");
    assert!(error.is_already_there() && !error.is_unknown(), "{error}");
    is(Err::<(), _>(error), Code::PeriodOverlaps);
    is(client.bill(ENTERPRISE, 99).await, Code::NoSuchBill);
    is(client.bill(999, 1).await, Code::NoSuchEnterprise);
    assert_eq!(lab.abiquo.bills().len(), 3);
}

#[tokio::test]
async fn every_code_of_a_register_is_reached_and_known() {
    let lab = Lab::new();
    let client = lab.abiquo_client();
    let send = async |register: &skubill_services::abiquo::NewRegister| client.unguarded().post_register(ENTERPRISE, register).await;
    let second = register(2, Some("10"), Some("0"));
    lab.tamper("billingPeriodStartDate", "begin");
    is(send(&second).await, Code::RegisterWithoutPeriod);
    lab.tamper("2021/09/02", "2021/10/02");
    is(send(&second).await, Code::RegisterOutOfPeriod);
    lab.tamper("", "");
    is(client.register(ENTERPRISE, 99).await, Code::NoSuchRegister);

    send(&second).await.expect("posted");
    is(send(&second).await, Code::RegisterDuplicate);
    is(send(&register(3, Some("-1"), Some("0"))).await, Code::RegisterAmountFell);
    lab.tamper("2021/09/30", "2021/10/31");
    is(send(&register(3, Some("1"), Some("0"))).await, Code::RegisterOtherPeriod);
    lab.tamper("", "");
    let bill = NewBill { header: PostingHeader { period: second.header.period, ..header() }, price: "300".into() };
    client.unguarded().post_bill(ENTERPRISE, &bill).await.expect("posted");
    is(send(&register(3, Some("1"), Some("0"))).await, Code::RegisterOfBilledPeriod);
    assert!(lab.abiquo.registers().is_empty());
}

#[tokio::test]
async fn several_errors_come_at_once_and_unknown_ones_are_kept() {
    let lab = Lab::new();
    let client = lab.abiquo_client();
    lab.tamper(r#""provider":"ACRONIS","date":"#, r#""provider":"","day":"#);
    let error = client.unguarded().post_bill_by_categories(ENTERPRISE, &header(), &categories()).await.expect_err("two mistakes");
    assert!(error.has(&Code::InvalidProvider) && error.has(&Code::InvalidDate), "{error}");
    assert_eq!(error.service_errors().len(), 2);
    lab.tamper("", "");
    // Abiquo's own billing run says this one, and a later version may say anything.
    for (status, body, code) in [
        (500, r#"{"collection": [{"code": "BILL-8", "message": "Cannot process billings result file"}]}"#, Code::ResultFileUnreadable),
        (400, r#"{"collection": [{"code": "BILL-99", "message": "Something new"}]}"#, Code::Other("BILL-99".into())),
    ] {
        let effect = Effect::Status { status, retry_after: None, body: Some(body.into()), content_type: None, taken: false };
        lab.abiquo.fault(Fault::next("POST", BILLS, effect));
        let error = client.unguarded().post_bill_by_categories(ENTERPRISE, &header(), &categories()).await.expect_err("refused");
        assert!(error.has(&code) && !error.is_unknown(), "{error}");
    }
    assert!(lab.abiquo.bills().is_empty());
}

#[tokio::test]
async fn pages_of_a_server_before_abiquo_are_kept() {
    let lab = Lab::new();
    let client = lab.abiquo_client();
    lab.abiquo.fault(Fault::next("GET", BILLS, Effect::status(503, None)).times(3));
    let error = client.bill(ENTERPRISE, 1).await.expect_err("three times 503");
    assert!(matches!(&error, Error::Unexpected { status: 503, body, .. } if body.text().contains("<h1>503</h1>")), "{error}");
    assert_eq!(lab.slept().len(), 2);
    for (retry_after, seconds) in [("5", 5), ("Wed, 01 Sep 2021 07:00:22 GMT", 12), ("900", 120)] {
        lab.abiquo.fault(Fault::next("GET", BILLS, Effect::status(429, Some(retry_after))));
        lab.clock.set("2021-09-01T07:00:10Z".parse().expect("an instant"));
        found(&client).await;
        assert_eq!(lab.slept().iter().map(std::time::Duration::as_secs).collect::<Vec<_>>(), [seconds], "{retry_after}");
    }
    lab.abiquo.fault(Fault::next("POST", BILLS, Effect::status(429, Some("60"))));
    let error = client.unguarded().post_bill_by_categories(ENTERPRISE, &header(), &categories()).await.expect_err("too many");
    assert!(matches!(error, Error::TooManyRequests { .. }) && !error.is_unknown(), "{error}");
    assert!(lab.abiquo.bills().is_empty() && lab.slept().is_empty());
}
