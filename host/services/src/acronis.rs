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

mod download;
mod error;
mod reports;
mod token;
mod wire;
mod words;

use std::fmt;

use secrecy::SecretString;

pub use download::{DOWNLOAD_BYTES_MAX, Downloaded};
pub use error::{Code, Error};
pub use reports::{Progress, WaitPolicy};
pub use wire::{DateRange, Report, ReportRequest, ServiceError, StoredReport};
pub use words::{Format, Kind, Level, ResultAction, Schedule, StoredState, UnknownWord};

use crate::http::{ANSWER_BYTES_MAX, Answer, BaseUrl, Http, Request, Response};
use token::{Token, Tokens};

/// One API client of one data center. Share it by reference: its token is fetched once for all calls.
pub struct Client {
    http: Http,
    base: BaseUrl,
    tokens: Tokens,
}

impl Client {
    /// `base_url` is the data center's address as shown with the API client's credentials, e.g.
    /// `https://eu2-cloud.acronis.com`: a token holds for one data center only. Nothing is sent yet.
    pub fn new(http: Http, base_url: &str, client_id: &str, secret: SecretString) -> Result<Self, Error> {
        Ok(Self::with_base(http, BaseUrl::parse(base_url)?, client_id, secret))
    }

    /// The same of an address that was read.
    pub fn with_base(http: Http, base: BaseUrl, client_id: &str, secret: SecretString) -> Self {
        Self { http, base, tokens: Tokens::new(client_id, secret) }
    }

    /// The tenant that the API client belongs to: the root of every report it may ask for.
    pub async fn root_tenant(&self) -> Result<String, Error> {
        let path = ["api", "2", "clients", self.tokens.client_id()];
        let request = Request::get(self.base.at(path)?).header("accept", "application/json");
        let answer = self.fetch(&request).await?;
        wire::client_tenant(&answer.body).map_err(|why| error::unreadable(&request, &answer, &why))
    }

    /// Sends with a token; after a 401, once more with a new one. (A 401 is given before anything is done,
    /// so this holds for a POST too.)
    async fn fetch(&self, request: &Request) -> Result<Answer, Error> {
        let token = self.tokens.current(&self.http, &self.base).await?;
        let authorized = self.authorized(request, &token);
        let mut answer = self.http.fetch(&authorized, ANSWER_BYTES_MAX).await?;
        if answer.status == 401 {
            let refused = token.header();
            let token = self.tokens.after(&token, &self.http, &self.base).await?;
            let authorized = self.authorized(request, &token).confided(refused);
            answer = self.http.fetch(&authorized, ANSWER_BYTES_MAX).await?;
        }
        if answer.is_success() {
            return Ok(answer);
        }
        Err(error::refusal(request, &answer, self.http.now()))
    }

    /// The service knows the client's secret as well as its token.
    fn authorized(&self, request: &Request, token: &Token) -> Request {
        request.clone().authorization(token.header()).confided(self.tokens.basic())
    }

    /// As [`fetch`](Self::fetch), with the body of a success still to come.
    async fn open(&self, request: &Request) -> Result<Response, Error> {
        let token = self.tokens.current(&self.http, &self.base).await?;
        let mut authorized = self.authorized(request, &token);
        let mut response = self.http.open(&authorized).await?;
        if response.status == 401 {
            let refused = token.header();
            let token = self.tokens.after(&token, &self.http, &self.base).await?;
            authorized = self.authorized(request, &token).confided(refused);
            response = self.http.open(&authorized).await?;
        }
        if (200..300).contains(&response.status) {
            return Ok(response);
        }
        let answer = self.http.read_refusal(response, &authorized).await;
        Err(error::refusal(request, &answer, self.http.now()))
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("base", &self.base.to_string()).field("client_id", &self.tokens.client_id()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
