//! Posting the month's bills, one an enterprise.

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use super::accept::lets;
use super::fate::{Fate, Posted};
use super::place::{self, Found, Hindrance, Place, Previous, judge};
use super::plan::Planned;
use super::{ENTERPRISE_NAME, Error, Month, NEW_PROVIDER, Turn, free};
use crate::abiquo::{self, BillingPeriod, Client, Deleted, PostingHeader, format_date};
use crate::bill;
use crate::config::{Billing, Bounds};
use crate::http::Scope;
use crate::journal::{Action, Journal, Outcome, Step as Entered, Subject};
use crate::outcome::{Billed, Posting};
use crate::progress::Step;
use crate::text::same;

impl Turn<'_> {
    /// Post what may be posted, one enterprise after another.
    pub(super) async fn post(
        &self,
        billing: &Billing,
        planned: &Planned,
        billed: &Billed,
        date: Timestamp,
    ) -> Result<(Vec<Posted>, bool), Error> {
        let client = self.run.abiquo(billing)?;
        let outcome = &billed.outcome;
        let header = PostingHeader {
            provider: billing.provider.clone(),
            date,
            period: BillingPeriod::try_from(&outcome.period)?,
            currency: outcome.currency.clone(),
        };
        let first = free(&outcome.postings).next().map(|posting| posting.enterprise);
        let new_provider = self.run.is_new(&client, billing, first).await?;
        let mut posted = Vec::new();
        for (done, posting) in outcome.postings.iter().enumerate() {
            (self.tell)(Step::Posting { done, of: outcome.postings.len() });
            let fate = if !posting.held.is_empty() {
                Fate::Held { codes: posting.held.clone() }
            } else {
                let client = client.within(Scope::Posting, self.run.config.time.posting());
                let place = BillPlace::new(self, billing, &client, &header, posting)?;
                match self.run.enterprise(&client, planned, posting.enterprise).await {
                    Ok(stranger) => self.settle(&place, Hindrance { new_provider, stranger }).await,
                    Err(error) => Fate::Failed { reason: error.to_string() },
                }
            };
            posted.push(Posted { enterprise: posting.enterprise, total: posting.total.clone(), fate });
        }
        Ok((posted, new_provider))
    }
}

impl Month {
    pub(super) fn abiquo(&self, billing: &Billing) -> Result<Client, Error> {
        let abiquo = &billing.abiquo;
        let client = Client::with_base(self.http.clone(), abiquo.base_url()?, abiquo.auth.clone()).with_profile(abiquo.wire.clone());
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
        let stranger = names.into_iter().find(|name| !same(name, &found.name));
        Ok(stranger.map(|name| Fate::WrongEnterprise { customers_file: name.to_string(), abiquo: found.name }))
    }
}

/// A bill of one enterprise, on its way.
struct BillPlace<'a> {
    run: &'a Month,
    journal: &'a Journal,
    client: &'a Client,
    header: &'a PostingHeader,
    posting: &'a Posting,
    bounds: &'a Bounds,
    subject: Subject,
    removal: Subject,
}

/// What is kept on the record of a bill: what it says, and whose it is.
#[derive(Serialize)]
struct Payload<'a> {
    provider: &'a str,
    date: String,
    period_start: String,
    period_end: String,
    currency: &'a str,
    #[serde(flatten)]
    posting: &'a Posting,
}

/// What the next month looks for in it.
#[derive(Deserialize)]
struct Tenants {
    tenants: Vec<String>,
}

impl<'a> BillPlace<'a> {
    fn new(
        turn: &Turn<'a>,
        billing: &'a Billing,
        client: &'a Client,
        header: &'a PostingHeader,
        posting: &'a Posting,
    ) -> Result<Self, Error> {
        let url = billing.abiquo.base_url()?;
        let month = month_of(header.period.start);
        let subject = |action| Subject::in_abiquo(action, &url, &turn.account.name, posting.enterprise, &header.provider, &month);
        let (subject, removal) = (subject(Action::PostBill), subject(Action::DeleteBill));
        let (run, journal, bounds) = (turn.run, turn.journal, &billing.bounds);
        Ok(BillPlace { run, journal, client, header, posting, bounds, subject, removal })
    }

    /// The month before, which bounds are about.
    fn before(&self) -> Result<BillingPeriod, Error> {
        let first = self.header.period.start.to_zoned(TimeZone::UTC).date();
        let first = first.checked_sub(1.month()).unwrap_or(first);
        Ok(BillingPeriod::days(first, first.last_of_month())?)
    }

    /// Tenants of the bill before, as this journal has it.
    fn previous_tenants(&self, before: &BillingPeriod) -> Result<Vec<String>, Error> {
        let subject = Subject { period: month_of(before.start), ..self.subject.clone() };
        let history = self.journal.history(&subject)?;
        let posted =
            |id| history.iter().any(|entry| matches!(&entry.step, Entered::Answer { to, answer } if *to == id && stands(answer.outcome)));
        let last = history.iter().rev().find_map(|entry| match &entry.step {
            Entered::Intent { payload: Some(payload) } if posted(entry.id) => Some(payload),
            _ => None,
        });
        let payload = last.map(|sha256| self.journal.payload(sha256)).transpose()?.flatten();
        let before = payload.and_then(|bytes| serde_json::from_slice::<Tenants>(&bytes).ok());
        Ok(before.map(|before| before.tenants).unwrap_or_default())
    }
}

fn stands(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::Posted | Outcome::Adopted)
}

impl Place for BillPlace<'_> {
    fn subject(&self) -> &Subject {
        &self.subject
    }

    fn payload(&self) -> Result<Vec<u8>, Error> {
        let PostingHeader { provider, date, period, currency } = self.header;
        let [date, period_start, period_end] = [*date, period.start, period.end].map(format_date);
        let payload = Payload { provider, date, period_start, period_end, currency, posting: self.posting };
        Ok(serde_json::to_vec(&payload).map_err(bill::Error::Answer)?)
    }

    async fn look_up(&self) -> Result<Found, Error> {
        let PostingHeader { provider, period, .. } = self.header;
        let before = self.before()?;
        let both = BillingPeriod { start: before.start, end: period.end };
        let bills = self.client.find_bills(self.posting.enterprise, provider, &both).await?;
        let of = |period: BillingPeriod| bills.iter().filter(move |bill| bill.period().is_some_and(|its| its.overlaps(&period)));
        let previous = Previous { bills: of(before).collect(), tenants: &self.previous_tenants(&before)? };
        let posting = place::PostingLines { categories: &self.posting.categories, tenants: &self.posting.tenants };
        let found = judge(&self.run.biller, self.header, posting, of(*period), &previous, self.bounds)?;
        let Found::Nothing(mut excesses) = found else {
            return Ok(found);
        };
        excesses.retain(|excess| !lets(&self.run.accept, &excess.code, self.posting.enterprise));
        Ok(Found::Nothing(excesses))
    }

    async fn send(&self) -> Result<abiquo::Posted, abiquo::Error> {
        self.client.post_bill_by_categories(self.posting.enterprise, self.header, &self.posting.categories).await
    }

    fn removal(&self) -> Option<&Subject> {
        Some(&self.removal)
    }

    async fn remove(&self) -> Result<Deleted, abiquo::Error> {
        self.client.delete_bills(self.posting.enterprise, self.header.period.start, &self.header.provider).await
    }
}

/// `YYYY-MM`.
fn month_of(instant: Timestamp) -> String {
    instant.to_zoned(TimeZone::UTC).strftime("%Y-%m").to_string()
}
