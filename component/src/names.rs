//! Texts that occur in many rows, each kept once and known by a number.
//!
//! Own code: an interner of a library uses a hash. With a random key the work of a run would vary; with a known key a
//! report could contain names that collide. A tree needs no hash.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::text::{folded, same};

/// A text that is kept once and shared.
pub type Text = Rc<str>;

/// The number of a text: how many others came before it.
pub type Name = u32;

/// Texts by their numbers, and numbers by their texts.
#[derive(Debug, Clone, Default)]
pub struct Names {
    texts: Vec<Text>,
    numbers: BTreeMap<Text, Name>,
}

impl Names {
    /// A text's number; a new text is kept.
    pub fn number(&mut self, text: &str) -> Name {
        if let Some(number) = self.numbers.get(text) {
            return *number;
        }
        // There are fewer than 2^32 texts: each takes more than a byte of 32-bit memory.
        let number = self.texts.len() as Name;
        let text = Text::from(text);
        self.texts.push(text.clone());
        self.numbers.insert(text, number);
        number
    }

    /// A text's number, where it is likely to be the one of before.
    #[inline]
    pub fn number_again(&mut self, before: Name, text: &str) -> Name {
        let is_before = self.texts.get(before as usize).is_some_and(|known| same(known, text));
        if is_before { before } else { self.number(text) }
    }

    /// A text, shared with all others that are equal.
    pub fn shared(&mut self, text: &str) -> Text {
        let number = self.number(text);
        self.texts[number as usize].clone()
    }

    /// Whether a text is known.
    pub fn contains(&self, text: &str) -> bool {
        self.numbers.contains_key(text)
    }

    /// The text of a number that this list gave.
    pub fn text(&self, name: Name) -> &str {
        &self.texts[name as usize]
    }

    /// All texts, by their numbers.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.texts.iter().map(|text| &**text)
    }

    /// The place of each text among all in byte order, by its number: numbers are sorted faster than texts.
    pub fn ranks(&self) -> Vec<u32> {
        let mut ranks = vec![0; self.texts.len()];
        self.numbers.values().zip(0..).for_each(|(name, rank)| ranks[*name as usize] = rank);
        ranks
    }
}

/// Groups texts that differ only in ASCII case and white space.
pub struct Lookalikes<'a>(BTreeMap<String, Vec<&'a str>>);

impl<'a> Lookalikes<'a> {
    /// A list of these texts.
    pub fn new(texts: impl Iterator<Item = &'a str>) -> Self {
        let mut lookalikes: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for text in texts {
            lookalikes.entry(folded(text)).or_default().push(text);
        }
        Lookalikes(lookalikes)
    }

    /// The smallest text that is like this one and not it.
    pub fn like(&self, text: &str) -> Option<&'a str> {
        self.0.get(&folded(text))?.iter().copied().filter(|other| *other != text).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_text_has_one_number() {
        let mut names = Names::default();
        assert_eq!(names.number_again(0, "b"), 0);
        assert_eq!(["b", "", "c", "a", "", "b"].map(|text| names.number(text)), [0, 1, 2, 3, 1, 0]);
        assert_eq!((names.number_again(2, "c"), names.number_again(2, "a"), names.number_again(9, "d")), (2, 3, 4));
        assert!(names.texts().eq(["b", "", "c", "a", "d"]));
        assert_eq!(names.ranks(), [2, 0, 3, 1, 4]);
        assert!(Rc::ptr_eq(&names.shared("c"), &names.shared("c")));
        assert!(names.contains("a") && !names.contains("e"));
    }

    #[test]
    fn lookalikes_are_other_texts() {
        let lookalikes = Lookalikes::new(["SRV", "srv ", "STO", "s r v"].into_iter());
        assert_eq!(lookalikes.like("SRV"), Some("s r v"));
        assert_eq!((lookalikes.like("sto"), lookalikes.like("STO"), lookalikes.like("CPU")), (Some("STO"), None, None));
    }
}
