//! The client: sending with credentials, and reading what is answered.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, RwLock};
use std::time::Duration;

use secrecy::SecretString;
use url::Url;

use super::auth::Auth;
use super::error::{Error, Role};
use super::links::Links;
use super::refusal::refusal;
use super::wire::WireProfile;
use crate::http::{ANSWER_BYTES_MAX, Answer, BaseUrl, Call, Http, Request, Scope};

/// The version of Abiquo's media types that the documentation describes.
pub const VERSION: &str = "6.1";

/// One Abiquo, with one user's rights. Share it by reference.
#[derive(Clone)]
pub struct Client {
    http: Http,
    pub(super) base: BaseUrl,
    authorization: SecretString,
    version: String,
    pub(super) profile: WireProfile,
    /// The links of enterprises that were asked for: followed in place of built addresses.
    pub(super) links: Arc<RwLock<HashMap<u64, Links>>>,
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
    pub(super) fn media(&self, media_type: &str) -> String {
        if !media_type.contains("vnd.abiquo.") || media_type.contains("version=") {
            return media_type.to_owned();
        }
        format!("{media_type}; version={}", self.version)
    }

    /// Sends with credentials. `role` is what the call needs, named when the service refuses it.
    pub(super) async fn fetch(&self, request: Request, role: Option<Role>) -> Result<Answer, Error> {
        let request = request.authorization(self.authorization.clone());
        let answer = self.http.fetch(&request, ANSWER_BYTES_MAX).await?;
        if answer.is_success() {
            return Ok(answer);
        }
        Err(refusal(&request, &answer, role, self.http.now()))
    }

    /// Reads and decodes; what cannot be decoded is kept in the error.
    pub(super) async fn get<T>(
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
