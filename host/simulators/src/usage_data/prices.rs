//! The price book of the demo month: all six models and every option of a price.

use super::{Price, Tier, UsageData};
use jiff::ToSpan;

const LOADS: &str = "Workloads";
const STORE: &str = "Storage";
const RECOV: &str = "Recovery";
const FILES: &str = "Files and notary";

/// SKU, name, category, unit, price. An empty category leaves it to the row's application.
// One price a line: it is a table.
#[rustfmt::skip]
const PRICES: [(&str, &str, &str, &str, &str); 26] = [
    ("SKB-WKS",        "Workstation",                    LOADS, "each", "2.40"),
    ("SKB-SRV",        "Server",                         LOADS, "each", "6.50"),
    ("SKB-SRV-ADV",    "Server, advanced",               LOADS, "each", "9.25"),
    ("SKB-VM",         "Virtual machine",                LOADS, "each", ""),
    ("SKB-M365",       "Microsoft 365 seats, tens",      LOADS, "each", "9.00"),
    ("SKB-GWS",        "Google Workspace seat",          LOADS, "each", "0.95"),
    ("SKB-HEX",        "Hosted Exchange mailbox",        LOADS, "each", "1.10"),
    ("SKB-WEB",        "Website",                        LOADS, "each", "0.80"),
    ("SKB-MOB",        "Mobile device",                  LOADS, "each", ""),
    ("SKB-STO",        "Cloud storage",                  STORE, "GiB",  ""),
    ("SKB-STO-GOOGLE", "Cloud storage, Google-hosted",   STORE, "GiB",  "0.12"),
    ("SKB-STO-AZURE",  "Cloud storage, Azure-hosted",    STORE, "TiB",  "118.784"),
    ("SKB-STO-OWN",    "Partner-owned storage",          STORE, "GiB",  "0"),
    ("SKB-STO-PG",     "Cloud storage, by the gigabyte", STORE, "GiB",  "0.21"),
    ("SKB-SRV-PG",     "Server, storage billed",         LOADS, "each", ""),
    ("SKB-LOCAL",      "Local storage",                  STORE, "GiB",  "0.05"),
    ("SKB-DR-STO",     "Recovery storage",               RECOV, "GiB",  "0.18"),
    ("SKB-DR-CPU",     "Compute points",                 RECOV, "hour", "0.113"),
    ("SKB-DR-SRV",     "Recovery server",                RECOV, "each", "12.00"),
    ("SKB-DR-IP",      "Public IP address",              RECOV, "each", "3.20"),
    ("SKB-FC-USER",    "Files Cloud user",               FILES, "each", "1.55"),
    ("SKB-FC-STO",     "Files Cloud storage",            FILES, "GiB",  "0.14"),
    ("SKB-NOTAR",      "Notarizations, hundreds",        FILES, "each", "1.00"),
    ("SKB-ESIGN",      "eSignature",                     FILES, "each", "0.45"),
    ("SKB-NOT-STO",    "Notary storage",                 "",    "GiB",  "0.30"),
    ("SKB-DRIVE",      "Data shipping",                  "",    "each", "79.00"),
];

/// The book. `favoured` is the tenant with a server price of its own; `SKB-SRV-ADV` is withheld.
pub(super) fn prices(month: &UsageData, favoured: usize) -> Vec<Price> {
    let mut all = Vec::new();
    for (sku, name, category, unit, amount) in PRICES {
        let mut price = Price {
            sku: sku.into(),
            name: name.into(),
            category: some(category),
            unit: unit.into(),
            price: some(amount),
            ..Price::default()
        };
        model(&mut price);
        if sku == "SKB-FC-USER" {
            // The price of a Files Cloud user has risen with this month.
            price.from = Some(month.first_day.to_string());
            let until = month.first_day.checked_sub(1.day()).ok();
            all.push(Price { price: some("1.40"), from: None, until: until.map(|day| day.to_string()), ..price.clone() });
        }
        if sku == "SKB-SRV" {
            all.push(Price {
                tenant_id: Some(month.tenants[favoured].id.clone()),
                name: "Server, framework contract".into(),
                price: some("5.90"),
                ..price.clone()
            });
        }
        all.push(price);
    }
    all
}

/// The model of a price that is not per unit, and its options.
fn model(price: &mut Price) {
    let model = match price.sku.as_str() {
        "SKB-SRV-ADV" => {
            price.withheld = true;
            "per-unit"
        }
        "SKB-VM" => {
            price.tiers = tiers(&[("10", "4.00", ""), ("50", "3.50", "2.00"), ("", "3.05", "5.00")]);
            "volume"
        }
        "SKB-STO" => {
            price.tiers = tiers(&[("500", "0.09", ""), ("2000", "0.075", ""), ("", "0.0625", "4.00")]);
            "graduated"
        }
        "SKB-M365" => {
            price.size = some("10");
            "package"
        }
        "SKB-NOTAR" => {
            price.size = some("100");
            "package"
        }
        "SKB-DRIVE" => "flat",
        "SKB-MOB" | "SKB-STO-OWN" | "SKB-SRV-PG" => "free",
        _ => return options(price),
    };
    price.model = some(model);
}

/// The options of a price per unit.
fn options(price: &mut Price) {
    match price.sku.as_str() {
        "SKB-GWS" => price.factor = some("1.05"),
        "SKB-LOCAL" => price.included = some("100"),
        "SKB-DR-STO" => price.minimum = some("15.00"),
        "SKB-DR-CPU" => price.included = some("20"),
        "SKB-DR-IP" => price.maximum = some("12.00"),
        "SKB-FC-STO" => price.maximum = some("99.00"),
        _ => {}
    }
}

fn some(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.into())
}

/// Upper bound, price, flat fee; an empty text leaves one out.
fn tiers(all: &[(&str, &str, &str)]) -> Vec<Tier> {
    all.iter().map(|(up_to, price, flat)| Tier { up_to: some(up_to), price: (*price).into(), flat: some(flat) }).collect()
}
