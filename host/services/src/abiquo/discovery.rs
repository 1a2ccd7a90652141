//! An enterprise, and where it says its bills are.

use url::Url;

use super::client::Client;
use super::error::Error;
use super::links::{Links, readable};
use super::wire;

/// What is known of an enterprise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enterprise {
    pub id: u64,
    /// To be compared with the customers file's `enterprise_name` before a first post.
    pub name: String,
    pub links: Links,
    /// Links that lead to another origin (such as an address behind a proxy) and are not followed.
    pub foreign: Vec<String>,
}

impl Client {
    /// Reads an enterprise: its name and its links. From then on this client follows those links for it, as
    /// Abiquo's style asks; addresses that an enterprise does not give are built as documented.
    pub async fn enterprise(&self, id: u64) -> Result<Enterprise, Error> {
        let url = self.base.at(["admin", "enterprises", &id.to_string()])?;
        let found = self.get(url, wire::ENTERPRISE, None, wire::enterprise).await?;
        let mut foreign = Vec::new();
        let mut link = |href: Option<String>| match readable(&self.base, &href?) {
            Ok(url) => Some(url),
            Err(error) => {
                foreign.push(error.to_string());
                None
            }
        };
        let links = Links {
            bills: link(found.bills),
            registers: link(found.registers),
            estimate: link(found.estimate),
            providers: link(found.providers),
        };
        // A poisoned lock holds links that are as good as before.
        let mut known = self.links.write().unwrap_or_else(|e| e.into_inner());
        known.insert(id, links.clone());
        Ok(Enterprise { id, name: found.name, links, foreign })
    }

    pub(super) fn bills_url(&self, enterprise: u64) -> Result<Url, Error> {
        self.url(enterprise, |links| links.bills.clone(), &["bills"])
    }

    pub(super) fn registers_url(&self, enterprise: u64) -> Result<Url, Error> {
        self.url(enterprise, |links| links.registers.clone(), &["billregisters"])
    }

    pub(super) fn providers_url(&self, enterprise: u64) -> Result<Url, Error> {
        let path = ["bills", "action", "providers"];
        self.url(enterprise, |links| links.providers.clone(), &path)
    }

    pub(super) fn estimate_url(&self, enterprise: u64) -> Result<Url, Error> {
        let path = ["billregisters", "action", "estimate"];
        self.url(enterprise, |links| links.estimate.clone(), &path)
    }

    fn url(&self, enterprise: u64, linked: impl FnOnce(&Links) -> Option<Url>, path: &[&str]) -> Result<Url, Error> {
        let known = self.links.read().unwrap_or_else(|e| e.into_inner());
        if let Some(url) = known.get(&enterprise).and_then(linked) {
            return Ok(url);
        }
        let id = enterprise.to_string();
        let root = ["statistics", "enterpriseresources", &id];
        Ok(self.base.at(root.iter().chain(path).copied())?)
    }
}
