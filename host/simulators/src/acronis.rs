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
mod reports;
mod stored;
mod token;

pub use knobs::{AcronisKnobs, ChangeTakes, Download, History, Skus};

use super::clock::SimulatedClock;
use super::exchange::{Call, Reply};
use super::lock;
use super::seed::{uuid, word};
use super::server::Served;
use super::twin::{Common, Service, Twin};
use super::usage_data::{Format, UsageData};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use reports::Report;
use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Mutex;

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

/// The service. [`Acronis::start`] serves it; [`Acronis::twin`] is it without a socket.
#[derive(Debug)]
pub struct Acronis {
    common: Common<AcronisKnobs>,
    month: Mutex<UsageData>,
    client_id: String,
    client_secret: String,
    store: Mutex<Store>,
}

#[derive(Debug, Default)]
struct Store {
    tokens: BTreeMap<String, Token>,
    reports: Vec<Report>,
    /// Everything that was ever given an id.
    count: u64,
    /// Bytes that are sent as they are, in place of a format's stored report.
    raw: BTreeMap<Format, Vec<u8>>,
}

#[derive(Debug)]
struct Token {
    expires_on: Timestamp,
    uses: u32,
}

impl Store {
    fn next(&mut self) -> u64 {
        self.count += 1;
        self.count
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

    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    pub fn client_secret(&self) -> &str {
        &self.client_secret
    }

    /// The tenant that the API client belongs to: the root of its reports.
    pub fn tenant_id(&self) -> String {
        lock(&self.month).root().id.clone()
    }

    /// The usage that is reported.
    pub fn month(&self) -> UsageData {
        lock(&self.month).clone()
    }

    /// Reports other usage from now on. Reports that were generated already stay as they are.
    pub fn set_month(&self, month: UsageData) {
        *lock(&self.month) = month;
    }

    /// Sends these bytes, as they are, in place of stored reports of this format; none ends that.
    pub fn serve_bytes(&self, format: Format, bytes: Option<Vec<u8>>) {
        let raw = &mut lock(&self.store).raw;
        match bytes {
            Some(bytes) => raw.insert(format, bytes),
            None => raw.remove(&format),
        };
    }

    /// Forgets every token: what a reset of the client's secret does.
    pub fn expire_tokens(&self) {
        lock(&self.store).tokens.clear();
    }

    fn seed(&self) -> u64 {
        lock(&self.month).seed
    }

    /// Today's date, UTC.
    fn today(&self) -> Date {
        date_of(self.common.clock.now())
    }
}

impl Served<Acronis> {
    /// The datacenter URL, `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        self.origin()
    }
}

fn date_of(moment: Timestamp) -> Date {
    moment.to_zoned(TimeZone::UTC).date()
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
