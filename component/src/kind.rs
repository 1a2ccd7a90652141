//! Files that are neither CSV nor JSON: recognized by their first bytes, and reported with a remedy.
//!
//! Reports and books share this, so that the same file has the same fault everywhere. A reader calls [`FileKind::of`]
//! with the start of the input before it reports anything else, and feeds the text of a CSV file to [`LineEnds`]. Each
//! gives at most one kind, which makes one fault ([`FileKind::found`], [`FileKind::expected`]). A reader that can
//! decode UTF-16 does so first.
//!
//! Own code: a dozen signatures with the remedies that the rules name.

use crate::fault::{Faults, Input, Place};
use crate::text::{strip_byte_order_mark, trim_start};

/// A kind of input that is neither CSV nor JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// Spreadsheets in xlsx and ods are zip files, too.
    Zip,
    /// A spreadsheet in the format before xlsx.
    Xls,
    /// A PDF file.
    Pdf,
    /// HTML or XML.
    WebPage,
    /// A reader that unpacks gzip asks with what was unpacked: then it is gzip inside gzip.
    Gzip,
    /// Text in UTF-16.
    Utf16,
    /// Lines end in CR alone. [`LineEnds`] finds it.
    CarriageReturns,
}

/// How many bytes after leading white space tell every kind: what the longest magic number has.
pub const START_BYTES: usize = 8;

/// First bytes at the very start of a file.
const MAGIC: [(&[u8], FileKind); 8] = [
    (b"PK\x03\x04", FileKind::Zip),
    // Empty, and in several parts.
    (b"PK\x05\x06", FileKind::Zip),
    (b"PK\x07\x08", FileKind::Zip),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", FileKind::Xls),
    (b"\x1f\x8b", FileKind::Gzip),
    (b"\xff\xfe", FileKind::Utf16),
    (b"\xfe\xff", FileKind::Utf16),
    (b"%PDF-", FileKind::Pdf),
];

impl FileKind {
    /// The kind of an input that begins with these bytes: its first ones to [`START_BYTES`] after leading white
    /// space, or all of it. None where they may begin a CSV or JSON text.
    pub fn of(start: &[u8]) -> Option<FileKind> {
        if let Some((_, kind)) = MAGIC.iter().find(|(magic, _)| start.starts_with(magic)) {
            return Some(*kind);
        }
        let text = trim_start(strip_byte_order_mark(start));
        // UTF-16 without a mark: of two bytes of an ASCII character one is 0.
        if text.iter().take(2).any(|byte| *byte == 0) {
            Some(FileKind::Utf16)
        } else if text.starts_with(b"<") {
            Some(FileKind::WebPage)
        } else {
            text.starts_with(b"%PDF-").then_some(FileKind::Pdf)
        }
    }

    /// What a fault says was found.
    pub fn found(self, input: Input) -> &'static str {
        match self {
            FileKind::Zip => "a zip or xlsx file",
            FileKind::Xls => "an xls file",
            FileKind::Pdf => "a PDF file",
            FileKind::WebPage => "a web page (HTML or XML)",
            FileKind::Gzip if input == Input::Report => "gzip inside gzip",
            FileKind::Gzip => "a gzip file",
            FileKind::Utf16 => "text in UTF-16",
            FileKind::CarriageReturns => "lines that end in CR alone",
        }
    }

    /// What a fault says should be there, and what to do.
    pub fn expected(self, input: Input) -> String {
        let wanted = match input {
            Input::Report => "a usage report in the format csv_v2_0 or json_v2_0",
            _ => "CSV or JSON",
        };
        let remedy = match self {
            FileKind::Zip => "unpack the archive, or save the sheet as CSV in UTF-8",
            FileKind::Xls => "save the sheet as CSV in UTF-8",
            FileKind::Pdf => "a PDF holds no data to read; fetch the file that it was made from",
            FileKind::WebPage => "it is probably a login page or an error page; sign in and fetch the file itself",
            FileKind::Gzip if input == Input::Report => "unpack it once, and use what is inside",
            FileKind::Gzip => "unpack it first",
            FileKind::Utf16 => "save it as UTF-8",
            FileKind::CarriageReturns => "save it with lines that end in LF or CRLF",
        };
        format!("{wanted}: {remedy}")
    }

    /// The one fault that an input of this kind has.
    pub fn refuse(self, input: Input, faults: &mut Faults) {
        faults.add(input, Place::whole(), self.found(input), self.expected(input));
    }
}

/// Looks for the end of a CSV text's first line. Where there is none, and CRs stand outside quotes, its lines end
/// in CR alone: read as CSV it would be one long header.
#[derive(Debug, Clone)]
pub struct LineEnds {
    separator: u8,
    at: Position,
    returns: bool,
    newline: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Position {
    Start,
    Unquoted,
    Quoted,
    /// After a quote inside a quoted cell: a doubled quote, or the end of it.
    Quote,
}

impl LineEnds {
    /// No text yet; `separator` separates its columns.
    pub fn new(separator: u8) -> Self {
        LineEnds { separator, at: Position::Start, returns: false, newline: false }
    }

    /// A piece of the text, of any size. After the first LF outside quotes nothing is looked at.
    pub fn feed(&mut self, piece: &[u8]) {
        if self.newline {
            return;
        }
        for byte in piece {
            self.at = match (self.at, byte) {
                (Position::Quoted, b'"') => Position::Quote,
                (Position::Quoted, _) | (Position::Start | Position::Quote, b'"') => Position::Quoted,
                (_, b'\n') => {
                    self.newline = true;
                    return;
                }
                (_, b'\r') => {
                    self.returns = true;
                    Position::Start
                }
                (_, byte) if *byte == self.separator => Position::Start,
                _ => Position::Unquoted,
            };
        }
    }

    /// Everything was fed: the kind that this text is.
    pub fn kind(&self) -> Option<FileKind> {
        (self.returns && !self.newline).then_some(FileKind::CarriageReturns)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_known_by_their_first_bytes() {
        for (start, kind) in [
            (&b"PK\x03\x04\x14\0\x06\0[Content_Types].xml"[..], Some(FileKind::Zip)),
            (b"PK\x05\x06\0\0\0\0", Some(FileKind::Zip)),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Some(FileKind::Xls)),
            (b"%PDF-1.7", Some(FileKind::Pdf)),
            (b"\xef\xbb\xbf\n%PDF-1.7", Some(FileKind::Pdf)),
            (b"\xef\xbb\xbf \r\n<!DOCTYPE html>", Some(FileKind::WebPage)),
            (b"<", Some(FileKind::WebPage)),
            (b"\x1f\x8b\x08\0", Some(FileKind::Gzip)),
            (b"\xff\xfea\0,\0", Some(FileKind::Utf16)),
            (b"\xfe\xff\0a\0,", Some(FileKind::Utf16)),
            (b"a\0,\0", Some(FileKind::Utf16)),
            (b"\n\0a\0", Some(FileKind::Utf16)),
            (b"\0{\0}", Some(FileKind::Utf16)),
            (b"", None),
            (b" \r\n", None),
            (b"PK,name", None),
            (b"%,name", None),
            (b"a,\0", None),
            (b"{\"tenants\": []}", None),
        ] {
            assert_eq!(FileKind::of(start), kind, "{start:?}");
        }
        assert_eq!(MAGIC.iter().map(|(magic, _)| magic.len()).max(), Some(START_BYTES));
    }

    #[test]
    fn lines_that_end_in_cr_alone() {
        for (text, alone) in [
            ("a,b\r1,2\r", true),
            ("a,b\r", true),
            ("\"a\nx\",b\r1,2", true),
            ("\"a\"\"\n\",b\r1,2", true),
            ("a,b\r\"1\n\",2", true),
            ("a,b\r\n1,2\r\n", false),
            ("a,b\n1,2\r3,4", false),
            ("a,\"b\r\"\n", false),
            ("a,\"b\r\"", false),
            ("a x\"\n\",b\r", false),
            ("a,b", false),
        ] {
            for size in 1..=text.len() {
                let mut ends = LineEnds::new(b',');
                text.as_bytes().chunks(size).for_each(|piece| ends.feed(piece));
                assert_eq!(ends.kind(), alone.then_some(FileKind::CarriageReturns), "{text:?} in {size}");
            }
        }
    }
}
