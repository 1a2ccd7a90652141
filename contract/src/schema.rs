//! JSON Schemas of all shapes.
//!
//! A schema of an input is no more than its shape: what it lets pass may still be refused, and what it refuses is refused.

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use crate::answer::{Checked, Compared, Description, Estimated, Listing};
use crate::book::{Cost, CustomersFile, PriceBook};
use crate::day::Day;
use crate::explanation::Explanation;
use crate::form::{Decimal, SomeLimits};
use crate::job::{ComparedCategory, Comparison, EstimateJob, ExplainJob, Job, RecordJob};
use crate::outcome::{Billed, Outcome};
use crate::refusal::Refusal;
use crate::usage::UsageOutcome;

/// Each schema by the name of its file in `schemas/`: inputs, then answers.
pub fn schemas() -> Vec<(&'static str, Value)> {
    vec![
        ("job", input::<Job>()),
        ("record-job", input::<RecordJob>()),
        ("explain-job", input::<ExplainJob>()),
        ("estimate-job", input::<EstimateJob>()),
        ("comparison", input::<Comparison<ComparedCategory>>()),
        ("limits", input::<SomeLimits>()),
        ("prices", input::<PriceBook>()),
        ("customers", input::<CustomersFile>()),
        ("costs", input::<Vec<Cost>>()),
        ("billed", answer::<Billed<Decimal>>()),
        ("outcome", answer::<Outcome<Decimal>>()),
        ("usage", answer::<UsageOutcome>()),
        ("day", answer::<Day<Decimal>>()),
        ("explanation", answer::<Explanation<Decimal>>()),
        ("checked", answer::<Checked>()),
        ("listing", answer::<Listing>()),
        ("estimated", answer::<Estimated<Decimal>>()),
        ("compared", answer::<Compared>()),
        ("description", answer::<Description>()),
        ("faults", answer::<Refusal>()),
    ]
}

/// The schema of what the component reads: a key that nobody knows is a mistake, unless it is null.
fn input<T: JsonSchema>() -> Value {
    made::<T>(SchemaSettings::draft2020_12(), &json!({"type": "null"}))
}

/// The schema of what the component writes: these keys and no other.
fn answer<T: JsonSchema>() -> Value {
    made::<T>(SchemaSettings::draft2020_12().for_serialize(), &json!(false))
}

fn made<T: JsonSchema>(settings: SchemaSettings, others: &Value) -> Value {
    let mut schema = settings.into_generator().into_root_schema_for::<T>().to_value();
    tidy(&mut schema, others);
    schema
}

/// Closes objects, and drops what says nothing to a validator: formats of Rust's integers, defaults.
fn tidy(schema: &mut Value, others: &Value) {
    let Value::Object(keywords) = schema else { return };
    keywords.remove("default");
    if keywords.get("format").and_then(Value::as_str).is_some_and(|format| format.starts_with("uint")) {
        keywords.remove("format");
    }
    if keywords.contains_key("properties") {
        // Of alternatives beside common keys each would refuse the other's; only the whole knows all keys.
        let closing = if keywords.contains_key("oneOf") { "unevaluatedProperties" } else { "additionalProperties" };
        keywords.entry(closing).or_insert_with(|| others.clone());
        for alternative in keywords.get_mut("oneOf").and_then(Value::as_array_mut).into_iter().flatten() {
            alternative.as_object_mut().into_iter().for_each(|keywords| each_below(keywords, others));
        }
    }
    let alternatives = keywords.contains_key("properties").then(|| keywords.remove("oneOf")).flatten();
    each_below(keywords, others);
    keywords.extend(alternatives.map(|alternatives| ("oneOf".to_string(), alternatives)));
}

fn each_below(keywords: &mut Map<String, Value>, others: &Value) {
    for (keyword, below) in keywords {
        match below {
            Value::Array(list) if matches!(keyword.as_str(), "anyOf" | "oneOf" | "allOf") => {
                list.iter_mut().for_each(|schema| tidy(schema, others));
            }
            Value::Object(named) if matches!(keyword.as_str(), "properties" | "$defs") => {
                named.values_mut().for_each(|schema| tidy(schema, others));
            }
            _ if keyword == "items" => tidy(below, others),
            _ => {}
        }
    }
}
