//! The month and the day, from a configuration to the bills that Abiquo shows.
//!
//! # The month, end to end
//!
//! From a configuration: have the report made, wait for it, download, bill and post it, for every
//! account. What is there already is not posted again, however often this runs:
//!
//! ```
//! use std::sync::Arc;
//! use skubill_runner::{config::Config, month::{BillingRun, Period, PostingStatus}, progress::Silent};
//!
//! async fn post(config: Config, period: &Period) -> Result<(), skubill_runner::month::Error> {
//!     for account in Arc::new(BillingRun::new(config)?).run(period, Arc::new(Silent)).await? {
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
//! # let settle = skubill_runner::reconcile::SETTLE;
//! # let state = std::env::temp_dir().join(format!("skubill-{}", std::process::id()));
//! # let config = Config { state: state.clone(), ca_file: None, settle, time: Default::default(), accounts: Vec::new() };
//! # tokio::runtime::Runtime::new()?.block_on(post(config, &period))?;
//! # std::fs::remove_dir_all(state)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Develop against the crate `skubill-simulators`: local twins of both services, over real HTTP on loopback.
//!
//! # Modules
//!
//! | module | purpose |
//! |---|---|
//! | [`config`] | `skubill.toml`: accounts, what is billed from each, where secrets are |
//! | [`month`] | the month and the day as one function each: fetch, bill, post, look up lost answers |
//! | [`reconcile`] | the one place that writes to Abiquo: looks up, judges, intends, sends, confirms |
//! | [`journal`] | intents and their outcomes, hash-chained; one run of a period at a time |
//! | [`evidence`] | the inputs of a run, kept read-only with their hashes; billed again years later |
//! | [`progress`] | steps of a month as they happen |

pub mod config;
pub mod evidence;
pub mod journal;
pub mod month;
pub mod progress;
pub mod reconcile;
