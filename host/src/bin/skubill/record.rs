//! `skubill record`: the day, posted as cost records by category.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use jiff::ToSpan;
use jiff::civil::Date;
use serde_json::json;
use skubill::config::Config;
use skubill::month::{AccountResult, DayResult, Month};

use crate::exit::Exit;
use crate::fail::Fail;
use crate::ledger::{accounting, findings, number, section, table, text};
use crate::run::{Format, ending, fate, journal_head, new_provider, say_failures, stoppable};
use crate::{bars, show};

#[derive(Args)]
pub struct Record {
    #[arg(long, value_name = "FILE", default_value = "skubill.toml")]
    config: PathBuf,
    /// The day, YYYY-MM-DD; yesterday (UTC) unless named.
    #[arg(long, value_name = "D")]
    date: Option<String>,
    /// Fetch, bill and look up, but post nothing.
    #[arg(long)]
    dry_run: bool,
    /// Compute everything on a second engine too, and compare the bytes before anything is posted.
    #[arg(long)]
    verify: bool,
    /// Let a finding pass: CODE, or CODE:SUBJECT with a SKU, tenant or enterprise; also `new-provider` and `enterprise-name`, as
    /// of `run`.
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
        let month = Month::new(config)?;
        let mut month = if self.verify { month.verified()? } else { month };
        month.accept.clone_from(&self.accept);
        month.dry_run = self.dry_run;
        let month = Arc::new(month);
        let results = stoppable(&month.stop, Arc::clone(&month).record(day, Arc::new(bars::Bars::new())))?;
        let head = month.journal_head()?.to_string();
        match self.format {
            Format::Json => show::print(&format!("{}\n", show::json(&as_json(&results, &head).to_string())))?,
            Format::Table => {
                results.iter().try_for_each(|result| show::print(&account(result)))?;
                show::print(&journal_head(&head))?;
            }
        }
        say_failures(&results);
        let troubles = results.iter().map(|account| {
            let troubles =
                |days: &Vec<DayResult>| days.iter().flat_map(|day| &day.registers).filter_map(|register| register.fate.trouble()).max();
            account.result.as_ref().map(troubles)
        });
        let findings =
            results.iter().filter_map(|account| account.result.as_ref().ok()).flatten().any(|day| !day.day.unaccepted.is_empty());
        Ok(ending(troubles, findings))
    }
}

/// What became of an account's day, for a person.
pub fn account(result: &AccountResult<DayResult>) -> String {
    let days = match &result.result {
        Err(error) => return format!("Account {}: {}\n\n", show::one_line(&result.account), show::printable(&error.to_string())),
        Ok(days) => days,
    };
    let mut said = String::new();
    for day in days {
        said += &format!(
            "Account {}, provider {}: {}, day {} of {}\n",
            show::one_line(&result.account),
            day.provider,
            day.day.date,
            day.day.number,
            day.day.days
        );
        let mut table = table(["Enterprise", "Cost of the day", "What became of it", "Estimate", "Abiquo's"]);
        for register in &day.registers {
            let estimates = [&register.estimate, &register.abiquo_estimate]
                .map(|estimate| number(show::one_line(estimate.as_deref().unwrap_or("none"))));
            let [ours, theirs] = estimates;
            table.add_row([number(register.enterprise), number(&register.total), text(&fate(&register.fate)), ours, theirs]);
        }
        said += &section(table);
        said += "Accounting of the report's rows\n";
        said += &section(accounting(&day.day.accounting));
        if !day.day.findings.is_empty() {
            said += "Findings\n";
            said += &section(findings(&day.day.findings, &day.day.unaccepted));
        }
        if day.new_provider {
            said += &new_provider(&day.provider);
        }
    }
    said
}

fn as_json(results: &[AccountResult<DayResult>], journal_head: &str) -> serde_json::Value {
    let accounts = results.iter().map(|account| match &account.result {
        Err(error) => json!({"account": account.account, "error": error.to_string()}),
        Ok(days) => {
            let billings = days
                .iter()
                .map(|day| json!({"provider": day.provider, "day": day.day, "registers": day.registers, "new_provider": day.new_provider, "evidence": day.evidence}));
            json!({"account": account.account, "billings": billings.collect::<Vec<_>>()})
        }
    });
    json!({"accounts": accounts.collect::<Vec<_>>(), "journal_head": journal_head})
}
