//! Reading a price book: JSON, or CSV for what fits a flat table.

use super::Book;
use super::entry::{Prices, currency_digits, rounding};
use super::sheet;
use crate::fault::{Faults, Input};
use crate::json::tree::Node;
use crate::limit::Limits;
use crate::money::Rounding;
use crate::reader::{At, Context, Dialect, Document, ObjectReader, document};

impl Book {
    /// Reads a price book; mistakes are added to `faults`, and then there is none.
    pub fn read(bytes: &[u8], limits: &Limits, faults: &mut Faults) -> Option<Book> {
        let before = faults.count;
        let mut context = Context { input: Input::Prices, limits, faults };
        let dialect = Dialect { columns: &sheet::COLUMNS, decimals: &sheet::DECIMALS, wholes: &[] };
        let book = match document(bytes, &dialect, &mut context)? {
            Document::Json(node) => json(&node, &mut context),
            Document::Csv(sheet) => sheet::read(&sheet, &mut context),
        };
        book.filter(|_| faults.count == before)
    }
}

fn json(node: &Node, context: &mut Context<'_>) -> Option<Book> {
    let mut object = ObjectReader::open(node, At::Path(String::new()), context)?;
    let currency = object.need_text("currency", context);
    let digits = currency.and_then(|code| currency_digits(code, object.at.field("currency"), context));
    let default = Rounding::half_up(digits.unwrap_or(2));
    let rounding =
        object.object("rounding", context).map_or(default, |object| rounding(object, Some(default.places), context).unwrap_or(default));
    let factor = object.decimal("factor", context);
    let mut prices = Prices::default();
    for (node, at) in object.need_list("prices", context).unwrap_or_default() {
        if let Some(mut object) = ObjectReader::open(node, at, context) {
            let tiers = object
                .list("tiers", context)
                .map(|items| items.into_iter().filter_map(|(node, at)| ObjectReader::open(node, at, context)).collect());
            prices.add(object, tiers, context);
        }
    }
    object.end("currency, rounding, factor or prices", context);
    prices.check_overlaps(context);
    Some(Book { currency: currency?.to_string(), rounding, factor, prices: prices.by_sku() })
}
