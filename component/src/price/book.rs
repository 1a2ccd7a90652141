//! The price book: prices by SKU, tenant and first day. An invalid book cannot be held.

mod entry;
mod read;
mod sheet;

use super::{Price, applying};
use crate::money::{Exact, Rounding};
use crate::period::Month;

/// A valid price book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Book {
    /// ISO 4217.
    pub currency: String,
    /// The rounding of each line; by default to the currency's minor digits, half up.
    pub rounding: Rounding,
    /// Multiplies every amount.
    pub factor: Option<Exact>,
    /// By SKU; of one SKU by tenant and first day.
    prices: Vec<(String, Vec<Price>)>,
}

impl Book {
    /// The price of a SKU for a tenant in a period: its own prices first, and only if none of them
    /// applies the book's.
    pub fn price(&self, sku: &str, tenant_id: &str, period: Month) -> Option<&Price> {
        let at = self.prices.binary_search_by(|(known, _)| known.as_str().cmp(sku)).ok()?;
        let prices = &self.prices[at].1;
        let of = |tenant: Option<&str>| {
            let first = prices.partition_point(|price| price.tenant_id.as_deref() < tenant);
            let end = prices.partition_point(|price| price.tenant_id.as_deref() <= tenant);
            applying(&prices[first..end], period)
        };
        of(Some(tenant_id)).or_else(|| of(None))
    }

    /// The SKUs that have prices, in byte order.
    pub fn skus(&self) -> impl Iterator<Item = &str> {
        self.prices.iter().map(|(sku, _)| sku.as_str())
    }

    /// Tenants that prices are for.
    pub fn tenants(&self) -> impl Iterator<Item = &str> {
        self.prices.iter().flat_map(|(_, prices)| prices).filter_map(|price| price.tenant_id.as_deref())
    }

    /// How many prices, and for how many SKUs.
    pub fn counts(&self) -> (usize, usize) {
        (self.prices.iter().map(|(_, prices)| prices.len()).sum(), self.prices.len())
    }
}
