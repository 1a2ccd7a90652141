//! Rows as the bytes of a report: `csv_v2_0` and `json_v2_0`, which say the same.

use super::{Amounts, Ask, Row, UsageData};
use jiff::civil::{Date, time};
use jiff::tz::TimeZone;
use serde::Serialize;

/// A report's format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Format {
    /// Raw bytes and seconds, one row per tenant, item and infrastructure; for machines.
    CsvV2,
    /// The same rows as JSON; for machines.
    JsonV2,
    /// "API v1 compatible": grouped by tenant.
    JsonV1,
    /// A table for people, in GiB and hours.
    Csv,
    /// The same as a page.
    Html,
}

impl Format {
    const NAMES: [(&str, Format); 5] = [
        ("csv_v2_0", Format::CsvV2),
        ("json_v2_0", Format::JsonV2),
        ("json_v1", Format::JsonV1),
        ("csv", Format::Csv),
        ("html", Format::Html),
    ];

    /// The format that Acronis spells so.
    pub fn from_name(name: &str) -> Option<Format> {
        Self::NAMES.iter().find(|(n, _)| *n == name).map(|(_, f)| *f)
    }
}

/// The header of the published sample, in its order; `sku` follows where SKUs are shown.
const COLUMNS: [&str; 29] = [
    "application.id",
    "application.name",
    "date",
    "infra.backend_type",
    "infra.id",
    "infra.name",
    "infra.owner_id",
    "is_range",
    "measurement_unit",
    "name",
    "pricing.currency",
    "pricing.mode",
    "pricing.price",
    "pricing.total_cost",
    "quota.value",
    "tenant.customer_id",
    "tenant.id",
    "tenant.kind",
    "tenant.name",
    "usage.absolute.production",
    "usage.absolute.total",
    "usage.absolute.trial",
    "usage.delta.production",
    "usage.delta.total",
    "usage.delta.trial",
    "usage.effective.production",
    "usage.effective.total",
    "usage.effective.trial",
    "edition",
];

impl UsageData {
    /// The report as Acronis would store it, before gzip. UTF-8; LF at the end of a CSV's lines.
    pub fn report(&self, ask: &Ask, format: Format) -> Vec<u8> {
        let rows = self.rows(ask);
        match format {
            Format::CsvV2 => csv_v2(&rows, ask.show_skus),
            Format::JsonV2 => self.json_v2(ask, &rows),
            Format::JsonV1 => super::legacy::json_v1(&rows, ask.show_skus),
            Format::Csv => super::legacy::csv(&rows),
            Format::Html => super::legacy::html(&rows),
        }
    }

    fn json_v2(&self, ask: &Ask, rows: &[Row]) -> Vec<u8> {
        let top = self.find(&ask.tenant_id).map_or_else(|| self.root(), |index| &self.tenants[index]);
        let report = JsonReport {
            params: Params {
                kind: ask.kind.number(),
                gen_date: seconds(ask.end, 23, 59, 59) + 1,
                begin_date: seconds(ask.start, 0, 0, 0),
                end_date: seconds(ask.end, 23, 59, 59),
                group_id: 1_000 + self.find(&ask.tenant_id).unwrap_or(0),
                name: &top.name,
                report_level: ask.level.number(),
                report_type: ask.kind.number(),
            },
            tenants: rows.iter().map(|row| JsonRow::of(row, ask.show_skus)).collect(),
        };
        json_bytes(&report)
    }
}

/// These types hold nothing that JSON cannot say.
pub(super) fn json_bytes(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).unwrap_or_default()
}

fn seconds(day: Date, hour: i8, minute: i8, second: i8) -> i64 {
    day.to_datetime(time(hour, minute, second, 0)).to_zoned(TimeZone::UTC).map_or(0, |zoned| zoned.timestamp().as_second())
}

/// Writes records that are all as long as the first.
pub(super) fn csv_bytes(records: impl Iterator<Item = Vec<String>>) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for record in records {
        // Writing to memory cannot fail.
        let _ = writer.write_record(record);
    }
    writer.into_inner().unwrap_or_default()
}

fn csv_v2(rows: &[Row], show_skus: bool) -> Vec<u8> {
    let mut header: Vec<_> = COLUMNS.iter().map(|c| c.to_string()).collect();
    if show_skus {
        header.push("sku".into());
    }
    csv_bytes(std::iter::once(header).chain(rows.iter().map(|row| cells(row, show_skus))))
}

/// A row's cells in the order of [`COLUMNS`].
fn cells(row: &Row, show_skus: bool) -> Vec<String> {
    let item = &row.item;
    let infra = |part: fn(&super::Infra) -> &String| row.infra.as_ref().map_or("", |infra| part(infra));
    let mut cells = vec![
        item.application_id.clone(),
        item.application_name.clone(),
        row.date.to_string(),
        infra(|i| &i.backend_type).into(),
        infra(|i| &i.id).into(),
        infra(|i| &i.name).into(),
        infra(|i| &i.owner_id).into(),
        if item.is_range { "True" } else { "False" }.into(),
        item.unit.clone(),
        item.name.clone(),
    ];
    // pricing.* and quota.value stand empty, as in the published sample.
    cells.extend(std::iter::repeat_n(String::new(), 5));
    cells.extend([row.tenant.customer_id.clone(), row.tenant.id.clone(), row.tenant.kind.as_str().into(), row.tenant.name.clone()]);
    for amounts in [row.absolute, row.delta, row.effective] {
        let Usage { production, total, trial } = amounts.into();
        cells.extend([production, total, trial].map(|n| n.to_string()));
    }
    cells.push(item.edition.clone());
    if show_skus {
        cells.push(item.sku.clone());
    }
    cells
}

#[derive(Serialize)]
struct JsonReport<'a> {
    params: Params<'a>,
    tenants: Vec<JsonRow<'a>>,
}

#[derive(Serialize)]
struct Params<'a> {
    kind: u32,
    gen_date: i64,
    begin_date: i64,
    end_date: i64,
    group_id: usize,
    name: &'a str,
    report_level: u32,
    report_type: u32,
}

/// A row nested by the dots of its column names. The shape is inferred: Acronis does not publish it.
#[derive(Serialize)]
struct JsonRow<'a> {
    application: Application<'a>,
    date: String,
    edition: Option<&'a str>,
    infra: JsonInfra<'a>,
    is_range: bool,
    measurement_unit: Option<&'a str>,
    name: &'a str,
    pricing: Pricing,
    quota: Quota,
    #[serde(skip_serializing_if = "Option::is_none")]
    sku: Option<Option<&'a str>>,
    tenant: JsonTenant<'a>,
    usage: Usages,
}

#[derive(Serialize)]
struct Application<'a> {
    id: &'a str,
    name: &'a str,
}

#[derive(Serialize)]
struct JsonInfra<'a> {
    backend_type: Option<&'a str>,
    id: Option<&'a str>,
    name: Option<&'a str>,
    owner_id: Option<&'a str>,
}

/// Always null, as it is always empty in the CSV.
#[derive(Serialize, Default)]
struct Pricing {
    currency: (),
    mode: (),
    price: (),
    total_cost: (),
}

#[derive(Serialize, Default)]
struct Quota {
    value: (),
}

#[derive(Serialize)]
struct JsonTenant<'a> {
    customer_id: Option<&'a str>,
    id: &'a str,
    kind: &'a str,
    name: &'a str,
}

#[derive(Serialize)]
struct Usages {
    absolute: Usage,
    delta: Usage,
    effective: Usage,
}

#[derive(Serialize)]
struct Usage {
    production: i64,
    total: i64,
    trial: i64,
}

impl From<Amounts> for Usage {
    fn from(amounts: Amounts) -> Usage {
        Usage { production: amounts.production, total: amounts.total(), trial: amounts.trial }
    }
}

fn filled(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}

impl<'a> JsonRow<'a> {
    fn of(row: &'a Row, show_skus: bool) -> JsonRow<'a> {
        let infra = row.infra.as_ref();
        JsonRow {
            application: Application { id: &row.item.application_id, name: &row.item.application_name },
            date: row.date.to_string(),
            edition: filled(&row.item.edition),
            infra: JsonInfra {
                backend_type: infra.and_then(|i| filled(&i.backend_type)),
                id: infra.map(|i| i.id.as_str()),
                name: infra.map(|i| i.name.as_str()),
                owner_id: infra.map(|i| i.owner_id.as_str()),
            },
            is_range: row.item.is_range,
            measurement_unit: filled(&row.item.unit),
            name: &row.item.name,
            pricing: Pricing::default(),
            quota: Quota::default(),
            sku: show_skus.then(|| filled(&row.item.sku)),
            tenant: JsonTenant {
                customer_id: filled(&row.tenant.customer_id),
                id: &row.tenant.id,
                kind: row.tenant.kind.as_str(),
                name: &row.tenant.name,
            },
            usage: Usages { absolute: row.absolute.into(), delta: row.delta.into(), effective: row.effective.into() },
        }
    }
}
