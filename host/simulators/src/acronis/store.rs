//! What the service has given out: tokens and reports.

use super::report::Report;
use crate::usage_data::Format;
use jiff::Timestamp;
use std::collections::BTreeMap;

#[derive(Debug, Default)]
pub(super) struct Store {
    pub tokens: BTreeMap<String, Token>,
    pub reports: Vec<Report>,
    /// Everything that was ever given an id.
    count: u64,
    /// Bytes that are sent as they are, in place of a format's stored report.
    pub raw: BTreeMap<Format, Vec<u8>>,
}

#[derive(Debug)]
pub(super) struct Token {
    pub expires_on: Timestamp,
    pub uses: u32,
}

impl Store {
    pub fn next(&mut self) -> u64 {
        self.count += 1;
        self.count
    }
}
