//! What comes out, as a person reads it: JSON with a line a thing, and a bill as a ledger.

use std::fmt::Write;

use serde_json::Value;
use skubill_component::text::is_unprintable;

/// The longest line of a list or object that stays on one.
const WIDTH: usize = 118;

/// JSON text with line breaks: nothing is reordered, and no character of a value is touched.
pub fn pretty(json: &str) -> String {
    let mut rest = json;
    let mut out = String::new();
    write_node(&node(&mut rest), 0, &mut out);
    assert!(rest.trim().is_empty(), "one JSON value: {rest}");
    out + "\n"
}

enum Node<'a> {
    Scalar(&'a str),
    Many { open: char, close: char, items: Vec<(Option<&'a str>, Node<'a>)> },
}

/// One value off the front of valid JSON text.
fn node<'a>(rest: &mut &'a str) -> Node<'a> {
    let (open, close) = match rest.as_bytes()[0] {
        b'{' => ('{', '}'),
        b'[' => ('[', ']'),
        _ => return Node::Scalar(scalar(rest)),
    };
    *rest = &rest[1..];
    let mut items = Vec::new();
    while !rest.starts_with(close) {
        let key = (open == '{').then(|| scalar(rest));
        *rest = rest.trim_start_matches(':');
        items.push((key, node(rest)));
        *rest = rest.trim_start_matches(',');
    }
    *rest = &rest[1..];
    Node::Many { open, close, items }
}

/// A string, a number or a word.
fn scalar<'a>(rest: &mut &'a str) -> &'a str {
    let mut escaped = false;
    let inside = |(at, c): &(usize, char)| {
        let ends = if rest.starts_with('"') { *at > 0 && *c == '"' && !escaped } else { matches!(c, ',' | ':' | ']' | '}') };
        escaped = *c == '\\' && !escaped;
        ends
    };
    let end = rest.char_indices().find(inside).map_or(rest.len(), |(at, c)| if c == '"' { at + 1 } else { at });
    let (scalar, after) = rest.split_at(end);
    *rest = after;
    scalar
}

fn flat(node: &Node<'_>) -> String {
    match node {
        Node::Scalar(text) => text.to_string(),
        Node::Many { open, close, items } => {
            let item = |(key, node): &(Option<&str>, Node<'_>)| key.map_or_else(|| flat(node), |key| format!("{key}: {}", flat(node)));
            format!("{open}{}{close}", items.iter().map(item).collect::<Vec<_>>().join(", "))
        }
    }
}

fn write_node(node: &Node<'_>, indent: usize, out: &mut String) {
    let line = flat(node);
    match node {
        Node::Many { open, close, items } if line.chars().count() + indent > WIDTH => {
            out.push(*open);
            for (at, (key, item)) in items.iter().enumerate() {
                let comma = if at == 0 { "" } else { "," };
                let _ = write!(out, "{comma}\n{:indent$}", "", indent = indent + 2);
                if let Some(key) = key {
                    let _ = write!(out, "{key}: ");
                }
                write_node(item, indent + 2, out);
            }
            let _ = write!(out, "\n{:indent$}{close}", "");
        }
        _ => out.push_str(&line),
    }
}

/// An outcome as an accountant reads it: bills, postings, what became of the rows, and findings.
pub fn ledger(billed: &Value) -> String {
    let outcome = &billed["outcome"];
    let mut lines = Vec::new();
    let total = text(&outcome["total"]);
    let title = format!("{} to {}, {}", text(&outcome["period"]["start"]), text(&outcome["period"]["end"]), text(&outcome["currency"]));
    lines.push(row(0, &title, &total));
    for bill in list(&outcome["bills"]) {
        lines.push(String::new());
        tenant(bill, &mut lines);
    }
    for posting in list(&outcome["postings"]) {
        lines.push(String::new());
        post(posting, &mut lines);
    }
    lines.push(String::new());
    lines.push(accounted(&outcome["accounting"]));
    for (at, finding) in list(&outcome["findings"]).iter().enumerate() {
        let stands = list(&billed["unaccepted"]).iter().any(|index| index.as_u64() == Some(at as u64));
        lines.push(found(finding, stands));
    }
    lines.join("\n") + "\n"
}

fn tenant(bill: &Value, lines: &mut Vec<String>) {
    let enterprise = bill["enterprise"].as_u64().map_or_else(String::new, |enterprise| format!(" → {enterprise}"));
    let customer = Some(text(&bill["customer_id"])).filter(|id| !id.is_empty()).map_or_else(String::new, |id| format!(", no. {id}"));
    let title =
        format!("{} \"{}\" ({}{customer}){enterprise}", text(&bill["tenant_id"]), text(&bill["tenant_name"]), text(&bill["tenant_kind"]));
    lines.push(row(0, &title, &text(&bill["total"])));
    for category in list(&bill["categories"]) {
        lines.push(row(2, &text(&category["category"]), &text(&category["total"])));
        for usage in list(&category["usages"]) {
            let what = format!(
                "{}  {}, {} {}",
                text(&usage["usage_type"]),
                text(&usage["usage_name"]),
                text(&usage["quantity"]),
                text(&usage["unit"])
            );
            lines.push(format!("{}  rows {}", row(4, &what, &text(&usage["price"])), numbers(&usage["rows"])));
        }
    }
}

fn post(posting: &Value, lines: &mut Vec<String>) {
    let words = |value: &Value| list(value).iter().map(text).collect::<Vec<_>>().join(" ");
    let held = Some(words(&posting["held"])).filter(|held| !held.is_empty()).map_or_else(String::new, |held| format!("  HELD by {held}"));
    let title = format!("posting for {} ({})", posting["enterprise"], words(&posting["tenants"]));
    lines.push(row(0, &title, &text(&posting["total"])) + &held);
    for category in list(&posting["categories"]) {
        for usage in list(&category["usages"]) {
            let what = format!("{} · {}  {}", text(&category["category"]), text(&usage["usage_type"]), text(&usage["usage_name"]));
            lines.push(row(4, &what, &text(&usage["price"])));
        }
    }
}

fn accounted(accounting: &Value) -> String {
    let names = ["billed", "no_sku", "zero_usage", "excluded", "unmapped", "unpriced"];
    let some = names.iter().filter(|name| accounting[**name] != 0).map(|name| format!("{} {}", accounting[*name], name.replace('_', " ")));
    let rows = if accounting["rows"] == 1 { "row" } else { "rows" };
    format!("{} {rows} = {}", accounting["rows"], some.collect::<Vec<_>>().join(" + "))
}

fn found(finding: &Value, stands: bool) -> String {
    let subjects = ["tenant_id", "sku", "enterprise", "column", "acceptance"].iter().filter_map(|key| match &finding[*key] {
        Value::Null => None,
        Value::String(text) => Some(format!(" {text}")),
        other => Some(format!(" {other}")),
    });
    let rows = Some(numbers(&finding["rows"])).filter(|rows| !rows.is_empty()).map_or_else(String::new, |rows| format!(", rows {rows}"));
    let accepted = if finding["severity"] == "error" && !stands { ", accepted" } else { "" };
    let (severity, code) = (text(&finding["severity"]), text(&finding["code"]));
    format!("{severity} {code}{}{rows}{accepted}: {}", subjects.collect::<String>(), text(&finding["message"]))
}

/// A ledger is looked at in a terminal: what acts on it is shown by its code.
fn text(value: &Value) -> String {
    let shown = |c: char| if is_unprintable(c) { format!("\\u{{{:x}}}", u32::from(c)) } else { c.to_string() };
    value.as_str().unwrap_or_default().chars().map(shown).collect()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn numbers(rows: &Value) -> String {
    list(rows).iter().map(Value::to_string).collect::<Vec<_>>().join(" ")
}

/// A line with its amount in the column of amounts.
fn row(indent: usize, what: &str, amount: &str) -> String {
    let width = 72usize.saturating_sub(indent);
    format!("{:indent$}{what:<width$} {amount:>14}", "")
}

#[test]
fn json_is_broken_into_lines_and_not_changed() {
    let json = r#"{"a":"x,\"]}{[:\\","b":[1,2,{"c":null}],"d":"","e":[],"long":["LONG"]}"#.replace("LONG", &"0123456789".repeat(8));
    let text = pretty(&json);
    assert!(text.contains("\n  \"b\": [1, 2, {\"c\": null}],\n  \"d\": \"\",\n  \"e\": [],\n"), "{text}");
    let value = |text: &str| serde_json::from_str::<Value>(text).expect("JSON");
    assert_eq!(value(&text), value(&json));
}
