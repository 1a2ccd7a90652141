//! Bytes that could not be understood, kept so that the error itself shows what a service has changed.

use std::fmt;

use crate::text::is_invisible;

/// How much of an answer an error carries: 4 KiB, enough for a JSON error or the head of an HTML page, and
/// little enough to stand in a log.
const EXCERPT_BYTES_MAX: usize = 4 << 10;

/// How many characters of it `Display` shows: about four lines of a terminal.
const SHOWN_CHARS_MAX: usize = 300;

/// The beginning of an answer, as text: invalid UTF-8 is replaced. `Display` shows one line of it, without
/// control or bidirectional characters, so that a hostile answer cannot write to a terminal.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Excerpt {
    text: String,
    bytes: usize,
}

impl Excerpt {
    pub fn of(bytes: &[u8]) -> Self {
        let kept = &bytes[..bytes.len().min(EXCERPT_BYTES_MAX)];
        Self { text: String::from_utf8_lossy(kept).into_owned(), bytes: bytes.len() }
    }

    /// What was kept (the first 4 KiB), raw: not for terminals.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// How many bytes there were.
    pub fn bytes(&self) -> usize {
        self.bytes
    }
}

impl fmt::Display for Excerpt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.text.trim().is_empty() {
            return f.write_str("an empty body");
        }
        let line = one_line(&self.text);
        let shown: String = line.chars().take(SHOWN_CHARS_MAX).collect();
        let more = if shown.len() < line.len() || self.bytes > EXCERPT_BYTES_MAX { "…" } else { "" };
        write!(f, "“{shown}{more}” ({} bytes)", self.bytes)
    }
}

impl fmt::Debug for Excerpt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Text of a service on one line, without characters that steer a terminal.
pub fn one_line(text: &str) -> String {
    let spaced: String = text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).filter(|c| !is_invisible(*c)).collect();
    spaced.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}
