//! What goes in: jobs, price books, customers files, cost records. A schema is no more than the shape:
//! what it lets pass may still be refused, and what it refuses is refused.

use serde_json::{Value, json};
use skubill_component::finding::CODES;
use skubill_component::job::Level;
use skubill_component::limit::Limits;
use skubill_component::money::{Mode, PLACES_MAX};
use skubill_component::price::model::Model;
use skubill_component::report::row::Measure;
use skubill_component::unit::Unit;

use super::build::{
    Object, any_text, currency, date, decimal, decimal_text, list, moment, month, one_of, said, signed_decimal, text, typed_date, whole,
};

pub fn limits() -> Value {
    let mut limits = Limits::default();
    let one = |object: Object, (name, limit): (&str, &mut u64)| {
        let schema = said(&format!("{limit} unless set"), whole(0, Some(Limits::most(name)).filter(|most| *most < u64::MAX)));
        object.optional(name, schema)
    };
    limits.fields().into_iter().fold(Object::default(), one).strict()
}

pub fn job() -> Value {
    let measures: Vec<&str> = Measure::all().map(Measure::name).collect();
    let accept = json!({"type": "string", "pattern": format!(r"^\s*({})(:|\s*$)", CODES.join("|"))});
    Object::default()
        .optional("period", said("YYYY-MM; without one, the month of the report's latest date", month()))
        .optional("root", said("the report's root tenant", text()))
        .optional("level", said("the level the report was made for", one_of(Level::NAMES)))
        .optional(
            "measure",
            said("the usage column to bill from, or usage.billable; usage.effective.production unless named", json!({"enum": measures})),
        )
        .optional("accept", said("findings that may pass: CODE, or CODE:SUBJECT with a SKU, tenant or enterprise", list(accept)))
        .optional("exclude_tenants", said("tenants that somebody else bills", list(text())))
        .optional("usage_name", said("what a posting's usages are called", usage_name()))
        .optional("limits", limits())
        .strict()
}

/// Text with `{name}` or `{sku}`, and `{quantity}` and `{unit}` where wanted.
fn usage_name() -> Value {
    let any = r"(\{(name|sku|quantity|unit)\}[^{]*)*";
    json!({"type": "string", "pattern": format!(r"^[^{{]*{any}\{{(name|sku)\}}[^{{]*{any}$")})
}

pub fn record_job() -> Value {
    let earlier = Object::default()
        .need("enterprise", said("whose records were asked for", whole(1, None)))
        .optional("stated_enterprise", said("what the record itself states", whole(0, None)))
        .optional("provider", said("what the record itself states", any_text()))
        .optional("date", said("of a record of ours: YYYY-MM-DD, RFC 3339 or yyyy/MM/dd HH:mm:ss Z", any_text()))
        .optional("period_start", said("of a record of ours: like the date", any_text()))
        .optional("category", said("without one the record is not ours", any_text()))
        .optional("usage_type", said("without one the record is not ours", any_text()))
        .optional("price", said("of a record of ours: a decimal", any_text()))
        .optional("currency", said("of a record of ours: the price book's", any_text()))
        .strict();
    Object::default()
        .need("day", said("YYYY-MM-DD", date()))
        .optional("provider", said("ours; without one no record is another's by its provider", text()))
        .optional("earlier", said("cost records that stand already", list(earlier)))
        .optional("job", job())
        .strict()
}

pub fn estimate_job() -> Value {
    Object::default()
        .optional("period", said("YYYY-MM; without one, the month of the latest record", month()))
        .optional("method", said("cumulative unless named", one_of("cumulative or daily")))
        .optional("places", said("of the estimate; 2 unless named", whole(0, Some(PLACES_MAX.into()))))
        .optional("limits", limits())
        .strict()
}

pub fn comparison() -> Value {
    let usage = Object::default().need("usage_type", text()).need("price", decimal_text("[+-]")).open();
    let category = Object::default().need("category", text()).need("usages", list(usage)).open();
    let held = || {
        let line = Object::default()
            .optional("category", any_text())
            .optional("usage_type", any_text())
            .optional("currency", any_text())
            .need("price", text())
            .need("period_start", text())
            .need("period_end", text());
        list(line.strict())
    };
    let bounds = Object::default().optional("times", decimal_text(r"\+")).optional("lines", whole(0, None)).strict();
    Object::default()
        .need("period", month())
        .need("currency", text())
        .need("posting", said("the categories of a posting; totals and names are passed over", list(category)))
        .optional("tenants", said("the posting's", list(text())))
        .optional("held", said("what the dashboard holds", held()))
        .optional("previous", said("what it holds of the period before", held()))
        .optional("previous_tenants", said("the tenants of the period before", list(text())))
        .optional("bounds", said("what is beyond them is told", bounds))
        .strict()
}

fn rounding(places: Option<()>) -> Value {
    let object = Object::default().optional("mode", one_of(Mode::NAMES));
    let whole = whole(0, Some(PLACES_MAX.into()));
    match places {
        Some(()) => object.need("places", whole).strict(),
        None => object.optional("places", whole).strict(),
    }
}

/// What a price of every model may have.
fn price() -> Object {
    Object::default()
        .need("sku", text())
        .need("name", text())
        .optional("category", any_text())
        .optional("included", said("units free of charge", decimal()))
        .optional("factor", decimal())
        .optional("minimum", decimal())
        .optional("maximum", decimal())
        .optional("from", said("first day in force", typed_date()))
        .optional("until", said("last day in force", typed_date()))
        .optional("round_quantity", rounding(Some(())))
        .optional("tenant_id", said("a price for that tenant alone", text()))
}

fn tiers() -> Value {
    let tier = |object: Object| object.need("price", decimal()).optional("flat", decimal());
    let bounded = tier(Object::default().optional("up_to", said("inclusive; the last tier has none", decimal()))).strict();
    json!({"type": "array", "items": bounded, "minItems": 1})
}

/// Each model with the keys that it uses.
fn of_model(name: &str) -> Value {
    let this = json!({"const": name});
    let named = |object: Object| object.need("model", this.clone());
    let unit = one_of(Unit::NAMES);
    let price = || if Model::needs_unit(name) { price().need("unit", unit.clone()) } else { price().optional("unit", unit.clone()) };
    match name {
        "per-unit" => price().optional("model", this).need("price", decimal()),
        "flat" => named(price()).need("price", decimal()),
        "package" => named(price()).need("price", decimal()).need("size", said("above 0", decimal())),
        "free" => named(price())
            .optional("price", said("0, where stated", json!({"type": ["string", "number"], "pattern": r"^[\s+.0]+$", "maximum": 0}))),
        "graduated" | "volume" => named(price()).need("tiers", tiers()),
        other => panic!("the model {other}"),
    }
    .strict()
}

pub fn prices() -> Value {
    let models: Vec<Value> = Model::NAMES.split(", ").flat_map(|name| name.split(" or ")).map(of_model).collect();
    Object::default()
        .need("currency", currency())
        .optional("rounding", said("to the currency's digits and half up unless said otherwise", rounding(None)))
        .optional("factor", decimal())
        .need("prices", list(json!({"anyOf": models})))
        .strict()
}

pub fn customers() -> Value {
    let customer = Object::default()
        .need("tenant_id", text())
        .need("enterprise", whole(1, None))
        .optional("enterprise_name", any_text())
        .optional("factor", decimal())
        .strict();
    Object::default()
        .optional("exclude_tenants", said("tenants that are not billed", list(text())))
        .optional("customers", list(customer))
        .strict()
}

pub fn costs() -> Value {
    list(Object::default().need("date", moment()).need("price", signed_decimal()).optional("estimated", signed_decimal()).strict())
}

/// Where a job may be empty text: it says nothing then, as `{}` does.
pub fn document(text: &str) -> Option<Value> {
    let text = text.trim_start_matches('\u{feff}').trim();
    let json = text.is_empty() || text.starts_with(['{', '[']);
    json.then(|| serde_json::from_str(if text.is_empty() { "{}" } else { text }).ok()).flatten()
}
