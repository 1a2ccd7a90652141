//! The month: fetch the report, bill it, post the bills. The story is [`AccountRun::month`]; each stage of it
//! is a function below, or a file of its own.
//!
//! What is written to a service is written on the [record](crate::journal) before it is sent, and what came
//! of it after. A run that was cut off is gone on with by the next one, which looks up what it left open.

mod evidence;
mod fetch;
mod plan;
mod post;
mod record;

use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;

use crate::config::{Account, Billing, Config};
use crate::evidence::{JOB, OUTCOME};
use crate::journal::{self, Hash, Journal, LockError, PeriodLock};
use crate::progress::{Progress, Step};
use crate::reconcile::{self, Policy, Witness};
use evidence::{Inputs, Keeping};
use fetch::Report;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use plan::{Plan, Planned};
use skubill::bill::{self, Answer, Biller, Job};
use skubill::outcome::Billed;
use skubill_services::acronis::{self, DateRange, WaitPolicy};
use skubill_services::blocking::off_thread;
use skubill_services::http::{self, Http, Options, Scope};

pub use crate::reconcile::{BOUNDS, ENTERPRISE_NAME, FailureClass, MISSING_IN_ABIQUO, NEW_PROVIDER, PostingStatus, Stop};
pub use plan::Overlap;
pub use post::Posted;
pub use record::{DayResult, Recorded};
pub use skubill::answer::{Difference, Excess};
pub use skubill::day::{Carried, Day, Register};

/// Why a month, or one account of it, came to an end.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{period} is not over: its last day is {last}, and it is {today} (UTC)")]
    NotOver { period: String, last: Date, today: Date },
    #[error("{} is no month: write YYYY-MM", skubill_services::text::quoted(_0))]
    Period(String),
    /// Two billings would bill one tenant, or write to one place.
    #[error("{}", lines(.0))]
    Overlaps(Vec<Overlap>),
    #[error(transparent)]
    Acronis(#[from] acronis::Error),
    #[error(transparent)]
    Abiquo(#[from] skubill_services::abiquo::Error),
    #[error(transparent)]
    Http(#[from] http::Error),
    #[error(transparent)]
    Bill(#[from] bill::Error),
    #[error(transparent)]
    Journal(#[from] journal::Error),
    #[error(transparent)]
    Lock(#[from] LockError),
    /// Whether a report was made is not known, and could not be looked up.
    #[error("{created}; looking it up failed too: {lost}. The next run looks again before it asks for another")]
    ReportUnknown { created: Box<acronis::Error>, lost: Box<acronis::Error> },
    /// What a run was made of could not be kept: nothing (more) was posted.
    #[error(transparent)]
    Evidence(#[from] crate::evidence::Error),
    #[error("stopped, as asked. Run the same again to go on: what was posted is not posted twice")]
    Stopped,
    #[error("{path}: {source}")]
    File { path: PathBuf, source: std::io::Error },
    /// A price book or customers file cannot be read.
    #[error(transparent)]
    Named(#[from] skubill_services::file::Error),
    #[error("the billing of a report was cut off: {0}")]
    Cut(#[from] tokio::task::JoinError),
}

impl Error {
    /// What it is for whoever waits for the postings.
    pub fn failure(&self) -> FailureClass {
        match self {
            Error::ReportUnknown { .. } => FailureClass::Unknown,
            _ => FailureClass::External,
        }
    }
}

impl From<reconcile::Error> for Error {
    fn from(error: reconcile::Error) -> Error {
        match error {
            reconcile::Error::Abiquo(error) => Error::Abiquo(error),
            reconcile::Error::Http(error) => Error::Http(error),
            reconcile::Error::Bill(error) => Error::Bill(error),
            reconcile::Error::Journal(error) => Error::Journal(error),
        }
    }
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

/// What became of one account: an error where it came to none of its billings.
pub struct AccountResult<T = BillingResult> {
    pub account: String,
    pub result: Result<Vec<ProviderResult<T>>, Error>,
}

/// One billing of an account: what it came to, and what ended it early. Both may be there: what happened before an
/// error is told, too.
pub struct ProviderResult<T = BillingResult> {
    /// The provider in Abiquo.
    pub provider: String,
    pub result: Option<T>,
    pub error: Option<Error>,
}

impl<T> ProviderResult<T> {
    /// The error, where there is one; else what it came to.
    pub fn into_result(self) -> Result<T, Error> {
        match (self.error, self.result) {
            (None, Some(result)) => Ok(result),
            (error, _) => Err(error.unwrap_or(Error::Stopped)),
        }
    }

    fn failed(provider: &str, error: Error) -> Self {
        ProviderResult { provider: provider.to_string(), result: None, error: Some(error) }
    }
}

/// What became of one billing of an account.
pub struct BillingResult {
    pub answer: Answer,
    pub billed: Billed,
    pub postings: Vec<Posted>,
    /// Abiquo does not list the provider, and that was not accepted: nothing was posted.
    pub new_provider: bool,
    /// Where the evidence of this run is.
    pub evidence: PathBuf,
}

/// A month to be run: configuration, component, network.
#[derive(Clone)]
pub struct BillingRun {
    config: Config,
    biller: Biller,
    http: Http,
    wait: WaitPolicy,
    /// Findings to let pass, `CODE` or `CODE:SUBJECT`.
    pub accept: Vec<String>,
    /// Bill and look up, but post nothing.
    pub dry_run: bool,
    /// Where Abiquo holds another bill, delete it and post this one.
    pub replace: bool,
    /// Have a report made also where an earlier run had one made for this period.
    pub new_report: bool,
    /// Ends the run between two steps, once it is asked to.
    pub stop: Stop,
}

impl BillingRun {
    /// The month of a configuration, over the real network.
    pub fn new(config: Config) -> Result<Self, Error> {
        let http = Http::new(&Options { ca_file: config.ca_file.clone(), ..Options::default() })?;
        Self::with(config, Biller::new()?, http, WaitPolicy::default())
    }

    /// The same over a network, a clock and a patience of one's own.
    pub fn with(config: Config, biller: Biller, http: Http, wait: WaitPolicy) -> Result<Self, Error> {
        let (accept, stop) = (Vec::new(), Stop::default());
        Ok(BillingRun { config, biller, http, wait, accept, dry_run: false, replace: false, new_report: false, stop })
    }

    /// The same, with every bill computed on a second engine too, and compared to the byte before anything is
    /// posted.
    pub fn verified(self) -> Result<Self, Error> {
        Ok(BillingRun { biller: self.biller.with_verification()?, ..self })
    }

    /// Run a period for every account, side by side; one that fails does not stop the others.
    pub async fn run(self: Arc<Self>, period: &Period, progress: Arc<dyn Progress>) -> Result<Vec<AccountResult>, Error> {
        period.must_be_over(self.http.now())?;
        let (month, period) = (period.name.clone(), period.clone());
        self.each_account(month, progress, move |turn| {
            let period = period.clone();
            Box::pin(async move { turn.month(&period).await })
        })
        .await
    }

    /// Do the same for every account, a few at once. `month` is what the account is locked for.
    async fn each_account<T: Send + 'static, F>(
        self: Arc<Self>,
        month: String,
        progress: Arc<dyn Progress>,
        story: F,
    ) -> Result<Vec<AccountResult<T>>, Error>
    where
        F: for<'a> Fn(AccountRun<'a>) -> Story<'a, T> + Send + Sync + 'static,
    {
        let plans = self.plan()?;
        let journal = Arc::new(Journal::open(&self.config.state)?);
        // Nothing is written after what was changed.
        journal.verify(None)?;
        crate::evidence::complete(&self.config.state, &journal)?;
        let timed = BillingRun { http: self.http.within(Scope::Run, self.config.time.run()), ..BillingRun::clone(&self) };
        let this = Arc::new(timed);
        let (story, gate) = (Arc::new(story), Arc::new(tokio::sync::Semaphore::new(ACCOUNTS_AT_ONCE)));
        let mut running = Vec::new();
        for (index, plan) in plans.into_iter().enumerate() {
            let (this, progress, story, gate) = (Arc::clone(&this), Arc::clone(&progress), Arc::clone(&story), Arc::clone(&gate));
            let (journal, month) = (Arc::clone(&journal), month.clone());
            running.push(tokio::spawn(async move {
                let account = &this.config.accounts[index];
                // The gate is never closed; without it there would be more at once, not fewer.
                let _turn = gate.acquire().await;
                let tell = |step| progress.step(&account.name, step);
                let result = match this.locked(account, &month, plan) {
                    Ok((plan, _lock)) => story(AccountRun::new(&this, account, &plan, &journal, &tell)).await,
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

    /// An account's plan, and its lock: another run of the same month, by any process, has to wait.
    fn locked(&self, account: &Account, month: &str, plan: Result<Plan, Error>) -> Result<(Plan, PeriodLock), Error> {
        Ok((plan?, PeriodLock::take(&self.config.state, &format!("{} {month}", account.name))?))
    }

    /// What holds for all postings of a run whose last day this is.
    fn policy(&self, last: Date) -> Policy {
        let (accept, stop) = (self.accept.clone(), self.stop.clone());
        let (settle, posting) = (self.config.settle, self.config.time.posting());
        Policy { accept, dry_run: self.dry_run, replace: self.replace, settle, posting, over: Some(last), stop }
    }

    /// The hash of the journal's last entry, to be kept elsewhere: nothing before it can be changed unseen.
    pub fn journal_head(&self) -> Result<Hash, Error> {
        Ok(Journal::read(&self.config.state)?.head()?)
    }
}

/// One account's turn.
struct AccountRun<'a> {
    run: &'a BillingRun,
    account: &'a Account,
    plan: &'a Plan,
    journal: &'a Journal,
    tell: &'a (dyn Fn(Step) + Send + Sync + 'a),
    /// Acronis' network, with an eye on its clock.
    acronis: Http,
    acronis_clock: Witness,
}

impl<'a> AccountRun<'a> {
    fn new(
        run: &'a BillingRun,
        account: &'a Account,
        plan: &'a Plan,
        journal: &'a Journal,
        tell: &'a (dyn Fn(Step) + Send + Sync + 'a),
    ) -> AccountRun<'a> {
        let (acronis, skew) = run.http.watched();
        AccountRun { run, account, plan, journal, tell, acronis, acronis_clock: Witness { service: "Acronis", skew } }
    }

    /// The story of one account: each billing by itself, whatever becomes of the others.
    async fn month(&self, period: &Period) -> Result<Vec<ProviderResult>, Error> {
        let report = self.report(DateRange { start: period.first, end: period.last }, &period.name).await?;
        (self.tell)(Step::Billing);
        let mut runs = Vec::new();
        for (billing, planned) in self.account.billings.iter().zip(&self.plan.billings) {
            runs.push(match self.bill_month(billing, planned, &report, period).await {
                Ok((kept, answer, billed)) => self.post_month(billing, planned, &report, period, (kept, answer, billed)).await,
                Err(error) => ProviderResult::failed(&billing.provider, error),
            });
        }
        self.forget_unreadable(&report, &runs);
        Ok(runs)
    }

    /// Bill the report, from the copies that are kept: what was billed is what can be billed again.
    async fn bill_month(
        &self,
        billing: &Billing,
        planned: &Planned,
        report: &Report,
        period: &Period,
    ) -> Result<(Keeping, Answer, Billed), Error> {
        let mut kept = self.keep(billing, report, &period.name)?;
        let job = self.job(billing, planned, report, Some(period.to_string()));
        kept.json(JOB, &job)?;
        let answer = self.bill(job, kept.inputs()).await?;
        kept.bytes(OUTCOME, answer.outcome_json()?.as_bytes())?;
        let billed = answer.billed()?;
        Ok((kept, answer, billed))
    }

    /// Post what was billed. Whatever fails from here on, what was posted is told.
    async fn post_month(
        &self,
        billing: &Billing,
        planned: &Planned,
        report: &Report,
        period: &Period,
        (kept, answer, billed): (Keeping, Answer, Billed),
    ) -> ProviderResult {
        let (mut postings, mut new_provider, evidence) = (Vec::new(), false, kept.folder());
        let posted = self.post(billing, planned, &billed, report.created_at, period.last, (&mut postings, &mut new_provider)).await;
        let error = posted.and_then(|()| kept.finish(self.journal, &postings, self.run.http.now()).map(drop)).err();
        let result = BillingResult { answer, billed, postings, new_provider, evidence };
        ProviderResult { provider: billing.provider.clone(), result: Some(result), error }
    }

    /// Bill the report in the sandbox.
    async fn bill(&self, job: Job, inputs: Inputs) -> Result<Answer, Error> {
        let biller = self.run.biller.clone();
        off_thread(move || {
            let (prices, customers, report) = inputs.read()?;
            Ok(biller.bill(&job, report, &prices, Some(&customers))?)
        })
        .await?
    }

    fn job(&self, billing: &Billing, planned: &Planned, report: &Report, period: Option<String>) -> Job {
        Job {
            period,
            root: Some(report.root.clone()),
            level: Some("direct_partners".into()),
            accept: reconcile::of_bills(&self.run.accept),
            exclude_tenants: planned.elsewhere.clone(),
            usage_name: billing.usage_name.clone(),
            ..Job::default()
        }
    }
}

fn read(path: &Path) -> Result<Vec<u8>, Error> {
    Ok(crate::config::read_book(path)?)
}

/// What is done for an account.
type Story<'a, T> = Pin<Box<dyn Future<Output = Result<Vec<ProviderResult<T>>, Error>> + Send + 'a>>;

/// Accounts that are handled at once: each waits for its services most of the time.
const ACCOUNTS_AT_ONCE: usize = 4;
