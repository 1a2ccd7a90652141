//! Which Abiquo is asked, as whom, about which enterprise and provider; and which days are meant.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use skubill::bill::Biller;
use skubill_runner::config::{Account, Billing, Times};
use skubill_runner::journal::{Journal, PeriodLock};
use skubill_runner::month::Stop;
use skubill_runner::reconcile::{Gate, Kind, Policy, Witness};
use skubill_services::abiquo::{BillingPeriod, Client, check_provider, check_provider_name, parse_date};
use skubill_services::http::{BaseUrl, Http, Skew};

use crate::fail::Fail;
use crate::single::{At, Month, Opened};

#[derive(Args)]
pub struct Place {
    #[command(flatten)]
    pub at: At,
    /// The billing of the account, counted from 1: it determines Abiquo, credentials and provider.
    #[arg(long, value_name = "N")]
    billing: Option<usize>,
    /// The provider; by default the billing's own. A list of bills has all providers by default.
    #[arg(long, value_name = "NAME")]
    provider: Option<String>,
    /// The number of the enterprise.
    #[arg(long, value_name = "N")]
    enterprise: u64,
}

/// What JSON calls a list of them.
pub fn name_of(kind: Kind) -> &'static str {
    match kind {
        Kind::Bill => "bills",
        Kind::Registers => "registers",
    }
}

/// A place that is known: whom to ask, and about whom; and what a write needs.
pub struct Resolved {
    pub client: Client,
    pub enterprise: u64,
    pub provider: String,
    /// The provider, where the command line names it.
    pub named: Option<String>,
    pub account: String,
    pub billing: Billing,
    http: Http,
    skew: Arc<Skew>,
    state: PathBuf,
    settle: Duration,
    time: Times,
    stop: Stop,
}

impl Place {
    pub fn resolve(&self, stop: &Stop) -> Result<Resolved, Fail> {
        let Opened { account, http, state, settle, time } = self.at.open()?;
        let billing = self.billing(&account)?.clone();
        let abiquo = &billing.abiquo;
        let (watched, skew) = http.watched();
        let client = Client::with_base(watched, abiquo.base_url()?, abiquo.auth.clone()).with_profile(abiquo.wire.clone());
        let client = match &abiquo.version {
            Some(version) => client.with_version(version),
            None => client,
        };
        let named = self.provider.clone();
        if let Some(name) = &named {
            check_provider_name(name).map_err(|wrong| Fail::Usage(format!("--provider: {wrong}")))?;
        }
        let provider = named.clone().unwrap_or_else(|| billing.provider.clone());
        let (enterprise, account, stop) = (self.enterprise, account.name, stop.clone());
        Ok(Resolved { client, enterprise, provider, named, account, billing, http, skew, state, settle, time, stop })
    }

    /// The billing that is named by its number or by its provider, or the only one.
    fn billing<'a>(&self, account: &'a Account) -> Result<&'a Billing, Fail> {
        let billings = &account.billings;
        let of_provider: Vec<&Billing> = billings.iter().filter(|billing| Some(&billing.provider) == self.provider.as_ref()).collect();
        match (self.billing, of_provider.as_slice(), billings.as_slice()) {
            (Some(number), _, all) => {
                let wrong = || Fail::Usage(format!("--billing {number}: account {} has {}, counted from 1", account.name, all.len()));
                number.checked_sub(1).and_then(|index| all.get(index)).ok_or_else(wrong)
            }
            (None, [one], _) => Ok(one),
            (None, _, [one]) => Ok(one),
            (None, ..) => Err(Fail::Usage(format!(
                "account {} has {} billings: name one with --billing N or its --provider",
                account.name,
                billings.len()
            ))),
        }
    }
}

/// What passes a write through the gate.
pub struct Tools {
    pub biller: Biller,
    pub url: BaseUrl,
    journal: Journal,
    /// Another run of the same month, by any process, has to wait.
    _lock: PeriodLock,
}

impl Resolved {
    /// The journal and the lock of a month, or of a period that begins in it.
    pub fn tools(&self, period_start: Timestamp) -> Result<Tools, Fail> {
        let month = period_start.to_zoned(TimeZone::UTC).strftime("%Y-%m");
        let journal = Journal::open(&self.state).map_err(anyhow::Error::new)?;
        journal.verify(None).map_err(anyhow::Error::new)?;
        let lock = PeriodLock::take(&self.state, &format!("{} {month}", self.account)).map_err(anyhow::Error::new)?;
        Ok(Tools { biller: Biller::new()?, url: self.billing.abiquo.base_url()?, journal, _lock: lock })
    }

    /// The gate that every write passes.
    pub fn gate<'a>(&'a self, tools: &'a Tools, accept: &[String]) -> Gate<'a> {
        let witness = Witness { service: "Abiquo", skew: Arc::clone(&self.skew) };
        let policy = Policy {
            accept: accept.to_vec(),
            settle: self.settle,
            posting: self.time.posting(),
            stop: self.stop.clone(),
            ..Policy::default()
        };
        Gate::new((&tools.biller, &tools.journal, &self.http), &self.client, &self.provider, vec![witness], policy)
    }

    /// Whether the provider's bills may be ours: what others fill is neither posted nor deleted here.
    pub fn must_be_ours(&self) -> Result<(), Fail> {
        check_provider(&self.provider).map_err(|wrong| Fail::Usage(format!("--provider: {wrong}")))
    }
}

/// An instant, or a day of which the first or the last second is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    Day(Date),
    At(Timestamp),
}

impl std::str::FromStr for When {
    type Err = &'static str;

    /// `YYYY-MM-DD` (UTC), RFC 3339, or as Abiquo writes it.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let day = text.parse().ok().filter(|_| text.len() == 10).map(When::Day);
        day.or_else(|| parse_date(text).map(When::At)).ok_or("write YYYY-MM-DD, or an instant such as 2021-08-31T23:59:59Z")
    }
}

impl When {
    pub fn first(self) -> Result<Timestamp, Fail> {
        Ok(self.span()?.start)
    }

    pub fn last(self) -> Result<Timestamp, Fail> {
        Ok(self.span()?.end)
    }

    fn span(self) -> Result<BillingPeriod, Fail> {
        match self {
            When::Day(day) => Ok(BillingPeriod::days(day, day)?),
            When::At(instant) => Ok(BillingPeriod { start: instant, end: instant }),
        }
    }
}

/// The period of what is posted.
#[derive(Args)]
pub struct Span {
    /// The month, YYYY-MM, UTC.
    #[arg(long, value_name = "YYYY-MM", conflicts_with_all = ["start", "end"])]
    period: Option<Month>,
    /// Begin of the period, if it is no month: a day, or an instant.
    #[arg(long, value_name = "T", requires = "end")]
    start: Option<When>,
    /// End of the period: a day, which means its last second, or an instant.
    #[arg(long, value_name = "T", requires = "start")]
    end: Option<When>,
}

impl Span {
    pub fn named(&self) -> Result<Option<BillingPeriod>, Fail> {
        if let Some(month) = self.period {
            return Ok(Some(BillingPeriod::days(month.first, month.last)?));
        }
        let Some((start, end)) = self.start.zip(self.end) else {
            return Ok(None);
        };
        let period = BillingPeriod { start: start.first()?, end: end.last()? };
        match period.start < period.end {
            true => Ok(Some(period)),
            false => Err(Fail::Usage("--end: the period ends before it starts".into())),
        }
    }
}
