//! White space and UTF-8, the same for every input.

/// White space around a cell, a header name or a JSON string is not part of it.
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
    fn trims_what_the_rules_name_and_nothing_else() {
        assert_eq!(trim(" \t\r\n\u{b}\u{c}a b\u{a0} "), "a b\u{a0}");
        assert_eq!(trim_start(b" \n{"), b"{");
        assert_eq!(strip_byte_order_mark(b"\xef\xbb\xbf\xef\xbb\xbf"), BYTE_ORDER_MARK);
    }
}
