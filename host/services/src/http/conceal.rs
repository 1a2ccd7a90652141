//! What a request carries in confidence, and an answer may repeat: it is told to nobody, and kept nowhere.
//!
//! Every answer passes here before anything reads it: heads and bodies, refusals and successes alike. A secret is found
//! however it is spelled: escaped as in JSON, percent-encoded, as HTML entities, in base64 or hexadecimal, in other
//! letters of the same form (full-width), in another case, and with anything invisible or white space in between.

use std::borrow::Cow;
use std::fmt;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use secrecy::{ExposeSecret, SecretString};

mod spelling;
mod strings;

use spelling::{CONCEALED, Needles};

/// A shorter one is no secret, and hiding it everywhere would tell which it is.
const SECRET_BYTES_MIN: usize = 4;

/// One that has no letter and is shorter could be a date or an amount, and data is not changed for it.
const NUMBER_BYTES_MIN: usize = 8;

/// Secrets that are not to be told.
#[derive(Clone, Default)]
pub(crate) struct Secrets(Vec<SecretString>);

impl Secrets {
    /// Of an `Authorization` header: its credential, and with `Basic` what that is made of.
    pub(super) fn of_authorization(value: &str) -> Secrets {
        let credential = value.split_once(' ').map_or(value, |(_, credential)| credential);
        let mut secrets = Secrets::default();
        secrets.add(credential);
        let pair = BASE64_STANDARD.decode(credential).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        if let Some((_, password)) = pair.as_deref().and_then(|pair| pair.split_once(':')) {
            secrets.add(password);
        }
        secrets
    }

    /// Of a proxy's address, as the environment names it.
    pub(super) fn of_proxies() -> Secrets {
        let mut secrets = Secrets::default();
        let names = ["http_proxy", "https_proxy", "all_proxy"].map(|name| [name.to_owned(), name.to_ascii_uppercase()]);
        for url in names.into_iter().flatten().filter_map(|name| std::env::var(name).ok()).filter_map(|value| url::Url::parse(&value).ok())
        {
            let plain = |text: &str| percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned();
            if let Some(password) = url.password().map(plain) {
                secrets.add(&BASE64_STANDARD.encode(format!("{}:{password}", plain(url.username()))));
                secrets.add(&password);
            }
        }
        secrets
    }

    pub(super) fn add(&mut self, secret: &str) {
        if secret.len() >= SECRET_BYTES_MIN {
            self.0.push(SecretString::from(secret));
        }
    }

    pub(super) fn join(&mut self, others: Secrets) {
        self.0.extend(others.0);
    }

    /// A text without them.
    pub(crate) fn hidden<'a>(&self, text: &'a str) -> Cow<'a, str> {
        self.needles(|_| true).hidden(text)
    }

    /// The same for many texts.
    pub(super) fn hider(&self) -> impl Fn(&str) -> String {
        let needles = self.needles(|_| true);
        move |text| needles.hidden(text).into_owned()
    }

    /// The body of a refusal: of JSON first what its strings say, then the text as it stands.
    pub(super) fn hidden_refusal(&self, body: Vec<u8>) -> Vec<u8> {
        self.hidden_body(body, &self.needles(|_| true), true)
    }

    /// The body of a success, which is data: of JSON the strings alone, since a number is no place for a secret.
    pub(super) fn hidden_data(&self, body: Vec<u8>) -> Vec<u8> {
        let is_no_number = |secret: &str| secret.len() >= NUMBER_BYTES_MIN || secret.chars().any(char::is_alphabetic);
        self.hidden_body(body, &self.needles(is_no_number), false)
    }

    fn hidden_body(&self, body: Vec<u8>, needles: &Needles, also_as_text: bool) -> Vec<u8> {
        if needles.is_empty() {
            return body;
        }
        let is_json = matches!(body.trim_ascii_start().first(), Some(b'{' | b'[' | b'"'));
        let body = if is_json { strings::hidden(needles, body) } else { body };
        if is_json && !also_as_text {
            return body;
        }
        match needles.hidden(&String::from_utf8_lossy(&body)) {
            Cow::Owned(text) if text.contains(CONCEALED) => text.into_bytes(),
            _ => body,
        }
    }

    fn needles(&self, which: impl Fn(&str) -> bool) -> Needles {
        Needles::of(self.0.iter().map(ExposeSecret::expose_secret).filter(|secret| which(secret)))
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} secrets", self.0.len())
    }
}

#[cfg(test)]
mod tests;
