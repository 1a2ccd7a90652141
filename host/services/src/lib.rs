//! Clients of both services: Acronis' usage reports and Abiquo's bills and cost records.
//!
//! A client makes one call, judges its answer, and says in its error whether a write may have taken effect. It decides
//! nothing: what to send, and whether to send it again, is for the crate `skubill-runner`.
//!
//! # Modules
//!
//! | module | purpose |
//! |---|---|
//! | [`acronis`] | Acronis' reports: token, create, wait, download |
//! | [`abiquo`] | Abiquo's bills and cost records: list, post, delete, estimate |
//! | [`http`] | requests that know whether they may be sent twice |
//! | [`text`] | names: how they are shown, and when two are the same |
//! | [`private`] | directories and files that are their owner's alone |
//! | [`file`] | files that somebody names: regular ones of bounded size |
//! | [`digest`] | SHA-256 of bytes and files |
//! | [`blocking`] | work that blocks, among tasks that must not |

pub mod abiquo;
pub mod acronis;
pub mod blocking;
pub mod digest;
pub mod file;
pub mod http;
pub mod private;
pub mod text;
