//! Hashes, and the bytes that they are of.

use std::fmt;
use std::str::FromStr;

use rusqlite::types::ValueRef;
use sha2::{Digest, Sha256};

/// The columns that an entry's hash covers, in their order.
pub const COLUMNS: &str = "sequence, time, step, service, url, action, account, enterprise, provider, period, payload_sha256, \
                           answers, outcome, status, reference, detail";

/// How many they are.
pub const COLUMN_COUNT: usize = 16;

/// A SHA-256, shown as 64 lower-case hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Hash([u8; 32]);

impl Hash {
    /// What stands before the first entry.
    pub const NONE: Hash = Hash([0; 32]);

    /// The hash of some bytes.
    pub fn of(bytes: &[u8]) -> Hash {
        Hash(Sha256::digest(bytes).into())
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl FromStr for Hash {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const EXPECTED: &str = "a SHA-256 is written as 64 lower-case hexadecimal digits";
        let digit = |byte: u8| (byte as char).to_digit(16).filter(|_| !byte.is_ascii_uppercase());
        let mut bytes = [0; 32];
        if text.len() != 2 * bytes.len() {
            return Err(EXPECTED);
        }
        for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks(2)) {
            let (high, low) = (digit(pair[0]).ok_or(EXPECTED)?, digit(pair[1]).ok_or(EXPECTED)?);
            *byte = (high << 4 | low) as u8;
        }
        Ok(Hash(bytes))
    }
}

/// The hash of an entry: over the hash before it and its columns, each with its type and length, so that
/// no two entries have the same bytes. The module's page states them.
pub fn hash<'a>(previous: &Hash, columns: impl Iterator<Item = ValueRef<'a>>) -> Hash {
    let mut bytes = Sha256::new();
    bytes.update(previous.0);
    for column in columns {
        match column {
            ValueRef::Null => bytes.update([0]),
            ValueRef::Integer(number) => {
                bytes.update([1]);
                bytes.update(number.to_be_bytes());
            }
            ValueRef::Text(text) => sized(&mut bytes, 2, text),
            // The table lets neither of these in: whoever got one in has changed the entry.
            ValueRef::Real(number) => sized(&mut bytes, 3, &number.to_be_bytes()),
            ValueRef::Blob(blob) => sized(&mut bytes, 4, blob),
        }
    }
    Hash(bytes.finalize().into())
}

fn sized(bytes: &mut Sha256, kind: u8, value: &[u8]) {
    bytes.update([kind]);
    bytes.update((value.len() as u64).to_be_bytes());
    bytes.update(value);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_read_as_it_is_written() {
        let hash = Hash::of(b"abc");
        assert_eq!(hash.to_string(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(hash.to_string().parse(), Ok(hash));
        let upper = hash.to_string().to_uppercase();
        for wrong in ["", "ba78", &upper, &"é".repeat(32), &"0".repeat(65), &"g".repeat(64)] {
            assert!(wrong.parse::<Hash>().is_err(), "{wrong}");
        }
    }

    /// The bytes as the module's page states them, put together by hand.
    #[test]
    fn the_bytes_are_those_that_the_page_states() {
        let columns = [ValueRef::Integer(-2), ValueRef::Null, ValueRef::Text("é".as_bytes())];
        let mut bytes = vec![0u8; 32];
        bytes.extend([1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe, 0, 2, 0, 0, 0, 0, 0, 0, 0, 2, 0xc3, 0xa9]);
        assert_eq!(hash(&Hash::NONE, columns.into_iter()), Hash::of(&bytes));
        assert_eq!(COLUMNS.split(", ").count(), COLUMN_COUNT);
    }
}
