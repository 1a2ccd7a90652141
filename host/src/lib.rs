//! skubill: usage reports in, bills out.
//!
//! Acronis tells a service provider what each customer has used; Abiquo shows each customer what it
//! owes. This library turns the one into the other. Whatever has to do with amounts is computed by
//! a WebAssembly component that is embedded here, imports nothing, and gets a fresh instance with
//! bounds on memory and work for every run; everything around it talks to the two services.
//!
//! # One month from bytes
//!
//! A platform that fetches its reports itself needs no network, no configuration and no runtime:
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
//! # let month = skubill::simulator::month::Month::demo(jiff::civil::date(2021, 8, 1), 1);
//! # let (prices, customers) = (month.price_book(), month.customers());
//! # use skubill::simulator::month::{Ask, Format, Kind, Level};
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
//! # The month, end to end
//!
//! From a configuration: have the report made, wait for it, download, bill and post it, for every
//! account. What is there already is not posted again, however often this runs:
//!
//! ```
//! use std::sync::Arc;
//! use skubill::{config::Config, month::{Month, Period, PostingStatus}, progress::Silent};
//!
//! async fn post(config: Config, period: &Period) -> Result<(), skubill::month::Error> {
//!     for account in Arc::new(Month::new(config)?).run(period, Arc::new(Silent)).await? {
//!         for billing in account.result? {
//!             for posted in billing.into_result()?.postings {
//!                 match posted.status {
//!                     PostingStatus::Posted | PostingStatus::AlreadyThere => println!("{} {:?}", posted.enterprise, posted.total),
//!                     other => println!("{} is not posted: {other:?}", posted.enterprise),
//!                 }
//!             }
//!         }
//!     }
//!     Ok(())
//! }
//! # let period: Period = "2021-08".parse()?;
//! # let settle = skubill::reconcile::SETTLE;
//! # let config = Config { state: "state".into(), ca_file: None, settle, time: Default::default(), accounts: Vec::new() };
//! # tokio::runtime::Runtime::new()?.block_on(post(config, &period))?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Develop against [`simulator`]: local twins of both services, over real HTTP on loopback.
//!
//! # Modules
//!
//! In the order in which a bill is made:
//!
//! | module | what it is for |
//! |---|---|
//! | [`config`] | `skubill.toml`: accounts, what is billed from each, where secrets are |
//! | [`month`] | the month and the day as one function each: fetch, bill, post, look up what was lost |
//! | [`acronis`] | Acronis' reports: token, create, wait, download |
//! | [`bill`] | bytes to bills, in the sandbox; also usage alone, checks, estimates, comparisons |
//! | [`outcome`] | what comes out: bills, postings, accounting, findings, amounts as text |
//! | [`journal`] | what was intended and what came of it, hash-chained; one run of a period at a time |
//! | [`abiquo`] | Abiquo's bills and cost records: list, post, delete, estimate |
//! | [`reconcile`] | the one place that writes to Abiquo: looks up, judges, intends, sends, confirms |
//! | [`evidence`] | what a run was made of, kept read-only with its hashes; billed again years later |
//! | [`progress`] | steps of a month as they happen |
//! | [`sandbox`] | the component's bytes, and the bounds of a run; the only module that knows wasmtime |
//! | [`http`] | requests that know whether they may be sent twice |
//! | [`private`] | directories and files that are their owner's alone |
//! | [`file`] | files that somebody names: regular ones of bounded size |
//! | [`text`] | names: how they are shown, and when two are the same |
//! | [`simulator`] | local twins of both services, with everything that can go wrong as a switch |

pub mod abiquo;
pub mod acronis;
pub mod bill;
mod blocking;
pub mod config;
mod digest;
pub mod evidence;
pub mod file;
pub mod http;
pub mod journal;
pub mod month;
pub mod outcome;
pub mod private;
pub mod progress;
pub mod reconcile;
pub mod sandbox;
pub mod simulator;
pub mod text;
