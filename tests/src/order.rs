//! Calls out of order: one instance is one run, and says so. Never a trap.

use skubill::sandbox::bindings::exports::skubill::billing::bill::Job;
use skubill::sandbox::bindings::exports::skubill::billing::types;

use crate::engine::{instance, ran, value};
use crate::typed::typed_job;

const REPORT: types::Input = types::Input::Report;

fn job() -> Job {
    typed_job(&serde_json::json!({"period": "2021-08"}))
}

/// The refusal that calls are out of order, of a JSON twin.
fn out_of_order<T: std::fmt::Debug>(said: Result<T, String>) -> String {
    let refusal = value(&said.expect_err("out of order"));
    refusal["order"].as_str().unwrap_or_else(|| panic!("{refusal}")).to_string()
}

fn typed_out_of_order<T: std::fmt::Debug>(said: Result<T, types::Refusal>) -> String {
    match said {
        Err(types::Refusal::Order(text)) => text,
        other => panic!("{other:?}"),
    }
}

#[test]
fn nothing_may_be_fed_or_finished_before_a_run_begins() {
    let mut run = instance();
    let (store, billing) = run.typed().expect("an instance");
    assert!(typed_out_of_order(ran(billing.skubill_billing_feed().call_bytes(&mut *store, REPORT, b"x"))).contains("begin"));
    assert!(typed_out_of_order(ran(billing.skubill_billing_feed().call_text(&mut *store, REPORT, "x"))).contains("begin"));
    assert!(out_of_order(ran(billing.skubill_billing_bill().call_finish_json(&mut *store))).contains("begin"));
    for _ in 0..2 {
        assert!(out_of_order(ran(billing.skubill_billing_usage().call_finish_json(&mut *store))).contains("begin"));
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
    assert!(out_of_order(ran(billing.skubill_billing_usage().call_finish_json(&mut *store))).contains("usage"));
    // That was the end of the run: an answer to another question must not follow.
    assert!(out_of_order(ran(billing.skubill_billing_bill().call_finish_json(&mut *store))).contains("begin"));
}

/// Every call that is a whole run, or begins one.
#[test]
fn an_instance_that_has_answered_is_spent() {
    let calls = [
        "bill-json",
        "usage-json",
        "record-json",
        "explain-json",
        "estimate-json",
        "check-json",
        "customers-json",
        "compare-json",
        "bill.begin-json",
        "usage.begin-json",
        "record.begin-json",
        "explain.begin-json",
    ];
    let line = r#"{"tenant_id": "t-acme", "sku": "SRV"}"#;
    let day = r#"{"day": "2021-08-10"}"#;
    for name in calls {
        let mut run = instance();
        let (store, billing) = run.typed().expect("an instance");
        assert!(ran(billing.skubill_billing_check().call_check_json(&mut *store, "", None, "")).is_err(), "an empty price book");
        let said = match name {
            "bill-json" => out_of_order(ran(billing.skubill_billing_bill().call_bill_json(&mut *store, "", "", None, ""))),
            "usage-json" => out_of_order(ran(billing.skubill_billing_usage().call_usage_json(&mut *store, "", None, ""))),
            "record-json" => out_of_order(ran(billing.skubill_billing_record().call_record_json(&mut *store, "", "", "", day))),
            "explain-json" => out_of_order(ran(billing.skubill_billing_explain().call_explain_json(&mut *store, "", "", None, line))),
            "explain.begin-json" => out_of_order(ran(billing.skubill_billing_explain().call_begin_json(&mut *store, line))),
            "estimate-json" => out_of_order(ran(billing.skubill_billing_estimate().call_estimate_json(&mut *store, "", ""))),
            "check-json" => out_of_order(ran(billing.skubill_billing_check().call_check_json(&mut *store, "", None, ""))),
            "customers-json" => out_of_order(ran(billing.skubill_billing_customers().call_customers_json(&mut *store, "", ""))),
            "compare-json" => out_of_order(ran(billing.skubill_billing_compare().call_compare_json(&mut *store, "{}"))),
            "bill.begin-json" => out_of_order(ran(billing.skubill_billing_bill().call_begin_json(&mut *store, ""))),
            "usage.begin-json" => out_of_order(ran(billing.skubill_billing_usage().call_begin_json(&mut *store, ""))),
            _ => out_of_order(ran(billing.skubill_billing_record().call_begin_json(&mut *store, day))),
        };
        assert!(said.starts_with(name) && said.contains("one instance is one run"), "{said}");
    }
}

#[test]
fn the_component_says_what_it_is_at_any_time() {
    let mut run = instance();
    let (store, billing) = run.typed().expect("an instance");
    let about = billing.skubill_billing_about();
    let before = value(&ran(about.call_describe_json(&mut *store)));
    assert!(ran(billing.skubill_billing_bill().call_finish_json(&mut *store)).is_err());
    assert_eq!(value(&ran(about.call_describe_json(&mut *store))), before, "also of a spent instance");
    let typed = ran(about.call_describe(&mut *store));
    assert_eq!((typed.name.as_str(), typed.contract.as_str()), ("skubill", "skubill:billing@0.1.0"));
    assert_eq!(before["contract"], "skubill:billing@0.1.0");
    assert_eq!(before["limits"]["rows"], typed.limits.rows);
    let mut defaults = skubill_component::limit::Limits::default();
    for (name, limit) in defaults.fields() {
        assert_eq!(before["limits"][name], *limit, "{name}");
    }
}
