//! The decimal mark of a file that a spreadsheet saved: a comma in half of Europe, a point elsewhere. The
//! other one separates thousands, so that `1.250` is one and a quarter, or a thousand more. A file has one
//! mark, which the numbers settle that can be read in one way only.

use super::context::Context;
use crate::fault::{Place, raw};
use crate::json::tree::Node;
use crate::money::decimal::Decimal;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    Point,
    Comma,
}

impl Mark {
    fn name(self) -> &'static str {
        match self {
            Mark::Point => "point",
            Mark::Comma => "comma",
        }
    }
}

/// A number that has a mark.
#[derive(Debug, PartialEq, Eq)]
struct Marked {
    mark: Mark,
    /// It is no whole number with a thousands separator: it settles the mark of its file.
    settles: bool,
    /// With a point.
    number: String,
}

/// A text as a decimal within the limits that has one mark; none where it is something else.
fn marked(text: &str, digits_max: u64) -> Option<Marked> {
    let (at, mark) = the_mark(text)?;
    let number = format!("{}.{}", &text[..at], &text[at + 1..]);
    Decimal::parse(&number, digits_max)?;
    Some(Marked { mark, settles: !separates_thousands(text, at), number })
}

/// The only mark of a text, and where it stands.
fn the_mark(text: &str) -> Option<(usize, Mark)> {
    let mut marks = text.bytes().enumerate().filter_map(|(at, byte)| match byte {
        b'.' => Some((at, Mark::Point)),
        b',' => Some((at, Mark::Comma)),
        _ => None,
    });
    let first = marks.next()?;
    marks.next().is_none().then_some(first)
}

/// Whether what stands at a place may be a thousands separator: three digits follow it, and one to three
/// stand before it that are not all zeros. An exponent is no digit.
fn separates_thousands(text: &str, at: usize) -> bool {
    let (before, after) = (&text.as_bytes()[..at], &text.as_bytes()[at + 1..]);
    let after = after.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let before = &before[before.iter().rposition(|byte| !byte.is_ascii_digit()).map_or(0, |sign| sign + 1)..];
    after == 3 && (1..=3).contains(&before.len()) && before.iter().any(|byte| *byte != b'0')
}

/// Which rows settle a point and a comma, the first of each.
#[derive(Default)]
struct Settled {
    point: Option<u64>,
    comma: Option<u64>,
}

/// The expected form of a number; none where it is right.
impl Settled {
    fn expected(&self, marked: &Marked) -> Option<String> {
        let of_row = |mark: Mark, row: u64| format!("a decimal {}, as in row {row}: a file has one decimal mark", mark.name());
        match (self.point, self.comma) {
            (Some(point), Some(comma)) => {
                Some(format!("one decimal mark in the whole file: there is a point in row {point}, and a comma in row {comma}"))
            }
            (Some(row), None) => (marked.mark != Mark::Point).then(|| of_row(Mark::Point, row)),
            (None, Some(row)) => (marked.mark != Mark::Comma).then(|| of_row(Mark::Comma, row)),
            (None, None) => Some(
                "a number that can be read in one way: the mark may separate thousands; write 1250, or 1.2500 or 1,2500 with a decimal mark"
                    .into(),
            ),
        }
    }
}

/// Find a file's decimal mark, and read its numbers by it. `decimals` and `wholes` are the columns that hold
/// numbers. Each number with the wrong mark is a mistake.
pub fn settle(rows: &mut [(u64, Node)], decimals: &[&str], wholes: &[&str], context: &mut Context<'_>) {
    let digits = context.limits.digits;
    let mut settled = Settled::default();
    replace(rows, decimals, |row, _, text| {
        if let Some(Marked { mark, settles: true, .. }) = marked(text, digits) {
            let first = if mark == Mark::Point { &mut settled.point } else { &mut settled.comma };
            first.get_or_insert(row);
        }
        None
    });
    replace(rows, decimals, |row, column, text| {
        let marked = marked(text, digits)?;
        if let Some(expected) = settled.expected(&marked) {
            context.wrong(Place::cell(row, column), raw(text), expected);
            return Some(Node::Reported);
        }
        (marked.mark == Mark::Comma).then(|| Node::Comma { number: marked.number, found: text.into() })
    });
    // Whole numbers have no decimal mark, but `1.000` is none of them that can be read in one way.
    replace(rows, wholes, |row, column, text| {
        let (at, _) = the_mark(text)?;
        separates_thousands(text, at).then(|| {
            context.wrong(Place::cell(row, column), raw(text), "a whole number without a separator");
            Node::Reported
        })
    });
}

/// Replaces texts of some columns by the node that `other` gives.
fn replace(rows: &mut [(u64, Node)], columns: &[&str], mut other: impl FnMut(u64, &str, &str) -> Option<Node>) {
    for (row, node) in rows {
        let Node::Object(entries) = node else { continue };
        for (column, node) in entries.iter_mut().filter(|(column, _)| columns.contains(&column.as_str())) {
            if let Node::Text(text) = node
                && let Some(other) = other(*row, column, text)
            {
                *node = other;
            }
        }
    }
}

#[cfg(test)]
mod tests;
