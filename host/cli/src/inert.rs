//! Texts of a CSV file that a spreadsheet does not take for formulas. `sdk/js/src/page/csv.ts` has the same rule, and
//! its test holds it against this one.

use crate::show::one_line;

/// What begins a formula, in ASCII and in every character whose compatibility form (NFKC) begins with one of those: wide
/// forms, which a spreadsheet of East Asia takes for them, small forms, superscripts, subscripts; and the minus sign.
const FORMULA: [char; 22] =
    ['=', '+', '-', '@', '＝', '＋', '－', '＠', '﹦', '﹢', '﹣', '﹫', '−', '⁺', '⁻', '⁼', '₊', '₋', '₌', '﬩', '⩵', '⩶'];

/// Characters that show nothing: Unicode's `Default_Ignorable_Code_Point`.
const IGNORABLE: [(char, char); 17] = [
    ('\u{ad}', '\u{ad}'),
    ('\u{34f}', '\u{34f}'),
    ('\u{61c}', '\u{61c}'),
    ('\u{115f}', '\u{1160}'),
    ('\u{17b4}', '\u{17b5}'),
    ('\u{180b}', '\u{180f}'),
    ('\u{200b}', '\u{200f}'),
    ('\u{202a}', '\u{202e}'),
    ('\u{2060}', '\u{206f}'),
    ('\u{3164}', '\u{3164}'),
    ('\u{fe00}', '\u{fe0f}'),
    ('\u{feff}', '\u{feff}'),
    ('\u{ffa0}', '\u{ffa0}'),
    ('\u{fff0}', '\u{fff8}'),
    ('\u{1bca0}', '\u{1bca3}'),
    ('\u{1d173}', '\u{1d17a}'),
    ('\u{e0000}', '\u{e0fff}'),
];

/// A text that a spreadsheet does not take for a formula: an apostrophe says that it is text. Space and what shows
/// nothing may stand before the formula, since a spreadsheet passes over them. (Tabs and line ends are shown by their
/// codes, and begin nothing.)
pub fn inert(text: &str) -> String {
    let text = one_line(text);
    let blank = |c: char| c.is_whitespace() || IGNORABLE.iter().any(|(first, last)| (*first..=*last).contains(&c));
    if text.trim_start_matches(blank).starts_with(FORMULA) { format!("'{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_starts_a_formula() {
        for (text, cell) in [
            ("=HYPERLINK(\"x\")", "'=HYPERLINK(\"x\")"),
            ("-1+2", "'-1+2"),
            ("﹦1", "'﹦1"),
            ("−1", "'−1"),
            ("\u{a0}=1", "'\u{a0}=1"),
            ("\u{3000} @x", "'\u{3000} @x"),
            ("\u{3000}\u{200b} @x", "\u{3000}\\u{200b} @x"),
            ("\u{feff}=1", "\\u{feff}=1"),
            ("\t=1", "\\u{9}=1"),
            ("\r=1", "\\u{d}=1"),
            ("Müller & Söhne", "Müller & Söhne"),
            ("\u{a0}Müller = Söhne", "\u{a0}Müller = Söhne"),
            ("a\u{1b}[2J\nb", "a\\u{1b}[2J\\u{a}b"),
            ("", ""),
        ] {
            assert_eq!(inert(text), cell, "{text:?}");
        }
    }

    /// Whatever is blank in Unicode, twice and in any order with ASCII space, before each sign.
    #[test]
    fn nothing_that_shows_nothing_hides_a_formula() {
        let blank = ('\0'..=char::MAX)
            .filter(|c| c.is_whitespace() || c.is_control() || IGNORABLE.iter().any(|(first, last)| (*first..=*last).contains(c)));
        let mut seen = 0;
        for c in blank {
            for sign in FORMULA {
                for text in [format!("{c}{sign}1"), format!(" {c}{sign}1"), format!("{c} {c}{sign}1")] {
                    let cell = inert(&text);
                    assert!(cell.starts_with('\'') || cell.trim_start().starts_with('\\'), "{text:?}: {cell:?}");
                }
                assert_eq!(inert(&format!("x{c}{sign}1")).chars().next(), Some('x'));
            }
            seen += 1;
        }
        assert!(seen > 4_200, "{seen}");
    }
}
