//! As much of JSON Schema as the schemas use. A keyword that is not known here is a defect of them.

use std::collections::BTreeMap;
use std::sync::Mutex;

use regex_automata::Input;
use regex_automata::dfa::Automaton;
use regex_automata::dfa::dense::DFA;
use regex_automata::nfa::thompson;
use regex_automata::util::syntax;
use serde_json::Value;

/// Each thing in which a value is not as its schema says, with its place.
pub fn wrongs(schema: &Value, value: &Value) -> Vec<String> {
    let mut wrongs = Vec::new();
    check(schema, value, "", &mut wrongs);
    wrongs
}

fn check(schema: &Value, value: &Value, at: &str, wrongs: &mut Vec<String>) {
    let keywords = schema.as_object().unwrap_or_else(|| panic!("{at}: a schema is an object"));
    for (keyword, rule) in keywords {
        let right = match keyword.as_str() {
            "$schema" | "$id" | "title" | "description" => true,
            "type" => one_or_more(rule).any(|name| is_of(name, value)),
            "const" => value == rule,
            "enum" => list(rule).contains(value),
            "anyOf" => list(rule).iter().any(|schema| self::wrongs(schema, value).is_empty()),
            "pattern" => value.as_str().is_none_or(|text| matches(rule.as_str().expect("a pattern"), text)),
            "minimum" => value.as_f64().is_none_or(|value| value >= number(rule)),
            "maximum" => value.as_f64().is_none_or(|value| value <= number(rule)),
            "minItems" => value.as_array().is_none_or(|items| items.len() as f64 >= number(rule)),
            "required" => {
                let has = |name: &Value| value.get(name.as_str().expect("a name")).is_some();
                !value.is_object() || list(rule).iter().all(has)
            }
            "items" => {
                for (index, item) in value.as_array().into_iter().flatten().enumerate() {
                    check(rule, item, &format!("{at}/{index}"), wrongs);
                }
                true
            }
            "properties" => {
                for (name, schema) in rule.as_object().expect("properties") {
                    value.get(name).into_iter().for_each(|value| check(schema, value, &format!("{at}/{name}"), wrongs));
                }
                true
            }
            "additionalProperties" => {
                let known = &schema["properties"];
                let others = value.as_object().into_iter().flatten().filter(|(name, _)| known.get(name.as_str()).is_none());
                others.map(|(_, value)| value).all(|value| *rule != false && self::wrongs(rule, value).is_empty())
            }
            other => panic!("{at}: the keyword {other} is not known"),
        };
        if !right {
            let shown: String = value.to_string().chars().take(100).collect();
            wrongs.push(format!("{at}: {keyword}: {shown}"));
        }
    }
}

fn list(rule: &Value) -> &[Value] {
    rule.as_array().expect("a list")
}

fn one_or_more(rule: &Value) -> impl Iterator<Item = &str> {
    let several = rule.as_array().into_iter().flatten();
    several.chain(rule.is_string().then_some(rule)).map(|name| name.as_str().expect("a type"))
}

fn number(rule: &Value) -> f64 {
    rule.as_f64().expect("a number")
}

fn is_of(name: &str, value: &Value) -> bool {
    match name {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "string" => value.is_string(),
        "number" => value.is_number(),
        "integer" => value.is_u64() || value.is_i64() || value.as_f64().is_some_and(|number| number.fract() == 0.0),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("the type {other} is not known"),
    }
}

/// The patterns that were met: there are few, and they are met often.
static PATTERNS: Mutex<BTreeMap<String, DFA<Vec<u32>>>> = Mutex::new(BTreeMap::new());

fn matches(pattern: &str, text: &str) -> bool {
    let mut patterns = PATTERNS.lock().expect("nobody panics with it");
    let automaton = patterns.entry(pattern.to_string()).or_insert_with(|| compiled(pattern));
    automaton.try_search_fwd(&Input::new(text)).expect("a search ends").is_some()
}

fn compiled(pattern: &str) -> DFA<Vec<u32>> {
    // By bytes: the patterns have no other letters than those of ASCII.
    let mut builder = DFA::builder();
    builder.syntax(syntax::Config::new().unicode(false).utf8(false)).thompson(thompson::Config::new().utf8(false));
    builder.build(pattern).unwrap_or_else(|error| panic!("{pattern}: {error}"))
}

#[test]
fn a_value_is_held_against_every_keyword() {
    let schema = serde_json::json!({
        "type": "object", "required": ["a"], "additionalProperties": {"type": "null"},
        "properties": {
            "a": {"type": ["integer", "string"], "pattern": "^[a-z]+$", "minimum": 1, "maximum": 3},
            "b": {"type": "array", "items": {"enum": ["x", 1]}, "minItems": 1},
            "c": {"anyOf": [{"const": "c"}, {"type": "boolean"}]},
        },
    });
    let right = |text: &str| wrongs(&schema, &serde_json::from_str(text).expect("JSON")).is_empty();
    for text in [r#"{"a": 1}"#, r#"{"a": "xyz", "b": ["x", 1], "c": true}"#, r#"{"a": 3.0, "c": "c", "d": null}"#] {
        assert!(right(text), "{text}");
    }
    for text in [
        "[]",
        "{}",
        r#"{"a": null}"#,
        r#"{"a": 0}"#,
        r#"{"a": 4}"#,
        r#"{"a": 1.5}"#,
        r#"{"a": "X"}"#,
        r#"{"a": "xY"}"#,
        r#"{"a": 1, "b": []}"#,
        r#"{"a": 1, "b": ["y"]}"#,
        r#"{"a": 1, "b": "x"}"#,
        r#"{"a": 1, "c": "d"}"#,
        r#"{"a": 1, "d": 1}"#,
    ] {
        assert!(!right(text), "{text}");
    }
}
