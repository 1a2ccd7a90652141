//! Texts that were seen, each kept once and known by a number.
//!
//! Own code: a hash map would keep each text twice, as its key and by its number.

use std::hash::{BuildHasherDefault, Hasher};

use crate::text::{folded, same};

/// A hash map by numbers of texts. Its layout is the same in every run, so that a run costs the same
/// each time.
pub type Map<K, V> = std::collections::HashMap<K, V, BuildHasherDefault<Mixed>>;

/// The number of a text: how many others came before it.
pub type Name = u32;

#[derive(Debug, Clone, Default)]
pub struct Names {
    texts: Vec<String>,
    /// Where a text's number is found: at its hash or in the places after it. A power of two, and at
    /// least half of them free.
    places: Vec<Place>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Place {
    hash: u32,
    /// A text's number and one; 0 where the place is free.
    number: u32,
}

const PLACES_MIN: usize = 16;

impl PartialEq for Names {
    fn eq(&self, other: &Self) -> bool {
        self.texts == other.texts
    }
}

impl Eq for Names {}

impl Names {
    /// A text's number; a new text is kept.
    pub fn number(&mut self, text: &str) -> Name {
        let hash = hash(text.as_bytes());
        if let Some(number) = self.find_by(hash, text) {
            return number;
        }
        // There are fewer than 2^32 texts: each takes more than a byte of 32-bit memory.
        let number = self.texts.len() as Name;
        self.texts.push(text.to_string());
        if self.texts.len() * 2 > self.places.len() {
            self.grow();
        }
        self.place(Place { hash, number: number + 1 });
        number
    }

    /// A text's number, where it is likely to be the one of before.
    #[inline]
    pub fn number_again(&mut self, before: Name, text: &str) -> Name {
        if same(self.text(before), text) { before } else { self.number(text) }
    }

    /// Keep a text; whether it is a new one.
    pub fn is_new(&mut self, text: &str) -> bool {
        let before = self.len();
        self.number(text) as usize == before
    }

    pub fn find(&self, text: &str) -> Option<Name> {
        self.find_by(hash(text.as_bytes()), text)
    }

    fn find_by(&self, hash: u32, text: &str) -> Option<Name> {
        let last = self.places.len().checked_sub(1)?;
        let mut at = hash as usize & last;
        loop {
            let place = self.places[at];
            let number = place.number.checked_sub(1)?;
            if place.hash == hash && same(&self.texts[number as usize], text) {
                return Some(number);
            }
            at = (at + 1) & last;
        }
    }

    /// Take the first free place.
    fn place(&mut self, place: Place) {
        let last = self.places.len() - 1;
        let mut at = place.hash as usize & last;
        while self.places[at].number != 0 {
            at = (at + 1) & last;
        }
        self.places[at] = place;
    }

    #[inline(never)]
    fn grow(&mut self) {
        let places = vec![Place::default(); (self.places.len() * 2).max(PLACES_MIN)];
        let taken = std::mem::replace(&mut self.places, places);
        taken.into_iter().filter(|place| place.number != 0).for_each(|place| self.place(place));
    }

    pub fn text(&self, name: Name) -> &str {
        &self.texts[name as usize]
    }

    /// All texts, by their numbers.
    pub fn texts(&self) -> &[String] {
        &self.texts
    }

    pub fn len(&self) -> usize {
        self.texts.len()
    }

    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    pub fn clear(&mut self) {
        self.texts.clear();
        self.places.fill(Place::default());
    }
}

/// Texts by what a clerk takes for the same: equal but for ASCII case and white space.
pub struct Lookalikes<'a> {
    folded: Names,
    /// By the numbers of `folded`.
    texts: Vec<Vec<&'a str>>,
}

impl<'a> Lookalikes<'a> {
    pub fn new(texts: impl Iterator<Item = &'a str>) -> Self {
        let mut lookalikes = Lookalikes { folded: Names::default(), texts: Vec::new() };
        for text in texts {
            let number = lookalikes.folded.number(&folded(text)) as usize;
            if number == lookalikes.texts.len() {
                lookalikes.texts.push(Vec::new());
            }
            lookalikes.texts[number].push(text);
        }
        lookalikes
    }

    /// The smallest text that is like this one and not it.
    pub fn like(&self, text: &str) -> Option<&'a str> {
        let number = self.folded.find(&folded(text))?;
        self.texts[number as usize].iter().copied().filter(|other| *other != text).min()
    }
}

/// Odd, and its bits without a pattern: 2⁶⁴ ÷ the golden ratio.
const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;

#[inline(always)]
fn mixed(hash: u64, word: u64) -> u64 {
    let product = (hash ^ word).wrapping_mul(FACTOR);
    product ^ product >> 32
}

/// Eight bytes a step, where the library's takes some forty instructions for each text. Who wants texts
/// that collide finds them for any hash that is the same in every run; the bound on work ends that.
#[inline(always)]
fn hash(text: &[u8]) -> u32 {
    let (words, rest) = text.as_chunks();
    let last = rest.iter().fold(rest.len() as u64, |last, byte| last << 8 | u64::from(*byte));
    mixed(words.iter().fold(0, |hash, word| mixed(hash, u64::from_le_bytes(*word))), last) as u32
}

/// The hash of what is made of numbers.
#[derive(Default)]
pub struct Mixed(u64);

impl Hasher for Mixed {
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.0 = mixed(self.0, u64::from(*byte)));
    }

    fn write_u32(&mut self, number: u32) {
        self.0 = mixed(self.0, u64::from(number) + 1);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    #[test]
    fn numbers_are_those_of_a_map() {
        let (mut names, mut map) = (Names::default(), HashMap::new());
        for round in 0..3 {
            for n in 0..5000u32 {
                // Short ones, long ones, and ones that differ in one place.
                let text = format!("{}{}", "x".repeat(n as usize % 23), n.wrapping_mul(2_654_435_761) % (2000 + round * 900));
                let next = map.len() as Name;
                assert_eq!(names.find(&text), map.get(&text).copied());
                assert_eq!(names.number(&text), *map.entry(text.clone()).or_insert(next));
                assert_eq!(names.find(&text), map.get(&text).copied());
            }
        }
        assert_eq!(names.len(), map.len());
        assert!(map.iter().all(|(text, number)| names.text(*number) == text));
        let before = names.clone();
        names.clear();
        assert!(names.is_empty() && names != before && names.find("x").is_none());
        assert!(names.is_new("") && !names.is_new("") && names.is_new("\0"));
    }

    #[test]
    fn texts_that_collide_are_told_apart() {
        let mut names = Names { texts: vec!["a".into()], places: vec![Place::default(); 4] };
        let place = Place { hash: hash(b"b"), number: 1 };
        names.place(place);
        assert_eq!((names.find("b"), names.number("b"), names.find("b")), (None, 1, Some(1)));
    }

    #[test]
    fn lookalikes_are_other_texts() {
        let lookalikes = Lookalikes::new(["SRV", "srv ", "STO", "s r v"].into_iter());
        assert_eq!(lookalikes.like("SRV"), Some("s r v"));
        assert_eq!((lookalikes.like("sto"), lookalikes.like("STO"), lookalikes.like("CPU")), (Some("STO"), None, None));
    }

    /// One hash for many texts would be as slow as a list.
    #[test]
    fn hashes_differ() {
        let hashes: std::collections::HashSet<u32> = (0..100_000).map(|n| hash(format!("tenant-{n}").as_bytes())).collect();
        assert!(hashes.len() > 99_990, "{}", hashes.len());
    }
}
