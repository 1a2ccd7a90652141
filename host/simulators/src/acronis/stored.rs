//! What reports have generated: the list of stored items, and the download of one.

use super::reports::Report;
use super::{Acronis, AcronisKnobs, Download, Skus, Store, date_of, error};
use crate::exchange::Reply;
use crate::lock;
use crate::seed::uuid;
use crate::usage_data::{Ask, Format, Kind, Level, UsageData};
use flate2::{Compression, GzBuilder};
use jiff::civil::{Date, time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use serde::Serialize;
use std::io::Write;

/// Scheduled runs beyond this many are not generated: ten years.
const RUNS_MAX: usize = 120;

/// One format of one run of a report.
#[derive(Debug)]
pub(super) struct Stored {
    id: String,
    format: String,
    created_at: Timestamp,
    ready_at: Timestamp,
    polls_left: u32,
    /// The report before gzip, from the moment at which it was first seen ready.
    text: Option<Vec<u8>>,
    start: Date,
    end: Date,
}

/// As the API lists it: `id` and `size` only once it is saved.
#[derive(Serialize)]
struct Item<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    report_format: &'a str,
    created_at: String,
    /// Compressed bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<usize>,
    status: String,
}

#[derive(Serialize)]
struct Items<'a> {
    items: Vec<Item<'a>>,
}

impl Acronis {
    pub(super) fn stored(&self, id: &str) -> Reply {
        let knobs = lock(&self.common.knobs).clone();
        let (now, month) = (self.common.clock.now(), self.month());
        let mut store = lock(&self.store);
        let Some(index) = start_runs(&mut store, id, now, month.seed, &knobs) else {
            return error::not_found(id);
        };
        let store = &mut *store;
        let report = &mut store.reports[index];
        for stored in &mut report.stored {
            stored.text = stored.text.take().or_else(|| stored.generate(&report.asked, now, &month, &knobs));
        }
        let items = report.stored.iter().map(|stored| stored.item(&store.raw, &knobs)).collect();
        let reply = Reply::json(200, &Items { items });
        for stored in &mut report.stored {
            stored.polls_left = stored.polls_left.saturating_sub(1);
        }
        reply
    }

    pub(super) fn download(&self, id: &str, stored_id: &str) -> Reply {
        let knobs = lock(&self.common.knobs).clone();
        let store = lock(&self.store);
        let report = store.reports.iter().find(|r| r.id == id);
        let stored = report.and_then(|r| r.stored.iter().find(|s| s.id == stored_id));
        let Some((stored, text)) = stored.and_then(|s| s.text.as_ref().map(|text| (s, text))) else {
            return error::not_found(stored_id);
        };
        let octets = |body: Vec<u8>| Reply::new(200, "application/octet-stream", body);
        if let Some(raw) = Format::from_name(&stored.format).and_then(|f| store.raw.get(&f)) {
            return octets(raw.clone());
        }
        match knobs.download {
            Download::Gzip => octets(gzip(text)),
            Download::ContentEncoding => octets(gzip(text)).header("Content-Encoding", "gzip"),
            Download::Plain => octets(text.clone()),
        }
    }
}

impl Stored {
    /// The report's text, once it is ready.
    fn generate(&self, asked: &super::create::Asked, now: Timestamp, month: &UsageData, knobs: &AcronisKnobs) -> Option<Vec<u8>> {
        let waiting = self.polls_left > 0 || now < self.ready_at || knobs.report_hangs;
        if waiting || knobs.failing_formats.contains(&self.format) {
            return None;
        }
        if let Some(text) = knobs.instead_of_report.get(&self.format) {
            return Some(text.clone().into_bytes());
        }
        let parameters = &asked.parameters;
        let ask = Ask {
            tenant_id: parameters.tenant_id.clone(),
            kind: Kind::from_name(&parameters.kind)?,
            level: Level::from_name(&parameters.level)?,
            start: self.start,
            end: self.end,
            hide_zero_usage: parameters.hide_zero_usage.unwrap_or(false),
            show_skus: parameters.show_skus.unwrap_or(false) && knobs.skus != Skus::Absent,
        };
        let format = Format::from_name(&self.format)?;
        if knobs.skus == Skus::Blank {
            return Some(without_skus(month).report(&ask, format));
        }
        Some(month.report(&ask, format))
    }

    fn item(&self, raw: &std::collections::BTreeMap<Format, Vec<u8>>, knobs: &AcronisKnobs) -> Item<'_> {
        let failed = knobs.failing_formats.contains(&self.format) && self.text.is_none() && self.polls_left == 0 && !knobs.report_hangs;
        let Some(text) = &self.text else {
            let status = if failed { &knobs.failed_status } else { &knobs.in_progress_status };
            return self.unsaved(status.clone(), knobs);
        };
        let raw = Format::from_name(&self.format).and_then(|f| raw.get(&f));
        Item {
            id: Some(&self.id),
            size: Some(raw.map_or_else(|| gzip(text).len(), Vec::len)),
            report_format: &self.format,
            created_at: self.created_at(knobs),
            status: "saved".into(),
        }
    }

    fn unsaved(&self, status: String, knobs: &AcronisKnobs) -> Item<'_> {
        Item { id: None, size: None, report_format: &self.format, created_at: self.created_at(knobs), status }
    }

    fn created_at(&self, knobs: &AcronisKnobs) -> String {
        let offset = if knobs.created_at_offset { "+00:00" } else { "" };
        let utc = self.created_at.to_zoned(TimeZone::UTC);
        format!("{}{offset}", utc.strftime("%Y-%m-%dT%H:%M:%S"))
    }
}

/// Starts the runs of a report that are due, and tells the report's index.
fn start_runs(store: &mut Store, id: &str, now: Timestamp, seed: u64, knobs: &AcronisKnobs) -> Option<usize> {
    let index = store.reports.iter().position(|r| r.id == id)?;
    let due = runs(&store.reports[index], now);
    for (moment, start, end) in due.into_iter().skip(store.reports[index].runs) {
        for format in store.reports[index].asked.parameters.formats.clone() {
            let number = store.next();
            let delay = SignedDuration::from_secs(knobs.report_delay_seconds);
            store.reports[index].stored.push(Stored {
                id: uuid(seed, "stored", number),
                format,
                created_at: moment,
                ready_at: moment.saturating_add(delay).unwrap_or(moment),
                polls_left: knobs.report_polls,
                text: None,
                start,
                end,
            });
        }
        store.reports[index].runs += 1;
    }
    Some(index)
}

/// When a report has been generated by now, and for which period: once on its generation date, or
/// on the first of each month at 23:59:59 UTC for the month before. A report that is sent by mail
/// stores nothing.
fn runs(report: &Report, now: Timestamp) -> Vec<(Timestamp, Date, Date)> {
    let asked = &report.asked;
    if asked.result_action == "send" || !asked.schedule.enabled {
        return Vec::new();
    }
    if asked.schedule.kind == "once" {
        let Some(period) = asked.parameters.period else {
            return Vec::new();
        };
        let due = at(asked.generation_date, 0, 0, 0).map_or(report.created_at, |due| due.max(report.created_at));
        let run = (due, period.start, period.end);
        return if due <= now { vec![run] } else { Vec::new() };
    }
    let first = date_of(report.created_at).first_of_month();
    first
        .series(1.month())
        .take(RUNS_MAX)
        .filter_map(|day| Some((at(day, 23, 59, 59)?, day.checked_sub(1.day()).ok()?)))
        .skip_while(|(due, _)| *due < report.created_at)
        .take_while(|(due, _)| *due <= now)
        .map(|(due, end)| (due, end.first_of_month(), end))
        .collect()
}

fn at(day: Date, hour: i8, minute: i8, second: i8) -> Option<Timestamp> {
    let civil = day.to_datetime(time(hour, minute, second, 0));
    Some(civil.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

/// The month as a partner sees it who may not see SKUs.
fn without_skus(month: &UsageData) -> UsageData {
    let mut month = month.clone();
    for line in &mut month.lines {
        line.item.sku.clear();
    }
    for item in &mut month.unused_items {
        item.sku.clear();
    }
    month
}

/// Without a time or a name in its header, so that the same text gives the same bytes.
fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzBuilder::new().write(Vec::new(), Compression::default());
    // Writing to memory cannot fail.
    let _ = encoder.write_all(text);
    encoder.finish().unwrap_or_default()
}
