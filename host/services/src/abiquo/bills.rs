//! Bills: list, look up, post, delete.

use jiff::Timestamp;
use serde::Serialize;
use url::Url;

use super::code::Code;
use super::provider::check_provider_name;
use super::{BillPages, BillingPeriod, Client, Error, Role, wire};
use crate::http::{self, Excerpt, Request};
use skubill_contract::outcome::PostingCategory;

/// A bill's line, or a register's: Abiquo stores one for each category and usage type. Everything may be
/// absent, for the documentation does not say what is required.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Bill {
    /// From its self link: the attribute itself does not exist.
    pub id: Option<u64>,
    pub category: Option<String>,
    pub usage_type: Option<String>,
    pub usage_name: Option<String>,
    pub provider: Option<String>,
    /// When it was made.
    pub date: Option<Timestamp>,
    pub period_start: Option<Timestamp>,
    /// The period's last second.
    pub period_end: Option<Timestamp>,
    /// The digits of the answer: `16.4114`, `0`, and `23.40` stay what they are.
    pub price: Option<String>,
    /// ISO 4217.
    pub currency: Option<String>,
    /// From its link to the enterprise.
    pub enterprise: Option<u64>,
    pub enterprise_name: Option<String>,
    pub self_link: Option<String>,
}

impl Bill {
    /// Its period, if it states one; without an end it is the instant of its start.
    pub fn period(&self) -> Option<BillingPeriod> {
        let start = self.period_start?;
        let end = self.period_end.unwrap_or(start);
        Some(BillingPeriod { start, end })
    }

    /// Whether it is this enterprise's and provider's, whose name is compared without case. One that states neither is.
    pub fn is_of(&self, enterprise: u64, provider: &str) -> bool {
        let named = |name: &str| name.trim().to_uppercase() == provider.trim().to_uppercase();
        self.enterprise.is_none_or(|owner| owner == enterprise) && self.provider.as_deref().is_none_or(named)
    }

    /// How long its texts are together.
    pub(super) fn text_bytes(&self) -> u64 {
        let texts = [
            &self.category,
            &self.usage_type,
            &self.usage_name,
            &self.provider,
            &self.price,
            &self.currency,
            &self.enterprise_name,
            &self.self_link,
        ];
        texts.into_iter().flatten().map(|text| text.len() as u64).sum()
    }

    fn name(&self) -> String {
        match (&self.self_link, self.id) {
            (_, Some(id)) => id.to_string(),
            (Some(link), None) => http::one_line(link),
            (None, None) => "without a link".to_owned(),
        }
    }
}

/// What a list of bills may be asked for. All parameters are Abiquo's; those left out have its defaults.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BillsQuery {
    /// Index of the first bill (0). Past the end, Abiquo gives the last page.
    pub startwith: Option<u64>,
    /// Attribute to sort by (`id`; in version 6.0 `name`).
    pub by: Option<String>,
    /// Text that the name must have.
    pub has: Option<String>,
    /// Bills a page (25); 0 is all of them in one.
    pub limit: Option<u64>,
    /// Ascending (true).
    pub asc: Option<bool>,
    pub provider: Option<String>,
    /// What date it compares, and whether inclusively, is not documented.
    pub from_date: Option<Timestamp>,
    /// Of the enterprise whose bills are asked for; what it adds to the address is not documented.
    pub enterprise: Option<u64>,
}

/// What every line of a posting has in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostingHeader {
    pub provider: String,
    /// When the bill was made; of a register, the day that it is for.
    pub date: Timestamp,
    pub period: BillingPeriod,
    /// ISO 4217.
    pub currency: String,
}

/// A bill without categories.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewBill {
    pub header: PostingHeader,
    /// A decimal, sent digit by digit.
    pub price: String,
}

/// What was accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posted {
    /// 200 or 201 (or another success).
    pub status: u16,
    /// The lines that Abiquo says it has stored; none where it says nothing.
    pub bills: Vec<Bill>,
    /// The answer, where it could not be read. It was accepted all the same: read it back.
    pub unread: Option<Excerpt>,
}

/// What a delete found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deleted {
    Done,
    /// The service says that there is nothing of that provider and date.
    NothingThere,
}

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

/// The address of one bill of a list.
pub(super) fn below(mut list: Url, id: u64) -> Url {
    let path = format!("{}/{id}", list.path().trim_end_matches('/'));
    list.set_path(&path);
    list
}

/// What Abiquo would refuse (BILL-0, BILL-1), said before anything is sent.
pub(super) fn check(header: &PostingHeader) -> Result<(), Error> {
    check_name(&header.provider)?;
    if header.period.end < header.period.start {
        return Err(Error::Invalid("the billing period ends before it starts".to_owned()));
    }
    if header.currency.len() != 3 {
        return Err(Error::Invalid(format!("`{}` is no currency code", header.currency)));
    }
    Ok(())
}

/// A delete or a list without a provider would be about everybody's, and one whose name is not what is seen of it about
/// somebody else's. Which names are ours is for the caller to say ([`check_provider`](super::check_provider)).
pub(super) fn check_name(provider: &str) -> Result<(), Error> {
    check_provider_name(provider).map_err(|wrong| Error::Invalid(wrong.to_string()))
}

/// BILL-6 and BILL-10, said before anything is sent.
pub(super) fn check_categories(categories: &[PostingCategory]) -> Result<(), Error> {
    let refuse = |what: String| Err(Error::Invalid(what));
    if categories.is_empty() {
        return refuse("a posting needs at least one category".to_owned());
    }
    for group in categories {
        if group.category.is_empty() {
            return refuse("a category has no name".to_owned());
        }
        if group.usages.is_empty() {
            return refuse(format!("category `{}` has no usage type", group.category));
        }
        if group.usages.iter().any(|usage| usage.usage_type.is_empty()) {
            return refuse(format!("a usage type of category `{}` has no name", group.category));
        }
    }
    Ok(())
}
