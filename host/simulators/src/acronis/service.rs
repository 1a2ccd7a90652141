//! The service: its usage, its client and its store.

use super::knobs::AcronisKnobs;
use super::store::Store;
use crate::lock::lock;
use crate::twin::Common;
use crate::usage_data::{Format, UsageData};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use std::sync::Mutex;

/// The service. [`Acronis::start`] serves it; [`Acronis::twin`] is it without a socket.
#[derive(Debug)]
pub struct Acronis {
    pub(super) common: Common<AcronisKnobs>,
    pub(super) month: Mutex<UsageData>,
    pub(super) client_id: String,
    pub(super) client_secret: String,
    pub(super) store: Mutex<Store>,
}

impl Acronis {
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    pub fn client_secret(&self) -> &str {
        &self.client_secret
    }

    /// The tenant that the API client belongs to: the root of its reports.
    pub fn tenant_id(&self) -> String {
        lock(&self.month).root().id.clone()
    }

    /// The usage that is reported.
    pub fn month(&self) -> UsageData {
        lock(&self.month).clone()
    }

    /// Reports other usage from now on. Reports that were generated already stay as they are.
    pub fn set_month(&self, month: UsageData) {
        *lock(&self.month) = month;
    }

    /// Sends these bytes, as they are, in place of stored reports of this format; none ends that.
    pub fn serve_bytes(&self, format: Format, bytes: Option<Vec<u8>>) {
        let raw = &mut lock(&self.store).raw;
        match bytes {
            Some(bytes) => raw.insert(format, bytes),
            None => raw.remove(&format),
        };
    }

    /// Forgets every token: what a reset of the client's secret does.
    pub fn expire_tokens(&self) {
        lock(&self.store).tokens.clear();
    }

    pub(super) fn seed(&self) -> u64 {
        lock(&self.month).seed
    }

    /// Today's date, UTC.
    pub(super) fn today(&self) -> Date {
        date_of(self.common.clock.now())
    }
}

pub(super) fn date_of(moment: Timestamp) -> Date {
    moment.to_zoned(TimeZone::UTC).date()
}
