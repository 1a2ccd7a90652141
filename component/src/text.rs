//! White space and UTF-8, the same for every input.

/// White space around a cell, a header name or a JSON string is not part of it.
pub const fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | 0x0b | 0x0c)
}

/// Text without the white space around it.
pub fn trim(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_ascii() && is_space(c as u8))
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
    fn trims_what_the_rules_name_and_nothing_else() {
        assert_eq!(trim(" \t\r\n\u{b}\u{c}a b\u{a0} "), "a b\u{a0}");
        assert_eq!(trim_start(b" \n{"), b"{");
        assert_eq!(strip_byte_order_mark(b"\xef\xbb\xbf\xef\xbb\xbf"), BYTE_ORDER_MARK);
    }
}
