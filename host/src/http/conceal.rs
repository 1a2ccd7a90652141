//! What a request carries in confidence, and an answer may repeat: it is told to nobody.

use std::borrow::Cow;
use std::fmt;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use super::base::encode;

/// What is shown in a secret's place.
const CONCEALED: &str = "[secret]";

/// A shorter one is no secret, and hiding it everywhere would tell which it is.
const SECRET_BYTES_MIN: usize = 4;

/// Secrets in all spellings in which a server may say them, the longest first.
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

    pub(super) fn add(&mut self, secret: &str) {
        if secret.len() < SECRET_BYTES_MIN {
            return;
        }
        let json = Value::from(secret).to_string();
        let json = &json[1..json.len() - 1];
        let html = secret.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
        let mut spellings = vec![secret.to_owned(), json.to_owned(), json.replace('/', "\\/"), html, encode(secret)];
        spellings.sort();
        spellings.dedup();
        self.0.extend(spellings.into_iter().map(SecretString::from));
        self.0.sort_by_key(|secret| std::cmp::Reverse(secret.expose_secret().len()));
    }

    pub(super) fn join(&mut self, others: Secrets) {
        self.0.extend(others.0);
        self.0.sort_by_key(|secret| std::cmp::Reverse(secret.expose_secret().len()));
    }

    pub(crate) fn hidden<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let mut text = Cow::Borrowed(text);
        for secret in self.0.iter().map(ExposeSecret::expose_secret) {
            if text.contains(secret) {
                text = Cow::Owned(text.replace(secret, CONCEALED));
            }
        }
        text
    }

    /// The body of a refusal. In JSON a secret may be spelled with any escapes, so its strings are looked at, too.
    pub(super) fn hidden_body(&self, body: Vec<u8>) -> Vec<u8> {
        if self.0.is_empty() {
            return body;
        }
        let body = self.hidden_json(&body).unwrap_or(body);
        match self.hidden(&String::from_utf8_lossy(&body)) {
            Cow::Owned(text) if text.contains(CONCEALED) => text.into_bytes(),
            _ => body,
        }
    }

    /// JSON that says a secret, without it.
    fn hidden_json(&self, body: &[u8]) -> Option<Vec<u8>> {
        let mut json: Value = serde_json::from_slice(body).ok()?;
        self.hide_in(&mut json).then(|| json.to_string().into_bytes())
    }

    fn hide_in(&self, json: &mut Value) -> bool {
        match json {
            Value::String(text) => match self.hidden(text) {
                Cow::Owned(hidden) => {
                    *text = hidden;
                    true
                }
                Cow::Borrowed(_) => false,
            },
            Value::Array(items) => items.iter_mut().fold(false, |some, item| self.hide_in(item) | some),
            Value::Object(fields) => fields.values_mut().fold(false, |some, field| self.hide_in(field) | some),
            _ => false,
        }
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} secrets", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn basic(pair: &str) -> Secrets {
        Secrets::of_authorization(&format!("Basic {}", BASE64_STANDARD.encode(pair)))
    }

    #[test]
    fn a_secret_is_hidden_in_every_spelling() {
        let secrets = basic("clerk:pa/ss\"w&rd");
        for said in [
            "pa/ss\"w&rd",
            "pa/ss\\\"w&rd",
            "pa\\/ss\\\"w&rd",
            "pa/ss&quot;w&amp;rd",
            "pa%2Fss%22w%26rd",
            &BASE64_STANDARD.encode("clerk:pa/ss\"w&rd"),
        ] {
            assert_eq!(secrets.hidden(&format!("no: {said}.")), "no: [secret].", "{said}");
        }
        let token = Secrets::of_authorization("Bearer ey.to.ken");
        assert_eq!(token.hidden("Bearer ey.to.ken, ey.to.ken"), "Bearer [secret], [secret]");
        assert!(!format!("{token:?}").contains("ey"));
    }

    #[test]
    fn bodies_are_hidden_in_as_text_and_as_json() {
        let secrets = Secrets::of_authorization("Token hush-hush");
        let hidden = |body: &str| String::from_utf8(secrets.hidden_body(body.into())).expect("text");
        assert_eq!(hidden("<b>hush-hush</b>"), "<b>[secret]</b>");
        assert_eq!(hidden(r#"{"a": [{"b": "\u0068ush-hush!"}]}"#), r#"{"a":[{"b":"[secret]!"}]}"#);
        assert_eq!(hidden(r#"{"hush-hush": 1}"#), r#"{"[secret]": 1}"#);
        // What says no secret stays as it came, also where it is no text.
        assert_eq!(secrets.hidden_body(b"\xff{ \"a\" :1}".to_vec()), b"\xff{ \"a\" :1}");
        assert_eq!(hidden("{ \"a\" : 1.0 }"), "{ \"a\" : 1.0 }");
    }

    #[test]
    fn what_is_too_short_to_be_a_secret_is_none() {
        assert_eq!(basic("a:b").hidden("a:b a b"), "a:b a b");
        assert_eq!(Secrets::of_authorization("").hidden("all"), "all");
    }
}
