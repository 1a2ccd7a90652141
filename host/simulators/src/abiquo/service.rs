//! The service: its enterprises, its users and its store.

use super::auth::User;
use super::catalogue::{Code, NO_ENTERPRISE};
use super::knobs::AbiquoKnobs;
use super::media;
use super::store::{Link, Row, Shown, Store};
use crate::exchange::{Call, Reply};
use crate::lock::lock;
use crate::twin::Common;
use serde::Serialize;
use serde_json::Value;
use std::sync::Mutex;

/// An enterprise that can be billed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Enterprise {
    pub id: u64,
    pub name: String,
}

/// The service. [`Abiquo::start`] serves it; [`Abiquo::twin`] is it without a socket.
#[derive(Debug)]
pub struct Abiquo {
    pub(super) common: Common<AbiquoKnobs>,
    pub(super) enterprises: Vec<Enterprise>,
    pub(super) users: Vec<User>,
    pub(super) store: Mutex<Store>,
}

/// A request that has passed credentials and privileges.
pub(super) struct Asked<'a> {
    pub(super) call: &'a Call,
    pub(super) enterprise: u64,
    pub(super) knobs: AbiquoKnobs,
    /// What links begin with: `http://HOST/api`.
    pub(super) base: String,
}

/// An answer, or one that came early.
pub(super) type Answer = Result<Reply, Reply>;

impl Abiquo {
    /// The token of the first user, who may do everything.
    pub fn token(&self) -> &str {
        self.users.first().map_or("", |user| &user.token)
    }

    pub fn user(&self, name: &str) -> Option<&User> {
        self.users.iter().find(|user| user.name == name)
    }

    pub fn enterprises(&self) -> &[Enterprise] {
        &self.enterprises
    }

    /// Every bill row, as the API tells it, with `id` and `enterprise` besides.
    pub fn bills(&self) -> Vec<Value> {
        lock(&self.store).bills.iter().map(told).collect()
    }

    /// Every register row, likewise, and with the `estimated` that the API never tells.
    pub fn registers(&self) -> Vec<Value> {
        lock(&self.store).registers.iter().map(told).collect()
    }

    pub(super) fn enterprise(&self, id: u64) -> Result<&Enterprise, Code> {
        let found = self.enterprises.iter().find(|e| e.id == id);
        found.ok_or(NO_ENTERPRISE)
    }

    /// `enterprise 'NAME' and provider 'PROVIDER'`, as events name them.
    pub(super) fn owner(&self, enterprise: u64, provider: &str) -> String {
        let name = self.enterprise(enterprise).map_or("", |e| e.name.as_str());
        format!("enterprise '{name}' and provider '{provider}'")
    }

    /// A row's `self` and `enterprise` links.
    pub(super) fn links_of(&self, asked: &Asked, row: &Row, resource: &str) -> Vec<Link> {
        let (base, enterprise, id) = (&asked.base, row.enterprise, row.id);
        let name = self.enterprise(enterprise).map(|e| e.name.clone());
        let path = format!("statistics/enterpriseresources/{enterprise}/{resource}/{id}");
        vec![
            link("self", "bill", media::BILL, format!("{base}/{path}")),
            Link { title: name.ok(), ..link("enterprise", "", media::ENTERPRISE, format!("{base}/admin/enterprises/{enterprise}")) },
        ]
    }
}

pub(super) fn link(rel: &'static str, title: &str, kind: &str, href: String) -> Link {
    Link { title: (!title.is_empty()).then(|| title.into()), rel, kind: Some(kind.into()), href }
}

/// A row for the control endpoint.
fn told(row: &Row) -> Value {
    let mut shown = serde_json::to_value(Shown::of(row, Vec::new())).unwrap_or_default();
    shown["id"] = row.id.into();
    shown["enterprise"] = row.enterprise.into();
    // As text: a number that has passed through this value would be a binary one.
    shown["price"] = row.price.clone().into();
    shown["estimated"] = row.estimated.clone().into();
    shown
}
