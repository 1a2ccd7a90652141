//! gzip files: members one after another, unpacked by flate2, and zero bytes after the last one.
//!
//! Own code around the library: its reader of several members reports padding as a broken member.

use std::io::{self, Write};

use flate2::write::GzDecoder;

/// The first bytes of each member.
pub const MAGIC: [u8; 2] = [0x1f, 0x8b];

/// Unpacks a file that comes in pieces, member after member. The library checks the CRC and the length of each.
pub struct Gunzip {
    member: GzDecoder<Vec<u8>>,
    /// The last member has ended: zero bytes may follow, since tapes and downloads fill up their last block.
    padding: bool,
}

impl Gunzip {
    /// An unpacker of a file that begins with a member.
    pub fn new() -> Self {
        Gunzip { member: GzDecoder::new(Vec::new()), padding: false }
    }

    /// Unpack a piece, of any size, on to `text`. After an error the file is corrupt, and nothing more may be fed; the
    /// text up to the flaw has been unpacked.
    pub fn feed(&mut self, piece: &[u8], text: &mut Vec<u8>) -> io::Result<()> {
        let result = self.read(piece).and_then(|()| self.drain());
        text.append(self.member.get_mut());
        result
    }

    /// The library buffers text until more is fed: limits must see all text of the bytes fed so far.
    fn drain(&mut self) -> io::Result<()> {
        loop {
            let before = self.member.get_ref().len();
            // No byte is given, so that none is left over.
            let _none = self.member.write(&[])?;
            if self.member.get_ref().len() == before {
                return Ok(());
            }
        }
    }

    fn read(&mut self, mut piece: &[u8]) -> io::Result<()> {
        while let Some(first) = piece.first() {
            if self.padding {
                let is_zero = piece.iter().all(|byte| *byte == 0);
                return if is_zero { Ok(()) } else { Err(io::Error::new(io::ErrorKind::InvalidInput, "invalid gzip header")) };
            }
            match self.member.write(piece)? {
                // The member has ended before this piece.
                0 => {
                    self.member.try_finish()?;
                    self.padding = *first == 0;
                    if !self.padding {
                        self.member = GzDecoder::new(std::mem::take(self.member.get_mut()));
                    }
                }
                count => piece = &piece[count..],
            }
        }
        Ok(())
    }

    /// The end of the file: an error where it is not that of a member.
    pub fn finish(&mut self) -> io::Result<()> {
        if self.padding { Ok(()) } else { self.member.try_finish() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::write::{GzEncoder, MultiGzDecoder};
    use flate2::{Compression, GzBuilder};
    use proptest::collection::vec;
    use proptest::option;
    use proptest::prelude::*;

    fn ours(file: &[u8], piece: usize) -> Result<Vec<u8>, String> {
        let (mut gunzip, mut text) = (Gunzip::new(), Vec::new());
        let fed = file.chunks(piece).try_for_each(|piece| gunzip.feed(piece, &mut text));
        fed.and_then(|()| gunzip.finish()).map_err(|error| error.to_string())?;
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
        broken[member.len() - 8] ^= 1;
        assert!(ours(&broken, 7).is_err(), "a wrong check, then padding");
    }

    /// Each field of a header that a gzip file may have, and a check of it that is right or wrong.
    #[test]
    fn headers_with_a_check_and_with_long_names() {
        const CHECK: u8 = 1 << 1;
        const EXTRA: u8 = 1 << 2;
        const NAME: u8 = 1 << 3;
        const COMMENT: u8 = 1 << 4;
        let plain = finished(GzEncoder::new(Vec::new(), Compression::fast()), b"text");
        for (flags, fields, read) in [
            (CHECK, vec![], true),
            (CHECK | EXTRA | NAME | COMMENT, b"\x03\0abcname\0\0".to_vec(), true),
            (NAME, [vec![b'n'; 65_535], vec![0]].concat(), true),
            (NAME, [vec![b'n'; 65_536], vec![0]].concat(), false),
            (COMMENT, vec![b'c'; 65_536], false),
            (EXTRA, b"\xff\xff".to_vec(), false),
            (1 << 5, vec![], false),
        ] {
            let mut header = [&plain[..10], &fields].concat();
            header[3] = flags;
            let mut crc = flate2::Crc::new();
            crc.update(&header);
            for (check, right) in [(crc.sum() as u16, true), (crc.sum() as u16 ^ 1, false)] {
                let check = if flags & CHECK != 0 { check.to_le_bytes().to_vec() } else { Vec::new() };
                let right = right || check.is_empty();
                let file = [&header[..], &check, &plain[10..]].concat();
                assert_eq!(ours(&file, 999).is_ok(), read && right, "flags {flags:x}");
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
