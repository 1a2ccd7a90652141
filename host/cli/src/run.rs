//! `skubill run`: the month, from the report to the posted bills.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, ValueEnum};
use comfy_table::{Cell, Table};
use serde_json::{Value, json};
use skubill_runner::config::Config;
use skubill_runner::month::{
    self, AccountResult, BillingResult, BillingRun, Difference, FailureClass, Period, Posted, PostingStatus, ProviderResult, Stop,
};
use skubill_runner::reconcile::Approximation;

use crate::exit::Exit;
use crate::fail::Fail;
use crate::ledger::{number, section, table, text};
use crate::signals::Signals;
use crate::{bars, show};

#[derive(Args)]
pub struct Run {
    /// The configuration.
    #[arg(long, value_name = "FILE", default_value = "skubill.toml")]
    config: PathBuf,
    /// The month, YYYY-MM, in UTC; it must be over.
    #[arg(long, value_name = "YYYY-MM")]
    period: String,
    /// Fetch, bill and look up, but post nothing.
    #[arg(long)]
    dry_run: bool,
    /// If Abiquo holds another bill of this period, delete it and post this one.
    #[arg(long)]
    replace: bool,
    /// Create a new report, even if an earlier run created one for this period.
    #[arg(long)]
    new_report: bool,
    /// Compute everything on a second engine too, and compare the bytes before anything is posted.
    #[arg(long)]
    verify: bool,
    /// Accept a finding: CODE, or CODE:SUBJECT with a SKU, tenant or enterprise; may be repeated. `new-provider` permits a
    /// provider that Abiquo does not list yet, `enterprise-name` an enterprise whose name in Abiquo differs,
    /// `missing-in-abiquo` posts again what Abiquo no longer shows.
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
        let month = BillingRun::new(config)?;
        let mut month = if self.verify { month.verified()? } else { month };
        month.accept.clone_from(&self.accept);
        (month.dry_run, month.replace, month.new_report) = (self.dry_run, self.replace, self.new_report);
        let month = Arc::new(month);
        let results = stoppable(&month.stop, Arc::clone(&month).run(&period, Arc::new(bars::Bars::new())))?;
        // What was posted is told whatever fails from here on.
        let head = month.journal_head().map(|head| head.to_string());
        let shown = match self.format {
            Format::Json => show::print(&format!("{}\n", show::json(&as_json(&results, head.as_deref().ok()).to_string()))),
            Format::Table => self.table(&results, head.as_deref().ok()),
        };
        say_failures(&results);
        shown?;
        head?;
        Ok(exit(&results))
    }

    fn table(&self, results: &[AccountResult], head: Option<&str>) -> Result<(), Fail> {
        results.iter().try_for_each(|result| show::print(&account(result)))?;
        done(results).try_for_each(|billing| show::print(&evidence(&billing.evidence)))?;
        head.map_or(Ok(()), |head| show::print(&journal_head(head)))
    }
}

/// What billings came to, of all accounts.
pub fn done<T>(results: &[AccountResult<T>]) -> impl Iterator<Item = &T> {
    results.iter().filter_map(|account| account.result.as_ref().ok()).flatten().filter_map(|run| run.result.as_ref())
}

/// The runtime of the commands that talk to the world.
pub fn runtime() -> Result<tokio::runtime::Runtime, Fail> {
    tokio::runtime::Runtime::new().map_err(|error| Fail::World(error.into()))
}

/// Run until it is done. Ctrl-C, SIGTERM and SIGHUP end it between two steps; a second one ends it at once, and the next
/// run looks up what this one did.
pub fn stoppable<T, E: Into<Fail>>(stop: &Stop, work: impl Future<Output = Result<T, E>>) -> Result<T, Fail> {
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
        work.await.map_err(Into::into)
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
    let say = |of: &str, error: &month::Error| eprintln!("{of}: {}", show::printable(&error.to_string()));
    for account in results {
        match &account.result {
            Err(error) => say(&format!("account {}", show::one_line(&account.account)), error),
            Ok(runs) => {
                for (run, error) in runs.iter().filter_map(|run| Some((run, run.error.as_ref()?))) {
                    say(&format!("account {}, provider {}", show::one_line(&account.account), show::one_line(&run.provider)), error);
                }
            }
        }
    }
}

/// How a month ends: the worst of what became of its postings.
fn exit(results: &[AccountResult]) -> Exit {
    let failures = |billing: &BillingResult| billing.postings.iter().filter_map(|posted| posted.status.failure()).max();
    ending(results, failures, |billing| !billing.billed.unaccepted.is_empty())
}

/// How a command over several accounts ends: by the worst that is in the way of their postings, by their errors, and by
/// findings that nobody has accepted.
pub fn ending<T>(results: &[AccountResult<T>], failures: impl Fn(&T) -> Option<FailureClass>, findings: impl Fn(&T) -> bool) -> Exit {
    let mut worst = done(results).filter_map(failures).max();
    let mut inputs = None;
    let of_billings = results.iter().filter_map(|account| account.result.as_ref().ok()).flatten().filter_map(|run| run.error.as_ref());
    for error in results.iter().filter_map(|account| account.result.as_ref().err()).chain(of_billings) {
        match Fail::of_month(error) {
            Some(exit) => inputs = inputs.or(Some(exit)),
            None => worst = worst.max(Some(error.failure())),
        }
    }
    Exit::worst(worst, inputs, done(results).any(findings))
}

/// What became of an account, for a person.
pub fn account(result: &AccountResult) -> String {
    each_billing(result, one_billing)
}

/// Each billing of an account by what it came to and by what ended it early.
pub fn each_billing<T>(result: &AccountResult<T>, show_one: impl Fn(&str, &str, &T) -> String) -> String {
    let account = show::one_line(&result.account);
    let failed = |of: String, error: &month::Error| format!("{of}: {}\n\n", show::printable(&error.to_string()));
    match &result.result {
        Err(error) => failed(format!("Account {account}"), error),
        Ok(runs) => {
            let one = |ProviderResult { provider, result, error }: &ProviderResult<T>| {
                let provider = show::printable(provider);
                let shown = result.as_ref().map(|result| show_one(&account, &provider, result)).unwrap_or_default();
                shown + &error.as_ref().map(|error| failed(format!("Account {account}, provider {provider}"), error)).unwrap_or_default()
            };
            runs.iter().map(one).collect()
        }
    }
}

fn one_billing(account: &str, provider: &str, billing: &BillingResult) -> String {
    let outcome = &billing.billed.outcome;
    let mut said = format!("Account {account}, provider {provider}: {} to {}\n\n", outcome.period.start, outcome.period.end);
    said += &crate::ledger::ledger(&billing.billed);
    if !billing.postings.is_empty() {
        said += "Abiquo\n";
        said += &section(postings(&billing.postings, &outcome.currency));
    }
    if billing.new_provider {
        said += &new_provider(provider);
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
        let total = posted.total.as_deref().unwrap_or("none");
        table.add_row([
            number(posted.enterprise),
            number(total),
            Cell::new(currency),
            text(&(status(&posted.status) + &noise(&posted.approximations))),
        ]);
    }
    table
}

pub fn status(status: &PostingStatus) -> String {
    match status {
        PostingStatus::Posted => "posted".into(),
        PostingStatus::AlreadyThere => "there already, and equal: nothing sent".into(),
        PostingStatus::Recorded => "this day, or a later one, is recorded already: nothing sent".into(),
        PostingStatus::Nothing => "no cost to record".into(),
        PostingStatus::DryRun => "would be posted".into(),
        PostingStatus::Held { codes } => format!("held by {}", codes.join(", ")),
        PostingStatus::NewProvider => "not posted: the provider is new to Abiquo".into(),
        PostingStatus::WrongEnterprise { customers_file, abiquo } => format!(
            "not posted: the customers file calls this enterprise {}, Abiquo {}; `--accept {}:ENTERPRISE` posts",
            show::quoted(customers_file),
            show::quoted(abiquo),
            month::ENTERPRISE_NAME
        ),
        PostingStatus::Unknown { reason } => format!("UNKNOWN: {reason}"),
        PostingStatus::NotConfirmed { reason, differences, .. } if differences.is_empty() => format!("NOT CONFIRMED: {reason}"),
        PostingStatus::NotConfirmed { reason, differences, .. } => format!("NOT CONFIRMED: {reason}: {}", lines(differences)),
        PostingStatus::Failed { reason } => format!("not posted: {reason}"),
        PostingStatus::NotTried { .. } => "not tried: Abiquo has refused an earlier one for a reason that holds for all".into(),
        PostingStatus::MissingInAbiquo { periods } => format!(
            "not posted: the journal has {} as posted, and Abiquo does not show it; `--accept {}:ENTERPRISE` posts, where it was deleted on purpose",
            periods.join(", "),
            month::MISSING_IN_ABIQUO
        ),
        PostingStatus::Different { differences } => format!("blocked, Abiquo holds another bill: {}", lines(differences)),
        PostingStatus::Replaced { differences } => format!("posted in place of another bill: {}", lines(differences)),
        PostingStatus::OutOfBounds { excesses } => {
            let excess = |excess: &month::Excess| format!("{} (`--accept {}` lets it pass)", excess.message, excess.code);
            format!("not posted: {}", excesses.iter().map(excess).collect::<Vec<_>>().join("; "))
        }
        PostingStatus::Stopped => "not reached: the run was asked to stop".into(),
    }
}

/// Lines that Abiquo holds with the noise of a binary fraction, after what became of them.
pub fn noise(approximations: &[Approximation]) -> String {
    let line = |a: &Approximation| {
        format!("; {} / {}: Abiquo holds {} for {}, which is the noise of a binary fraction", a.category, a.usage_type, a.held, a.posting)
    };
    approximations.iter().map(line).collect()
}

fn lines(differences: &[Difference]) -> String {
    let side = |side: &Option<String>| side.clone().unwrap_or_else(|| "nothing".into());
    let line = |d: &Difference| format!("{} / {}: {} {} here, {} there", d.category, d.usage_type, d.kind, side(&d.posting), side(&d.held));
    differences.iter().map(line).collect::<Vec<_>>().join("; ")
}

fn as_json(results: &[AccountResult], journal_head: Option<&str>) -> Value {
    accounts_as_json(
        results,
        journal_head,
        |billing| json!({"outcome": billing.billed.outcome, "postings": billing.postings, "new_provider": billing.new_provider, "evidence": billing.evidence}),
    )
}

/// All accounts with their billings; what ended one early is its `error`, beside what it came to.
pub fn accounts_as_json<T>(results: &[AccountResult<T>], journal_head: Option<&str>, one: impl Fn(&T) -> Value) -> Value {
    let billing = |run: &ProviderResult<T>| {
        let mut value = run.result.as_ref().map_or_else(|| json!({}), &one);
        value["provider"] = json!(run.provider);
        if let Some(error) = &run.error {
            value["error"] = json!(error.to_string());
        }
        value
    };
    let account = |account: &AccountResult<T>| match &account.result {
        Err(error) => json!({"account": account.account, "error": error.to_string()}),
        Ok(runs) => json!({"account": account.account, "billings": runs.iter().map(billing).collect::<Vec<_>>()}),
    };
    json!({"accounts": results.iter().map(account).collect::<Vec<_>>(), "journal_head": journal_head})
}
