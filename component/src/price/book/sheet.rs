//! A price book as CSV: a row a price, adjacent rows a price with tiers.

use super::Book;
use super::entry::{Prices, currency_digits};
use crate::fault::{Place, raw};
use crate::json::tree::Node;
use crate::money::Rounding;
use crate::money::currency::minor_digits;
use crate::reader::{At, Context, ObjectReader, Sheet, columns};

pub const COLUMNS: [&str; 16] = [
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
pub const DECIMALS: [&str; 7] = ["price", "size", "up_to", "included", "factor", "minimum", "maximum"];
const REQUIRED: [&str; 6] = ["sku", "name", "category", "unit", "price", "currency"];
/// What is stated per tier; everything else stands on a price's first row.
const OF_A_TIER: [&str; 2] = ["up_to", "price"];

/// Read the rows of a sheet as a book; mistakes are added.
pub fn read(sheet: &Sheet, context: &mut Context<'_>) -> Option<Book> {
    columns(sheet, &COLUMNS, &REQUIRED, context);
    if sheet.rows.is_empty() {
        context.wrong(Place::whole(), "no price", "at least one price");
    }
    let mut prices = Prices::default();
    let mut currency = None;
    for rows in groups(&sheet.rows) {
        price(rows, &mut currency, &mut prices, context);
    }
    prices.check_overlaps(context);
    let currency = currency?;
    let digits = minor_digits(currency)?;
    Some(Book { currency: currency.to_string(), rounding: Rounding::half_up(digits), factor: None, prices: prices.by_sku() })
}

type NumberedRow = (u64, Node);

/// Adjacent rows of one SKU belong together as long as the row before has an `up_to`.
fn groups(rows: &[NumberedRow]) -> impl Iterator<Item = &[NumberedRow]> {
    rows.chunk_by(|(_, a), (_, b)| cell(a, "up_to").is_some() && cell(a, "sku") == cell(b, "sku"))
}

fn cell<'a>(row: &'a Node, name: &str) -> Option<&'a str> {
    let Node::Object(entries) = row else { return None };
    entries.iter().find(|(known, _)| known == name).and_then(|(_, node)| text(node))
}

/// What stands in a cell, also where it is a mistake; none where it is empty.
fn text(node: &Node) -> Option<&str> {
    match node {
        Node::Text(text) | Node::Comma { found: text, .. } => Some(text),
        Node::Reported => Some(""),
        _ => None,
    }
}

fn price<'a>(rows: &'a [NumberedRow], currency: &mut Option<&'a str>, prices: &mut Prices, context: &mut Context<'_>) {
    let mut objects: Vec<ObjectReader<'a>> =
        rows.iter().filter_map(|(number, node)| ObjectReader::open(node, At::Row(*number), context)).collect();
    let Some((first, later)) = rows.split_first() else { return };
    for row in later {
        repeats(&first.1, row, context);
    }
    let tiered = matches!(cell(&first.1, "model"), Some("graduated" | "volume"));
    let tiers = tiered.then(|| objects.iter_mut().map(|object| object.part(&OF_A_TIER)).collect());
    let mut object = objects.swap_remove(0);
    let code = object.need_text("currency", context).filter(|code| currency_digits(code, object.at.field("currency"), context).is_some());
    if let (Some(code), Some(first)) = (code, *currency)
        && code != first
    {
        context.wrong(object.at.field("currency"), raw(code), format!("{first}, as in the first row: a book has one currency"));
    }
    *currency = currency.or(code);
    prices.add(object, tiers, context);
}

/// Later rows of a price leave empty, or repeat, what is not per tier.
fn repeats(first: &Node, (number, row): &NumberedRow, context: &mut Context<'_>) {
    let Node::Object(entries) = row else { return };
    for (name, node) in entries.iter().filter(|(name, _)| !OF_A_TIER.contains(&name.as_str())) {
        let first = cell(first, name);
        // A cell that has been reported is not reported again.
        if let Some(text) = text(node).filter(|text| !text.is_empty())
            && first != Some("")
            && first != Some(text)
        {
            context.wrong(Place::cell(*number, name), raw(text), "nothing, or what the price's first row says");
        }
    }
}
