//! `skubill init`: a price book and a customers file to fill in, from what a report has.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;
use serde::Serialize;
use skubill::bill::{Biller, Job};
use skubill::usage::{TenantUsage, UsageOutcome};

use crate::exit::Exit;
use crate::fail::Fail;
use crate::{input, show};

/// What a price or customer has to be given is null, so that `check` names what is still missing.
#[derive(Args)]
pub struct Init {
    /// The report: csv_v2_0 or json_v2_0, plain or gzip; `-` for stdin.
    report: PathBuf,
    /// The price book to write.
    #[arg(long, value_name = "FILE", default_value = "prices.json")]
    prices: PathBuf,
    /// The customers file to write.
    #[arg(long, value_name = "FILE", default_value = "customers.json")]
    customers: PathBuf,
    /// Overwrite existing files.
    #[arg(long)]
    force: bool,
}

#[derive(Serialize)]
struct Book {
    currency: Option<String>,
    prices: Vec<Price>,
}

#[derive(Serialize)]
struct Price {
    sku: String,
    name: String,
    category: String,
    unit: String,
    price: Option<String>,
}

#[derive(Serialize)]
struct Customers {
    exclude_tenants: Vec<String>,
    customers: Vec<Customer>,
}

#[derive(Serialize)]
struct Customer {
    tenant_id: String,
    enterprise: Option<u64>,
    enterprise_name: String,
}

/// Usage alone needs no period, but a report may have no date to take one from.
const ANY_PERIOD: &str = "2000-01";

impl Init {
    pub fn run(&self) -> Result<Exit, Fail> {
        let job = Job { period: Some(ANY_PERIOD.into()), ..Job::default() };
        let answer = Biller::new()?.usage(&job, input::open(&self.report)?, None)?;
        let usage: UsageOutcome = serde_json::from_str(&answer).map_err(skubill::bill::Error::Answer)?;
        let (book, customers) = blanks(usage);
        // Both or neither.
        self.must_be_free(&self.prices)?;
        self.must_be_free(&self.customers)?;
        write(&self.prices, &book)?;
        write(&self.customers, &customers)?;
        let (skus, tenants) = (book.prices.len(), customers.customers.len());
        show::print(&format!("{}: {skus} SKUs to price\n{}: {tenants} tenants to map\n", self.prices.display(), self.customers.display()))?;
        if skus == 0 {
            show::print("The report has no row with a SKU and usage: was it made with show_skus, and may this partner see them?\n")?;
        }
        let (prices, customers) = (self.prices.display(), self.customers.display());
        show::print(&format!("Fill in what is null, then: skubill check {prices} --customers {customers}\n"))?;
        Ok(Exit::Done)
    }

    fn must_be_free(&self, path: &Path) -> anyhow::Result<()> {
        if path.exists() && !self.force {
            bail!("{} is there already; --force writes over it", path.display());
        }
        Ok(())
    }
}

fn write(path: &Path, value: &impl Serialize) -> anyhow::Result<()> {
    let text = serde_json::to_string_pretty(value).context("write JSON")?;
    std::fs::write(path, show::json(&text) + "\n").with_context(|| format!("write {}", path.display()))
}

fn blanks(usage: UsageOutcome) -> (Book, Customers) {
    let (mut prices, mut customers) = (BTreeMap::new(), BTreeMap::new());
    for TenantUsage { tenant_id, tenant_name, sku, unit, application, .. } in usage.usages {
        let unit = match unit.as_str() {
            "bytes" => "GiB".to_string(),
            "seconds" => "hour".to_string(),
            "" | "quantity" => "each".to_string(),
            _ => unit,
        };
        prices.entry(sku.clone()).or_insert(Price { name: sku.clone(), sku, category: application, unit, price: None });
        let customer = Customer { tenant_id: tenant_id.clone(), enterprise: None, enterprise_name: tenant_name };
        customers.entry(tenant_id).or_insert(customer);
    }
    let book = Book { currency: None, prices: prices.into_values().collect() };
    (book, Customers { exclude_tenants: Vec::new(), customers: customers.into_values().collect() })
}
