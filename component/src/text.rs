//! White space and encodings.

use std::borrow::Cow;

/// Whether a byte is white space, which is trimmed from cells, header names and JSON strings.
pub const fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | 0x0b | 0x0c)
}

/// Text without the white space around it.
#[inline]
pub fn trim(text: &str) -> &str {
    // All white space is below the printable characters: nearly every cell ends here.
    let is_plain = |byte: Option<&u8>| byte.is_none_or(|byte| *byte > b' ');
    if is_plain(text.as_bytes().first()) && is_plain(text.as_bytes().last()) { text } else { trim_spaces(text) }
}

#[inline(never)]
fn trim_spaces(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_ascii() && is_space(c as u8))
}

/// White space in what people type: also what web pages and spreadsheets leave unseen around a text, the
/// no-break space, the zero-width space and the byte-order mark.
const fn is_typed_space(c: char) -> bool {
    matches!(c, '\u{a0}' | '\u{200b}' | '\u{feff}') || c.is_ascii() && is_space(c as u8)
}

/// Text that somebody typed, without the white space around it.
pub fn trim_typed(text: &str) -> &str {
    text.trim_matches(is_typed_space)
}

/// Bytes of what somebody typed, without the white space before them.
pub fn trim_typed_start(bytes: &[u8]) -> &[u8] {
    // Bytes that are no UTF-8 are no white space either.
    let valid = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => std::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or_default(),
    };
    &bytes[valid.len() - valid.trim_start_matches(is_typed_space).len()..]
}

/// Bytes that begin with the byte-order mark of UTF-16 as UTF-8, and all others as they are. The error is
/// where half a character stands.
pub fn from_utf_16(bytes: &[u8]) -> Result<Cow<'_, [u8]>, usize> {
    let (little, rest) = match bytes {
        [0xff, 0xfe, rest @ ..] => (true, rest),
        [0xfe, 0xff, rest @ ..] => (false, rest),
        _ => return Ok(Cow::Borrowed(bytes)),
    };
    let (units, odd) = rest.as_chunks::<2>();
    let unit = |bytes: &[u8; 2]| if little { u16::from_le_bytes(*bytes) } else { u16::from_be_bytes(*bytes) };
    let mut text = String::with_capacity(units.len());
    let mut at = bytes.len() - rest.len();
    for c in char::decode_utf16(units.iter().map(unit)) {
        let c = c.map_err(|_| at)?;
        at += 2 * c.len_utf16();
        text.push(c);
    }
    if odd.is_empty() { Ok(Cow::Owned(text.into_bytes())) } else { Err(at) }
}

/// The text in ASCII lower case and without white space: equal for texts that a person confuses.
pub fn folded(text: &str) -> String {
    text.chars().filter(|c| !is_typed_space(*c)).map(|c| c.to_ascii_lowercase()).collect()
}

/// Whether two texts are equal, eight bytes a step: a WebAssembly module's own comparison takes one.
#[inline]
pub fn same(a: &str, b: &str) -> bool {
    let ((a_words, a_rest), (b_words, b_rest)) = (a.as_bytes().as_chunks::<8>(), b.as_bytes().as_chunks::<8>());
    a.len() == b.len()
        && a_words.iter().zip(b_words).all(|(a, b)| u64::from_le_bytes(*a) == u64::from_le_bytes(*b))
        && a_rest.iter().zip(b_rest).all(|(a, b)| a == b)
}

/// Bytes without the white space before them.
pub fn trim_start(bytes: &[u8]) -> &[u8] {
    let start = bytes.iter().position(|&b| !is_space(b)).unwrap_or(bytes.len());
    &bytes[start..]
}

/// The UTF-8 byte-order mark.
pub const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Bytes without a byte-order mark at their start.
pub fn strip_byte_order_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes)
}

/// Characters that act on a terminal or on the direction of text instead of being read.
pub fn is_unprintable(c: char) -> bool {
    c.is_control() || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// The words of a closed set, for a message: `a, b or c`.
pub fn alternatives<T: Copy>(all: &[T], name: fn(T) -> &'static str) -> String {
    let names: Vec<&str> = all.iter().map(|word| name(*word)).collect();
    match names.split_last() {
        Some((last, others)) if !others.is_empty() => format!("{} or {last}", others.join(", ")),
        _ => names.concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_texts_are_the_same() {
        let text = "sixteen bytes ... and some";
        for end in 0..text.len() {
            for other in 0..text.len() {
                assert_eq!(same(&text[..end], &text[..other]), end == other);
            }
            let mut changed = text.as_bytes()[..=end].to_vec();
            changed[end] ^= 1;
            assert!(!same(&text[..=end], std::str::from_utf8(&changed).expect("ASCII")));
        }
    }

    #[test]
    fn texts_that_a_clerk_takes_for_the_same() {
        assert_eq!(folded(" T-\u{a0}Acme\u{200b}\tÄ1 "), "t-acmeÄ1");
        assert_ne!(folded("T-Äcme"), folded("t-äcme"));
    }

    #[test]
    fn trims_what_the_rules_name_and_nothing_else() {
        assert_eq!(trim(" \t\r\n\u{b}\u{c}a b\u{a0} "), "a b\u{a0}");
        assert_eq!(trim_start(b" \n{"), b"{");
        assert_eq!(trim_typed("\u{feff} \u{a0}\u{200b}a\u{a0}b\u{2003}\u{200b}\t"), "a\u{a0}b\u{2003}");
        assert_eq!(trim_typed_start("\u{a0}\r\n\u{feff}{\u{a0}".as_bytes()), "{\u{a0}".as_bytes());
        assert_eq!(trim_typed_start(b" \xff\xa0"), b"\xff\xa0");
        assert_eq!(trim_typed_start(b" \n"), b"");
    }

    #[test]
    fn utf_16_is_read_by_its_mark() {
        let read = |bytes: &[u8]| from_utf_16(bytes).map(Cow::into_owned);
        assert_eq!(read(b"\xff\xfea\0\xe9\0\x3d\xd8\0\xde"), Ok("aé😀".as_bytes().to_vec()));
        assert_eq!(read(b"\xfe\xff\0a\0\xe9\xd8\x3d\xde\0"), Ok("aé😀".as_bytes().to_vec()));
        assert_eq!(read(b"\xff\xfe"), Ok(Vec::new()));
        assert_eq!(read("aé".as_bytes()), Ok("aé".as_bytes().to_vec()));
        assert_eq!(read(b"\xff\xfea\0b"), Err(4));
        assert_eq!(read(b"\xff\xfea\0\x3d\xd8b\0"), Err(4));
        assert_eq!(strip_byte_order_mark(b"\xef\xbb\xbf\xef\xbb\xbf"), BYTE_ORDER_MARK);
    }
}
