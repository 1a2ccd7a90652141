//! The local twin of Abiquo's bills and bill registers, and of the enterprise that leads to them.
//!
//! The base URL ends in `/api`, as Abiquo's does: `{url}/statistics/enterpriseresources/292/bills`.
//! Checks come in this order: credentials (401), path (404, 405), privileges (403), versions and
//! media types (406, 415), the body (400), the enterprise (404), validation (400), conflicts (409).
//! A post that is refused stores nothing.

mod auth;
mod bills;
mod body;
#[rustfmt::skip]
mod catalogue;
mod date;
mod decimal;
mod error;
mod estimate;
mod knobs;
mod media;
mod paging;
mod registers;
mod service;
mod store;

pub use auth::{Role, User};
pub use knobs::{AbiquoKnobs, EstimateMethod, EstimateText, FromDate, Has, IdEnterprise, NoEstimate, ProvidersShape, RegisterAmounts};
pub use service::{Abiquo, Enterprise};

use super::clock::SimulatedClock;
use super::exchange::{Call, Reply};
use super::lock::lock;
use super::server::Served;
use super::twin::{Common, Service, Twin};
use super::usage_data::UsageData;
use catalogue::{Code, FORBIDDEN, INVALID_CREDENTIALS, METHOD_NOT_ALLOWED, NOT_FOUND};
use serde_json::{Value, json};
use service::{Answer, Asked, link};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Mutex;
use store::Store;

/// What a twin is made of.
#[derive(Debug, Clone)]
pub struct AbiquoConfig {
    pub enterprises: Vec<Enterprise>,
    /// The first is the one whose token [`Abiquo::token`] tells.
    pub users: Vec<User>,
    pub clock: SimulatedClock,
    pub knobs: AbiquoKnobs,
    /// Port 0 takes a free one.
    pub address: SocketAddr,
}

impl AbiquoConfig {
    /// On a free port of the loopback, in real time, with enterprise 1, "Abiquo", these
    /// enterprises, and three users: `admin` may do everything, `viewer` may look, `nobody` neither.
    pub fn new(enterprises: impl IntoIterator<Item = (u64, String)>, seed: u64) -> AbiquoConfig {
        let mut all = vec![Enterprise { id: 1, name: "Abiquo".into() }];
        all.extend(enterprises.into_iter().map(|(id, name)| Enterprise { id, name }));
        AbiquoConfig {
            enterprises: all,
            users: vec![
                User::new(seed, "admin", &[Role::BillsView, Role::BillsManage]),
                User::new(seed, "viewer", &[Role::BillsView]),
                User::new(seed, "nobody", &[]),
            ],
            clock: SimulatedClock::real(),
            knobs: AbiquoKnobs::default(),
            address: (Ipv4Addr::LOCALHOST, 0).into(),
        }
    }

    /// With the enterprises of a month's customers file.
    pub fn of_month(month: &UsageData) -> AbiquoConfig {
        AbiquoConfig::new(month.enterprises(), month.seed)
    }
}

impl Abiquo {
    /// Serves on the configured address.
    pub async fn start(config: AbiquoConfig) -> std::io::Result<Served<Abiquo>> {
        let address = config.address;
        Abiquo::twin(config).serve(address).await
    }

    /// The service without a socket.
    pub fn twin(config: AbiquoConfig) -> Twin<Abiquo> {
        Twin::new(Abiquo {
            common: Common::new(config.clock, config.knobs),
            enterprises: config.enterprises,
            users: config.users,
            store: Mutex::default(),
        })
    }

    /// The enterprise with the links that lead to its bills.
    fn get_enterprise(&self, asked: &Asked) -> Answer {
        let versions = &asked.knobs.versions;
        let media = media::answer_type(asked.call, versions, media::ENTERPRISE, &[])?;
        let Enterprise { id, name } = self.enterprise(asked.enterprise)?;
        let own = format!("{}/admin/enterprises/{id}", asked.base);
        let mut links = vec![link("edit", "", media::ENTERPRISE, own.clone())];
        if asked.knobs.enterprise_links {
            let path = format!("{}/statistics/enterpriseresources/{id}", asked.base);
            let (bills, registers) = (format!("{path}/bills"), format!("{path}/billregisters"));
            links.extend([
                link("bills", "", media::BILLS, bills.clone()),
                link("billregisters", "", media::BILLS, registers.clone()),
                link("estimation", "estimation", media::TEXT, format!("{registers}/action/estimate")),
                link("billproviders", "Bill providers", media::PROVIDERS, format!("{bills}/action/providers")),
                link("budgets", "", "application/vnd.abiquo.budgets+json", format!("{own}/budgets")),
            ]);
        }
        let body = json!({ "id": id, "name": name, "links": links });
        Ok(Reply::json_as(200, &media, &body))
    }

    /// The newest version: what Abiquo's Ruby client asks for first, and names in its media types. It has three parts, as
    /// recorded answers have: the client takes what reads as JSON for JSON, and `6.1` is a number.
    fn version(&self, call: &Call, knobs: &AbiquoKnobs) -> Answer {
        media::takes_text(call)?;
        let mut version = knobs.versions.last().cloned().unwrap_or_default();
        if version.split('.').count() == 2 {
            version += ".0";
        }
        Ok(Reply::new(200, media::TEXT, version))
    }

    /// Who the credentials are, with the link to the enterprise that the user belongs to: the first one.
    fn login(&self, call: &Call, knobs: &AbiquoKnobs, user: &User) -> Answer {
        media::check_versions(call, &knobs.versions)?;
        let media = media::answer_type(call, &knobs.versions, media::USER, &[])?;
        let base = knobs.href_base.clone().unwrap_or(format!("http://{}/api", call.authority));
        let number = 1 + self.users.iter().position(|other| other == user).unwrap_or(0);
        let mut links = Vec::new();
        if let Some(Enterprise { id, name }) = self.enterprises.first() {
            let own = format!("{base}/admin/enterprises/{id}");
            links.push(link("edit", "", media::USER, format!("{own}/users/{number}")));
            links.push(link("enterprise", name, media::ENTERPRISE, own));
        }
        let body = json!({
            "id": number, "nick": user.name, "name": user.name, "surname": "", "email": "", "active": true,
            "authType": "ABIQUO", "locale": "en_US", "links": links,
        });
        Ok(Reply::json_as(200, &media, &body))
    }

    /// The request in the documented order of checks; the answer may come early.
    fn route(&self, call: &Call) -> Answer {
        let knobs = lock(&self.common.knobs).clone();
        if knobs.tokens_expired {
            return Err(INVALID_CREDENTIALS.into());
        }
        let user = auth::user(&self.users, call)?;
        let segments = call.segments();
        let ["api", path @ ..] = segments.as_slice() else {
            return Err(NOT_FOUND.into());
        };
        let told = match (path, call.method.as_str()) {
            (["version"], "GET") => Some(self.version(call, &knobs)?),
            (["login"], "GET") => Some(self.login(call, &knobs, user)?),
            (["version" | "login"], _) => return Err(METHOD_NOT_ALLOWED.into()),
            _ => None,
        };
        if let Some(reply) = told {
            return Ok(reply.header("X-Abiquo-Token", &user.token));
        }
        let (resource, id, rest) = match path {
            ["admin", "enterprises", id] => ("enterprise", *id, &[][..]),
            ["statistics", "enterpriseresources", id, resource, rest @ ..] => (*resource, *id, rest),
            _ => return Err(NOT_FOUND.into()),
        };
        let handler = handler(&call.method, resource, rest)?;
        let needed = match (resource, call.method.as_str()) {
            ("enterprise", _) => None,
            (_, "GET") => Some(Role::BillsView),
            _ => Some(Role::BillsManage),
        };
        if needed.is_some_and(|role| !user.roles.contains(&role)) {
            return Err(FORBIDDEN.into());
        }
        media::check_versions(call, &knobs.versions)?;
        let base = format!("http://{}/api", call.authority);
        let asked = Asked {
            call,
            // No enterprise has the number 0, so what is no number is found nowhere.
            enterprise: id.parse().unwrap_or(0),
            base: knobs.href_base.clone().unwrap_or(base),
            knobs,
        };
        let reply = handler(self, &asked, rest.last().copied().unwrap_or(""))?;
        Ok(reply.header("X-Abiquo-Token", &user.token))
    }
}

type Handler = fn(&Abiquo, &Asked, &str) -> Answer;

/// The method's handler for a resource, 405 for another method, 404 for another path.
fn handler(method: &str, resource: &str, rest: &[&str]) -> Result<Handler, Code> {
    let methods: &[(&str, Handler)] = match (resource, rest) {
        ("enterprise", []) => &[("GET", |twin, asked, _| twin.get_enterprise(asked))],
        ("bills", []) => &[
            ("GET", |twin, asked, _| twin.list_bills(asked)),
            ("POST", |twin, asked, _| twin.post_bill(asked)),
            ("DELETE", |twin, asked, _| twin.delete_bills(asked)),
        ],
        ("bills", ["action", "providers"]) => &[("GET", |twin, asked, _| twin.providers(asked))],
        ("bills", [_]) => &[("GET", Abiquo::get_bill)],
        ("billregisters", []) => &[
            ("GET", |twin, asked, _| twin.list_registers(asked)),
            ("POST", |twin, asked, _| twin.post_register(asked)),
            ("DELETE", |twin, asked, _| twin.delete_registers(asked)),
        ],
        ("billregisters", ["action", "estimate"]) => &[("GET", |twin, asked, _| twin.estimate(asked))],
        ("billregisters", [_]) => &[("GET", Abiquo::get_register)],
        _ => return Err(NOT_FOUND),
    };
    let found = methods.iter().find(|(name, _)| *name == method);
    found.map(|(_, handler)| *handler).ok_or(METHOD_NOT_ALLOWED)
}

impl Served<Abiquo> {
    /// The base URL, `http://127.0.0.1:PORT/api`.
    pub fn url(&self) -> String {
        format!("{}/api", self.origin())
    }
}

#[expect(private_interfaces, reason = "see Service")]
impl Service for Abiquo {
    type Knobs = AbiquoKnobs;

    fn common(&self) -> &Common<AbiquoKnobs> {
        &self.common
    }

    fn answer(&self, call: &Call) -> Reply {
        self.route(call).unwrap_or_else(|early| early)
    }

    fn state(&self) -> Value {
        json!({
            "enterprises": self.enterprises,
            "users": self.users,
            "bills": self.bills(),
            "registers": self.registers(),
        })
    }

    fn reset(&self) {
        *lock(&self.store) = Store::default();
    }
}

#[cfg(test)]
mod tests;
