//! An eye on the writes: none is sent again before the lost answer to it was looked up.

use std::collections::BTreeSet;

use skubill_services::http::Request;

use super::net::is_write;

/// Places whose last write has no answer yet.
#[derive(Default)]
pub struct Watch {
    uncertain: BTreeSet<String>,
    pub violations: Vec<String>,
    /// Writes that were sent.
    pub writes: u32,
}

impl Watch {
    /// A request is on its way.
    pub fn sent(&mut self, request: &Request) {
        if let Some(place) = place(request).filter(|_| is_write(request)) {
            self.writes += 1;
            if !self.uncertain.insert(place.clone()) {
                self.violations.push(format!("{} {place} was sent again before it was looked up", request.method.as_str()));
            }
        }
    }

    /// Its sender has read the whole answer to it, of this status.
    pub fn answered(&mut self, request: &Request, status: u16) {
        let Some(place) = place(request) else { return };
        let settled = if is_write(request) { status < 500 && status != 408 } else { (200..300).contains(&status) };
        if settled {
            self.uncertain.remove(&place);
        }
    }

    /// Its sender knows that it never left.
    pub fn kept_back(&mut self, request: &Request) {
        if let Some(place) = place(request).filter(|_| is_write(request)) {
            self.uncertain.remove(&place);
        }
    }
}

/// What a write changes and a look shows: the bills or registers of an enterprise, the reports of a tenant.
fn place(request: &Request) -> Option<String> {
    let (host, path) = (request.url.host_str().unwrap_or_default(), request.url.path());
    let segments: Vec<&str> = path.trim_matches('/').split('/').collect();
    match segments.as_slice() {
        ["api", "2", "reports"] | ["api", "2", "tenants", _, "reports"] => Some(format!("{host} reports")),
        ["api", "statistics", "enterpriseresources", enterprise, what @ ("bills" | "billregisters")] => {
            Some(format!("{host} {what} of {enterprise}"))
        }
        _ => None,
    }
}
