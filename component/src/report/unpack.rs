//! Decompression: gzip is recognized by its first bytes, a bomb by its ratio.

use std::io;

use crate::fault::{Faults, Input, Place};
use crate::limit::{INFLATED_RATIO_FROM, Limits};
use crate::report::gzip::{Gunzip, MAGIC};

/// Compressed bytes are inflated in blocks of this size, counted from the report's start: the
/// ratio is judged at the same bytes however the report was fed, and a block of a bomb (DEFLATE
/// reaches 1032 times) stays a few megabytes.
const BLOCK_BYTES: usize = 4096;

/// Unpacks the bytes of a report to its text.
pub struct Unpack {
    compressed_bytes_max: u64,
    inflated_bytes_max: u64,
    ratio_max: u64,
    compressed_bytes: u64,
    inflated_bytes: u64,
    block: Vec<u8>,
    gzip: Option<Gunzip>,
    decided: bool,
    /// A fault ended reading.
    pub dead: bool,
}

impl Unpack {
    /// An unpacker of a report that has not begun.
    pub fn new(limits: &Limits) -> Self {
        Unpack {
            compressed_bytes_max: limits.compressed_bytes,
            inflated_bytes_max: limits.inflated_bytes,
            ratio_max: limits.inflated_ratio,
            compressed_bytes: 0,
            inflated_bytes: 0,
            block: Vec::new(),
            gzip: None,
            decided: false,
            dead: false,
        }
    }

    /// A piece of the report; `text` gets what it inflates to.
    pub fn feed(&mut self, mut piece: &[u8], faults: &mut Faults, text: &mut dyn FnMut(&[u8])) {
        while !piece.is_empty() && !self.dead {
            let whole = self.whole(piece);
            if whole > 0 {
                self.inflated_bytes += whole as u64;
                text(&piece[..whole]);
                piece = &piece[whole..];
                continue;
            }
            let wanted = if self.decided { BLOCK_BYTES } else { MAGIC.len() };
            let taken = piece.len().min(wanted - self.block.len());
            self.block.extend_from_slice(&piece[..taken]);
            piece = &piece[taken..];
            if self.block.len() < wanted {
                return;
            }
            if !self.decided {
                self.decide();
            } else {
                self.flush(faults, text);
            }
        }
    }

    /// How much of a piece is whole blocks of plain text, within the limit: handed on as it is.
    fn whole(&self, piece: &[u8]) -> usize {
        let whole = piece.len() - piece.len() % BLOCK_BYTES;
        let passes = self.decided && self.gzip.is_none() && self.block.is_empty();
        if passes && self.inflated_bytes + whole as u64 <= self.inflated_bytes_max { whole } else { 0 }
    }

    /// The end of the report.
    pub fn finish(&mut self, faults: &mut Faults, text: &mut dyn FnMut(&[u8])) {
        if self.dead {
            return;
        }
        self.flush(faults, text);
        let result = self.gzip.as_mut().map_or(Ok(()), Gunzip::finish);
        if let (false, Err(flaw)) = (self.dead, result) {
            self.corrupt(&flaw, faults);
        }
    }

    fn decide(&mut self) {
        self.decided = true;
        if self.block == MAGIC {
            self.gzip = Some(Gunzip::new());
        }
    }

    fn flush(&mut self, faults: &mut Faults, text: &mut dyn FnMut(&[u8])) {
        let block = std::mem::take(&mut self.block);
        let Some(gzip) = &mut self.gzip else {
            self.pass(block, faults, text);
            return;
        };
        self.compressed_bytes += block.len() as u64;
        let mut inflated = Vec::new();
        let result = gzip.feed(&block, &mut inflated);
        self.pass(inflated, faults, text);
        if self.dead {
            return;
        }
        if let Err(flaw) = result {
            self.corrupt(&flaw, faults);
        } else if self.compressed_bytes > self.compressed_bytes_max {
            let max = self.compressed_bytes_max;
            self.end(format!("more than {max} compressed bytes"), format!("at most {max} (limit compressed_bytes)"), faults);
        }
    }

    /// Hand on text, unless it is too much.
    fn pass(&mut self, bytes: Vec<u8>, faults: &mut Faults, text: &mut dyn FnMut(&[u8])) {
        self.inflated_bytes += bytes.len() as u64;
        let (inflated, max, ratio) = (self.inflated_bytes, self.inflated_bytes_max, self.ratio_max);
        if inflated > max {
            self.end(format!("more than {max} bytes of text"), format!("at most {max} (limit inflated_bytes)"), faults);
        } else if self.gzip.is_some() && inflated > INFLATED_RATIO_FROM && inflated > ratio.saturating_mul(self.compressed_bytes) {
            let found = format!("gzip that inflates to more than {ratio} times its size");
            self.end(found, format!("at most {ratio} times once past {INFLATED_RATIO_FROM} bytes (limit inflated_ratio)"), faults);
        } else {
            text(&bytes);
        }
    }

    fn corrupt(&mut self, flaw: &io::Error, faults: &mut Faults) {
        self.end(
            format!("gzip that cannot be unpacked: {flaw}"),
            "a complete gzip file, with nothing but zero bytes after its last member".into(),
            faults,
        );
    }

    fn end(&mut self, found: String, expected: String, faults: &mut Faults) {
        self.dead = true;
        faults.add(Input::Report, Place::whole(), found, expected);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::GzEncoder;
    use std::io::Write;

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(text).expect("in memory");
        encoder.finish().expect("in memory")
    }

    fn unpack(bytes: &[u8], piece: usize, limits: &Limits) -> Result<Vec<u8>, String> {
        let (mut text, mut faults, mut unpack) = (Vec::new(), Faults::new(9), Unpack::new(limits));
        let mut sink = |bytes: &[u8]| text.extend_from_slice(bytes);
        for piece in bytes.chunks(piece) {
            unpack.feed(piece, &mut faults, &mut sink);
        }
        unpack.finish(&mut faults, &mut sink);
        if let Some(fault) = faults.list.first() { Err(fault.found.clone()) } else { Ok(text) }
    }

    #[test]
    fn members_one_after_another_in_any_pieces() {
        let text: Vec<u8> = (0..30_000u32).flat_map(|n| (n % 977).to_le_bytes()).collect();
        let bytes = [gzip(&text), gzip(b""), gzip(b"end")].concat();
        let expected = [&text[..], b"end"].concat();
        for piece in [1, 7, 4095, 4096, 4097, bytes.len()] {
            assert_eq!(unpack(&bytes, piece, &Limits::default()), Ok(expected.clone()), "pieces of {piece}");
        }
        assert_eq!(unpack(b"plain", 1, &Limits::default()), Ok(b"plain".to_vec()));
    }

    #[test]
    fn every_truncation_and_every_flipped_bit_is_noticed() {
        let text = b"application.id,name\n1,2\n";
        let bytes = gzip(text);
        for end in 2..bytes.len() {
            assert!(unpack(&bytes[..end], 5, &Limits::default()).is_err(), "cut at {end}");
        }
        for bit in 16..bytes.len() * 8 {
            let mut flipped = bytes.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            // Some bits carry no content: a time, a hint, the padding after the last block.
            if let Ok(read) = unpack(&flipped, 99, &Limits::default()) {
                assert_eq!(read, text, "bit {bit}");
            }
        }
        for tail in [&b"x"[..], b"\0x", b"\x1f", b"\x1f\x8b"] {
            assert!(unpack(&[&bytes[..], tail].concat(), 3, &Limits::default()).is_err(), "{tail:?}");
        }
    }

    #[test]
    fn limits_are_hit() {
        let limits = Limits { inflated_bytes: 10, ..Limits::default() };
        assert_eq!(unpack(b"12345678901", 4, &limits), Err("more than 10 bytes of text".into()));
        assert_eq!(unpack(b"1234567890", 4, &limits), Ok(b"1234567890".to_vec()));
        let limits = Limits { compressed_bytes: 10, ..Limits::default() };
        assert_eq!(unpack(&gzip(b"1234567890"), 4, &limits), Err("more than 10 compressed bytes".into()));
        let bomb = gzip(&vec![b' '; INFLATED_RATIO_FROM as usize + (1 << 20)]);
        let ended = unpack(&bomb, 1 << 16, &Limits::default());
        assert_eq!(ended, Err("gzip that inflates to more than 200 times its size".into()));
    }
}
