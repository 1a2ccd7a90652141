//! Bills: list, look up, post, delete.

use url::Url;

use super::bill::{Bill, BillsQuery};
use super::client::Client;
use super::code::Code;
use super::date::BillingPeriod;
use super::error::{Error, Role};
use super::links::below;
use super::pages::BillPages;
use super::posting::{Posted, PostingHeader, check};
use super::wire;
use crate::http::{self, Request};

/// What a post without any category was answered.
#[derive(Debug)]
pub enum Probe {
    /// BILL-6: the media type was understood, and nothing written.
    Understood,
    /// 415, 406 or BILL-7: the media type that was sent, the one that was asked for, or their version is not
    /// the right one for this Abiquo.
    WrongMediaType(Error),
    /// It was accepted, which no document foresees: look at what it made of it.
    Accepted(Posted),
    /// Another refusal, which tells nothing of the media type.
    Other(Error),
}

impl Client {
    /// All bills that fit, page by page. Nothing is sent before the first page is asked for.
    pub fn bills(&self, enterprise: u64, query: &BillsQuery) -> Result<BillPages<'_>, Error> {
        let mut url = self.bills_url(enterprise)?;
        let pairs = wire::query(query);
        http::set_query(&mut url, pairs.iter().map(|(name, value)| (*name, value.as_str())));
        Ok(BillPages::new(self, url))
    }

    /// The bills of this enterprise and provider whose period shares a second with `period`: those in whose
    /// place nothing can be posted (BILL-3).
    ///
    /// Asked for by provider alone and judged here, for what `fromdate` compares is not documented. A bill
    /// that states no enterprise counts as this one's; a bill that states no period is an error, and so is a list
    /// that is not [whole](BillPages::whole).
    pub async fn find_bills(&self, enterprise: u64, provider: &str, period: &BillingPeriod) -> Result<Vec<Bill>, Error> {
        let query = BillsQuery {
            provider: Some(provider.to_owned()),
            // Ids do not change, so pages sorted by them do not slip.
            by: Some("id".to_owned()),
            limit: Some(100),
            ..BillsQuery::default()
        };
        let wanted = |bill: &Bill| {
            if !bill.is_of(enterprise, provider) {
                return Ok(false);
            }
            match bill.period() {
                Some(its) => Ok(its.overlaps(period)),
                None => Err(Error::Unjudgeable { bill: bill.name(), why: "it states no billing period" }),
            }
        };
        self.bills(enterprise, &query)?.whole(wanted).await
    }

    pub async fn bill(&self, enterprise: u64, id: u64) -> Result<Bill, Error> {
        let url = below(self.bills_url(enterprise)?, id);
        self.get(url, wire::BILL, Some(Role::BillsView), wire::bill).await
    }

    /// Learns whether the media type by categories is right, by a post that has no category: it must be
    /// refused with BILL-6. Nothing is written, unless the service is not as its own catalogue of errors
    /// says: opt-in only.
    pub async fn probe_categories(&self, enterprise: u64, header: &PostingHeader) -> Result<Probe, Error> {
        check(header)?;
        let body = wire::categories_body(&self.profile, header, None, &[])?;
        let url = self.bills_url(enterprise)?;
        let answer = self.post(url, &self.profile.media_type, &self.profile.accept, body).await;
        Ok(match answer {
            Ok(posted) => Probe::Accepted(posted),
            Err(error) if error.has(&Code::NoCategory) => Probe::Understood,
            Err(error) if error.is_unsupported_media_type() || error.is_not_acceptable() => Probe::WrongMediaType(error),
            Err(error) => Probe::Other(error),
        })
    }

    /// The names of the providers that Abiquo knows. A bill of another one is accepted, but until it is set
    /// up for the dashboard, "the Last bills widget will not display properly for any provider".
    pub async fn providers(&self, enterprise: u64) -> Result<Vec<String>, Error> {
        let url = self.providers_url(enterprise)?;
        self.get(url, wire::PROVIDERS, Some(Role::BillsView), wire::providers).await
    }

    pub(super) async fn post(&self, url: Url, media_type: &str, accept: &str, body: Vec<u8>) -> Result<Posted, Error> {
        let request = Request::post(url, &self.media(media_type), body).header("accept", &self.media(accept));
        let answer = self.fetch(request, Some(Role::BillsManage)).await?;
        let (bills, unread) = match wire::posted(&answer.body) {
            Ok(bills) => (bills, None),
            Err(_) => (Vec::new(), Some(answer.excerpt())),
        };
        Ok(Posted { status: answer.status, bills, unread })
    }
}
