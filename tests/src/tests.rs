//! What crosses a boundary: cases as files, laws, and the rules that the tree keeps. Start with
//! `tests/README.md`.

/// A case: a folder of inputs, and what comes out, as files that a person reads.
mod case;
/// The same call natively and through the component.
mod engine;
/// The typed contract beside its JSON twin.
mod typed;
/// JSON and bills as text.
mod print;

mod billing;
mod estimate;
mod record;
mod compare;
mod usage;
mod check;
mod order;
mod fail;
mod laws;
mod tidy;
mod fuel;
