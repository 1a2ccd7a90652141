//! Random months: rows, a price book and a customers file that can be read, and each way to write
//! the rows.

use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::engine::Inputs;

const NINE: [&str; 9] = [
    "usage.absolute.production",
    "usage.absolute.total",
    "usage.absolute.trial",
    "usage.delta.production",
    "usage.delta.total",
    "usage.delta.trial",
    "usage.effective.production",
    "usage.effective.total",
    "usage.effective.trial",
];

/// One row, by column.
pub type Row = Vec<(&'static str, String)>;

/// What a bill is made of.
#[derive(Debug, Clone)]
pub struct World {
    pub rows: Vec<Row>,
    pub book: Value,
    pub customers: Option<Value>,
}

impl World {
    /// The inputs of a run over August 2021, with the rows as `report`.
    pub fn inputs(&self, report: Vec<u8>) -> Inputs {
        let customers = self.customers.as_ref().map(|customers| customers.to_string().into_bytes());
        Inputs {
            report,
            prices: self.book.to_string().into_bytes(),
            customers,
            job: json!({"period": "2021-08", "root": "t0"}).to_string(),
        }
    }

    pub fn csv(&self) -> Vec<u8> {
        csv(&self.rows)
    }
}

pub fn csv(rows: &[Row]) -> Vec<u8> {
    let names = columns().map(|(name, _)| name.to_string());
    let lines = rows.iter().map(|row| row.iter().map(|(_, cell)| quoted(cell)).collect::<Vec<_>>().join(","));
    let header = names.collect::<Vec<_>>().join(",");
    [header].into_iter().chain(lines).map(|line| line + "\n").collect::<String>().into_bytes()
}

fn quoted(cell: &str) -> String {
    if cell.contains([',', '"', '\n']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell.to_string() }
}

/// As `json_v2_0`: the names nested, or flat.
pub fn json(rows: &[Row], nested: bool) -> Vec<u8> {
    let object = |row: &Row| {
        let mut object = Map::new();
        for (name, cell) in row {
            let value = if cell.is_empty() { Value::Null } else { Value::String(cell.clone()) };
            place(&mut object, name, value, nested);
        }
        Value::Object(object)
    };
    json!({"tenants": rows.iter().map(object).collect::<Vec<_>>()}).to_string().into_bytes()
}

fn place(object: &mut Map<String, Value>, name: &str, value: Value, nested: bool) {
    match name.split_once('.') {
        Some((group, rest)) if nested => {
            let group = object.entry(group).or_insert_with(|| json!({}));
            place(group.as_object_mut().expect("a group"), rest, value, nested);
        }
        _ => {
            object.insert(name.to_string(), value);
        }
    }
}

/// Columns, each with what may stand in it. SKU and unit come together: see [`row`].
fn columns() -> impl Iterator<Item = (&'static str, &'static [&'static str])> {
    const TEXTS: [(&str, &[&str]); 12] = [
        ("application.id", &["a1", "a2"]),
        ("application.name", &["backup", "", "files, \"cloud\""]),
        ("date", &["2021-08-31", "2021-08-31", "2021-08-31", "2021-08-30", "2021-07-31", ""]),
        ("edition", &["", "standard"]),
        ("infra.id", &["", "i-1", "i-2", "i-3"]),
        ("is_range", &["False", "True", "", "false"]),
        ("measurement_unit", &["", "quantity", "bytes", "seconds", "GB"]),
        ("name", &["storage", "servers"]),
        ("sku", &["S0", "S1", "S2", "S3", "S4", "S5", ""]),
        ("tenant.id", &["t0", "t1", "t2", "t3", "t4"]),
        ("tenant.kind", &["customer", "customer", "customer", "partner", "unit"]),
        ("tenant.name", &["Acme", "Bolt \u{202e}", "東京", "", "Crux\nSA"]),
    ];
    TEXTS.into_iter().chain(NINE.into_iter().map(|name| (name, &[][..])))
}

pub fn quantity() -> impl Strategy<Value = String> {
    prop_oneof![
        2 => Just("0".to_string()),
        6 => "[1-9][0-9]{0,3}",
        3 => "-?[1-9][0-9]{0,11}",
        2 => "-?[0-9]{1,6}\\.[0-9]{1,8}",
        1 => "[1-9]\\.[0-9]{1,3}[eE][+-]?[0-9]",
        1 => Just(String::new()),
    ]
}

/// Units fit their SKU more often than not.
pub fn row(quantity: impl Strategy<Value = String>) -> impl Strategy<Value = Row> {
    (vec(any::<prop::sample::Index>(), 12), quantity, vec("[0-3]", 8), any::<u8>()).prop_map(|(picks, quantity, others, chance)| {
        let mut others = others.into_iter();
        let cells = columns().zip(picks.iter().map(Some).chain(std::iter::repeat(None)));
        let mut row: Row = cells
            .map(|((name, texts), pick)| match pick {
                Some(pick) => (name, texts[pick.index(texts.len())].to_string()),
                None if name == "usage.effective.production" => (name, quantity.clone()),
                None => (name, others.next().unwrap_or_default()),
            })
            .collect();
        if chance > 20 {
            row[6].1 = unit_of(&row[8].1).to_string();
        }
        row
    })
}

/// The unit in which a SKU is reported.
fn unit_of(sku: &str) -> &'static str {
    match sku {
        "S2" | "S4" => "bytes",
        "S3" => "seconds",
        _ => "",
    }
}

fn amount() -> impl Strategy<Value = String> {
    prop_oneof!["[0-9]{1,3}", "[0-9]{1,2}\\.[0-9]{1,5}", Just("0".to_string()), Just("1e-3".to_string())]
}

fn tiers() -> impl Strategy<Value = Value> {
    (vec((1u32..500, amount(), proptest::option::of(amount())), 0..3), amount(), proptest::option::of(amount())).prop_map(
        |(steps, price, flat)| {
            let mut bound = 0;
            let mut tiers: Vec<Value> = Vec::new();
            for (step, price, flat) in steps {
                bound += step;
                tiers.push(json!({"up_to": bound, "price": price, "flat": flat}));
            }
            tiers.push(json!({"price": price, "flat": flat}));
            Value::Array(tiers)
        },
    )
}

fn model() -> impl Strategy<Value = Value> {
    prop_oneof![
        3 => amount().prop_map(|price| json!({"price": price})),
        2 => tiers().prop_map(|tiers| json!({"model": "graduated", "tiers": tiers})),
        2 => tiers().prop_map(|tiers| json!({"model": "volume", "tiers": tiers})),
        2 => (amount(), 1u32..50).prop_map(|(price, size)| json!({"model": "package", "price": price, "size": size})),
        1 => amount().prop_map(|price| json!({"model": "flat", "price": price})),
        1 => Just(json!({"model": "free"})),
    ]
}

/// What a credit does not know: `included`, `minimum`, `maximum`.
fn bounds() -> impl Strategy<Value = Value> {
    (proptest::option::of(amount()), proptest::option::of("[0-9]"), proptest::option::of("[1-9][0-9]{1,4}"))
        .prop_map(|(included, minimum, maximum)| json!({"included": included, "minimum": minimum, "maximum": maximum}))
}

fn price(sku: usize, bounded: bool) -> impl Strategy<Value = Value> {
    let units = ["each", "each", "GiB", "hour", "TiB"];
    let rounded = proptest::option::of((0u32..4, prop::sample::select(vec!["half-up", "half-even", "up", "down"])));
    (model(), bounds(), proptest::option::of(amount()), rounded).prop_map(move |(model, bounds, factor, rounded)| {
        let category = ["Storage", "Workloads"].get(sku % 3);
        let round_quantity = rounded.map(|(places, mode)| json!({"places": places, "mode": mode}));
        let mut price =
            json!({"sku": format!("S{sku}"), "name": format!("Name {sku}"), "category": category, "unit": units[sku], "factor": factor});
        let object = price.as_object_mut().expect("an object");
        object.insert("round_quantity".into(), round_quantity.unwrap_or_default());
        object.extend(model.as_object().cloned().unwrap_or_default());
        object.extend(bounds.as_object().cloned().filter(|_| bounded).unwrap_or_default());
        price
    })
}

/// A price book of S0 to S4; S5 is never priced.
pub fn book(bounded: bool) -> impl Strategy<Value = Value> {
    let mode = prop::sample::select(vec!["half-up", "half-even", "up", "down"]);
    let prices = (price(0, bounded), price(1, bounded), price(2, bounded), price(3, bounded), price(4, bounded));
    (prices, proptest::option::of(mode), proptest::option::of(amount())).prop_map(|((a, b, c, d, e), mode, factor)| {
        json!({"currency": "EUR", "rounding": mode.map(|mode| json!({"mode": mode})), "factor": factor, "prices": [a, b, c, d, e]})
    })
}

pub fn customers() -> impl Strategy<Value = Value> {
    (vec((any::<bool>(), 290u32..293, proptest::option::of(amount())), 5), any::<bool>()).prop_map(|(tenants, exclude)| {
        // A tenant is mapped or excluded, never both.
        let mapped = tenants.into_iter().enumerate().filter(|(at, (mapped, ..))| *mapped && !(exclude && *at == 4));
        let customers =
            mapped.map(|(at, (_, enterprise, factor))| json!({"tenant_id": format!("t{at}"), "enterprise": enterprise, "factor": factor}));
        json!({"exclude_tenants": if exclude { vec!["t4"] } else { vec![] }, "customers": customers.collect::<Vec<_>>()})
    })
}

pub fn world() -> impl Strategy<Value = World> {
    (vec(row(quantity()), 0..40), book(true), proptest::option::of(customers())).prop_map(|(rows, book, customers)| World {
        rows,
        book,
        customers,
    })
}
