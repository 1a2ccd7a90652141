//! The outcome as a ledger for a person, and as CSV for a spreadsheet.

use anyhow::Context;
use comfy_table::presets::NOTHING;
use comfy_table::{Attribute, Cell, CellAlignment, Color, ContentArrangement, LineStyle, Table, TableStyle};
use skubill::outcome::{Accounting, Bill, Billed, Finding, Outcome, Posting, Severity};
use skubill_services::text::cut;

use crate::fail::Fail;
use crate::inert::inert;
use crate::show::{colours, one_line};

/// What a billing clerk reads: bills, postings, accounting, findings.
pub fn ledger(billed: &Billed) -> String {
    let outcome = &billed.outcome;
    let mut text = format!(
        "Bills for {} to {}, in {}: {} tenants, total {}\n\n",
        outcome.period.start,
        outcome.period.end,
        outcome.currency,
        outcome.bills.len(),
        outcome.total
    );
    if !outcome.bills.is_empty() {
        text += &section(bills(&outcome.bills));
    }
    if !outcome.postings.is_empty() {
        text += "Postings, one an enterprise\n";
        text += &section(postings(&outcome.postings));
    }
    text += "Accounting of the report's rows\n";
    text += &section(accounting(&outcome.accounting));
    if !outcome.findings.is_empty() {
        text += "Findings\n";
        text += &section(findings(&outcome.findings, &billed.unaccepted));
    }
    text
}

/// A table and the blank line after it.
pub fn section(table: Table) -> String {
    let lines: Vec<String> = table.lines().map(|line| line.trim_end().to_string()).collect();
    format!("{}\n\n", lines.join("\n"))
}

/// Columns, and nothing but a rule below the header.
const RULED: TableStyle = NOTHING.header_separator(LineStyle::none().fill('─').junction('─'));

/// A table without frame: columns, and a rule below the header.
pub fn table<const N: usize>(header: [&str; N]) -> Table {
    let mut table = Table::new();
    table.load_style(RULED).set_content_arrangement(ContentArrangement::Disabled);
    if !colours() {
        table.force_no_tty();
    }
    table.set_header(header.map(|name| Cell::new(name).add_attribute(Attribute::Bold)));
    table
}

/// A text from outside, as one line.
pub fn text(text: &str) -> Cell {
    Cell::new(one_line(text))
}

/// How many characters of a cell of a long list are shown. Each cell of a column is as wide as its widest: one text of
/// some megabytes would make all of them so.
const CELL_CHARS_MAX: usize = 120;

/// A text of a service in a long list, as one line of bounded length.
pub fn brief(text: &str) -> Cell {
    self::text(&cut(text, CELL_CHARS_MAX))
}

pub fn number(text: impl std::fmt::Display) -> Cell {
    Cell::new(text).set_alignment(CellAlignment::Right)
}

fn bills(bills: &[Bill]) -> Table {
    let mut table = table(["Tenant, category, SKU", "Name", "Quantity", "Unit", "Amount"]);
    for bill in bills {
        let enterprise = bill.enterprise.map(|enterprise| format!(", enterprise {enterprise}")).unwrap_or_default();
        let who = text(&format!("{}{enterprise}", bill.tenant_kind));
        let total = number(&bill.total).add_attribute(Attribute::Bold);
        table.add_row([text(&bill.tenant_name).add_attribute(Attribute::Bold), who, Cell::new(""), Cell::new(""), total]);
        table.add_row([text(&bill.tenant_id), text(&bill.customer_id), Cell::new(""), Cell::new(""), Cell::new("")]);
        for category in &bill.categories {
            table.add_row([
                text(&format!("  {}", category.category)),
                Cell::new(""),
                Cell::new(""),
                Cell::new(""),
                number(&category.total),
            ]);
            for usage in &category.usages {
                table.add_row([
                    text(&format!("    {}", usage.usage_type)),
                    text(&usage.usage_name),
                    number(&usage.quantity),
                    text(&usage.unit),
                    number(&usage.price),
                ]);
            }
        }
    }
    table
}

fn postings(postings: &[Posting]) -> Table {
    let mut table = table(["Enterprise", "Tenants", "Lines", "Total", "State"]);
    for posting in postings {
        let lines: usize = posting.categories.iter().map(|category| category.usages.len()).sum();
        let state = if posting.held.is_empty() {
            coloured(Cell::new("may be posted"), Color::Green)
        } else {
            coloured(Cell::new(format!("held: {}", posting.held.join(", "))), Color::Red)
        };
        table.add_row([number(posting.enterprise), number(posting.tenants.len()), number(lines), number(&posting.total), state]);
    }
    table
}

pub fn coloured(cell: Cell, colour: Color) -> Cell {
    if colours() { cell.fg(colour) } else { cell }
}

pub fn accounting(accounting: &Accounting) -> Table {
    let mut table = table(["Rows", "Billed", "No SKU", "Zero usage", "Excluded", "Unmapped", "Unpriced"]);
    let Accounting { rows, billed, no_sku, zero_usage, excluded, unmapped, unpriced } = *accounting;
    table.add_row([rows, billed, no_sku, zero_usage, excluded, unmapped, unpriced].map(number));
    table
}

/// How many row numbers a line of findings shows.
const ROWS_SHOWN: usize = 6;

pub fn findings(findings: &[Finding], unaccepted: &[u32]) -> Table {
    let mut table = table(["Severity", "Code", "About", "Rows", "What"]);
    for (index, finding) in findings.iter().enumerate() {
        let stands = unaccepted.contains(&(index as u32));
        let severity = match finding.severity {
            Severity::Error if stands => coloured(Cell::new("error"), Color::Red),
            Severity::Error => Cell::new("accepted"),
            Severity::Warning => coloured(Cell::new("warning"), Color::Yellow),
            Severity::Info => Cell::new("info"),
        };
        table.add_row([severity, text(&finding.code), text(&about(finding)), text(&rows(&finding.rows)), text(&finding.message)]);
    }
    table
}

fn about(finding: &Finding) -> String {
    let enterprise = finding.enterprise.map(|enterprise| format!("enterprise {enterprise}"));
    let parts = [finding.tenant_id.clone(), finding.sku.clone(), enterprise, finding.column.clone(), finding.acceptance.clone()];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

fn rows(rows: &[u32]) -> String {
    let shown: Vec<String> = rows.iter().take(ROWS_SHOWN).map(u32::to_string).collect();
    let more = if rows.len() > ROWS_SHOWN { format!(" and {} more", rows.len() - ROWS_SHOWN) } else { String::new() };
    shown.join(", ") + &more
}

/// The columns of the CSV, a line a usage. `amount` is the line's, `rows` are the report's row
/// numbers, separated by spaces.
pub const CSV_COLUMNS: [&str; 15] = [
    "period_start",
    "period_end",
    "currency",
    "tenant_id",
    "tenant_name",
    "tenant_kind",
    "customer_id",
    "enterprise",
    "category",
    "sku",
    "name",
    "quantity",
    "unit",
    "amount",
    "rows",
];

/// A line a usage. A text cannot start a formula in a spreadsheet; numbers stay numbers.
pub fn csv(outcome: &Outcome) -> Result<String, Fail> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(CSV_COLUMNS).context("write CSV")?;
    for bill in &outcome.bills {
        let enterprise = bill.enterprise.map(|enterprise| enterprise.to_string()).unwrap_or_default();
        for (category, usage) in bill.categories.iter().flat_map(|category| category.usages.iter().map(move |usage| (category, usage))) {
            let rows = usage.rows.iter().map(u32::to_string).collect::<Vec<_>>().join(" ");
            let [tenant_id, tenant_name, tenant_kind, customer_id, category, sku, name] = [
                &bill.tenant_id,
                &bill.tenant_name,
                &bill.tenant_kind,
                &bill.customer_id,
                &category.category,
                &usage.usage_type,
                &usage.usage_name,
            ]
            .map(|text| inert(text));
            let cells: [&str; CSV_COLUMNS.len()] = [
                &outcome.period.start,
                &outcome.period.end,
                &outcome.currency,
                &tenant_id,
                &tenant_name,
                &tenant_kind,
                &customer_id,
                &enterprise,
                &category,
                &sku,
                &name,
                &usage.quantity,
                &usage.unit,
                &usage.price,
                &rows,
            ];
            writer.write_record(cells).context("write CSV")?;
        }
    }
    let bytes = writer.into_inner().map_err(|error| Fail::World(anyhow::anyhow!("write CSV: {error}")))?;
    String::from_utf8(bytes).context("write CSV").map_err(Fail::World)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The texts of an outcome, all the same, and a credit's numbers.
    fn credit(text: &str) -> Outcome {
        let value = serde_json::json!({
            "period": {"start": "2021-08-01", "end": "2021-08-31"}, "currency": "EUR", "total": "-13.00",
            "bills": [{
                "tenant_id": text, "tenant_name": text, "tenant_kind": text, "customer_id": text, "enterprise": 292, "total": "-13.00",
                "categories": [{"category": text, "total": "-13.00", "usages": [
                    {"usage_type": text, "usage_name": text, "quantity": "-2", "unit": "each", "price": "-13.00", "rows": [1, 2]}]}],
            }],
            "postings": [], "findings": [],
            "accounting": {"rows": 2, "billed": 2, "no_sku": 0, "zero_usage": 0, "excluded": 0, "unmapped": 0, "unpriced": 0},
        });
        serde_json::from_value(value).expect("an outcome")
    }

    /// Whatever a text begins with, its cell begins with none of these; numbers are numbers.
    #[test]
    fn every_cell_of_every_beginning() {
        let texts = ["tenant_id", "tenant_name", "tenant_kind", "customer_id", "category", "sku", "name"];
        let others = [("period_start", "2021-08-01"), ("enterprise", "292"), ("quantity", "-2"), ("amount", "-13.00"), ("rows", "1 2")];
        for c in ('\0'..='\u{ffff}').filter(|c| !c.is_alphanumeric()) {
            for text in [format!("{c}1+1"), format!("{c}=1+1"), format!("{c}{c}\",=1\n-2")] {
                let csv = csv(&credit(&text)).expect("CSV");
                let mut reader = csv::Reader::from_reader(csv.as_bytes());
                let header = reader.headers().expect("a header").clone();
                let record = reader.records().next().expect("a line").expect("CSV");
                for (name, cell) in header.iter().zip(&record) {
                    let begins = cell.trim_start().starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '﹢', '−', '﹫']);
                    assert!(!(texts.contains(&name) && begins), "{name}: {cell:?} of {text:?}");
                }
                for (name, expected) in others {
                    let at = header.iter().position(|column| column == name).expect("a column");
                    assert_eq!(&record[at], expected, "{name} beside {text:?}");
                }
                assert_eq!(reader.records().count(), 0, "a text makes no line: {text:?}");
            }
        }
    }
}
