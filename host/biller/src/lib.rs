//! skubill: usage reports in, bills out.
//!
//! Acronis tells a service provider what each customer has used; Abiquo shows each customer what it owes. This crate turns
//! the one into the other. A WebAssembly component that is embedded here computes all amounts. It imports nothing, and every
//! run gets a fresh instance with bounds on memory and work. The crate opens no connection and no file: it needs no network,
//! no configuration and no runtime.
//!
//! # One month from bytes
//!
//! ```
//! use skubill::bill::{Biller, Error, Job};
//! use skubill::outcome::Outcome;
//!
//! /// Bill a report: CSV or JSON, plain or gzip, as Acronis serves it.
//! fn bill(report: &[u8], prices: &[u8], customers: &[u8]) -> Result<Outcome, Error> {
//!     let biller = Biller::new()?; // one for many reports, at once or one after another
//!     let job = Job { period: Some("2021-08".into()), level: Some("direct_partners".into()), ..Job::default() };
//!     biller.outcome(&job, report, prices, Some(customers))
//! }
//!
//! # let month = skubill_simulators::usage_data::UsageData::demo(jiff::civil::date(2021, 8, 1), 1);
//! # let (prices, customers) = (month.price_book(), month.customers());
//! # use skubill_simulators::usage_data::{Ask, Format, Kind, Level};
//! # let ask = Ask {
//! #     tenant_id: month.root().id.clone(), kind: Kind::Summary, level: Level::DirectPartners,
//! #     start: month.first_day, end: month.last_day(), hide_zero_usage: false, show_skus: true,
//! # };
//! # let report = month.report(&ask, Format::CsvV2);
//! let outcome = bill(&report, prices.as_bytes(), customers.as_bytes())?;
//! for posting in &outcome.postings {
//!     // Amounts are text, exact to the cent: hand them on, and let nobody make floats of them.
//!     println!("enterprise {}: {} {} {:?}", posting.enterprise, posting.total, outcome.currency, posting.held);
//! }
//! # assert_eq!(outcome.postings.iter().filter(|posting| posting.held.is_empty()).count(), 21);
//! # assert_eq!(outcome.accounting.rows, outcome.accounting.billed + outcome.accounting.no_sku
//! #     + outcome.accounting.zero_usage + outcome.accounting.excluded + outcome.accounting.unmapped + outcome.accounting.unpriced);
//! # Ok::<(), Error>(())
//! ```
//!
//! A report that cannot be read is [`bill::Refusal::Faults`]: every fault with its row and column,
//! and no bill. What deserves a look is a [finding](outcome::Finding), and holds what it is about.
//!
//! # Modules
//!
//! | module | purpose |
//! |---|---|
//! | [`bill`] | bytes to bills, in the sandbox; also usage alone, checks, estimates, comparisons |
//! | [`job`], [`book`] | what is asked for, and what files hold |
//! | [`outcome`] | the answer: bills, postings, accounting, findings, amounts as text |
//! | [`usage`], [`day`], [`explanation`], [`answer`] | the answers of the other calls |
//! | [`word`], [`code`](mod@code) | closed sets of words in them |
//! | [`sandbox`] | the component's bytes, and the bounds of a run; the only module that knows wasmtime |
//!
//! `skubill-runner` fetches reports from Acronis, bills them with this crate and posts the bills to Abiquo, exactly once.
//! `skubill-simulators` has a local twin of each service.

pub mod bill;
pub mod sandbox;

pub use skubill_contract::{Word, answer, book, code, day, explanation, job, outcome, usage, word};
