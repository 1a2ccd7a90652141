//! `skubill acronis`: each call of the reports API by itself.

mod create;
mod table;

use std::path::PathBuf;
use std::str::FromStr;

use anyhow::{Context, anyhow};
use clap::{Args, Subcommand};
use serde_json::json;
use skubill_runner::config::Account;
use skubill_services::acronis::{Client, DOWNLOAD_BYTES_MAX, Error, Format as Stored, StoredReport, StoredState, UnknownWord, WaitPolicy};

use crate::exit::Exit;
use crate::fail::Fail;
use crate::ledger::section;
use crate::run::runtime;
use crate::single::{At, Shown, note};

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
    /// Create a report; the request is sent once.
    Create(create::Create),
    /// Show a report and its stored formats.
    Status(Status),
    /// Download a stored report, once it is saved.
    Download(Download),
    /// List the reports of a tenant by their ids.
    List(List),
    /// Show the report to delete; with `--yes`, delete it.
    Delete(Delete),
}

#[derive(Args)]
struct Status {
    #[command(flatten)]
    at: At,
    /// The id of the report.
    report: String,
}

#[derive(Args)]
struct Download {
    #[command(flatten)]
    at: At,
    /// The id of the report.
    report: String,
    /// The stored format; the last saved report of it is downloaded.
    #[arg(long, value_name = "FORMAT", value_parser = word::<Stored>, default_value = "csv_v2_0")]
    stored: Stored,
    /// The id of one stored report: a monthly report has many.
    #[arg(long, value_name = "ID", conflicts_with = "stored")]
    item: Option<String>,
    /// The file to write.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

#[derive(Args)]
struct List {
    #[command(flatten)]
    at: At,
    /// The tenant; by default the API client's own.
    #[arg(long, value_name = "TENANT")]
    tenant: Option<String>,
}

#[derive(Args)]
struct Delete {
    #[command(flatten)]
    at: At,
    /// The id of the report.
    report: String,
    /// Delete it; otherwise it is only shown.
    #[arg(long)]
    yes: bool,
}

impl Acronis {
    fn at(&self) -> &At {
        let Resource::Reports(reports) = &self.resource;
        match reports {
            Reports::Create(create) => &create.at,
            Reports::Status(Status { at, .. })
            | Reports::Download(Download { at, .. })
            | Reports::List(List { at, .. })
            | Reports::Delete(Delete { at, .. }) => at,
        }
    }

    pub fn wants_json(&self) -> bool {
        self.at().wants_json()
    }

    pub fn run(&self) -> Result<Exit, Fail> {
        let Resource::Reports(reports) = &self.resource;
        let (account, http) = self.at().account()?;
        let client = Client::with_base(http, account.base_url()?, &account.client_id, account.client_secret.clone());
        let shown = runtime()?.block_on(async {
            match reports {
                Reports::Create(create) => create.run(&client, &account).await,
                Reports::Status(status) => status.run(&client).await,
                Reports::Download(download) => download.run(&client).await,
                Reports::List(list) => {
                    let tenant = root(list.tenant.as_ref(), &account, &client).await?;
                    let ids = client.reports_of(&tenant).await?;
                    Ok(Shown::of(json!(ids), table::ids(&ids)))
                }
                Reports::Delete(delete) => delete.run(&client).await,
            }
        })?;
        self.at().show(&shown)
    }
}

/// A word of the reports API, and none that is unknown: clap by itself would take any, for they can be made of any text.
fn word<W: FromStr<Err = UnknownWord>>(text: &str) -> Result<W, UnknownWord> {
    text.parse()
}

/// The tenant that a report starts from.
async fn root(named: Option<&String>, account: &Account, client: &Client) -> Result<String, Fail> {
    match named.or(account.tenant_id.as_ref()) {
        Some(tenant) => Ok(tenant.clone()),
        None => Ok(client.root_tenant().await?),
    }
}

impl Status {
    async fn run(&self, client: &Client) -> Result<Shown, Fail> {
        let report = client.report(&self.report).await?;
        let stored = client.stored(&self.report).await?;
        let text = format!("{}Stored\n{}", section(table::report(&report)), section(table::stored(&stored)));
        Ok(Shown { value: json!({"report": report, "stored": stored}), text, exit: Exit::Done })
    }
}

impl Download {
    async fn run(&self, client: &Client) -> Result<Shown, Fail> {
        let stored = match &self.item {
            Some(item) => self.saved(client, item).await?,
            None => client.wait_for(&self.report, &self.stored, &WaitPolicy::default(), |_| {}).await?,
        };
        let got = client.download_to(&self.report, &stored, &self.out, DOWNLOAD_BYTES_MAX).await?;
        let value = json!({"file": self.out, "bytes": got.bytes, "sha256": got.sha256, "fetched": got.fetched});
        Ok(Shown::of(value, table::downloaded(&self.out, &got)))
    }

    async fn saved(&self, client: &Client, item: &str) -> Result<StoredReport, Fail> {
        let mut stored = client.stored(&self.report).await?.into_iter();
        let found = stored.find(|stored| stored.id.as_deref() == Some(item) && stored.state == StoredState::Saved);
        Ok(found.with_context(|| format!("report {}: nothing that is saved has the id {item}", self.report))?)
    }
}

impl Delete {
    async fn run(&self, client: &Client) -> Result<Shown, Fail> {
        let there = client.report(&self.report).await?;
        let fate = if self.yes {
            let version = there.version.context("Acronis does not say the report's version, which a delete has to name")?;
            self.delete(client, version).await?;
            "deleted"
        } else {
            note("This report would be deleted; --yes deletes it.");
            "would-be-deleted"
        };
        Ok(Shown::of(json!({"fate": fate, "report": there}), table::report(&there)))
    }

    /// Deletes it, and looks it up where the answer was lost.
    async fn delete(&self, client: &Client, version: u64) -> Result<(), Fail> {
        let lost = match client.delete_report(&self.report, version).await {
            Err(error) if error.is_unknown() => error,
            answer => return Ok(answer?),
        };
        match client.report(&self.report).await {
            Ok(_) => Err(Fail::World(anyhow!("{lost}; it was looked up and is still there"))),
            Err(Error::Refused { status: 404, .. } | Error::Unexpected { status: 404, .. }) => {
                note("The answer was lost; the report was looked up and is gone.");
                Ok(())
            }
            Err(error) => Err(Fail::Unknown(format!("{lost}; looking it up failed too: {error}"))),
        }
    }
}
