//! The client: sending with a token.

use std::fmt;

use secrecy::SecretString;

use super::error::{self, Error};
use super::token::{Token, Tokens};
use super::wire;
use crate::http::{ANSWER_BYTES_MAX, Answer, BaseUrl, Http, Request, Response};

/// One API client of one data center. Share it by reference: its token is fetched once for all calls.
pub struct Client {
    pub(super) http: Http,
    pub(super) base: BaseUrl,
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
    pub(super) async fn fetch(&self, request: &Request) -> Result<Answer, Error> {
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
    pub(super) async fn open(&self, request: &Request) -> Result<Response, Error> {
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
