//! What is compared: a posting, what the dashboard holds, and the previous period.

use crate::fault::Refusal;
use crate::limit::AMOUNT_DIGITS_MAX;
use crate::money::Exact;
use crate::money::decimal::Decimal;
use crate::reader::{Context, ObjectReader};

/// A posting, and what the dashboard holds for this period and the previous one.
#[derive(Debug, Clone)]
pub struct Comparison {
    /// The billing period, `YYYY-MM`.
    pub period: String,
    /// The posting's currency, ISO 4217.
    pub currency: String,
    /// Empty where an enterprise that was billed before has no usage line now.
    pub posting: Vec<PostingCategory>,
    /// The tenants whose usage the posting covers.
    pub tenants: Vec<String>,
    /// The lines that the dashboard holds for this period.
    pub held: Vec<HeldLine>,
    /// The lines that the dashboard holds for the previous period.
    pub previous: Vec<HeldLine>,
    /// The tenants whose usage the previous period's posting covered.
    pub previous_tenants: Vec<String>,
    /// The bounds against the previous period.
    pub bounds: Bounds,
}

/// A category of a posting. Its total is ignored: it is the sum of the lines.
#[derive(Debug, Clone)]
pub struct PostingCategory {
    /// The category's name.
    pub category: String,
    /// Its lines.
    pub usages: Vec<PostingUsage>,
}

/// A line of a posting.
#[derive(Debug, Clone)]
pub struct PostingUsage {
    /// The SKU.
    pub usage_type: String,
    /// The amount, a decimal.
    pub price: String,
}

/// A bill line as the dashboard holds it.
#[derive(Debug, Clone)]
pub struct HeldLine {
    /// The category; empty where the dashboard has none.
    pub category: String,
    /// The SKU; empty where the dashboard has none.
    pub usage_type: String,
    /// The amount as the dashboard writes it; it may be no decimal.
    pub price: String,
    /// The currency as the dashboard writes it.
    pub currency: String,
    /// The start of the period as the dashboard writes it.
    pub period_start: String,
    /// The end of the period as the dashboard writes it.
    pub period_end: String,
}

/// Bounds on a posting; none is no bound.
#[derive(Debug, Clone, Default)]
pub struct Bounds {
    /// How many times the previous total the total may be, and how many times less: a decimal that is not negative.
    pub times: Option<String>,
    /// The most lines that a posting may have.
    pub lines: Option<u64>,
}

impl Comparison {
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
        Ok(Comparison { period, currency, posting, tenants, held, previous, previous_tenants, bounds: bounds.unwrap_or_default() })
    }
}

/// Reads a category of a posting; its total and names are ignored.
fn category(object: &mut ObjectReader<'_>, context: &mut Context<'_>) -> PostingCategory {
    let category = object.need_text("category", context).unwrap_or_default().to_string();
    let mut usages = Vec::new();
    for (node, at) in object.need_list("usages", context).unwrap_or_default() {
        if let Some(mut object) = ObjectReader::open(node, at, context) {
            let [usage_type, price] = ["usage_type", "price"].map(|name| object.need_text(name, context).unwrap_or_default().to_string());
            usages.push(PostingUsage { usage_type, price });
        }
    }
    PostingCategory { category, usages }
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
