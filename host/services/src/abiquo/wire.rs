//! Abiquo's JSON, media types and query parameters: the only file of the host that knows their names.
//!
//! Answers are decoded leniently (unknown attributes are passed over, as later versions bring some), and
//! prices exactly: the digits of the answer become text, and text becomes the digits of a request, without
//! a floating-point number in between.

mod answer;
mod names;
mod profile;
mod request;
mod scalar;

pub(super) use answer::{bill, enterprise, errors, page, posted, providers};
pub(super) use names::{BILL, BILL_DATE, BILLS, ENTERPRISE, ESTIMATE, PROVIDER, PROVIDERS, START_BILL_DATE};
pub use profile::WireProfile;
pub(super) use request::{bill_body, categories_body, query, register_body};

#[cfg(test)]
pub(super) use answer::PAGE_ENTRIES_MAX;
