//! Posting: each bill is looked up before it is sent, and after an answer that was lost.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::accept::lets;
use super::plan::Planned;
use super::{ENTERPRISE_NAME, Error, Month, NEW_PROVIDER, Tell, free};
use crate::abiquo::{Bill, BillingPeriod, Client, PostingHeader, format_date};
use crate::bill::{self, Biller};
use crate::config::Billing;
use crate::outcome::{Billed, Posting, PostingCategory};
use crate::progress::Step;

/// What became of the posting of one enterprise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Posted {
    pub enterprise: u64,
    pub total: String,
    #[serde(flatten)]
    pub fate: Fate,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "fate", rename_all = "kebab-case")]
pub enum Fate {
    /// Sent, and accepted.
    Posted,
    /// Abiquo holds this very bill already: nothing was sent.
    AlreadyThere,
    /// The day, or a later one, is recorded already: nothing was sent.
    Recorded,
    /// There is nothing to record.
    Nothing,
    /// Would have been sent.
    DryRun,
    /// Findings hold it, by their codes.
    Held { codes: Vec<String> },
    /// Abiquo holds another bill of this enterprise, provider and period: nothing was sent.
    Different { differences: Vec<Difference> },
    /// The provider is new to Abiquo: nothing was sent.
    NewProvider,
    /// Abiquo calls the enterprise something else than the customers file does: nothing was sent.
    WrongEnterprise { customers_file: String, abiquo: String },
    /// Whether it took effect is not known, and could not be looked up.
    Unknown { reason: String },
    /// Refused, or not reached; it did not take effect.
    Failed { reason: String },
}

/// A line in which a posting and what Abiquo holds differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// `missing`, `extra`, `amount`, `currency` or `period`.
    pub kind: String,
    pub category: String,
    pub usage_type: String,
    pub posting: Option<String>,
    pub held: Option<String>,
}

/// What the component is asked: the contract's `compare`.
#[derive(Serialize)]
struct Comparison<'a> {
    period: &'a str,
    currency: &'a str,
    posting: &'a [PostingCategory],
    held: Vec<HeldLine<'a>>,
}

#[derive(Serialize)]
struct HeldLine<'a> {
    category: &'a str,
    usage_type: &'a str,
    price: &'a str,
    currency: &'a str,
    period_start: String,
    period_end: String,
}

#[derive(Deserialize)]
struct Compared {
    absent: bool,
    equal: bool,
    differences: Vec<Difference>,
}

impl Month {
    /// Post what may be posted, one enterprise after another.
    pub(super) async fn post(
        &self,
        billing: &Billing,
        planned: &Planned,
        billed: &Billed,
        date: Timestamp,
        tell: &Tell<'_>,
    ) -> Result<(Vec<Posted>, bool), Error> {
        let client = self.abiquo(billing)?;
        let outcome = &billed.outcome;
        let header = PostingHeader {
            provider: billing.provider.clone(),
            date,
            period: BillingPeriod::try_from(&outcome.period)?,
            currency: outcome.currency.clone(),
        };
        let first = free(&outcome.postings).next().map(|posting| posting.enterprise);
        let new_provider = self.is_new(&client, billing, first).await?;
        let mut posted = Vec::new();
        for (done, posting) in outcome.postings.iter().enumerate() {
            tell(Step::Posting { done, of: outcome.postings.len() });
            let fate = if !posting.held.is_empty() {
                Fate::Held { codes: posting.held.clone() }
            } else {
                let target = Target { client: &client, biller: &self.biller, header: &header, posting };
                match self.enterprise(&client, planned, posting.enterprise).await {
                    Ok(stranger) => target.settle(self.dry_run, new_provider, stranger).await,
                    Err(error) => Fate::Failed { reason: error.to_string() },
                }
            };
            posted.push(Posted { enterprise: posting.enterprise, total: posting.total.clone(), fate });
        }
        Ok((posted, new_provider))
    }

    pub(super) fn abiquo(&self, billing: &Billing) -> Result<Client, Error> {
        let abiquo = &billing.abiquo;
        let client = Client::new(self.http.clone(), &abiquo.url, abiquo.auth.clone())?.with_profile(abiquo.wire.clone());
        Ok(match &abiquo.version {
            Some(version) => client.with_version(version),
            None => client,
        })
    }

    /// Whether a first post would make a provider that Abiquo does not list. Its dashboard shows
    /// no last bills of any provider until the new one is configured there.
    pub(super) async fn is_new(&self, client: &Client, billing: &Billing, enterprise: Option<u64>) -> Result<bool, Error> {
        match enterprise {
            Some(enterprise) if !lets(&self.accept, NEW_PROVIDER, &billing.provider) => {
                Ok(!client.providers(enterprise).await?.contains(&billing.provider))
            }
            _ => Ok(false),
        }
    }

    /// Ask Abiquo for an enterprise: its links are followed from here on, and its name has to be what the
    /// customers file calls it, for a number that is one off is another customer's. Gives the fate of a
    /// first post where it is not. Where no name is to be compared, a user who may not see enterprises
    /// goes on with the addresses that are documented.
    pub(super) async fn enterprise(&self, client: &Client, planned: &Planned, id: u64) -> Result<Option<Fate>, Error> {
        let names = if lets(&self.accept, ENTERPRISE_NAME, id) { Vec::new() } else { planned.names(id) };
        let found = match client.enterprise(id).await {
            Err(error) if names.is_empty() && error.is_hidden() => return Ok(None),
            found => found?,
        };
        let stranger = names.into_iter().find(|name| name.trim() != found.name.trim());
        Ok(stranger.map(|name| Fate::WrongEnterprise { customers_file: name.to_string(), abiquo: found.name }))
    }
}

/// One posting on its way.
struct Target<'a> {
    client: &'a Client,
    biller: &'a Biller,
    header: &'a PostingHeader,
    posting: &'a Posting,
}

/// What Abiquo holds in a posting's place.
pub(super) enum Found {
    Nothing,
    TheSame,
    Another(Vec<Difference>),
}

impl Target<'_> {
    /// `stranger` is the fate of a first post where the enterprise is another than it is said to be.
    async fn settle(&self, dry_run: bool, new_provider: bool, stranger: Option<Fate>) -> Fate {
        match (self.look_up().await, stranger) {
            (Ok(Found::TheSame), _) => Fate::AlreadyThere,
            (Ok(Found::Another(differences)), _) => Fate::Different { differences },
            (Ok(Found::Nothing), Some(stranger)) => stranger,
            (Ok(Found::Nothing), None) if dry_run => Fate::DryRun,
            (Ok(Found::Nothing), None) if new_provider => Fate::NewProvider,
            (Ok(Found::Nothing), None) => self.send().await,
            // Nothing was sent: whatever is there, it is not of this run.
            (Err(error), _) => Fate::Failed { reason: error.to_string() },
        }
    }

    async fn send(&self) -> Fate {
        let sent = self.client.post_bill_by_categories(self.posting.enterprise, self.header, &self.posting.categories).await;
        let error = match sent {
            Ok(_) => return Fate::Posted,
            Err(error) => error,
        };
        if !error.is_unknown() && !error.is_already_there() {
            return Fate::Failed { reason: error.to_string() };
        }
        // The answer was lost, or says that a bill is there: only looking tells.
        match self.look_up().await {
            Ok(Found::TheSame) => Fate::Posted,
            Ok(Found::Another(differences)) => Fate::Different { differences },
            Ok(Found::Nothing) => Fate::Failed { reason: format!("{error}; it was looked up and is not there") },
            Err(lost) => Fate::Unknown { reason: format!("{error}; looking it up failed too: {lost}") },
        }
    }

    async fn look_up(&self) -> Result<Found, Error> {
        let PostingHeader { provider, period, .. } = self.header;
        let held = self.client.find_bills(self.posting.enterprise, provider, period).await?;
        judge(self.biller, self.header, &self.posting.categories, held.iter())
    }
}

/// Whether what Abiquo holds is a posting, as the component compares them.
pub(super) fn judge<'a>(
    biller: &Biller,
    header: &PostingHeader,
    posting: &[PostingCategory],
    held: impl Iterator<Item = &'a Bill>,
) -> Result<Found, Error> {
    let period = header.period.start.to_zoned(TimeZone::UTC).strftime("%Y-%m").to_string();
    let comparison = Comparison { period: &period, currency: &header.currency, posting, held: held.map(held_line).collect() };
    let comparison = serde_json::to_string(&comparison).map_err(bill::Error::Answer)?;
    let compared: Compared = serde_json::from_str(&biller.compare(&comparison)?).map_err(bill::Error::Answer)?;
    Ok(match compared {
        Compared { absent: true, .. } => Found::Nothing,
        Compared { equal: true, .. } => Found::TheSame,
        Compared { differences, .. } => Found::Another(differences),
    })
}

fn held_line(bill: &Bill) -> HeldLine<'_> {
    let date = |instant: Option<Timestamp>| instant.map_or_else(|| "unknown".to_string(), format_date);
    HeldLine {
        category: bill.category.as_deref().unwrap_or_default(),
        usage_type: bill.usage_type.as_deref().unwrap_or_default(),
        price: bill.price.as_deref().unwrap_or("none"),
        currency: bill.currency.as_deref().unwrap_or_default(),
        period_start: date(bill.period_start),
        period_end: date(bill.period_end),
    }
}

impl Fate {
    /// Why this posting is not where it should be, if it is not.
    pub fn trouble(&self) -> Option<Trouble> {
        match self {
            Fate::Posted | Fate::AlreadyThere | Fate::Recorded | Fate::Nothing | Fate::DryRun => None,
            Fate::Held { .. } | Fate::Different { .. } | Fate::NewProvider | Fate::WrongEnterprise { .. } => Some(Trouble::Blocked),
            Fate::Unknown { .. } => Some(Trouble::Unknown),
            Fate::Failed { .. } => Some(Trouble::World),
        }
    }
}

/// What keeps a posting from its place, the worst last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trouble {
    Blocked,
    World,
    Unknown,
}
