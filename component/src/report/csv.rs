//! `csv_v2_0`: columns by name, in any order.

use crate::csv::{Csv, Record, describe};
use crate::fault::{Faults, Input, Place, shown};
use crate::limit::Limits;
use crate::report::row::{self, ByColumn, Column, Row};
use crate::text::trim;

/// Reads a report's text as CSV.
pub struct CsvReport {
    csv: Csv,
    reading: Reading,
}

struct Reading {
    limits: Limits,
    /// Where each known column stands; none before the header was read.
    header: Option<Header>,
    rows: u64,
    dead: bool,
}

struct Header {
    names: Vec<String>,
    places: ByColumn<Option<usize>>,
    /// The column at each place; [`PASSED_OVER`] for an unknown one.
    columns: Vec<usize>,
}

/// The place of all cells of unknown columns.
const PASSED_OVER: usize = Column::ALL.len();
type Cells<'a> = [&'a str; PASSED_OVER + 1];

/// What a reader reports: a row, or an unknown column.
pub enum ReportItem<'a> {
    /// A row that can be read, and its number.
    Row(u64, &'a Row<'a>),
    /// A data record that has a fault, so that it is at least counted.
    Unreadable(u64),
    /// A column, or a key of a JSON row, that this version does not know.
    UnknownColumn(&'a str),
}

impl CsvReport {
    /// A reader at the start of a report.
    pub fn new(limits: &Limits) -> Self {
        CsvReport {
            csv: Csv::new(b',', limits.columns, limits.cell_bytes),
            reading: Reading { limits: limits.clone(), header: None, rows: 0, dead: false },
        }
    }

    /// Read on; `each` gets every row that ends in this piece, and faults are added.
    pub fn feed(&mut self, text: &[u8], faults: &mut Faults, each: &mut dyn FnMut(ReportItem<'_>)) {
        let reading = &mut self.reading;
        if !reading.dead {
            self.csv.feed(text, &mut |record| reading.record(&record, faults, each));
        }
    }

    /// The end of the report: without a last newline, what is left is a row.
    pub fn finish(&mut self, faults: &mut Faults, each: &mut dyn FnMut(ReportItem<'_>)) {
        let reading = &mut self.reading;
        if !reading.dead {
            self.csv.finish(&mut |record| reading.record(&record, faults, each));
        }
    }

    /// No row is begun.
    pub fn is_between(&self) -> bool {
        self.reading.dead || self.csv.is_between()
    }

    /// A fault ended reading.
    pub fn dead(&self) -> bool {
        self.reading.dead
    }
}

impl Reading {
    fn record(&mut self, record: &Record<'_>, faults: &mut Faults, each: &mut dyn FnMut(ReportItem<'_>)) {
        if self.dead {
            return;
        }
        let Some(header) = &self.header else {
            let before = faults.count;
            let header = read_header(record, &self.limits, faults);
            self.dead = faults.count > before;
            for name in header.names.iter().filter(|name| Column::parse(name).is_none()) {
                each(ReportItem::UnknownColumn(name));
            }
            self.header = Some(header);
            return;
        };
        self.rows += 1;
        if self.rows > self.limits.rows {
            let max = self.limits.rows;
            faults.add(Input::Report, Place::row(self.rows), format!("more than {max} rows"), format!("at most {max} (limit rows)"));
            self.dead = true;
            return;
        }
        match read_row(record, header, self.rows, &self.limits, faults) {
            Some(row) => each(ReportItem::Row(self.rows, &row)),
            None => each(ReportItem::Unreadable(self.rows)),
        }
    }
}

fn read_header(record: &Record<'_>, limits: &Limits, faults: &mut Faults) -> Header {
    let mut header = Header { names: Vec::new(), places: [None; Column::ALL.len()], columns: Vec::new() };
    if record.count > limits.columns {
        let max = limits.columns;
        faults.add(Input::Report, Place::whole(), format!("{} columns", record.count), format!("at most {max} (limit columns)"));
        return header;
    }
    for (at, cell) in record.cells().enumerate() {
        let column = || Place::column(format!("column {}", at + 1));
        if let Some(flaw) = record.flaw(at) {
            let (found, expected) = describe(flaw, limits.cell_bytes);
            faults.add(Input::Report, column(), found, expected);
        }
        let name = std::str::from_utf8(cell).map(trim).unwrap_or_else(|_| {
            faults.add(Input::Report, column(), "bytes that are no UTF-8", "UTF-8 text");
            ""
        });
        if header.names.iter().any(|known| known == name) {
            faults.add(Input::Report, Place::column(name), "a column of this name twice", "each column once");
        }
        let known = Column::parse(name).filter(|known| header.places[*known as usize].is_none());
        if let Some(known) = known {
            header.places[known as usize] = Some(at);
        }
        header.columns.push(known.map_or(PASSED_OVER, |known| known as usize));
        header.names.push(name.to_string());
    }
    missing(&header, faults);
    header
}

/// Reports missing required columns. Without any of them the text is not a report, which is one fault.
fn missing(header: &Header, faults: &mut Faults) {
    let missing: Vec<Column> = Column::required().filter(|column| header.places[*column as usize].is_none()).collect();
    if missing.len() == Column::required().count() {
        let start = header.names.first().map_or_else(|| "nothing".to_string(), |name| shown(name));
        faults.add(
            Input::Report,
            Place::whole(),
            format!("text that begins with {start}"),
            "a usage report in the format csv_v2_0 or json_v2_0",
        );
        return;
    }
    for column in missing {
        faults.add(Input::Report, Place::column(column.name()), "no such column", "this column in the header");
    }
}

fn read_row<'a>(record: &Record<'a>, header: &Header, row: u64, limits: &Limits, faults: &mut Faults) -> Option<Row<'a>> {
    let before = faults.count;
    for (at, flaw) in record.flaws {
        let (found, expected) = describe(*flaw, limits.cell_bytes);
        faults.add(Input::Report, Place { row: Some(row), column: header.names.get(*at).cloned() }, found, expected);
    }
    let wanted = header.names.len() as u64;
    if record.count != wanted {
        faults.add(Input::Report, Place::row(row), format!("{} fields", record.count), format!("{wanted} fields, as in the header"));
    }
    if faults.count > before {
        return None;
    }
    let mut cells: Cells<'a> = [""; PASSED_OVER + 1];
    match record.texts() {
        Some(texts) => texts.zip(&header.columns).for_each(|(text, column)| cells[*column] = trim(text)),
        None => no_text(record, header, &mut cells, row, faults),
    }
    let read = row::read(cells.first_chunk()?, row, limits.digits, faults);
    read.filter(|_| faults.count == before)
}

/// A record of which some cells are no text.
fn no_text<'a>(record: &Record<'a>, header: &Header, cells: &mut Cells<'a>, row: u64, faults: &mut Faults) {
    for (at, cell) in record.cells().enumerate() {
        match std::str::from_utf8(cell) {
            Ok(text) => cells[header.columns[at]] = trim(text),
            Err(_) => {
                let column = header.names.get(at).cloned().unwrap_or_default();
                faults.add(Input::Report, Place::cell(row, column), "bytes that are no UTF-8", "UTF-8 text");
            }
        }
    }
}
