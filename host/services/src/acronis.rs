//! Acronis Cyber Cloud: usage reports, from asking for one to its bytes.
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use skubill_services::acronis::{Client, DateRange, Format, ReportRequest, WaitPolicy};
//! use skubill_services::http::{Http, Options};
//!
//! let http = Http::new(&Options::default())?;
//! let secret = std::env::var("ACRONIS_CLIENT_SECRET")?.into();
//! let acronis = Client::new(http, "https://eu2-cloud.acronis.com", "the-client-id", secret)?;
//!
//! let month = DateRange { start: "2021-08-01".parse()?, end: "2021-08-31".parse()? };
//! let request = ReportRequest::billing(&acronis.root_tenant().await?, month);
//! let report = acronis.create_report(&request).await?;
//! let stored = acronis.wait_for(&report.id, &Format::CsvV2, &WaitPolicy::default(), |_| {}).await?;
//! let file = acronis.download_to(&report.id, &stored, "report.csv.gz".as_ref(), 4 << 30).await?;
//! println!("{} bytes, sha256 {}", file.bytes, file.sha256);
//! # Ok(())
//! # }
//! ```
//!
//! A report's bytes are passed on unread: what they mean is the component's to say.

mod client;
mod download;
mod error;
mod reports;
mod token;
mod wire;
mod words;

pub use client::Client;
pub use download::{DOWNLOAD_BYTES_MAX, Downloaded};
pub use error::{Code, Error};
pub use reports::{Progress, WaitPolicy};
pub use wire::{DateRange, Report, ReportRequest, ServiceError, StoredReport};
pub use words::{Format, Kind, Level, ResultAction, Schedule, StoredState, UnknownWord};

#[cfg(test)]
mod tests;
