//! A strict incremental tokenizer for RFC 4180 records.
//!
//! Own code: incremental libraries such as csv-core accept what the rules call a fault, namely a quote inside an
//! unquoted cell, text after a closing quote, and a quote that is never closed.

use crate::text::is_space;

/// What is wrong with a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    /// A quote inside an unquoted cell.
    QuoteInside,
    /// Text after a closing quote.
    TextAfterQuote,
    /// A quote that is never closed.
    NeverClosed,
    /// More bytes than a cell may have.
    TooLong,
}

/// One record: its cells as bytes, unquoted, white space and all.
pub struct Record<'a> {
    bytes: &'a [u8],
    /// Where in the bytes each cell ends.
    ends: &'a [usize],
    /// Bytes between two cells: none where they were copied, one where the record is as it was fed.
    gap: usize,
    /// How many cells there are, also where only the first `cells_max` are kept.
    pub count: u64,
    /// Flaws with the index of their cell, ascending.
    pub flaws: &'a [(usize, Flaw)],
    /// Whether any cell is quoted.
    pub quoted: bool,
}

impl<'a> Record<'a> {
    /// A cell by its index from 0, which must be below the number of cells kept.
    pub fn cell(&self, index: usize) -> &'a [u8] {
        let start = if index == 0 { 0 } else { self.ends[index - 1] + self.gap };
        &self.bytes[start..self.ends[index]]
    }

    /// The cells as text, if all of them are UTF-8.
    pub fn texts(&self) -> Option<impl Iterator<Item = &'a str> + '_> {
        let text = std::str::from_utf8(self.bytes).ok()?;
        // Copied cells may be valid UTF-8 together and invalid one by one.
        let apart = self.gap > 0 || self.ends.iter().all(|end| text.is_char_boundary(*end));
        let mut start = 0;
        apart.then_some(self.ends.iter().map(move |end| {
            let cell = text.get(start..*end).unwrap_or_default();
            start = *end + self.gap;
            cell
        }))
    }

    /// The cells that were kept.
    pub fn cells(&self) -> impl Iterator<Item = &'a [u8]> + '_ {
        (0..self.ends.len()).map(|index| self.cell(index))
    }

    /// The flaw of a cell, if it has one.
    pub fn flaw(&self, index: usize) -> Option<Flaw> {
        self.flaws.binary_search_by_key(&index, |(at, _)| *at).ok().map(|found| self.flaws[found].1)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// At the start of a cell.
    Start,
    Unquoted,
    Quoted,
    /// After a quote inside a quoted cell: a doubled quote, or the end of it.
    Quote,
    /// After the closing quote; only white space may follow.
    Closed,
}

const EACH_BYTE: u64 = 0x0101_0101_0101_0101;
const HIGH_BITS: u64 = 0x80 * EACH_BYTE;

/// A tokenizer that is fed pieces of any size.
pub struct Csv {
    separator: u8,
    cells_max: u64,
    cell_bytes_max: usize,
    state: State,
    bytes: Vec<u8>,
    ends: Vec<usize>,
    count: u64,
    flaws: Vec<(usize, Flaw)>,
    quoted: bool,
}

impl Csv {
    /// Cells beyond `cells_max` are counted and not kept; bytes beyond `cell_bytes_max` in a cell are flagged and not
    /// kept.
    pub fn new(separator: u8, cells_max: u64, cell_bytes_max: u64) -> Self {
        Csv {
            separator,
            cells_max,
            cell_bytes_max: usize::try_from(cell_bytes_max).unwrap_or(usize::MAX),
            state: State::Start,
            bytes: Vec::new(),
            ends: Vec::new(),
            count: 0,
            flaws: Vec::new(),
            quoted: false,
        }
    }

    /// Read on; `each` gets every record that ends in this piece. Blank lines are no records.
    pub fn feed(&mut self, mut piece: &[u8], each: &mut dyn FnMut(Record<'_>)) {
        while let Some((&byte, rest)) = piece.split_first() {
            if self.is_between()
                && let Some(line) = self.line(piece)
            {
                self.whole(&piece[..line], each);
                piece = &piece[line + 1..];
                continue;
            }
            // Most of a file is the inside of cells: it is taken a run at a time.
            let run = match self.state {
                State::Unquoted => self.run(piece, |b, separator| b != separator && b != b'\n' && b != b'"'),
                State::Quoted => self.run(piece, |b, _| b != b'"'),
                _ => 0,
            };
            if run > 0 {
                self.keep(&piece[..run]);
                piece = &piece[run..];
                continue;
            }
            self.step(byte, each);
            piece = rest;
        }
    }

    /// How long the piece's first line is, and in `ends` its cells, where it is a whole record without a
    /// quote and within the limits: most records are, and need no copy.
    fn line(&mut self, piece: &[u8]) -> Option<usize> {
        let found = self.cells(piece).filter(|end| *end <= self.cell_bytes_max && self.ends.len() as u64 <= self.cells_max);
        if found.is_none() {
            self.ends.clear();
        }
        found
    }

    /// The first line's cells, eight bytes a step; none where a quote comes before its end.
    fn cells(&mut self, piece: &[u8]) -> Option<usize> {
        // No byte of a cell's text, nearly always, is as low as what ends it.
        let lowest_text = u64::from(self.separator.max(b'"') + 1) * EACH_BYTE;
        let (words, rest) = piece.as_chunks();
        for (index, word) in words.iter().enumerate() {
            let word = u64::from_le_bytes(*word);
            // The high bit of each byte that is lower: no byte of the difference borrows from the next.
            let mut low = !((word | HIGH_BITS) - lowest_text) & !word & HIGH_BITS;
            while low != 0 {
                let at = index * 8 + low.trailing_zeros() as usize / 8;
                if let Some(end) = self.ends_at(piece[at], at) {
                    return end;
                }
                low &= low - 1;
            }
        }
        let start = piece.len() - rest.len();
        rest.iter().zip(start..).find_map(|(byte, at)| self.ends_at(*byte, at)).flatten()
    }

    /// What a byte ends: nothing, a cell, the line, or with a quote the search for its end.
    #[inline(always)]
    fn ends_at(&mut self, byte: u8, at: usize) -> Option<Option<usize>> {
        if byte == self.separator || byte == b'\n' {
            self.ends.push(at);
        }
        match byte {
            b'\n' => Some(Some(at)),
            b'"' => Some(None),
            _ => None,
        }
    }

    /// A line that is a record as it stands.
    fn whole(&mut self, line: &[u8], each: &mut dyn FnMut(Record<'_>)) {
        let one_cell = self.ends.len() == 1 || is_space(self.separator);
        if !(one_cell && line.iter().all(|&b| is_space(b))) {
            each(Record { bytes: line, ends: &self.ends, gap: 1, count: self.ends.len() as u64, flaws: &[], quoted: false });
        }
        self.ends.clear();
    }

    /// Whether what comes next begins a record.
    pub fn is_between(&self) -> bool {
        self.state == State::Start && self.count == 0
    }

    /// The end of the text: the last newline is optional.
    pub fn finish(&mut self, each: &mut dyn FnMut(Record<'_>)) {
        if self.state == State::Quoted {
            self.flag(Flaw::NeverClosed);
        }
        self.end_record(each);
    }

    fn run(&self, piece: &[u8], inside: impl Fn(u8, u8) -> bool) -> usize {
        piece.iter().position(|&b| !inside(b, self.separator)).unwrap_or(piece.len())
    }

    fn step(&mut self, byte: u8, each: &mut dyn FnMut(Record<'_>)) {
        match (self.state, byte) {
            (State::Quoted, b'"') => self.state = State::Quote,
            (State::Quoted, _) => self.keep(&[byte]),
            (State::Quote, b'"') => {
                self.keep(b"\"");
                self.state = State::Quoted;
            }
            (_, b'\n') => self.end_record(each),
            (_, _) if byte == self.separator => self.end_cell(),
            (State::Start, b'"') => {
                self.state = State::Quoted;
                self.quoted = true;
            }
            (State::Start, _) => {
                // A cell is quoted if a quote is its first character, before white space is trimmed.
                self.keep(&[byte]);
                self.state = State::Unquoted;
            }
            (State::Unquoted, _) => {
                if byte == b'"' {
                    self.flag(Flaw::QuoteInside);
                }
                self.keep(&[byte]);
            }
            (State::Quote | State::Closed, _) => {
                if !is_space(byte) {
                    self.flag(Flaw::TextAfterQuote);
                }
                self.state = State::Closed;
            }
        }
    }

    fn keep(&mut self, bytes: &[u8]) {
        if self.count >= self.cells_max {
            return;
        }
        let start = self.ends.last().copied().unwrap_or(0);
        let room = self.cell_bytes_max.saturating_sub(self.bytes.len() - start);
        if bytes.len() > room {
            self.flag(Flaw::TooLong);
        }
        self.bytes.extend_from_slice(&bytes[..bytes.len().min(room)]);
    }

    fn flag(&mut self, flaw: Flaw) {
        let cell = self.ends.len();
        if self.flaws.last().is_none_or(|(at, _)| *at != cell) {
            self.flaws.push((cell, flaw));
        }
    }

    fn end_cell(&mut self) {
        if self.count < self.cells_max {
            self.ends.push(self.bytes.len());
        }
        self.count += 1;
        self.state = State::Start;
    }

    fn end_record(&mut self, each: &mut dyn FnMut(Record<'_>)) {
        self.end_cell();
        let one_cell = self.count == 1 || is_space(self.separator);
        let blank = one_cell && !self.quoted && self.bytes.iter().all(|&b| is_space(b));
        if !blank {
            let (count, quoted) = (self.count, self.quoted);
            each(Record { bytes: &self.bytes, ends: &self.ends, gap: 0, count, flaws: &self.flaws, quoted });
        }
        self.bytes.clear();
        self.ends.clear();
        self.flaws.clear();
        self.count = 0;
        self.quoted = false;
    }
}

/// What a fault says of a flaw: what was found, and what was expected.
pub fn describe(flaw: Flaw, cell_bytes_max: u64) -> (String, String) {
    match flaw {
        Flaw::QuoteInside => ("a quote inside an unquoted cell".into(), "the whole cell in quotes, and inner quotes doubled".into()),
        Flaw::TextAfterQuote => ("text after a closing quote".into(), "a separator or the end of the line; inner quotes doubled".into()),
        Flaw::NeverClosed => ("a quote that is never closed".into(), "a closing quote".into()),
        Flaw::TooLong => {
            (format!("a cell of more than {cell_bytes_max} bytes"), format!("at most {cell_bytes_max} bytes (limit cell_bytes)"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    type Flaws = Vec<(usize, Flaw)>;

    fn records(text: &str, piece: usize) -> Vec<(Vec<String>, Flaws)> {
        separated(b',', text, piece)
    }

    fn separated(separator: u8, text: &str, piece: usize) -> Vec<(Vec<String>, Flaws)> {
        let mut found = Vec::new();
        let mut each = |record: Record<'_>| {
            let cells = record.cells().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect();
            found.push((cells, record.flaws.to_vec()));
        };
        let mut csv = Csv::new(separator, 10, 20);
        for piece in text.as_bytes().chunks(piece) {
            csv.feed(piece, &mut each);
        }
        csv.finish(&mut each);
        found
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4096))]

        /// A piece of one byte is never a line that is read as it stands, beside blank ones.
        #[test]
        fn lines_as_they_stand_are_read_as_byte_by_byte(text in "[a-c0-9,;\t\"\n\r !é]{0,150}", piece in 2usize..200, separator: prop::sample::Index) {
            let separator = *separator.get(b",;\t");
            prop_assert_eq!(separated(separator, &text, piece), separated(separator, &text, 1));
        }
    }

    #[test]
    fn records_in_any_pieces() {
        let text = "a,\"b,\"\"c\"\"\r\nd\" ,e\r\n\r\n \t\n,\n\"\"\nlast,\"q\" ";
        let expected: Vec<Vec<&str>> = vec![vec!["a", "b,\"c\"\r\nd", "e\r"], vec!["", ""], vec![""], vec!["last", "q"]];
        for piece in 1..=text.len() {
            let found = records(text, piece);
            assert_eq!(found.iter().map(|(cells, _)| cells.clone()).collect::<Vec<_>>(), expected, "pieces of {piece}");
            assert!(found.iter().all(|(_, flaws)| flaws.is_empty()));
        }
    }

    #[test]
    fn flaws() {
        for (text, cell, flaw) in [
            ("a,b\"c,d", 1, Flaw::QuoteInside),
            ("a, \"b\",d", 1, Flaw::QuoteInside),
            ("\"a\"b,c", 0, Flaw::TextAfterQuote),
            ("a,\"b\nc", 1, Flaw::NeverClosed),
            ("x,123456789012345678901,y", 1, Flaw::TooLong),
        ] {
            for piece in 1..=text.len() {
                assert_eq!(records(text, piece).last().map(|(_, flaws)| flaws.clone()), Some(vec![(cell, flaw)]), "{text} in {piece}");
            }
        }
    }
}
