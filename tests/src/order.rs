//! Calls out of order: one instance is one run, and says so. Never a trap.

use skubill::sandbox::bindings::exports::skubill::billing::bill::Job;
use skubill::sandbox::bindings::exports::skubill::billing::types;

use crate::engine::{self, Call, instance, ran, value};
use crate::typed::typed_job;

const REPORT: types::Input = types::Input::Report;

fn job() -> Job {
    typed_job(&serde_json::json!({"period": "2021-08"}))
}

/// The refusal of the text interface that calls are out of order.
fn out_of_order<T: std::fmt::Debug>(answer: Result<T, String>) -> String {
    let refusal = value(&answer.expect_err("out of order"));
    refusal["order"].as_str().unwrap_or_else(|| panic!("{refusal}")).to_string()
}

fn typed_out_of_order<T: std::fmt::Debug>(answer: Result<T, types::Refusal>) -> String {
    match answer {
        Err(types::Refusal::Order(text)) => text,
        other => panic!("{other:?}"),
    }
}

#[test]
fn nothing_may_be_fed_or_finished_before_a_run_begins() {
    let mut run = instance();
    let (store, billing) = run.typed().expect("an instance");
    let (text, feed) = (billing.skubill_billing_text(), billing.skubill_billing_feed());
    assert!(typed_out_of_order(ran(feed.call_bytes(&mut *store, REPORT, b"x"))).contains("begin"));
    assert!(typed_out_of_order(ran(feed.call_text(&mut *store, REPORT, "x"))).contains("begin"));
    assert!(out_of_order(ran(text.call_feed(&mut *store, REPORT, b"x"))).contains("begin"));
    assert!(out_of_order(ran(text.call_feed_text(&mut *store, REPORT, "x"))).contains("begin"));
    for _ in 0..2 {
        assert!(out_of_order(ran(text.call_finish(&mut *store))).contains("begin"));
        assert!(typed_out_of_order(ran(billing.skubill_billing_record().call_finish(&mut *store))).contains("begin"));
    }
}

#[test]
fn a_run_is_finished_by_its_own_interface_and_takes_its_own_inputs() {
    let mut run = instance();
    let (store, billing) = run.typed().expect("an instance");
    let begun = ran(billing.skubill_billing_bill().call_begin(&mut *store, &job()));
    assert!(begun.is_ok());
    let costs = ran(billing.skubill_billing_feed().call_bytes(&mut *store, types::Input::Costs, b"date,price\n"));
    assert!(typed_out_of_order(costs).contains("costs"));
    assert!(typed_out_of_order(ran(billing.skubill_billing_usage().call_finish(&mut *store))).contains("usage"));
    // That was the end of the run: an answer to another question must not follow.
    assert!(typed_out_of_order(ran(billing.skubill_billing_bill().call_finish(&mut *store))).contains("begin"));
}

/// Every call that begins a run, after one that was refused.
#[test]
fn an_instance_that_has_answered_is_spent() {
    let line = r#"{"tenant_id": "t-acme", "sku": "SRV"}"#;
    let day = r#"{"day": "2021-08-10"}"#;
    let comparison = r#"{"period": "2021-08", "currency": "EUR", "posting": []}"#;
    let calls = [
        (Call::Bill, ""),
        (Call::Usage, ""),
        (Call::Record, day),
        (Call::Explain, line),
        (Call::Check, ""),
        (Call::Customers, ""),
        (Call::Estimate, ""),
        (Call::Compare, comparison),
        (Call::Describe, ""),
    ];
    for (call, job) in calls {
        let mut run = instance();
        let (store, billing) = run.typed().expect("an instance");
        assert!(ran(billing.skubill_billing_check().call_check(&mut *store, b"", None, None)).is_err(), "an empty price book");
        let refusal = out_of_order(ran(billing.skubill_billing_text().call_begin(&mut *store, call.into(), job)));
        assert!(refusal.starts_with("text.begin") && refusal.contains("one instance is one run"), "{call:?}: {refusal}");
        let typed = [
            ran(billing.skubill_billing_bill().call_begin(&mut *store, &self::job())),
            ran(billing.skubill_billing_usage().call_begin(&mut *store, &self::job())),
        ];
        assert!(typed.into_iter().all(|refusal| typed_out_of_order(refusal).contains("one instance is one run")));
    }
}

#[test]
fn the_component_describes_itself_at_any_time() {
    let mut run = instance();
    let (store, billing) = run.typed().expect("an instance");
    let about = billing.skubill_billing_about();
    let before = ran(about.call_describe(&mut *store));
    assert!(ran(billing.skubill_billing_text().call_finish(&mut *store)).is_err());
    let after = ran(about.call_describe(&mut *store));
    assert_eq!(format!("{after:?}"), format!("{before:?}"), "also of a spent instance");
    assert_eq!((before.name.as_str(), before.contract.as_str()), ("skubill", "skubill:billing@0.1.0"));
    let json = value(&engine::fed_to(&mut instance(), Call::Describe, "", &[], usize::MAX).expect("an answer"));
    assert_eq!(json["contract"], "skubill:billing@0.1.0");
    assert_eq!(json["limits"]["rows"], before.limits.rows);
    let mut defaults = skubill_component::limit::Limits::default();
    for (name, limit) in defaults.fields() {
        assert_eq!(json["limits"][name], *limit, "{name}");
    }
}
