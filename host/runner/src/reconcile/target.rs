//! What is to stand in Abiquo, and where.

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use super::error::Error;
use super::status::PostingStatus;
use crate::config::Bounds;
use crate::journal::{Action, Subject};
use skubill::Word;
use skubill::bill;
use skubill::outcome::{PostingCategory, PostingCharge};
use skubill_services::abiquo::{Bill, BillingPeriod, PostingHeader, format_date};
use skubill_services::http::BaseUrl;

/// Of Abiquo's two resources, one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Bill,
    Registers,
}

/// What is posted.
#[derive(Debug, Clone)]
pub enum Content<'a> {
    Categories {
        categories: &'a [PostingCategory],
        estimated: Option<&'a str>,
    },
    /// One amount without categories; of a register an estimate alone too.
    Plain {
        price: Option<&'a str>,
        estimated: Option<&'a str>,
    },
}

/// What stands for the category and the usage type of a line that has none: that of a plain post.
pub(super) const PLAIN: &str = "(plain)";

impl Content<'_> {
    /// The lines as the component compares them.
    pub(super) fn lines(&self) -> Vec<PostingCategory> {
        match self {
            Content::Categories { categories, .. } => categories.to_vec(),
            Content::Plain { price, .. } => plain(price.unwrap_or("0")),
        }
    }
}

fn plain(price: &str) -> Vec<PostingCategory> {
    let usage = PostingCharge { usage_type: PLAIN.into(), usage_name: PLAIN.into(), price: price.into() };
    vec![PostingCategory { category: PLAIN.into(), total: String::new(), usages: vec![usage] }]
}

/// A posting of one enterprise, on its way.
#[derive(Debug, Clone)]
pub struct Target<'a> {
    pub kind: Kind,
    /// The account, as `skubill.toml` calls it, and the address of its Abiquo.
    pub account: &'a str,
    pub url: &'a BaseUrl,
    pub enterprise: u64,
    pub header: &'a PostingHeader,
    pub content: Content<'a>,
    pub total: &'a str,
    /// Whose usage it is, where that is known.
    pub tenants: Option<&'a [String]>,
    /// What the customers file calls the enterprise.
    pub names: Vec<&'a str>,
    /// Findings that hold it, by their codes.
    pub held: &'a [Word],
    /// How much a bill may differ from that of the month before.
    pub bounds: Option<&'a Bounds>,
    /// Of cost records: those that the cost was computed from.
    pub based_on: Option<&'a [Bill]>,
    /// Nothing is to be written, and this is why: only what earlier runs left open is looked up.
    pub idle: Option<PostingStatus>,
}

impl Target<'_> {
    fn subject_of(&self, action: Action, period: &str) -> Subject {
        Subject::in_abiquo(action, self.url, self.account, self.enterprise, &self.header.provider, period)
    }

    pub(super) fn subject(&self) -> Subject {
        let action = match self.kind {
            Kind::Bill => Action::PostBill,
            Kind::Registers => Action::PostRegisters,
        };
        self.subject_of(action, &self.period_name())
    }

    /// The deletion of a bill that stands in its place.
    pub(super) fn removal(&self) -> Subject {
        self.subject_of(Action::DeleteBill, &self.period_name())
    }

    /// What the journal calls its period: the month, or for registers the day.
    pub(super) fn period_name(&self) -> String {
        match self.kind {
            Kind::Bill => month_of(&self.header.period),
            Kind::Registers => day_of(self.header.date),
        }
    }

    /// What the journal's names of all that stands or falls with it begin with: of registers all days of the month,
    /// since the cost of a day is what is left of the cost to date.
    pub(super) fn period_prefix(&self) -> String {
        match self.kind {
            Kind::Bill => self.period_name(),
            Kind::Registers => day_of(self.header.date)[..MONTH_CHARS].to_string(),
        }
    }

    /// The month before, which bounds are about.
    pub(super) fn before(&self) -> Result<BillingPeriod, Error> {
        Ok(month_before(&self.header.period)?)
    }

    /// What is kept on the record: what it says, and whose it is.
    pub(super) fn payload(&self) -> Result<Vec<u8>, Error> {
        let PostingHeader { provider, date, period, currency } = self.header;
        let [date, period_start, period_end] = [*date, period.start, period.end].map(format_date);
        let (categories, price, estimated) = match &self.content {
            Content::Categories { categories, estimated } => (Some(*categories), None, *estimated),
            Content::Plain { price, estimated } => (None, *price, *estimated),
        };
        let payload = Payload {
            provider,
            date,
            period_start,
            period_end,
            currency,
            enterprise: self.enterprise,
            total: self.total,
            tenants: self.tenants,
            categories,
            price,
            estimated,
        };
        Ok(serde_json::to_vec(&payload).map_err(bill::Error::Answer)?)
    }
}

/// The first characters of a day that are its month.
const MONTH_CHARS: usize = "YYYY-MM".len();

/// `YYYY-MM` of a calendar month, else both instants.
pub(crate) fn month_of(period: &BillingPeriod) -> String {
    let first = period.start.to_zoned(TimeZone::UTC).date();
    match BillingPeriod::days(first.first_of_month(), first.last_of_month()) {
        Ok(month) if month == *period => first.strftime("%Y-%m").to_string(),
        _ => format!("{} to {}", period.start, period.end),
    }
}

/// A period by its days where it is of whole ones, else by its instants.
pub(super) fn days_of(period: &BillingPeriod) -> String {
    let [first, last] = [period.start, period.end].map(|instant| instant.to_zoned(TimeZone::UTC).date());
    match BillingPeriod::days(first, last) {
        Ok(whole) if whole == *period => format!("{first} to {last}"),
        _ => format!("{} to {}", period.start, period.end),
    }
}

/// `YYYY-MM-DD`.
pub(super) fn day_of(instant: Timestamp) -> String {
    instant.to_zoned(TimeZone::UTC).date().to_string()
}

/// The calendar month before that of a period.
pub(crate) fn month_before(period: &BillingPeriod) -> Result<BillingPeriod, skubill_services::abiquo::Error> {
    let first = period.start.to_zoned(TimeZone::UTC).date().first_of_month();
    let first = first.checked_sub(1.month()).unwrap_or(first);
    BillingPeriod::days(first, first.last_of_month())
}

#[derive(Serialize)]
struct Payload<'a> {
    provider: &'a str,
    date: String,
    period_start: String,
    period_end: String,
    currency: &'a str,
    enterprise: u64,
    total: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    tenants: Option<&'a [String]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    categories: Option<&'a [PostingCategory]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    price: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    estimated: Option<&'a str>,
}

/// What later runs look for in a payload.
#[derive(Deserialize, Default)]
pub(super) struct Sent {
    #[serde(default)]
    pub tenants: Vec<String>,
    #[serde(default)]
    categories: Option<Vec<PostingCategory>>,
    #[serde(default)]
    price: Option<String>,
}

impl Sent {
    pub fn lines(self) -> Vec<PostingCategory> {
        self.categories.unwrap_or_else(|| plain(self.price.as_deref().unwrap_or("0")))
    }
}
