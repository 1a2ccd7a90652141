//! `/statistics/enterpriseresources/{enterprise}/billregisters`.

use super::bills::{find, ids, nothing};
use super::body::{Record, Table, sum};
use super::catalogue::*;
use super::date;
use super::decimal::Decimal;
use super::estimate::estimate;
use super::knobs::{AbiquoKnobs, EstimateText, NoEstimate, RegisterAmounts};
use super::media::{BILL, BILLS, answer_type, takes_text};
use super::service::{Abiquo, Answer, Asked};
use super::store::{Collection, Row, Store};
use crate::exchange::Reply;
use crate::lock::lock;
use std::cmp::Ordering;

impl Abiquo {
    /// Every register of the provider: there is only one open period.
    pub(super) fn list_registers(&self, asked: &Asked) -> Answer {
        let media = answer_type(asked.call, &asked.knobs.versions, BILLS, &[BILL])?;
        self.enterprise(asked.enterprise)?;
        let provider = asked.call.parameter("provider").ok_or(INVALID_QUERY)?;
        let store = lock(&self.store);
        let rows = open(&store, asked.enterprise, &provider);
        let body = Collection {
            total_size: asked.knobs.registers_total_size.then_some(rows.len()),
            links: Vec::new(),
            collection: rows.into_iter().map(|row| self.shown(asked, row, "billregisters")).collect(),
        };
        Ok(Reply::json_as(200, &media, &body))
    }

    pub(super) fn post_register(&self, asked: &Asked) -> Answer {
        let (record, by_categories, media) = self.posted(asked, Table::Registers)?;
        let mut store = lock(&self.store);
        refuse(&store, asked, &record)?;
        let mut rows = record.rows;
        for row in &mut rows {
            store.register_id += 1;
            row.id = store.register_id;
        }
        store.registers.extend(rows.iter().cloned());
        drop(store);
        let text = format!(
            "Bill register for period '{}' - '{}' and date {} created for {}.",
            date::format(record.start),
            date::format(record.end),
            date::format(record.date),
            self.owner(asked.enterprise, &record.provider)
        );
        self.common.event("BILL_REGISTER", "CREATE", text);
        Ok(self.created(asked, &rows, "billregisters", by_categories, &media))
    }

    pub(super) fn get_register(&self, asked: &Asked, id: &str) -> Answer {
        let media = answer_type(asked.call, &asked.knobs.versions, BILL, &[])?;
        self.enterprise(asked.enterprise)?;
        let store = lock(&self.store);
        let row = find(&store.registers, asked.enterprise, id).ok_or(REGISTER_1)?;
        let shown = self.shown(asked, row, "billregisters");
        Ok(Reply::json_as(200, &media, &shown))
    }

    /// All rows of the provider with that date, to the second.
    pub(super) fn delete_registers(&self, asked: &Asked) -> Answer {
        self.enterprise(asked.enterprise)?;
        let moment = asked.call.parameter("billDate").ok_or(INVALID_QUERY)?;
        let provider = asked.call.parameter("provider").ok_or(INVALID_QUERY)?;
        let moment = date::parse(&moment).ok_or(BILL_5)?;
        let mut store = lock(&self.store);
        let (gone, kept): (Vec<_>, _) = std::mem::take(&mut store.registers)
            .into_iter()
            .partition(|row| row.enterprise == asked.enterprise && row.provider == provider && row.date == moment);
        store.registers = kept;
        drop(store);
        if gone.is_empty() {
            return nothing(asked, REGISTER_1);
        }
        self.registers_gone(asked.enterprise, &gone);
        Ok(Reply::empty(204))
    }

    /// One event for each date among the rows that were deleted.
    pub(super) fn registers_gone(&self, enterprise: u64, gone: &[Row]) {
        for rows in gone.chunk_by(|a, b| a.date == b.date) {
            let text = format!(
                "Bills register for period '{}' - '{}' and date {} deleted for {} with IDs {}.",
                date::format(rows[0].start),
                date::format(rows[0].end),
                date::format(rows[0].date),
                self.owner(enterprise, &rows[0].provider),
                ids(rows)
            );
            self.common.event("BILL_REGISTER", "DELETE", text);
        }
    }

    pub(super) fn estimate(&self, asked: &Asked) -> Answer {
        takes_text(asked.call)?;
        self.enterprise(asked.enterprise)?;
        let provider = asked.call.parameter("provider").ok_or(INVALID_QUERY)?;
        let knobs = &asked.knobs;
        let store = lock(&self.store);
        let rows = open(&store, asked.enterprise, &provider);
        let found = estimate(&rows, knobs.estimate_method, knobs.register_amounts, knobs.estimate_places).map_err(|()| UNEXPECTED)?;
        let currency = rows.first().map_or("", |row| row.currency.as_str());
        Ok(spelled(found, &provider, currency, knobs))
    }
}

fn open<'a>(store: &'a Store, enterprise: u64, provider: &str) -> Vec<&'a Row> {
    let mine = |row: &&Row| row.enterprise == enterprise && row.provider == provider;
    store.registers.iter().filter(mine).collect()
}

/// What stands against a record, of those that are there: validation before conflict.
fn refuse(store: &Store, asked: &Asked, record: &Record) -> Result<(), Reply> {
    let standing = open(store, asked.enterprise, &record.provider);
    let period = (record.start, record.end);
    if standing.iter().any(|row| row.period() != period) {
        return Err(REGISTER_2.into());
    }
    let billed = store
        .bills
        .iter()
        .any(|row| row.enterprise == asked.enterprise && row.provider == record.provider && row.overlaps(record.start, record.end));
    if billed {
        return Err(REGISTER_4.into());
    }
    if asked.knobs.duplicates_refused && standing.iter().any(|row| row.date == record.date) {
        return Err(REGISTER_0.into());
    }
    let knobs = &asked.knobs;
    let least = match knobs.register_amounts {
        RegisterAmounts::Daily if knobs.negative_registers_refused && negative(record) => {
            return Err(REGISTER_5.into());
        }
        RegisterAmounts::Daily => None,
        RegisterAmounts::Cumulative => previous(&standing, record),
    };
    match (least, record.cost()) {
        (Some(least), Some(cost)) if cost.compare(least) == Ordering::Less => Err(REGISTER_5.into()),
        _ => Ok(()),
    }
}

/// Whether any of the record's costs is below zero.
fn negative(record: &Record) -> bool {
    let costs = record.rows.iter().filter_map(|row| Decimal::parse(&row.price));
    costs.into_iter().any(|cost| cost.mantissa < 0)
}

/// The cost so far of the latest record before this one.
fn previous(standing: &[&Row], record: &Record) -> Option<Decimal> {
    let before = standing.iter().filter(|row| row.date < record.date);
    let latest = before.map(|row| row.date).max()?;
    sum(standing.iter().copied().filter(|row| row.date == latest))
}

/// The estimate in one of the spellings that a client must understand.
fn spelled(found: Option<String>, provider: &str, currency: &str, knobs: &AbiquoKnobs) -> Reply {
    let plain = |body: &str| Reply::new(200, super::media::TEXT, body);
    let Some(number) = found else {
        return match knobs.no_estimate {
            NoEstimate::NoContent => Reply::empty(204),
            NoEstimate::Empty => plain(""),
            NoEstimate::Zero => plain("0"),
            NoEstimate::Nan => plain("NaN"),
        };
    };
    match knobs.estimate_text {
        EstimateText::Number => plain(&number),
        EstimateText::Sentence => plain(&format!("The estimated bill for provider {provider} will be {number} {currency}")),
        EstimateText::Empty => plain(""),
        EstimateText::Nan => plain("NaN"),
        EstimateText::Zero => plain("0"),
    }
}
