//! Tenants that the inputs name. One that no row has is probably misspelled: then a tenant is billed by mistake, or at
//! another price.

use std::collections::BTreeMap;

use crate::customer::Customers;
use crate::job::Job;
use crate::names::Names;
use crate::order::{distinct, grouped};
use crate::price::book::Book;
use crate::text::folded;

/// A tenant that an input names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reference<'a> {
    tenant_id: &'a str,
    /// Whether some row should have it: it stands in a file. The job's exclusions may be meant for several reports.
    expected: bool,
}

/// A reference that no row has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unmatched {
    /// As it is written.
    pub tenant_id: String,
    /// Tenants of rows that are equal to it but for ASCII case and white space, in byte order.
    pub alike: Vec<String>,
}

/// The tenants that prices are for, and those that the customers file and the job exclude or name as the root.
pub fn references<'a>(book: Option<&'a Book>, customers: Option<&'a Customers>, job: &'a Job) -> Vec<Reference<'a>> {
    let of_files = book.into_iter().flat_map(Book::tenants).chain(customers.into_iter().flat_map(Customers::exclusions));
    let of_job = job.exclude_tenants.iter().chain(&job.root).map(String::as_str);
    let in_file = of_files.map(|tenant_id| Reference { tenant_id, expected: true });
    in_file.chain(of_job.map(|tenant_id| Reference { tenant_id, expected: false })).collect()
}

/// The references that no row has, each once; of the unexpected ones only those that resemble a tenant. `tenants` are
/// those of rows.
pub(super) fn unmatched(references: Vec<Reference<'_>>, tenants: &Names) -> Vec<Unmatched> {
    let missing = references.into_iter().filter(|reference| !tenants.contains(reference.tenant_id));
    let missing = grouped(missing.map(|reference| (reference.tenant_id, reference.expected)).collect());
    if missing.is_empty() {
        return Vec::new();
    }
    let mut alike: BTreeMap<String, Vec<&str>> = missing.iter().map(|(tenant_id, _)| (folded(tenant_id), Vec::new())).collect();
    for tenant in tenants.texts() {
        if let Some(alike) = alike.get_mut(&folded(tenant)) {
            alike.push(tenant);
        }
    }
    let unmatched = missing.into_iter().map(|(tenant_id, expected)| {
        let alike = alike.get(&folded(tenant_id)).into_iter().flatten().map(|tenant| tenant.to_string());
        (Unmatched { tenant_id: tenant_id.to_string(), alike: distinct(alike) }, expected.contains(&true))
    });
    unmatched.filter(|(unmatched, expected)| *expected || !unmatched.alike.is_empty()).map(|(unmatched, _)| unmatched).collect()
}
