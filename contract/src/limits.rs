//! How large inputs and answers may be.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Limits that a job sets, by name; the others keep their defaults. A name that [`Limits`] does not have is a mistake of the
/// job.
pub type ChosenLimits = BTreeMap<String, u64>;

/// A month of the largest partner known is some hundred megabytes; gzip makes that a tenth.
pub const COMPRESSED_BYTES_MAX: u64 = 1 << 30;
/// 32-bit sizes stay far from wrapping, and a report of 10 million rows still fits.
pub const INFLATED_BYTES_MAX: u64 = 4 << 30;
/// Real reports shrink 10 to 60 times; DEFLATE itself can reach 1032.
pub const INFLATED_RATIO_MAX: u64 = 200;
/// 100,000 tenants with 100 offering items each.
pub const ROWS_MAX: u64 = 10_000_000;
/// The report has 30 columns today.
pub const COLUMNS_MAX: u64 = 1_000;
/// No name is that long; it bounds what a missing quote can swallow.
pub const CELL_BYTES_MAX: u64 = 64 << 10;
/// What a decimal(38) column holds, the widest that databases agree on; 38 also bounds exponents.
pub const DIGITS_MAX: u64 = 38;
/// What `digits` may be set to at most. A number of this many digits is read, multiplied and written in well under a
/// millisecond; no currency or unit needs more.
pub const DIGITS_BOUND: u64 = 1_000;
/// The deepest JSON that any input needs is 6.
pub const DEPTH_MAX: u64 = 32;
/// A thousand SKUs for a thousand tenants; about 300 bytes of memory each.
pub const LINES_MAX: u64 = 1_000_000;
/// 100,000 prices of 160 bytes.
pub const BOOK_BYTES_MAX: u64 = 16 << 20;
/// More than a person reads; further faults are only counted.
pub const FAULTS_MAX: u64 = 100;
/// Below the 128 MiB that wasmtime passes in one call by default, with room for typed records.
pub const OUTPUT_BYTES_MAX: u64 = 96 << 20;

/// The most decimal places that a rounding or an estimate may have.
pub const PLACES_MAX: u32 = 12;

/// The limits in force for one run. A job may set each.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Limits {
    /// Bytes of a gzip report.
    pub compressed_bytes: u64,
    /// Bytes of a report's text.
    pub inflated_bytes: u64,
    /// How many times its compressed size a text may have, past 64 MiB.
    pub inflated_ratio: u64,
    /// Rows of a report.
    pub rows: u64,
    /// Columns of a table, or different keys of JSON rows.
    pub columns: u64,
    /// Bytes of a cell, or of a JSON string.
    pub cell_bytes: u64,
    /// Digits of a number after leading zeros, and the size of its exponent; at most 1,000.
    pub digits: u64,
    /// Levels of nested JSON.
    pub depth: u64,
    /// Pairs of tenant and SKU.
    pub lines: u64,
    /// Bytes of a price book, a customers file or cost records.
    pub book_bytes: u64,
    /// Faults that are listed; the others are counted.
    pub faults: u64,
    /// Bytes of an answer as JSON.
    pub output_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            compressed_bytes: COMPRESSED_BYTES_MAX,
            inflated_bytes: INFLATED_BYTES_MAX,
            inflated_ratio: INFLATED_RATIO_MAX,
            rows: ROWS_MAX,
            columns: COLUMNS_MAX,
            cell_bytes: CELL_BYTES_MAX,
            digits: DIGITS_MAX,
            depth: DEPTH_MAX,
            lines: LINES_MAX,
            book_bytes: BOOK_BYTES_MAX,
            faults: FAULTS_MAX,
            output_bytes: OUTPUT_BYTES_MAX,
        }
    }
}

impl Limits {
    /// The most that a limit may be set to: work grows with the square of a number's digits, and is bounded by
    /// nothing else.
    pub fn most(name: &str) -> u64 {
        if name == "digits" { DIGITS_BOUND } else { u64::MAX }
    }

    /// Each limit with its name.
    pub fn fields(&mut self) -> [(&'static str, &mut u64); 12] {
        [
            ("compressed_bytes", &mut self.compressed_bytes),
            ("inflated_bytes", &mut self.inflated_bytes),
            ("inflated_ratio", &mut self.inflated_ratio),
            ("rows", &mut self.rows),
            ("columns", &mut self.columns),
            ("cell_bytes", &mut self.cell_bytes),
            ("digits", &mut self.digits),
            ("depth", &mut self.depth),
            ("lines", &mut self.lines),
            ("book_bytes", &mut self.book_bytes),
            ("faults", &mut self.faults),
            ("output_bytes", &mut self.output_bytes),
        ]
    }
}
