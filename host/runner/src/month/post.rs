//! Posting the month's bills, one an enterprise.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

use super::account::AccountRun;
use super::error::Error;
use super::plan::Planned;
use super::run::BillingRun;
use crate::config::Billing;
use crate::journal::{Action, Entry, EntryKind};
use crate::progress::Step;
use crate::reconcile::{Approximation, Content, Gate, Kind, PostingStatus, Reconciled, Target, Witness, month_before, month_of};
use skubill::outcome::{Billed, Posting};
use skubill_services::abiquo::{BillingPeriod, Client, PostingHeader};
use skubill_services::http::{BaseUrl, Http};

/// What became of the posting of one enterprise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Posted {
    pub enterprise: u64,
    /// None of an enterprise that was billed for the month before and has no posting now.
    pub total: Option<String>,
    #[serde(flatten)]
    pub status: PostingStatus,
    /// Lines that Abiquo holds with the noise of a binary fraction: equal, and said.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub approximations: Vec<Approximation>,
}

impl AccountRun<'_> {
    /// Post what may be posted, one enterprise after another; then name every enterprise that was billed for the month
    /// before and has no usage line now.
    pub(super) async fn post(
        &self,
        billing: &Billing,
        planned: &Planned,
        billed: &Billed,
        date: Timestamp,
        last: Date,
        (posted, new_provider): (&mut Vec<Posted>, &mut bool),
    ) -> Result<(), Error> {
        let (http, witnesses) = self.watched();
        let client = self.run.abiquo(billing, http)?;
        let url = billing.abiquo.base_url()?;
        let outcome = &billed.outcome;
        let header = PostingHeader {
            provider: billing.provider.clone(),
            date,
            period: BillingPeriod::try_from(&outcome.period)?,
            currency: outcome.currency.clone(),
        };
        let tools = (&self.run.biller, self.journal, &self.run.http);
        let gate = Gate::new(tools, &client, &billing.provider, witnesses, self.run.policy(last));
        let bill = BillTarget { account: &self.account.name, url: &url, header: &header, billing, planned };
        for (done, posting) in outcome.postings.iter().enumerate() {
            (self.tell)(Step::Posting { done, of: outcome.postings.len() });
            let Reconciled { status, approximations, .. } = gate.reconcile(&bill.of(posting)).await;
            posted.push(Posted { enterprise: posting.enterprise, total: Some(posting.total.clone()), status, approximations });
        }
        for enterprise in self.without_usage(&bill, &outcome.postings)? {
            if let Some(status) = gate.gone(&bill.of_nothing(enterprise)).await {
                posted.push(Posted { enterprise, total: None, status, approximations: Vec::new() });
            }
        }
        *new_provider = gate.is_new_provider();
        Ok(())
    }

    /// Enterprises that this billing may have billed for the month before, or for this one, and has no line for now: those
    /// of the customers file, and those that the journal has.
    fn without_usage(&self, bill: &BillTarget<'_>, postings: &[Posting]) -> Result<BTreeSet<u64>, Error> {
        let mut enterprises = bill.planned.enterprises();
        let (period, url) = (bill.header.period, bill.url.to_string());
        let mut entries = Vec::new();
        for period in [month_before(&period)?, period] {
            entries.extend(self.journal.within(Action::PostBill, &url, None, &bill.header.provider, &month_of(&period))?);
        }
        let stands = |entry: &&Entry| matches!(&entry.step, EntryKind::Answer { answer, .. } if answer.outcome.stands());
        // Another billing under the same provider has enterprises of its own, and names those itself.
        let others = self.plan.billings.iter().filter(|planned| !std::ptr::eq(*planned, bill.planned));
        let of_others: BTreeSet<u64> = others.flat_map(Planned::enterprises).collect();
        let accounts = || self.run.config.accounts.iter().filter(|account| account.name != self.account.name);
        let ours = |entry: &&Entry| !accounts().any(|account| account.name == entry.subject.account);
        let billed = entries.iter().filter(stands).filter(ours).filter_map(|entry| entry.subject.enterprise);
        enterprises.extend(billed.filter(|enterprise| !of_others.contains(enterprise)));
        let has_lines = |posting: &&Posting| !posting.categories.is_empty();
        for posting in postings.iter().filter(has_lines) {
            enterprises.remove(&posting.enterprise);
        }
        Ok(enterprises)
    }

    /// Abiquo's network, with an eye on its clock, and the clocks of both services.
    pub(super) fn watched(&self) -> (Http, Vec<Witness>) {
        let (http, skew) = self.run.http.watched();
        (http, vec![self.acronis_clock.clone(), Witness { service: "Abiquo", skew }])
    }
}

impl BillingRun {
    pub(super) fn abiquo(&self, billing: &Billing, http: Http) -> Result<Client, Error> {
        let abiquo = &billing.abiquo;
        let client = Client::with_base(http, abiquo.base_url()?, abiquo.auth.clone()).with_profile(abiquo.wire.clone());
        Ok(match &abiquo.version {
            Some(version) => client.with_version(version),
            None => client,
        })
    }
}

/// What the bills of one billing have in common.
struct BillTarget<'a> {
    account: &'a str,
    url: &'a BaseUrl,
    header: &'a PostingHeader,
    billing: &'a Billing,
    planned: &'a Planned,
}

impl<'a> BillTarget<'a> {
    fn of(&self, posting: &'a Posting) -> Target<'a> {
        Target {
            content: Content::Categories { categories: &posting.categories, estimated: None },
            total: &posting.total,
            tenants: Some(&posting.tenants),
            held: &posting.held,
            ..self.of_nothing(posting.enterprise)
        }
    }

    /// An enterprise that has nothing to post.
    fn of_nothing(&self, enterprise: u64) -> Target<'a> {
        Target {
            kind: Kind::Bill,
            account: self.account,
            url: self.url,
            enterprise,
            header: self.header,
            content: Content::Categories { categories: &[], estimated: None },
            total: "",
            tenants: Some(&[]),
            names: self.planned.names(enterprise),
            held: &[],
            bounds: Some(&self.billing.bounds),
            based_on: None,
            idle: None,
        }
    }
}
