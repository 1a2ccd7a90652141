//! Filters rows, sums them exactly by tenant and SKU, and keeps what findings need.

mod duplicate;
mod measured;
mod reference;
mod summed;

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use crate::customer::Customers;
use crate::job::Job;
use crate::names::{Name, Names};
use crate::order::{distinct, grouped, sort_by};
use crate::period::Date;
use crate::report::csv::ReportItem;
use crate::report::row::{Measure, Row};
use crate::text::same;
use duplicate::{Key, duplicates};

pub use measured::{Identity, Measured, Note};
pub use reference::{Reference, Unmatched, references};
pub use summed::{Duplicate, Summed, UsageLine};

/// Sums up rows. What needs customers or prices waits in groups, because a report may be fed before its price book.
pub struct Usage {
    measure: Measure,
    root: Option<String>,
    /// Tenants that the job excludes.
    job_excludes: BTreeSet<String>,
    lines_max: u64,
    tenants: Names,
    skus: Names,
    /// Texts of offering items, infrastructures and tenants.
    texts: Names,
    /// Tenant and infrastructure of the row before: those of many rows, one after another.
    before: (Name, Name),
    /// Rows without SKU or with a measure of 0, by tenant: excluded if their tenant is.
    idle: Vec<Idle>,
    /// By tenant and SKU.
    lines: BTreeMap<(Name, Name), LineRows>,
    /// Of any row, and of the rows with SKU and usage.
    latest: Option<Date>,
    latest_used: Option<Date>,
    /// Offering items by their numbers: application, name and edition; and whether any row of it has a SKU.
    items: BTreeMap<(Name, Name, Name), u32>,
    with_sku: Vec<bool>,
    /// The item of the row before, and its number.
    item_before: Option<((Name, Name, Name), u32)>,
    /// Rows without SKU that have usage.
    skuless: Vec<Skuless>,
    unknown: Vec<String>,
    any_sku: bool,
    /// A row has SKU and usage.
    any_used: bool,
    rows: u64,
    /// There are more lines of tenant and SKU than the limit allows.
    pub too_many: bool,
}

/// The rows of one tenant and SKU.
#[derive(Default)]
struct LineRows {
    /// By unit of measurement, in the order of the report; nearly always one.
    measured: Vec<Measured>,
    keys: Vec<Key>,
}

#[derive(Default, Clone, Copy)]
struct Idle {
    no_sku: u64,
    zero_usage: u64,
}

#[derive(Clone, Copy)]
struct Skuless {
    tenant: Name,
    item: u32,
    row: u32,
}

impl Usage {
    /// No row yet.
    pub fn new(job: &Job) -> Self {
        Usage {
            measure: job.measure,
            root: job.root.clone(),
            job_excludes: job.exclude_tenants.clone(),
            lines_max: job.limits.lines,
            tenants: Names::default(),
            skus: Names::default(),
            texts: Names::default(),
            before: (0, 0),
            idle: Vec::new(),
            lines: BTreeMap::new(),
            latest: None,
            latest_used: None,
            items: BTreeMap::new(),
            with_sku: Vec::new(),
            item_before: None,
            skuless: Vec::new(),
            unknown: Vec::new(),
            any_sku: false,
            any_used: false,
            rows: 0,
            too_many: false,
        }
    }

    /// Takes an item of the report.
    pub fn add(&mut self, read: ReportItem<'_>) {
        match read {
            ReportItem::Row(number, row) => self.row(number, row),
            ReportItem::Unreadable(_) => self.rows += 1,
            ReportItem::UnknownColumn(name) => self.unknown.push(name.to_string()),
        }
    }

    fn row(&mut self, number: u64, row: &Row<'_>) {
        self.rows += 1;
        self.latest = self.latest.max(row.date);
        // Row numbers take half the memory as 32 bits; the reader lets no more rows in.
        let number = u32::try_from(number).unwrap_or(u32::MAX);
        let tenant = self.tenants.number_again(self.before.0, row.tenant_id);
        self.before.0 = tenant;
        let zero = row.usage(self.measure).is_zero();
        if row.sku.is_empty() {
            self.idle(tenant).no_sku += 1;
            if !zero {
                let item = self.item(row);
                self.skuless.push(Skuless { tenant, item, row: number });
            }
            return;
        }
        self.any_sku = true;
        let item = self.item(row);
        self.with_sku[item as usize] = true;
        if zero {
            self.idle(tenant).zero_usage += 1;
            return;
        }
        self.any_used = true;
        self.latest_used = self.latest_used.max(row.date);
        if !self.too_many {
            self.usage(tenant, item, number, row);
        }
    }

    /// The number of a row's offering item.
    fn item(&mut self, row: &Row<'_>) -> u32 {
        let (application, name, edition) = self.item_before.map(|(item, _)| item).unwrap_or_default();
        let mut again = |before, text| self.texts.number_again(before, text);
        let item = (again(application, row.application_id), again(name, row.name), again(edition, row.edition));
        if let Some((before, number)) = self.item_before
            && item == before
        {
            return number;
        }
        // As many as there are rows at most.
        let next = self.with_sku.len() as u32;
        let number = *self.items.entry(item).or_insert(next);
        if number == next {
            self.with_sku.push(false);
        }
        self.item_before = Some((item, number));
        number
    }

    fn idle(&mut self, tenant: Name) -> &mut Idle {
        let at = tenant as usize;
        if at >= self.idle.len() {
            self.idle.resize(at + 1, Idle::default());
        }
        &mut self.idle[at]
    }

    fn usage(&mut self, tenant: Name, item: u32, number: u32, row: &Row<'_>) {
        let sku = self.skus.number(row.sku);
        let infra = self.texts.number_again(self.before.1, row.infra_id);
        self.before.1 = infra;
        let lines = self.lines.len() as u64;
        let line = match self.lines.entry((tenant, sku)) {
            Entry::Occupied(line) => line.into_mut(),
            Entry::Vacant(_) if lines >= self.lines_max => {
                self.too_many = true;
                return;
            }
            Entry::Vacant(line) => line.insert(LineRows::default()),
        };
        line.keys.push(Key { item, infra, date: row.date.map_or(0, Date::key), row: number });
        let at = line.measured.iter().position(|measured| same(&measured.unit, row.unit)).unwrap_or_else(|| {
            line.measured.reserve_exact(1);
            line.measured.push(Measured::new(self.texts.shared(row.unit), &self.texts.shared("")));
            line.measured.len() - 1
        });
        line.measured[at].add(number, row, self.measure, &mut self.texts);
    }

    /// The end of the rows: drops excluded tenants. `references` are the tenants that the inputs name.
    pub fn finish(self, customers: Option<&Customers>, references: Vec<Reference<'_>>) -> Summed {
        let is_excluded = |tenant| is_excluded(tenant, self.root.as_deref(), &self.job_excludes, customers);
        let excluded: Vec<bool> = self.tenants.texts().map(is_excluded).collect();
        let mut summed = Summed {
            lines: Vec::new(),
            rows: self.rows,
            no_sku: 0,
            zero_usage: 0,
            excluded: 0,
            duplicates: Vec::new(),
            latest: self.latest_used.or(self.latest),
            sku_missing: self.sku_missing(&excluded),
            unmatched: reference::unmatched(references, &self.tenants),
            unknown: distinct(self.unknown),
            any_sku: self.any_sku,
            any_used: self.any_used,
        };
        for (idle, excluded) in self.idle.iter().zip(&excluded) {
            if *excluded {
                summed.excluded += idle.no_sku + idle.zero_usage;
            } else {
                summed.no_sku += idle.no_sku;
                summed.zero_usage += idle.zero_usage;
            }
        }
        let (tenant_ranks, sku_ranks) = (self.tenants.ranks(), self.skus.ranks());
        let mut lines: Vec<((Name, Name), LineRows)> = self.lines.into_iter().collect();
        let rank = |tenant: Name, sku: Name| (tenant_ranks[tenant as usize], sku_ranks[sku as usize]);
        sort_by(&mut lines, |((a, b), _), ((c, d), _)| rank(*a, *b).cmp(&rank(*c, *d)));
        for ((tenant, sku), LineRows { mut measured, keys }) in lines {
            if excluded[tenant as usize] {
                summed.excluded += keys.len() as u64;
                continue;
            }
            let (tenant_id, sku) = (self.tenants.text(tenant), self.skus.text(sku));
            summed.duplicates.extend(duplicates(keys, tenant_id, sku));
            sort_by(&mut measured, |a, b| a.unit.cmp(&b.unit));
            summed.lines.push(UsageLine { tenant_id: tenant_id.into(), sku: sku.into(), measured });
        }
        sort_by(&mut summed.duplicates, |a, b| a.rows.first().cmp(&b.rows.first()));
        summed
    }

    /// Rows with usage that have no SKU, though their item has one in another row.
    fn sku_missing(&self, excluded: &[bool]) -> Vec<(String, Vec<u32>)> {
        let counts = |row: &&Skuless| self.with_sku[row.item as usize] && !excluded[row.tenant as usize];
        let rows = self.skuless.iter().filter(counts).map(|row| (self.tenants.text(row.tenant).to_string(), row.row));
        grouped(rows.collect())
    }
}

/// In `exclude_tenants` of the file or of the job, or the report's root tenant and not in the file.
pub fn is_excluded(tenant: &str, root: Option<&str>, job_excludes: &BTreeSet<String>, customers: Option<&Customers>) -> bool {
    let mapped = customers.is_some_and(|customers| customers.get(tenant).is_some());
    let named = customers.is_some_and(|customers| customers.excludes(tenant)) || job_excludes.contains(tenant);
    named || (root == Some(tenant) && !mapped)
}
