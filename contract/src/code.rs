//! The codes of findings and of excesses. Causes and remedies are in `component/docs/findings.md`.

macro_rules! codes {
    ($(#[$set:meta])* $all:ident; $($(#[$doc:meta])* $name:ident = $code:literal;)+) => {
        $($(#[$doc])* pub const $name: &str = $code;)+
        $(#[$set])*
        pub const $all: &[&str] = &[$($name),+];
    };
}

codes! {
    /// The codes of all findings.
    FINDINGS;
    /// Usage without a price: one per SKU.
    UNPRICED_SKU = "unpriced-sku";
    /// Rows whose unit does not fit the price's: one per SKU.
    UNIT_MISMATCH = "unit-mismatch";
    /// Usage of a tenant that the customers file does not have: one per tenant.
    UNMAPPED_TENANT = "unmapped-tenant";
    /// Rows that are equal in all identifying columns: one per group.
    DUPLICATE_ROW = "duplicate-row";
    /// More than one date: a daily report summed as a monthly one.
    SEVERAL_DATES = "several-dates";
    /// No row has a SKU.
    NO_SKU_COLUMN = "no-sku-column";
    /// Rows without SKU of an offering item that has one elsewhere: one per tenant.
    SKU_MISSING = "sku-missing";
    /// No row has a SKU and usage.
    NOTHING_BILLABLE = "nothing-billable";
    /// No date of the report is in the period.
    STALE_REPORT = "stale-report";
    /// Usage written with an exponent in a CSV report: one per tenant and SKU.
    ROUNDED_USAGE = "rounded-usage";
    /// Rows of a kind that the job's measure does not fit: one per SKU.
    MEASURE_UNFIT = "measure-unfit";
    /// The report's own period is another.
    PERIOD_DIFFERS = "period-differs";
    /// A posting below zero: one per enterprise.
    NEGATIVE_BILL = "negative-bill";
    /// Tenants are billed beside tenants that they contain.
    PARTNER_AND_DESCENDANT = "partner-and-descendant";
    /// Rows whose date is outside the period.
    DATE_OUTSIDE_PERIOD = "date-outside-period";
    /// A sum below zero: one per tenant and SKU.
    NEGATIVE_USAGE = "negative-usage";
    /// The period was taken from the report.
    PERIOD_ASSUMED = "period-assumed";
    /// A tenant of a price or an exclusion that no row has: one per reference.
    UNMATCHED_REFERENCE = "unmatched-reference";
    /// A price that is not in force on each day of the period: one per SKU and tenant.
    PRICE_WITHIN_PERIOD = "price-within-period";
    /// An accepted code that no other finding has: one per acceptance.
    UNUSED_ACCEPTANCE = "unused-acceptance";
    /// Rows that also carry trial usage: one per tenant and SKU.
    TRIAL_USAGE = "trial-usage";
    /// Effective production differs from the other measure of the row's kind: one per tenant and SKU.
    MEASURES_DIFFER = "measures-differ";
    /// A column that this version does not know: one per column.
    UNKNOWN_COLUMN = "unknown-column";
    /// Of day costs only: rows that count a period beside rows that measure a stock, one per SKU.
    MIXED_RANGE = "mixed-range";
    /// Of day costs only: cost records of an earlier period still exist, one per enterprise.
    PREVIOUS_PERIOD_OPEN = "previous-period-open";
    /// Of day costs only: cost records of others, one per enterprise.
    FOREIGN_REGISTER = "foreign-register";
}

codes! {
    /// The codes of all excesses, in byte order.
    EXCESSES;
    /// The posting is empty, and the enterprise was billed for the previous period.
    ENTERPRISE_GONE = "enterprise-gone";
    /// The total is above the previous total times the bound, or the previous total is unknown.
    FAR_ABOVE = "far-above-last-month";
    /// The total is below the previous total divided by the bound.
    FAR_BELOW = "far-below-last-month";
    /// A previous line has another currency.
    OTHER_CURRENCY = "other-currency";
    /// A tenant of the previous posting is not in this one: one per tenant.
    TENANT_GONE = "tenant-gone";
    /// The posting has more lines than the bound.
    TOO_MANY_LINES = "too-many-lines";
}
