//! Lists that come in pages: walked by their `next` links alone.
//!
//! Counting `startwith` up would never end (past the end, Abiquo gives its last page again), and `last` is
//! not aligned with the pages before it.

use std::collections::HashSet;

use url::Url;

use super::bill::Bill;
use super::client::Client;
use super::error::{Error, Role};
use super::links::readable;
use super::wire;
use crate::digest::half;

/// The most pages of one list: 10,000 of 25 are a quarter of a million bills, some decades of a provider's.
/// A service whose list never ends is stopped here.
const PAGES_MAX: usize = 10_000;

/// The most entries of one list: the same quarter of a million, in pages of whatever size. Sixteen bytes are kept of
/// each to know it again, 9 MB with the table around them.
const ENTRIES_MAX: u64 = 250_000;

/// The most bytes of all pages of one list: 256 MiB, a quarter of a million bills of 0.8 kB and a third more. Pages are
/// read one after the other, so this bounds traffic and time; what is kept of them is bounded by [`Holding`].
const LIST_BYTES_MAX: u64 = 256 << 20;

/// The most lines that are kept of a list: 20,000. Two months are kept for a comparison, and a bill has 10,000 lines
/// unless `bounds` say otherwise. Each takes about 400 bytes beside its texts: 8 MB.
pub const HELD_LINES_MAX: u64 = 20_000;

/// The most bytes of their texts: 8 MiB, 20,000 lines of 0.4 kB. The component is given them as JSON and takes some
/// ten times that, so that four accounts at once stay below 512 MB.
pub const HELD_BYTES_MAX: u64 = 8 << 20;

/// How many pages in a row may hold nothing new before the list counts as a circle. One can: rows move over
/// a page's edge when something is inserted before them.
const STALE_PAGES_MAX: u32 = 3;

/// A list of bills or registers, page by page, each entry once.
pub struct BillPages<'a> {
    client: &'a Client,
    next: Option<Url>,
    followed: HashSet<[u8; 16]>,
    entries: HashSet<[u8; 16]>,
    seen: u64,
    bytes: u64,
    stale: u32,
    total: Option<u64>,
    /// A page without an entry leads to another one: there are more than were shown.
    broke_off: bool,
}

impl<'a> BillPages<'a> {
    pub(super) fn new(client: &'a Client, first: Url) -> Self {
        Self {
            client,
            next: Some(first),
            followed: HashSet::new(),
            entries: HashSet::new(),
            seen: 0,
            bytes: 0,
            stale: 0,
            total: None,
            broke_off: false,
        }
    }

    /// How many entries the service says that the list has; not all lists say.
    pub fn total_size(&self) -> Option<u64> {
        self.total
    }

    /// The next page's entries without those that were there before, or `None` after the last page.
    pub async fn next_page(&mut self) -> Result<Option<Vec<Bill>>, Error> {
        let Some(url) = self.next.take() else {
            return Ok(None);
        };
        if self.followed.len() == PAGES_MAX {
            return Err(self.circle(&url));
        }
        self.followed.insert(half(url.as_str()));
        let view = Some(Role::BillsView);
        let mut bytes = 0;
        let read = |body: &[u8]| {
            bytes = body.len() as u64;
            wire::page(body)
        };
        let asked = self.client.get(url.clone(), wire::BILLS, view, read).await;
        self.bytes += bytes;
        let asked = asked.and_then(|page| bounded(self.bytes, LIST_BYTES_MAX, "bytes on all its pages").map(|()| page));
        let page = match asked {
            Ok(page) => page,
            Err(error) => {
                // Asked again, the list goes on where it stopped: an error is never its end.
                self.next = Some(url);
                return Err(error);
            }
        };
        self.total = page.total.or(self.total);
        let empty = page.bills.is_empty();
        let mut fresh = page.bills;
        fresh.retain(|bill| match &bill.self_link {
            Some(link) => self.entries.insert(half(link)),
            None => true,
        });
        self.seen += fresh.len() as u64;
        if let Err(error) = bounded(self.seen, ENTRIES_MAX, "entries on all its pages") {
            self.next = Some(url);
            return Err(error);
        }
        self.stale = if fresh.is_empty() { self.stale + 1 } else { 0 };
        self.broke_off |= empty && page.next.is_some();
        if let Some(href) = page.next.filter(|_| !empty) {
            let next = readable(&self.client.base, &href)?;
            let turned = self.followed.contains(&half(next.as_str())) || self.stale == STALE_PAGES_MAX;
            if !turned {
                self.next = Some(next);
            } else if self.total.is_none_or(|total| self.seen < total) {
                // Not all was seen, or the list does not say how long it is: it must not be used to decide
                // whether a bill is there.
                return Err(self.circle(&next));
            }
        }
        Ok(Some(fresh))
    }

    /// All that is left, in one list.
    pub async fn all(mut self) -> Result<Vec<Bill>, Error> {
        self.rest().await
    }

    /// The same, and what the list says of itself can be asked afterwards.
    pub async fn rest(&mut self) -> Result<Vec<Bill>, Error> {
        let mut all = Holding::default();
        while let Some(page) = self.next_page().await? {
            page.into_iter().try_for_each(|bill| all.keep(bill))?;
        }
        Ok(all.bills)
    }

    /// What is wanted of a list, read from its beginning, where the list is whole: what was read is as many entries as
    /// it says that it has. Only such a list proves that something is absent.
    pub async fn whole(mut self, wanted: impl Fn(&Bill) -> Result<bool, Error> + Send) -> Result<Vec<Bill>, Error> {
        let mut found = Holding::default();
        while let Some(page) = self.next_page().await? {
            for bill in page {
                if wanted(&bill)? {
                    found.keep(bill)?;
                }
            }
        }
        match self.total.is_none_or(|total| total == self.seen) && !self.broke_off {
            true => Ok(found.bills),
            false => Err(Error::NotWhole { seen: self.seen, total: self.total }),
        }
    }

    fn circle(&self, url: &Url) -> Error {
        Error::Circle { href: url.to_string(), seen: self.seen, total: self.total }
    }
}

fn bounded(count: u64, limit: u64, what: &'static str) -> Result<(), Error> {
    if count > limit { Err(Error::ListTooLong { limit, what }) } else { Ok(()) }
}

/// What is kept of a list: so many lines and bytes, and no more.
#[derive(Debug, Default)]
pub(super) struct Holding {
    pub bills: Vec<Bill>,
    bytes: u64,
}

impl Holding {
    pub fn keep(&mut self, bill: Bill) -> Result<(), Error> {
        self.bytes += bill.text_bytes();
        bounded(self.bytes, HELD_BYTES_MAX, "bytes in the lines that are asked for")?;
        self.bills.push(bill);
        bounded(self.bills.len() as u64, HELD_LINES_MAX, "lines that are asked for")
    }
}
