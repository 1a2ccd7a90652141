//! The customers file: which enterprise a tenant's usage is billed to.

use serde::Serialize;

use crate::fault::{Faults, Input, Place, Refusal, raw};
use crate::form::{At, Desk, Dialect, Document, Form, Sheet, columns, document};
use crate::json::tree::Node;
use crate::limit::Limits;
use crate::money::Exact;
use crate::names::Names;
use crate::order::{distinct, sort_by};
use crate::run::bounded;

const COLUMNS: [&str; 5] = ["tenant_id", "enterprise", "enterprise_name", "factor", "exclude"];

/// One tenant's place in the dashboard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Customer {
    pub enterprise: u64,
    pub enterprise_name: Option<String>,
    /// Multiplies each of the tenant's amounts.
    pub factor: Option<Exact>,
}

/// Whom a customers file maps: the answer of `customers`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Listing {
    pub customers: Vec<Mapping>,
    pub excluded: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mapping {
    pub tenant_id: String,
    pub enterprise: u64,
    pub enterprise_name: Option<String>,
}

/// List a customers file, or say every mistake in it.
pub fn list(bytes: &[u8], limits: &Limits) -> Result<Listing, Refusal> {
    let mut faults = Faults::new(limits.faults);
    match Customers::read(bytes, limits, &mut faults) {
        Some(customers) => bounded(customers.listing(), limits),
        None => Err(Refusal::Faults(faults)),
    }
}

/// A valid customers file. No tenant is both mapped and excluded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Customers {
    tenants: Names,
    /// By the numbers of `tenants`.
    customers: Vec<Customer>,
    excluded: Names,
}

impl Customers {
    pub fn get(&self, tenant_id: &str) -> Option<&Customer> {
        self.tenants.find(tenant_id).map(|number| &self.customers[number as usize])
    }

    pub fn excludes(&self, tenant_id: &str) -> bool {
        self.excluded.find(tenant_id).is_some()
    }

    /// Tenants that the file excludes.
    pub fn exclusions(&self) -> impl Iterator<Item = &str> {
        self.excluded.texts().iter().map(String::as_str)
    }

    /// Tenants that the file maps.
    pub fn mapped(&self) -> impl Iterator<Item = &str> {
        self.tenants.texts().iter().map(String::as_str)
    }

    pub fn len(&self) -> usize {
        self.customers.len()
    }

    pub fn is_empty(&self) -> bool {
        self.customers.is_empty()
    }

    pub fn excluded(&self) -> usize {
        self.excluded.len()
    }

    /// Whom the file maps and whom it excludes, each in byte order.
    pub fn listing(&self) -> Listing {
        let mapped = self.tenants.texts().iter().zip(&self.customers);
        let mut customers: Vec<Mapping> = mapped
            .map(|(tenant, customer)| Mapping {
                tenant_id: tenant.clone(),
                enterprise: customer.enterprise,
                enterprise_name: customer.enterprise_name.clone(),
            })
            .collect();
        sort_by(&mut customers, |a, b| a.tenant_id.cmp(&b.tenant_id));
        Listing { customers, excluded: distinct(self.excluded.texts().iter().cloned()) }
    }

    pub fn enterprises(&self) -> Vec<u64> {
        distinct(self.customers.iter().map(|customer| customer.enterprise))
    }

    /// Read a customers file, or add every mistake in it.
    pub fn read(bytes: &[u8], limits: &Limits, faults: &mut Faults) -> Option<Customers> {
        let before = faults.count;
        let mut desk = Desk { input: Input::Customers, limits, faults };
        let dialect = Dialect { columns: &COLUMNS, decimals: &["factor"], wholes: &["enterprise"] };
        let mut customers = Customers::default();
        match document(bytes, &dialect, &mut desk)? {
            Document::Json(node) => customers.json(&node, &mut desk),
            Document::Csv(sheet) => customers.sheet(&sheet, &mut desk),
        }
        (faults.count == before).then_some(customers)
    }

    fn json(&mut self, node: &Node, desk: &mut Desk<'_>) {
        let Some(mut form) = Form::open(node, At::Path(String::new()), desk) else {
            return;
        };
        for (node, at) in form.list("exclude_tenants", desk).unwrap_or_default() {
            match node {
                Node::Text(tenant) if !tenant.is_empty() => self.exclude(tenant, at.itself(), desk),
                node => desk.wrong(at.itself(), node.shown(), "a tenant's id"),
            }
        }
        for (node, at) in form.list("customers", desk).unwrap_or_default() {
            if let Some(mut form) = Form::open(node, at, desk) {
                self.customer(&mut form, true, desk);
                form.end("tenant_id, enterprise, enterprise_name or factor", desk);
            }
        }
        form.end("exclude_tenants or customers", desk);
    }

    fn sheet(&mut self, sheet: &Sheet, desk: &mut Desk<'_>) {
        columns(sheet, &COLUMNS, &["tenant_id", "enterprise"], desk);
        for (number, node) in &sheet.rows {
            let Some(mut form) = Form::open(node, At::Row(*number), desk) else {
                continue;
            };
            let exclude = form.take("exclude").is_some_and(|node| {
                let yes = matches!(node, Node::Text(text) if text.eq_ignore_ascii_case("true"));
                if !yes {
                    desk.wrong(Place::cell(*number, "exclude"), node.shown(), "true, or nothing");
                }
                yes
            });
            let Some(tenant) = self.customer(&mut form, !exclude, desk) else {
                continue;
            };
            if exclude {
                self.exclude(&tenant, Place::cell(*number, "tenant_id"), desk);
            }
        }
    }

    fn exclude(&mut self, tenant: &str, place: Place, desk: &mut Desk<'_>) {
        if self.tenants.find(tenant).is_some() {
            desk.wrong(place, raw(tenant), "a tenant that this file does not map as well");
        } else if !self.excluded.is_new(tenant) {
            desk.wrong(place, raw(tenant), "each tenant once");
        }
    }

    /// One mapping; of a row that excludes its tenant, what stands there is read, and maps nobody. Gives the
    /// tenant's id where it can be read.
    fn customer(&mut self, form: &mut Form<'_>, mapped: bool, desk: &mut Desk<'_>) -> Option<String> {
        let tenant = form.need_text("tenant_id", desk).map(str::to_string);
        let enterprise = if mapped {
            let node = form.need("enterprise", "the enterprise's id, a positive whole number", desk);
            node.and_then(|node| form.as_whole("enterprise", node, 1, u64::MAX, desk))
        } else {
            form.whole("enterprise", 1, u64::MAX, desk)
        };
        let enterprise_name = form.label("enterprise_name", desk).map(str::to_string);
        let factor = form.decimal("factor", desk);
        let tenant = tenant?;
        if mapped {
            let place = form.at.field("tenant_id");
            if self.excludes(&tenant) {
                desk.wrong(place, raw(&tenant), "a tenant that this file does not exclude as well");
            } else if self.tenants.is_new(&tenant) {
                // Where there is no enterprise the file has a mistake, and nobody is mapped by it.
                self.customers.push(Customer { enterprise: enterprise.unwrap_or_default(), enterprise_name, factor });
            } else {
                desk.wrong(place, raw(&tenant), "each tenant once");
            }
        }
        Some(tenant)
    }
}
