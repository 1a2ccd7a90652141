//! Addresses: the links that Abiquo gives, and what lies below them.

use percent_encoding::percent_decode_str;
use url::Url;

use super::error::Error;
use crate::http::{self, BaseUrl};

/// The links of an enterprise that matter here, where it has them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Links {
    pub bills: Option<Url>,
    pub registers: Option<Url>,
    pub estimate: Option<Url>,
    pub providers: Option<Url>,
}

/// The address of one bill of a list.
pub(super) fn below(mut list: Url, id: u64) -> Url {
    let path = format!("{}/{id}", list.path().trim_end_matches('/'));
    list.set_path(&path);
    list
}

/// A link as Abiquo prints it, made fit to be followed: of this service, and with its query encoded again.
///
/// Abiquo does not encode the queries of its page links: `fromdate=2023/01/14 11:21:17 +0200`. Followed as
/// they stand, `+` would be read as a space and the offset lost. So each value is taken apart at `&` and
/// `=` and encoded. In a value with `%` escapes, which a later version may bring, `+` is a space; in any
/// other it is a plus, and `#` begins no fragment. A piece without `=` belongs to the value before it: `provider=AT&T`.
pub(super) fn readable(base: &BaseUrl, href: &str) -> Result<Url, Error> {
    let Some((place, query)) = href.trim().split_once('?') else {
        return Ok(base.admit_text(href)?);
    };
    let mut pairs: Vec<(String, String)> = Vec::new();
    for piece in query.split('&').filter(|piece| !piece.is_empty()) {
        match (piece.split_once('='), pairs.last_mut()) {
            (Some((name, value)), _) => pairs.push((decoded(name), decoded(value))),
            (None, Some((_, value))) => {
                value.push('&');
                value.push_str(&decoded(piece));
            }
            (None, None) => pairs.push((decoded(piece), String::new())),
        }
    }
    let mut url = base.admit_text(place)?;
    let pairs = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    http::set_query(&mut url, pairs);
    Ok(url)
}

fn decoded(text: &str) -> String {
    let plain = percent_decode_str(text).decode_utf8_lossy();
    if plain == text {
        return text.to_owned();
    }
    let spaced = text.replace('+', " ");
    percent_decode_str(&spaced).decode_utf8_lossy().into_owned()
}
