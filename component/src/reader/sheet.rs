//! A small input that people type as a document: JSON, or the rows of a CSV file as a spreadsheet saves it.

use std::collections::BTreeSet;

use super::context::Context;
use super::mark;
use crate::csv::{Csv, Record, describe};
use crate::fault::{Place, raw};
use crate::json::tree::{self, Node};
use crate::kind::{FileKind, LineEnds};
use crate::limit::Limits;
use crate::text::{from_utf_16, trim_typed, trim_typed_start};

/// A small input as a document.
pub enum Document {
    /// A JSON document.
    Json(Node),
    /// A CSV file.
    Csv(Sheet),
}

/// The rows of a CSV file, each an object of its cells in known columns.
pub struct Sheet {
    /// Known columns by their name, others as they stand in the file.
    pub header: Vec<String>,
    /// Each with its number, from 1 without the header.
    pub rows: Vec<(u64, Node)>,
}

/// Which columns a CSV input may have.
pub struct Dialect<'a> {
    /// The columns that the input may have.
    pub columns: &'a [&'a str],
    /// Columns that hold decimals.
    pub decimals: &'a [&'a str],
    /// Columns that hold whole numbers.
    pub wholes: &'a [&'a str],
}

impl<'a> Dialect<'a> {
    /// The column that a header's cell names, in any case.
    fn known(&self, name: &str) -> Option<&'a str> {
        self.columns.iter().find(|column| column.eq_ignore_ascii_case(name)).copied()
    }
}

/// What may separate columns. Of separators that fit a header alike the last one is taken.
const SEPARATORS: [u8; 3] = [b'\t', b';', b','];

/// Read a small input: JSON where its first character says so, CSV otherwise.
pub fn document(bytes: &[u8], dialect: &Dialect<'_>, context: &mut Context<'_>) -> Option<Document> {
    if bytes.len() as u64 > context.limits.book_bytes {
        let max = context.limits.book_bytes;
        context.wrong(Place::whole(), format!("more than {max} bytes"), format!("at most {max} bytes (limit book_bytes)"));
        return None;
    }
    let text = match from_utf_16(bytes) {
        Ok(text) => text,
        Err(at) => {
            context.wrong(Place::whole(), format!("half a character at byte {at}"), "UTF-16 text, or UTF-8");
            return None;
        }
    };
    let start = trim_typed_start(&text);
    if let Some(kind) = FileKind::of(&text).or_else(|| FileKind::of(start)) {
        kind.refuse(context.input, context.faults);
        return None;
    }
    let text = start;
    match text.first() {
        None => {
            context.wrong(Place::whole(), "nothing", "JSON or CSV");
            None
        }
        Some(b'{' | b'[') => tree::read(text, context.input, context.limits, context.faults).map(Document::Json),
        Some(_) => match line_ends(text) {
            Some(kind) => {
                kind.refuse(context.input, context.faults);
                None
            }
            None => sheet(text, dialect, context).map(Document::Csv),
        },
    }
}

/// Whether the lines end in CR alone, whatever separates the columns.
fn line_ends(text: &[u8]) -> Option<FileKind> {
    SEPARATORS.into_iter().find_map(|separator| {
        let mut ends = LineEnds::new(separator);
        ends.feed(text);
        ends.kind()
    })
}

fn sheet(text: &[u8], dialect: &Dialect<'_>, context: &mut Context<'_>) -> Option<Sheet> {
    let before = context.faults.count;
    let (separator, text) = match named_separator(text) {
        Some(Named::Separator(separator, text)) => (separator, text),
        Some(Named::Other(line)) => {
            context.wrong(Place::whole(), raw(&line), "sep=; or sep=, or sep= and a tab");
            return None;
        }
        None => (separator(text, dialect, context.limits), text),
    };
    let mut csv = Csv::new(separator, context.limits.columns, context.limits.cell_bytes);
    let mut sheet = Sheet { header: Vec::new(), rows: Vec::new() };
    let (mut number, mut header_fits) = (0, false);
    let mut each = |record: Record<'_>| {
        if is_blank(&record) {
        } else if sheet.header.is_empty() {
            sheet.header = header(&record, dialect, context);
            header_fits = context.faults.count == before;
        } else {
            number += 1;
            if let Some(node) = row(&record, &sheet.header, number, dialect, context) {
                sheet.rows.push((number, node));
            }
        }
    };
    csv.feed(text, &mut each);
    csv.finish(&mut each);
    if separator != b',' && header_fits {
        mark::settle(&mut sheet.rows, dialect.decimals, dialect.wholes, context);
    }
    // Rows that can be read are judged beside those that cannot: all mistakes at once.
    header_fits.then_some(sheet)
}

/// What a first line `sep=…` names, and the text after it.
enum Named<'a> {
    Separator(u8, &'a [u8]),
    /// No separator: the line.
    Other(String),
}

fn named_separator(text: &[u8]) -> Option<Named<'_>> {
    let end = text.iter().position(|byte| *byte == b'\n').map_or(text.len(), |end| end + 1);
    let line = std::str::from_utf8(&text[..end]).ok()?.trim_end_matches(['\n', '\r', ' ', '"']);
    let unquoted = line.strip_prefix('"').unwrap_or(line);
    let named = unquoted.get(..4).filter(|start| start.eq_ignore_ascii_case("sep=")).map(|_| &unquoted[4..])?;
    let mut characters = named.bytes();
    // A spreadsheet that does not know the line fills it up to the last column.
    let separator = characters.next().filter(|first| SEPARATORS.contains(first) && characters.all(|other| other == *first));
    Some(match separator {
        Some(separator) => Named::Separator(separator, &text[end..]),
        None => Named::Other(line.into()),
    })
}

/// The separator under which the header has the most names that are known.
fn separator(text: &[u8], dialect: &Dialect<'_>, limits: &Limits) -> u8 {
    let is_header = |line: &&[u8]| {
        let line = String::from_utf8_lossy(line);
        !line.split([',', ';', '\t']).all(|cell| trim_typed(cell).is_empty())
    };
    let line = text.split_inclusive(|byte| *byte == b'\n').find(is_header).unwrap_or_default();
    let known = |separator: u8| {
        let mut count = None;
        let mut csv = Csv::new(separator, limits.columns, limits.cell_bytes);
        let mut each = |record: Record<'_>| {
            let cells = record.cells().filter_map(|cell| std::str::from_utf8(cell).ok());
            count.get_or_insert(cells.filter(|cell| dialect.known(trim_typed(cell)).is_some()).count());
        };
        csv.feed(line, &mut each);
        csv.finish(&mut each);
        count.unwrap_or(0)
    };
    // The last of equals wins in `max_by_key`: a comma, where nothing else is better.
    SEPARATORS.into_iter().max_by_key(|separator| known(*separator)).unwrap_or(b',')
}

/// A line of nothing but separators and white space.
fn is_blank(record: &Record<'_>) -> bool {
    !record.quoted && record.cells().all(is_empty)
}

fn is_empty(cell: &[u8]) -> bool {
    std::str::from_utf8(cell).is_ok_and(|text| trim_typed(text).is_empty())
}

/// The names of the columns, without last ones that have none.
fn header(record: &Record<'_>, dialect: &Dialect<'_>, context: &mut Context<'_>) -> Vec<String> {
    if record.count > context.limits.columns {
        let max = context.limits.columns;
        context.wrong(Place::whole(), format!("{} columns", record.count), format!("at most {max} (limit columns)"));
    }
    let cells: Vec<&[u8]> = record.cells().collect();
    let named = cells.iter().enumerate().rposition(|(at, cell)| record.flaw(at).is_some() || !is_empty(cell)).map_or(0, |last| last + 1);
    let (mut names, mut seen) = (Vec::new(), BTreeSet::new());
    for (at, cell) in cells[..named].iter().enumerate() {
        let place = || Place::column(format!("column {}", at + 1));
        let faults = context.faults.count;
        let name = checked(cell, record, at, place, context).unwrap_or_default();
        let name = dialect.known(&name).map_or(name, str::to_string);
        if name.is_empty() && context.faults.count == faults {
            context.wrong(place(), "no name", "a name in each column before the last that has one");
        } else if !name.is_empty() && !seen.insert(name.clone()) {
            context.wrong(Place::column(&name), "a column of this name twice", "each column once");
        }
        names.push(name);
    }
    names
}

/// The cells of known columns; none where the row cannot be read.
fn row(record: &Record<'_>, header: &[String], number: u64, dialect: &Dialect<'_>, context: &mut Context<'_>) -> Option<Node> {
    let cells: Vec<&[u8]> = record.cells().collect();
    // Columns without a header may be there, as long as they are empty.
    let more = || cells[header.len()..].iter().enumerate().any(|(at, cell)| record.flaw(header.len() + at).is_some() || !is_empty(cell));
    if cells.len() < header.len() || cells.len() as u64 != record.count || more() {
        context.wrong(Place::row(number), format!("{} fields", record.count), format!("{} fields, as in the header", header.len()));
        return None;
    }
    let mut entries = Vec::new();
    for ((at, cell), name) in cells.iter().enumerate().zip(header) {
        let text = checked(cell, record, at, || Place::cell(number, name), context)?;
        if dialect.columns.contains(&name.as_str()) {
            entries.push((name.clone(), if text.is_empty() { Node::Null } else { Node::Text(text) }));
        }
    }
    Some(Node::Object(entries))
}

/// A cell as trimmed text, or the fault it has.
fn checked(cell: &[u8], record: &Record<'_>, at: usize, place: impl Fn() -> Place, context: &mut Context<'_>) -> Option<String> {
    let max = context.limits.cell_bytes;
    if let Some(flaw) = record.flaw(at) {
        let (found, expected) = describe(flaw, max);
        context.wrong(place(), found, expected);
        return None;
    }
    match std::str::from_utf8(cell) {
        Ok(text) => Some(trim_typed(text).to_string()),
        Err(_) => {
            context.wrong(place(), "bytes that are no UTF-8", "UTF-8 text");
            None
        }
    }
}

/// Columns of a sheet that the input may not have, and those it must have.
pub fn columns(sheet: &Sheet, known: &[&str], required: &[&str], context: &mut Context<'_>) {
    for name in sheet.header.iter().filter(|name| !known.contains(&name.as_str())) {
        context.wrong(Place::column(name), "a column that is not known", format!("one of {}", known.join(", ")));
    }
    for name in required.iter().filter(|name| !sheet.header.iter().any(|column| column == *name)) {
        context.wrong(Place::column(*name), "no such column", "this column in the header");
    }
}
