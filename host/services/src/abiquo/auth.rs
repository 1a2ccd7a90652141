//! Credentials.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use secrecy::{ExposeSecret, SecretString};

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
    pub(super) fn header(&self) -> SecretString {
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
