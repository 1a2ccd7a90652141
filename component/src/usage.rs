//! Which rows count, and what they add up to: the filter, the exact sums by (tenant, SKU), and
//! what the findings need to know of the rows.

mod measured;
mod reference;
mod summed;
mod twin;

use std::collections::hash_map::Entry;

use crate::customer::Customers;
use crate::job::Job;
use crate::money::decimal::Sum;
use crate::names::{Map, Name, Names};
use crate::order::{distinct, grouped, sort_by};
use crate::period::Date;
use crate::report::csv::Read;
use crate::report::row::{Measure, Row};
use crate::text::same;

pub use measured::{Identity, Measured, Note};
pub use reference::{Reference, Unmatched, references};
pub use summed::{Duplicate, Line, Summed};

/// The empty text, which is none.
const EMPTY: Name = 0;

/// Sums up rows. What decides without customers and prices is decided at once; the rest waits in
/// groups, because a long report may be fed before its price book.
pub struct Usage {
    measure: Measure,
    root: Option<String>,
    /// Tenants that somebody else bills.
    elsewhere: Names,
    lines_max: u64,
    names: Names,
    /// The tenant and the unit of the row before: those of many rows, one after another.
    before: (Name, Name),
    /// Rows without SKU or with a measure of 0, by tenant: excluded if their tenant is.
    idle: Vec<Idle>,
    /// By tenant and SKU, in the order in which they were seen; and where each is.
    lines: Vec<((Name, Name), Vec<Group>)>,
    places: Map<(Name, Name), u32>,
    /// Of any row, and of the rows with SKU and usage.
    latest: Option<Date>,
    latest_used: Option<Date>,
    twins: twin::Twins,
    /// Offering items by their numbers: application, name and edition; and whether any row of it has a SKU.
    items: Map<(Name, Name, Name), u32>,
    with_sku: Vec<bool>,
    /// The item of the row before, and its number.
    item_before: ((Name, Name, Name), u32),
    /// Rows without SKU that have usage.
    skuless: Vec<Skuless>,
    unknown: Vec<String>,
    any_sku: bool,
    /// A row has SKU and usage.
    any_used: bool,
    rows: u64,
    /// There are more (tenant, SKU) lines than the limit allows.
    pub too_many: bool,
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

/// The rows of one tenant and SKU that are measured in one unit.
#[derive(Debug, Clone)]
struct Group {
    unit: Name,
    sum: Sum,
    rows: Vec<u32>,
    /// Runs of rows of one date: the date, and where in `rows` the run begins.
    dates: Vec<(Option<Date>, usize)>,
    notes: Vec<(Note, u32)>,
    application_name: Name,
    application_id: Name,
    ranges: bool,
    stocks: bool,
    who: Who,
}

/// Who the tenant is, by the rows of the latest date.
#[derive(Debug, Clone, Copy)]
struct Who {
    date: Option<Date>,
    name: Name,
    kind: Name,
    customer_id: Name,
}

impl Usage {
    pub fn new(job: &Job) -> Self {
        let mut names = Names::default();
        names.number("");
        Usage {
            measure: job.measure,
            root: job.root.clone(),
            elsewhere: job.exclude_tenants.clone(),
            lines_max: job.limits.lines,
            names,
            before: (EMPTY, EMPTY),
            idle: Vec::new(),
            lines: Vec::new(),
            places: Map::default(),
            latest: None,
            latest_used: None,
            twins: twin::Twins::default(),
            items: Map::default(),
            with_sku: Vec::new(),
            item_before: ((EMPTY, EMPTY, EMPTY), 0),
            skuless: Vec::new(),
            unknown: Vec::new(),
            any_sku: false,
            any_used: false,
            rows: 0,
            too_many: false,
        }
    }

    /// What the report's reader gives.
    pub fn add(&mut self, read: Read<'_>) {
        match read {
            Read::Row(number, row) => self.row(number, row),
            Read::Unreadable(_) => self.rows += 1,
            Read::UnknownColumn(name) => self.unknown.push(name.to_string()),
        }
    }

    fn row(&mut self, number: u64, row: &Row<'_>) {
        self.rows += 1;
        self.latest = self.latest.max(row.date);
        // Row numbers take half the memory as 32 bits; the reader lets no more rows in.
        let number = u32::try_from(number).unwrap_or(u32::MAX);
        let tenant = self.names.number_again(self.before.0, row.tenant_id);
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
            self.usage(tenant, number, row);
        }
    }

    /// The number of a row's offering item.
    fn item(&mut self, row: &Row<'_>) -> u32 {
        let (before, number) = self.item_before;
        let mut again = |before, text| self.names.number_again(before, text);
        let item = (again(before.0, row.application_id), again(before.1, row.name), again(before.2, row.edition));
        // The first row has no item before it: its application is a text.
        if item == before {
            return number;
        }
        // As many as there are texts at most.
        let next = self.with_sku.len() as u32;
        let number = *self.items.entry(item).or_insert(next);
        if number == next {
            self.with_sku.push(false);
        }
        self.item_before = (item, number);
        number
    }

    fn idle(&mut self, tenant: Name) -> &mut Idle {
        let at = tenant as usize;
        if at >= self.idle.len() {
            self.idle.resize(at + 1, Idle::default());
        }
        &mut self.idle[at]
    }

    fn usage(&mut self, tenant: Name, number: u32, row: &Row<'_>) {
        let sku = self.names.number(row.sku);
        let unit = self.names.number_again(self.before.1, row.unit);
        self.before.1 = unit;
        // As many as there are names at most, each of them a text: the numbers fit.
        let next = self.lines.len() as u32;
        let place = match self.places.entry((tenant, sku)) {
            Entry::Occupied(place) => *place.get(),
            Entry::Vacant(_) if u64::from(next) >= self.lines_max => {
                self.too_many = true;
                return;
            }
            Entry::Vacant(place) => {
                self.lines.push(((tenant, sku), Vec::new()));
                *place.insert(next)
            }
        };
        self.twins.add(row, number);
        let groups = &mut self.lines[place as usize].1;
        let at = groups.iter().position(|group| group.unit == unit).unwrap_or_else(|| {
            // Nearly always the only one.
            groups.reserve_exact(1);
            groups.push(Group::new(unit));
            groups.len() - 1
        });
        groups[at].add(number, row, self.measure, &mut self.names);
    }

    /// Everything was read. Excluded tenants go, whatever their rows hold. `references` are the tenants that
    /// the inputs name and some row should have.
    pub fn finish(self, customers: Option<&Customers>, references: Vec<Reference<'_>>) -> Summed {
        let names = &self.names;
        let excluded: Vec<bool> =
            names.texts().iter().map(|tenant| is_excluded(tenant, self.root.as_deref(), &self.elsewhere, customers)).collect();
        let mut summed = Summed {
            lines: Vec::new(),
            rows: self.rows,
            no_sku: 0,
            zero_usage: 0,
            excluded: 0,
            duplicates: Vec::new(),
            latest: self.latest_used.or(self.latest),
            sku_missing: self.sku_missing(&excluded),
            unmatched: reference::unmatched(references, names, &self.tenants()),
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
        let ranks = ranks(names);
        let rank = |name: Name| ranks[name as usize];
        let mut lines = self.lines;
        sort_by(&mut lines, |((tenant, sku), _), ((other, another), _)| (rank(*tenant), rank(*sku)).cmp(&(rank(*other), rank(*another))));
        for ((tenant, sku), groups) in lines {
            if excluded[tenant as usize] {
                summed.excluded += groups.iter().map(|group| group.rows.len() as u64).sum::<u64>();
                continue;
            }
            let mut measured: Vec<Measured> = groups.into_iter().map(|group| group.resolve(names)).collect();
            sort_by(&mut measured, |a, b| a.unit.cmp(&b.unit));
            summed.lines.push(Line { tenant_id: names.text(tenant).into(), sku: names.text(sku).into(), measured });
        }
        summed.duplicates = self.twins.groups(&summed.lines);
        summed
    }

    /// Rows with usage that have no SKU, though their item has one in another row.
    fn sku_missing(&self, excluded: &[bool]) -> Vec<(String, Vec<u32>)> {
        let counts = |row: &&Skuless| self.with_sku[row.item as usize] && !excluded[row.tenant as usize];
        let rows = self.skuless.iter().filter(counts).map(|row| (self.names.text(row.tenant).to_string(), row.row));
        grouped(rows.collect())
    }

    /// Which names are tenants of rows.
    fn tenants(&self) -> Vec<bool> {
        let mut tenants: Vec<bool> = self.idle.iter().map(|idle| idle.no_sku + idle.zero_usage > 0).collect();
        tenants.resize(self.names.len(), false);
        self.lines.iter().for_each(|((tenant, _), _)| tenants[*tenant as usize] = true);
        tenants
    }
}

/// In `exclude_tenants` of the file or of the job, or the report's root tenant and not in the file.
pub fn is_excluded(tenant: &str, root: Option<&str>, elsewhere: &Names, customers: Option<&Customers>) -> bool {
    let mapped = customers.is_some_and(|customers| customers.get(tenant).is_some());
    let named = customers.is_some_and(|customers| customers.excludes(tenant)) || elsewhere.find(tenant).is_some();
    named || (root == Some(tenant) && !mapped)
}

impl Group {
    fn new(unit: Name) -> Self {
        let who = Who { date: None, name: EMPTY, kind: EMPTY, customer_id: EMPTY };
        Group {
            unit,
            sum: Sum::default(),
            rows: Vec::new(),
            dates: Vec::new(),
            notes: Vec::new(),
            application_name: EMPTY,
            application_id: EMPTY,
            ranges: false,
            stocks: false,
            who,
        }
    }

    fn add(&mut self, number: u32, row: &Row<'_>, measure: Measure, names: &mut Names) {
        self.sum.add(row.usage(measure));
        if self.dates.last().is_none_or(|(date, _)| *date != row.date) {
            self.dates.push((row.date, self.rows.len()));
        }
        self.rows.push(number);
        for (note, applies) in [
            (Note::Trial, !row.usage(Measure::EFFECTIVE_TRIAL).is_zero()),
            (Note::Differing, row.usage(Measure::EFFECTIVE_PRODUCTION) != row.usage(Measure::BILLABLE)),
            (Note::Exponent, row.has_exponent(measure)),
            (Note::Unfit, measure.is_unfit(row.is_range)),
        ] {
            if applies {
                self.notes.push((note, number));
            }
        }
        self.ranges |= row.is_range;
        self.stocks |= !row.is_range;
        keep_smaller(&mut self.application_name, row.application_name, names);
        keep_smaller(&mut self.application_id, row.application_id, names);
        if row.date > self.who.date {
            self.who = Who { date: row.date, name: EMPTY, kind: EMPTY, customer_id: EMPTY };
        }
        if row.date == self.who.date {
            keep_smaller(&mut self.who.name, row.tenant_name, names);
            keep_smaller(&mut self.who.kind, row.tenant_kind, names);
            keep_smaller(&mut self.who.customer_id, row.customer_id, names);
        }
    }

    fn resolve(self, names: &Names) -> Measured {
        let text = |name| names.text(name).to_string();
        Measured {
            unit: text(self.unit),
            sum: self.sum,
            rows: self.rows,
            dates: self.dates,
            notes: self.notes,
            application_name: text(self.application_name),
            application_id: text(self.application_id),
            ranges: self.ranges,
            stocks: self.stocks,
            who: Identity {
                date: self.who.date,
                name: text(self.who.name),
                kind: text(self.who.kind),
                customer_id: text(self.who.customer_id),
            },
        }
    }
}

/// The place of each text among all, in byte order: lines are sorted by numbers, not by texts.
fn ranks(names: &Names) -> Vec<u32> {
    let mut order: Vec<Name> = (0..names.len() as Name).collect();
    sort_by(&mut order, |a, b| names.text(*a).cmp(names.text(*b)));
    let mut ranks = vec![0; names.len()];
    order.iter().zip(0..).for_each(|(name, rank)| ranks[*name as usize] = rank);
    ranks
}

/// Let `kept` be the smaller of itself and `text` in byte order; the empty text is none.
fn keep_smaller(kept: &mut Name, text: &str, names: &mut Names) {
    // Nearly always the same again.
    let known = names.text(*kept);
    if !text.is_empty() && !same(text, known) && (*kept == EMPTY || text < known) {
        *kept = names.number(text);
    }
}
