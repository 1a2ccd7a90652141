//! The other three formats: plausible, so that a client's refusal of them can be tried. Their
//! layout is our own; nobody has published one.

use super::Row;
use super::encode::{csv_bytes, json_bytes};
use serde::Serialize;

/// Acronis writes GB for 1024³ bytes in the formats for people.
const GIB: i128 = 1 << 30;
const HOUR: i128 = 3_600;

const HEADER: [&str; 8] = ["Tenant", "Kind", "Service", "Edition", "Offering item", "Unit", "Production", "Trial"];

/// A table for people.
pub(super) fn csv(rows: &[Row]) -> Vec<u8> {
    csv_bytes(std::iter::once(HEADER.map(String::from).to_vec()).chain(rows.iter().map(cells)))
}

/// The table as a page.
pub(super) fn html(rows: &[Row]) -> Vec<u8> {
    let line = |tag: &str, cells: &[String]| {
        let cells: String = cells.iter().map(|cell| format!("<{tag}>{}</{tag}>", escaped(cell))).collect();
        format!("<tr>{cells}</tr>\n")
    };
    let body: String = rows.iter().map(|row| line("td", &cells(row))).collect();
    let head = line("th", &HEADER.map(String::from));
    format!(
        "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"><title>Usage report</title></head>\n\
         <body><table>\n{head}{body}</table></body></html>\n"
    )
    .into_bytes()
}

/// Usage grouped by tenant.
pub(super) fn json_v1(rows: &[Row], show_skus: bool) -> Vec<u8> {
    let mut groups: Vec<Group> = Vec::new();
    for row in rows {
        if groups.last().is_none_or(|group| group.tenant_id != row.tenant.id) {
            groups.push(Group { tenant_id: &row.tenant.id, tenant_name: &row.tenant.name, usages: Vec::new() });
        }
        if let Some(group) = groups.last_mut() {
            group.usages.push(Value {
                name: &row.item.name,
                edition: &row.item.edition,
                value: row.effective.total(),
                absolute_value: row.absolute.total(),
                sku: show_skus.then_some(&row.item.sku),
            });
        }
    }
    json_bytes(&Report { groups })
}

#[derive(Serialize)]
struct Report<'a> {
    groups: Vec<Group<'a>>,
}

#[derive(Serialize)]
struct Group<'a> {
    tenant_id: &'a str,
    tenant_name: &'a str,
    usages: Vec<Value<'a>>,
}

#[derive(Serialize)]
struct Value<'a> {
    name: &'a str,
    edition: &'a str,
    value: i64,
    absolute_value: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    sku: Option<&'a String>,
}

fn cells(row: &Row) -> Vec<String> {
    let (unit, size) = match row.item.unit.as_str() {
        "bytes" => ("GB", GIB),
        "seconds" => ("hours", HOUR),
        _ => ("", 1),
    };
    let shown = |value: i64| {
        if size == 1 { value.to_string() } else { two_places(i128::from(value), size) }
    };
    vec![
        row.tenant.name.clone(),
        row.tenant.kind.as_str().into(),
        row.item.application_name.clone(),
        row.item.edition.clone(),
        row.item.name.clone(),
        unit.into(),
        shown(row.effective.production),
        shown(row.effective.trial),
    ]
}

/// `value ÷ size`, to two places, half away from zero.
fn two_places(value: i128, size: i128) -> String {
    let hundredths = (value.abs() * 200 + size) / (2 * size);
    let sign = if value < 0 && hundredths > 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", hundredths / 100, hundredths % 100)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::two_places;

    #[test]
    fn people_read_two_places() {
        assert_eq!(two_places(5_400, 3_600), "1.50");
        assert_eq!(two_places(-5_418, 3_600), "-1.51");
        assert_eq!(two_places(1, 1 << 30), "0.00");
    }
}
