use std::io::{Read, Write};

use flate2::write::{GzEncoder, MultiGzDecoder};
use flate2::{Compression, Crc, GzBuilder, bufread};
use skubill_component::fault::Faults;
use skubill_component::limit::Limits;
use skubill_component::report::unpack::Unpack;

use super::Fate;

/// The first bytes of each member.
pub const MAGIC: [u8; 2] = [0x1f, 0x8b];

/// Text that DEFLATE makes of a few bytes is as good as endless from here on.
const TEXT_BYTES_MAX: u64 = 1 << 20;

/// A file is unpacked as the library unpacks it, in any pieces, or refused where it refuses; what is
/// compressed comes out as it went in; and a DEFLATE stream in a proper file is what it says.
pub fn law(bytes: &[u8]) -> Fate {
    let (first, rest) = bytes.split_first().unwrap_or((&0, b""));
    comes_out_as_it_went_in(rest, *first);
    if let Some((file, text)) = around(bytes) {
        assert_eq!(unpacked(&file, file.len()), Ok(text.clone()), "a stream in a file of ours");
        assert_eq!(unpacked(&file, 1 + usize::from(*first) % 13), Ok(text), "in pieces");
        for broken in [&file[..file.len() - 1], &[&file[..], b"\0x"].concat()] {
            assert!(unpacked(broken, broken.len()).is_err(), "cut off, or with something after its end");
        }
        let padded = [&file[..], &vec![0; 1 + usize::from(*first)]].concat();
        assert_eq!(unpacked(&padded, 5), unpacked(&file, 5), "zero bytes after its end are padding");
    }
    let file = if bytes.starts_with(&MAGIC) { bytes.to_vec() } else { [&MAGIC, bytes].concat() };
    let ours = unpacked(&file, file.len());
    for size in [1, 2 + usize::from(*first) % 61] {
        assert_eq!(unpacked(&file, size), ours, "in pieces of {size}");
    }
    let theirs = library_without_padding(&file);
    assert_eq!(ours.as_ref().ok(), theirs.as_ref().ok(), "ours {:?}, the library's {:?}", ours.as_ref().err(), theirs.as_ref().err());
    Fate::accepted(ours.is_ok())
}

pub fn zipped(text: &[u8], level: u32) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::new(level));
    encoder.write_all(text).expect("in memory");
    encoder.finish().expect("in memory")
}

/// With any fields of a header, at any level, in one member or in three.
fn comes_out_as_it_went_in(text: &[u8], choice: u8) {
    let level = u32::from(choice) % 10;
    let half = text.len() / 2;
    let builder = GzBuilder::new().extra(&text[..half.min(99)]).filename("report.csv").comment(vec![b'c'; usize::from(choice)]);
    let mut encoder = builder.write(Vec::new(), Compression::new(level));
    encoder.write_all(&text[..half]).expect("in memory");
    let members = [encoder.finish().expect("in memory"), zipped(b"", level), zipped(&text[half..], level)];
    assert_eq!(unpacked(&members.concat(), 7), Ok(text.to_vec()), "three members");
    assert_eq!(unpacked(&zipped(text, level), usize::MAX), Ok(text.to_vec()), "one member");
}

/// The text, or what is wrong with the file.
fn unpacked(file: &[u8], size: usize) -> Result<Vec<u8>, String> {
    let limits = Limits { inflated_bytes: 64 * TEXT_BYTES_MAX, ..Limits::default() };
    let (mut text, mut faults, mut unpack) = (Vec::new(), Faults::new(9), Unpack::new(&limits));
    let mut sink = |bytes: &[u8]| text.extend_from_slice(bytes);
    file.chunks(size.max(1)).for_each(|piece| unpack.feed(piece, &mut faults, &mut sink));
    unpack.finish(&mut faults, &mut sink);
    match faults.list.as_slice() {
        [] => Ok(text),
        [fault] => Err(fault.found.clone()),
        several => panic!("one flaw ends a file: {several:?}"),
    }
}

/// Zero bytes of a member's end: the last of an empty stream, its checksum and its length.
const ZERO_BYTES_MAX: usize = 9;

/// What the library reads, which takes zero bytes after the last member for a broken one.
fn library_without_padding(file: &[u8]) -> Result<Vec<u8>, String> {
    let end = file.iter().rposition(|byte| *byte != 0).map_or(0, |at| at + 1);
    let ends = end..file.len().min(end + ZERO_BYTES_MAX + 1);
    ends.map(|end| library(&file[..end])).find(Result::is_ok).unwrap_or_else(|| library(file))
}

fn library(file: &[u8]) -> Result<Vec<u8>, String> {
    let mut decoder = MultiGzDecoder::new(Vec::new());
    decoder.write_all(file).and_then(|()| decoder.try_finish()).map_err(|error| error.to_string())?;
    Ok(std::mem::take(decoder.get_mut()))
}

/// A file around the DEFLATE stream that the bytes begin with, if they do, and its text.
fn around(bytes: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let mut decoder = bufread::DeflateDecoder::new(bytes);
    let mut text = Vec::new();
    decoder.by_ref().take(TEXT_BYTES_MAX + 1).read_to_end(&mut text).ok().filter(|length| *length as u64 <= TEXT_BYTES_MAX)?;
    let stream = &bytes[..usize::try_from(decoder.total_in()).ok()?];
    let mut check = Crc::new();
    check.update(&text);
    let header = b"\x1f\x8b\x08\0\0\0\0\0\0\xff";
    let file = [header, stream, &check.sum().to_le_bytes(), &check.amount().to_le_bytes()].concat();
    Some((file, text))
}
