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

mod bills;
mod code;
mod date;
mod discovery;
mod error;
mod estimate;
mod pages;
mod provider;
mod registers;
mod wire;
mod writes;

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, RwLock};
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use secrecy::{ExposeSecret, SecretString};
use url::Url;

pub use bills::{Bill, BillsQuery, Deleted, NewBill, Posted, PostingHeader, Probe};
pub use code::Code;
pub use date::{BillingPeriod, format_date, parse_date};
pub use discovery::{Enterprise, Links};
pub use error::{Error, Role, ServiceError};
pub use estimate::{Estimate, Reading};
pub use pages::{BillPages, HELD_BYTES_MAX, HELD_LINES_MAX};
pub use provider::{ProviderError, check_provider, check_provider_name};
pub use registers::{NewRegister, Registers};
pub use wire::WireProfile;
pub use writes::Writes;

use crate::http::{ANSWER_BYTES_MAX, Answer, BaseUrl, Call, Http, Request, Scope};

/// The version of Abiquo's media types that the documentation describes.
pub const VERSION: &str = "6.1";

/// How we say who we are. With OpenID Connect only `Bearer` works; with two-factor authentication, not
/// `Basic`.
#[derive(Debug, Clone)]
pub enum Auth {
    /// `Authorization: Token …`: an API token made in Abiquo.
    Token(SecretString),
    Basic {
        user: String,
        password: SecretString,
    },
    /// An access token of OpenID Connect.
    Bearer(SecretString),
}

impl Auth {
    fn header(&self) -> SecretString {
        SecretString::from(match self {
            Auth::Token(token) => format!("Token {}", token.expose_secret()),
            Auth::Bearer(token) => format!("Bearer {}", token.expose_secret()),
            Auth::Basic { user, password } => {
                let pair = format!("{user}:{}", password.expose_secret());
                format!("Basic {}", BASE64_STANDARD.encode(pair))
            }
        })
    }
}

/// One Abiquo, with one user's rights. Share it by reference.
#[derive(Clone)]
pub struct Client {
    http: Http,
    base: BaseUrl,
    authorization: SecretString,
    version: String,
    profile: WireProfile,
    /// The links of enterprises that were asked for: followed in place of built addresses.
    links: Arc<RwLock<HashMap<u64, Links>>>,
}

impl Client {
    /// `base_url` is the API's address, e.g. `https://abiquo.example.com/api`. Nothing is sent yet.
    pub fn new(http: Http, base_url: &str, auth: Auth) -> Result<Self, Error> {
        Ok(Self::with_base(http, BaseUrl::parse(base_url)?, auth))
    }

    /// The same of an address that was read.
    pub fn with_base(http: Http, base: BaseUrl, auth: Auth) -> Self {
        let (version, profile) = (VERSION.to_owned(), WireProfile::default());
        Self { http, base, authorization: auth.header(), version, profile, links: Arc::default() }
    }

    /// Another version of the media types than [`VERSION`].
    #[must_use]
    pub fn with_version(mut self, version: &str) -> Self {
        version.clone_into(&mut self.version);
        self
    }

    /// Another way to write a post by categories, which no public document describes.
    #[must_use]
    pub fn with_profile(mut self, profile: WireProfile) -> Self {
        self.profile = profile;
        self
    }

    /// The same client for something that may take so long from now on: see [`Http::within`]. Links are shared.
    #[must_use]
    pub fn within(&self, scope: Scope, limit: Duration) -> Self {
        Self { http: self.http.within(scope, limit), ..self.clone() }
    }

    /// A media type with its version, unless it names one itself.
    fn media(&self, media_type: &str) -> String {
        if !media_type.contains("vnd.abiquo.") || media_type.contains("version=") {
            return media_type.to_owned();
        }
        format!("{media_type}; version={}", self.version)
    }

    /// Sends with credentials. `role` is what the call needs, named when the service refuses it.
    async fn fetch(&self, request: Request, role: Option<Role>) -> Result<Answer, Error> {
        let request = request.authorization(self.authorization.clone());
        let answer = self.http.fetch(&request, ANSWER_BYTES_MAX).await?;
        if answer.is_success() {
            return Ok(answer);
        }
        Err(error::refusal(&request, &answer, role, self.http.now()))
    }

    /// Reads and decodes; what cannot be decoded is kept in the error.
    async fn get<T>(
        &self,
        url: Url,
        accept: &str,
        role: Option<Role>,
        decode: impl FnOnce(&[u8]) -> Result<T, String>,
    ) -> Result<T, Error> {
        // A look-up decides whether money is posted: no cache may answer it in the service's stead.
        let request = Request::get(url).header("accept", &self.media(accept)).header("cache-control", "no-cache");
        let call = Call::of(&request);
        let answer = self.fetch(request, role).await?;
        decode(&answer.body).map_err(|why| Error::Unreadable { call, why: answer.hidden(&why).into_owned(), body: answer.excerpt() })
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("base", &self.base.to_string()).field("version", &self.version).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
