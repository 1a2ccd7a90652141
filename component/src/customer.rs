//! The customers file: which enterprise a tenant's usage is billed to.

use std::collections::BTreeSet;
use std::collections::btree_map::{BTreeMap, Entry};

pub use skubill_contract::answer::{CustomerMapping, Listing};

use crate::fault::{Faults, Input, Place, Refusal, raw};
use crate::json::tree::Node;
use crate::limit::{Limits, bounded};
use crate::money::Exact;
use crate::order::distinct;
use crate::reader::{At, Context, Dialect, Document, ObjectReader, Sheet, columns, document};

const COLUMNS: [&str; 5] = ["tenant_id", "enterprise", "enterprise_name", "factor", "exclude"];

/// The enterprise that a tenant is billed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Customer {
    /// The dashboard's id of the enterprise, above 0.
    pub enterprise: u64,
    /// The enterprise's name, as the file states it.
    pub enterprise_name: Option<String>,
    /// Multiplies each of the tenant's amounts.
    pub factor: Option<Exact>,
}

/// Lists a customers file. The error holds every mistake in it.
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
    /// By tenant.
    customers: BTreeMap<String, Customer>,
    excluded: BTreeSet<String>,
}

impl Customers {
    /// The customer that a tenant is mapped to.
    pub fn get(&self, tenant_id: &str) -> Option<&Customer> {
        self.customers.get(tenant_id)
    }

    /// Whether the file excludes a tenant.
    pub fn excludes(&self, tenant_id: &str) -> bool {
        self.excluded.contains(tenant_id)
    }

    /// Tenants that the file excludes, in byte order.
    pub fn exclusions(&self) -> impl Iterator<Item = &str> {
        self.excluded.iter().map(String::as_str)
    }

    /// Tenants that the file maps, in byte order.
    pub fn mapped(&self) -> impl Iterator<Item = &str> {
        self.customers.keys().map(String::as_str)
    }

    /// How many tenants are mapped.
    pub fn len(&self) -> usize {
        self.customers.len()
    }

    /// Whether no tenant is mapped.
    pub fn is_empty(&self) -> bool {
        self.customers.is_empty()
    }

    /// How many tenants are excluded.
    pub fn excluded(&self) -> usize {
        self.excluded.len()
    }

    /// The mapped and the excluded tenants, each in byte order.
    pub fn listing(&self) -> Listing {
        let customers = self.customers.iter().map(|(tenant, customer)| CustomerMapping {
            tenant_id: tenant.clone(),
            enterprise: customer.enterprise,
            enterprise_name: customer.enterprise_name.clone(),
        });
        Listing { customers: customers.collect(), excluded: self.excluded.iter().cloned().collect() }
    }

    /// The enterprises of the mapped tenants, ascending, each once.
    pub fn enterprises(&self) -> Vec<u64> {
        distinct(self.customers.values().map(|customer| customer.enterprise))
    }

    /// Reads a customers file; mistakes are added to `faults`, and then there is none.
    pub fn read(bytes: &[u8], limits: &Limits, faults: &mut Faults) -> Option<Customers> {
        let before = faults.count;
        let mut context = Context { input: Input::Customers, limits, faults };
        let dialect = Dialect { columns: &COLUMNS, decimals: &["factor"], wholes: &["enterprise"] };
        let mut customers = Customers::default();
        match document(bytes, &dialect, &mut context)? {
            Document::Json(node) => customers.json(&node, &mut context),
            Document::Csv(sheet) => customers.sheet(&sheet, &mut context),
        }
        (faults.count == before).then_some(customers)
    }

    fn json(&mut self, node: &Node, context: &mut Context<'_>) {
        let Some(mut object) = ObjectReader::open(node, At::Path(String::new()), context) else {
            return;
        };
        for (node, at) in object.list("exclude_tenants", context).unwrap_or_default() {
            match node {
                Node::Text(tenant) if !tenant.is_empty() => self.exclude(tenant, at.itself(), context),
                node => context.wrong(at.itself(), node.shown(), "a tenant's id"),
            }
        }
        for (node, at) in object.list("customers", context).unwrap_or_default() {
            if let Some(mut object) = ObjectReader::open(node, at, context) {
                self.customer(&mut object, true, context);
                object.end("tenant_id, enterprise, enterprise_name or factor", context);
            }
        }
        object.end("exclude_tenants or customers", context);
    }

    fn sheet(&mut self, sheet: &Sheet, context: &mut Context<'_>) {
        columns(sheet, &COLUMNS, &["tenant_id", "enterprise"], context);
        for (number, node) in &sheet.rows {
            let Some(mut object) = ObjectReader::open(node, At::Row(*number), context) else {
                continue;
            };
            let exclude = object.take("exclude").is_some_and(|node| {
                let yes = matches!(node, Node::Text(text) if text.eq_ignore_ascii_case("true"));
                if !yes {
                    context.wrong(Place::cell(*number, "exclude"), node.shown(), "true, or nothing");
                }
                yes
            });
            let Some(tenant) = self.customer(&mut object, !exclude, context) else {
                continue;
            };
            if exclude {
                self.exclude(&tenant, Place::cell(*number, "tenant_id"), context);
            }
        }
    }

    fn exclude(&mut self, tenant: &str, place: Place, context: &mut Context<'_>) {
        if self.customers.contains_key(tenant) {
            context.wrong(place, raw(tenant), "a tenant that this file does not map as well");
        } else if !self.excluded.insert(tenant.to_string()) {
            context.wrong(place, raw(tenant), "each tenant once");
        }
    }

    /// Reads one mapping, and gives the tenant's id where it is valid. A row that excludes its tenant is checked and
    /// maps nobody.
    fn customer(&mut self, object: &mut ObjectReader<'_>, mapped: bool, context: &mut Context<'_>) -> Option<String> {
        let tenant = object.need_text("tenant_id", context).map(str::to_string);
        let enterprise = if mapped {
            let node = object.need("enterprise", "the enterprise's id, a positive whole number", context);
            node.and_then(|node| object.as_whole("enterprise", node, 1, u64::MAX, context))
        } else {
            object.whole("enterprise", 1, u64::MAX, context)
        };
        let enterprise_name = object.label("enterprise_name", context).map(str::to_string);
        let factor = object.decimal("factor", context);
        let tenant = tenant?;
        if mapped {
            let place = object.at.field("tenant_id");
            if self.excludes(&tenant) {
                context.wrong(place, raw(&tenant), "a tenant that this file does not exclude as well");
            } else if let Entry::Vacant(entry) = self.customers.entry(tenant.clone()) {
                // Without an enterprise the file has a mistake and is refused as a whole.
                entry.insert(Customer { enterprise: enterprise.unwrap_or_default(), enterprise_name, factor });
            } else {
                context.wrong(place, raw(&tenant), "each tenant once");
            }
        }
        Some(tenant)
    }
}
