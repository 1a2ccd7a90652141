//! A bill's line, and what a list of them may be asked for.

use jiff::Timestamp;
use serde::Serialize;

use super::date::BillingPeriod;
use crate::http;
use crate::text::folded;

/// A bill's line, or a register's: Abiquo stores one for each category and usage type. Everything may be
/// absent, for the documentation does not say what is required.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
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

    /// Whether it is this enterprise's and provider's, whose name is compared as a database may do it: without case,
    /// accents, and what is not seen. One that states neither is.
    pub fn is_of(&self, enterprise: u64, provider: &str) -> bool {
        let named = |name: &str| folded(name) == folded(provider);
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

    pub(super) fn name(&self) -> String {
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
