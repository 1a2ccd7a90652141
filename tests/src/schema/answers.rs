//! What comes out: each answer, and the refusals. These are exact: a key more or less is another version.

use serde_json::{Value, json};
use skubill_component::finding::CODES;
use skubill_component::limit::Limits;
use skubill_component::unit::Unit;

use super::build::{Object, any_text, count, exact_currency, exact_date, exact_decimal, list, one_of, or_null, said};

fn enterprise() -> Value {
    json!({"type": "integer", "minimum": 1})
}

fn rows() -> Value {
    said(
        "row numbers of the report, from 1 without the header, ascending",
        json!({"type": "array", "items": {"type": "integer", "minimum": 1}}),
    )
}

fn period() -> Value {
    Object::default().need("start", exact_date()).need("end", said("inclusive", exact_date())).exact()
}

fn accounting() -> Value {
    let names = ["rows", "billed", "no_sku", "zero_usage", "excluded", "unmapped", "unpriced"];
    said("the last six add up to the rows", names.into_iter().fold(Object::default(), |object, name| object.need(name, count())).exact())
}

fn findings() -> Value {
    let finding = Object::default()
        .need("code", json!({"enum": CODES}))
        .need("severity", one_of("error, warning or info"))
        .need("message", said("for people; its wording may change", any_text()))
        .may("rows", rows())
        .may("sku", any_text())
        .may("tenant_id", any_text())
        .may("enterprise", enterprise())
        .may("column", any_text())
        .may("acceptance", said("of unused-acceptance: CODE or CODE:SUBJECT, as the job accepts it", any_text()));
    said("by severity, code, tenant, SKU, first row, enterprise, column, acceptance", list(finding.exact()))
}

fn unaccepted() -> Value {
    said("indices into the findings: errors that the job does not accept", list(count()))
}

fn category(usage: Object) -> Value {
    Object::default().need("category", any_text()).need("total", exact_decimal()).need("usages", list(usage.exact())).exact()
}

fn usage() -> Object {
    Object::default()
        .need("usage_type", said("the SKU", any_text()))
        .need("usage_name", any_text())
        .need("price", said("the amount", exact_decimal()))
}

fn held() -> Value {
    said("codes that hold it", json!({"type": "array", "items": {"enum": CODES}}))
}

pub fn outcome() -> Value {
    let charge = usage().need("quantity", exact_decimal()).need("unit", one_of(Unit::NAMES)).need("rows", rows());
    let bill = Object::default()
        .need("tenant_id", any_text())
        .need("tenant_name", any_text())
        .need("tenant_kind", any_text())
        .need("customer_id", any_text())
        .need("enterprise", or_null(enterprise()))
        .need("total", exact_decimal())
        .need("categories", list(category(charge)));
    let posting = Object::default()
        .need("enterprise", enterprise())
        .need("total", exact_decimal())
        .need("tenants", list(any_text()))
        .need("held", held())
        .need("categories", list(category(usage())));
    Object::default()
        .need("period", period())
        .need("currency", exact_currency())
        .need("total", exact_decimal())
        .need("bills", said("one a tenant, by tenant", list(bill.exact())))
        .need("postings", said("one an enterprise, by enterprise; none without a customers file", list(posting.exact())))
        .need("accounting", accounting())
        .need("findings", findings())
        .exact()
}

pub fn billed() -> Value {
    Object::default().need("outcome", outcome()).need("unaccepted", unaccepted()).exact()
}

pub fn usage_outcome() -> Value {
    let usage = Object::default()
        .need("tenant_id", any_text())
        .need("tenant_name", any_text())
        .need("tenant_kind", any_text())
        .need("customer_id", any_text())
        .need("enterprise", or_null(enterprise()))
        .need("sku", any_text())
        .need("unit", said("the report's measurement_unit", any_text()))
        .need("quantity", exact_decimal())
        .need("application", any_text())
        .need("rows", rows());
    Object::default()
        .need("period", period())
        .need("usages", list(usage.exact()))
        .need("accounting", accounting())
        .need("findings", findings())
        .exact()
}

pub fn day() -> Value {
    let carried =
        Object::default().need("category", any_text()).need("usage_type", any_text()).need("amount", said("below 0", exact_decimal()));
    let register = Object::default()
        .need("enterprise", enterprise())
        .need("total", exact_decimal())
        .need("held", held())
        .need("done", said("the day is recorded already", json!({"type": "boolean"})))
        .need("categories", list(category(usage())))
        .need("carried", list(carried.exact()));
    Object::default()
        .need("date", exact_date())
        .need("number", said("the day's, in its period", count()))
        .need("days", said("of the period", count()))
        .need("currency", exact_currency())
        .need("registers", list(register.exact()))
        .need("accounting", accounting())
        .need("findings", findings())
        .need("unaccepted", unaccepted())
        .exact()
}

pub fn checked() -> Value {
    let of_customers = || or_null(count());
    Object::default()
        .need("currency", exact_currency())
        .need("prices", count())
        .need("skus", count())
        .need("customers", of_customers())
        .need("excluded", of_customers())
        .need("enterprises", of_customers())
        .need("findings", said("warnings that need no report", findings()))
        .exact()
}

pub fn listing() -> Value {
    let mapping =
        Object::default().need("tenant_id", any_text()).need("enterprise", enterprise()).need("enterprise_name", or_null(any_text()));
    Object::default().need("customers", list(mapping.exact())).need("excluded", list(any_text())).exact()
}

pub fn estimated() -> Value {
    Object::default()
        .need("estimate", said("null where there is no record", or_null(exact_decimal())))
        .need("method", one_of("cumulative, daily, run-rate, fixed or none"))
        .need("records", count())
        .need("days", said("of the period", count()))
        .need("slope", or_null(exact_decimal()))
        .need("intercept", or_null(exact_decimal()))
        .need("below_to_date", said("lower than what was spent already", json!({"type": "boolean"})))
        .exact()
}

pub fn compared() -> Value {
    let difference = Object::default()
        .need("kind", one_of("missing, extra, amount, currency or period"))
        .need("category", any_text())
        .need("usage_type", any_text())
        .need("posting", or_null(any_text()))
        .need("held", or_null(any_text()));
    let approximation = Object::default()
        .need("category", any_text())
        .need("usage_type", any_text())
        .need("posting", exact_decimal())
        .need("held", said("as the dashboard writes it", any_text()));
    let excess = Object::default()
        .need("code", json!({"enum": skubill_component::compare::CODES}))
        .need("message", said("for people; its wording may change", any_text()))
        .may("tenant_id", said("of tenant-gone", any_text()));
    Object::default()
        .need("absent", said("nothing is held", json!({"type": "boolean"})))
        .need("equal", said("what is held is the posting", json!({"type": "boolean"})))
        .need("differences", said("by category, usage type and kind", list(difference.exact())))
        .need("approximations", said("lines that are equal though another number is held", list(approximation.exact())))
        .need("excesses", list(excess.exact()))
        .exact()
}

pub fn description() -> Value {
    let mut limits = Limits::default();
    let limits = limits.fields().into_iter().fold(Object::default(), |object, (name, _)| object.need(name, count()));
    Object::default()
        .need("name", json!({"const": "skubill"}))
        .need("version", any_text())
        .need("contract", any_text())
        .need("limits", limits.exact())
        .exact()
}

pub fn refusal() -> Value {
    let fault = Object::default()
        .need("input", one_of("report, prices, customers or costs"))
        .need("row", or_null(count()))
        .need("column", or_null(any_text()))
        .need("found", any_text())
        .need("expected", any_text());
    let faults = Object::default().need("faults", list(fault.exact())).need("fault_count", said("how many there were", count()));
    let text = |name, what| said(what, Object::default().need(name, any_text()).exact());
    json!({"anyOf": [
        said("inputs that cannot be read, or that break a limit", faults.exact()),
        text("job", "a job that makes no sense"),
        text("order", "calls out of order"),
    ]})
}
