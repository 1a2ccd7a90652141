//! What the commands of single calls share: which account they ask, and how an answer is shown.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use comfy_table::Table;
use jiff::civil::Date;
use serde_json::Value;
use skubill_runner::config::{Account, Config, Times};
use skubill_services::http::{Http, Options, Scope};
use skubill_services::text::same;

use crate::exit::Exit;
use crate::fail::Fail;
use crate::ledger::section;
use crate::run::Format;
use crate::show;

/// Where the configuration is, and which of its accounts is meant.
#[derive(Args)]
pub struct At {
    /// The configuration.
    #[arg(long, value_name = "FILE", default_value = "skubill.toml")]
    config: PathBuf,
    /// The account of the configuration; required if there are several.
    #[arg(long, value_name = "NAME")]
    account: Option<String>,
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

impl At {
    pub fn wants_json(&self) -> bool {
        self.format == Format::Json
    }

    /// The account that is meant, and the network to ask it over.
    pub fn account(&self) -> Result<(Account, Http), Fail> {
        self.open().map(|opened| (opened.account, opened.http))
    }

    /// The same, with what a write needs.
    pub fn open(&self) -> Result<Opened, Fail> {
        let config = Config::load(&self.config).map_err(|error| Fail::Usage(error.to_string()))?;
        let names: Vec<String> = config.accounts.iter().map(|account| show::one_line(&account.name)).collect();
        let wanted = |account: &Account| self.account.as_ref().is_none_or(|name| same(&account.name, name));
        let (state, settle, time) = (config.state, config.settle, config.time);
        let mut accounts: Vec<Account> = config.accounts.into_iter().filter(wanted).collect();
        if accounts.len() != 1 {
            return Err(Fail::Usage(format!("--account: name one of {}", names.join(", "))));
        }
        let http = Http::new(&Options { ca_file: config.ca_file, ..Options::default() }).map_err(anyhow::Error::new)?;
        let http = http.within(Scope::Run, time.run());
        Ok(Opened { account: accounts.remove(0), http, state, settle, time })
    }

    /// Prints what a call shows, in the format that was asked for.
    pub fn show(&self, shown: &Shown) -> Result<Exit, Fail> {
        let Shown { value, text, exit } = shown;
        show::print(&if self.wants_json() { format!("{}\n", show::json(&value.to_string())) } else { text.clone() })?;
        Ok(*exit)
    }
}

/// An account, and what is needed to write something for it.
pub struct Opened {
    pub account: Account,
    pub http: Http,
    pub state: PathBuf,
    pub settle: Duration,
    pub time: Times,
}

/// What a call shows, as JSON and as text, and how the command ends.
pub struct Shown {
    pub value: Value,
    pub text: String,
    pub exit: Exit,
}

impl Shown {
    pub fn of(value: Value, table: Table) -> Shown {
        Shown { value, text: section(table), exit: Exit::Done }
    }

    pub fn ending(self, exit: Exit) -> Shown {
        Shown { exit, ..self }
    }
}

/// Something that a person should know, and that is no result.
pub fn note(text: &str) {
    eprintln!("{}", show::printable(text));
}

/// A calendar month, by its first and last day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Month {
    pub first: Date,
    pub last: Date,
}

impl std::str::FromStr for Month {
    type Err = String;

    /// `YYYY-MM`.
    fn from_str(text: &str) -> Result<Self, String> {
        let first: Option<Date> = format!("{text}-01").parse().ok().filter(|_| text.len() == 7);
        let first = first.ok_or("write YYYY-MM")?;
        Ok(Month { first, last: first.last_of_month() })
    }
}
