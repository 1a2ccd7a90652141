//! A usage report: bytes in, rows out, or every fault.

pub mod csv;
mod gzip;
pub mod json;
pub mod row;
pub mod unpack;

use crate::fault::{Faults, Input, Place};
use crate::kind::{self, FileKind, LineEnds};
use crate::limit::Limits;
use crate::text::{BYTE_ORDER_MARK, strip_byte_order_mark, trim_start};
use csv::{CsvReport, ReportItem};
use json::{JsonReport, Params};
use unpack::Unpack;

/// Reads a report in pieces. Rows are handed on as they are read; the text is not kept.
pub struct Report {
    unpack: Unpack,
    text: Text,
    /// What cannot be read. A report with a fault gives no outcome.
    pub faults: Faults,
}

struct Text {
    limits: Limits,
    /// The first bytes, until they tell the format.
    start: Vec<u8>,
    format: Format,
    /// How the lines end, if it is CSV.
    line_ends: LineEnds,
    /// What was read of the row that is begun, where rows are to come with their text.
    row: Option<Vec<u8>>,
}

enum Format {
    Unknown,
    Csv(Box<CsvReport>),
    Json(Box<JsonReport>),
    /// Not a text file: its kind is the only fault.
    Refused,
}

/// Bytes of a row's text that are kept: many times what a row has.
const ROW_BYTES_MAX: usize = 1 << 20;

impl Report {
    /// A reader of a report. With `with_text` each row comes with its text; without, reading is faster.
    pub fn new(limits: &Limits, with_text: bool) -> Self {
        let row = with_text.then(Vec::new);
        Report {
            unpack: Unpack::new(limits),
            text: Text { limits: limits.clone(), start: Vec::new(), format: Format::Unknown, line_ends: LineEnds::new(b','), row },
            faults: Faults::new(limits.faults),
        }
    }

    /// A piece of the report, of any size.
    pub fn feed(&mut self, piece: &[u8], each: &mut dyn FnMut(ReportItem<'_>, &[u8])) {
        let mut text_faults = self.take_faults();
        let text = &mut self.text;
        self.unpack.feed(piece, &mut self.faults, &mut |bytes| text.feed(bytes, &mut text_faults, each));
        self.join(text_faults);
    }

    /// The end of the report. Where unpacking failed, an incomplete end of the text is not reported.
    pub fn finish(&mut self, each: &mut dyn FnMut(ReportItem<'_>, &[u8])) {
        let mut text_faults = self.take_faults();
        let text = &mut self.text;
        self.unpack.finish(&mut self.faults, &mut |bytes| text.feed(bytes, &mut text_faults, each));
        if !self.unpack.dead {
            text.finish(&mut text_faults, each);
        }
        self.join(text_faults);
    }

    /// Faults found so far are moved aside, so that those of a step keep the order of reading.
    fn take_faults(&mut self) -> Faults {
        std::mem::replace(&mut self.faults, Faults::new(self.text.limits.faults))
    }

    fn join(&mut self, mut text_faults: Faults) {
        let unpack_faults = std::mem::replace(&mut self.faults, Faults::new(0));
        if matches!(self.text.format, Format::Refused) {
            self.unpack.dead = true;
        } else {
            text_faults.append(unpack_faults);
        }
        self.faults = text_faults;
    }

    /// What a JSON report says of its own period.
    pub fn params(&self) -> Option<&Params> {
        match &self.text.format {
            Format::Json(json) => Some(json.params()),
            _ => None,
        }
    }
}

impl Text {
    /// Where rows come with their text, no piece goes on after the end of one: what was fed since
    /// the row before is a row's text.
    fn feed(&mut self, bytes: &[u8], faults: &mut Faults, each: &mut dyn FnMut(ReportItem<'_>, &[u8])) {
        let Some(mut row) = self.row.take() else {
            return self.read(bytes, faults, &mut |read| each(read, b""));
        };
        for piece in bytes.split_inclusive(|b| matches!(b, b'\n' | b'[' | b'}')) {
            row.extend_from_slice(&piece[..piece.len().min(ROW_BYTES_MAX - row.len())]);
            self.read(piece, faults, &mut |read| each(read, trim_row(&row)));
            if self.is_between() {
                row.clear();
            }
        }
        self.row = Some(row);
    }

    fn is_between(&self) -> bool {
        match &self.format {
            Format::Csv(csv) => csv.is_between(),
            Format::Json(json) => json.is_between(),
            Format::Unknown | Format::Refused => true,
        }
    }

    fn read(&mut self, bytes: &[u8], faults: &mut Faults, each: &mut dyn FnMut(ReportItem<'_>)) {
        match &mut self.format {
            Format::Csv(csv) => {
                self.line_ends.feed(bytes);
                csv.feed(bytes, faults, each);
            }
            Format::Json(json) => json.feed(bytes, faults, each),
            Format::Unknown => {
                self.line_ends.feed(bytes);
                self.start.extend_from_slice(bytes);
                self.decide(false, faults, each);
            }
            Format::Refused => {}
        }
    }

    /// Recognizes files that are not text by their first bytes, and the format by the first character that is not white
    /// space.
    fn decide(&mut self, ending: bool, faults: &mut Faults, each: &mut dyn FnMut(ReportItem<'_>)) {
        let text = trim_start(strip_byte_order_mark(&self.start));
        if !ending && text.len() < kind::START_BYTES {
            if text.is_empty() && self.start.len() > BYTE_ORDER_MARK.len() {
                // Nothing but white space so far: only the mark has to be remembered.
                self.start.truncate(if self.start.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 1 });
            }
            return;
        }
        if let Some(kind) = FileKind::of(&self.start) {
            kind.refuse(Input::Report, faults);
            self.format = Format::Refused;
            return;
        }
        self.format = match text.first() {
            None => return,
            Some(b'{' | b'[') => Format::Json(Box::new(JsonReport::new(&self.limits))),
            Some(_) => Format::Csv(Box::new(CsvReport::new(&self.limits))),
        };
        let start = std::mem::take(&mut self.start);
        let text = trim_start(strip_byte_order_mark(&start));
        match &mut self.format {
            Format::Csv(csv) => csv.feed(text, faults, each),
            Format::Json(json) => json.feed(text, faults, each),
            Format::Unknown | Format::Refused => {}
        }
    }

    /// Without a last newline, what is left is a row.
    fn finish(&mut self, faults: &mut Faults, each: &mut dyn FnMut(ReportItem<'_>, &[u8])) {
        let row = self.row.take().unwrap_or_default();
        self.end(faults, &mut |read| each(read, trim_row(&row)));
    }

    fn end(&mut self, faults: &mut Faults, each: &mut dyn FnMut(ReportItem<'_>)) {
        if let Format::Unknown = self.format {
            self.decide(true, faults, each);
        }
        match &mut self.format {
            Format::Csv(csv) => match self.line_ends.kind() {
                Some(kind) => {
                    // Faults of the single line that it seemed to be are dropped.
                    *faults = Faults::new(self.limits.faults);
                    kind.refuse(Input::Report, faults);
                }
                None => csv.finish(faults, each),
            },
            Format::Json(json) => json.finish(faults, each),
            Format::Unknown => {
                faults.add(Input::Report, Place::whole(), "nothing", "a usage report in the format csv_v2_0 or json_v2_0");
            }
            Format::Refused => {}
        }
    }
}

/// A row's text without the white space around it, and without what separates it from the row before in JSON.
fn trim_row(text: &[u8]) -> &[u8] {
    let text = text.trim_ascii();
    match text.strip_prefix(b",").map(<[u8]>::trim_ascii_start) {
        Some(rest) if rest.starts_with(b"{") => rest,
        _ => text,
    }
}
