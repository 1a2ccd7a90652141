//! `skubill record`: the day, posted as cost records by category.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use jiff::ToSpan;
use jiff::civil::Date;
use serde_json::{Value, json};
use skubill_runner::config::Config;
use skubill_runner::month::{AccountResult, BillingRun, DayResult};

use crate::exit::Exit;
use crate::fail::Fail;
use crate::ledger::{self, accounting, findings, number, section, text};
use crate::run::{Format, accounts_as_json, each_billing, ending, journal_head, new_provider, noise, say_failures, status, stoppable};
use crate::{bars, show};

#[derive(Args)]
pub struct Record {
    /// The configuration.
    #[arg(long, value_name = "FILE", default_value = "skubill.toml")]
    config: PathBuf,
    /// The day, YYYY-MM-DD; by default yesterday (UTC).
    #[arg(long, value_name = "D")]
    date: Option<String>,
    /// Fetch, bill and look up, but post nothing.
    #[arg(long)]
    dry_run: bool,
    /// Compute everything on a second engine too, and compare the bytes before anything is posted.
    #[arg(long)]
    verify: bool,
    /// Accept a finding: CODE, or CODE:SUBJECT with a SKU, tenant or enterprise; may be repeated. `new-provider` and
    /// `enterprise-name` as for `run`.
    #[arg(long, value_name = "CODE[:SUBJECT]")]
    accept: Vec<String>,
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

impl Record {
    pub fn wants_json(&self) -> bool {
        self.format == Format::Json
    }

    pub fn run(&self) -> Result<Exit, Fail> {
        let today = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
        let day: Date = match &self.date {
            Some(text) => text.parse().map_err(|_| Fail::Usage(format!("--date {text}: write YYYY-MM-DD")))?,
            None => today.checked_sub(1.day()).unwrap_or(today),
        };
        if day >= today {
            return Err(Fail::Usage(format!("--date {day}: the day is not over (it is {today}, UTC)")));
        }
        let config = Config::load(&self.config).map_err(|error| Fail::Usage(error.to_string()))?;
        let month = BillingRun::new(config)?;
        let mut month = if self.verify { month.verified()? } else { month };
        month.accept.clone_from(&self.accept);
        month.dry_run = self.dry_run;
        let month = Arc::new(month);
        let results = stoppable(&month.stop, Arc::clone(&month).record(day, Arc::new(bars::Bars::new())))?;
        // What was posted is told whatever fails from here on.
        let head = month.journal_head().map(|head| head.to_string());
        let shown = match self.format {
            Format::Json => show::print(&format!("{}\n", show::json(&as_json(&results, head.as_deref().ok()).to_string()))),
            Format::Table => table(&results, head.as_deref().ok()),
        };
        say_failures(&results);
        shown?;
        head?;
        let failures = |day: &DayResult| day.registers.iter().filter_map(|register| register.status.failure()).max();
        Ok(ending(&results, failures, |day| !day.day.unaccepted.is_empty()))
    }
}

fn table(results: &[AccountResult<DayResult>], head: Option<&str>) -> Result<(), Fail> {
    results.iter().try_for_each(|result| show::print(&account(result)))?;
    head.map_or(Ok(()), |head| show::print(&journal_head(head)))
}

/// What became of an account's day, for a person.
pub fn account(result: &AccountResult<DayResult>) -> String {
    each_billing(result, one_day)
}

fn one_day(account: &str, provider: &str, day: &DayResult) -> String {
    let mut said = format!("Account {account}, provider {provider}: {}, day {} of {}\n", day.day.date, day.day.number, day.day.days);
    let mut table = ledger::table(["Enterprise", "Cost of the day", "What became of it", "Estimate", "Abiquo's"]);
    for register in &day.registers {
        let [ours, theirs] =
            [&register.estimate, &register.abiquo_estimate].map(|estimate| number(show::one_line(estimate.as_deref().unwrap_or("none"))));
        let total = register.total.as_deref().unwrap_or("none");
        table.add_row([
            number(register.enterprise),
            number(total),
            text(&(status(&register.status) + &noise(&register.approximations))),
            ours,
            theirs,
        ]);
    }
    said += &section(table);
    said += "Accounting of the report's rows\n";
    said += &section(accounting(&day.day.accounting));
    if !day.day.findings.is_empty() {
        said += "Findings\n";
        said += &section(findings(&day.day.findings, &day.day.unaccepted));
    }
    if day.new_provider {
        said += &new_provider(provider);
    }
    said
}

fn as_json(results: &[AccountResult<DayResult>], journal_head: Option<&str>) -> Value {
    accounts_as_json(
        results,
        journal_head,
        |day| json!({"day": day.day, "registers": day.registers, "new_provider": day.new_provider, "evidence": day.evidence}),
    )
}
