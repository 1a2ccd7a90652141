//! From a month's usage to the rows of one report.

use super::catalogue::unsold;
use super::{Infra, Item, Tenant, TenantKind, UsageData};
use jiff::{ToSpan, civil::Date};
use std::collections::BTreeMap;

/// How deep a report goes below its tenant, which always has rows of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// That tenant alone; only in Acronis' schema, not in its guide.
    Itself,
    /// And what stands directly below it, units aside.
    DirectPartners,
    /// And every partner and folder below it.
    AllPartners,
    /// And everything below it, units aside.
    AllCustomers,
    /// And everything below it.
    Accounts,
}

impl Level {
    const NAMES: [(&str, Level); 5] = [
        ("itself", Level::Itself),
        ("direct_partners", Level::DirectPartners),
        ("all_partners", Level::AllPartners),
        ("all_customers", Level::AllCustomers),
        ("accounts", Level::Accounts),
    ];

    /// The level that Acronis spells so.
    pub fn from_name(name: &str) -> Option<Level> {
        Self::NAMES.iter().find(|(n, _)| *n == name).map(|(_, l)| *l)
    }

    /// The number in a JSON report's `params`; `itself` has none that is known.
    pub(super) fn number(self) -> u32 {
        match self {
            Level::Itself => 0,
            Level::DirectPartners => 1,
            Level::AllCustomers => 2,
            Level::Accounts => 3,
            Level::AllPartners => 4,
        }
    }
}

/// What a report's rows say about its period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The last day, and the change over that day.
    Daily,
    /// The last day, and the change over the whole period.
    Summary,
    /// As `Summary`; which period it is, the service chooses.
    Current,
    /// One row for each day, with the change over that day.
    Breakdown,
}

impl Kind {
    const NAMES: [(&str, Kind); 4] = [
        ("usage_daily", Kind::Daily),
        ("usage_summary", Kind::Summary),
        ("usage_current", Kind::Current),
        ("usage_breakdown", Kind::Breakdown),
    ];

    /// The kind that Acronis spells so.
    pub fn from_name(name: &str) -> Option<Kind> {
        Self::NAMES.iter().find(|(n, _)| *n == name).map(|(_, k)| *k)
    }

    /// The number in a JSON report's `params`; the breakdown's is not known, 6 is a guess.
    pub(super) fn number(self) -> u32 {
        match self {
            Kind::Daily => 4,
            Kind::Summary => 5,
            Kind::Breakdown => 6,
            Kind::Current => 8,
        }
    }
}

/// What a report is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// The tenant that the report starts from.
    pub tenant_id: String,
    pub kind: Kind,
    pub level: Level,
    /// First and last day, inclusive.
    pub start: Date,
    pub end: Date,
    /// Leave out rows whose effective total is 0.
    pub hide_zero_usage: bool,
    pub show_skus: bool,
}

/// A quantity in production and on trial, in the item's unit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Amounts {
    pub production: i64,
    pub trial: i64,
}

impl Amounts {
    pub fn total(self) -> i64 {
        self.production + self.trial
    }

    fn add(&mut self, other: Amounts) {
        self.production += other.production;
        self.trial += other.trial;
    }

    fn less(self, other: Amounts) -> Amounts {
        Amounts { production: self.production - other.production, trial: self.trial - other.trial }
    }
}

/// A row of a report, before it is written in one format or another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row<'a> {
    pub date: Date,
    pub tenant: &'a Tenant,
    pub item: Item,
    pub infra: Option<Infra>,
    pub absolute: Amounts,
    pub delta: Amounts,
    pub effective: Amounts,
}

/// What a line, or the sum of several, comes to at the end of a day and on the eve of the period.
#[derive(Default, Clone, Copy)]
struct Standing {
    now: Amounts,
    before: Amounts,
    correction: i64,
}

impl UsageData {
    /// The report's rows in Acronis' order: tenant by tenant from the top, item by item.
    pub fn rows(&self, ask: &Ask) -> Vec<Row<'_>> {
        let Some(top) = self.find(&ask.tenant_id) else {
            return Vec::new();
        };
        let mut days = vec![ask.end];
        if ask.kind == Kind::Breakdown {
            days = ask.start.series(1.day()).take_while(|d| *d <= ask.end).collect();
        }
        let mut rows = Vec::new();
        for day in days {
            let since = match ask.kind {
                Kind::Daily | Kind::Breakdown => day,
                Kind::Summary | Kind::Current => ask.start,
            };
            for tenant in self.selected(top, ask.level) {
                self.rows_of(tenant, since, day, &mut rows);
            }
        }
        rows.retain(|row| !ask.hide_zero_usage || row.effective.total() != 0);
        rows
    }

    /// The tenants that a report at this level has rows for, from the top, depth first.
    pub fn selected(&self, top: usize, level: Level) -> Vec<usize> {
        let mut all = vec![top];
        let mut stack: Vec<_> = self.children(top).collect();
        stack.reverse();
        while let Some(index) = stack.pop() {
            let kind = self.tenants[index].kind;
            let direct = self.tenants[index].parent == Some(top);
            let unit = kind == TenantKind::Unit;
            let wanted = match level {
                Level::Itself => false,
                Level::DirectPartners => direct && !unit,
                Level::AllPartners => kind.manages(),
                Level::AllCustomers => !unit,
                Level::Accounts => true,
            };
            if wanted {
                all.push(index);
            }
            let below = stack.len();
            stack.extend(self.children(index));
            stack[below..].reverse();
        }
        all
    }

    fn children(&self, parent: usize) -> impl Iterator<Item = usize> {
        (0..self.tenants.len()).filter(move |i| self.tenants[*i].parent == Some(parent))
    }

    /// Whether `index` is `top` or below it.
    pub fn within(&self, index: usize, top: usize) -> bool {
        std::iter::successors(Some(index), |i| self.tenants[*i].parent).any(|i| i == top)
    }

    fn rows_of<'a>(&'a self, tenant: usize, since: Date, day: Date, rows: &mut Vec<Row<'a>>) {
        let (first, last) = (self.day_number(since), self.day_number(day));
        let mut sums: BTreeMap<(Item, Option<Infra>), Standing> = BTreeMap::new();
        for item in &self.unused_items {
            sums.entry((item.clone(), None)).or_default();
        }
        for (number, line) in self.lines.iter().enumerate() {
            let mine = line.tenant == tenant || self.roll_up && self.within(line.tenant, tenant);
            if !mine {
                continue;
            }
            let salt = self.salt(number);
            let at = |day| Amounts { production: line.production.at(day, salt), trial: line.trial.at(day, salt) };
            let sum = sums.entry((line.item.clone(), line.infra.clone())).or_default();
            sum.now.add(at(last));
            sum.before.add(at(first - 1));
            sum.correction += line.correction;
        }
        for (item, production) in self.counts_of(tenant) {
            let sum = sums.entry((item, None)).or_default();
            sum.now.production = production;
            sum.before.production = production;
        }
        rows.extend(sums.into_iter().map(|((item, infra), sum)| {
            let delta = sum.now.less(sum.before);
            let mut effective = if item.is_range { delta } else { sum.now };
            effective.production += sum.correction;
            Row { date: day, tenant: &self.tenants[tenant], item, infra, absolute: sum.now, delta, effective }
        }));
    }

    /// How many customers and resellers a partner or folder has: rows without a SKU.
    fn counts_of(&self, tenant: usize) -> Vec<(Item, i64)> {
        if !self.user_counts || !self.tenants[tenant].kind.manages() {
            return Vec::new();
        }
        let count = |wanted: &dyn Fn(usize) -> bool| {
            let below = (0..self.tenants.len()).filter(|i| *i != tenant && self.within(*i, tenant));
            i64::try_from(below.filter(|i| wanted(*i)).count()).unwrap_or(i64::MAX)
        };
        let is = |kind| move |i: usize| self.tenants[i].kind == kind;
        let keeps_local = |i: usize| {
            let mut lines = self.lines.iter().filter(|line| line.tenant == i);
            is(TenantKind::Customer)(i) && lines.any(|line| line.item.name == "local_storage")
        };
        [
            ("euc_count", count(&is(TenantKind::Customer))),
            ("reseller_count", count(&is(TenantKind::Partner))),
            ("euc_with_local_backup_count", count(&keeps_local)),
        ]
        .map(|(name, number)| (unsold(name), number))
        .to_vec()
    }
}
