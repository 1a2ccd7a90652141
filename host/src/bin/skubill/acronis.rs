//! `skubill acronis`: each call of the reports API by itself.

use std::path::PathBuf;

use anyhow::Context;
use clap::{Args, Subcommand};
use comfy_table::Table;
use serde_json::{Value, json};
use skubill::acronis::{Client, DateRange, Format as Stored, Report, ReportRequest, StoredReport};
use skubill::config::{Account, Config};
use skubill::http::{Http, Options};
use skubill::month::DOWNLOAD_BYTES_MAX;

use crate::exit::Exit;
use crate::fail::Fail;
use crate::ledger::{number, section, table, text};
use crate::run::{Format, runtime};
use crate::show;

#[derive(Args)]
pub struct Acronis {
    #[command(subcommand)]
    resource: Resource,
}

#[derive(Subcommand)]
enum Resource {
    /// Reports: create, status, download, list, delete.
    #[command(subcommand)]
    Reports(Reports),
}

#[derive(Subcommand)]
enum Reports {
    /// Ask for a report.
    Create(Create),
    /// What is stored of a report, format by format.
    Status(Status),
    /// Download a stored report, once it is saved.
    Download(Download),
    /// The reports of a tenant.
    List(List),
    /// Delete a report.
    Delete(Delete),
}

/// Which account is asked.
#[derive(Args)]
struct At {
    #[arg(long, value_name = "FILE", default_value = "skubill.toml")]
    config: PathBuf,
    /// The account of the configuration; the first unless named.
    #[arg(long, value_name = "NAME")]
    account: Option<String>,
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

#[derive(Args)]
struct Create {
    #[command(flatten)]
    at: At,
    /// The first day, YYYY-MM-DD.
    #[arg(long, value_name = "D")]
    start: jiff::civil::Date,
    /// The last day, inclusive.
    #[arg(long, value_name = "D")]
    end: jiff::civil::Date,
    /// The root of the report; the API client's own tenant unless named.
    #[arg(long, value_name = "TENANT")]
    tenant: Option<String>,
    #[arg(long, default_value = "usage_summary")]
    kind: skubill::acronis::Kind,
    #[arg(long, default_value = "direct_partners")]
    level: skubill::acronis::Level,
    /// What is stored; may be given more than once.
    #[arg(long = "stored", value_name = "FORMAT", default_value = "csv_v2_0")]
    formats: Vec<Stored>,
    /// Leave out SKUs.
    #[arg(long)]
    without_skus: bool,
    /// Keep rows without usage.
    #[arg(long)]
    with_zero_usage: bool,
}

#[derive(Args)]
struct Status {
    #[command(flatten)]
    at: At,
    report: String,
}

#[derive(Args)]
struct Download {
    #[command(flatten)]
    at: At,
    report: String,
    /// Which of the stored formats.
    #[arg(long, value_name = "FORMAT", default_value = "csv_v2_0")]
    stored: Stored,
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

#[derive(Args)]
struct List {
    #[command(flatten)]
    at: At,
    #[arg(long, value_name = "TENANT")]
    tenant: Option<String>,
}

#[derive(Args)]
struct Delete {
    #[command(flatten)]
    at: At,
    report: String,
    /// Delete it; without this it is only shown.
    #[arg(long)]
    yes: bool,
}

impl Acronis {
    fn at(&self) -> &At {
        let Resource::Reports(reports) = &self.resource;
        match reports {
            Reports::Create(Create { at, .. })
            | Reports::Status(Status { at, .. })
            | Reports::Download(Download { at, .. })
            | Reports::List(List { at, .. })
            | Reports::Delete(Delete { at, .. }) => at,
        }
    }

    pub fn wants_json(&self) -> bool {
        self.at().format == Format::Json
    }

    pub fn run(&self) -> Result<Exit, Fail> {
        let Resource::Reports(reports) = &self.resource;
        let (client, account) = self.at().client()?;
        let shown = runtime()?.block_on(async {
            match reports {
                Reports::Create(create) => create.run(&client, &account).await,
                Reports::Status(status) => Ok(stored(&client.stored(&status.report).await?)),
                Reports::Download(download) => download.run(&client).await,
                Reports::List(list) => {
                    let tenant = root(list.tenant.as_ref(), &account, &client).await?;
                    Ok(ids(&client.reports_of(&tenant).await?))
                }
                Reports::Delete(delete) => delete.run(&client).await,
            }
        });
        let (value, table) = shown.map_err(|error: anyhow::Error| Fail::World(error))?;
        show::print(&if self.wants_json() { format!("{value}\n") } else { section(table) })?;
        Ok(Exit::Done)
    }
}

/// What a call shows: as JSON, and as a table.
type Shown = (Value, Table);

impl At {
    fn client(&self) -> Result<(Client, Account), Fail> {
        let config = Config::load(&self.config).map_err(|error| Fail::Usage(error.to_string()))?;
        let wanted = |account: &Account| self.account.as_ref().is_none_or(|name| account.name == *name);
        let account = config.accounts.into_iter().find(wanted).ok_or_else(|| Fail::Usage("--account: the configuration has no such account".into()))?;
        let http = Http::new(&Options { ca_file: config.ca_file, ..Options::default() }).map_err(anyhow::Error::new)?;
        let client = Client::new(http, &account.url, &account.client_id, account.client_secret.clone()).map_err(anyhow::Error::new)?;
        Ok((client, account))
    }
}

async fn root(named: Option<&String>, account: &Account, client: &Client) -> anyhow::Result<String> {
    match named.or(account.tenant_id.as_ref()) {
        Some(tenant) => Ok(tenant.clone()),
        None => Ok(client.root_tenant().await?),
    }
}

impl Create {
    async fn run(&self, client: &Client, account: &Account) -> anyhow::Result<Shown> {
        let tenant = root(self.tenant.as_ref(), account, client).await?;
        let mut request = ReportRequest::billing(&tenant, DateRange { start: self.start, end: self.end });
        (request.kind, request.level, request.formats) = (self.kind.clone(), self.level.clone(), self.formats.clone());
        (request.show_skus, request.hide_zero_usage) = (!self.without_skus, !self.with_zero_usage);
        Ok(report(&client.create_report(&request).await?))
    }
}

impl Download {
    async fn run(&self, client: &Client) -> anyhow::Result<Shown> {
        let wait = skubill::acronis::WaitPolicy::default();
        let stored = client.wait_for(&self.report, &self.stored, &wait, |_| {}).await?;
        let got = client.download_to(&self.report, &stored, &self.out, DOWNLOAD_BYTES_MAX).await?;
        let mut table = table(["File", "Bytes", "SHA-256", "Fetched"]);
        table.add_row([text(&self.out.display().to_string()), number(got.bytes), text(&got.sha256), text(if got.fetched { "now" } else { "before" })]);
        Ok((json!({"file": self.out, "bytes": got.bytes, "sha256": got.sha256, "fetched": got.fetched}), table))
    }
}

impl Delete {
    async fn run(&self, client: &Client) -> anyhow::Result<Shown> {
        let there = client.report(&self.report).await?;
        if self.yes {
            let version = there.version.context("Acronis does not say the report's version, which a delete has to name")?;
            client.delete_report(&self.report, version).await?;
        } else {
            eprintln!("This report would be deleted; --yes deletes it.");
        }
        Ok(report(&there))
    }
}

fn report(report: &Report) -> Shown {
    let mut table = table(["Report", "Version", "Kind", "Level", "Period", "Formats"]);
    let word = |word: Option<String>| text(&word.unwrap_or_default());
    table.add_row([
        text(&report.id),
        number(report.version.map(|version| version.to_string()).unwrap_or_default()),
        word(report.kind.as_ref().map(ToString::to_string)),
        word(report.level.as_ref().map(ToString::to_string)),
        word(report.period.map(|period| format!("{} to {}", period.start, period.end))),
        text(&report.formats.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")),
    ]);
    (json!(report), table)
}

fn stored(stored: &[StoredReport]) -> Shown {
    let mut table = table(["Format", "State", "Stored report", "Created", "Bytes"]);
    for item in stored {
        let created = item.created_at.map(|created| created.to_string()).unwrap_or_default();
        let bytes = item.size.map(|size| size.to_string()).unwrap_or_default();
        let id = item.id.as_deref().unwrap_or_default();
        table.add_row([text(item.format.as_str()), text(item.state.as_str()), text(id), text(&created), number(bytes)]);
    }
    (json!(stored), table)
}

fn ids(ids: &[String]) -> Shown {
    let mut table = table(["Report"]);
    for id in ids {
        table.add_row([text(id)]);
    }
    (json!(ids), table)
}
