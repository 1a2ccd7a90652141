//! What is known before anything is fetched: whom each billing maps, and that no two billings bill
//! one tenant or write to one place.

use std::collections::btree_map::{BTreeMap, Entry};
use std::collections::{BTreeSet, HashSet};

use super::error::Error;
use super::overlap::Overlap;
use super::run::BillingRun;
use crate::config::{Account, Billing, read_book};
use crate::reconcile::{check_bounds, of_bills};
use skubill::bill::{Job, Limits, Listing};
use skubill_services::abiquo::check_provider;

/// What an account is to be billed by.
pub(super) struct Plan {
    /// By the account's billings.
    pub billings: Vec<Planned>,
}

/// One billing, with what its customers file says.
pub(super) struct Planned {
    pub customers: Listing,
    /// Tenants of the report that the account's other billings know, and this one does not bill.
    pub elsewhere: Vec<String>,
}

impl Planned {
    /// Every enterprise of the customers file.
    pub fn enterprises(&self) -> BTreeSet<u64> {
        self.customers.customers.iter().map(|mapping| mapping.enterprise).collect()
    }

    /// What the customers file calls an enterprise.
    pub fn names(&self, enterprise: u64) -> Vec<&str> {
        let ours = self.customers.customers.iter().filter(|mapping| mapping.enterprise == enterprise);
        let names: BTreeSet<&str> = ours.filter_map(|mapping| mapping.enterprise_name.as_deref()).collect();
        names.into_iter().collect()
    }
}

impl BillingRun {
    /// Whether two billings would bill one tenant, or write to one place: what [`run`](Self::run) and
    /// [`record`](Self::record) refuse, with the same [`Error::Overlaps`].
    pub fn check(&self) -> Result<(), Error> {
        self.plan().map(drop)
    }

    /// Read whom every billing maps. An account whose files cannot be read fails alone; billings that
    /// overlap are refused altogether.
    pub(super) fn plan(&self) -> Result<Vec<Result<Plan, Error>>, Error> {
        let accounts = &self.config.accounts;
        let read: Vec<Result<Vec<Listing>, Error>> =
            accounts.iter().map(|account| account.billings.iter().map(|billing| self.customers(billing)).collect()).collect();
        let known = accounts.iter().zip(&read).filter_map(|(account, read)| Some((account, read.as_ref().ok()?)));
        let overlaps = overlaps(known)?;
        if !overlaps.is_empty() {
            return Err(Error::Overlaps(overlaps));
        }
        Ok(read.into_iter().map(|read| Ok(Plan { billings: planned(read?) })).collect())
    }

    /// Whom a billing maps. What is wrong with its job or its books is said here, before a report is made.
    fn customers(&self, billing: &Billing) -> Result<Listing, Error> {
        check_provider(&billing.provider).map_err(|wrong| skubill_services::abiquo::Error::Invalid(wrong.to_string()))?;
        let job = Job { accept: of_bills(&self.accept), usage_name: billing.usage_name.clone(), ..Job::default() };
        self.biller.check_job(&job)?;
        check_bounds(&self.biller, &billing.bounds)?;
        let (prices, customers) = (read_book(&billing.prices)?, read_book(&billing.customers)?);
        self.biller.check(&prices, Some(&customers), &Limits::new())?;
        Ok(self.biller.customers(&customers, &Limits::new())?)
    }
}

/// Of the report of one account, each billing passes over whom another one knows.
fn planned(all: Vec<Listing>) -> Vec<Planned> {
    let elsewhere = |at: usize| {
        let own: HashSet<&str> = tenants(&all[at]).collect();
        let others = all.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, customers)| customers);
        let known = others.flat_map(|customers| tenants(customers).chain(customers.excluded.iter().map(String::as_str)));
        let elsewhere: BTreeSet<&str> = known.filter(|tenant| !own.contains(tenant)).collect();
        elsewhere.into_iter().map(str::to_string).collect::<Vec<String>>()
    };
    let elsewhere: Vec<_> = (0..all.len()).map(elsewhere).collect();
    all.into_iter().zip(elsewhere).map(|(customers, elsewhere)| Planned { customers, elsewhere }).collect()
}

fn tenants(customers: &Listing) -> impl Iterator<Item = &str> {
    customers.customers.iter().map(|mapping| mapping.tenant_id.as_str())
}

/// Every tenant, and every (Abiquo, enterprise, provider), that two billings have.
fn overlaps<'a>(accounts: impl Iterator<Item = (&'a Account, &'a Vec<Listing>)>) -> Result<Vec<Overlap>, Error> {
    let (mut of_tenants, mut of_targets) = (BTreeMap::new(), BTreeMap::new());
    let mut overlaps = Vec::new();
    for (account, read) in accounts {
        for (number, (billing, customers)) in account.billings.iter().zip(read).enumerate() {
            let name = format!("account {}, billing {}", account.name, number + 1);
            // By its parsed form: one host may be written in several ways.
            let abiquo = billing.abiquo.base_url()?.to_string();
            let targets: BTreeSet<u64> = customers.customers.iter().map(|mapping| mapping.enterprise).collect();
            for enterprise in targets {
                let target = format!("enterprise {enterprise} of {abiquo} under the provider {}", billing.provider);
                claim(&mut of_targets, target, &name, "target-twice", &mut overlaps);
            }
            for tenant in tenants(customers) {
                claim(&mut of_tenants, format!("the tenant {tenant}"), &name, "tenant-twice", &mut overlaps);
            }
        }
    }
    Ok(overlaps)
}

fn claim(claimed: &mut BTreeMap<String, String>, what: String, by: &str, code: &'static str, overlaps: &mut Vec<Overlap>) {
    match claimed.entry(what) {
        Entry::Vacant(entry) => drop(entry.insert(by.to_string())),
        Entry::Occupied(entry) => {
            overlaps.push(Overlap { code, what: entry.key().clone(), billings: [entry.get().clone(), by.to_string()] });
        }
    }
}
