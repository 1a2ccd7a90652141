use std::cmp::Ordering;
use std::collections::BTreeMap;

use num_bigint::{BigInt, Sign};
use serde_json::Value;
use skubill_component::fault::Input;
use skubill_component::json::tree::Node;
use skubill_component::reader::{Document, Sheet};

use super::print::{self, Cells};
use super::sums;

/// The columns of a price book that is a sheet, and those of them that hold decimals.
pub const PRICES: [&str; 16] = [
    "sku",
    "name",
    "category",
    "unit",
    "price",
    "currency",
    "model",
    "size",
    "up_to",
    "included",
    "factor",
    "minimum",
    "maximum",
    "from",
    "until",
    "tenant_id",
];
pub const PRICE_DECIMALS: [&str; 7] = ["price", "size", "up_to", "included", "factor", "minimum", "maximum"];
/// The same of a customers file.
pub const CUSTOMERS: [&str; 5] = ["tenant_id", "enterprise", "enterprise_name", "factor", "exclude"];
pub const CUSTOMER_DECIMALS: [&str; 1] = ["factor"];

/// A fraction that is never reduced: slow, and too simple to be wrong.
#[derive(Debug, Clone)]
struct Ratio(BigInt, BigInt);

impl Ratio {
    /// A decimal that was accepted.
    fn read(text: &str) -> Ratio {
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits: BigInt = format!("{whole}{fraction}").parse().unwrap_or_else(|_| panic!("{text} is a decimal"));
        let places = i64::try_from(fraction.len()).expect("short") - exponent.parse::<i64>().expect("an exponent");
        let power = BigInt::from(10).pow(u32::try_from(places.unsigned_abs()).expect("short"));
        if places < 0 { Ratio(digits * power, BigInt::from(1)) } else { Ratio(digits, power) }
    }

    fn whole(number: u64) -> Ratio {
        Ratio(number.into(), 1.into())
    }

    fn plus(&self, other: &Ratio) -> Ratio {
        Ratio(&self.0 * &other.1 + &other.0 * &self.1, &self.1 * &other.1)
    }

    fn minus(&self, other: &Ratio) -> Ratio {
        self.plus(&Ratio(-&other.0, other.1.clone()))
    }

    fn times(&self, other: &Ratio) -> Ratio {
        Ratio(&self.0 * &other.0, &self.1 * &other.1)
    }

    /// By what is above 0.
    fn over(&self, other: &Ratio) -> Ratio {
        Ratio(&self.0 * &other.1, &self.1 * &other.0)
    }

    fn cmp(&self, other: &Ratio) -> Ordering {
        (&self.0 * &other.1).cmp(&(&other.0 * &self.1))
    }

    fn is_positive(&self) -> bool {
        self.0.sign() == Sign::Plus
    }

    /// In units of so many places.
    fn rounded(&self, places: u32, mode: &str) -> BigInt {
        let (sign, magnitude) = (self.0.sign(), self.0.magnitude() * BigInt::from(10).pow(places).magnitude());
        let (units, rest) = (&magnitude / self.1.magnitude(), &magnitude % self.1.magnitude());
        let half = (&rest + &rest).cmp(self.1.magnitude());
        let away = match mode {
            "half-up" => half != Ordering::Less,
            "half-even" => half == Ordering::Greater || (half == Ordering::Equal && units.bit(0)),
            "up" => rest != 0u8.into(),
            "down" => false,
            other => panic!("{other} is a mode"),
        };
        BigInt::from_biguint(sign, if away { units + 1u8 } else { units })
    }
}

/// A price or a customer as it is stated; what is null is not.
type Stated = BTreeMap<String, Node>;

fn text<'a>(stated: &'a Stated, key: &str) -> Option<&'a str> {
    match stated.get(key)? {
        Node::Text(text) | Node::Number(text) | Node::Comma { number: text, .. } => Some(text.as_str()).filter(|text| !text.is_empty()),
        _ => None,
    }
}

fn decimal(stated: &Stated, key: &str) -> Option<Ratio> {
    text(stated, key).map(Ratio::read)
}

fn object(node: &Node) -> Stated {
    match node {
        Node::Object(entries) => entries.iter().filter(|(_, node)| *node != Node::Null).cloned().collect(),
        _ => Stated::new(),
    }
}

fn items(stated: &Stated, key: &str) -> Vec<Stated> {
    match stated.get(key) {
        Some(Node::List(items)) => items.iter().map(object).collect(),
        _ => Vec::new(),
    }
}

/// A price book that was accepted.
struct Book {
    factor: Option<Ratio>,
    /// The places that it asks for, and the mode.
    places: Option<u32>,
    mode: String,
    prices: Vec<Stated>,
}

fn book(bytes: &[u8]) -> Book {
    match print::read(bytes, Input::Prices, &PRICES, &PRICE_DECIMALS) {
        Document::Csv(sheet) => Book { factor: None, places: None, mode: "half-up".into(), prices: of_sheet(&sheet) },
        Document::Json(node) => {
            let stated = object(&node);
            let rounding = stated.get("rounding").map(object).unwrap_or_default();
            Book {
                factor: decimal(&stated, "factor"),
                places: text(&rounding, "places").map(whole),
                mode: text(&rounding, "mode").unwrap_or("half-up").into(),
                prices: items(&stated, "prices"),
            }
        }
    }
}

fn whole(text: &str) -> u32 {
    u32::try_from(Ratio::read(text).rounded(0, "down")).expect("a small number")
}

/// Rows of one SKU are tiers as long as the row before has an upper bound.
fn of_sheet(sheet: &Sheet) -> Vec<Stated> {
    let mut prices: Vec<Stated> = Vec::new();
    let mut open = None;
    for (_, row) in &sheet.rows {
        let row = object(row);
        let sku = text(&row, "sku").map(str::to_string);
        let tier = Node::Object(
            row.iter()
                .filter(|(key, _)| ["up_to", "price"].contains(&key.as_str()))
                .map(|(key, node)| (key.clone(), node.clone()))
                .collect(),
        );
        let joins = open.is_some() && open == sku;
        open = sku.filter(|_| row.contains_key("up_to"));
        match prices.last_mut() {
            Some(price) if joins => {
                if let Some(Node::List(tiers)) = price.get_mut("tiers") {
                    tiers.push(tier);
                }
            }
            _ => prices.push([("tiers".to_string(), Node::List(vec![tier]))].into_iter().chain(row).collect()),
        }
    }
    prices
}

/// Tenants' factors.
fn factors(customers: &[u8]) -> BTreeMap<String, Ratio> {
    let stated = match print::read(customers, Input::Customers, &CUSTOMERS, &CUSTOMER_DECIMALS) {
        Document::Json(node) => items(&object(&node), "customers"),
        Document::Csv(sheet) => sheet.rows.iter().map(|(_, row)| object(row)).collect(),
    };
    stated.iter().filter_map(|customer| Some((text(customer, "tenant_id")?.to_string(), decimal(customer, "factor")?))).collect()
}

/// Each line of an outcome of August 2021 costs what the rules say.
pub fn agrees(outcome: &Value, report: &[u8], prices: &[u8], customers: &[u8]) {
    let (rows, book, factors) = (print::rows(report), book(prices), factors(customers));
    let places = sums::places(&outcome["total"]);
    assert!(book.places.is_none_or(|asked| asked as usize == places), "amounts have the places that the book asks for");
    for (bill, category, usage) in sums::charges(outcome, "bills") {
        let (tenant, sku) = (bill["tenant_id"].as_str().unwrap_or_default(), usage["usage_type"].as_str().unwrap_or_default());
        let price = applying(&book.prices, sku, tenant).unwrap_or_else(|| panic!("{sku} has a price"));
        let of_line: Vec<&Cells> = sums::list(usage, "rows").iter().map(|row| &rows[row.as_u64().expect("a row") as usize - 1]).collect();
        let sum = of_line.iter().map(|row| Ratio::read(cell(row, "usage.effective.production"))).reduce(|a, b| a.plus(&b));
        let (quantity, amount) = rate(price, &sum.expect("a line has rows"), [factors.get(tenant), book.factor.as_ref()]);
        let wanted = amount.rounded(u32::try_from(places).expect("few"), &book.mode);
        assert_eq!(sums::units(&usage["price"], places), wanted, "{usage} by {price:?}");
        let shown = usage["quantity"].as_str().expect("a quantity");
        // Six places, or as many as it has, where six would reach a bound.
        let places = shown.split_once('.').map_or(0, |(_, places)| places.len()).max(6) as u32;
        assert_eq!(Ratio::read(shown).rounded(places, "half-up"), quantity.rounded(places, "half-up"), "{usage} by {price:?}");
        let measured = match cell(of_line[0], "measurement_unit") {
            "bytes" => "byte",
            "seconds" => "second",
            _ => "each",
        };
        assert_eq!((usage["unit"].as_str(), usage["usage_name"].as_str()), (text(price, "unit").or(Some(measured)), text(price, "name")));
        let smallest = |column: &str| of_line.iter().map(|row| cell(row, column)).filter(|text| !text.is_empty()).min();
        let wanted = text(price, "category").or_else(|| smallest("application.name")).or_else(|| smallest("application.id"));
        assert_eq!(category["category"].as_str(), wanted, "{usage}");
    }
}

fn cell<'a>(row: &'a Cells, column: &str) -> &'a str {
    row.iter().find(|(name, _)| *name == column).map_or("", |(_, text)| text.as_str())
}

/// `31.08.2021` as `2021-08-31`.
fn date(text: &str) -> String {
    text.split('.').rev().collect::<Vec<_>>().join("-")
}

/// A tenant's own price, else the book's: in force on the first day, else the first that starts in August.
fn applying<'a>(prices: &'a [Stated], sku: &str, tenant: &str) -> Option<&'a Stated> {
    let of = |owner: Option<&str>| {
        let prices: Vec<&Stated> =
            prices.iter().filter(|price| text(price, "sku") == Some(sku) && text(price, "tenant_id") == owner).collect();
        let from = |price: &Stated| date(text(price, "from").unwrap_or("0000"));
        let until = |price: &Stated| date(text(price, "until").unwrap_or("9999-99"));
        let first = prices.iter().find(|price| from(price).as_str() <= "2021-08-01" && "2021-08-01" <= until(price).as_str());
        let within = prices.iter().filter(|price| from(price).starts_with("2021-08-")).min_by_key(|price| from(price));
        first.or(within).copied()
    };
    of(Some(tenant)).or_else(|| of(None))
}

/// The quantity that is shown, and the amount before it is rounded.
fn rate(price: &Stated, sum: &Ratio, factors: [Option<&Ratio>; 2]) -> (Ratio, Ratio) {
    // A price of the models flat and free needs none.
    let unit = text(price, "unit").unwrap_or_default();
    let size = match unit {
        "GiB" => 1 << 30,
        "TiB" => 1 << 40,
        "hour" => 3600,
        _ => 1,
    };
    let credit = sum.0.sign() == Sign::Minus;
    let mut quantity = Ratio(sum.0.magnitude().clone().into(), sum.1.clone()).over(&Ratio::whole(size));
    let rounding = price.get("round_quantity").map(object);
    let rounding =
        rounding.map(|asked| (text(&asked, "places").map(whole).expect("places"), text(&asked, "mode").unwrap_or("half-up").to_string()));
    if let Some((places, mode)) = rounding.or((unit == "hour").then(|| (2, "half-up".to_string()))) {
        quantity = Ratio(quantity.rounded(places, &mode), BigInt::from(10).pow(places));
    }
    let mut counted = quantity.clone();
    if let Some(included) = decimal(price, "included").filter(|_| !credit) {
        counted = counted.minus(&included);
        counted = if counted.is_positive() { counted } else { Ratio::whole(0) };
    }
    let mut amount = model(price, &counted);
    for factor in [decimal(price, "factor").as_ref(), factors[0], factors[1]].into_iter().flatten() {
        amount = amount.times(factor);
    }
    if credit {
        return (Ratio(-quantity.0, quantity.1), Ratio(-amount.0, amount.1));
    }
    if let Some(minimum) = decimal(price, "minimum").filter(|minimum| amount.cmp(minimum) == Ordering::Less) {
        amount = minimum;
    }
    if let Some(maximum) = decimal(price, "maximum").filter(|maximum| amount.cmp(maximum) == Ordering::Greater) {
        amount = maximum;
    }
    (quantity, amount)
}

fn model(price: &Stated, quantity: &Ratio) -> Ratio {
    let each = || decimal(price, "price").expect("a price");
    match text(price, "model").unwrap_or("per-unit") {
        "per-unit" => quantity.times(&each()),
        "flat" => each(),
        "free" => Ratio::whole(0),
        "package" => Ratio(quantity.over(&decimal(price, "size").expect("a size")).rounded(0, "up"), 1.into()).times(&each()),
        "graduated" => graduated(&items(price, "tiers"), quantity),
        "volume" => {
            let tiers = items(price, "tiers");
            let inside = |tier: &&Stated| decimal(tier, "up_to").is_none_or(|bound| quantity.cmp(&bound) != Ordering::Greater);
            tier(tiers.iter().find(inside).expect("the last tier has no end"), quantity)
        }
        other => panic!("{other} is a model"),
    }
}

/// What is above each tier's lower bound and not above its upper one, at its price.
fn graduated(tiers: &[Stated], quantity: &Ratio) -> Ratio {
    let (mut amount, mut lower) = (Ratio::whole(0), Ratio::whole(0));
    for stated in tiers {
        let bound = decimal(stated, "up_to").filter(|bound| bound.cmp(quantity) == Ordering::Less);
        let part = bound.as_ref().unwrap_or(quantity).minus(&lower);
        if part.is_positive() {
            amount = amount.plus(&tier(stated, &part));
        }
        lower = decimal(stated, "up_to").unwrap_or(lower);
    }
    amount
}

fn tier(tier: &Stated, part: &Ratio) -> Ratio {
    let amount = part.times(&decimal(tier, "price").expect("a price"));
    decimal(tier, "flat").filter(|_| part.is_positive()).map_or(amount.clone(), |fee| amount.plus(&fee))
}
