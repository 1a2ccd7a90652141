//! `skubill explain`: one line of a bill in words and numbers, from the report's own bytes to the cent.

use std::path::{Path, PathBuf};

use clap::Args;
use comfy_table::Cell;
use skubill::bill::Biller;
use skubill::explanation::{ExplainedLine, Explanation, Step, UsedPrice};
use skubill::job::ExplainJob;
use skubill::word::{RowOutcome, StepKind};
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
        let task = serde_json::to_string(&ExplainJob { tenant_id: tenant_id.into(), sku: sku.into(), day: None, job })
            .map_err(skubill::bill::Error::Answer)?;
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
            Cell::new(row.outcome.name().replace('_', " ")),
        ]);
    }
    table
}

fn of_line(line: &ExplainedLine, explanation: &Explanation, currency: &str) -> String {
    let UsedPrice { place, name, model, unit, .. } = &line.price;
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
    let of_the_report =
        explanation.rows.iter().find(|row| row.outcome == RowOutcome::Billed).map(|row| row.unit.as_str()).unwrap_or_default();
    match step.kind {
        StepKind::Sum => {
            format!("the rows added up {}", if of_the_report.is_empty() { String::new() } else { format!("({of_the_report})") })
                .trim_end()
                .into()
        }
        StepKind::Absolute => "below zero: a credit, rated by its absolute value".into(),
        StepKind::Convert => format!("in {unit}"),
        StepKind::RoundQuantity => "the quantity rounded".into(),
        StepKind::Included => "less what is included".into(),
        StepKind::Price => "priced".into(),
        StepKind::Tier => "a tier".into(),
        StepKind::Fee => "the tier's fee".into(),
        StepKind::Tiers => "all tiers".into(),
        StepKind::Packages => "packages begun".into(),
        StepKind::Flat => "flat".into(),
        StepKind::Free => "free of charge".into(),
        StepKind::PriceFactor => "the price's factor".into(),
        StepKind::CustomerFactor => "the customer's factor".into(),
        StepKind::BookFactor => "the price book's factor".into(),
        StepKind::Minimum => "not below the minimum".into(),
        StepKind::Maximum => "not above the maximum".into(),
        StepKind::Credit => "the credit".into(),
        StepKind::ToDate => "the part of the month that is over".into(),
        StepKind::Round => "rounded, once".into(),
    }
}

/// What it takes, as it is written by hand.
fn with(step: &Step) -> String {
    let by = step.by.as_deref().unwrap_or_default();
    match (step.kind, &step.of) {
        (StepKind::Round | StepKind::RoundQuantity, _) => by.replacen(' ', " places, ", 1),
        (StepKind::Convert, _) => format!("÷ {by}"),
        (StepKind::Packages, _) => format!("of {by}"),
        (StepKind::Included, _) => format!("− {by}"),
        (StepKind::Fee, _) => format!("+ {by}"),
        (_, Some(of)) => format!("{of} × {by}"),
        (StepKind::PriceFactor | StepKind::CustomerFactor | StepKind::BookFactor | StepKind::ToDate, _) => format!("× {by}"),
        _ => by.into(),
    }
}
