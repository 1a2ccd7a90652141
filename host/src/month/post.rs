//! Posting: each bill is looked up before it is sent, and after an answer that was lost.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Error, Month, NEW_PROVIDER, Tell, free};
use crate::abiquo::{Bill, BillingPeriod, Client, PostingHeader, format_date};
use crate::bill::Biller;
use crate::config::Billing;
use crate::outcome::{Billed, Outcome, Posting, PostingCategory};
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
    /// Would have been sent.
    DryRun,
    /// Findings hold it, by their codes.
    Held { codes: Vec<String> },
    /// Abiquo holds another bill of this enterprise, provider and period: nothing was sent.
    Different { differences: Vec<Difference> },
    /// The provider is new to Abiquo: nothing was sent.
    NewProvider,
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
        let new_provider = !self.accept.iter().any(|code| code == NEW_PROVIDER) && self.is_new(&client, billing, outcome).await?;
        let mut posted = Vec::new();
        for (done, posting) in outcome.postings.iter().enumerate() {
            tell(Step::Posting { done, of: outcome.postings.len() });
            let fate = if !posting.held.is_empty() {
                Fate::Held { codes: posting.held.clone() }
            } else {
                let target = Target { client: &client, biller: &self.biller, outcome, header: &header, posting };
                target.settle(self.dry_run, new_provider).await
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
    async fn is_new(&self, client: &Client, billing: &Billing, outcome: &Outcome) -> Result<bool, Error> {
        let Some(posting) = free(&outcome.postings).next() else {
            return Ok(false);
        };
        Ok(!client.providers(posting.enterprise).await?.contains(&billing.provider))
    }
}

/// One posting on its way.
struct Target<'a> {
    client: &'a Client,
    biller: &'a Biller,
    outcome: &'a Outcome,
    header: &'a PostingHeader,
    posting: &'a Posting,
}

/// What Abiquo holds in a posting's place.
enum Found {
    Nothing,
    TheSame,
    Another(Vec<Difference>),
}

impl Target<'_> {
    async fn settle(&self, dry_run: bool, new_provider: bool) -> Fate {
        match self.look_up().await {
            Ok(Found::TheSame) => Fate::AlreadyThere,
            Ok(Found::Another(differences)) => Fate::Different { differences },
            Ok(Found::Nothing) if dry_run => Fate::DryRun,
            Ok(Found::Nothing) if new_provider => Fate::NewProvider,
            Ok(Found::Nothing) => self.send().await,
            // Nothing was sent: whatever is there, it is not of this run.
            Err(error) => Fate::Failed { reason: error.to_string() },
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
        let comparison = Comparison {
            period: &self.outcome.period.start[..7],
            currency: &self.outcome.currency,
            posting: &self.posting.categories,
            held: held.iter().map(held_line).collect(),
        };
        let comparison = serde_json::to_string(&comparison).map_err(crate::bill::Error::Answer)?;
        let compared: Compared = serde_json::from_str(&self.biller.compare(&comparison)?).map_err(crate::bill::Error::Answer)?;
        Ok(match compared {
            Compared { absent: true, .. } => Found::Nothing,
            Compared { equal: true, .. } => Found::TheSame,
            Compared { differences, .. } => Found::Another(differences),
        })
    }
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
            Fate::Posted | Fate::AlreadyThere | Fate::DryRun => None,
            Fate::Held { .. } | Fate::Different { .. } | Fate::NewProvider => Some(Trouble::Blocked),
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
