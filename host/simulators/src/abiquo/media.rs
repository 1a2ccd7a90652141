//! Media types and their versions, in `Accept` and `Content-Type`.

use super::catalogue::{Code, NOT_ACCEPTABLE, UNSUPPORTED, UNSUPPORTED_VERSION};
use crate::exchange::Call;

pub(super) const BILL: &str = "application/vnd.abiquo.bill+json";
pub(super) const BILLS: &str = "application/vnd.abiquo.bills+json";
pub(super) const PROVIDERS: &str = "application/vnd.abiquo.billproviders+json";
pub(super) const ENTERPRISE: &str = "application/vnd.abiquo.enterprise+json";
pub(super) const USER: &str = "application/vnd.abiquo.user+json";
pub(super) const TEXT: &str = "text/plain";

/// Only these carry a version that is looked at.
const VENDOR: &str = "application/vnd.abiquo.";

/// A media type without its parameters, and the version among them.
#[derive(Debug, PartialEq, Eq)]
struct Media {
    name: String,
    version: Option<String>,
}

/// `application/vnd.abiquo.bill+json; version=6.1;`, with or without spaces.
fn media(text: &str) -> Media {
    let mut parts = text.split(';').map(str::trim);
    let name = parts.next().unwrap_or("").to_ascii_lowercase();
    let version = parts
        .filter_map(|part| part.split_once('='))
        .find(|(key, _)| key.trim() == "version")
        .map(|(_, value)| value.trim().trim_matches('"').into());
    Media { name, version }
}

fn known(media: &Media, versions: &[String]) -> bool {
    !media.name.starts_with(VENDOR) || media.version.as_ref().is_none_or(|v| versions.contains(v))
}

fn accepted(call: &Call) -> Vec<Media> {
    let header = call.header("accept").unwrap_or("*/*");
    header.split(',').map(media).collect()
}

/// The version check, which comes before anything else about media types: 406 for `Accept`, 415
/// for `Content-Type`.
pub(super) fn check_versions(call: &Call, versions: &[String]) -> Result<(), Code> {
    if !accepted(call).iter().all(|media| known(media, versions)) {
        return Err(NOT_ACCEPTABLE);
    }
    let sent = call.header("content-type").map(media);
    if sent.is_some_and(|media| !known(&media, versions)) {
        return Err(UNSUPPORTED_VERSION);
    }
    Ok(())
}

/// The media type to answer with: the first offered, under the version that was asked for or else
/// the newest; 406 where the client takes none of those that stand for it.
pub(super) fn answer_type(call: &Call, versions: &[String], answer: &str, also: &[&str]) -> Result<String, Code> {
    let fits = |name: &str| {
        let any = ["", "*/*", "application/*", "application/json"];
        name == answer || also.contains(&name) || any.contains(&name)
    };
    let chosen = accepted(call).into_iter().find(|media| fits(&media.name)).ok_or(NOT_ACCEPTABLE)?;
    let newest = versions.last().map_or("6.1", String::as_str);
    let version = chosen.version.as_deref().unwrap_or(newest);
    Ok(format!("{answer}; version={version}"))
}

/// Whether the client takes plain text.
pub(super) fn takes_text(call: &Call) -> Result<(), Code> {
    let text = ["", "*/*", "text/*", TEXT];
    if accepted(call).iter().any(|m| text.contains(&m.name.as_str())) {
        return Ok(());
    }
    Err(NOT_ACCEPTABLE)
}

/// Which of these types the body has; 415 for any other, and for none.
pub(super) fn body_type<'a>(call: &Call, known: &[&'a str]) -> Result<&'a str, Code> {
    let sent = call.header("content-type").map(media).ok_or(UNSUPPORTED)?;
    let mut known = known.iter().copied();
    known.find(|name| name.eq_ignore_ascii_case(&sent.name)).ok_or(UNSUPPORTED)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_media_type_with_spaces_and_a_last_semicolon() {
        let read = media("Application/vnd.abiquo.bill+json ; version=6.1; ");
        assert_eq!(read.name, BILL);
        assert_eq!(read.version.as_deref(), Some("6.1"));
        assert_eq!(media("text/plain").version, None);
    }
}
