//! Which rows count, and what they add up to: the filter, the exact sums by (tenant, SKU), and
//! what the findings need to know of the rows.

mod twin;

use std::collections::hash_map::Entry;

use crate::customer::Customers;
use crate::job::Job;
use crate::money::decimal::Sum;
use crate::names::{Map, Name, Names};
use crate::order::{distinct, sort_by, sort_rows};
use crate::period::{Date, Month};
use crate::report::csv::Read;
use crate::report::row::{Measure, Row};
use crate::text::same;

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
    latest: Option<Date>,
    twins: twin::Twins,
    unknown: Vec<String>,
    any_sku: bool,
    rows: u64,
    /// There are more (tenant, SKU) lines than the limit allows.
    pub too_many: bool,
}

#[derive(Default, Clone, Copy)]
struct Idle {
    no_sku: u64,
    zero_usage: u64,
}

/// The rows of one tenant and SKU that are measured in one unit.
#[derive(Debug, Clone)]
struct Group {
    unit: Name,
    sum: Sum,
    rows: Vec<u32>,
    /// Runs of rows of one date: the date, and where in `rows` the run begins.
    dates: Vec<(Option<Date>, usize)>,
    trial: Vec<u32>,
    differing: Vec<u32>,
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

/// Rows summed up: what is left after the filter, and the count of what is not.
pub struct Summed {
    pub lines: Vec<Line>,
    pub rows: u64,
    pub no_sku: u64,
    pub zero_usage: u64,
    pub excluded: u64,
    /// Rows that agree in everything that tells rows apart, by their first row.
    pub duplicates: Vec<Duplicate>,
    /// The latest date of any row.
    pub latest: Option<Date>,
    /// Columns that this version does not know.
    pub unknown: Vec<String>,
    pub any_sku: bool,
}

pub struct Duplicate {
    pub tenant_id: String,
    pub sku: String,
    pub rows: Vec<u32>,
}

/// What one tenant used of one SKU, in each unit it was measured in.
pub struct Line {
    pub tenant_id: String,
    pub sku: String,
    pub measured: Vec<Measured>,
}

/// Usage in one unit of measurement; texts are resolved, an empty one is none.
#[derive(Debug, Clone)]
pub struct Measured {
    pub unit: String,
    pub sum: Sum,
    pub rows: Vec<u32>,
    dates: Vec<(Option<Date>, usize)>,
    pub trial: Vec<u32>,
    pub differing: Vec<u32>,
    pub application_name: String,
    pub application_id: String,
    pub ranges: bool,
    pub stocks: bool,
    pub who: Identity,
}

impl Measured {
    /// Usage in several spellings of one unit, as one.
    pub fn join(parts: Vec<Measured>) -> Option<Measured> {
        let mut parts = parts.into_iter();
        let mut joined = parts.next()?;
        for part in parts {
            joined.sum.add_sum(&part.sum);
            for (rows, others) in [(&mut joined.rows, part.rows), (&mut joined.trial, part.trial), (&mut joined.differing, part.differing)]
            {
                rows.extend(others);
                sort_rows(rows);
            }
            joined.dates.clear();
            keep_smallest(&mut joined.application_name, part.application_name);
            keep_smallest(&mut joined.application_id, part.application_id);
            joined.ranges |= part.ranges;
            joined.stocks |= part.stocks;
            joined.who.meet(part.who);
        }
        Some(joined)
    }

    /// The smallest application name, else the smallest application id.
    pub fn application(&self) -> &str {
        if self.application_name.is_empty() { &self.application_id } else { &self.application_name }
    }
}

/// Who a tenant is, by its rows of the latest date; an empty text is none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Identity {
    pub date: Option<Date>,
    pub name: String,
    pub kind: String,
    pub customer_id: String,
}

impl Identity {
    /// Take in what other rows say: those of the later date count, and of equals the smallest.
    pub fn meet(&mut self, other: Identity) {
        if other.date > self.date {
            *self = other;
        } else if other.date == self.date {
            keep_smallest(&mut self.name, other.name);
            keep_smallest(&mut self.kind, other.kind);
            keep_smallest(&mut self.customer_id, other.customer_id);
        }
    }
}

fn keep_smallest(kept: &mut String, text: String) {
    if !text.is_empty() && (kept.is_empty() || text < *kept) {
        *kept = text;
    }
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
            twins: twin::Twins::default(),
            unknown: Vec::new(),
            any_sku: false,
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
        self.any_sku |= !row.sku.is_empty();
        let tenant = self.names.number_again(self.before.0, row.tenant_id);
        self.before.0 = tenant;
        if row.sku.is_empty() {
            self.idle(tenant).no_sku += 1;
        } else if row.usage(self.measure).is_zero() {
            self.idle(tenant).zero_usage += 1;
        } else if !self.too_many {
            self.usage(tenant, number, row);
        }
    }

    fn idle(&mut self, tenant: Name) -> &mut Idle {
        let at = tenant as usize;
        if at >= self.idle.len() {
            self.idle.resize(at + 1, Idle::default());
        }
        &mut self.idle[at]
    }

    fn usage(&mut self, tenant: Name, number: u64, row: &Row<'_>) {
        // Row numbers take half the memory as 32 bits; the reader lets no more rows in.
        let number = u32::try_from(number).unwrap_or(u32::MAX);
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

    /// Everything was read. Excluded tenants go, whatever their rows hold.
    pub fn finish(self, customers: Option<&Customers>) -> Summed {
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
            latest: self.latest,
            unknown: distinct(self.unknown),
            any_sku: self.any_sku,
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
}

impl Summed {
    /// The dates of the rows that count.
    pub fn dates(&self) -> Vec<Date> {
        distinct(self.runs().filter_map(|(date, _)| date))
    }

    /// The rows whose date is not in the period, ascending.
    pub fn outside(&self, period: Month) -> Vec<u32> {
        let outside = self.runs().filter(|(date, _)| date.is_some_and(|date| !period.contains(date)));
        let mut rows: Vec<u32> = outside.flat_map(|(_, rows)| rows.iter().copied()).collect();
        sort_rows(&mut rows);
        rows
    }

    fn runs(&self) -> impl Iterator<Item = (Option<Date>, &[u32])> {
        self.lines.iter().flat_map(|line| &line.measured).flat_map(|measured| {
            let ends = measured.dates.iter().skip(1).map(|(_, start)| *start).chain([measured.rows.len()]);
            measured.dates.iter().zip(ends).map(|((date, start), end)| (*date, &measured.rows[*start..end]))
        })
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
            trial: Vec::new(),
            differing: Vec::new(),
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
        if !row.usage(Measure::EFFECTIVE_TRIAL).is_zero() {
            self.trial.push(number);
        }
        let other = if row.is_range { Measure::DELTA_PRODUCTION } else { Measure::ABSOLUTE_PRODUCTION };
        if row.usage(Measure::EFFECTIVE_PRODUCTION) != row.usage(other) {
            self.differing.push(number);
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
            trial: self.trial,
            differing: self.differing,
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
