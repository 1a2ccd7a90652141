//! Every JSON shape that goes into skubill's component or comes out of it, each as one serde type, without logic.
//!
//! The component writes these types, hosts read them, `schemas/` and the types of `sdk/` are generated from them.
//!
//! | module | shapes |
//! |---|---|
//! | [`call`] | the calls and the inputs they take |
//! | [`job`], [`limits`] | in: what is asked for, as JSON text |
//! | [`book`] | in: files, where they are JSON: price books, customers files, cost records |
//! | [`outcome`], [`usage`], [`day`], [`explanation`], [`answer`] | out: the answers |
//! | [`refusal`] | out: why there is no answer |
//! | [`code`](mod@code), [`word`] | closed sets: finding codes, levels, measures, units, … |
//!
//! Amounts and quantities are base-10 text without exponent. An amount has type `A`: text for hosts, which neither add nor
//! compare two; an exact number for the component, which writes it as the same text. Rules that a type cannot say are in
//! `component/README.md`; what calls guarantee is in `wit/`.
//!
//! # How to add a field
//!
//! 1. Add it to its type here, with a doc comment: it becomes the description in the schema, in Python and in TypeScript.
//!    A key that an answer may lack is an `Option` with `skip_serializing_if`; any other `Option` is a key that may be null.
//!    A text with a form of its own has `schemars(with = "…")`, a type of `form.rs` that has its pattern.
//! 2. Fill it in the component: the compiler names each place.
//! 3. `BLESS=1 cargo test --release -p tests schema` writes `schemas/`, then `make sdk` writes the shapes of `sdk/`.

#![forbid(unsafe_code)]
#![deny(missing_docs)]

pub mod answer;
pub mod book;
pub mod call;
pub mod code;
pub mod day;
pub mod explanation;
#[cfg(feature = "schema")]
pub mod form;
pub mod job;
pub mod limits;
pub mod outcome;
pub mod refusal;
#[cfg(feature = "schema")]
pub mod schema;
pub mod usage;
pub mod word;

use std::borrow::Cow;

/// A word of a closed set, such as a finding's code or a unit: a constant where it is written, owned where it is read.
pub type Word = Cow<'static, str>;
