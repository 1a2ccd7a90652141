//! Abiquo: bills and bill registers of an enterprise's providers.
//!
//! ```no_run
//! # async fn example(posting: skubill_contract::outcome::Posting) -> Result<(), Box<dyn std::error::Error>> {
//! use skubill_services::abiquo::{Auth, BillingPeriod, Client, PostingHeader};
//! use skubill_services::http::{Http, Options};
//!
//! let auth = Auth::Token(std::env::var("ABIQUO_TOKEN")?.into());
//! let abiquo = Client::new(Http::new(&Options::default())?, "https://abiquo.example.com/api", auth)?;
//!
//! let period = BillingPeriod::month(2021, 8)?;
//! let there = abiquo.find_bills(posting.enterprise, "ACRONIS", &period).await?;
//! if there.is_empty() {
//!     let header = PostingHeader {
//!         provider: "ACRONIS".to_owned(),
//!         date: "2021-09-01T12:00:00Z".parse()?,
//!         period,
//!         currency: "EUR".to_owned(),
//!     };
//!     abiquo.unguarded().post_bill_by_categories(posting.enterprise, &header, &posting.categories).await?;
//! }
//! # Ok(())
//! # }
//! ```
//!
//! Amounts pass through as text, in both directions, digit by digit: nothing here computes with or compares
//! them. What is posted is sent once; where the answer is lost, [`Error::is_unknown`] is true, and
//! [`Client::find_bills`] tells what became of it.

mod auth;
mod bill;
mod bills;
mod client;
mod code;
mod date;
mod discovery;
mod error;
mod estimate;
mod links;
mod pages;
mod posting;
mod provider;
mod refusal;
mod registers;
mod wire;
mod writes;

pub use auth::Auth;
pub use bill::{Bill, BillsQuery};
pub use bills::Probe;
pub use client::{Client, VERSION};
pub use code::Code;
pub use date::{BillingPeriod, format_date, parse_date};
pub use discovery::Enterprise;
pub use error::{Error, Role, ServiceError};
pub use estimate::{Estimate, Reading};
pub use links::Links;
pub use pages::{BillPages, HELD_BYTES_MAX, HELD_LINES_MAX};
pub use posting::{Deleted, NewBill, NewRegister, Posted, PostingHeader};
pub use provider::{ProviderError, check_provider, check_provider_name};
pub use registers::Registers;
pub use wire::WireProfile;
pub use writes::Writes;

#[cfg(test)]
mod tests;
