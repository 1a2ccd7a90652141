//! What one tenant used of one SKU in one unit, and who the tenant is by these rows.

use crate::money::decimal::Sum;
use crate::order::sort_rows;
use crate::period::Date;
use crate::text::same;

/// What a finding wants to know of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Note {
    /// It carries trial usage, too.
    Trial,
    /// Its effective production is not what it has of its kind.
    Differing,
    /// Its measure is written with an exponent.
    Exponent,
    /// The job's measure says nothing of such a row.
    Unfit,
}

/// Usage in one unit of measurement; texts are resolved, an empty one is none.
#[derive(Debug, Clone)]
pub struct Measured {
    pub unit: String,
    pub sum: Sum,
    pub rows: Vec<u32>,
    /// Runs of rows of one date: the date, and where in `rows` the run begins.
    pub(super) dates: Vec<(Option<Date>, usize)>,
    pub(super) notes: Vec<(Note, u32)>,
    pub application_name: String,
    pub application_id: String,
    pub ranges: bool,
    pub stocks: bool,
    pub who: Identity,
}

impl Measured {
    /// Usage in several spellings of one unit, as one.
    pub fn join(parts: Vec<Measured>) -> Option<Measured> {
        let mut parts = parts.into_iter();
        let mut joined = parts.next()?;
        for part in parts {
            joined.sum.add_sum(&part.sum);
            joined.rows.extend(part.rows);
            joined.notes.extend(part.notes);
            joined.dates.clear();
            keep_smallest(&mut joined.application_name, &part.application_name);
            keep_smallest(&mut joined.application_id, &part.application_id);
            joined.ranges |= part.ranges;
            joined.stocks |= part.stocks;
            joined.who.meet(&part.who);
        }
        sort_rows(&mut joined.rows);
        Some(joined)
    }

    /// The rows of which a note was taken, ascending.
    pub fn noted(&self, note: Note) -> Vec<u32> {
        if self.notes.is_empty() {
            return Vec::new();
        }
        let mut rows: Vec<u32> = self.notes.iter().filter(|(of, _)| *of == note).map(|(_, row)| *row).collect();
        sort_rows(&mut rows);
        rows
    }

    /// The smallest application name, else the smallest application id.
    pub fn application(&self) -> &str {
        if self.application_name.is_empty() { &self.application_id } else { &self.application_name }
    }
}

/// Who a tenant is, by its rows of the latest date; an empty text is none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Identity {
    pub date: Option<Date>,
    pub name: String,
    pub kind: String,
    pub customer_id: String,
}

impl Identity {
    /// Who a tenant is by all of its billed rows: every answer says the same.
    pub fn of<'a>(mut parts: impl Iterator<Item = &'a Identity>) -> Identity {
        let mut who = parts.next().cloned().unwrap_or_default();
        parts.for_each(|part| who.meet(part));
        who
    }

    /// Take in what other rows of the tenant say: those of the later date count, and of equals the smallest.
    pub fn meet(&mut self, other: &Identity) {
        if other.date > self.date {
            self.clone_from(other);
        } else if other.date == self.date {
            keep_smallest(&mut self.name, &other.name);
            keep_smallest(&mut self.kind, &other.kind);
            keep_smallest(&mut self.customer_id, &other.customer_id);
        }
    }
}

fn keep_smallest(kept: &mut String, text: &str) {
    // Nearly always the same again.
    if !text.is_empty() && !same(text, kept) && (kept.is_empty() || text < kept.as_str()) {
        text.clone_into(kept);
    }
}
