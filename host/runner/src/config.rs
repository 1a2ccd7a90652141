//! `skubill.toml`: accounts, what is billed from each, and where secrets are.
//!
//! ```toml
//! state = "state"                        # downloads are kept here; relative to this file
//! settle_seconds = 300                   # a post whose answer was lost is sent again only after so long
//!
//! [[account]]                            # one Acronis account: one report a month
//! name = "eu2"
//! url = "https://eu2-cloud.acronis.com"
//! client_id = "b9f5…"
//! client_secret = { env = "ACRONIS_CLIENT_SECRET" }   # or { file = "secret.txt" }
//!
//! [[account.billing]]                    # who is billed from it, and where
//! prices = "prices.json"
//! customers = "customers.json"
//! provider = "ACRONIS"
//! usage_name = "{name} ({quantity} {unit})"   # "{name}" unless said: Abiquo stores no quantity
//! abiquo = { url = "https://abiquo.example.com/api", token = { env = "ABIQUO_TOKEN" } }
//! ```
//!
//! All files that are named here are regular ones of bounded size.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use crate::reconcile::{SETTLE, SETTLE_MAX};
use skubill_services::abiquo::{Auth, WireProfile, check_provider};
use skubill_services::file::{self, BOOK_BYTES_MAX, CONFIG_BYTES_MAX, SECRET_BYTES_MAX};
use skubill_services::http::{self, BaseUrl, POSTING_TIME_MAX, RUN_TIME_MAX};
use skubill_services::text::{canonical, one_line};

/// The provider that bills are posted under unless another is named.
pub const PROVIDER: &str = "ACRONIS";

/// Why a configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    File(#[from] file::Error),
    /// Without the line itself: a secret may have been written there.
    #[error("{path}, line {line}: {message}")]
    Toml { path: PathBuf, line: usize, message: String },
    /// Every mistake, a line each.
    #[error("{path}:\n{}", mistakes.join("\n"))]
    Mistakes { path: PathBuf, mistakes: Vec<String> },
}

/// A valid configuration.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where downloads are kept.
    pub state: PathBuf,
    /// Further certificate authorities, PEM.
    pub ca_file: Option<PathBuf>,
    /// How long after it was sent a post whose answer was lost may still take effect; only then it is sent again.
    pub settle: Duration,
    pub time: Times,
    pub accounts: Vec<Account>,
}

/// How long something may take as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Times {
    /// One posting, from its first look-up to its confirmation.
    pub posting_seconds: u64,
    /// A whole command.
    pub run_seconds: u64,
}

impl Times {
    pub fn posting(&self) -> Duration {
        Duration::from_secs(self.posting_seconds)
    }

    pub fn run(&self) -> Duration {
        Duration::from_secs(self.run_seconds)
    }
}

impl Default for Times {
    fn default() -> Self {
        Times { posting_seconds: POSTING_TIME_MAX.as_secs(), run_seconds: RUN_TIME_MAX.as_secs() }
    }
}

/// One Acronis account.
#[derive(Debug, Clone)]
pub struct Account {
    /// What messages call it.
    pub name: String,
    /// The datacenter's address, as Acronis shows it with the API client.
    pub url: String,
    /// Whether the address may be `http` to another machine.
    pub insecure_http: bool,
    pub client_id: String,
    pub client_secret: SecretString,
    /// The root of the report; found by asking Acronis where it is not named.
    pub tenant_id: Option<String>,
    pub billings: Vec<Billing>,
}

/// What is billed from an account's report, and where.
#[derive(Debug, Clone)]
pub struct Billing {
    pub prices: PathBuf,
    pub customers: PathBuf,
    /// The provider in Abiquo.
    pub provider: String,
    /// What a posting's usages are called, such as `{name} ({quantity} {unit})`; `{name}` unless said.
    pub usage_name: Option<String>,
    /// How much a bill may differ from that of the month before.
    pub bounds: Bounds,
    pub abiquo: AbiquoTarget,
}

/// What stops a bill before it is written: whoever has looked at it lets it pass by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Bounds {
    /// How many times the total of the month before the total may be, and one part in how many it has to be: a
    /// decimal.
    pub times: Option<String>,
    /// How many lines a bill may have.
    pub lines: Option<u64>,
}

impl Bounds {
    /// Anything goes.
    pub const NONE: Bounds = Bounds { times: None, lines: None };
}

impl Default for Bounds {
    /// Three times the month before: growth that is real is slower, a price per byte is not. Ten thousand
    /// lines: a hundred times a large price book's SKUs in use.
    fn default() -> Self {
        Bounds { times: Some("3".into()), lines: Some(10_000) }
    }
}

/// One Abiquo, and who we are there.
#[derive(Debug, Clone)]
pub struct AbiquoTarget {
    /// The API's address, ending in `/api`.
    pub url: String,
    /// Whether the address may be `http` to another machine.
    pub insecure_http: bool,
    pub auth: Auth,
    pub version: Option<String>,
    pub wire: WireProfile,
}

impl Account {
    pub fn base_url(&self) -> Result<BaseUrl, http::Error> {
        base_url(&self.url, self.insecure_http)
    }
}

impl AbiquoTarget {
    pub fn base_url(&self) -> Result<BaseUrl, http::Error> {
        base_url(&self.url, self.insecure_http)
    }
}

fn base_url(url: &str, insecure_http: bool) -> Result<BaseUrl, http::Error> {
    if insecure_http { BaseUrl::insecure(url) } else { BaseUrl::parse(url) }
}

/// A file that holds a secret, and what it is the secret of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretFile {
    pub what: String,
    pub path: PathBuf,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawConfig {
    #[serde(default = "default_state")]
    state: PathBuf,
    ca_file: Option<PathBuf>,
    settle_seconds: Option<u64>,
    #[serde(default)]
    time: Times,
    #[serde(default)]
    account: Vec<RawAccount>,
}

fn default_state() -> PathBuf {
    "state".into()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawAccount {
    name: Option<String>,
    url: String,
    #[serde(default)]
    insecure_http: bool,
    client_id: String,
    client_secret: RawSecret,
    tenant_id: Option<String>,
    #[serde(default)]
    billing: Vec<RawBilling>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawBilling {
    prices: PathBuf,
    customers: PathBuf,
    provider: Option<String>,
    usage_name: Option<String>,
    #[serde(default)]
    bounds: Bounds,
    abiquo: RawAbiquo,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawAbiquo {
    url: String,
    #[serde(default)]
    insecure_http: bool,
    token: Option<RawSecret>,
    user: Option<String>,
    password: Option<RawSecret>,
    bearer: Option<RawSecret>,
    version: Option<String>,
    #[serde(default)]
    wire: WireProfile,
}

/// A secret is named, never written down here.
enum RawSecret {
    Env(String),
    File(PathBuf),
}

impl<'de> Deserialize<'de> for RawSecret {
    /// By hand: a derived one repeats in its error what was written in the secret's place.
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        const SAID: &str = "a secret is named, not written here: { env = \"NAME\" } or { file = \"PATH\" }";
        let written = toml::Value::deserialize(deserializer)?;
        let one = written.as_table().filter(|table| table.len() == 1).and_then(|table| table.iter().next());
        match one {
            Some((key, toml::Value::String(name))) if key == "env" => Ok(RawSecret::Env(name.clone())),
            Some((key, toml::Value::String(path))) if key == "file" => Ok(RawSecret::File(path.into())),
            _ => Err(serde::de::Error::custom(SAID)),
        }
    }
}

impl Config {
    /// Read a configuration; paths in it are relative to it, secrets are fetched at once.
    pub fn load(path: &Path) -> Result<Config, Error> {
        Ok(Config::load_with_files(path)?.0)
    }

    /// The same, with the files that its secrets were read from.
    pub fn load_with_files(path: &Path) -> Result<(Config, Vec<SecretFile>), Error> {
        let raw = raw(path)?;
        let mut reader = Reader { base: base(path), mistakes: Vec::new(), secrets: Vec::new() };
        let config = reader.config(raw);
        match reader.mistakes.is_empty() {
            true => Ok((config, reader.secrets)),
            false => Err(Error::Mistakes { path: path.into(), mistakes: reader.mistakes }),
        }
    }

    /// The state directory that a configuration names. No secret is fetched.
    pub fn state_of(path: &Path) -> Result<PathBuf, Error> {
        Ok(base(path).join(raw(path)?.state))
    }
}

fn raw(path: &Path) -> Result<RawConfig, Error> {
    let text = file::read_text(path, CONFIG_BYTES_MAX)?;
    toml::from_str(&text).map_err(|error| Error::Toml {
        path: path.into(),
        line: text[..error.span().map_or(0, |span| span.start)].lines().count().max(1),
        message: error.message().to_string(),
    })
}

fn base(path: &Path) -> PathBuf {
    path.parent().unwrap_or(Path::new("")).to_path_buf()
}

/// A price book or customers file that a billing names.
pub fn read_book(path: &Path) -> Result<Vec<u8>, file::Error> {
    file::read(path, BOOK_BYTES_MAX)
}

struct Reader {
    base: PathBuf,
    mistakes: Vec<String>,
    secrets: Vec<SecretFile>,
}

impl Reader {
    fn config(&mut self, raw: RawConfig) -> Config {
        if raw.account.is_empty() {
            self.mistakes.push("no [[account]]: nothing to bill".into());
        }
        if raw.time.posting_seconds == 0 || raw.time.run_seconds == 0 {
            self.mistakes.push("time: in 0 seconds nothing can be done".into());
        }
        let accounts: Vec<Account> = raw.account.into_iter().enumerate().map(|(index, account)| self.account(account, index)).collect();
        let mut names = BTreeSet::new();
        for account in accounts.iter().filter(|account| !names.insert(canonical(&account.name))) {
            self.mistakes.push(format!("account {}: each account needs a name of its own", one_line(&account.name)));
        }
        let settle = raw.settle_seconds.map_or(SETTLE, Duration::from_secs);
        if settle > SETTLE_MAX {
            self.mistakes.push(format!("settle_seconds: {} is more than {}", settle.as_secs(), SETTLE_MAX.as_secs()));
        }
        Config { settle, state: self.path(raw.state), ca_file: raw.ca_file.map(|path| self.path(path)), time: raw.time, accounts }
    }

    fn account(&mut self, raw: RawAccount, index: usize) -> Account {
        let name = raw.name.unwrap_or_else(|| format!("account-{}", index + 1));
        let shown = one_line(&name);
        if raw.billing.is_empty() {
            self.mistakes.push(format!("account {shown}: no [[account.billing]]"));
        }
        self.address(&format!("account {shown}: url"), &raw.url, raw.insecure_http);
        Account {
            client_secret: self.secret(&format!("account {shown}: client_secret"), raw.client_secret),
            billings: raw.billing.into_iter().map(|billing| self.billing(&shown, billing)).collect(),
            name,
            url: raw.url,
            insecure_http: raw.insecure_http,
            client_id: raw.client_id,
            tenant_id: raw.tenant_id,
        }
    }

    fn billing(&mut self, account: &str, raw: RawBilling) -> Billing {
        let provider = raw.provider.unwrap_or_else(|| PROVIDER.into());
        if let Err(wrong) = check_provider(&provider) {
            self.mistakes.push(format!("account {account}: {wrong}"));
        }
        let abiquo = self.abiquo(account, raw.abiquo);
        let (prices, customers) = (self.path(raw.prices), self.path(raw.customers));
        Billing { prices, customers, provider, usage_name: raw.usage_name, bounds: raw.bounds, abiquo }
    }

    fn abiquo(&mut self, account: &str, raw: RawAbiquo) -> AbiquoTarget {
        let what = |key: &str| format!("account {account}: abiquo.{key}");
        let auth = match (raw.token, raw.user, raw.password, raw.bearer) {
            (Some(token), None, None, None) => Auth::Token(self.secret(&what("token"), token)),
            (None, Some(user), Some(password), None) => Auth::Basic { user, password: self.secret(&what("password"), password) },
            (None, None, None, Some(token)) => Auth::Bearer(self.secret(&what("bearer"), token)),
            _ => {
                self.mistakes.push(format!("account {account}: abiquo needs one of token, user and password, or bearer"));
                Auth::Token(SecretString::default())
            }
        };
        self.address(&what("url"), &raw.url, raw.insecure_http);
        AbiquoTarget { url: raw.url, insecure_http: raw.insecure_http, auth, version: raw.version, wire: raw.wire }
    }

    fn address(&mut self, what: &str, url: &str, insecure_http: bool) {
        if let Err(error) = base_url(url, insecure_http) {
            self.mistakes.push(format!("{what}: {error}"));
        }
    }

    fn secret(&mut self, what: &str, raw: RawSecret) -> SecretString {
        let found = match &raw {
            RawSecret::Env(name) => {
                std::env::var(name).map_err(|_| format!("{what}: the environment variable {} is not set", one_line(name)))
            }
            RawSecret::File(path) => {
                let path = self.path(path.clone());
                let read = file::read_text(&path, SECRET_BYTES_MAX).map_err(|error| format!("{what}: {error}"));
                self.secrets.push(SecretFile { what: what.into(), path });
                read
            }
        };
        match found.map(|text| text.trim().to_string()) {
            Ok(text) if !text.is_empty() => return SecretString::from(text),
            Ok(_) => self.mistakes.push(format!("{what}: the secret is empty")),
            Err(mistake) => self.mistakes.push(mistake),
        }
        SecretString::default()
    }

    fn path(&self, path: PathBuf) -> PathBuf {
        self.base.join(path)
    }
}

#[cfg(test)]
mod tests;
