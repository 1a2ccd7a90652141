//! A secret in any spelling: a text is folded and decoded, layer by layer, and each character remembers where it stands.

use std::borrow::Cow;

use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_STANDARD_NO_PAD};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::text::is_invisible;

/// What is shown in a secret's place.
pub const CONCEALED: &str = "[secret]";

/// How much of a text is looked at together: 64 KiB, so that what is remembered of its characters takes a megabyte.
const WINDOW_BYTES: usize = 64 << 10;

/// How many bytes a spelling may take for each of the secret's: `&#x00000068;` are 12, and as many invisible ones.
const SPELLING_BYTES_MAX: usize = 24;

/// How often what was decoded is decoded again: percent-encoded JSON in an HTML page is three.
const LAYERS_MAX: usize = 4;

/// A shorter piece of base64 or hexadecimal digits is found in other texts by chance.
const ENCODED_CHARS_MIN: usize = 8;

/// Folded secrets, and folded encodings of them.
pub struct Needles {
    list: Vec<Vec<char>>,
    /// Bytes in which the longest of them can be spelled.
    overlap: usize,
    /// Characters of the shortest of them.
    shortest: usize,
}

/// A character, and the bytes that spell it.
#[derive(Clone, Copy)]
struct Spelled {
    c: char,
    start: u32,
    end: u32,
}

impl Needles {
    pub fn of<'a>(secrets: impl Iterator<Item = &'a str>) -> Needles {
        let mut list: Vec<Vec<char>> = Vec::new();
        for secret in secrets {
            list.push(folded(secret));
            list.push(folded(&BASE64_STANDARD.encode(secret)));
            let hex: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
            let safe = |text: String| [text.replace('+', "-").replace('/', "_"), text];
            let encoded = in_base64(secret).flat_map(safe).chain([hex]).map(|text| folded(&text));
            list.extend(encoded.filter(|needle| needle.len() >= ENCODED_CHARS_MIN));
        }
        list.retain(|needle| !needle.is_empty());
        list.sort();
        list.dedup();
        let longest = list.iter().map(Vec::len).max().unwrap_or_default();
        let shortest = list.iter().map(Vec::len).min().unwrap_or(usize::MAX);
        Needles { overlap: longest * SPELLING_BYTES_MAX, shortest, list }
    }

    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// A text with a sign in the place of each secret.
    pub fn hidden<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let places = self.places(text);
        if places.is_empty() {
            return Cow::Borrowed(text);
        }
        let (mut hidden, mut copied) = (String::with_capacity(text.len()), 0);
        for (start, end) in places {
            hidden.push_str(&text[copied..start]);
            hidden.push_str(CONCEALED);
            copied = end;
        }
        hidden.push_str(&text[copied..]);
        Cow::Owned(hidden)
    }

    /// Where secrets stand, in order and apart.
    fn places(&self, text: &str) -> Vec<(usize, usize)> {
        let mut places = Vec::new();
        if text.len() < self.shortest {
            return places;
        }
        let mut begin = 0;
        loop {
            let end = boundary(text, begin + WINDOW_BYTES + self.overlap);
            self.look(&text[begin..end], begin, &mut places);
            if end == text.len() {
                break;
            }
            begin = boundary(text, begin + WINDOW_BYTES);
        }
        places.sort_unstable();
        let mut apart: Vec<(usize, usize)> = Vec::new();
        for (start, end) in places {
            match apart.last_mut() {
                Some(last) if start < last.1 => last.1 = last.1.max(end),
                _ => apart.push((start, end)),
            }
        }
        apart
    }

    fn look(&self, window: &str, offset: usize, places: &mut Vec<(usize, usize)>) {
        let at = |index: usize, c: char| Spelled { c, start: index as u32, end: (index + c.len_utf8()) as u32 };
        let mut layer: Vec<Spelled> = window.char_indices().map(|(index, c)| at(index, c)).collect();
        for _ in 0..LAYERS_MAX {
            let folded: Vec<Spelled> = layer.iter().flat_map(|spelled| fold(spelled.c).map(|c| Spelled { c, ..*spelled })).collect();
            for (index, first) in folded.iter().enumerate() {
                for needle in self.list.iter().filter(|needle| needle[0] == first.c) {
                    let Some(found) = folded.get(index..index + needle.len()) else { continue };
                    if found.iter().zip(needle).all(|(spelled, c)| spelled.c == *c) {
                        let end = found.iter().map(|spelled| spelled.end).max().unwrap_or(first.end);
                        places.push((offset + first.start as usize, offset + end as usize));
                    }
                }
            }
            let decoded = decode(&layer);
            if decoded.len() == layer.len() {
                break;
            }
            layer = decoded;
        }
    }
}

/// The spellings of a secret's bytes in base64 inside a longer text: three, by where it begins. What also depends on the
/// neighbours is left out.
fn in_base64(secret: &str) -> impl Iterator<Item = String> + '_ {
    // Bytes before the secret, and the characters that these have a part of.
    [(0, 0), (1, 2), (2, 3)].into_iter().filter_map(|(before, begin)| {
        let bytes: Vec<u8> = std::iter::repeat_n(0, before).chain(secret.bytes()).collect();
        let text = BASE64_STANDARD_NO_PAD.encode(&bytes);
        text.get(begin..bytes.len() * 8 / 6).map(str::to_owned)
    })
}

/// The first place at or after an index where a character begins.
fn boundary(text: &str, index: usize) -> usize {
    (index..text.len()).find(|index| text.is_char_boundary(*index)).unwrap_or(text.len())
}

fn folded(text: &str) -> Vec<char> {
    text.chars().flat_map(fold).collect()
}

/// What is compared of a character: its usual form without accent and case; nothing of what is not seen.
fn fold(c: char) -> impl Iterator<Item = char> {
    let is_plain = c.is_ascii_graphic();
    let plain = is_plain.then(|| c.to_ascii_lowercase());
    let other = (!is_plain && !is_invisible(c)).then_some(c).into_iter();
    let seen = |c: &char| !c.is_whitespace() && !is_combining_mark(*c) && !is_invisible(*c);
    plain.into_iter().chain(other.nfkd().filter(seen).flat_map(char::to_lowercase))
}

/// One layer of escapes less: those of JSON, addresses and HTML.
fn decode(layer: &[Spelled]) -> Vec<Spelled> {
    let mut decoded = Vec::with_capacity(layer.len());
    let mut at = 0;
    while at < layer.len() {
        let rest = &layer[at..];
        let (text, length) = match rest[0].c {
            '\\' => json_escape(rest),
            '%' => percent_escapes(rest),
            '&' => entity(rest),
            _ => None,
        }
        .unwrap_or_else(|| (rest[0].c.to_string(), 1));
        let (start, end) = (rest[0].start, rest[length - 1].end);
        decoded.extend(text.chars().map(|c| Spelled { c, start, end }));
        at += length;
    }
    decoded
}

/// A number in hexadecimal digits, all of them.
fn hexadecimal(digits: &[Spelled]) -> Option<u32> {
    digits.iter().try_fold(0, |number: u32, digit| Some(number.checked_mul(16)? + digit.c.to_digit(16)?))
}

fn json_escape(rest: &[Spelled]) -> Option<(String, usize)> {
    let unit = |at: usize| {
        let marked = rest.get(at)?.c == '\\' && rest.get(at + 1)?.c.eq_ignore_ascii_case(&'u');
        marked.then(|| hexadecimal(rest.get(at + 2..at + 6)?)).flatten().and_then(|unit| u16::try_from(unit).ok())
    };
    if let Some(first) = unit(0) {
        let pair = unit(6).and_then(|second| char::decode_utf16([first, second]).next()?.ok().filter(|c| u32::from(*c) > 0xffff));
        return Some(match pair {
            Some(c) => (c.to_string(), 12),
            None => (char::from_u32(u32::from(first)).unwrap_or('\u{fffd}').to_string(), 6),
        });
    }
    match rest.get(1)?.c {
        'x' | 'X' => Some((char::from_u32(hexadecimal(rest.get(2..4)?)?)?.to_string(), 4)),
        // White space in all its escapes is none.
        'n' | 'r' | 't' | 'b' | 'f' | '0' => Some((" ".into(), 2)),
        c @ ('"' | '\\' | '/' | '\'') => Some((c.to_string(), 2)),
        _ => None,
    }
}

/// As many as stand together: a character may take several. Bytes that are no UTF-8 are taken as Latin-1.
fn percent_escapes(rest: &[Spelled]) -> Option<(String, usize)> {
    let escape = |three: &[Spelled]| if three.len() == 3 && three[0].c == '%' { hexadecimal(&three[1..]) } else { None };
    let bytes: Vec<u8> = rest.chunks(3).map_while(escape).map(|byte| byte as u8).take(4).collect();
    if bytes.is_empty() {
        return None;
    }
    // The longest beginning that is one character, so that each keeps its own place.
    let one = (1..=bytes.len()).find_map(|length| Some((std::str::from_utf8(&bytes[..length]).ok()?.to_owned(), 3 * length)));
    Some(one.unwrap_or_else(|| (char::from(bytes[0]).to_string(), 3)))
}

/// Entities of the characters that a secret may have and HTML escapes.
const ENTITIES: [(&str, &str); 12] = [
    ("amp", "&"),
    ("lt", "<"),
    ("gt", ">"),
    ("quot", "\""),
    ("apos", "'"),
    ("sol", "/"),
    ("plus", "+"),
    ("equals", "="),
    ("percnt", "%"),
    ("nbsp", " "),
    ("shy", " "),
    ("zwnj", " "),
];

fn entity(rest: &[Spelled]) -> Option<(String, usize)> {
    let length = rest.iter().take(SPELLING_BYTES_MAX).position(|spelled| spelled.c == ';')?;
    let name: String = rest[1..length].iter().map(|spelled| spelled.c).collect();
    let text = match name.strip_prefix('#') {
        Some(number) => {
            let digits = number.strip_prefix(['x', 'X']);
            let code = digits.map_or_else(|| number.parse().ok(), |digits| u32::from_str_radix(digits, 16).ok())?;
            char::from_u32(code)?.to_string()
        }
        None => ENTITIES.iter().find(|(known, _)| *known == name)?.1.to_owned(),
    };
    Some((text, length + 1))
}
