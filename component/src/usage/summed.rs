//! Usage summed up by tenant and SKU.

use super::measured::Measured;
use super::reference::Unmatched;
use crate::order::distinct;
use crate::period::{Date, Days};

/// The usage that is billed, and how many rows are not.
pub struct Summed {
    /// The lines that count, by tenant and SKU in byte order.
    pub lines: Vec<UsageLine>,
    /// All data records.
    pub rows: u64,
    /// Rows without SKU of tenants that are billed.
    pub no_sku: u64,
    /// Rows whose measure is 0 of tenants that are billed.
    pub zero_usage: u64,
    /// Rows of excluded tenants.
    pub excluded: u64,
    /// Duplicate rows, by their first row.
    pub duplicates: Vec<Duplicate>,
    /// The latest date of the rows with SKU and usage, or if they have none of any row.
    pub latest: Option<Date>,
    /// Rows with usage and without SKU of items that have one elsewhere, by tenant.
    pub sku_missing: Vec<(String, Vec<u32>)>,
    /// References that no row's tenant equals, by their text.
    pub unmatched: Vec<Unmatched>,
    /// Columns that this version does not know.
    pub unknown: Vec<String>,
    /// A row has a SKU.
    pub any_sku: bool,
    /// A row has SKU and usage, be its tenant excluded or not.
    pub any_used: bool,
}

/// Rows of one tenant and SKU that are equal in all identifying columns.
pub struct Duplicate {
    /// The tenant's id.
    pub tenant_id: String,
    /// The SKU.
    pub sku: String,
    /// The rows, ascending.
    pub rows: Vec<u32>,
}

/// What one tenant used of one SKU, in each unit it was measured in.
pub struct UsageLine {
    /// The tenant's id.
    pub tenant_id: String,
    /// The SKU.
    pub sku: String,
    /// The rows by unit, in byte order of the unit's name.
    pub measured: Vec<Measured>,
}

impl Summed {
    /// The dates of the rows that count.
    pub fn dates(&self) -> Vec<Date> {
        distinct(self.runs().filter_map(|(date, _)| date))
    }

    /// The rows whose date is none of these days, ascending.
    pub fn outside(&self, days: Days) -> Vec<u32> {
        let outside = self.runs().filter(|(date, _)| date.is_some_and(|date| !days.contains(date)));
        let mut rows: Vec<u32> = outside.flat_map(|(_, rows)| rows.iter().copied()).collect();
        rows.sort_unstable();
        rows
    }

    fn runs(&self) -> impl Iterator<Item = (Option<Date>, &[u32])> {
        self.lines.iter().flat_map(|line| &line.measured).flat_map(|measured| {
            let ends = measured.dates.iter().skip(1).map(|(_, start)| *start).chain([measured.rows.len()]);
            measured.dates.iter().zip(ends).map(|((date, start), end)| (*date, &measured.rows[*start..end]))
        })
    }
}
