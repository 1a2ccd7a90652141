//! Texts that were seen, each kept once and known by a number.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, DefaultHasher};

/// A hash map whose layout is the same in every run, so that a run costs the same each time.
pub type Map<K, V> = HashMap<K, V, BuildHasherDefault<DefaultHasher>>;

/// The number of a text: how many others came before it.
pub type Name = u32;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names {
    numbers: Map<String, Name>,
    texts: Vec<String>,
}

impl Names {
    /// A text's number; a new text is kept.
    pub fn number(&mut self, text: &str) -> Name {
        if let Some(number) = self.find(text) {
            return number;
        }
        // There are fewer than 2^32 texts: each takes more than a byte of 32-bit memory.
        let number = self.texts.len() as Name;
        self.texts.push(text.to_string());
        self.numbers.insert(text.to_string(), number);
        number
    }

    /// Keep a text; whether it is a new one.
    pub fn is_new(&mut self, text: &str) -> bool {
        let before = self.len();
        self.number(text) as usize == before
    }

    pub fn find(&self, text: &str) -> Option<Name> {
        self.numbers.get(text).copied()
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
        self.numbers.clear();
        self.texts.clear();
    }
}
