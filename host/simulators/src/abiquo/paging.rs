//! Pages and their links. The last page starts `limit` before the end, whatever the pages before
//! it were, and a page that would start past the end is the last one.

use super::catalogue::{Code, INVALID_QUERY};
use super::store::Link;
use crate::exchange::Call;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What RFC 3986 calls unreserved stays as it is.
const QUERY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Which part of a collection is asked for, and how it is sorted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Page {
    pub startwith: usize,
    /// 0: everything.
    pub limit: usize,
    pub by: String,
    pub has: Option<String>,
    pub asc: bool,
}

/// How links are written.
pub(super) struct Hrefs<'a> {
    /// The collection's own, without a query.
    pub base: &'a str,
    /// The resource's own filters, in the documented order.
    pub filters: &'a [(&'static str, String)],
    pub encoded: bool,
    /// `next` leads back to its own page.
    pub next_repeats: bool,
}

impl Page {
    pub fn of(call: &Call) -> Result<Page, Code> {
        let whole = |name: &str, default: usize| match call.parameter(name) {
            None => Ok(default),
            Some(text) => text.parse().map_err(|_| INVALID_QUERY),
        };
        let asc = match call.parameter("asc").as_deref() {
            None | Some("true") => true,
            Some("false") => false,
            Some(_) => return Err(INVALID_QUERY),
        };
        Ok(Page {
            startwith: whole("startwith", 0)?,
            limit: whole("limit", 25)?,
            by: call.parameter("by").unwrap_or_else(|| "id".into()),
            has: call.parameter("has"),
            asc,
        })
    }

    /// Where the page starts in a collection of so many: never past the last page.
    fn start(&self, total: usize) -> usize {
        match self.limit {
            0 => 0,
            limit if self.startwith >= total => total.saturating_sub(limit),
            _ => self.startwith,
        }
    }

    /// The page's part of the sorted collection.
    pub fn cut<'a, T>(&self, all: &'a [T]) -> &'a [T] {
        let start = self.start(all.len());
        let end = match self.limit {
            0 => all.len(),
            limit => all.len().min(start.saturating_add(limit)),
        };
        &all[start..end]
    }

    /// `first`, `previous`, `next` and `last`; none for an empty collection.
    pub fn links(&self, total: usize, hrefs: &Hrefs) -> Vec<Link> {
        if total == 0 {
            return Vec::new();
        }
        let link = |rel, startwith| Link { title: None, rel, kind: None, href: self.href(startwith, hrefs) };
        let mut links = vec![link("first", None)];
        if self.limit == 0 {
            links.push(link("last", Some(0)));
            return links;
        }
        let start = self.start(total);
        if start != 0 {
            links.push(link("previous", Some(start.saturating_sub(self.limit))));
        }
        let next = start.saturating_add(self.limit);
        if next < total {
            let next = if hrefs.next_repeats { start } else { next };
            links.push(link("next", Some(next)));
        }
        links.push(link("last", Some(total.saturating_sub(self.limit))));
        links
    }

    /// Filters, startwith, limit, has, by, and asc where it is false.
    fn href(&self, startwith: Option<usize>, hrefs: &Hrefs) -> String {
        let mut query: Vec<(&str, String)> = hrefs.filters.to_vec();
        if let Some(startwith) = startwith {
            query.push(("startwith", startwith.to_string()));
        }
        query.push(("limit", self.limit.to_string()));
        if let Some(has) = &self.has {
            query.push(("has", has.clone()));
        }
        query.push(("by", self.by.clone()));
        if !self.asc {
            query.push(("asc", "false".into()));
        }
        let pairs: Vec<_> = query
            .iter()
            .map(
                |(key, value)| {
                    if hrefs.encoded { format!("{key}={}", utf8_percent_encode(value, QUERY)) } else { format!("{key}={value}") }
                },
            )
            .collect();
        format!("{}?{}", hrefs.base, pairs.join("&"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(startwith: usize, limit: usize, total: usize) -> Vec<String> {
        let page = Page { startwith, limit, by: "id".into(), has: None, asc: true };
        let hrefs = Hrefs { base: "b", filters: &[], encoded: false, next_repeats: false };
        let links = page.links(total, &hrefs);
        links.iter().map(|l| format!("{} {}", l.rel, l.href)).collect()
    }

    #[test]
    fn the_recorded_formulae() {
        assert_eq!(shown(0, 3, 1554), ["first b?limit=3&by=id", "next b?startwith=3&limit=3&by=id", "last b?startwith=1551&limit=3&by=id"]);
        assert_eq!(shown(10, 2, 3), ["first b?limit=2&by=id", "previous b?startwith=0&limit=2&by=id", "last b?startwith=1&limit=2&by=id"]);
        assert_eq!(shown(0, 0, 254), ["first b?limit=0&by=id", "last b?startwith=0&limit=0&by=id"]);
        assert!(shown(0, 25, 0).is_empty());
    }
}
