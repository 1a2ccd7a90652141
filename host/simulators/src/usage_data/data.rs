//! A month of usage with the tenants, prices and customers that belong to it.

use super::books::{Customer, Price};
use super::growth::Growth;
use super::item::{Infra, Item};
use super::tenant::{Tenant, TenantKind};
use crate::seed::{mix, uuid};
use jiff::civil::Date;

/// What one tenant itself uses of one item on one infrastructure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// An index into [`UsageData::tenants`].
    pub tenant: usize,
    pub item: Item,
    pub infra: Option<Infra>,
    pub production: Growth,
    pub trial: Growth,
    /// Added to the effective usage alone: what support has corrected. Negative for a credit.
    pub correction: i64,
}

/// A month of usage with its price book and customers file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageData {
    pub seed: u64,
    /// The first day of the month.
    pub first_day: Date,
    /// Each tenant stands after the one above it.
    pub tenants: Vec<Tenant>,
    pub lines: Vec<Line>,
    /// ISO 4217 code of the price book.
    pub currency: String,
    pub prices: Vec<Price>,
    pub customers: Vec<Customer>,
    /// The customers file's `exclude_tenants`: ids.
    pub exclude_tenants: Vec<String>,
    /// Whether the rows of a partner, folder or customer count what is below it too (the default).
    /// No document says whether a partner's rows do.
    pub roll_up: bool,
    /// Whether partners and folders have the rows `euc_count`, `reseller_count` and
    /// `euc_with_local_backup_count`, which have no SKU.
    pub user_counts: bool,
    /// Items that every tenant has a row for, of zero where nothing uses them.
    pub unused_items: Vec<Item>,
}

impl UsageData {
    /// A month with one tenant, the root, of kind `partner`, and no usage.
    pub fn bare(first_day: Date, seed: u64, root_name: &str) -> UsageData {
        let mut month = UsageData {
            seed,
            first_day: first_day.first_of_month(),
            tenants: Vec::new(),
            lines: Vec::new(),
            currency: "EUR".into(),
            prices: Vec::new(),
            customers: Vec::new(),
            exclude_tenants: Vec::new(),
            roll_up: true,
            user_counts: false,
            unused_items: Vec::new(),
        };
        month.add_tenant(None, TenantKind::Partner, root_name);
        month
    }

    /// Adds a tenant and tells its index. Its id follows from the seed and that index.
    pub fn add_tenant(&mut self, parent: Option<usize>, kind: TenantKind, name: &str) -> usize {
        let index = self.tenants.len();
        self.tenants.push(Tenant {
            id: uuid(self.seed, "tenant", index as u64),
            name: name.into(),
            kind,
            parent,
            customer_id: String::new(),
        });
        index
    }

    /// Adds what a tenant uses of an item, in production.
    pub fn add_usage(&mut self, tenant: usize, item: Item, infra: Option<Infra>, production: Growth) {
        self.lines.push(Line { tenant, item, infra, production, trial: Growth::NONE, correction: 0 });
    }

    /// The tenant that the API client belongs to.
    pub fn root(&self) -> &Tenant {
        &self.tenants[0]
    }

    pub fn last_day(&self) -> Date {
        self.first_day.last_of_month()
    }

    /// The tenant of this id, as an index.
    pub fn find(&self, tenant_id: &str) -> Option<usize> {
        self.tenants.iter().position(|t| t.id == tenant_id)
    }

    /// The distinct enterprises of the customers file, by id, with the name of each.
    pub fn enterprises(&self) -> Vec<(u64, String)> {
        let mut all: Vec<_> = self.customers.iter().map(|c| (c.enterprise, c.enterprise_name.clone())).collect();
        all.sort();
        all.dedup_by_key(|(id, _)| *id);
        all
    }

    /// The day's number in the month: 1 for its first day, 0 for the eve.
    pub(super) fn day_number(&self, day: Date) -> i64 {
        // Days, not hours: the difference of two civil dates is exact.
        i64::from((day - self.first_day).get_days()) + 1
    }

    /// Tells the wobbles of two lines apart.
    pub(super) fn salt(&self, line: usize) -> u64 {
        mix(self.seed, &[0x11ae, line as u64])
    }
}
