//! What crosses a boundary: cases as files, laws, and the rules that the tree keeps. Start with
//! `tests/README.md`.

/// A case: a folder of inputs, and what comes out, as files that a person reads.
mod case;
/// The plain core module, by its page.
mod core_module;
/// The same call natively and through the component.
mod engine;
/// What the fuzzers hold any bytes against: a module of theirs, which needs no fuzzer.
#[path = "../../fuzz/src/lib.rs"]
mod laws_of_bytes;
/// JSON and bills as text.
mod print;
/// The typed interfaces beside the text interface.
mod typed;
/// The cases as vectors that know no language.
mod vector;

mod billing;
mod check;
mod compare;
mod conformance;
mod corpus;
mod customers;
mod estimate;
mod explain;
mod fail;
mod fuel;
mod growth;
mod laws;
mod order;
/// What the documents say, held against the code.
mod pages;
mod record;
mod reproducible;
mod sandbox;
mod schema;
mod tidy;
mod usage;
