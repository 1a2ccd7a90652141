//! One data record of a report, and the names that Acronis gives its columns.

use crate::fault::{Faults, Input, Place, raw};
use crate::money::decimal::Decimal;
use crate::period::Date;

/// An enum of columns by their names, which are in byte order.
macro_rules! columns {
    ($($column:ident = $name:literal,)*) => {
        /// A column that this version knows: one of the published sample, or `sku`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Column {
            $(#[doc = concat!("`", $name, "`")] $column,)*
        }

        impl Column {
            /// Every column, by its name in byte order.
            pub const ALL: &[Column] = &[$(Column::$column),*];

            /// As the report names it.
            pub const fn name(self) -> &'static str {
                match self { $(Column::$column => $name),* }
            }
        }
    };
}

columns! {
    ApplicationId = "application.id",
    ApplicationName = "application.name",
    Date = "date",
    Edition = "edition",
    InfraBackendType = "infra.backend_type",
    InfraId = "infra.id",
    InfraName = "infra.name",
    InfraOwnerId = "infra.owner_id",
    IsRange = "is_range",
    MeasurementUnit = "measurement_unit",
    Name = "name",
    PricingCurrency = "pricing.currency",
    PricingMode = "pricing.mode",
    PricingPrice = "pricing.price",
    PricingTotalCost = "pricing.total_cost",
    QuotaValue = "quota.value",
    Sku = "sku",
    TenantCustomerId = "tenant.customer_id",
    TenantId = "tenant.id",
    TenantKind = "tenant.kind",
    TenantName = "tenant.name",
    UsageAbsoluteProduction = "usage.absolute.production",
    UsageAbsoluteTotal = "usage.absolute.total",
    UsageAbsoluteTrial = "usage.absolute.trial",
    UsageDeltaProduction = "usage.delta.production",
    UsageDeltaTotal = "usage.delta.total",
    UsageDeltaTrial = "usage.delta.trial",
    UsageEffectiveProduction = "usage.effective.production",
    UsageEffectiveTotal = "usage.effective.total",
    UsageEffectiveTrial = "usage.effective.trial",
}

/// A value for each column, in the order of [`Column::ALL`].
pub type ByColumn<T> = [T; Column::ALL.len()];

impl Column {
    /// The column of a name.
    pub fn parse(name: &str) -> Option<Column> {
        Column::ALL.binary_search_by(|column| column.name().cmp(name)).ok().map(|at| Column::ALL[at])
    }

    /// Columns without which a report cannot be billed.
    pub fn required() -> impl Iterator<Item = Column> {
        use Column::*;
        [ApplicationId, MeasurementUnit, Name, TenantId, TenantKind].into_iter().chain(USAGES)
    }

    /// A valid text of this column.
    pub fn harmless(self) -> &'static str {
        if matches!(self, Column::Date | Column::IsRange) { "" } else { "0" }
    }
}

/// Usages, by the order of their names.
const USAGES: [Column; 9] = {
    use Column::*;
    [
        UsageAbsoluteProduction,
        UsageAbsoluteTotal,
        UsageAbsoluteTrial,
        UsageDeltaProduction,
        UsageDeltaTotal,
        UsageDeltaTrial,
        UsageEffectiveProduction,
        UsageEffectiveTotal,
        UsageEffectiveTrial,
    ]
};

/// What is billed of a row: one of its nine usages, or the one that fits the row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Measure(usize);

/// Usages of a kind: production, total, trial.
const OF_A_KIND: usize = 3;

impl Measure {
    /// What a stock was at its end.
    pub const ABSOLUTE_PRODUCTION: Measure = Measure(0);
    /// What a counter counted in the period.
    pub const DELTA_PRODUCTION: Measure = Measure(3);
    /// What the vendor tells partners to bill from.
    pub const EFFECTIVE_PRODUCTION: Measure = Measure(6);
    /// Trial usage, which is not billed.
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
        USAGES.iter().position(|column| column.name() == name).map(Measure)
    }

    /// The name in a job.
    pub fn name(self) -> &'static str {
        if self == Measure::BILLABLE { Measure::BILLABLE_NAME } else { USAGES[self.0].name() }
    }

    /// The `index`-th measure: the nine in the order of their names, then `usage.billable`.
    pub fn nth(index: usize) -> Option<Measure> {
        (index <= Measure::BILLABLE.0).then_some(Measure(index))
    }

    /// All measures, in this order.
    pub fn all() -> impl Iterator<Item = Measure> {
        (0..).map_while(Measure::nth)
    }

    /// Whether it does not fit such a row: the absolute usage of a counter starts before the period, and the delta of a
    /// stock is not the stock.
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
    /// `application.id`, never empty.
    pub application_id: &'a str,
    /// `application.name`.
    pub application_name: &'a str,
    /// `date`; none where it is empty.
    pub date: Option<Date>,
    /// `edition`.
    pub edition: &'a str,
    /// `infra.id`.
    pub infra_id: &'a str,
    /// Whether the row counts a period; otherwise it measures a stock.
    pub is_range: bool,
    /// `measurement_unit`.
    pub unit: &'a str,
    /// `name`: the offering item, never empty.
    pub name: &'a str,
    /// `sku`.
    pub sku: &'a str,
    /// `tenant.customer_id`.
    pub customer_id: &'a str,
    /// `tenant.id`, never empty.
    pub tenant_id: &'a str,
    /// `tenant.kind`.
    pub tenant_kind: &'a str,
    /// `tenant.name`.
    pub tenant_name: &'a str,
    usages: [Decimal; 9],
    /// A bit for each usage that is written with an exponent.
    exponents: u16,
}

impl Row<'_> {
    /// The row's value of a measure, in the row's unit.
    #[inline]
    pub fn usage(&self, measure: Measure) -> &Decimal {
        &self.usages[measure.usage(self.is_range)]
    }

    /// Whether a usage is written with an exponent.
    #[inline]
    pub fn has_exponent(&self, measure: Measure) -> bool {
        self.exponents >> measure.usage(self.is_range) & 1 != 0
    }

    /// A row of JSON: a program wrote the numbers, so an exponent has lost no digits.
    pub fn of_json(self) -> Self {
        Row { exponents: 0, ..self }
    }
}

/// Read the cells of a record, each trimmed; every fault is added, and with one there is no row.
pub fn read<'a>(cells: &ByColumn<&'a str>, row: u64, digits_max: u64, faults: &mut Faults) -> Option<Row<'a>> {
    let before = faults.count;
    let cell = |column: Column| cells[column as usize];
    let mut wrong = |column: Column, found: String, expected: &str| {
        faults.add(Input::Report, Place::cell(row, column.name()), found, expected);
    };
    for column in [Column::ApplicationId, Column::Name, Column::TenantId] {
        if cell(column).is_empty() {
            wrong(column, "nothing".into(), "a value");
        }
    }
    let date = cell(Column::Date);
    let parsed = Date::parse(date);
    if parsed.is_none() && !date.is_empty() {
        wrong(Column::Date, raw(date), "a date such as 2021-08-31, or nothing");
    }
    let range = cell(Column::IsRange);
    let is_range = range.eq_ignore_ascii_case("true");
    if !is_range && !range.is_empty() && !range.eq_ignore_ascii_case("false") {
        wrong(Column::IsRange, raw(range), "True, False or nothing");
    }
    let mut exponents = 0;
    let usages = std::array::from_fn(|index| {
        let (usage, exponent) = usage(cell(USAGES[index]), row, USAGES[index], digits_max, faults);
        exponents |= u16::from(exponent) << index;
        usage
    });
    (faults.count == before).then(|| Row {
        application_id: cell(Column::ApplicationId),
        application_name: cell(Column::ApplicationName),
        date: parsed,
        edition: cell(Column::Edition),
        infra_id: cell(Column::InfraId),
        is_range,
        unit: cell(Column::MeasurementUnit),
        name: cell(Column::Name),
        sku: cell(Column::Sku),
        customer_id: cell(Column::TenantCustomerId),
        tenant_id: cell(Column::TenantId),
        tenant_kind: cell(Column::TenantKind),
        tenant_name: cell(Column::TenantName),
        usages,
        exponents,
    })
}

/// A usage, and whether it is written with an exponent.
fn usage(cell: &str, row: u64, column: Column, digits_max: u64, faults: &mut Faults) -> (Decimal, bool) {
    // Most cells of most reports.
    if matches!(cell, "" | "0") {
        return (Decimal::ZERO, false);
    }
    Decimal::read(cell, digits_max).unwrap_or_else(|| {
        faults.add(Input::Report, Place::cell(row, column.name()), raw(cell), decimal_expected(cell, digits_max));
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
    fn columns_and_measures_have_their_names() {
        assert!(Column::ALL.is_sorted_by_key(|column| column.name()));
        assert!(Column::ALL.iter().zip(0..).all(|(column, at)| *column as usize == at && Column::parse(column.name()) == Some(*column)));
        assert_eq!((Column::parse("SKU"), Column::parse("")), (None, None));
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
        assert_eq!(Column::required().count(), 14);
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
