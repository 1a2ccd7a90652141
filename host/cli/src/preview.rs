//! `skubill preview`: bills a report file, offline.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use skubill::bill::{Biller, Job};
use skubill::sandbox::Bounds;

use crate::exit::Exit;
use crate::fail::Fail;
use crate::{cost, input, ledger, show};

#[derive(Args)]
pub struct Preview {
    /// The report: csv_v2_0 or json_v2_0, plain or gzip; `-` for stdin.
    report: PathBuf,
    /// The price book, JSON or CSV.
    #[arg(long, value_name = "FILE")]
    prices: PathBuf,
    /// The customers file, JSON or CSV; without it there are bills and no postings.
    #[arg(long, value_name = "FILE")]
    customers: Option<PathBuf>,
    #[command(flatten)]
    job: JobArgs,
    /// Compute everything again on a second engine, and compare byte by byte.
    #[arg(long)]
    verify: bool,
    /// Print work, memory, bytes and time of the run to stderr.
    #[arg(long)]
    cost: bool,
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

/// What is billed unless another column is named.
const MEASURE: &str = "usage.effective.production";

/// How a report is to be billed.
#[derive(Args)]
pub struct JobArgs {
    /// The month, YYYY-MM; without it, the month of the report's latest date.
    #[arg(long, value_name = "YYYY-MM")]
    pub period: Option<String>,
    /// The report's root tenant; its own rows are excluded unless the customers file maps it.
    #[arg(long, value_name = "TENANT")]
    pub root: Option<String>,
    /// The level of the report: direct_partners, all_partners, all_customers, accounts or itself.
    #[arg(long, value_name = "LEVEL")]
    pub level: Option<String>,
    /// The usage column to bill; or usage.billable: absolute production, and delta production of rows that are is_range.
    #[arg(long, value_name = "NAME", default_value = MEASURE)]
    pub measure: String,
    /// Accept a finding: CODE, or CODE:SUBJECT with a SKU, tenant or enterprise; may be repeated.
    #[arg(long, value_name = "CODE[:SUBJECT]")]
    pub accept: Vec<String>,
    /// Template of the names of a posting's usages, such as "{name} ({quantity} {unit})".
    #[arg(long, value_name = "TEMPLATE")]
    pub usage_name: Option<String>,
    /// Set a limit of the component (`rows=1000`) or of the sandbox (`memory_bytes`, `fuel`,
    /// `time_milliseconds`); may be repeated.
    #[arg(long, value_name = "NAME=NUMBER")]
    pub limit: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// What a billing clerk reads.
    Table,
    /// The outcome, stable.
    Json,
    /// A line a usage, for a spreadsheet.
    Csv,
}

impl JobArgs {
    pub fn job(&self) -> Result<(Job, Bounds), Fail> {
        let (limits, bounds) = input::limits(&self.limit)?;
        let job = Job {
            period: self.period.clone(),
            root: self.root.clone(),
            level: self.level.clone(),
            measure: Some(self.measure.clone()),
            accept: self.accept.clone(),
            usage_name: self.usage_name.clone(),
            limits,
            ..Job::default()
        };
        Ok((job, bounds))
    }

    /// None of the flags is given.
    pub fn says_nothing(&self) -> bool {
        let named = self.period.is_some() || self.root.is_some() || self.level.is_some() || self.measure != MEASURE;
        !named && self.usage_name.is_none() && self.accept.is_empty() && self.limit.is_empty()
    }
}

impl Preview {
    pub fn wants_json(&self) -> bool {
        self.format == Format::Json
    }

    pub fn run(&self) -> Result<Exit, Fail> {
        let (job, bounds) = self.job.job()?;
        let prices = input::read(&self.prices)?;
        let customers = self.customers.as_deref().map(input::read).transpose()?;
        let report = input::open(&self.report)?;
        let biller = Biller::new()?.with_bounds(bounds);
        let biller = if self.verify { biller.with_verification()? } else { biller };
        let answer = biller.bill(&job, report, &prices, customers.as_deref())?;
        match self.format {
            Format::Json => {
                show::print(answer.outcome_json()?)?;
                show::print("\n")?;
            }
            Format::Table => show::print(&ledger::ledger(&answer.billed()?))?,
            Format::Csv => show::print(&ledger::csv(&answer.billed()?.outcome)?)?,
        }
        if self.cost {
            eprintln!("{}", if self.wants_json() { cost::json(&answer.cost) } else { cost::line(&answer.cost) });
        }
        Ok(if answer.is_blocked()? { Exit::Findings } else { Exit::Done })
    }
}
