//! `skubill doctor`: what can be known before a month is run, a row a check. Nothing is written anywhere but
//! a file into the state directory, and that is removed.

mod abiquo;
mod acronis;
mod check;
mod clock;
mod files;

use std::path::PathBuf;

use clap::Args;
use serde_json::json;
use skubill::bill::Biller;
use skubill_runner::config::{Account, Billing, Config, SecretFile};
use skubill_runner::month::BillingRun;
use skubill_services::acronis::WaitPolicy;
use skubill_services::http::{BaseUrl, Http, Options};

use crate::exit::Exit;
use crate::fail::Fail;
use crate::run::{Format, runtime};
use crate::show::{self, one_line};
use check::{Check, Sheet, State};

#[derive(Args)]
pub struct Doctor {
    /// The configuration.
    #[arg(long, value_name = "FILE", default_value = "skubill.toml")]
    config: PathBuf,
    /// Check whether Abiquo accepts the media type of a bill by categories, with a post that stores nothing.
    #[arg(long)]
    probe_media_type: bool,
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

impl Doctor {
    pub fn wants_json(&self) -> bool {
        self.format == Format::Json
    }

    pub fn run(&self) -> Result<Exit, Fail> {
        let (config, secrets) = Config::load_with_files(&self.config).map_err(|error| Fail::Usage(error.to_string()))?;
        let checks = self.look(&config, &secrets)?;
        let healthy = checks.iter().all(|check| check.state != State::Failed);
        let text = match self.format {
            Format::Json => format!("{}\n", show::json(&json!({"healthy": healthy, "checks": checks}).to_string())),
            Format::Table => check::text_of(&checks),
        };
        show::print(&text)?;
        Ok(if healthy { Exit::Done } else { Exit::World })
    }

    fn look(&self, config: &Config, secrets: &[SecretFile]) -> Result<Vec<Check>, Fail> {
        let http = Http::new(&Options { ca_file: config.ca_file.clone(), ..Options::default() }).map_err(anyhow::Error::new)?;
        let biller = Biller::new()?;
        let mut sheet = Sheet::of(self.config.display().to_string());
        sheet.ok("config", format!("can be read, with all its secrets; accounts: {}", config.accounts.len()));
        billings(&mut sheet, config, &http, &biller)?;
        encryption(&mut sheet, config);
        let mut checks = sheet.into_checks();
        checks.extend(files::state(&config.state));
        checks.extend(files::secrets(secrets));
        let runtime = runtime()?;
        for account in &config.accounts {
            checks.extend(runtime.block_on(self.account(account, &http, &biller)));
        }
        Ok(checks)
    }

    async fn account(&self, account: &Account, http: &Http, biller: &Biller) -> Vec<Check> {
        let mut checks = acronis::look(account, http).await;
        for billing in &account.billings {
            checks.extend(self.billing(account, billing, http, biller).await);
        }
        checks
    }

    async fn billing(&self, account: &Account, billing: &Billing, http: &Http, biller: &Biller) -> Vec<Check> {
        let mut sheet = Sheet::of(format!("account {}, {}", one_line(&account.name), billing.provider));
        let currency = files::prices(&mut sheet, biller, &billing.prices);
        files::usage_name(&mut sheet, biller, billing.usage_name.as_ref());
        let enterprises = files::customers(&mut sheet, biller, &billing.customers);
        let known = abiquo::Known { currency, enterprises, probe: self.probe_media_type };
        abiquo::look(&mut sheet, billing, http, &known).await;
        sheet.into_checks()
    }
}

/// That no two billings bill one tenant or write to one place, which a month refuses before it begins.
fn billings(sheet: &mut Sheet, config: &Config, http: &Http, biller: &Biller) -> Result<(), Fail> {
    let month = BillingRun::with(config.clone(), biller.clone(), http.clone(), WaitPolicy::default())?;
    match month.check() {
        Ok(()) => sheet.ok("billings", "no two of them bill one tenant or write to one place"),
        Err(error) => {
            sheet.failed("billings", error.to_string(), "leave each tenant, and each enterprise under a provider, to one billing")
        }
    }
    Ok(())
}

/// Addresses that `insecure_http` lets pass: each is named, since credentials and bills can be read on the way.
fn encryption(sheet: &mut Sheet, config: &Config) {
    let accounts = config.accounts.iter().map(Account::base_url);
    let billings = config.accounts.iter().flat_map(|account| &account.billings).map(|billing| billing.abiquo.base_url());
    // An address that cannot be read does not come out of a configuration.
    for address in accounts.chain(billings).flatten().filter(BaseUrl::is_in_clear) {
        sheet.warning("encryption", format!("{address}: credentials and bills are sent in clear"), "use https, and drop `insecure_http`");
    }
}
