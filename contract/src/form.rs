//! The forms of texts and numbers that a Rust type cannot say, each with its JSON Schema.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value, json};

use crate::code::{EXCESSES, FINDINGS};
use crate::limits::{Limits, PLACES_MAX};

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

/// The key `model` may be absent: of the model that a price without one has.
pub(crate) fn model_is_optional(schema: &mut Schema) {
    if let Some(required) = schema.get_mut("required").and_then(Value::as_array_mut) {
        required.retain(|name| name != "model");
    }
}
