//! Rows for a person to check: those that are not billed, and those whose price changes within the period.

use crate::customer::Customers;
use crate::fault::shown;
use crate::finding::{self, Finding, Severity};
use crate::names::Lookalikes;
use crate::order::grouped;
use crate::period::Month;
use crate::price::Price;
use crate::usage::{Measured, UsageLine};

/// The text that names a similar entry of a file.
pub(super) fn differs(file: &str, entry: &str) -> String {
    format!("; {file} has {}, which differs in case or white space alone", shown(entry))
}

/// Usage of tenants that the customers file does not know.
#[derive(Default)]
pub struct Unmapped(Vec<(String, Vec<u32>)>);

impl Unmapped {
    /// How many rows there are.
    pub fn add(&mut self, line: UsageLine) -> u64 {
        let rows: Vec<u32> = line.measured.into_iter().flat_map(|measured| measured.rows).collect();
        let count = rows.len() as u64;
        self.0.push((line.tenant_id, rows));
        count
    }

    /// One finding for each tenant.
    pub fn findings(self, customers: Option<&Customers>) -> Vec<Finding> {
        if self.0.is_empty() {
            return Vec::new();
        }
        let entries = customers.into_iter().flat_map(|customers| customers.mapped().chain(customers.exclusions()));
        let lookalikes = Lookalikes::new(entries);
        let finding = |(tenant, rows): (String, Vec<Vec<u32>>)| {
            let mut rows = rows.concat();
            rows.sort_unstable();
            let like = lookalikes.like(&tenant).map(|like| differs("it", like)).unwrap_or_default();
            let message = format!("the tenant has billable usage, and the customers file does not know it{like}");
            Finding::new(finding::UNMAPPED_TENANT, Severity::Error, message).tenant(&tenant).rows(rows)
        };
        grouped(self.0).into_iter().map(finding).collect()
    }
}

/// Rows that are withheld or reported, by SKU, with the enterprises of their tenants.
#[derive(Default)]
pub struct Withheld(Vec<(String, WithheldRows)>);

struct WithheldRows {
    rows: Vec<u32>,
    enterprise: Option<u64>,
}

impl Withheld {
    /// Whether no row was withheld.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many rows there are.
    pub(super) fn add(&mut self, sku: &str, enterprise: Option<u64>, measured: Vec<Measured>) -> u64 {
        self.add_rows(sku, enterprise, measured.into_iter().flat_map(|measured| measured.rows).collect())
    }

    /// Add rows of a SKU; the answer is how many there are.
    pub fn add_rows(&mut self, sku: &str, enterprise: Option<u64>, rows: Vec<u32>) -> u64 {
        let count = rows.len() as u64;
        self.0.push((sku.to_string(), WithheldRows { rows, enterprise }));
        count
    }

    /// One finding for each SKU, of a code.
    pub fn findings(self, code: &'static str, message: impl Fn(&str) -> String) -> impl Iterator<Item = Finding> {
        grouped(self.0).into_iter().map(move |(sku, withheld)| {
            let enterprises: Vec<u64> = withheld.iter().filter_map(|of_a_tenant| of_a_tenant.enterprise).collect();
            let mut rows: Vec<u32> = withheld.into_iter().flat_map(|of_a_tenant| of_a_tenant.rows).collect();
            rows.sort_unstable();
            Finding::new(code, Severity::Error, message(&sku)).sku(&sku).rows(rows).touching(enterprises)
        })
    }
}

/// Lines whose price begins or ends within the period: it is used for the whole of it.
#[derive(Default)]
pub(super) struct Changing(Vec<(PricedFor, Vec<u32>)>);

/// A SKU, and the tenant that its price is for alone.
type PricedFor = (String, Option<String>);

impl Changing {
    pub(super) fn add(&mut self, price: &Price, period: Month, rows: &[u32]) {
        if !(price.in_force_on(period.first()) && price.in_force_on(period.last())) {
            self.0.push(((price.sku.clone(), price.tenant_id.clone()), rows.to_vec()));
        }
    }

    pub(super) fn findings(self, period: Month) -> impl Iterator<Item = Finding> {
        grouped(self.0).into_iter().map(move |((sku, tenant_id), rows)| {
            let mut rows = rows.concat();
            rows.sort_unstable();
            let message =
                format!("the price of the SKU {} is not in force on each day of {period}, and is used for all of it", shown(&sku));
            let finding = Finding::new(finding::PRICE_WITHIN_PERIOD, Severity::Warning, message).sku(&sku).rows(rows);
            tenant_id.iter().fold(finding, |finding, tenant_id| finding.tenant(tenant_id))
        })
    }
}
