//! Values of a JSON body, each read as the schema has it or refused with its path.

use jiff::civil::Date;
use serde_json::{Map, Value};

/// What was read, or what is wrong with it.
pub(super) type Checked<T> = Result<T, String>;

pub(super) fn object<'a>(value: &'a Value, what: &str) -> Checked<&'a Map<String, Value>> {
    value.as_object().ok_or_else(|| format!("{what} must be an object"))
}

/// `additionalProperties: false`.
pub(super) fn only(all: &Map<String, Value>, known: &[&str], path: &str) -> Checked<()> {
    match all.keys().find(|key| !known.contains(&key.as_str())) {
        None => Ok(()),
        Some(key) => Err(format!("{path}{key}: additional properties are not allowed")),
    }
}

pub(super) fn text(all: &Map<String, Value>, key: &str, path: &str) -> Checked<String> {
    match all.get(key) {
        None => Err(format!("{path}{key} is missing")),
        Some(Value::String(text)) => Ok(text.clone()),
        Some(_) => Err(format!("{path}{key}: not a string")),
    }
}

pub(super) fn one_of(all: &Map<String, Value>, key: &str, path: &str, known: &[&str]) -> Checked<String> {
    let found = text(all, key, path)?;
    if known.contains(&found.as_str()) {
        return Ok(found);
    }
    Err(format!("{path}{key}: must be one of {}", known.join(", ")))
}

pub(super) fn texts(value: &Value, path: &str) -> Checked<Vec<String>> {
    let list = value.as_array().ok_or(format!("{path}: not a list"))?;
    list.iter()
        .map(|item| match item {
            Value::String(text) => Ok(text.clone()),
            _ => Err(format!("{path}: not a list of strings")),
        })
        .collect()
}

/// A list of UUIDs, as `recipients` is.
pub(super) fn ids(value: &Value, path: &str) -> Checked<Vec<String>> {
    let ids = texts(value, path)?;
    match ids.iter().find(|id| !is_uuid(id)) {
        None => Ok(ids),
        Some(other) => Err(format!("{path}: {other} is not a UUID")),
    }
}

/// The schema's pattern, `[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}`: capitals are none of it.
pub(super) fn is_uuid(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let digits = |part: &str| part.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    parts.iter().map(|part| part.len()).eq([8, 4, 4, 4, 12]) && parts.into_iter().all(digits)
}

/// `YYYY-MM-DD` and nothing else.
pub(super) fn date(value: &Value, path: &str) -> Checked<Date> {
    let wrong = || format!("{path}: not a date such as 2021-08-31");
    let text = value.as_str().ok_or_else(wrong)?;
    if text.len() != 10 {
        return Err(wrong());
    }
    Date::strptime("%Y-%m-%d", text).map_err(|_| wrong())
}
