//! Pieces of a JSON Schema.

use serde_json::{Map, Value, json};

/// An object in the making.
#[derive(Default)]
pub struct Object {
    properties: Map<String, Value>,
    required: Vec<String>,
}

impl Object {
    /// A key that has to be there.
    pub fn need(mut self, name: &str, schema: Value) -> Self {
        self.required.push(name.into());
        self.properties.insert(name.into(), schema);
        self
    }

    /// A key of an answer that may be absent, and is never null.
    pub fn may(mut self, name: &str, schema: Value) -> Self {
        self.properties.insert(name.into(), schema);
        self
    }

    /// A key of an input that may be absent: null is as good as that.
    pub fn optional(self, name: &str, schema: Value) -> Self {
        self.may(name, or_null(schema))
    }

    /// An object of an answer: these keys and no other.
    pub fn exact(self) -> Value {
        self.closed(json!(false))
    }

    /// An object of an input: a key that nobody knows is a mistake, unless it is null.
    pub fn strict(self) -> Value {
        self.closed(json!({"type": "null"}))
    }

    fn closed(self, others: Value) -> Value {
        json!({"type": "object", "properties": self.properties, "required": self.required, "additionalProperties": others})
    }

    /// An object whose other keys are passed over.
    pub fn open(self) -> Value {
        json!({"type": "object", "properties": self.properties, "required": self.required})
    }
}

/// With what a person should know of it.
pub fn said(what: &str, schema: Value) -> Value {
    let Value::Object(mut schema) = schema else { panic!("a schema is an object") };
    schema.insert("description".into(), what.into());
    Value::Object(schema)
}

pub fn or_null(schema: Value) -> Value {
    json!({"anyOf": [schema, {"type": "null"}]})
}

pub fn list(items: Value) -> Value {
    json!({"type": "array", "items": items})
}

/// One of several words, from the text in which the component lists them.
pub fn one_of(names: &str) -> Value {
    let names: Vec<&str> = names.split(", ").flat_map(|name| name.split(" or ")).collect();
    json!({"enum": names})
}

/// Text that is not empty; white space around it is not part of it.
pub fn text() -> Value {
    json!({"type": "string", "pattern": r"\S"})
}

pub fn any_text() -> Value {
    json!({"type": "string"})
}

const NUMBER: &str = r"([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?";

/// An exact decimal of an input, as a string or as a number.
pub fn decimal() -> Value {
    json!({"type": ["string", "number"], "pattern": format!(r"^\s*\+?{NUMBER}\s*$"), "minimum": 0})
}

pub fn signed_decimal() -> Value {
    json!({"type": ["string", "number"], "pattern": format!(r"^\s*[+-]?{NUMBER}\s*$")})
}

/// A decimal that has to be text, since a number would have lost digits on the way.
pub fn decimal_text(sign: &str) -> Value {
    json!({"type": "string", "pattern": format!(r"^\s*{sign}?{NUMBER}\s*$")})
}

/// A whole number of an input, as a string or as a number.
pub fn whole(least: u64, most: Option<u64>) -> Value {
    let mut schema = json!({"type": ["string", "integer"], "pattern": format!(r"^\s*\+?{NUMBER}\s*$"), "minimum": least});
    if let Some(most) = most {
        schema["maximum"] = most.into();
    }
    schema
}

/// A count of an answer.
pub fn count() -> Value {
    json!({"type": "integer", "minimum": 0})
}

/// An amount or a quantity of an answer. There is no -0.
pub fn exact_decimal() -> Value {
    let (fraction, some) = (r"(\.[0-9]+)?", r"\.[0-9]*[1-9][0-9]*");
    json!({"type": "string", "pattern": format!("^(0{fraction}|-?[1-9][0-9]*{fraction}|-0{some})$")})
}

const DATE: &str = "[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])";

const DOTTED: &str = r"(0[1-9]|[12][0-9]|3[01])\.(0[1-9]|1[0-2])\.[0-9]{4}";

pub fn date() -> Value {
    json!({"type": "string", "pattern": format!(r"^\s*{DATE}\s*$")})
}

/// A date that a person types.
pub fn typed_date() -> Value {
    said("YYYY-MM-DD or DD.MM.YYYY", json!({"type": "string", "pattern": format!(r"^\s*({DATE}|{DOTTED})\s*$")}))
}

pub fn exact_date() -> Value {
    json!({"type": "string", "pattern": format!("^{DATE}$")})
}

pub fn month() -> Value {
    json!({"type": "string", "pattern": r"^\s*[0-9]{4}-(0[1-9]|1[0-2])\s*$"})
}

/// A date with or without a time, as a file has it.
pub fn moment() -> Value {
    let pattern = format!(r"^\s*([0-9]{{4}}[-/][0-9]{{2}}[-/][0-9]{{2}}|{DOTTED}\s*$)");
    said("YYYY-MM-DD, DD.MM.YYYY, RFC 3339, or yyyy/MM/dd HH:mm:ss Z", json!({"type": "string", "pattern": pattern}))
}

pub fn currency() -> Value {
    said("ISO 4217", json!({"type": "string", "pattern": r"^\s*[A-Z]{3}\s*$"}))
}

pub fn exact_currency() -> Value {
    said("ISO 4217", json!({"type": "string", "pattern": "^[A-Z]{3}$"}))
}
