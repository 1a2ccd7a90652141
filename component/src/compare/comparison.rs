//! What is compared: a posting, what the dashboard holds, and the previous period.

pub use job::{Bounds, ComparedCategory, ComparedCharge, HeldLine};
use skubill_contract::job;

use crate::fault::Refusal;
use crate::limit::AMOUNT_DIGITS_MAX;
use crate::money::Exact;
use crate::money::decimal::Decimal;
use crate::reader::{Context, ObjectReader};

/// A posting, and what the dashboard holds for this period and the previous one.
pub type Comparison = job::Comparison<ComparedCategory>;

/// From JSON; `tenants`, `held`, `previous`, `previous_tenants` and `bounds` may be left out.
pub fn read(object: &mut ObjectReader<'_>, context: &mut Context<'_>) -> Result<Comparison, Refusal> {
    let [period, currency] = ["period", "currency"].map(|name| object.need_text(name, context).unwrap_or_default().to_string());
    let mut posting = Vec::new();
    for (node, at) in object.need_list("posting", context).unwrap_or_default() {
        posting.extend(ObjectReader::open(node, at, context).map(|mut object| category(&mut object, context)));
    }
    let [held, previous] = ["held", "previous"].map(|name| {
        let mut lines = Vec::new();
        for (node, at) in object.list(name, context).unwrap_or_default() {
            lines.extend(ObjectReader::open(node, at, context).map(|object| held_line(object, context)));
        }
        lines
    });
    let [tenants, previous_tenants] = ["tenants", "previous_tenants"].map(|name| object.texts(name, "a tenant's id", context));
    let bounds = object.object("bounds", context).map(|mut object| {
        let bounds =
            Bounds { times: object.text("times", context).map(str::to_string), lines: object.whole("lines", 0, u64::MAX, context) };
        object.end("times or lines", context);
        bounds
    });
    Ok(Comparison { period, currency, posting, tenants, held, previous, previous_tenants, bounds })
}

/// Reads a category of a posting; its total and names are ignored.
fn category(object: &mut ObjectReader<'_>, context: &mut Context<'_>) -> ComparedCategory {
    let category = object.need_text("category", context).unwrap_or_default().to_string();
    let mut usages = Vec::new();
    for (node, at) in object.need_list("usages", context).unwrap_or_default() {
        if let Some(mut object) = ObjectReader::open(node, at, context) {
            let [usage_type, price] = ["usage_type", "price"].map(|name| object.need_text(name, context).unwrap_or_default().to_string());
            usages.push(ComparedCharge { usage_type, price });
        }
    }
    ComparedCategory { category, usages }
}

fn held_line(mut object: ObjectReader<'_>, context: &mut Context<'_>) -> HeldLine {
    // A dashboard may hold rows without a category: those of a plain post.
    let [category, currency] = ["category", "currency"].map(|name| object.label(name, context).unwrap_or_default().to_string());
    let usage_type = object.label("usage_type", context).unwrap_or_default().to_string();
    let [price, period_start, period_end] =
        ["price", "period_start", "period_end"].map(|name| object.need_text(name, context).unwrap_or_default().to_string());
    object.end("a key of a held line", context);
    HeldLine { category, usage_type, price, currency, period_start, period_end }
}

/// An amount that the dashboard holds; none where it is no decimal.
pub fn decimal(text: &str) -> Option<Exact> {
    Decimal::parse(text.trim(), AMOUNT_DIGITS_MAX).map(|decimal| decimal.exact())
}
