//! The month: fetch the report, bill it, post the bills. The story is [`Month::account`]; each
//! stage of it is a function below.

mod accept;
mod plan;
mod post;
mod record;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::acronis::{self, DateRange, Format, ReportRequest, WaitPolicy};
use crate::bill::{self, Answer, Biller, Job};
use crate::config::{Account, Billing, Config};
use crate::http::{self, Http, Options};
use crate::outcome::{Billed, Posting};
use crate::progress::{Progress, Step};
use plan::{Plan, Planned};

pub use accept::{ENTERPRISE_NAME, NEW_PROVIDER};
pub use plan::Overlap;
pub use post::{Difference, Fate, Posted, Trouble};
pub use record::{Carried, Day, DayResult, Recorded, Register};

/// The most bytes of a stored report: as many as the component takes of a compressed one.
pub const DOWNLOAD_BYTES_MAX: u64 = 1 << 30;

/// Why a month, or one account of it, came to an end.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{period} is not over: its last day is {last}, and it is {today} (UTC)")]
    NotOver { period: String, last: Date, today: Date },
    #[error("{0:?} is no month: write YYYY-MM")]
    Period(String),
    /// Two billings would bill one tenant, or write to one place.
    #[error("{}", lines(.0))]
    Overlaps(Vec<Overlap>),
    #[error(transparent)]
    Acronis(#[from] acronis::Error),
    #[error(transparent)]
    Abiquo(#[from] crate::abiquo::Error),
    #[error(transparent)]
    Http(#[from] http::Error),
    #[error(transparent)]
    Bill(#[from] bill::Error),
    #[error("{path}: {source}")]
    File { path: PathBuf, source: std::io::Error },
    #[error("the billing of a report was cut off: {0}")]
    Cut(#[from] tokio::task::JoinError),
}

fn lines(list: &[impl ToString]) -> String {
    list.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// A calendar month that is to be billed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Period {
    name: String,
    first: Date,
    last: Date,
}

impl std::str::FromStr for Period {
    type Err = Error;

    /// `YYYY-MM`.
    fn from_str(text: &str) -> Result<Self, Error> {
        let first: Date = format!("{text}-01").parse().map_err(|_| Error::Period(text.into()))?;
        if text.len() != 7 {
            return Err(Error::Period(text.into()));
        }
        Ok(Period { name: text.into(), first, last: first.last_of_month() })
    }
}

impl std::fmt::Display for Period {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.name)
    }
}

impl Period {
    /// A month that is not over has not been used up yet.
    fn must_be_over(&self, now: Timestamp) -> Result<(), Error> {
        let today = now.to_zoned(TimeZone::UTC).date();
        if today > self.last { Ok(()) } else { Err(Error::NotOver { period: self.name.clone(), last: self.last, today }) }
    }
}

/// What became of one account.
pub struct AccountResult<T = BillingResult> {
    pub account: String,
    pub result: Result<Vec<T>, Error>,
}

/// What became of one billing of an account.
pub struct BillingResult {
    /// The provider in Abiquo.
    pub provider: String,
    pub answer: Answer,
    pub billed: Billed,
    pub postings: Vec<Posted>,
    /// Abiquo does not list the provider, and that was not accepted: nothing was posted.
    pub new_provider: bool,
}

/// A month to be run: configuration, component, network.
pub struct Month {
    config: Config,
    biller: Biller,
    http: Http,
    wait: WaitPolicy,
    /// Findings to let pass, `CODE` or `CODE:SUBJECT`.
    pub accept: Vec<String>,
    /// Bill and look up, but post nothing.
    pub dry_run: bool,
}

impl Month {
    /// The month of a configuration, over the real network.
    pub fn new(config: Config) -> Result<Self, Error> {
        let http = Http::new(&Options { ca_file: config.ca_file.clone(), ..Options::default() })?;
        Self::with(config, Biller::new()?, http, WaitPolicy::default())
    }

    /// The same over a network, a clock and a patience of one's own.
    pub fn with(config: Config, biller: Biller, http: Http, wait: WaitPolicy) -> Result<Self, Error> {
        Ok(Month { config, biller, http, wait, accept: Vec::new(), dry_run: false })
    }

    /// Run a period for every account, side by side; one that fails does not stop the others.
    pub async fn run(self: Arc<Self>, period: &Period, progress: Arc<dyn Progress>) -> Result<Vec<AccountResult>, Error> {
        period.must_be_over(self.http.now())?;
        let period = period.clone();
        self.each_account(progress, move |month, account, plan, tell| {
            let period = period.clone();
            Box::pin(async move { month.account(account, plan, &period, tell).await })
        })
        .await
    }

    /// The story of one account.
    async fn account(&self, account: &Account, plan: &Plan, period: &Period, tell: &Tell<'_>) -> Result<Vec<BillingResult>, Error> {
        let report = self.fetch(account, DateRange { start: period.first, end: period.last }, tell).await?;
        tell(Step::Billing);
        let mut results = Vec::new();
        for (billing, planned) in account.billings.iter().zip(&plan.billings) {
            let answer = self.bill(billing, planned, &report, period).await?;
            let billed = answer.billed()?;
            let (postings, new_provider) = self.post(billing, planned, &billed, report.created_at, tell).await?;
            results.push(BillingResult { provider: billing.provider.clone(), answer, billed, postings, new_provider });
        }
        Ok(results)
    }

    /// Do the same for every account, a few at once.
    async fn each_account<T: Send + 'static, F>(
        self: Arc<Self>,
        progress: Arc<dyn Progress>,
        story: F,
    ) -> Result<Vec<AccountResult<T>>, Error>
    where
        F: for<'a> Fn(&'a Month, &'a Account, &'a Plan, &'a Tell<'a>) -> Story<'a, T> + Send + Sync + 'static,
    {
        let (story, gate) = (Arc::new(story), Arc::new(tokio::sync::Semaphore::new(ACCOUNTS_AT_ONCE)));
        let mut running = Vec::new();
        for (index, plan) in self.plan()?.into_iter().enumerate() {
            let (month, progress, story, gate) = (Arc::clone(&self), Arc::clone(&progress), Arc::clone(&story), Arc::clone(&gate));
            running.push(tokio::spawn(async move {
                let account = &month.config.accounts[index];
                // The gate is never closed; without it there would be more at once, not fewer.
                let _turn = gate.acquire().await;
                let result = match plan {
                    Ok(plan) => story(&month, account, &plan, &|step| progress.step(&account.name, step)).await,
                    Err(error) => Err(error),
                };
                progress.step(&account.name, Step::Finished);
                AccountResult { account: account.name.clone(), result }
            }));
        }
        let mut results = Vec::new();
        for account in running {
            results.push(account.await?);
        }
        Ok(results)
    }

    /// Have the report made, wait for it, and download it.
    async fn fetch(&self, account: &Account, range: DateRange, tell: &Tell<'_>) -> Result<Report, Error> {
        tell(Step::Creating);
        let client = acronis::Client::new(self.http.clone(), &account.url, &account.client_id, account.client_secret.clone())?;
        let root = match &account.tenant_id {
            Some(tenant) => tenant.clone(),
            None => client.root_tenant().await?,
        };
        let created = client.create_report(&ReportRequest::billing(&root, range)).await?;
        let waiting = |seen: &acronis::Progress| tell(Step::Waiting { asked: seen.asked, waited: seen.waited });
        let stored = client.wait_for(&created.id, &Format::CsvV2, &self.wait, waiting).await?;
        tell(Step::Downloading);
        let folder = self.config.state.join("reports");
        std::fs::create_dir_all(&folder).map_err(|source| Error::File { path: folder.clone(), source })?;
        let path = folder.join(format!("{}-{}-{}.csv.gz", file_name(&account.name), range.end, file_name(&created.id)));
        client.download_to(&created.id, &stored, &path, DOWNLOAD_BYTES_MAX).await?;
        Ok(Report { path, root, created_at: stored.created_at.unwrap_or_else(|| self.http.now()) })
    }

    /// Bill the report in the sandbox, on a thread that may compute.
    async fn bill(&self, billing: &Billing, planned: &Planned, report: &Report, period: &Period) -> Result<Answer, Error> {
        let job = self.job(billing, planned, report, Some(period.to_string()));
        let (biller, billing, path) = (self.biller.clone(), billing.clone(), report.path.clone());
        let answer = tokio::task::spawn_blocking(move || {
            let (prices, customers, report) = files(&billing, &path)?;
            Ok::<_, Error>(biller.bill(&job, report, &prices, Some(&customers))?)
        });
        answer.await?
    }

    fn job(&self, billing: &Billing, planned: &Planned, report: &Report, period: Option<String>) -> Job {
        Job {
            period,
            root: Some(report.root.clone()),
            level: Some("direct_partners".into()),
            accept: accept::of_bills(&self.accept),
            exclude_tenants: planned.elsewhere.clone(),
            usage_name: billing.usage_name.clone(),
            ..Job::default()
        }
    }
}

/// A billing's price book and customers file, and the report.
fn files(billing: &Billing, report: &Path) -> Result<(Vec<u8>, Vec<u8>, File), Error> {
    let report = File::open(report).map_err(|source| Error::File { path: report.into(), source })?;
    Ok((read(&billing.prices)?, read(&billing.customers)?, report))
}

fn read(path: &Path) -> Result<Vec<u8>, Error> {
    std::fs::read(path).map_err(|source| Error::File { path: path.into(), source })
}

/// Whoever wants to hear of an account's steps.
type Tell<'a> = dyn Fn(Step) + Send + Sync + 'a;

/// What is done for an account.
type Story<'a, T> = Pin<Box<dyn Future<Output = Result<Vec<T>, Error>> + Send + 'a>>;

/// Accounts that are handled at once: each waits for its services most of the time.
const ACCOUNTS_AT_ONCE: usize = 4;

/// A report that was downloaded.
struct Report {
    path: PathBuf,
    /// The tenant that it starts from.
    root: String,
    /// The date of the bills made of it.
    created_at: Timestamp,
}

/// A name as part of a file's name.
fn file_name(name: &str) -> String {
    name.chars().map(|c| if c.is_alphanumeric() || matches!(c, '-' | '_') { c } else { '_' }).collect()
}

/// Postings that may be sent.
fn free(postings: &[Posting]) -> impl Iterator<Item = &Posting> {
    postings.iter().filter(|posting| posting.held.is_empty())
}
