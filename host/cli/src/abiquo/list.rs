//! What only looks: `list`, `get`, `providers`.

use clap::Args;
use serde_json::{Value, json};
use skubill_runner::reconcile::Kind;
use skubill_services::abiquo::{Bill, BillPages, BillsQuery};

use super::place::{Place, Resolved, When, name_of};
use super::table;
use crate::fail::Fail;
use crate::single::Shown;

/// The parameters are Abiquo's own, by its names; one that is left out has Abiquo's default.
#[derive(Args)]
pub struct Bills {
    #[command(flatten)]
    pub place: Place,
    /// Index of the first line, from 0. Past the end, Abiquo gives the last page.
    #[arg(long, value_name = "N")]
    startwith: Option<u64>,
    /// Attribute to sort by; by default id.
    #[arg(long, value_name = "ATTRIBUTE")]
    by: Option<String>,
    /// Text that the name must have.
    #[arg(long, value_name = "TEXT")]
    has: Option<String>,
    /// Lines per page; by default 25; 0 is all lines in one page.
    #[arg(long, value_name = "N")]
    limit: Option<u64>,
    /// Sort in ascending order, which is Abiquo's default.
    #[arg(long, conflicts_with = "desc")]
    asc: bool,
    /// Sort in descending order.
    #[arg(long)]
    desc: bool,
    /// Begin of the bills: a day, or an instant. Abiquo does not document what it is compared with.
    #[arg(long, value_name = "T")]
    fromdate: Option<When>,
    /// Bills of this enterprise; Abiquo does not document the difference from `--enterprise`.
    #[arg(long, value_name = "N")]
    identerprise: Option<u64>,
    /// Fetch one page only; otherwise all pages.
    #[arg(long)]
    one_page: bool,
}

#[derive(Args)]
pub struct Registers {
    #[command(flatten)]
    pub place: Place,
}

#[derive(Args)]
pub struct Providers {
    #[command(flatten)]
    pub place: Place,
}

#[derive(Args)]
pub struct Get {
    #[command(flatten)]
    pub place: Place,
    /// The id of the line or register.
    id: u64,
}

impl Bills {
    pub async fn run(&self, place: &Resolved) -> Result<Shown, Fail> {
        let query = BillsQuery {
            startwith: self.startwith,
            by: self.by.clone(),
            has: self.has.clone(),
            limit: self.limit,
            asc: (self.asc || self.desc).then_some(self.asc),
            provider: place.named.clone(),
            from_date: self.fromdate.map(When::first).transpose()?,
            enterprise: self.identerprise,
        };
        let pages = place.client.bills(place.enterprise, &query)?;
        listed(pages, self.one_page, Kind::Bill).await
    }
}

pub async fn registers(place: &Resolved) -> Result<Shown, Fail> {
    let pages = place.client.registers(place.enterprise, &place.provider)?;
    listed(pages, false, Kind::Registers).await
}

async fn listed(mut pages: BillPages<'_>, one_page: bool, kind: Kind) -> Result<Shown, Fail> {
    let found = match one_page {
        true => pages.next_page().await?.unwrap_or_default(),
        false => pages.rest().await?,
    };
    let mut value = lines(kind, &found);
    value["total_size"] = json!(pages.total_size());
    Ok(Shown::of(value, table::bills(&found)))
}

/// Bills or registers as JSON.
pub fn lines(kind: Kind, bills: &[Bill]) -> Value {
    let mut value = json!({});
    value[name_of(kind)] = json!(bills);
    value
}

impl Get {
    pub async fn run(&self, place: &Resolved, kind: Kind) -> Result<Shown, Fail> {
        let found = match kind {
            Kind::Bill => place.client.bill(place.enterprise, self.id).await?,
            Kind::Registers => place.client.register(place.enterprise, self.id).await?,
        };
        Ok(Shown::of(json!(found), table::bills(std::slice::from_ref(&found))))
    }
}

pub async fn providers(place: &Resolved) -> Result<Shown, Fail> {
    let names = place.client.providers(place.enterprise).await?;
    Ok(Shown::of(json!({"providers": names}), table::names("Provider", &names)))
}
