//! Bill registers: cost records and fixed estimates of a period that has no bill yet, and the estimate.

use jiff::Timestamp;

use super::bills::{below, check, check_categories, check_name};
use super::{Bill, BillPages, Client, Deleted, Error, Estimate, Posted, PostingHeader, Role, wire};
use crate::http;
use crate::outcome::PostingCategory;

/// The longest estimate that is read: 4 KiB. It is a number, or a sentence with one.
const ESTIMATE_BYTES_MAX: usize = 4 << 10;

/// A cost record, a fixed estimate, or both at once, without categories.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRegister {
    pub header: PostingHeader,
    /// The cost, a decimal. Passed over by Abiquo's estimate while a fixed one is in force.
    pub price: Option<String>,
    /// `0`: estimate from the prices of the period. Another number: that is the estimate, until a later
    /// register says otherwise. Abiquo stores it and never gives it back.
    pub estimated: Option<String>,
}

impl Client {
    /// The registers of a provider's current period. Abiquo lists no provider's registers unasked.
    pub fn registers(&self, enterprise: u64, provider: &str) -> Result<BillPages<'_>, Error> {
        check_name(provider)?;
        let mut url = self.registers_url(enterprise)?;
        http::set_query(&mut url, [(wire::PROVIDER, provider)]);
        Ok(BillPages::new(self, url))
    }

    pub async fn register(&self, enterprise: u64, id: u64) -> Result<Bill, Error> {
        let url = below(self.registers_url(enterprise)?, id);
        self.get(url, wire::BILL, Some(Role::BillsView), wire::bill).await
    }

    /// Posts a register. Sent once: see [`Error::is_unknown`].
    pub async fn post_register(&self, enterprise: u64, register: &NewRegister) -> Result<Posted, Error> {
        check(&register.header)?;
        if register.price.is_none() && register.estimated.is_none() {
            let what = "a register needs a price, an estimate, or both";
            return Err(Error::Invalid(what.to_owned()));
        }
        let url = self.registers_url(enterprise)?;
        let body = wire::register_body(register)?;
        self.post(url, wire::BILL, wire::BILL, body).await
    }

    /// Posts registers of one day by categories, all or nothing, in the client's
    /// [`WireProfile`](super::WireProfile). `estimated` as in [`NewRegister`]. Sent once.
    pub async fn post_registers_by_categories(
        &self,
        enterprise: u64,
        header: &PostingHeader,
        estimated: Option<&str>,
        categories: &[PostingCategory],
    ) -> Result<Posted, Error> {
        check(header)?;
        check_categories(categories)?;
        let profile = &self.profile;
        let body = wire::categories_body(profile, header, estimated, categories)?;
        let media_type = profile.register_media_type.as_ref().unwrap_or(&profile.media_type);
        let url = self.registers_url(enterprise)?;
        self.post(url, media_type, &profile.accept, body).await
    }

    /// Deletes **all** registers of this provider and date, whoever made them. Show first what would go
    /// ([`registers`](Self::registers)).
    pub async fn delete_registers(&self, enterprise: u64, date: Timestamp, provider: &str) -> Result<Deleted, Error> {
        let url = self.registers_url(enterprise)?;
        self.delete(url, wire::BILL_DATE, date, provider).await
    }

    /// The provider's current estimate, as the dashboard shows it: the last fixed one, or one calculated
    /// from the registers.
    pub async fn estimate(&self, enterprise: u64, provider: &str) -> Result<Estimate, Error> {
        check_name(provider)?;
        let mut url = self.estimate_url(enterprise)?;
        http::set_query(&mut url, [(wire::PROVIDER, provider)]);
        let view = Some(Role::BillsView);
        let read = |body: &[u8]| match body.len() > ESTIMATE_BYTES_MAX {
            true => Err(format!("an estimate of more than {ESTIMATE_BYTES_MAX} bytes is none")),
            false => Ok(Estimate::read(&String::from_utf8_lossy(body))),
        };
        self.get(url, wire::ESTIMATE, view, read).await
    }
}
