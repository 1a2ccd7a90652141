//! An incremental JSON tokenizer that keeps the text of numbers.

pub mod tree;

use json_event_parser::{JsonEvent, LowLevelJsonParser};

/// One token. Strings and keys are unescaped, numbers are their text as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Token<'a> {
    /// An object begins.
    StartObject,
    /// An object ends.
    EndObject,
    /// A list begins.
    StartList,
    /// A list ends.
    EndList,
    /// A key of an object.
    Key(&'a str),
    /// A string.
    Text(&'a str),
    /// A number, as it is written.
    Number(&'a str),
    /// A truth value.
    Bool(bool),
    /// `null`.
    Null,
}

/// Why reading ended early.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Flaw {
    /// What is wrong, on which line (from 1) and at which byte of it (from 1).
    Syntax {
        /// What is wrong, for a person.
        message: String,
        /// The line, from 1.
        line: u64,
        /// The byte of the line, from 1.
        column: u64,
    },
    /// More levels than the limit.
    TooDeep,
    /// A string longer than the limit.
    TooLong,
}

/// What a fault says of a flaw: what was found, and what was expected.
pub fn describe(flaw: &Flaw, depth_max: u64, cell_bytes_max: u64) -> (String, String) {
    match flaw {
        Flaw::Syntax { message, line, column } => (format!("{message}, line {line}, byte {column}"), "JSON in UTF-8".into()),
        Flaw::TooDeep => (format!("JSON nested deeper than {depth_max}"), format!("at most {depth_max} levels (limit depth)")),
        Flaw::TooLong => {
            (format!("a string of more than {cell_bytes_max} bytes"), format!("at most {cell_bytes_max} bytes (limit cell_bytes)"))
        }
    }
}

/// The longest escape of one byte of text, `\u0041`.
const ESCAPE_BYTES: usize = 6;

/// A tokenizer that is fed pieces of any size.
pub struct Json {
    parser: LowLevelJsonParser,
    pending: Vec<u8>,
    depth: u64,
    depth_max: u64,
    cell_bytes_max: usize,
}

impl Json {
    /// A tokenizer that refuses deeper nesting and longer strings.
    pub fn new(depth_max: u64, cell_bytes_max: u64) -> Self {
        Json {
            parser: LowLevelJsonParser::new(),
            pending: Vec::new(),
            depth: 0,
            depth_max,
            cell_bytes_max: usize::try_from(cell_bytes_max).unwrap_or(usize::MAX),
        }
    }

    /// Read on; `each` gets every token that ends in this piece. After a flaw nothing more may be
    /// fed.
    pub fn feed(&mut self, piece: &[u8], each: &mut dyn FnMut(Token<'_>)) -> Result<(), Flaw> {
        self.pending.extend_from_slice(piece);
        self.read(false, each)
    }

    /// The end of the text.
    pub fn finish(&mut self, each: &mut dyn FnMut(Token<'_>)) -> Result<(), Flaw> {
        self.read(true, each)
    }

    fn read(&mut self, ending: bool, each: &mut dyn FnMut(Token<'_>)) -> Result<(), Flaw> {
        let mut at = 0;
        loop {
            let result = self.parser.parse_next(&self.pending[at..], ending);
            at += result.consumed_bytes;
            match result.event {
                Some(Ok(JsonEvent::Eof)) | None => break,
                Some(Ok(event)) => token(&event, &mut self.depth, self.depth_max, self.cell_bytes_max, each)?,
                Some(Err(error)) => {
                    let start = error.location().start;
                    let message = error.message().replace(|c: char| c.is_control(), "\u{fffd}");
                    return Err(Flaw::Syntax { message, line: start.line + 1, column: start.column + 1 });
                }
            }
        }
        self.pending.drain(..at);
        let bound = self.cell_bytes_max.saturating_add(2).saturating_mul(ESCAPE_BYTES);
        if self.pending.len() > bound { Err(Flaw::TooLong) } else { Ok(()) }
    }
}

fn token(event: &JsonEvent<'_>, depth: &mut u64, depth_max: u64, bytes_max: usize, each: &mut dyn FnMut(Token<'_>)) -> Result<(), Flaw> {
    let token = match event {
        JsonEvent::StartObject | JsonEvent::StartArray => {
            *depth += 1;
            if *depth > depth_max {
                return Err(Flaw::TooDeep);
            }
            if matches!(event, JsonEvent::StartObject) { Token::StartObject } else { Token::StartList }
        }
        JsonEvent::EndObject | JsonEvent::EndArray => {
            *depth -= 1;
            if matches!(event, JsonEvent::EndObject) { Token::EndObject } else { Token::EndList }
        }
        JsonEvent::ObjectKey(text) => Token::Key(bounded(text, bytes_max)?),
        JsonEvent::String(text) => Token::Text(bounded(text, bytes_max)?),
        JsonEvent::Number(text) => Token::Number(bounded(text, bytes_max)?),
        JsonEvent::Boolean(value) => Token::Bool(*value),
        JsonEvent::Null => Token::Null,
        JsonEvent::Eof => return Ok(()),
    };
    each(token);
    Ok(())
}

fn bounded(text: &str, bytes_max: usize) -> Result<&str, Flaw> {
    if text.len() > bytes_max { Err(Flaw::TooLong) } else { Ok(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &[u8], piece: usize) -> (Vec<String>, Result<(), Flaw>) {
        let mut found = Vec::new();
        let mut each = |token: Token<'_>| found.push(format!("{token:?}"));
        let mut json = Json::new(4, 12);
        let mut result = Ok(());
        for piece in text.chunks(piece) {
            result = result.and_then(|()| json.feed(piece, &mut each));
        }
        result = result.and_then(|()| json.finish(&mut each));
        (found, result)
    }

    #[test]
    fn tokens_in_any_pieces() {
        let text = "{\"a\\u00e9\": [1.50, -2e+3, true, null, \"\\ud83d\\ude00\"], \"b\": {}}\r\n".as_bytes();
        let whole = tokens(text, text.len());
        assert_eq!(whole.1, Ok(()));
        assert!(whole.0.contains(&"Number(\"1.50\")".to_string()) && whole.0.contains(&"Key(\"aé\")".to_string()));
        for piece in 1..text.len() {
            assert_eq!(tokens(text, piece), whole, "pieces of {piece}");
        }
    }

    #[test]
    fn flaws_and_never_a_panic() {
        assert_eq!(tokens(b"[[[[[1]]]]]", 3).1, Err(Flaw::TooDeep));
        assert_eq!(tokens(b"\"1234567890123\"", 99).1, Err(Flaw::TooLong));
        for text in [
            &b"{"[..],
            b"[1,]",
            b"[01]",
            b"[1 2]",
            b"{\"a\" 1}",
            b"[NaN]",
            b"\"\\ud800\"",
            b"[\"\xff\"]",
            b"[1] x",
            b"",
            b"[tru",
            b"{1:2}",
            b"[\"a\nb\"]",
            b"-",
        ] {
            for piece in 1..=text.len().max(1) {
                assert!(matches!(tokens(text, piece).1, Err(Flaw::Syntax { .. })), "{text:?} in {piece}");
            }
        }
    }
}
