//! A posting and what the dashboard holds: equal, or line by line what differs. Bounds against the
//! previous period are judged here too, so that a host never computes with amounts.

use serde::Serialize;

use crate::fault::Refusal;
use crate::form::{Desk, Form};
use crate::job::{month, wrong};
use crate::limit::DIGITS_MAX;
use crate::money::Exact;
use crate::money::decimal::Decimal;
use crate::order::grouped;
use crate::period::{Moment, Month};

#[derive(Debug, Clone)]
pub struct Comparison {
    pub period: String,
    pub currency: String,
    pub posting: Vec<PostingCategory>,
    pub held: Vec<HeldLine>,
    pub previous: Vec<HeldLine>,
    pub bounds: Bounds,
}

/// A category of a posting; totals are the sum of the lines and are not looked at.
#[derive(Debug, Clone)]
pub struct PostingCategory {
    pub category: String,
    pub usages: Vec<PostingUsage>,
}

#[derive(Debug, Clone)]
pub struct PostingUsage {
    pub usage_type: String,
    pub price: String,
}

/// A bill line as the dashboard holds it.
#[derive(Debug, Clone)]
pub struct HeldLine {
    pub category: String,
    pub usage_type: String,
    pub price: String,
    pub currency: String,
    pub period_start: String,
    pub period_end: String,
}

#[derive(Debug, Clone, Default)]
pub struct Bounds {
    pub times: Option<String>,
    pub lines: Option<u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    Missing,
    Extra,
    Amount,
    Currency,
    Period,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    pub kind: Kind,
    pub category: String,
    pub usage_type: String,
    pub posting: Option<String>,
    pub held: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Bound {
    Times,
    Lines,
    Currency,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Excess {
    pub bound: Bound,
    pub message: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Compared {
    pub absent: bool,
    pub equal: bool,
    pub differences: Vec<Difference>,
    pub excesses: Vec<Excess>,
}

impl Comparison {
    /// From JSON; `held`, `previous` and `bounds` may be left out.
    pub fn read(form: &mut Form<'_>, desk: &mut Desk<'_>) -> Result<Comparison, Refusal> {
        let [period, currency] = ["period", "currency"].map(|name| form.need_text(name, desk).unwrap_or_default().to_string());
        let mut posting = Vec::new();
        for (node, at) in form.need_list("posting", desk).unwrap_or_default() {
            posting.extend(Form::open(node, at, desk).map(|mut form| category(&mut form, desk)));
        }
        let [held, previous] = ["held", "previous"].map(|name| {
            let mut lines = Vec::new();
            for (node, at) in form.list(name, desk).unwrap_or_default() {
                lines.extend(Form::open(node, at, desk).map(|form| held_line(form, desk)));
            }
            lines
        });
        let bounds = form.form("bounds", desk).map(|mut form| {
            let bounds = Bounds { times: form.text("times", desk).map(str::to_string), lines: form.whole("lines", 0, u64::MAX, desk) };
            form.end("times or lines", desk);
            bounds
        });
        Ok(Comparison { period, currency, posting, held, previous, bounds: bounds.unwrap_or_default() })
    }
}

/// A category as a posting has it; its total and names are passed over.
fn category(form: &mut Form<'_>, desk: &mut Desk<'_>) -> PostingCategory {
    let category = form.need_text("category", desk).unwrap_or_default().to_string();
    let mut usages = Vec::new();
    for (node, at) in form.need_list("usages", desk).unwrap_or_default() {
        if let Some(mut form) = Form::open(node, at, desk) {
            let [usage_type, price] = ["usage_type", "price"].map(|name| form.need_text(name, desk).unwrap_or_default().to_string());
            usages.push(PostingUsage { usage_type, price });
        }
    }
    PostingCategory { category, usages }
}

fn held_line(mut form: Form<'_>, desk: &mut Desk<'_>) -> HeldLine {
    // A dashboard may hold rows without a category: those of a plain post.
    let [category, currency] = ["category", "currency"].map(|name| form.label(name, desk).unwrap_or_default().to_string());
    let usage_type = form.label("usage_type", desk).unwrap_or_default().to_string();
    let [price, period_start, period_end] =
        ["price", "period_start", "period_end"].map(|name| form.need_text(name, desk).unwrap_or_default().to_string());
    form.end("a key of a held line", desk);
    HeldLine { category, usage_type, price, currency, period_start, period_end }
}

fn decimal(text: &str) -> Option<Exact> {
    Decimal::parse(text.trim(), DIGITS_MAX).map(|decimal| decimal.exact())
}

/// A posting's price, which is ours and has to be a decimal.
fn ours(text: &str) -> Result<Exact, Refusal> {
    // A line may be larger than any single input: it is a product of several.
    Decimal::parse(text, u64::from(u16::MAX)).map(|decimal| decimal.exact()).ok_or_else(|| wrong("posting.price", text, "a decimal"))
}

enum Side<'a> {
    Posting(&'a PostingUsage, Exact),
    Held(&'a HeldLine),
}

/// Compare a posting with what is held, and judge it beside the previous period.
pub fn compare(comparison: &Comparison) -> Result<Compared, Refusal> {
    let period = month(&comparison.period)?;
    let mut sides: Vec<((&str, &str), Side<'_>)> = Vec::new();
    let mut total = Exact::default();
    for category in &comparison.posting {
        for usage in &category.usages {
            let price = ours(&usage.price)?;
            total += &price;
            sides.push(((&category.category, &usage.usage_type), Side::Posting(usage, price)));
        }
    }
    let lines = sides.len() as u64;
    sides.extend(comparison.held.iter().map(|line| ((line.category.as_str(), line.usage_type.as_str()), Side::Held(line))));
    let mut differences = Vec::new();
    for (key, sides) in grouped(sides) {
        let (mut posted, mut held) = (Vec::new(), Vec::new());
        for side in sides {
            match side {
                Side::Posting(usage, price) => posted.push((usage, price)),
                Side::Held(line) => held.push(line),
            }
        }
        for ((usage, price), line) in posted.iter().zip(&held) {
            differences.extend(line_differences(key, usage, price, line, comparison, period));
        }
        differences.extend(posted.iter().skip(held.len()).map(|(usage, _)| difference(Kind::Missing, key, Some(&usage.price), None)));
        differences.extend(held.iter().skip(posted.len()).map(|line| difference(Kind::Extra, key, None, Some(&line.price))));
    }
    let absent = comparison.held.is_empty();
    let excesses = excesses(comparison, &total, lines)?;
    Ok(Compared { absent, equal: !absent && differences.is_empty(), differences, excesses })
}

fn difference(kind: Kind, (category, usage_type): (&str, &str), posting: Option<&str>, held: Option<&str>) -> Difference {
    Difference {
        kind,
        category: category.into(),
        usage_type: usage_type.into(),
        posting: posting.map(Into::into),
        held: held.map(Into::into),
    }
}

fn line_differences(
    key: (&str, &str),
    usage: &PostingUsage,
    price: &Exact,
    held: &HeldLine,
    comparison: &Comparison,
    period: Month,
) -> Vec<Difference> {
    let mut differences = Vec::new();
    if decimal(&held.price).as_ref() != Some(price) {
        differences.push(difference(Kind::Amount, key, Some(&usage.price), Some(&held.price)));
    }
    if held.currency != comparison.currency {
        differences.push(difference(Kind::Currency, key, Some(&comparison.currency), Some(&held.currency)));
    }
    let day = |text: &str| Moment::parse(text).and_then(Moment::date);
    if day(&held.period_start) != Some(period.first()) || day(&held.period_end) != Some(period.last()) {
        let theirs = format!("{} to {}", held.period_start, held.period_end);
        differences.push(difference(Kind::Period, key, Some(&format!("{} to {}", period.first(), period.last())), Some(&theirs)));
    }
    differences
}

fn excesses(comparison: &Comparison, total: &Exact, lines: u64) -> Result<Vec<Excess>, Refusal> {
    let mut excesses = Vec::new();
    let previous: Option<Exact> = comparison.previous.iter().map(|line| decimal(&line.price)).sum();
    let previous = previous.filter(|previous| previous.is_positive());
    if let Some(text) = &comparison.bounds.times {
        let times = decimal(text)
            .filter(|times| !times.is_negative())
            .ok_or_else(|| wrong("bounds.times", text, "a decimal that is not negative"))?;
        if previous.is_some_and(|previous| *total > previous * times) {
            excesses
                .push(Excess { bound: Bound::Times, message: format!("the total is more than {text} times that of the period before") });
        }
    }
    if let Some(most) = comparison.bounds.lines.filter(|most| lines > *most) {
        excesses.push(Excess { bound: Bound::Lines, message: format!("{lines} lines are more than {most}") });
    }
    if let Some(line) = comparison.previous.iter().find(|line| line.currency != comparison.currency) {
        excesses.push(Excess {
            bound: Bound::Currency,
            message: format!("the period before was billed in {}, not in {}", line.currency, comparison.currency),
        });
    }
    Ok(excesses)
}
