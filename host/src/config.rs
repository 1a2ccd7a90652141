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

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use crate::abiquo::{Auth, WireProfile};
use crate::reconcile::{SETTLE, SETTLE_MAX};

/// The provider that bills are posted under unless another is named.
pub const PROVIDER: &str = "ACRONIS";

/// Providers that Abiquo fills itself. Bills are deleted by provider, so ours must not be theirs.
const PROVIDERS_REFUSED: [&str; 2] = ["AMAZON", "ONPREMISE"];
const PROVIDER_PREFIX_REFUSED: &str = "AZURE";

/// Why a configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{path}: {source}")]
    File { path: PathBuf, source: std::io::Error },
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
    pub accounts: Vec<Account>,
}

/// One Acronis account.
#[derive(Debug, Clone)]
pub struct Account {
    /// What messages call it.
    pub name: String,
    /// The datacenter's address, as Acronis shows it with the API client.
    pub url: String,
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
    pub abiquo: Abiquo,
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
pub struct Abiquo {
    /// The API's address, ending in `/api`.
    pub url: String,
    pub auth: Auth,
    pub version: Option<String>,
    pub wire: WireProfile,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawConfig {
    #[serde(default = "default_state")]
    state: PathBuf,
    ca_file: Option<PathBuf>,
    settle_seconds: Option<u64>,
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
        let raw = raw(path)?;
        let mut reader = Reader { base: base(path), mistakes: Vec::new() };
        let config = reader.config(raw);
        if reader.mistakes.is_empty() { Ok(config) } else { Err(Error::Mistakes { path: path.into(), mistakes: reader.mistakes }) }
    }

    /// The state directory that a configuration names. No secret is fetched.
    pub fn state_of(path: &Path) -> Result<PathBuf, Error> {
        Ok(base(path).join(raw(path)?.state))
    }
}

fn raw(path: &Path) -> Result<RawConfig, Error> {
    let text = std::fs::read_to_string(path).map_err(|source| Error::File { path: path.into(), source })?;
    toml::from_str(&text).map_err(|error| Error::Toml {
        path: path.into(),
        line: text[..error.span().map_or(0, |span| span.start)].lines().count().max(1),
        message: error.message().to_string(),
    })
}

fn base(path: &Path) -> PathBuf {
    path.parent().unwrap_or(Path::new("")).to_path_buf()
}

/// Whether bills may be posted under this name.
pub fn provider_allowed(provider: &str) -> bool {
    let name = provider.to_uppercase();
    !name.is_empty() && !PROVIDERS_REFUSED.contains(&name.as_str()) && !name.starts_with(PROVIDER_PREFIX_REFUSED)
}

struct Reader {
    base: PathBuf,
    mistakes: Vec<String>,
}

impl Reader {
    fn config(&mut self, raw: RawConfig) -> Config {
        if raw.account.is_empty() {
            self.mistakes.push("no [[account]]: nothing to bill".into());
        }
        let accounts: Vec<Account> = raw.account.into_iter().enumerate().map(|(index, account)| self.account(account, index)).collect();
        let mut names = BTreeSet::new();
        for account in accounts.iter().filter(|account| !names.insert(&account.name)) {
            self.mistakes.push(format!("account {}: each account needs a name of its own", account.name));
        }
        let settle = raw.settle_seconds.map_or(SETTLE, Duration::from_secs);
        if settle > SETTLE_MAX {
            self.mistakes.push(format!("settle_seconds: {} is more than {}", settle.as_secs(), SETTLE_MAX.as_secs()));
        }
        Config { settle, state: self.path(raw.state), ca_file: raw.ca_file.map(|path| self.path(path)), accounts }
    }

    fn account(&mut self, raw: RawAccount, index: usize) -> Account {
        let name = raw.name.unwrap_or_else(|| format!("account-{}", index + 1));
        if raw.billing.is_empty() {
            self.mistakes.push(format!("account {name}: no [[account.billing]]"));
        }
        Account {
            client_secret: self.secret(&format!("account {name}: client_secret"), raw.client_secret),
            billings: raw.billing.into_iter().map(|billing| self.billing(&name, billing)).collect(),
            name,
            url: raw.url,
            client_id: raw.client_id,
            tenant_id: raw.tenant_id,
        }
    }

    fn billing(&mut self, account: &str, raw: RawBilling) -> Billing {
        let provider = raw.provider.unwrap_or_else(|| PROVIDER.into());
        if !provider_allowed(&provider) {
            self.mistakes.push(format!(
                "account {account}: provider {provider:?} is not allowed: Abiquo fills AMAZON, ONPREMISE and AZURE… itself, and deleting by provider would take its bills"
            ));
        }
        let abiquo = self.abiquo(account, raw.abiquo);
        let (prices, customers) = (self.path(raw.prices), self.path(raw.customers));
        Billing { prices, customers, provider, usage_name: raw.usage_name, bounds: raw.bounds, abiquo }
    }

    fn abiquo(&mut self, account: &str, raw: RawAbiquo) -> Abiquo {
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
        Abiquo { url: raw.url, auth, version: raw.version, wire: raw.wire }
    }

    fn secret(&mut self, what: &str, raw: RawSecret) -> SecretString {
        let found = match &raw {
            RawSecret::Env(name) => std::env::var(name).map_err(|_| format!("{what}: the environment variable {name} is not set")),
            RawSecret::File(path) => {
                let path = self.path(path.clone());
                std::fs::read_to_string(&path).map_err(|error| format!("{what}: {}: {error}", path.display()))
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
mod tests {
    use super::*;
    use secrecy::ExposeSecret;

    fn load(text: &str) -> Result<Config, String> {
        let folder = std::env::temp_dir().join(format!("skubill-config-{}-{:x}", std::process::id(), text.len()));
        std::fs::create_dir_all(&folder).expect("a folder");
        std::fs::write(folder.join("secret.txt"), "s3cret\n").expect("a secret");
        std::fs::write(folder.join("skubill.toml"), text).expect("a file");
        let config = Config::load(&folder.join("skubill.toml")).map_err(|error| error.to_string());
        std::fs::remove_dir_all(&folder).expect("removed");
        config
    }

    const GOOD: &str = r#"
        [[account]]
        url = "https://eu2-cloud.acronis.com"
        client_id = "id"
        client_secret = { file = "secret.txt" }
        [[account.billing]]
        prices = "p.json"
        customers = "c.json"
        abiquo = { url = "https://abiquo.example.com/api", token = { file = "secret.txt" } }
    "#;

    #[test]
    fn a_configuration_and_its_secret() {
        let config = load(GOOD).expect("valid");
        assert_eq!(config.accounts[0].client_secret.expose_secret(), "s3cret");
        assert_eq!(config.accounts[0].billings[0].provider, "ACRONIS");
        assert!(!format!("{config:?}").contains("s3cret"));
    }

    #[test]
    fn mistakes_are_named() {
        for (from, to, said) in [
            ("{ file = \"secret.txt\" }\n        [[", "\"s3cret\"\n        [[", "a secret is named, not written here"),
            (
                "{ file = \"secret.txt\" }\n        [[",
                "{ env = \"SKUBILL_NO_SUCH_VARIABLE\" }\n        [[",
                "SKUBILL_NO_SUCH_VARIABLE is not set",
            ),
            ("prices =", "provider = \"Azure-east\"\n        prices =", "\"Azure-east\" is not allowed"),
            ("prices =", "price =", "unknown field `price`"),
        ] {
            let error = load(&GOOD.replace(from, to)).expect_err(said);
            assert!(error.contains(said), "{error}");
            assert!(!error.contains("s3cret"), "{error}");
        }
        let twice =
            load(&format!("{GOOD}\n{}", GOOD.replace("[[account]]", "[[account]]\n        name = \"account-1\""))).expect_err("two");
        assert!(twice.contains("needs a name of its own"), "{twice}");
    }
}
