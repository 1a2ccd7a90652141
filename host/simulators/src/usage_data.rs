//! A month of usage, as a service provider's account has it: tenants, what each of them uses, and
//! the price book and customers file that go with them.
//!
//! [`UsageData::demo`] makes the month that `skubill demo` bills; [`UsageData::bare`] starts an empty one,
//! for a situation of one's own. Nothing in here is random, and nothing depends on the clock: the
//! same first day and seed give the same bytes. Usage is defined for every day, so that a report
//! of any period can be served: a stock stands at some value at the end of each day, a counter has
//! counted up to some value.

mod books;
mod catalogue;
mod demo;
mod encode;
mod growth;
mod legacy;
mod prices;
mod rows;

pub use books::{Customer, Price, Tier};
pub use encode::Format;
pub use growth::Growth;
pub use rows::{Amounts, Ask, Kind, Level, Row};

use super::seed::{mix, uuid};
use jiff::civil::Date;

/// What kind of tenant: the `tenant.kind` of a report's row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TenantKind {
    Root,
    Partner,
    Folder,
    Customer,
    Unit,
}

impl TenantKind {
    /// As Acronis spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            TenantKind::Root => "root",
            TenantKind::Partner => "partner",
            TenantKind::Folder => "folder",
            TenantKind::Customer => "customer",
            TenantKind::Unit => "unit",
        }
    }

    /// Whether others are managed below it: a partner or a folder, or the root itself.
    pub fn manages(self) -> bool {
        matches!(self, TenantKind::Root | TenantKind::Partner | TenantKind::Folder)
    }
}

/// A tenant of the account; the first of a month is the one that the API client belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tenant {
    pub id: String,
    pub name: String,
    pub kind: TenantKind,
    /// The index of the tenant above it; none for the first.
    pub parent: Option<usize>,
    /// "ID from external system, for reporting purposes"; empty where nobody entered one.
    pub customer_id: String,
}

/// Where data is kept. `owner_id` is a tenant's id, or the platform's where Acronis hosts it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Infra {
    pub id: String,
    pub name: String,
    /// `acronis`, `azure`, `google`, or empty, as old infrastructures are reported.
    pub backend_type: String,
    pub owner_id: String,
}

/// One thing that can be used, and billed: an offering item.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Item {
    pub application_id: String,
    pub application_name: String,
    /// Empty for what has no edition.
    pub edition: String,
    pub name: String,
    /// `bytes`, `seconds`, or empty for what is counted: `measurement_unit`.
    pub unit: String,
    /// A counter over the period rather than a stock at its end.
    pub is_range: bool,
    /// Empty where Acronis has none: user counts, features.
    pub sku: String,
}

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
    /// The demo month: dozens of tenants, every unit, every price model, and one unpriced SKU.
    pub fn demo(first_day: Date, seed: u64) -> UsageData {
        demo::month(first_day.first_of_month(), seed)
    }

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
    fn day_number(&self, day: Date) -> i64 {
        // Days, not hours: the difference of two civil dates is exact.
        i64::from((day - self.first_day).get_days()) + 1
    }

    /// Tells the wobbles of two lines apart.
    fn salt(&self, line: usize) -> u64 {
        mix(self.seed, &[0x11ae, line as u64])
    }
}

#[cfg(test)]
mod tests;
