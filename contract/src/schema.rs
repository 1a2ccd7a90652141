//! JSON Schemas of all shapes, and the forms of texts and numbers that a Rust type cannot say.
//!
//! A schema of an input is no more than its shape: what it lets pass may still be refused, and what it refuses is refused.

use std::borrow::Cow;

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value, json};

use crate::answer::{Checked, Compared, Description, Estimated, Listing};
use crate::book::{Cost, CustomersFile, PriceBook};
use crate::code::{EXCESSES, FINDINGS};
use crate::day::Day;
use crate::explanation::Explanation;
use crate::job::{ComparedCategory, Comparison, EstimateJob, ExplainJob, Job, RecordJob};
use crate::limits::{Limits, PLACES_MAX};
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

/// The key `model` may be absent: of the model that a price without one has.
pub(crate) fn model_is_optional(schema: &mut Schema) {
    if let Some(required) = schema.get_mut("required").and_then(Value::as_array_mut) {
        required.retain(|name| name != "model");
    }
}

/// Forms of texts and numbers, each a type for `schemars(with = "…")`.
macro_rules! forms {
    ($($(#[doc = $doc:literal])+ $name:ident = $schema:expr;)+) => {
        $(
            $(#[doc = $doc])+
            pub enum $name {}

            impl JsonSchema for $name {
                fn schema_name() -> Cow<'static, str> {
                    stringify!($name).into()
                }

                fn json_schema(_: &mut SchemaGenerator) -> Schema {
                    let mut schema: Schema = $schema;
                    schema.insert("description".into(), concat!($($doc),+).trim().into());
                    schema
                }
            }
        )+
    };
}

const NUMBER: &str = r"([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?";
const DATE: &str = "[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])";
const DOTTED: &str = r"(0[1-9]|[12][0-9]|3[01])\.(0[1-9]|1[0-2])\.[0-9]{4}";

fn text(pattern: &str) -> Schema {
    json_schema!({"type": "string", "pattern": pattern})
}

fn whole(least: u64, most: Option<u64>) -> Schema {
    let mut schema = json_schema!({"type": ["string", "integer"], "pattern": format!(r"^\s*\+?{NUMBER}\s*$"), "minimum": least});
    if let Some(most) = most {
        schema.insert("maximum".into(), most.into());
    }
    schema
}

forms! {
    /// A base-10 number as text without exponent, such as `-12.50`. There is no `-0`.
    Decimal = text(r"^(0(\.[0-9]+)?|-?[1-9][0-9]*(\.[0-9]+)?|-0\.[0-9]*[1-9][0-9]*)$");
    /// A decimal, or where its decimals have no end a fraction such as `25/18`.
    Exact = text(r"^(0(\.[0-9]+)?|-?[1-9][0-9]*(\.[0-9]+)?|-0\.[0-9]*[1-9][0-9]*|-?[1-9][0-9]*/[1-9][0-9]*)$");
    /// A calendar day, `YYYY-MM-DD`.
    IsoDate = text(&format!("^{DATE}$"));
    /// A currency, ISO 4217.
    Currency = text("^[A-Z]{3}$");
    /// The dashboard's id of an enterprise.
    EnterpriseId = json_schema!({"type": "integer", "minimum": 1});
    /// The number of a data record of the report, from 1 without the header.
    RowNumber = json_schema!({"type": "integer", "minimum": 1});
    /// The code of a finding.
    FindingCode = json_schema!({"enum": FINDINGS});
    /// The code of an excess.
    ExcessCode = json_schema!({"enum": EXCESSES});
    /// The component's name.
    ComponentName = json_schema!({"const": "skubill"});

    /// Text that is not empty; white space around it is not part of it.
    NonEmptyText = text(r"\S");
    /// A decimal that is not negative, as text or as a number.
    Number = json_schema!({"type": ["string", "number"], "pattern": format!(r"^\s*\+?{NUMBER}\s*$"), "minimum": 0});
    /// A decimal, as text or as a number.
    SignedNumber = json_schema!({"type": ["string", "number"], "pattern": format!(r"^\s*[+-]?{NUMBER}\s*$")});
    /// 0, as text or as a number.
    Zero = json_schema!({"type": ["string", "number"], "pattern": r"^[\s+.0]+$", "maximum": 0});
    /// A decimal that is not negative, as text: a number may have lost digits on the way.
    DecimalText = text(&format!(r"^\s*\+?{NUMBER}\s*$"));
    /// A decimal, as text: a number may have lost digits on the way.
    SignedDecimalText = text(&format!(r"^\s*[+-]?{NUMBER}\s*$"));
    /// A whole number, as text or as a number.
    Whole = whole(0, None);
    /// Decimal places, as text or as a number.
    Places = whole(0, Some(PLACES_MAX.into()));
    /// The dashboard's id of an enterprise, as text or as a number.
    AnEnterprise = whole(1, None);
    /// A month, `YYYY-MM`.
    Month = text(r"^\s*[0-9]{4}-(0[1-9]|1[0-2])\s*$");
    /// A day, `YYYY-MM-DD`.
    InputDay = text(&format!(r"^\s*{DATE}\s*$"));
    /// A day that a person types: `YYYY-MM-DD` or `DD.MM.YYYY`.
    TypedDate = text(&format!(r"^\s*({DATE}|{DOTTED})\s*$"));
    /// A day with or without a time: `YYYY-MM-DD`, `DD.MM.YYYY`, RFC 3339, or `yyyy/MM/dd HH:mm:ss Z`.
    Moment = text(&format!(r"^\s*([0-9]{{4}}[-/][0-9]{{2}}[-/][0-9]{{2}}|{DOTTED}\s*$)"));
    /// A currency, ISO 4217, in capitals.
    CurrencyCode = text(r"^\s*[A-Z]{3}\s*$");
    /// `CODE`, or `CODE:SUBJECT` with a SKU, tenant or enterprise.
    Acceptance = text(&format!(r"^\s*({})(:|\s*$)", FINDINGS.join("|")));
    /// Text with `{name}` or `{sku}`, and `{quantity}` and `{unit}` where wanted.
    UsageName = {
        let any = r"(\{(name|sku|quantity|unit)\}[^{]*)*";
        text(&format!(r"^[^{{]*{any}\{{(name|sku)\}}[^{{]*{any}$"))
    };
    /// Limits that are not the defaults.
    SomeLimits = {
        let mut limits = Limits::default();
        let one = |(name, limit): (&'static str, &mut u64)| {
            let limited = whole(0, Some(Limits::most(name)).filter(|most| *most < u64::MAX));
            (name.to_string(), json!({"anyOf": [limited, {"type": "null"}], "description": format!("{limit} unless set")}))
        };
        let properties: Map<String, Value> = limits.fields().into_iter().map(one).collect();
        json_schema!({"type": "object", "properties": properties})
    };
}
