//! A log that keeps what came last, so that a twin that runs for weeks does not fill the memory.

use serde::{Serialize, Serializer};
use std::collections::VecDeque;

/// Entries that are kept: a hundred months of fifty enterprises, each listed and posted once.
const ENTRIES_MAX: usize = 10_000;

/// Bytes of their texts: 1.6 KiB an entry on average. One target may be 64 KiB long, and the event of a delete names
/// every row.
const TEXT_BYTES_MAX: usize = 16 << 20;

/// What an entry weighs, its fixed part aside.
pub(super) trait Weighed {
    fn text_bytes(&self) -> usize;
}

/// The latest entries, oldest first.
#[derive(Debug)]
pub(super) struct Log<T> {
    entries: VecDeque<T>,
    text_bytes: usize,
}

impl<T> Default for Log<T> {
    fn default() -> Log<T> {
        Log { entries: VecDeque::new(), text_bytes: 0 }
    }
}

impl<T: Weighed> Log<T> {
    pub fn push(&mut self, entry: T) {
        self.text_bytes += entry.text_bytes();
        self.entries.push_back(entry);
        // The newest is kept, however long it is.
        while self.entries.len() > 1 && (self.entries.len() > ENTRIES_MAX || self.text_bytes > TEXT_BYTES_MAX) {
            let oldest = self.entries.pop_front();
            self.text_bytes -= oldest.map_or(0, |entry| entry.text_bytes());
        }
    }

    pub fn clear(&mut self) {
        *self = Log::default();
    }
}

impl<T: Clone> Log<T> {
    pub fn all(&self) -> Vec<T> {
        self.entries.iter().cloned().collect()
    }
}

impl<T: Serialize> Serialize for Log<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.entries.serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Weighed for String {
        fn text_bytes(&self) -> usize {
            self.len()
        }
    }

    #[test]
    fn the_oldest_entries_go_where_there_are_too_many_or_too_long_ones() {
        let mut log = Log::default();
        for number in 0..ENTRIES_MAX + 5 {
            log.push(number.to_string());
        }
        assert_eq!((log.all().len(), log.all().first().map(String::as_str)), (ENTRIES_MAX, Some("5")));
        let long = "x".repeat(TEXT_BYTES_MAX / 4);
        for _ in 0..9 {
            log.push(long.clone());
        }
        assert_eq!((log.all().len(), log.text_bytes), (4, TEXT_BYTES_MAX));
        log.push("x".repeat(TEXT_BYTES_MAX + 1));
        assert_eq!(log.all().len(), 1);
        log.push("last".into());
        assert_eq!(log.all(), ["last"]);
        log.clear();
        assert_eq!((log.all().len(), log.text_bytes), (0, 0));
    }
}
