//! Which Abiquo is asked, as whom, about which enterprise and provider; and which days are meant.

use clap::Args;
use jiff::Timestamp;
use jiff::civil::Date;
use skubill::abiquo::{BillingPeriod, Client, check_provider, check_provider_name, parse_date};
use skubill::config::{Account, Billing};

use crate::fail::Fail;
use crate::single::{At, Month};

#[derive(Args)]
pub struct Place {
    #[command(flatten)]
    pub at: At,
    /// Which billing of the account, counted from 1: it says which Abiquo, as whom, and under which provider.
    #[arg(long, value_name = "N")]
    billing: Option<usize>,
    /// The provider; the billing's own unless named. A list of bills is of all providers unless one is named.
    #[arg(long, value_name = "NAME")]
    provider: Option<String>,
    /// The enterprise, by its number.
    #[arg(long, value_name = "N")]
    enterprise: u64,
}

/// Of the two resources, one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Bills,
    Registers,
}

impl Kind {
    /// What JSON calls a list of them.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Bills => "bills",
            Kind::Registers => "registers",
        }
    }
}

/// A place that is known: whom to ask, and about whom.
pub struct Resolved {
    pub client: Client,
    pub enterprise: u64,
    pub provider: String,
    /// The provider, where the command line names it.
    pub named: Option<String>,
}

impl Place {
    pub fn resolve(&self) -> Result<Resolved, Fail> {
        let (account, http) = self.at.account()?;
        let Billing { provider, abiquo, .. } = self.billing(&account)?;
        let client = Client::with_base(http, abiquo.base_url()?, abiquo.auth.clone()).with_profile(abiquo.wire.clone());
        let client = match &abiquo.version {
            Some(version) => client.with_version(version),
            None => client,
        };
        let named = self.provider.clone();
        if let Some(name) = &named {
            check_provider_name(name).map_err(|wrong| Fail::Usage(format!("--provider: {wrong}")))?;
        }
        Ok(Resolved { client, enterprise: self.enterprise, provider: named.clone().unwrap_or_else(|| provider.clone()), named })
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

impl Resolved {
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
    /// Where the period begins, if it is no month: a day, or an instant.
    #[arg(long, value_name = "T", requires = "end")]
    start: Option<When>,
    /// Where it ends: the last second of a day, or an instant.
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
