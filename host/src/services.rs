//! The clients of both services as a crate of their own, without an engine: no module of the host's library, but
//! the root of `fuzz/services`, so that what is fuzzed is what runs.

#![forbid(unsafe_code)]
// What the rest of the host uses of them, nobody does there.
#![allow(dead_code, unused_imports)]

pub mod abiquo;
pub mod acronis;
mod blocking;
mod digest;
pub mod file;
pub mod http;
pub mod outcome;
mod private;
pub mod text;

/// The gate before every write is not here, and nothing is written: only its type is named.
mod reconcile {
    pub struct Cleared(());
}
