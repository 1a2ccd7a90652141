//! gzip (RFC 1952): headers, checks and lengths around DEFLATE, which a library unpacks.
//!
//! Own code, because the libraries for it carry tables and readers of which nothing else here has
//! a use: a twentieth of the component.

use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::inflate_flags::TINFL_FLAG_HAS_MORE_INPUT;
use miniz_oxide::inflate::core::{DecompressorOxide, decompress};

mod crc;

use crc::{Crc, Tables};

/// The first bytes of each member.
pub const MAGIC: [u8; 2] = [0x1f, 0x8b];

/// What DEFLATE may refer back to.
const WINDOW_BYTES: usize = 32 << 10;

const FIXED_BYTES: usize = 10;
const TRAILER_BYTES: usize = 8;
const DEFLATE: u8 = 8;
const HEADER_CRC: u8 = 1 << 1;
const EXTRA: u8 = 1 << 2;
const NAME: u8 = 1 << 3;
const COMMENT: u8 = 1 << 4;
const RESERVED: u8 = 0xe0;

/// The longest name or comment, so that what is kept of a header is bounded.
const NAME_BYTES_MAX: usize = 65_535;

/// What is wrong with a file, in words.
pub type Flaw = &'static str;

const NO_HEADER: Flaw = "invalid gzip header";
const LONG_HEADER: Flaw = "gzip header field too long";
const NO_DEFLATE: Flaw = "corrupt deflate stream";
const INCOMPLETE: Flaw = "incomplete deflate stream";
const OTHER_CHECK: Flaw = "corrupt gzip stream does not have a matching checksum";

/// Unpacks a file that comes in pieces, member after member.
pub struct Gunzip {
    part: Part,
    /// The bytes of a header or trailer, until it is complete.
    kept: Vec<u8>,
    inflate: Box<DecompressorOxide>,
    window: Box<[u8; WINDOW_BYTES]>,
    /// Where in the window the next byte goes.
    at: usize,
    tables: Tables,
    crc: Crc,
    /// How long the member's text is, in 32 bits.
    length: u32,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Header,
    Body,
    Trailer,
    /// Zero bytes after the last member: tapes and downloads fill up their last block.
    Padding,
}

impl Gunzip {
    pub fn new() -> Self {
        Gunzip {
            part: Part::Header,
            kept: Vec::new(),
            inflate: Box::default(),
            window: Box::new([0; WINDOW_BYTES]),
            at: 0,
            tables: Tables::new(),
            crc: Crc::default(),
            length: 0,
        }
    }

    /// Unpack a piece, of any size, on to `text`.
    pub fn feed(&mut self, mut piece: &[u8], text: &mut Vec<u8>) -> Result<(), Flaw> {
        while !piece.is_empty() {
            match self.part {
                Part::Header => {
                    let before = self.kept.len();
                    self.kept.extend_from_slice(piece);
                    let Some(length) = header_bytes(&self.kept, &self.tables)? else {
                        return Ok(());
                    };
                    piece = &piece[length - before..];
                    self.part = Part::Body;
                    self.kept.clear();
                }
                Part::Body => self.inflate(&mut piece, text)?,
                Part::Trailer if self.kept.len() < TRAILER_BYTES => {
                    let taken = piece.len().min(TRAILER_BYTES - self.kept.len());
                    self.kept.extend_from_slice(&piece[..taken]);
                    piece = &piece[taken..];
                }
                Part::Padding => return if piece.iter().all(|byte| *byte == 0) { Ok(()) } else { Err(NO_HEADER) },
                Part::Trailer if piece[0] == 0 => {
                    self.finish()?;
                    self.part = Part::Padding;
                }
                // Whatever else comes after a member has to be another.
                Part::Trailer => {
                    self.finish()?;
                    self.part = Part::Header;
                    self.kept.clear();
                    self.inflate.init();
                    self.window.fill(0);
                    (self.at, self.crc, self.length) = (0, Crc::default(), 0);
                }
            }
        }
        Ok(())
    }

    /// The end of the file: was it that of a member?
    pub fn finish(&self) -> Result<(), Flaw> {
        if self.part == Part::Padding {
            return Ok(());
        }
        if self.part != Part::Trailer {
            return Err(INCOMPLETE);
        }
        let expected = [self.crc.value().to_le_bytes(), self.length.to_le_bytes()];
        if self.kept == *expected.as_flattened() { Ok(()) } else { Err(OTHER_CHECK) }
    }

    fn inflate(&mut self, piece: &mut &[u8], text: &mut Vec<u8>) -> Result<(), Flaw> {
        loop {
            let (status, consumed, written) =
                decompress(&mut self.inflate, piece, &mut self.window[..], self.at, TINFL_FLAG_HAS_MORE_INPUT);
            *piece = &piece[consumed..];
            if !matches!(status, TINFLStatus::Done | TINFLStatus::NeedsMoreInput | TINFLStatus::HasMoreOutput) {
                return Err(NO_DEFLATE);
            }
            let inflated = &self.window[self.at..self.at + written];
            self.crc.add(inflated, &self.tables);
            self.length = self.length.wrapping_add(written as u32);
            text.extend_from_slice(inflated);
            self.at = (self.at + written) % WINDOW_BYTES;
            match status {
                TINFLStatus::HasMoreOutput => {}
                TINFLStatus::Done => {
                    self.part = Part::Trailer;
                    return Ok(());
                }
                _ => return Ok(()),
            }
        }
    }
}

/// How long the header is that the bytes begin with; none where it goes on after them.
fn header_bytes(bytes: &[u8], tables: &Tables) -> Result<Option<usize>, Flaw> {
    let Some(fixed) = bytes.first_chunk::<FIXED_BYTES>() else {
        return Ok(None);
    };
    let flags = fixed[3];
    if fixed[..2] != MAGIC || fixed[2] != DEFLATE || flags & RESERVED != 0 {
        return Err(NO_HEADER);
    }
    let mut at = FIXED_BYTES;
    if flags & EXTRA != 0 {
        let Some(length) = bytes[at..].first_chunk() else {
            return Ok(None);
        };
        at += 2 + usize::from(u16::from_le_bytes(*length));
    }
    for flag in [NAME, COMMENT] {
        if flags & flag != 0 {
            let Some(rest) = bytes.get(at..) else {
                return Ok(None);
            };
            let length = rest.iter().position(|b| *b == 0);
            if length.unwrap_or(rest.len()) > NAME_BYTES_MAX {
                return Err(LONG_HEADER);
            }
            let Some(length) = length else {
                return Ok(None);
            };
            at += length + 1;
        }
    }
    if flags & HEADER_CRC != 0 {
        let Some(expected) = bytes.get(at..).and_then(<[u8]>::first_chunk) else {
            return Ok(None);
        };
        let mut crc = Crc::default();
        crc.add(&bytes[..at], tables);
        if crc.value() as u16 != u16::from_le_bytes(*expected) {
            return Err(OTHER_CHECK);
        }
        at += 2;
    }
    Ok((at <= bytes.len()).then_some(at))
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::write::{GzEncoder, MultiGzDecoder};
    use flate2::{Compression, GzBuilder};
    use proptest::collection::vec;
    use proptest::option;
    use proptest::prelude::*;
    use std::io::Write;

    fn ours(file: &[u8], piece: usize) -> Result<Vec<u8>, String> {
        let (mut gunzip, mut text) = (Gunzip::new(), Vec::new());
        file.chunks(piece).try_for_each(|piece| gunzip.feed(piece, &mut text)).and_then(|()| gunzip.finish()).map_err(str::to_string)?;
        Ok(text)
    }

    fn theirs(file: &[u8]) -> Result<Vec<u8>, String> {
        let mut decoder = MultiGzDecoder::new(Vec::new());
        decoder.write_all(file).and_then(|()| decoder.try_finish()).map_err(|error| error.to_string())?;
        Ok(std::mem::take(decoder.get_mut()))
    }

    fn finished(mut encoder: GzEncoder<Vec<u8>>, text: &[u8]) -> Vec<u8> {
        encoder.write_all(text).expect("in memory");
        encoder.finish().expect("in memory")
    }

    fn member() -> impl Strategy<Value = Vec<u8>> {
        let parts = (option::of(vec(any::<u8>(), 0..9)), option::of("[a-z]{0,9}"), option::of("[a-z]{0,9}"), vec(0u8..4, 0..200), 0u32..10);
        parts.prop_map(|(extra, name, comment, text, level)| {
            let builder = extra.into_iter().fold(GzBuilder::new(), GzBuilder::extra);
            let builder = name.into_iter().fold(builder, GzBuilder::filename);
            let builder = comment.into_iter().fold(builder, GzBuilder::comment);
            finished(builder.write(Vec::new(), Compression::new(level)), &text)
        })
    }

    /// What the library reads, which takes zero bytes after the last member for a broken one.
    fn without_padding(file: &[u8]) -> &[u8] {
        let end = file.iter().rposition(|byte| *byte != 0).map_or(0, |at| at + 1);
        // A trailer may end in zero bytes of its own.
        (end..=file.len()).map(|end| &file[..end]).find(|file| theirs(file).is_ok()).unwrap_or(file)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2048))]

        #[test]
        fn files_are_read_as_the_library_reads_them(members in vec(member(), 1..4), piece in 1usize..50, at: prop::sample::Index, to: u8, change in 0..4) {
            let mut file = members.concat();
            let at = at.index(file.len());
            match change {
                0 => file[at] = to,
                1 => file.truncate(at),
                2 => file.push(to),
                _ => {}
            }
            prop_assert_eq!(ours(&file, piece), theirs(without_padding(&file)));
        }
    }

    #[test]
    fn zero_bytes_after_the_last_member_are_padding_and_nothing_else_is() {
        let member = finished(GzEncoder::new(Vec::new(), Compression::fast()), b"text");
        for (tail, read) in [
            (vec![0], true),
            (vec![0; 5000], true),
            (member.clone(), true),
            ([member.clone(), vec![0; 9]].concat(), true),
            ([vec![0], member.clone()].concat(), false),
            ([vec![0; 4095], vec![1]].concat(), false),
            (b"x".to_vec(), false),
        ] {
            let file = [&member[..], &tail].concat();
            for piece in [1, 7, 4096, file.len()] {
                assert_eq!(ours(&file, piece).is_ok(), read, "{} bytes after the member, in pieces of {piece}", tail.len());
            }
        }
        let mut broken = [&member[..], &[0; 9]].concat();
        broken[member.len() - TRAILER_BYTES] ^= 1;
        assert!(ours(&broken, 7).is_err(), "a wrong check, then padding");
    }

    #[test]
    fn headers_with_a_check_and_with_long_names() {
        let plain = finished(GzEncoder::new(Vec::new(), Compression::fast()), b"text");
        for (flags, fields) in [
            (HEADER_CRC, vec![]),
            (HEADER_CRC | EXTRA | NAME | COMMENT, b"\x03\0abcname\0\0".to_vec()),
            (NAME, [vec![b'n'; NAME_BYTES_MAX], vec![0]].concat()),
            (NAME, [vec![b'n'; NAME_BYTES_MAX + 1], vec![0]].concat()),
            (COMMENT, vec![b'c'; NAME_BYTES_MAX + 1]),
            (EXTRA, b"\xff\xff".to_vec()),
        ] {
            let mut header = [&plain[..FIXED_BYTES], &fields].concat();
            header[3] = flags;
            let mut crc = Crc::default();
            crc.add(&header, &Tables::new());
            for check in [crc.value() as u16, crc.value() as u16 ^ 1] {
                let check = if flags & HEADER_CRC != 0 { check.to_le_bytes().to_vec() } else { Vec::new() };
                let file = [&header[..], &check, &plain[FIXED_BYTES..]].concat();
                assert_eq!(ours(&file, 999), theirs(&file), "flags {flags:x}");
            }
        }
    }

    #[test]
    fn long_texts_wrap_the_window() {
        let text: Vec<u8> = (0..300_000u32).flat_map(|n| (n.wrapping_mul(n) >> 7).to_le_bytes()).collect();
        let file = [
            finished(GzEncoder::new(Vec::new(), Compression::best()), &text),
            finished(GzEncoder::new(Vec::new(), Compression::none()), &text),
        ]
        .concat();
        assert_eq!(ours(&file, 4096), Ok([&text[..], &text].concat()));
    }
}
