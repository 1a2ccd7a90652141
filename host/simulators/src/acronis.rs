//! The local twin of Acronis' usage reports: token, client, reports, stored reports.
//!
//! The base URL is the datacenter's, so that the paths of Acronis' article hold word for word:
//! `POST {url}/api/2/idp/token`, `POST {url}/api/2/reports`, `GET {url}/api/2/reports/{id}/stored`
//! and so on. What it serves is a [`UsageData`].
//!
//! Checks come in this order: token (401), path (404, 405), role (403), media types (415), the body
//! (400), the report or tenant (404), validation (400), the version (409). A creation that is refused
//! creates nothing.

mod change;
mod create;
mod error;
mod knobs;
mod read;
mod report;
mod reports;
mod service;
mod store;
mod stored;
mod token;

pub use knobs::{AcronisKnobs, ChangeTakes, Download, History, Skus};
pub use service::Acronis;

use super::clock::SimulatedClock;
use super::exchange::{Call, Reply};
use super::lock::lock;
use super::seed::{uuid, word};
use super::server::Served;
use super::twin::{Common, Service, Twin};
use super::usage_data::UsageData;
use report::Report;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Mutex;
use store::Store;

/// What a twin is made of.
#[derive(Debug, Clone)]
pub struct AcronisConfig {
    /// The usage that is reported, and the seed of every identifier.
    pub month: UsageData,
    pub clock: SimulatedClock,
    pub knobs: AcronisKnobs,
    /// Port 0 takes a free one.
    pub address: SocketAddr,
}

impl AcronisConfig {
    /// On a free port of the loopback, in real time.
    pub fn new(month: UsageData) -> AcronisConfig {
        AcronisConfig { month, clock: SimulatedClock::real(), knobs: AcronisKnobs::default(), address: (Ipv4Addr::LOCALHOST, 0).into() }
    }
}

impl Acronis {
    /// Serves on the configured address.
    pub async fn start(config: AcronisConfig) -> std::io::Result<Served<Acronis>> {
        let address = config.address;
        Acronis::twin(config).serve(address).await
    }

    /// The service without a socket.
    pub fn twin(config: AcronisConfig) -> Twin<Acronis> {
        let seed = config.month.seed;
        Twin::new(Acronis {
            client_id: uuid(seed, "client", 0),
            client_secret: word(seed, "secret", 0),
            common: Common::new(config.clock, config.knobs),
            month: Mutex::new(config.month),
            store: Mutex::default(),
        })
    }
}

impl Served<Acronis> {
    /// The datacenter URL, `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        self.origin()
    }
}

#[expect(private_interfaces, reason = "see Service")]
impl Service for Acronis {
    type Knobs = AcronisKnobs;

    fn common(&self) -> &Common<AcronisKnobs> {
        &self.common
    }

    fn answer(&self, call: &Call) -> Reply {
        let segments = call.segments();
        let ["api", "2", path @ ..] = segments.as_slice() else {
            return error::not_found("There is no such resource");
        };
        let method = call.method.as_str();
        if let ["idp", "token"] = path {
            return match method {
                "POST" => self.token(call),
                _ => error::method_not_allowed(),
            };
        }
        if let Some(refused) = self.refused(call) {
            return refused;
        }
        let changes = matches!((method, path), ("POST", ["reports"]) | ("PUT" | "DELETE", ["reports", _]));
        if changes && lock(&self.common.knobs).read_only {
            return error::access_denied();
        }
        match (method, path) {
            ("GET", ["clients", id]) => self.client(id),
            ("POST", ["reports"]) => self.create(call),
            ("GET", ["reports", id]) => self.report(id),
            ("PUT", ["reports", id]) => self.change(id, call),
            ("DELETE", ["reports", id]) => self.delete(id, call),
            ("GET", ["tenants", id, "reports"]) => self.list(id),
            ("GET", ["reports", id, "stored"]) => self.stored(id),
            ("GET", ["reports", id, "stored", stored]) => self.download(id, stored),
            (
                _,
                ["clients", _]
                | ["reports"]
                | ["reports", _]
                | ["tenants", _, "reports"]
                | ["reports", _, "stored"]
                | ["reports", _, "stored", _],
            ) => error::method_not_allowed(),
            _ => error::not_found("There is no such resource"),
        }
    }

    fn state(&self) -> serde_json::Value {
        let store = lock(&self.store);
        let reports: Vec<_> = store.reports.iter().map(Report::shown).collect();
        serde_json::json!({ "tokens": store.tokens.len(), "reports": reports })
    }

    fn reset(&self) {
        *lock(&self.store) = Store::default();
    }
}

#[cfg(test)]
mod tests;
