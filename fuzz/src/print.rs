use std::fmt;

use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use serde_json::{Map, Value, json as object};
use skubill_component::fault::{Faults, Input};
use skubill_component::json::tree::Node;
use skubill_component::limit::Limits;
use skubill_component::money::plain;
use skubill_component::reader::{Context, Dialect, Document, document};
use skubill_component::report::Report;
use skubill_component::report::csv::ReportItem;
use skubill_component::report::row::{Measure, Row};

/// White space around a value is no part of it.
pub const WHITE: [char; 6] = [' ', '\t', '\r', '\n', '\u{c}', '\u{b}'];

/// A row by its columns.
pub type Cells = Vec<(&'static str, String)>;

/// The rows that a report has.
pub fn rows(report: &[u8]) -> Vec<Cells> {
    let (mut reader, mut rows) = (Report::new(&Limits::default(), false), Vec::new());
    let mut each = |read: ReportItem<'_>, _: &[u8]| {
        if let ReportItem::Row(_, row) = read {
            rows.push(cells(row));
        }
    };
    reader.feed(report, &mut each);
    reader.finish(&mut each);
    rows
}

fn cells(row: &Row<'_>) -> Cells {
    let texts = [
        ("application.id", row.application_id),
        ("application.name", row.application_name),
        ("edition", row.edition),
        ("infra.id", row.infra_id),
        ("is_range", if row.is_range { "TRUE" } else { "false" }),
        ("measurement_unit", row.unit),
        ("name", row.name),
        ("sku", row.sku),
        ("tenant.customer_id", row.customer_id),
        ("tenant.id", row.tenant_id),
        ("tenant.kind", row.tenant_kind),
        ("tenant.name", row.tenant_name),
    ];
    let date = row.date.map(|date| date.to_string()).unwrap_or_default();
    let usages = columns().map(|measure| (measure.name(), number(&plain(&row.usage(measure).exact()))));
    texts.map(|(name, text)| (name, text.to_string())).into_iter().chain([("date", date)]).chain(usages).collect()
}

/// A whole number may have more digits than may be written out: then its zeros are an exponent.
fn number(plain: &str) -> String {
    let significant = plain.trim_end_matches('0');
    let zeros = (plain.len() - significant.len()).min(38);
    if plain.contains('.') || plain.len() < 38 { plain.to_string() } else { format!("{}e{zeros}", &plain[..plain.len() - zeros]) }
}

/// The measures that are columns.
fn columns() -> impl Iterator<Item = Measure> {
    Measure::all().filter(|measure| *measure != Measure::BILLABLE)
}

pub fn csv(rows: &[Cells]) -> Vec<u8> {
    // The columns of no row at all.
    let empty = cells_of_nobody();
    let header: Vec<String> = rows.first().unwrap_or(&empty).iter().map(|(name, _)| (*name).to_string()).collect();
    let lines = rows.iter().map(|row| row.iter().map(|(_, cell)| quoted(cell)).collect::<Vec<_>>().join(","));
    [header.join(",")].into_iter().chain(lines).collect::<Vec<_>>().join("\r\n").into_bytes()
}

fn cells_of_nobody() -> Cells {
    let usages = columns().map(Measure::name);
    let texts = ["application.id", "name", "tenant.id", "tenant.kind", "measurement_unit", "sku"];
    texts.into_iter().chain(usages).map(|name| (name, String::new())).collect()
}

fn quoted(cell: &str) -> String {
    format!("\"{}\"", cell.replace('"', "\"\""))
}

/// The names nested, or flat.
pub fn json(rows: &[Cells], nested: bool) -> Vec<u8> {
    let row = |row: &Cells| {
        let mut object = Map::new();
        row.iter().for_each(|(name, cell)| place(&mut object, name, cell, nested));
        Value::Object(object)
    };
    object!({"tenants": rows.iter().map(row).collect::<Vec<_>>()}).to_string().into_bytes()
}

fn place(object: &mut Map<String, Value>, name: &str, cell: &str, nested: bool) {
    match name.split_once('.') {
        Some((group, rest)) if nested => {
            let group = object.entry(group).or_insert_with(|| Value::Object(Map::new()));
            place(group.as_object_mut().expect("a group"), rest, cell, nested);
        }
        _ => {
            object.insert(name.to_string(), Value::String(cell.to_string()));
        }
    }
}

/// A document that can be read, as the component reads it.
pub fn read(bytes: &[u8], input: Input, columns: &[&str], decimals: &[&str]) -> Document {
    let (limits, mut faults) = (Limits::default(), Faults::new(1));
    let mut context = Context { input, limits: &limits, faults: &mut faults };
    let dialect = Dialect { columns, decimals, wholes: &["enterprise"] };
    document(bytes, &dialect, &mut context).expect("what was accepted can be read")
}

/// A small file in other writings that mean the same: JSON with its numbers as strings, a sheet with each
/// separator. Decimals of a sheet that is not separated by commas have a mark that cannot separate thousands.
pub fn otherwise(bytes: &[u8], input: Input, columns: &[&str], decimals: &[&str]) -> Vec<String> {
    let sheet = match read(bytes, input, columns, decimals) {
        Document::Json(node) => return vec![tree(&node, false), tree(&node, true)],
        Document::Csv(sheet) => sheet,
    };
    let line = |cells: &[String], separator: char| cells.join(&separator.to_string()) + "\n";
    let written = |separator: char, comma: bool| {
        let header: Vec<String> = sheet.header.iter().map(|name| quoted(name)).collect();
        let rows = sheet.rows.iter().map(|(_, row)| {
            let cell = |name: &String| match row {
                Node::Object(entries) => match entries.iter().find(|(known, _)| known == name) {
                    Some((_, Node::Text(number) | Node::Comma { number, .. })) if decimals.contains(&name.as_str()) => {
                        let number = if separator == ',' { number.clone() } else { settled(number) };
                        quoted(&if comma { number.replacen('.', ",", 1) } else { number })
                    }
                    Some((_, Node::Text(text))) => quoted(text),
                    _ => quoted(""),
                },
                _ => quoted(""),
            };
            line(&sheet.header.iter().map(cell).collect::<Vec<_>>(), separator)
        });
        [line(&header, separator)].into_iter().chain(rows).collect::<String>()
    };
    vec![written(',', false), written(';', false), written('\t', false), written(';', true)]
}

/// A number with more or fewer than three digits after its point.
fn settled(number: &str) -> String {
    let Some((whole, rest)) = number.split_once('.') else { return number.into() };
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let (digits, exponent) = rest.split_at(digits);
    let zero = if digits.len() == 3 && whole.len() < 5 { "0" } else { "" };
    format!("{whole}.{digits}{zero}{exponent}")
}

/// JSON of a tree: numbers are their text, or all strings.
pub fn tree(node: &Node, strings: bool) -> String {
    let text = |text: &str| Value::from(text).to_string();
    match node {
        Node::Null => "null".into(),
        Node::Bool(value) => value.to_string(),
        Node::Number(number) if strings => text(number),
        Node::Number(number) => number.clone(),
        Node::Text(value) => text(value),
        Node::Comma { number, .. } => text(number),
        // Of what was accepted nothing is a mistake.
        Node::Reported => "null".into(),
        Node::List(items) => format!("[{}]", items.iter().map(|item| tree(item, strings)).collect::<Vec<_>>().join(" , ")),
        Node::Object(entries) => {
            let entries = entries.iter().map(|(key, value)| format!("{}:\t{}", text(key), tree(value, strings)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(",\r\n"))
        }
    }
}

/// The fields of a JSON object, repeated keys too, each value as it is written.
pub fn fields(text: &str) -> serde_json::Result<Vec<(String, &RawValue)>> {
    struct Fields;
    impl<'de> Visitor<'de> for Fields {
        type Value = Vec<(String, &'de RawValue)>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut fields = Vec::new();
            while let Some(field) = map.next_entry()? {
                fields.push(field);
            }
            Ok(fields)
        }
    }
    let mut reader = serde_json::Deserializer::from_str(text);
    let fields = reader.deserialize_map(Fields)?;
    reader.end()?;
    Ok(fields)
}
