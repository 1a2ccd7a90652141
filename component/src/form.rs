//! Filling in a form: typed fields from a JSON object or from the cells of a CSV row, and every
//! mistake with its place.

use crate::csv::{Csv, Record, describe};
use crate::fault::{Faults, Input, Place};
use crate::json::tree::{self, Node};
use crate::limit::Limits;
use crate::money::Exact;
use crate::money::decimal::Decimal;
use crate::period::Date;
use crate::report::row::decimal_expected;
use crate::text::{strip_byte_order_mark, trim, trim_start};

/// Where a form stands: a JSON path, or a row of a CSV file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum At {
    Path(String),
    Row(u64),
}

impl At {
    /// The place of a field of the form.
    pub fn field(&self, name: &str) -> Place {
        match self {
            At::Path(path) if path.is_empty() => Place::column(name),
            At::Path(path) => Place::column(format!("{path}.{name}")),
            At::Row(row) => Place::cell(*row, name),
        }
    }

    /// The place of the form itself.
    pub fn itself(&self) -> Place {
        match self {
            At::Path(path) if path.is_empty() => Place::whole(),
            At::Path(path) => Place::column(path),
            At::Row(row) => Place::row(*row),
        }
    }

    /// The path of a field, for what lies below it; a CSV row has nothing below.
    fn below(&self, name: &str) -> At {
        match self {
            At::Path(path) if path.is_empty() => At::Path(name.into()),
            At::Path(path) => At::Path(format!("{path}.{name}")),
            At::Row(row) => At::Row(*row),
        }
    }
}

/// What all forms of one input share.
pub struct Desk<'a> {
    pub input: Input,
    pub limits: &'a Limits,
    pub faults: &'a mut Faults,
}

impl Desk<'_> {
    pub fn wrong(&mut self, place: Place, found: impl Into<String>, expected: impl Into<String>) {
        self.faults.add(self.input, place, found, expected);
    }
}

/// One object or row. Each field may be asked for once; [`Form::end`] names those nobody knows.
pub struct Form<'a> {
    pub at: At,
    fields: Vec<(&'a str, &'a Node)>,
}

impl<'a> Form<'a> {
    /// The form of a JSON object; anything else is a mistake. `null` is as good as absent.
    pub fn open(node: &'a Node, at: At, desk: &mut Desk<'_>) -> Option<Form<'a>> {
        let Node::Object(entries) = node else {
            desk.wrong(at.itself(), node.shown(), "an object");
            return None;
        };
        let mut fields: Vec<(&str, &Node)> = Vec::new();
        for (name, value) in entries {
            if fields.iter().any(|(known, _)| known == name) {
                desk.wrong(at.field(name), "this key twice", "each key once");
            }
            fields.push((name, value));
        }
        Some(Form { at, fields })
    }

    /// A field's value, where it is there and not null.
    pub fn take(&mut self, name: &str) -> Option<&'a Node> {
        let at = self.fields.iter().position(|(known, _)| *known == name)?;
        let (_, value) = self.fields.remove(at);
        Some(value).filter(|node| **node != Node::Null)
    }

    /// A required value; its absence is a mistake.
    pub fn need(&mut self, name: &str, expected: &str, desk: &mut Desk<'_>) -> Option<&'a Node> {
        let value = self.take(name);
        if value.is_none() {
            desk.wrong(self.at.field(name), "nothing", expected);
        }
        value
    }

    /// A text; an empty one is a mistake.
    pub fn text(&mut self, name: &str, desk: &mut Desk<'_>) -> Option<&'a str> {
        let node = self.take(name)?;
        self.as_text(name, node, "a text that is not empty", desk)
    }

    /// A text that may as well be empty: then it is none.
    pub fn label(&mut self, name: &str, desk: &mut Desk<'_>) -> Option<&'a str> {
        match self.take(name)? {
            Node::Text(text) if text.is_empty() => None,
            node => self.as_text(name, node, "a text", desk),
        }
    }

    pub fn need_text(&mut self, name: &str, desk: &mut Desk<'_>) -> Option<&'a str> {
        let node = self.need(name, "a text that is not empty", desk)?;
        self.as_text(name, node, "a text that is not empty", desk)
    }

    fn as_text(&self, name: &str, node: &'a Node, expected: &str, desk: &mut Desk<'_>) -> Option<&'a str> {
        match node {
            Node::Text(text) if !text.is_empty() => Some(text),
            node => {
                desk.wrong(self.at.field(name), node.shown(), expected);
                None
            }
        }
    }

    /// A decimal that is not negative, as a string or a number.
    pub fn decimal(&mut self, name: &str, desk: &mut Desk<'_>) -> Option<Exact> {
        let node = self.take(name)?;
        self.as_decimal(name, node, desk)
    }

    pub fn need_decimal(&mut self, name: &str, desk: &mut Desk<'_>) -> Option<Exact> {
        let node = self.need(name, "a decimal such as 1.5", desk)?;
        self.as_decimal(name, node, desk)
    }

    fn as_decimal(&self, name: &str, node: &Node, desk: &mut Desk<'_>) -> Option<Exact> {
        let value = signed(node, self.at.field(name), desk)?;
        if value.is_negative() {
            desk.wrong(self.at.field(name), node.shown(), "a decimal that is not negative");
            return None;
        }
        Some(value)
    }

    /// A whole number from `least` to `most`.
    pub fn whole(&mut self, name: &str, least: u64, most: u64, desk: &mut Desk<'_>) -> Option<u64> {
        let node = self.take(name)?;
        self.as_whole(name, node, least, most, desk)
    }

    pub fn as_whole(&self, name: &str, node: &Node, least: u64, most: u64, desk: &mut Desk<'_>) -> Option<u64> {
        let text = match node {
            Node::Text(text) | Node::Number(text) => text.as_str(),
            _ => "",
        };
        let value = Decimal::parse(text, desk.limits.digits).and_then(|decimal| decimal.exact().to_u64());
        let value = value.filter(|value| (least..=most).contains(value));
        if value.is_none() {
            let range = if most == u64::MAX {
                format!("a whole number of at least {least}")
            } else {
                format!("a whole number from {least} to {most}")
            };
            desk.wrong(self.at.field(name), node.shown(), range);
        }
        value
    }

    pub fn date(&mut self, name: &str, desk: &mut Desk<'_>) -> Option<Date> {
        let node = self.take(name)?;
        let date = if let Node::Text(text) = node { Date::parse(text) } else { None };
        if date.is_none() {
            desk.wrong(self.at.field(name), node.shown(), "a date such as 2021-08-31");
        }
        date
    }

    /// The items of a list, each with its path.
    pub fn list(&mut self, name: &str, desk: &mut Desk<'_>) -> Option<Vec<(&'a Node, At)>> {
        let node = self.take(name)?;
        let Node::List(items) = node else {
            desk.wrong(self.at.field(name), node.shown(), "a list");
            return None;
        };
        let below = self.at.below(name);
        Some(items.iter().enumerate().map(|(index, item)| (item, below.item(index))).collect())
    }

    /// The items of a required list.
    pub fn need_list(&mut self, name: &str, desk: &mut Desk<'_>) -> Option<Vec<(&'a Node, At)>> {
        if self.fields.iter().all(|(known, node)| *known != name || **node == Node::Null) {
            desk.wrong(self.at.field(name), "nothing", "a list");
        }
        self.list(name, desk)
    }

    /// A form of all of this one's fields, which are taken out of it.
    pub fn take_all(&mut self) -> Form<'a> {
        Form { at: self.at.clone(), fields: std::mem::take(&mut self.fields) }
    }

    /// A form of some of this one's fields, which are taken out of it.
    pub fn part(&mut self, names: &[&str]) -> Form<'a> {
        let (fields, rest) = std::mem::take(&mut self.fields).into_iter().partition(|(name, _)| names.contains(name));
        self.fields = rest;
        Form { at: self.at.clone(), fields }
    }

    /// An object below this one.
    pub fn form(&mut self, name: &str, desk: &mut Desk<'_>) -> Option<Form<'a>> {
        let node = self.take(name)?;
        Form::open(node, self.at.below(name), desk)
    }

    /// Everything was asked for: what is left, and not null, is a mistake.
    pub fn end(self, expected: &str, desk: &mut Desk<'_>) {
        for (name, value) in self.fields {
            if *value != Node::Null {
                desk.wrong(self.at.field(name), "this key", expected);
            }
        }
    }
}

impl At {
    fn item(&self, index: usize) -> At {
        match self {
            At::Path(path) => At::Path(format!("{path}[{index}]")),
            At::Row(row) => At::Row(*row),
        }
    }
}

/// A decimal of either sign, as a string or a number.
pub fn signed(node: &Node, place: Place, desk: &mut Desk<'_>) -> Option<Exact> {
    let text = match node {
        Node::Text(text) | Node::Number(text) => text.as_str(),
        _ => "",
    };
    let value = Decimal::parse(text, desk.limits.digits);
    if value.is_none() {
        desk.wrong(place, node.shown(), decimal_expected(text, desk.limits.digits));
    }
    value.map(|decimal| decimal.exact())
}

/// A small input as a document: JSON, or the rows of a CSV file.
pub enum Document {
    Json(Node),
    Csv(Sheet),
}

/// The rows of a CSV file, each an object of its non-empty cells.
pub struct Sheet {
    pub header: Vec<String>,
    /// Each with its number, from 1 without the header.
    pub rows: Vec<(u64, Node)>,
}

/// How a CSV input may be written.
pub struct Dialect<'a> {
    /// Column names that the input may have.
    pub columns: &'a [&'a str],
    /// `;` and tab may separate columns too, and then a decimal may have a comma: how a
    /// spreadsheet saves numbers in half of Europe.
    pub spreadsheets: bool,
    /// Columns that hold decimals.
    pub decimals: &'a [&'a str],
}

/// Read a small input: JSON where its first character says so, CSV otherwise.
pub fn document(bytes: &[u8], dialect: &Dialect<'_>, desk: &mut Desk<'_>) -> Option<Document> {
    if bytes.len() as u64 > desk.limits.book_bytes {
        let max = desk.limits.book_bytes;
        desk.wrong(Place::whole(), format!("more than {max} bytes"), format!("at most {max} bytes (limit book_bytes)"));
        return None;
    }
    let text = trim_start(strip_byte_order_mark(bytes));
    match text.first() {
        None => {
            desk.wrong(Place::whole(), "nothing", "JSON or CSV");
            None
        }
        Some(b'{' | b'[') => tree::read(text, desk.input, desk.limits, desk.faults).map(Document::Json),
        Some(b'<') => {
            desk.wrong(Place::whole(), "an HTML or XML page", "JSON or CSV");
            None
        }
        Some(_) => sheet(text, dialect, desk).map(Document::Csv),
    }
}

fn sheet(text: &[u8], dialect: &Dialect<'_>, desk: &mut Desk<'_>) -> Option<Sheet> {
    let before = desk.faults.count;
    let separator = separator(text, dialect, desk.limits);
    let mut csv = Csv::new(separator, desk.limits.columns, desk.limits.cell_bytes);
    let mut sheet = Sheet { header: Vec::new(), rows: Vec::new() };
    let (mut number, mut header_fits) = (0, false);
    let comma = separator != b',';
    let mut each = |record: Record<'_>| {
        if sheet.header.is_empty() {
            sheet.header = header(&record, desk);
            header_fits = desk.faults.count == before;
        } else {
            number += 1;
            if let Some(node) = row(&record, &sheet.header, number, comma.then_some(dialect.decimals), desk) {
                sheet.rows.push((number, node));
            }
        }
    };
    csv.feed(text, &mut each);
    csv.finish(&mut each);
    // Rows that can be read are judged beside those that cannot: all mistakes at once.
    header_fits.then_some(sheet)
}

/// The separator under which the header has the most names that are known.
fn separator(text: &[u8], dialect: &Dialect<'_>, limits: &Limits) -> u8 {
    if !dialect.spreadsheets {
        return b',';
    }
    let known = |separator: u8| {
        let mut count = None;
        let mut csv = Csv::new(separator, limits.columns, limits.cell_bytes);
        let mut each = |record: Record<'_>| {
            let cells = record.cells().filter_map(|cell| std::str::from_utf8(cell).ok());
            count.get_or_insert(cells.filter(|cell| dialect.columns.contains(&trim(cell))).count());
        };
        let line = text.split_inclusive(|b| *b == b'\n').next().unwrap_or_default();
        csv.feed(line, &mut each);
        csv.finish(&mut each);
        count.unwrap_or(0)
    };
    // The last of equals wins in `max_by_key`: a comma, where nothing else is better.
    [b'\t', b';', b','].into_iter().max_by_key(|separator| known(*separator)).unwrap_or(b',')
}

fn header(record: &Record<'_>, desk: &mut Desk<'_>) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    if record.count > desk.limits.columns {
        let max = desk.limits.columns;
        desk.wrong(Place::whole(), format!("{} columns", record.count), format!("at most {max} (limit columns)"));
    }
    for (at, cell) in record.cells().enumerate() {
        let place = || Place::column(format!("column {}", at + 1));
        let name = checked(cell, record, at, place(), desk).unwrap_or_default();
        if names.contains(&name) {
            desk.wrong(Place::column(&name), "a column of this name twice", "each column once");
        }
        names.push(name);
    }
    names
}

fn row(record: &Record<'_>, header: &[String], number: u64, decimals: Option<&[&str]>, desk: &mut Desk<'_>) -> Option<Node> {
    if record.count != header.len() as u64 {
        desk.wrong(Place::row(number), format!("{} fields", record.count), format!("{} fields, as in the header", header.len()));
        return None;
    }
    let mut entries = Vec::new();
    for ((at, cell), name) in record.cells().enumerate().zip(header) {
        let mut text = checked(cell, record, at, Place::cell(number, name), desk)?;
        if decimals.is_some_and(|decimals| decimals.contains(&name.as_str())) && !text.contains('.') {
            text = text.replacen(',', ".", 1);
        }
        let node = if text.is_empty() { Node::Null } else { Node::Text(text) };
        entries.push((name.clone(), node));
    }
    Some(Node::Object(entries))
}

/// A cell as trimmed text, or the fault it has.
fn checked(cell: &[u8], record: &Record<'_>, at: usize, place: Place, desk: &mut Desk<'_>) -> Option<String> {
    let max = desk.limits.cell_bytes;
    if let Some(flaw) = record.flaw(at) {
        let (found, expected) = describe(flaw, max);
        desk.wrong(place, found, expected);
        return None;
    }
    match std::str::from_utf8(cell) {
        Ok(text) => Some(trim(text).to_string()),
        Err(_) => {
            desk.wrong(place, "bytes that are no UTF-8", "UTF-8 text");
            None
        }
    }
}

/// Columns of a sheet that the input may not have, and those it must have.
pub fn columns(sheet: &Sheet, known: &[&str], required: &[&str], desk: &mut Desk<'_>) {
    for name in sheet.header.iter().filter(|name| !known.contains(&name.as_str())) {
        desk.wrong(Place::column(name), "a column that is not known", format!("one of {}", known.join(", ")));
    }
    for name in required.iter().filter(|name| !sheet.header.iter().any(|column| column == *name)) {
        desk.wrong(Place::column(*name), "no such column", "this column in the header");
    }
}
