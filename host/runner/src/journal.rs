//! The journal: what was intended, and what came of it.
//!
//! Neither service knows idempotency keys. So that money is posted once although answers get lost and
//! processes die, an intent is written here before anything is sent, and an answer after. An intent without
//! a settled answer is where a run was cut off: the next one looks there first.
//!
//! ```text
//! intend(subject, payload) ── on disk ──► send ──► answer(intent, outcome) ── on disk ──► next
//!            │ cut off here: open_intents(subject) ──► look it up ──► answer
//! ```
//!
//! # What is kept
//!
//! `journal.sqlite` in the state directory: SQLite with a write-ahead log, each commit synced to the disk, the
//! file for its owner alone. [Entries](Entry) are only ever appended; the database itself refuses to change
//! or remove one. An entry vouches for the [evidence](crate::evidence) of each run. The bytes of each payload stand beside them, once for all entries that have them. No
//! secret is written: an address has no credentials (a [`BaseUrl`] cannot hold any), and details are ours.
//!
//! # The chain
//!
//! The hash of an entry is SHA-256 over these bytes:
//!
//! 1. the 32 bytes of the hash of the entry before; for the first entry 32 zero bytes;
//! 2. the columns `sequence`, `time`, `step`, `service`, `url`, `action`, `account`, `enterprise`,
//!    `provider`, `period`, `payload_sha256`, `answers`, `outcome`, `status`, `reference` and `detail`, in this
//!    order, each as one byte for its type (0 null, 1 integer, 2 text), and then an integer as the 8 bytes of its
//!    two's complement, big end first; a text as its length in bytes, 8 bytes, big end first, and its UTF-8 bytes.
//!
//! `sequence`, `answers` and `status` are integers, all others texts: `time` as RFC 3339 in UTC, hashes as 64
//! lower-case hexadecimal digits. [`Journal::verify`] computes all of it anew from what is stored, and the
//! SHA-256 of every payload too. Whoever can write the file could compute a whole new chain: that is what the
//! [head](Journal::head) is for, printed by every run and kept elsewhere.

mod chain;
mod entries;
mod entry;
mod error;
mod id;
mod lock;
mod store;
mod verify;

pub use chain::Hash;
pub use entries::{FILE, Journal};
pub use entry::{Action, Answer, Entry, EntryKind, Outcome, Service, Subject};
pub use error::Error;
pub use id::EntryId;
pub use lock::{LockError, PeriodLock};
pub use skubill_services::http::BaseUrl;
pub use verify::Verified;

#[cfg(test)]
mod tests;
