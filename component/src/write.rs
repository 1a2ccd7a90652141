//! JSON that is safe to print and bounded in size.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter};

use crate::text::is_unprintable;

/// Compact JSON in which characters that act on a terminal are escaped: a tenant's name cannot move a cursor or change
/// the direction of text.
struct Printable;

impl Formatter for Printable {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        // Nearly every text: no need to look at it character by character.
        if fragment.bytes().all(|b| matches!(b, b' '..=b'~')) {
            return writer.write_all(fragment.as_bytes());
        }
        for part in fragment.split_inclusive(is_unprintable) {
            CompactFormatter.write_string_fragment(writer, part.trim_end_matches(is_unprintable))?;
            if let Some(c) = part.chars().next_back().filter(|c| is_unprintable(*c)) {
                // All of them are below U+10000: one escape is enough.
                write!(writer, "\\u{:04x}", u32::from(c))?;
            }
        }
        Ok(())
    }
}

/// Counts bytes, keeps them if asked to, and refuses more than the limit.
struct Bounded {
    kept: Option<Vec<u8>>,
    room: u64,
}

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_all(bytes).map(|()| bytes.len())
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.room = self.room.checked_sub(bytes.len() as u64).ok_or(io::ErrorKind::StorageFull)?;
        match (&mut self.kept, bytes) {
            // Half of all writes: a quote, a colon, a comma.
            (Some(kept), [byte]) => kept.push(*byte),
            (Some(kept), _) => kept.extend_from_slice(bytes),
            (None, _) => {}
        }
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn write<T: Serialize>(value: &T, kept: Option<Vec<u8>>, bytes_max: u64) -> Option<Bounded> {
    let mut bounded = Bounded { kept, room: bytes_max };
    value.serialize(&mut serde_json::Serializer::with_formatter(&mut bounded, Printable)).ok()?;
    Some(bounded)
}

/// A value as JSON; none where it would take more than `bytes_max`.
pub fn json<T: Serialize>(value: &T, bytes_max: u64) -> Option<String> {
    write(value, Some(Vec::new()), bytes_max)?.kept.and_then(|bytes| String::from_utf8(bytes).ok())
}

/// Whether a value's JSON takes no more than `bytes_max`.
pub fn fits<T: Serialize>(value: &T, bytes_max: u64) -> bool {
    write(value, None, bytes_max).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_acts_on_a_terminal_is_escaped() {
        let name = "Müller \"& Söhne\"\u{1b}[2J\u{202e}\u{9b}\u{7f}\u{feff}漢";
        let text = json(&name, 1000).expect("fits");
        assert_eq!(text, "\"Müller \\\"& Söhne\\\"\\u001b[2J\\u202e\\u009b\\u007f\\ufeff漢\"");
        assert_eq!(serde_json::from_str::<String>(&text).expect("JSON"), name);
    }

    #[test]
    fn an_answer_is_bounded() {
        assert_eq!(json(&"12345", 7).as_deref(), Some("\"12345\""));
        assert_eq!(json(&"12345", 6), None);
        assert!(fits(&"12345", 7) && !fits(&"12345", 6));
    }
}
