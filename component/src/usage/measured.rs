//! What one tenant used of one SKU in one unit, and who the tenant is by these rows.

use crate::money::decimal::Sum;
use crate::names::{Names, Text};
use crate::period::Date;
use crate::report::row::{Measure, Row};
use crate::text::same;

/// What a finding needs to know of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Note {
    /// It also carries trial usage.
    Trial,
    /// Its effective production differs from its absolute production, or from its delta where it is a range.
    Differing,
    /// Its measure is written with an exponent.
    Exponent,
    /// The job's measure does not fit the kind of the row.
    Unfit,
}

/// The rows of one tenant and SKU that are measured in one unit, summed up. An empty text is none.
#[derive(Debug, Clone)]
pub struct Measured {
    /// The report's `measurement_unit`.
    pub unit: Text,
    /// The exact sum of the job's measure, in the report's unit.
    pub sum: Sum,
    /// Row numbers, in the order of the report.
    pub rows: Vec<u32>,
    /// Runs of rows of one date: the date, and where in `rows` the run begins.
    pub(super) dates: Vec<(Option<Date>, usize)>,
    pub(super) notes: Vec<(Note, u32)>,
    /// The smallest `application.name` in byte order.
    pub application_name: Text,
    /// The smallest `application.id` in byte order.
    pub application_id: Text,
    /// Whether a row counts what was used in a period (`is_range`).
    pub ranges: bool,
    /// Whether a row measures a stock.
    pub stocks: bool,
    /// The tenant, by these rows.
    pub tenant: Identity,
}

impl Measured {
    /// No row yet. `none` is the empty text.
    pub fn new(unit: Text, none: &Text) -> Self {
        Measured {
            unit,
            sum: Sum::default(),
            rows: Vec::new(),
            dates: Vec::new(),
            notes: Vec::new(),
            application_name: none.clone(),
            application_id: none.clone(),
            ranges: false,
            stocks: false,
            tenant: Identity::new(None, none),
        }
    }

    /// Add a row; its texts are kept in `texts`.
    pub fn add(&mut self, number: u32, row: &Row<'_>, measure: Measure, texts: &mut Names) {
        self.sum.add(row.usage(measure));
        if self.dates.last().is_none_or(|(date, _)| *date != row.date) {
            self.dates.push((row.date, self.rows.len()));
        }
        self.rows.push(number);
        for (note, applies) in [
            (Note::Trial, !row.usage(Measure::EFFECTIVE_TRIAL).is_zero()),
            (Note::Differing, row.usage(Measure::EFFECTIVE_PRODUCTION) != row.usage(Measure::BILLABLE)),
            (Note::Exponent, row.has_exponent(measure)),
            (Note::Unfit, measure.is_unfit(row.is_range)),
        ] {
            if applies {
                self.notes.push((note, number));
            }
        }
        self.ranges |= row.is_range;
        self.stocks |= !row.is_range;
        keep_smaller(&mut self.application_name, row.application_name, |text| texts.shared(text));
        keep_smaller(&mut self.application_id, row.application_id, |text| texts.shared(text));
        self.tenant.add(row, texts);
    }

    /// Usage in several spellings of one unit, as one.
    pub fn join(parts: Vec<Measured>) -> Option<Measured> {
        let mut parts = parts.into_iter();
        let mut joined = parts.next()?;
        for part in parts {
            joined.sum.add_sum(&part.sum);
            joined.rows.extend(part.rows);
            joined.notes.extend(part.notes);
            joined.dates.clear();
            keep_smaller(&mut joined.application_name, &part.application_name, |_| part.application_name.clone());
            keep_smaller(&mut joined.application_id, &part.application_id, |_| part.application_id.clone());
            joined.ranges |= part.ranges;
            joined.stocks |= part.stocks;
            joined.tenant.merge(&part.tenant);
        }
        joined.rows.sort_unstable();
        Some(joined)
    }

    /// The rows that have a note, ascending.
    pub fn noted(&self, note: Note) -> Vec<u32> {
        let mut rows: Vec<u32> = self.notes.iter().filter(|(of, _)| *of == note).map(|(_, row)| *row).collect();
        rows.sort_unstable();
        rows
    }

    /// The smallest application name, else the smallest application id.
    pub fn application(&self) -> &str {
        if self.application_name.is_empty() { &self.application_id } else { &self.application_name }
    }
}

/// Who a tenant is, by its rows of the latest date; an empty text is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The latest date of its rows.
    pub date: Option<Date>,
    /// The smallest `tenant.name` of that date in byte order.
    pub name: Text,
    /// The smallest `tenant.kind` of that date in byte order.
    pub kind: Text,
    /// The smallest `tenant.customer_id` of that date in byte order.
    pub customer_id: Text,
}

impl Default for Identity {
    fn default() -> Self {
        Identity::new(None, &"".into())
    }
}

impl Identity {
    fn new(date: Option<Date>, none: &Text) -> Self {
        Identity { date, name: none.clone(), kind: none.clone(), customer_id: none.clone() }
    }

    /// Who a tenant is by all of its billed rows: every answer says the same.
    pub fn of<'a>(mut parts: impl Iterator<Item = &'a Identity>) -> Identity {
        let mut tenant = parts.next().cloned().unwrap_or_default();
        parts.for_each(|part| tenant.merge(part));
        tenant
    }

    fn add(&mut self, row: &Row<'_>, texts: &mut Names) {
        if row.date > self.date {
            *self = Identity::new(row.date, &texts.shared(""));
        }
        if row.date == self.date {
            keep_smaller(&mut self.name, row.tenant_name, |text| texts.shared(text));
            keep_smaller(&mut self.kind, row.tenant_kind, |text| texts.shared(text));
            keep_smaller(&mut self.customer_id, row.customer_id, |text| texts.shared(text));
        }
    }

    /// Take in what other rows of the tenant say: those of the later date count, and of equals the smallest text.
    pub fn merge(&mut self, other: &Identity) {
        if other.date > self.date {
            self.clone_from(other);
        } else if other.date == self.date {
            keep_smaller(&mut self.name, &other.name, |_| other.name.clone());
            keep_smaller(&mut self.kind, &other.kind, |_| other.kind.clone());
            keep_smaller(&mut self.customer_id, &other.customer_id, |_| other.customer_id.clone());
        }
    }
}

/// Let `kept` be the smaller of itself and `text` in byte order; the empty text is none.
fn keep_smaller(kept: &mut Text, text: &str, shared: impl FnOnce(&str) -> Text) {
    // Nearly always the same again.
    if !text.is_empty() && !same(text, kept) && (kept.is_empty() || text < &**kept) {
        *kept = shared(text);
    }
}
