//! What the demo month sells: offering items of Acronis' published list, with SKU codes and
//! infrastructures of our own. Acronis publishes no list of its SKU codes.

use super::{Infra, Item, UsageData};
use crate::seed::uuid;

const BACKUP: (&str, &str) = ("6e6d758d-8e74-3ae3-ac84-50eb0dff12eb", "backup");
const FILES: (&str, &str) = ("dfd85a5f-a464-32ab-81fd-99bcc66a070f", "files_cloud");
const SHIPPING: (&str, &str) = ("b71b2c18-590a-303c-9d5a-8444fbe713ac", "physical_data_shipping");
const PLATFORM: (&str, &str) = ("7459244f-68f3-3bf4-9f53-5f63ecc1d91f", "platform");
const NOTARY: (&str, &str) = ("f9c5744e-bd1a-36b6-b0f0-ecd7483e1796", "notary");

const WORKLOAD: &str = "per_workload";
const GIGABYTE: &str = "per_gigabyte";

/// What tells one item on one kind of infrastructure: (SKU, application, edition, name, unit,
/// is_range). An empty SKU is an item that Acronis counts and never bills.
type Offer = (&'static str, (&'static str, &'static str), &'static str, &'static str, &'static str, bool);

// One item a line: it is a table.
#[rustfmt::skip]
const OFFERS: [Offer; 31] = [
    ("SKB-WKS", BACKUP, WORKLOAD, "pw_p_workstations", "", false),
    ("SKB-SRV", BACKUP, WORKLOAD, "pw_p_servers", "", false),
    ("SKB-SRV-ADV", BACKUP, WORKLOAD, "pw_p_adv_servers", "", false),
    ("SKB-VM", BACKUP, WORKLOAD, "pw_p_vms", "", false),
    ("SKB-M365", BACKUP, WORKLOAD, "pw_o365_seats", "", false),
    ("SKB-GWS", BACKUP, WORKLOAD, "pw_gsuite_seats", "", false),
    ("SKB-HEX", BACKUP, WORKLOAD, "pw_hosted_exchange", "", false),
    ("SKB-WEB", BACKUP, WORKLOAD, "pw_websites", "", false),
    ("SKB-MOB", BACKUP, WORKLOAD, "pw_mobiles", "", false),
    ("SKB-STO", BACKUP, WORKLOAD, "pw_storage", "bytes", false),
    ("SKB-STO-GOOGLE", BACKUP, WORKLOAD, "pw_storage", "bytes", false),
    ("SKB-STO-AZURE", BACKUP, WORKLOAD, "pw_storage", "bytes", false),
    ("SKB-STO-OWN", BACKUP, WORKLOAD, "pw_storage", "bytes", false),
    ("SKB-STO-PG", BACKUP, GIGABYTE, "pg_storage", "bytes", false),
    ("SKB-SRV-PG", BACKUP, GIGABYTE, "pg_servers", "", false),
    ("SKB-LOCAL", BACKUP, "", "local_storage", "bytes", false),
    ("SKB-DR-STO", BACKUP, WORKLOAD, "pw_dr_storage", "bytes", false),
    ("SKB-DR-CPU", BACKUP, WORKLOAD, "pw_compute_points", "seconds", true),
    ("SKB-DR-SRV", BACKUP, WORKLOAD, "pw_dr_cloud_servers", "", false),
    ("SKB-DR-IP", BACKUP, WORKLOAD, "pw_public_ips", "", false),
    ("SKB-FC-USER", FILES, "", "fc_seats", "", false),
    ("SKB-FC-STO", FILES, "", "fc_storage", "bytes", false),
    ("SKB-NOTAR", NOTARY, "", "notarizations", "", true),
    ("SKB-ESIGN", NOTARY, "", "esignatures", "", true),
    ("SKB-NOT-STO", NOTARY, "", "notary_storage", "bytes", false),
    ("SKB-DRIVE", SHIPPING, "", "drives_shipped_to_cloud", "", true),
    ("", BACKUP, WORKLOAD, "pw_o365_onedrive", "", false),
    ("", BACKUP, WORKLOAD, "pw_child_storages", "", false),
    ("", PLATFORM, "", "euc_count", "", false),
    ("", PLATFORM, "", "reseller_count", "", false),
    ("", BACKUP, "", "euc_with_local_backup_count", "", false),
];

fn item(offer: &Offer) -> Item {
    let (sku, (application_id, application_name), edition, name, unit, is_range) = *offer;
    Item {
        application_id: application_id.into(),
        application_name: application_name.into(),
        edition: edition.into(),
        name: name.into(),
        unit: unit.into(),
        is_range,
        sku: sku.into(),
    }
}

/// The item that has this SKU. The words used here are the catalogue's own.
pub(super) fn sold(sku: &str) -> Item {
    let found = OFFERS.iter().find(|offer| offer.0 == sku);
    item(found.unwrap_or(&OFFERS[0]))
}

/// The item of this name that has no SKU.
pub(super) fn unsold(name: &str) -> Item {
    let found = OFFERS.iter().find(|offer| offer.0.is_empty() && offer.3 == name);
    item(found.unwrap_or(&OFFERS[26]))
}

/// What a tenant has switched on and does not use: the rows of zero that a report is full of.
pub(super) fn unused_items() -> Vec<Item> {
    let mut all: Vec<_> = ["SKB-MOB", "SKB-WEB", "SKB-LOCAL", "SKB-NOTAR"].map(sold).to_vec();
    all.push(unsold("pw_child_storages"));
    all
}

/// The infrastructures: three of Acronis' own, two of large clouds, and one that a partner runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Frankfurt,
    Classic,
    Google,
    Azure,
    Recovery,
    Partner,
}

/// The infrastructure of a place. `partner` is the index of the tenant that runs the last one.
pub(super) fn infra(month: &UsageData, place: Place, partner: usize) -> Infra {
    let (name, backend) = match place {
        Place::Frankfurt => ("Cloud storage, Frankfurt", "acronis"),
        Place::Classic => ("fes-eu3-baas.acronis.com", ""),
        Place::Google => ("Google-hosted, Belgium", "google"),
        Place::Azure => ("Azure-hosted, West Europe", "azure"),
        Place::Recovery => ("Default disaster recovery infrastructure", "acronis"),
        Place::Partner => ("Ægir \"Nordlager\" vault, Aarhus", "acronis"),
    };
    let owner_id = match place {
        Place::Partner => month.tenants[partner].id.clone(),
        _ => uuid(month.seed, "platform", 0),
    };
    Infra { id: uuid(month.seed, "infra", place as u64), name: name.into(), backend_type: backend.into(), owner_id }
}
