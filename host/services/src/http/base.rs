//! A service's address, and what belongs to it.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use url::{Host, Url};

use super::error::Error;
use super::excerpt::one_line;

/// RFC 3986 `unreserved`: the only characters that no server, proxy or framework reads as anything else.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Where a service lives, e.g. `https://eu2-cloud.acronis.com` or `https://abiquo.example.com/api`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseUrl(Url);

impl BaseUrl {
    /// Refuses anything but `https`, or `http` to this machine, and an address with a user name, password, query or
    /// fragment. The error does not repeat a password.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let base = Self::insecure(text)?;
        if base.is_in_clear() {
            let reason = "http would carry the credentials in clear: write https, or set insecure_http = true beside it";
            return Err(Error::BaseUrl { given: origin(&base.0), reason });
        }
        Ok(base)
    }

    /// Whether what is sent there can be read on the way: `http` to another machine.
    pub fn is_in_clear(&self) -> bool {
        self.0.scheme() == "http" && !is_loopback(&self.0)
    }

    /// The same, and `http` to any host: whoever can read the network on the way reads the credentials.
    pub fn insecure(text: &str) -> Result<Self, Error> {
        let refuse = |given: &str, reason| Error::BaseUrl { given: given.to_owned(), reason };
        // What cannot be parsed cannot be cleaned of a password either, so it is not repeated.
        let mut url = Url::parse(text.trim()).map_err(|_| refuse("…", "it is not a URL such as https://host.example/path"))?;
        let shown = origin(&url);
        if !url.username().is_empty() || url.password().is_some() {
            return Err(refuse(&shown, "credentials stand in it; give them by their own settings"));
        }
        if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
            return Err(refuse(&shown, "it is neither http nor https"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(refuse(&shown, "a query or fragment stands in it"));
        }
        let path = url.path().trim_end_matches('/').to_owned();
        url.set_path(&path);
        Ok(Self(url))
    }

    /// The address of a path below this one; each segment is percent-encoded. A segment that is empty, `.`
    /// or `..` is refused: it would lead to another call than the one meant.
    pub fn at<'a>(&self, segments: impl IntoIterator<Item = &'a str>) -> Result<Url, Error> {
        let mut path = self.0.path().trim_end_matches('/').to_owned();
        for segment in segments {
            if matches!(segment, "" | "." | "..") {
                return Err(Error::Segment(segment.to_owned()));
            }
            path.push('/');
            path.push_str(&encode(segment));
        }
        let mut url = self.0.clone();
        url.set_path(&path);
        Ok(url)
    }

    /// A link that the service gave, if it stays with the service: same scheme, host and port.
    pub fn admit(&self, link: Url) -> Result<Url, Error> {
        if same_origin(&self.0, &link) && link.username().is_empty() && link.password().is_none() {
            return Ok(link);
        }
        Err(Error::ForeignLink { link: origin(&link), origin: origin(&self.0) })
    }

    /// Reads a link relative to this address, and admits it.
    pub fn admit_text(&self, link: &str) -> Result<Url, Error> {
        match self.0.join(link) {
            Ok(url) => self.admit(url),
            Err(_) => Err(Error::ForeignLink { link: one_line(link), origin: origin(&self.0) }),
        }
    }
}

impl std::fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

/// 127.0.0.0/8, `::1` and `localhost`.
pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// Same scheme, host and port, default ports counted.
fn same_origin(a: &Url, b: &Url) -> bool {
    a.origin().is_tuple() && a.origin() == b.origin()
}

fn origin(url: &Url) -> String {
    if url.origin().is_tuple() { url.origin().ascii_serialization() } else { format!("{}:…", url.scheme()) }
}

/// Percent-encodes one path segment or one query name or value: a space becomes `%20`, `+` becomes `%2B`.
pub(crate) fn encode(text: &str) -> String {
    utf8_percent_encode(text, UNRESERVED).to_string()
}

/// Puts a query on an address, each name and value percent-encoded, in the order given.
pub(crate) fn set_query<'a>(url: &mut Url, pairs: impl IntoIterator<Item = (&'a str, &'a str)>) {
    let query: Vec<String> = pairs.into_iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
    url.set_query((!query.is_empty()).then(|| query.join("&")).as_deref());
}
