//! `skubill run`: the month, from the report to the posted bills.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, ValueEnum};
use comfy_table::{Cell, Table};
use serde_json::json;
use skubill::config::Config;
use skubill::month::{self, AccountResult, BillingResult, Difference, Fate, Month, Period, Posted, Stop, Trouble};

use crate::exit::Exit;
use crate::fail::Fail;
use crate::ledger::{number, section, table, text};
use crate::signals::Signals;
use crate::{bars, show};

#[derive(Args)]
pub struct Run {
    #[arg(long, value_name = "FILE", default_value = "skubill.toml")]
    config: PathBuf,
    /// The month, YYYY-MM; it must be over.
    #[arg(long, value_name = "YYYY-MM")]
    period: String,
    /// Fetch, bill and look up, but post nothing.
    #[arg(long)]
    dry_run: bool,
    /// Where Abiquo holds another bill of this period, delete it and post this one.
    #[arg(long)]
    replace: bool,
    /// Have a new report made, also where an earlier run had one made for this period.
    #[arg(long)]
    new_report: bool,
    /// Compute everything on a second engine too, and compare the bytes before anything is posted.
    #[arg(long)]
    verify: bool,
    /// Let a finding pass: CODE, or CODE:SUBJECT with a SKU, tenant or enterprise; `new-provider` lets bills be posted for a
    /// provider that Abiquo does not list yet, `enterprise-name` to an enterprise that Abiquo calls something else.
    #[arg(long, value_name = "CODE[:SUBJECT]")]
    accept: Vec<String>,
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    Table,
    Json,
}

impl Run {
    pub fn wants_json(&self) -> bool {
        self.format == Format::Json
    }

    pub fn run(&self) -> Result<Exit, Fail> {
        let period: Period = self.period.parse().map_err(|error: month::Error| Fail::Usage(error.to_string()))?;
        let config = Config::load(&self.config).map_err(|error| Fail::Usage(error.to_string()))?;
        let month = Month::new(config)?;
        let mut month = if self.verify { month.verified()? } else { month };
        month.accept.clone_from(&self.accept);
        (month.dry_run, month.replace, month.new_report) = (self.dry_run, self.replace, self.new_report);
        let month = Arc::new(month);
        let results = stoppable(&month.stop, Arc::clone(&month).run(&period, Arc::new(bars::Bars::new())))?;
        let head = month.journal_head()?.to_string();
        match self.format {
            Format::Json => show::print(&format!("{}\n", show::json(&as_json(&results, &head).to_string())))?,
            Format::Table => {
                results.iter().try_for_each(|result| show::print(&account(result)))?;
                let billings = results.iter().filter_map(|account| account.result.as_ref().ok()).flatten();
                billings.into_iter().try_for_each(|billing| show::print(&evidence(&billing.evidence)))?;
                show::print(&journal_head(&head))?;
            }
        }
        say_failures(&results);
        Ok(exit(&results))
    }
}

/// The runtime of the commands that talk to the world.
pub fn runtime() -> Result<tokio::runtime::Runtime, Fail> {
    tokio::runtime::Runtime::new().map_err(|error| Fail::World(error.into()))
}

/// Run until it is done. Ctrl-C, SIGTERM and SIGHUP end it between two steps; a second one ends it at once, and the next
/// run looks up what this one did.
pub fn stoppable<T>(stop: &Stop, work: impl Future<Output = Result<T, month::Error>>) -> Result<T, Fail> {
    let stop = stop.clone();
    runtime()?.block_on(async move {
        let mut signals = Signals::new().map_err(|error| Fail::World(anyhow::Error::new(error).context("listen for signals")))?;
        tokio::spawn(async move {
            signals.next().await;
            eprintln!("stopping after this step; a second signal ends at once");
            stop.ask();
            signals.next().await;
            std::process::exit(i32::from(Exit::World as u8));
        });
        Ok(work.await?)
    })
}

/// Where what a bill was made of is kept.
pub fn evidence(folder: &Path) -> String {
    format!("Evidence {}\n", show::printable(&folder.display().to_string()))
}

/// What is to be kept elsewhere: with it, nobody can change what the journal says unseen.
pub fn journal_head(head: &str) -> String {
    format!("Journal head {head}\n")
}

/// What failed is said on stderr as well: stdout may be in a file.
pub fn say_failures<T>(results: &[AccountResult<T>]) {
    for account in results {
        if let Err(error) = &account.result {
            eprintln!("account {}: {}", show::one_line(&account.account), show::printable(&error.to_string()));
        }
    }
}

/// How a month ends: the worst of what became of its postings.
fn exit(results: &[AccountResult]) -> Exit {
    let troubles = results.iter().map(|account| {
        let troubles = |billings: &Vec<BillingResult>| {
            billings.iter().flat_map(|billing| &billing.postings).filter_map(|posted| posted.fate.trouble()).max()
        };
        account.result.as_ref().map(troubles)
    });
    let findings =
        results.iter().filter_map(|account| account.result.as_ref().ok()).flatten().any(|billing| !billing.billed.unaccepted.is_empty());
    ending(troubles, findings)
}

/// How a command over several accounts ends, by what was in the way in each of them.
pub fn ending<'a>(accounts: impl Iterator<Item = Result<Option<Trouble>, &'a month::Error>>, findings: bool) -> Exit {
    let mut worst = None;
    let mut inputs = None;
    for account in accounts {
        match account {
            Ok(trouble) => worst = worst.max(trouble),
            Err(error) => match Fail::of_month(error) {
                Some(exit) => inputs = inputs.or(Some(exit)),
                None => worst = worst.max(Some(error.trouble())),
            },
        }
    }
    match (worst, inputs) {
        (Some(Trouble::Unknown), _) => Exit::Unknown,
        (Some(Trouble::World), _) => Exit::World,
        (_, Some(exit)) => exit,
        (Some(Trouble::Blocked), None) => Exit::Findings,
        (None, None) if findings => Exit::Findings,
        (None, None) => Exit::Done,
    }
}

/// What became of an account, for a person.
pub fn account(result: &AccountResult) -> String {
    match &result.result {
        Err(error) => format!("Account {}: {}\n\n", show::one_line(&result.account), show::printable(&error.to_string())),
        Ok(billings) => billings.iter().map(|billing| one_billing(&result.account, billing)).collect(),
    }
}

fn one_billing(account: &str, billing: &BillingResult) -> String {
    let outcome = &billing.billed.outcome;
    let account = show::one_line(account);
    let mut said = format!("Account {account}, provider {}: {} to {}\n\n", billing.provider, outcome.period.start, outcome.period.end);
    said += &crate::ledger::ledger(&billing.billed);
    if !billing.postings.is_empty() {
        said += "Abiquo\n";
        said += &section(postings(&billing.postings, &outcome.currency));
    }
    if billing.new_provider {
        said += &new_provider(&billing.provider);
    }
    said
}

/// What a provider that Abiquo does not list means.
pub fn new_provider(provider: &str) -> String {
    format!(
        "Abiquo does not list the provider {provider}. A bill under a new name hides the last bills of all providers on its dashboard until the name\n\
         is configured there. Nothing was posted; `--accept {}` posts.\n\n",
        month::NEW_PROVIDER
    )
}

pub fn postings(postings: &[Posted], currency: &str) -> Table {
    let mut table = table(["Enterprise", "Total", "", "What became of it"]);
    for posted in postings {
        table.add_row([number(posted.enterprise), number(&posted.total), Cell::new(currency), text(&fate(&posted.fate))]);
    }
    table
}

pub fn fate(fate: &Fate) -> String {
    match fate {
        Fate::Posted => "posted".into(),
        Fate::AlreadyThere => "there already, and equal: nothing sent".into(),
        Fate::Recorded => "this day, or a later one, is recorded already: nothing sent".into(),
        Fate::Nothing => "no cost to record".into(),
        Fate::DryRun => "would be posted".into(),
        Fate::Held { codes } => format!("held by {}", codes.join(", ")),
        Fate::NewProvider => "not posted: the provider is new to Abiquo".into(),
        Fate::WrongEnterprise { customers_file, abiquo } => format!(
            "not posted: the customers file calls this enterprise {}, Abiquo {}; `--accept {}:ENTERPRISE` posts",
            show::quoted(customers_file),
            show::quoted(abiquo),
            month::ENTERPRISE_NAME
        ),
        Fate::Unknown { reason } => format!("UNKNOWN: {reason}"),
        Fate::Failed { reason } => format!("not posted: {reason}"),
        Fate::Different { differences } => format!("blocked, Abiquo holds another bill: {}", lines(differences)),
        Fate::Replaced { differences } => format!("posted in place of another bill: {}", lines(differences)),
        Fate::OutOfBounds { excesses } => {
            let excess = |excess: &month::Excess| format!("{} (`--accept {}` posts)", excess.message, excess.code);
            format!("not posted: {}", excesses.iter().map(excess).collect::<Vec<_>>().join("; "))
        }
        Fate::Stopped => "not reached: the run was asked to stop".into(),
    }
}

fn lines(differences: &[Difference]) -> String {
    let side = |side: &Option<String>| side.clone().unwrap_or_else(|| "nothing".into());
    let line = |d: &Difference| format!("{} / {}: {} {} here, {} there", d.category, d.usage_type, d.kind, side(&d.posting), side(&d.held));
    differences.iter().map(line).collect::<Vec<_>>().join("; ")
}

fn as_json(results: &[AccountResult], journal_head: &str) -> serde_json::Value {
    let mut accounts = Vec::new();
    for result in results {
        accounts.push(match &result.result {
            Err(error) => json!({"account": result.account, "error": error.to_string()}),
            Ok(billings) => {
                let billings = billings.iter().map(|billing| {
                    json!({"provider": billing.provider, "outcome": billing.billed.outcome, "postings": billing.postings, "new_provider": billing.new_provider, "evidence": billing.evidence})
                });
                json!({"account": result.account, "billings": billings.collect::<Vec<_>>()})
            }
        });
    }
    json!({"accounts": accounts, "journal_head": journal_head})
}
