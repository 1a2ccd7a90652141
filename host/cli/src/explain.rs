//! `skubill explain`: one line of a bill in words and numbers, from the report's own bytes to the cent.

use std::path::{Path, PathBuf};

use clap::Args;
use comfy_table::Cell;
use serde::{Deserialize, Serialize};
use skubill::bill::{Biller, Job};
use skubill::outcome::{Finding, Period};
use skubill_runner::evidence::{self, Kept};

use crate::check::Format;
use crate::exit::Exit;
use crate::fail::Fail;
use crate::ledger::{findings, number, section, table, text};
use crate::preview::JobArgs;
use crate::replay::vouched;
use crate::show::{one_line, quoted};
use crate::{input, show};

/// For a past run: `skubill explain RUN TENANT SKU`, with the job of that run. For files, offline:
/// `skubill explain --report FILE --prices FILE TENANT SKU`, with the flags of `preview`.
#[derive(Args)]
#[command(override_usage = "skubill explain [OPTIONS] <RUN> <TENANT> <SKU>\n       \
                            skubill explain [OPTIONS] --report <FILE> --prices <FILE> <TENANT> <SKU>")]
pub struct Explain {
    /// The run's folder; omitted with --report.
    #[arg(value_name = "RUN")]
    first: String,
    /// The tenant's id.
    #[arg(value_name = "TENANT")]
    second: String,
    /// The SKU.
    #[arg(value_name = "SKU")]
    third: Option<String>,
    /// The report: csv_v2_0 or json_v2_0, plain or gzip; `-` for stdin.
    #[arg(long, value_name = "FILE", requires = "prices")]
    report: Option<PathBuf>,
    /// The price book, JSON or CSV.
    #[arg(long, value_name = "FILE", requires = "report")]
    prices: Option<PathBuf>,
    /// The customers file, JSON or CSV.
    #[arg(long, value_name = "FILE", requires = "report")]
    customers: Option<PathBuf>,
    /// Explain a folder that was handed on without its journal, which could confirm it.
    #[arg(long, conflicts_with = "report")]
    without_journal: bool,
    #[command(flatten)]
    job: JobArgs,
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

/// What the component is asked: the contract's `explain`.
#[derive(Serialize)]
struct Task<'a> {
    tenant_id: &'a str,
    sku: &'a str,
    job: &'a Job,
}

#[derive(Deserialize)]
struct Explanation {
    tenant_id: String,
    sku: String,
    period: Period,
    currency: String,
    measure: String,
    rows: Vec<Row>,
    line: Option<Line>,
    findings: Vec<Finding>,
}

#[derive(Deserialize)]
struct Row {
    row: u64,
    date: Option<String>,
    name: String,
    unit: String,
    value: String,
    outcome: String,
    text: String,
}

#[derive(Deserialize)]
struct Line {
    tenant_name: String,
    enterprise: Option<u64>,
    category: String,
    price: Price,
    steps: Vec<Step>,
    quantity: String,
    exact: String,
    amount: String,
}

#[derive(Deserialize)]
struct Price {
    place: String,
    name: String,
    model: String,
    unit: String,
    for_tenant: bool,
}

#[derive(Deserialize)]
struct Step {
    kind: String,
    of: Option<String>,
    by: Option<String>,
    result: String,
}

impl Explain {
    pub fn wants_json(&self) -> bool {
        self.format == Format::Json
    }

    pub fn run(&self) -> Result<Exit, Fail> {
        let (first, second) = (&self.first, &self.second);
        let answer = match (&self.third, &self.report, &self.prices) {
            (None, Some(report), Some(prices)) => self.of_files(report, prices, first, second)?,
            (Some(sku), None, None) => self.of_a_run(Path::new(first), second, sku)?,
            (_, None, _) => return Err(Fail::Usage("write RUN TENANT SKU, or --report FILE --prices FILE TENANT SKU".into())),
            _ => return Err(Fail::Usage("with --report write TENANT SKU, and no run".into())),
        };
        let explanation: Explanation = serde_json::from_str(&answer).map_err(skubill::bill::Error::Answer)?;
        if explanation.rows.is_empty() {
            let (tenant, sku) = (&explanation.tenant_id, &explanation.sku);
            return Err(Fail::Usage(format!("no row of the report has the tenant {} and the SKU {}", quoted(tenant), quoted(sku))));
        }
        show::print(&match self.format {
            Format::Json => format!("{answer}\n"),
            Format::Text => as_text(&explanation),
        })?;
        Ok(Exit::Done)
    }

    fn of_files(&self, report: &Path, prices: &Path, tenant_id: &str, sku: &str) -> Result<String, Fail> {
        let (job, bounds) = self.job.job()?;
        let task = serde_json::to_string(&Task { tenant_id, sku, job: &job }).map_err(skubill::bill::Error::Answer)?;
        let prices = input::read(prices)?;
        let customers = self.customers.as_deref().map(input::read).transpose()?;
        let report = input::open(report)?;
        Ok(Biller::new()?.with_bounds(bounds).explain(&task, report, &prices, customers.as_deref())?)
    }

    fn of_a_run(&self, run: &Path, tenant_id: &str, sku: &str) -> Result<String, Fail> {
        if !self.job.says_nothing() {
            return Err(Fail::Usage("a run is explained by its own job: --period and the like go with --report".into()));
        }
        let kept = Kept::open(run).map_err(wrong)?;
        vouched(&kept, self.without_journal).map_err(wrong)?;
        evidence::explain(&kept, tenant_id, sku).map_err(wrong)
    }
}

fn wrong(error: evidence::Error) -> Fail {
    match error {
        evidence::Error::Bill(error) => Fail::Bill(error),
        error => Fail::World(error.into()),
    }
}

fn as_text(explanation: &Explanation) -> String {
    let Explanation { tenant_id, sku, period, currency, .. } = explanation;
    let name = explanation.line.as_ref().map(|line| format!("{}, ", line.tenant_name)).unwrap_or_default();
    let mut said = format!("{}, SKU {}, {} to {}\n\n", one_line(&format!("{name}{tenant_id}")), one_line(sku), period.start, period.end);
    said += "Rows of the report\n";
    said += &section(rows(explanation));
    said += "As they stand there\n";
    for row in &explanation.rows {
        said += &format!("{:>7}  {}\n", row.row, one_line(&row.text));
    }
    said += "\n";
    match &explanation.line {
        Some(line) => said += &of_line(line, explanation, currency),
        None => said += "No row is billed: there is no line\n\n",
    }
    if !explanation.findings.is_empty() {
        said += "Findings\n";
        let all: Vec<u32> = (0..explanation.findings.len() as u32).collect();
        said += &section(findings(&explanation.findings, &all));
    }
    said
}

fn rows(explanation: &Explanation) -> comfy_table::Table {
    let mut table = table(["Row", "Date", "Item", "Unit", &explanation.measure, "What became of it"]);
    for row in &explanation.rows {
        table.add_row([
            number(row.row),
            Cell::new(row.date.as_deref().unwrap_or_default()),
            text(&row.name),
            text(&row.unit),
            number(&row.value),
            Cell::new(row.outcome.replace('_', " ")),
        ]);
    }
    table
}

fn of_line(line: &Line, explanation: &Explanation, currency: &str) -> String {
    let Price { place, name, model, unit, .. } = &line.price;
    let own = if line.price.for_tenant { ", for this tenant alone" } else { "" };
    let mut said = format!("The line: {} in {}\n", one_line(name), one_line(&line.category));
    said += &format!("Its price: {place} of the price book, {model}, by {unit}{own}\n\n");
    let mut table = table(["Step", "With", "Result"]);
    for step in &line.steps {
        table.add_row([text(&what(step, explanation, unit)), text(&with(step)), number(&step.result)]);
    }
    said += &section(table);
    let enterprise = line.enterprise.map(|enterprise| format!(", posted to enterprise {enterprise}")).unwrap_or_default();
    said += &format!("{} {currency} for {} {unit}{enterprise}; before the rounding it was {}\n\n", line.amount, line.quantity, line.exact);
    said
}

/// A step in words.
fn what(step: &Step, explanation: &Explanation, unit: &str) -> String {
    let of_the_report = explanation.rows.iter().find(|row| row.outcome == "billed").map(|row| row.unit.as_str()).unwrap_or_default();
    match step.kind.as_str() {
        "sum" => format!("the rows added up {}", if of_the_report.is_empty() { String::new() } else { format!("({of_the_report})") })
            .trim_end()
            .into(),
        "absolute" => "below zero: a credit, rated by its absolute value".into(),
        "convert" => format!("in {unit}"),
        "round-quantity" => "the quantity rounded".into(),
        "included" => "less what is included".into(),
        "price" => "priced".into(),
        "tier" => "a tier".into(),
        "fee" => "the tier's fee".into(),
        "tiers" => "all tiers".into(),
        "packages" => "packages begun".into(),
        "flat" => "flat".into(),
        "free" => "free of charge".into(),
        "price-factor" => "the price's factor".into(),
        "customer-factor" => "the customer's factor".into(),
        "book-factor" => "the price book's factor".into(),
        "minimum" => "not below the minimum".into(),
        "maximum" => "not above the maximum".into(),
        "credit" => "the credit".into(),
        "to-date" => "the part of the month that is over".into(),
        "round" => "rounded, once".into(),
        other => other.into(),
    }
}

/// What it takes, as it is written by hand.
fn with(step: &Step) -> String {
    let by = step.by.as_deref().unwrap_or_default();
    match (step.kind.as_str(), &step.of) {
        ("round" | "round-quantity", _) => by.replacen(' ', " places, ", 1),
        ("convert", _) => format!("÷ {by}"),
        ("packages", _) => format!("of {by}"),
        ("included", _) => format!("− {by}"),
        ("fee", _) => format!("+ {by}"),
        (_, Some(of)) => format!("{of} × {by}"),
        ("price-factor" | "customer-factor" | "book-factor" | "to-date", _) => format!("× {by}"),
        _ => by.into(),
    }
}
