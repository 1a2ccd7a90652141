//! The access token: fetched when first needed, shared by all calls, renewed before it runs out.

use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Mutex;

use super::error::{self, Error};
use super::wire;
use crate::http::{self, ANSWER_BYTES_MAX, BaseUrl, Call, Excerpt, Http, Repeat, Request};

/// A token with less than this to live is renewed before it is used, as Acronis' own examples do.
const RENEW_BEFORE: SignedDuration = SignedDuration::from_mins(15);

/// How long a token lives if its answer does not say: what Acronis documents. A 401 corrects a wrong guess.
const LIFETIME_DOCUMENTED: SignedDuration = SignedDuration::from_hours(2);

/// The token, and what it is bought with. The lock is held while a token is fetched, so that any number of
/// calls that need one at the same time cause one request.
pub(super) struct Tokens {
    client_id: String,
    secret: SecretString,
    current: Mutex<Option<Token>>,
}

/// `Authorization: Bearer …`, and which token it is.
#[derive(Clone)]
pub(super) struct Token {
    header: SecretString,
    renew_at: Timestamp,
    serial: u64,
}

impl Token {
    pub(super) fn header(&self) -> SecretString {
        self.header.clone()
    }
}

impl Tokens {
    pub(super) fn new(client_id: &str, secret: SecretString) -> Self {
        Self { client_id: client_id.to_owned(), secret, current: Mutex::new(None) }
    }

    pub(super) fn client_id(&self) -> &str {
        &self.client_id
    }

    /// The current token, fetched or renewed if need be.
    pub(super) async fn current(&self, http: &Http, base: &BaseUrl) -> Result<Token, Error> {
        let mut current = self.current.lock().await;
        match &*current {
            Some(token) if http.now() < token.renew_at => Ok(token.clone()),
            old => {
                let serial = old.as_ref().map_or(0, |token| token.serial) + 1;
                let token = self.fetch(http, base, serial).await?;
                *current = Some(token.clone());
                Ok(token)
            }
        }
    }

    /// Another token than `refused`, which was answered with 401. If another call has renewed it in the
    /// meantime, that one.
    pub(super) async fn after(&self, refused: &Token, http: &Http, base: &BaseUrl) -> Result<Token, Error> {
        {
            let mut current = self.current.lock().await;
            if let Some(token) = &mut *current
                && token.serial == refused.serial
            {
                token.renew_at = Timestamp::MIN;
            }
        }
        self.current(http, base).await
    }

    async fn fetch(&self, http: &Http, base: &BaseUrl, serial: u64) -> Result<Token, Error> {
        let form = "grant_type=client_credentials";
        let url = base.at(["api", "2", "idp", "token"])?;
        let mut request = Request::post(url, "application/x-www-form-urlencoded", form.into())
            .header("accept", "application/json")
            .authorization(self.basic());
        // A token that was issued and lost harms nobody.
        request.repeat = Repeat::Freely;
        let answer = http.fetch(&request, ANSWER_BYTES_MAX).await?;
        if !answer.is_success() {
            return Err(match wire::oauth_error(&answer.body) {
                Some((code, description)) => {
                    Error::Credentials { code: http::one_line(&code), description: description.map(|text| http::one_line(&text)) }
                }
                None if answer.status == 401 => Error::Credentials { code: "401".to_owned(), description: None },
                None => error::refusal(&request, &answer, http.now()),
            });
        }
        let json = wire::token(&answer.body).map_err(|why| Error::Unreadable {
            call: Call::of(&request),
            why,
            // A token may stand in it.
            body: Excerpt::default(),
        })?;
        let now = http.now();
        Ok(Token {
            renew_at: renew_at(now, json.expires_on, json.expires_in),
            header: SecretString::from(format!("Bearer {}", json.access_token)),
            serial,
        })
    }

    pub(super) fn basic(&self) -> SecretString {
        let pair = format!("{}:{}", self.client_id, self.secret.expose_secret());
        SecretString::from(format!("Basic {}", BASE64_STANDARD.encode(pair)))
    }
}

/// A quarter of an hour before the end, but not before half of its life is over: a service (or a simulator)
/// with tokens of ten minutes is not asked for one at each call.
fn renew_at(now: Timestamp, expires_on: Option<i64>, expires_in: Option<i64>) -> Timestamp {
    let on = expires_on.and_then(|seconds| Timestamp::from_second(seconds).ok());
    let stated = [on.map(|on| on.duration_since(now)), expires_in.map(SignedDuration::from_secs)];
    // A new token that has already run out tells of a clock that is wrong, ours or theirs.
    let lifetime = stated.into_iter().flatten().find(SignedDuration::is_positive);
    let lifetime = lifetime.unwrap_or(LIFETIME_DOCUMENTED);
    let lifetime = Duration::try_from(lifetime).unwrap_or(Duration::ZERO);
    let before = Duration::try_from(RENEW_BEFORE).unwrap_or(Duration::ZERO);
    let usable = lifetime.saturating_sub(before).max(lifetime / 2);
    now.saturating_add(usable).unwrap_or(now)
}
