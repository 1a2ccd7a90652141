//! The strings of a JSON text, looked at one by one where they stand. No tree is made of it, which would take a hundred
//! times its memory, and all else stays as it came, to the digit.

use std::borrow::Cow;

use super::spelling::{CONCEALED, Needles};

/// A JSON text whose strings say no secret. Names of attributes stay: nobody tells them.
pub fn hidden(needles: &Needles, body: Vec<u8>) -> Vec<u8> {
    let (mut hidden, mut copied, mut at) = (Vec::new(), 0, 0);
    while let Some(open) = body[at..].iter().position(|byte| *byte == b'"').map(|found| at + found) {
        let Some(close) = closing(&body, open) else { break };
        at = close + 1;
        let is_name = body[at..].iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b':');
        if let Some(text) = (!is_name).then(|| said(needles, &body[open..at])).flatten() {
            hidden.extend_from_slice(&body[copied..open]);
            hidden.extend_from_slice(text.as_bytes());
            copied = at;
        }
    }
    if copied == 0 {
        return body;
    }
    hidden.extend_from_slice(&body[copied..]);
    hidden
}

/// Where the string ends that begins here.
fn closing(body: &[u8], open: usize) -> Option<usize> {
    let mut at = open + 1;
    loop {
        match body.get(at)? {
            b'"' => return Some(at),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

/// A string, quotation marks and all, without the secret that it says; nothing where it says none.
fn said(needles: &Needles, string: &[u8]) -> Option<String> {
    if let Ok(text) = serde_json::from_slice::<String>(string) {
        return match needles.hidden(&text) {
            Cow::Owned(hidden) => Some(serde_json::Value::from(hidden).to_string()),
            Cow::Borrowed(_) => None,
        };
    }
    // No string of JSON, such as half a pair of surrogates: hidden in as it is spelled.
    match needles.hidden(&String::from_utf8_lossy(string)) {
        Cow::Owned(hidden) if hidden.contains(CONCEALED) => Some(hidden),
        _ => None,
    }
}
