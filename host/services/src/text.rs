//! Names from configurations, services and reports: how they are shown, and when two are the same.

use std::borrow::Cow;
use std::fmt::Write;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Whether a character acts on a terminal or on the direction of text, or is not seen at all.
fn acts(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// Whether it is no letter of anything: what [`acts`], and what joins letters or chooses how they look.
pub(crate) fn is_invisible(c: char) -> bool {
    acts(c) || matches!(c, '\u{200c}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}')
}

/// Text without characters that act on a terminal, each shown by its code, line breaks aside: a name is data, and stays it.
pub fn printable(text: &str) -> String {
    shown(text, |c, shown| {
        let _ = write!(shown, "\\u{{{:x}}}", u32::from(c));
    })
}

/// JSON that says the same, with such characters escaped: they stand nowhere but in its strings.
pub fn json(text: &str) -> String {
    shown(text, |c, shown| {
        for unit in c.encode_utf16(&mut [0; 2]) {
            let _ = write!(shown, "\\u{unit:04x}");
        }
    })
}

fn shown(text: &str, escape: impl Fn(char, &mut String)) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if c != '\n' && acts(c) { escape(c, &mut shown) } else { shown.push(c) }
    }
    shown
}

/// A text on one line: as [`printable`], and a line break is shown by its code too.
pub fn one_line(text: &str) -> String {
    printable(text).replace('\n', "\\u{a}")
}

/// A name between quotation marks, on one line. A mark that would combine with the quotation mark before it gets a
/// circle to stand on.
pub fn quoted(name: &str) -> String {
    let base = if name.starts_with(is_combining_mark) { "\u{25cc}" } else { "" };
    format!("\"{base}{}\"", one_line(name))
}

/// Whether two names are the same: white space around them aside, and however their accents are composed.
pub fn same(one: &str, other: &str) -> bool {
    one.trim().nfc().eq(other.trim().nfc())
}

/// What a name has to be to serve as a key elsewhere: its characters in their usual form and composed, none of them
/// invisible, white space but single spaces inside.
pub fn canonical(name: &str) -> String {
    let visible = |c: &char| c.is_whitespace() || !is_invisible(*c);
    let plain: String = name.chars().filter(visible).nfkc().filter(visible).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A name as a database may compare it: without case and accents.
pub fn folded(name: &str) -> String {
    canonical(name).nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_uppercase).collect()
}

/// At most so many characters of a text, and a sign that there are more.
pub fn cut(text: &str, chars_max: usize) -> Cow<'_, str> {
    match text.char_indices().nth(chars_max) {
        Some((end, _)) => Cow::Owned(format!("{}…", &text[..end])),
        None => Cow::Borrowed(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_shown_as_it_is_and_moves_nothing() {
        assert_eq!(quoted("Ångström \"Labs\""), "\"Ångström \"Labs\"\"");
        assert_eq!(quoted("देवनागरी ไทย"), "\"देवनागरी ไทย\"");
        assert_eq!(quoted("\u{301}a"), "\"\u{25cc}\u{301}a\"");
        assert_eq!(quoted("a\u{1b}[2J\nb\u{202e}\u{200b}\u{ad}"), "\"a\\u{1b}[2J\\u{a}b\\u{202e}\\u{200b}\\u{ad}\"");
        assert_eq!(json("\"a\u{7}\u{e0041}\""), "\"a\\u0007\\udb40\\udc41\"");
        assert_eq!((cut("äöü", 3), cut("äöü", 2)), ("äöü".into(), "äö…".into()));
    }

    #[test]
    fn names_are_the_same_however_they_are_composed() {
        assert!(same("Zoë", " Zoe\u{308}\n") && same("देव", "देव") && same("", " "));
        assert!(!same("Zoë", "Zoe") && !same("a", "A"));
    }

    #[test]
    fn a_canonical_name_is_what_is_seen_of_it() {
        for (name, canonical_name) in [
            ("AMAZON ", "AMAZON"),
            ("AMAZON\u{a0}", "AMAZON"),
            ("\u{200b}AMA\u{200d}ZON\u{feff}", "AMAZON"),
            ("ＡＭＡＺＯＮ", "AMAZON"),
            ("𝐀𝐌𝐀𝐙𝐎𝐍", "AMAZON"),
            ("ONPREMISE\t", "ONPREMISE"),
            ("ON\u{0}PREMISE", "ONPREMISE"),
            ("my\u{3000} cloud", "my cloud"),
            ("Zoe\u{308}", "Zoë"),
            ("ACRONIS", "ACRONIS"),
        ] {
            assert_eq!(canonical(name), canonical_name);
            assert_eq!(canonical(canonical_name), canonical_name);
        }
        assert_eq!((folded("ámazoń"), folded("azure-ſt")), ("AMAZON".into(), "AZURE-ST".into()));
    }
}
