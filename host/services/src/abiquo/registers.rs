//! Bill registers: cost records and fixed estimates of a period that has no bill yet, and the estimate.

use super::bill::Bill;
use super::client::Client;
use super::error::{Error, Role};
use super::estimate::Estimate;
use super::links::below;
use super::pages::BillPages;
use super::posting::check_name;
use super::wire;
use crate::http;

/// The longest estimate that is read: 4 KiB. It is a number, or a sentence with one.
const ESTIMATE_BYTES_MAX: usize = 4 << 10;

/// What a list of registers shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Registers {
    /// Those of the enterprise and the provider that were asked for.
    pub ours: Vec<Bill>,
    /// Those that state another enterprise or provider.
    pub foreign: Vec<Bill>,
}

impl Registers {
    pub fn all(&self) -> impl Iterator<Item = &Bill> {
        self.ours.iter().chain(&self.foreign)
    }
}

impl Client {
    /// The registers of a provider's current period. Abiquo lists no provider's registers unasked.
    pub fn registers(&self, enterprise: u64, provider: &str) -> Result<BillPages<'_>, Error> {
        check_name(provider)?;
        let mut url = self.registers_url(enterprise)?;
        http::set_query(&mut url, [(wire::PROVIDER, provider)]);
        Ok(BillPages::new(self, url))
    }

    /// The registers that stand under a provider, told apart: this enterprise's and provider's, and others that the list
    /// shows all the same. A list that is not [whole](BillPages::whole) is an error.
    pub async fn find_registers(&self, enterprise: u64, provider: &str) -> Result<Registers, Error> {
        let all = self.registers(enterprise, provider)?.whole(|_| Ok(true)).await?;
        let (ours, foreign) = all.into_iter().partition(|register| register.is_of(enterprise, provider));
        Ok(Registers { ours, foreign })
    }

    pub async fn register(&self, enterprise: u64, id: u64) -> Result<Bill, Error> {
        let url = below(self.registers_url(enterprise)?, id);
        self.get(url, wire::BILL, Some(Role::BillsView), wire::bill).await
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
