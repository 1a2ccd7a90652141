//! One data record of a report, and the names that Acronis gives its columns.

use crate::fault::{Faults, Input, Place, raw};
use crate::money::decimal::Decimal;
use crate::period::Date;

/// Every column that this version knows: those of the published sample, and `sku`.
pub const COLUMNS: [&str; 30] = [
    "application.id",
    "application.name",
    "date",
    "edition",
    "infra.backend_type",
    "infra.id",
    "infra.name",
    "infra.owner_id",
    "is_range",
    "measurement_unit",
    "name",
    "pricing.currency",
    "pricing.mode",
    "pricing.price",
    "pricing.total_cost",
    "quota.value",
    "sku",
    "tenant.customer_id",
    "tenant.id",
    "tenant.kind",
    "tenant.name",
    "usage.absolute.production",
    "usage.absolute.total",
    "usage.absolute.trial",
    "usage.delta.production",
    "usage.delta.total",
    "usage.delta.trial",
    "usage.effective.production",
    "usage.effective.total",
    "usage.effective.trial",
];

const APPLICATION_ID: usize = 0;
const APPLICATION_NAME: usize = 1;
const DATE: usize = 2;
const EDITION: usize = 3;
const INFRA_ID: usize = 5;
const IS_RANGE: usize = 8;
/// The one required column that a JSON report may leave out of every row: it is empty for counts.
pub const MEASUREMENT_UNIT: usize = 9;
const NAME: usize = 10;
const SKU: usize = 16;
const CUSTOMER_ID: usize = 17;
const TENANT_ID: usize = 18;
const TENANT_KIND: usize = 19;
const TENANT_NAME: usize = 20;
const USAGES: std::ops::Range<usize> = 21..30;

/// The place of a column in [`COLUMNS`].
pub fn column(name: &str) -> Option<usize> {
    COLUMNS.binary_search(&name).ok()
}

/// Columns without which a report cannot be billed.
pub fn required() -> impl Iterator<Item = usize> {
    [APPLICATION_ID, MEASUREMENT_UNIT, NAME, TENANT_ID, TENANT_KIND].into_iter().chain(USAGES)
}

/// A text that is no fault in this column.
pub fn harmless(column: usize) -> &'static str {
    if matches!(column, DATE | IS_RANGE) { "" } else { "0" }
}

/// What is billed of a row: one of its nine usages, or the one that fits the row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Measure(usize);

/// Usages of a kind: production, total, trial.
const OF_A_KIND: usize = 3;

impl Measure {
    pub const ABSOLUTE_PRODUCTION: Measure = Measure(0);
    pub const DELTA_PRODUCTION: Measure = Measure(3);
    /// What the vendor tells partners to bill from.
    pub const EFFECTIVE_PRODUCTION: Measure = Measure(6);
    pub const EFFECTIVE_TRIAL: Measure = Measure(8);
    /// Absolute production, and delta production of a row that is `is_range`.
    pub const BILLABLE: Measure = Measure(9);
    /// The one measure that is no column.
    const BILLABLE_NAME: &str = "usage.billable";

    /// By its name: that of a column, or `usage.billable`.
    pub fn parse(name: &str) -> Option<Measure> {
        if name == Measure::BILLABLE_NAME {
            return Some(Measure::BILLABLE);
        }
        column(name).filter(|at| USAGES.contains(at)).map(|at| Measure(at - USAGES.start))
    }

    pub fn name(self) -> &'static str {
        if self == Measure::BILLABLE { Measure::BILLABLE_NAME } else { COLUMNS[USAGES.start + self.0] }
    }

    /// The `index`-th measure: the nine in the order of their names, then `usage.billable`.
    pub fn nth(index: usize) -> Option<Measure> {
        (index <= Measure::BILLABLE.0).then_some(Measure(index))
    }

    /// All measures, in this order.
    pub fn all() -> impl Iterator<Item = Measure> {
        (0..).map_while(Measure::nth)
    }

    /// Whether it says nothing of such a row: the absolute usage of a counter goes back beyond the period, and
    /// the delta of a stock is not what is held.
    pub fn is_unfit(self, is_range: bool) -> bool {
        match self.0 / OF_A_KIND {
            0 => is_range,
            1 => !is_range,
            _ => false,
        }
    }

    /// Which of the nine it is for such a row.
    #[inline]
    fn usage(self, is_range: bool) -> usize {
        match self {
            Measure::BILLABLE if is_range => Measure::DELTA_PRODUCTION.0,
            Measure::BILLABLE => Measure::ABSOLUTE_PRODUCTION.0,
            Measure(index) => index,
        }
    }
}

/// A data record, read. Texts are trimmed; an empty cell is an empty text.
pub struct Row<'a> {
    pub application_id: &'a str,
    pub application_name: &'a str,
    pub date: Option<Date>,
    pub edition: &'a str,
    pub infra_id: &'a str,
    pub is_range: bool,
    pub unit: &'a str,
    pub name: &'a str,
    pub sku: &'a str,
    pub customer_id: &'a str,
    pub tenant_id: &'a str,
    pub tenant_kind: &'a str,
    pub tenant_name: &'a str,
    usages: [Decimal; 9],
    /// A bit for each usage that is written with an exponent.
    exponents: u16,
}

impl Row<'_> {
    #[inline]
    pub fn usage(&self, measure: Measure) -> &Decimal {
        &self.usages[measure.usage(self.is_range)]
    }

    /// Whether a usage is written with an exponent.
    #[inline]
    pub fn has_exponent(&self, measure: Measure) -> bool {
        self.exponents >> measure.usage(self.is_range) & 1 != 0
    }

    /// A row of JSON: there a program wrote the numbers, and an exponent costs no digits.
    pub fn of_json(self) -> Self {
        Row { exponents: 0, ..self }
    }
}

/// Read the cells of a record, each trimmed and in the place that [`COLUMNS`] gives it; every
/// fault is added, and with one there is no row.
pub fn read<'a>(cells: &[&'a str; COLUMNS.len()], row: u64, digits_max: u64, faults: &mut Faults) -> Option<Row<'a>> {
    let before = faults.count;
    for at in [APPLICATION_ID, NAME, TENANT_ID] {
        if cells[at].is_empty() {
            faults.add(Input::Report, Place::cell(row, COLUMNS[at]), "nothing", "a value");
        }
    }
    let date = if cells[DATE].is_empty() { None } else { Date::parse(cells[DATE]) };
    if date.is_none() && !cells[DATE].is_empty() {
        faults.add(Input::Report, Place::cell(row, COLUMNS[DATE]), raw(cells[DATE]), "a date such as 2021-08-31, or nothing");
    }
    let is_range = cells[IS_RANGE].eq_ignore_ascii_case("true");
    if !is_range && !cells[IS_RANGE].is_empty() && !cells[IS_RANGE].eq_ignore_ascii_case("false") {
        faults.add(Input::Report, Place::cell(row, COLUMNS[IS_RANGE]), raw(cells[IS_RANGE]), "True, False or nothing");
    }
    let mut exponents = 0;
    let usages = std::array::from_fn(|index| {
        let (usage, exponent) = usage(cells[USAGES.start + index], row, COLUMNS[USAGES.start + index], digits_max, faults);
        exponents |= u16::from(exponent) << index;
        usage
    });
    (faults.count == before).then(|| Row {
        application_id: cells[APPLICATION_ID],
        application_name: cells[APPLICATION_NAME],
        date,
        edition: cells[EDITION],
        infra_id: cells[INFRA_ID],
        is_range,
        unit: cells[MEASUREMENT_UNIT],
        name: cells[NAME],
        sku: cells[SKU],
        customer_id: cells[CUSTOMER_ID],
        tenant_id: cells[TENANT_ID],
        tenant_kind: cells[TENANT_KIND],
        tenant_name: cells[TENANT_NAME],
        usages,
        exponents,
    })
}

/// A usage, and whether it is written with an exponent.
fn usage(cell: &str, row: u64, column: &str, digits_max: u64, faults: &mut Faults) -> (Decimal, bool) {
    // Most cells of most reports.
    if matches!(cell, "" | "0") {
        return (Decimal::ZERO, false);
    }
    Decimal::read(cell, digits_max).unwrap_or_else(|| {
        faults.add(Input::Report, Place::cell(row, column), raw(cell), decimal_expected(cell, digits_max));
        (Decimal::ZERO, false)
    })
}

/// A decimal of so many digits may be too long, but it is one.
const DIGITS_TOLERATED: u64 = 10_000;

/// What a fault says where a decimal should stand.
pub fn decimal_expected(found: &str, digits_max: u64) -> String {
    if Decimal::is_valid(found, DIGITS_TOLERATED) {
        format!("at most {digits_max} digits, and an exponent within ±{digits_max} (limit digits)")
    } else {
        "a decimal such as 1.5".into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_sorted_and_where_the_constants_say() {
        assert!(COLUMNS.is_sorted());
        for (at, name) in [
            (APPLICATION_ID, "application.id"),
            (APPLICATION_NAME, "application.name"),
            (DATE, "date"),
            (EDITION, "edition"),
            (INFRA_ID, "infra.id"),
            (IS_RANGE, "is_range"),
            (MEASUREMENT_UNIT, "measurement_unit"),
            (NAME, "name"),
            (SKU, "sku"),
            (CUSTOMER_ID, "tenant.customer_id"),
            (TENANT_ID, "tenant.id"),
            (TENANT_KIND, "tenant.kind"),
            (TENANT_NAME, "tenant.name"),
        ] {
            assert_eq!(COLUMNS[at], name);
        }
        for (measure, name) in [
            (Measure::ABSOLUTE_PRODUCTION, "usage.absolute.production"),
            (Measure::DELTA_PRODUCTION, "usage.delta.production"),
            (Measure::EFFECTIVE_PRODUCTION, "usage.effective.production"),
            (Measure::EFFECTIVE_TRIAL, "usage.effective.trial"),
            (Measure::BILLABLE, "usage.billable"),
        ] {
            assert_eq!(Measure::parse(name), Some(measure));
            assert_eq!(measure.name(), name);
        }
        assert_eq!(required().count(), 14);
        assert!(Measure::all().eq(Measure::all().filter_map(|measure| Measure::parse(measure.name()))));
        assert_eq!(Measure::all().count(), USAGES.len() + 1);
    }

    #[test]
    fn measures_that_say_nothing_of_a_row() {
        let unfit = |is_range| Measure::all().filter(|measure| measure.is_unfit(is_range)).map(Measure::name).collect::<Vec<_>>();
        assert_eq!(unfit(true), ["usage.absolute.production", "usage.absolute.total", "usage.absolute.trial"]);
        assert_eq!(unfit(false), ["usage.delta.production", "usage.delta.total", "usage.delta.trial"]);
    }
}
