//! What changes something at Abiquo: posts and deletes, each sent once.
//!
//! They are not methods of the [`Client`]. The crate `skubill-runner` reaches them at one
//! place, once every guard has let a write pass.

use jiff::Timestamp;
use url::Url;

use super::client::Client;
use super::code::Code;
use super::date::format_date;
use super::error::{Error, Role};
use super::posting::{Deleted, NewBill, NewRegister, Posted, PostingHeader, check, check_categories, check_name};
use super::wire;
use crate::http::{self, Request};
use skubill_contract::outcome::PostingCategory;

/// The writes of a client.
#[derive(Clone, Copy)]
pub struct Writes<'a> {
    client: &'a Client,
}

impl Client {
    /// Posts and deletes without any guard: nothing is looked up before or after, compared with the month before, or
    /// written to a journal. For programs that do all of that themselves; the crate `skubill-runner` does it for skubill's.
    pub fn unguarded(&self) -> Writes<'_> {
        Writes { client: self }
    }
}

impl Writes<'_> {
    /// Posts a bill that is not divided into categories. Sent once: see [`Error::is_unknown`].
    pub async fn post_bill(self, enterprise: u64, bill: &NewBill) -> Result<Posted, Error> {
        check(&bill.header)?;
        let url = self.client.bills_url(enterprise)?;
        self.client.post(url, wire::BILL, wire::BILL, wire::bill_body(bill)?).await
    }

    /// Posts a bill with its categories, all or nothing, in the client's [`WireProfile`](super::WireProfile).
    /// Sent once: see [`Error::is_unknown`] and [`Error::is_already_there`].
    pub async fn post_bill_by_categories(
        self,
        enterprise: u64,
        header: &PostingHeader,
        categories: &[PostingCategory],
    ) -> Result<Posted, Error> {
        check(header)?;
        check_categories(categories)?;
        let body = wire::categories_body(&self.client.profile, header, None, categories)?;
        let url = self.client.bills_url(enterprise)?;
        self.client.post(url, &self.client.profile.media_type, &self.client.profile.accept, body).await
    }

    /// Posts a register. Sent once: see [`Error::is_unknown`].
    pub async fn post_register(self, enterprise: u64, register: &NewRegister) -> Result<Posted, Error> {
        check(&register.header)?;
        if register.price.is_none() && register.estimated.is_none() {
            let what = "a register needs a price, an estimate, or both";
            return Err(Error::Invalid(what.to_owned()));
        }
        let url = self.client.registers_url(enterprise)?;
        let body = wire::register_body(register)?;
        self.client.post(url, wire::BILL, wire::BILL, body).await
    }

    /// Posts registers of one day by categories, all or nothing, in the client's
    /// [`WireProfile`](super::WireProfile). `estimated` as in [`NewRegister`]. Sent once.
    pub async fn post_registers_by_categories(
        self,
        enterprise: u64,
        header: &PostingHeader,
        estimated: Option<&str>,
        categories: &[PostingCategory],
    ) -> Result<Posted, Error> {
        check(header)?;
        check_categories(categories)?;
        let profile = &self.client.profile;
        let body = wire::categories_body(profile, header, estimated, categories)?;
        let media_type = profile.register_media_type.as_ref().unwrap_or(&profile.media_type);
        let url = self.client.registers_url(enterprise)?;
        self.client.post(url, media_type, &profile.accept, body).await
    }

    /// Deletes **all** bills of this provider whose period begins at this instant, whoever made them. Show
    /// first what would go ([`Client::find_bills`]).
    pub async fn delete_bills(self, enterprise: u64, period_start: Timestamp, provider: &str) -> Result<Deleted, Error> {
        let url = self.client.bills_url(enterprise)?;
        self.delete(url, wire::START_BILL_DATE, period_start, provider).await
    }

    /// Deletes **all** registers of this provider and date, whoever made them. Show first what would go
    /// ([`Client::find_registers`]).
    pub async fn delete_registers(self, enterprise: u64, date: Timestamp, provider: &str) -> Result<Deleted, Error> {
        let url = self.client.registers_url(enterprise)?;
        self.delete(url, wire::BILL_DATE, date, provider).await
    }

    async fn delete(self, mut url: Url, date_name: &str, date: Timestamp, provider: &str) -> Result<Deleted, Error> {
        check_name(provider)?;
        let date = format_date(date);
        http::set_query(&mut url, [(date_name, date.as_str()), (wire::PROVIDER, provider)]);
        let deleted = self.client.fetch(Request::delete(url), Some(Role::BillsManage)).await;
        match deleted {
            Ok(_) => Ok(Deleted::Done),
            Err(error) if error.has(&Code::NoSuchBill) || error.has(&Code::NoSuchRegister) => Ok(Deleted::NothingThere),
            Err(error) => Err(error),
        }
    }
}
