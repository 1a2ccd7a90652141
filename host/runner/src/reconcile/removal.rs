//! Deleting by itself: what a person has asked for, with the same guards of the run and on the record.

use jiff::Timestamp;

use super::error::Error;
use super::gate::Gate;
use super::status::PostingStatus;
use super::target::{Kind, day_of, month_of};
use crate::journal::{Answer, Outcome, Subject};
use jiff::tz::TimeZone;
use skubill::bill;
use skubill_services::abiquo::{Bill, BillingPeriod};
use skubill_services::http::BaseUrl;

/// All lines of a provider that one deletion takes: bills whose period begins at an instant, registers of an instant.
#[derive(Debug, Clone)]
pub struct Removal<'a> {
    pub kind: Kind,
    pub account: &'a str,
    pub url: &'a BaseUrl,
    pub enterprise: u64,
    pub at: Timestamp,
    /// What was seen to stand there.
    pub lines: &'a [Bill],
}

/// What became of a deletion.
#[derive(Debug)]
pub enum Removed {
    /// It was seen to be gone; `lost` where the answer was.
    Gone { lost: bool },
    /// Abiquo shows these lines still; where the answer was `lost`, they may go yet.
    StillThere { said: String, left: Vec<Bill>, lost: bool },
    /// It could not be looked up.
    Unknown { reason: String },
    /// A guard stands before it.
    Blocked(PostingStatus),
}

impl Gate<'_> {
    /// Delete, once, and look after: a success does not say whether anything went.
    pub async fn remove(&self, removal: &Removal<'_>) -> Result<Removed, Error> {
        let Removal { kind, account, url, enterprise, at, lines } = *removal;
        let cleared = match self.clear_write() {
            Ok(cleared) => cleared,
            Err(status) => return Ok(Removed::Blocked(status)),
        };
        let period = match kind {
            Kind::Bill => bill_period(at, lines),
            Kind::Registers => day_of(at),
        };
        let subject = Subject::in_abiquo(kind.delete(), url, account, enterprise, self.provider, &period);
        let payload = serde_json::to_vec(lines).map_err(bill::Error::Answer)?;
        let intent = self.journal.intend(self.http.now(), &subject, Some(&payload))?;
        let writes = cleared.writes(self.client);
        let answer = match kind {
            Kind::Bill => writes.delete_bills(enterprise, at, self.provider).await,
            Kind::Registers => writes.delete_registers(enterprise, at, self.provider).await,
        };
        let lost = match answer {
            Ok(_) => None,
            Err(error) if error.is_unknown() => Some(error),
            Err(error) => {
                self.answer(intent, Answer::new(Outcome::Refused).detail(&error.to_string()))?;
                return Err(error.into());
            }
        };
        let open = if lost.is_some() { Outcome::Unknown } else { Outcome::Accepted };
        let said = lost.as_ref().map_or_else(|| "Abiquo says that it deleted them".to_string(), ToString::to_string);
        let answer = Answer::new(open).detail(&said);
        let (answer, removed) = match self.left(removal).await {
            Ok(left) if left.is_empty() => (Answer { outcome: Outcome::Deleted, ..answer }, Removed::Gone { lost: lost.is_some() }),
            Ok(left) => (answer, Removed::StillThere { said, left, lost: lost.is_some() }),
            Err(error) => (answer, Removed::Unknown { reason: format!("{said}; looking it up failed: {error}") }),
        };
        self.answer(intent, answer)?;
        Ok(removed)
    }

    async fn left(&self, removal: &Removal<'_>) -> Result<Vec<Bill>, Error> {
        let Removal { kind, enterprise, at, .. } = *removal;
        Ok(match kind {
            Kind::Bill => {
                let instant = BillingPeriod { start: at, end: at };
                let mut found = self.client.find_bills(enterprise, self.provider, &instant).await?;
                found.retain(|line| line.period_start == Some(at));
                found
            }
            Kind::Registers => {
                let mut found = self.client.find_registers(enterprise, self.provider).await?.ours;
                found.retain(|line| line.date == Some(at));
                found
            }
        })
    }
}

/// What the journal calls the period of a bill that begins at an instant.
fn bill_period(at: Timestamp, lines: &[Bill]) -> String {
    let first = at.to_zoned(TimeZone::UTC).date();
    let month = BillingPeriod::days(first.first_of_month(), first.last_of_month()).ok();
    let own = lines.iter().find_map(Bill::period).or(month);
    own.map_or_else(|| day_of(at), |period| month_of(&period))
}
