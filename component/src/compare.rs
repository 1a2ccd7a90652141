//! A posting and what the dashboard holds: equal, or line by line what differs. What makes the posting
//! suspicious beside the previous period's is judged here too, so that a host never computes with amounts.

mod excess;

use serde::Serialize;

use crate::fault::Refusal;
use crate::form::{Desk, Form};
use crate::job::{month, wrong};
use crate::limit::AMOUNT_DIGITS_MAX;
use crate::money::decimal::Decimal;
use crate::money::{Exact, Rounding};
use crate::order::{grouped, sort_by};
use crate::period::{Date, Moment, Month};

pub use excess::{CODES, Excess};

#[derive(Debug, Clone)]
pub struct Comparison {
    pub period: String,
    pub currency: String,
    /// Empty where an enterprise that was billed before has no usage line now.
    pub posting: Vec<PostingCategory>,
    /// Whose usage the posting is.
    pub tenants: Vec<String>,
    pub held: Vec<HeldLine>,
    pub previous: Vec<HeldLine>,
    /// Whose usage the previous period's posting was.
    pub previous_tenants: Vec<String>,
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

/// A line that is equal though the dashboard holds another number: what a server's floats make of ours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Approximation {
    pub category: String,
    pub usage_type: String,
    pub posting: String,
    pub held: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Compared {
    pub absent: bool,
    pub equal: bool,
    /// By category, usage type and kind.
    pub differences: Vec<Difference>,
    /// By category and usage type.
    pub approximations: Vec<Approximation>,
    /// By code and tenant, whatever is held.
    pub excesses: Vec<Excess>,
}

impl Comparison {
    /// From JSON; `tenants`, `held`, `previous`, `previous_tenants` and `bounds` may be left out.
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
        let [tenants, previous_tenants] = ["tenants", "previous_tenants"].map(|name| form.texts(name, "a tenant's id", desk));
        let bounds = form.form("bounds", desk).map(|mut form| {
            let bounds = Bounds { times: form.text("times", desk).map(str::to_string), lines: form.whole("lines", 0, u64::MAX, desk) };
            form.end("times or lines", desk);
            bounds
        });
        Ok(Comparison { period, currency, posting, tenants, held, previous, previous_tenants, bounds: bounds.unwrap_or_default() })
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

/// An amount that the dashboard holds; none where it is no decimal.
fn decimal(text: &str) -> Option<Exact> {
    Decimal::parse(text.trim(), AMOUNT_DIGITS_MAX).map(|decimal| decimal.exact())
}

/// A posting's price, which is ours and has to be a decimal.
fn ours(usage: &PostingUsage) -> Result<Ours<'_>, Refusal> {
    let price = Decimal::parse(&usage.price, AMOUNT_DIGITS_MAX).ok_or_else(|| wrong("posting.price", &usage.price, "a decimal"))?;
    let places = usage.price.split_once('.').map_or(0, |(_, places)| places.len());
    Ok(Ours { text: &usage.price, price: price.exact(), places: u32::try_from(places).unwrap_or(u32::MAX) })
}

/// A line of the posting.
struct Ours<'a> {
    text: &'a str,
    price: Exact,
    places: u32,
}

/// What a held amount is of ours.
#[derive(PartialEq, Eq)]
enum Match {
    Equal,
    Approximate,
    Another,
}

/// Below this a difference may be the noise of a server's binary fractions: 10⁻⁶.
fn noise() -> Exact {
    Exact::whole(1) / Exact::whole(1_000_000)
}

impl Ours<'_> {
    fn matches(&self, held: &Exact) -> Match {
        if self.price == *held {
            Match::Equal
        } else if (held - &self.price).abs() < noise() && Rounding::half_up(self.places).apply(held).exact() == self.price {
            Match::Approximate
        } else {
            Match::Another
        }
    }
}

/// A line that the dashboard holds.
struct Theirs<'a> {
    line: &'a HeldLine,
    price: Option<Exact>,
}

enum Side<'a> {
    Posting(Ours<'a>),
    Held(Theirs<'a>),
}

/// Compare a posting with what is held, and judge it beside the previous period.
pub fn compare(comparison: &Comparison) -> Result<Compared, Refusal> {
    let period = month(&comparison.period)?;
    let mut sides: Vec<((&str, &str), Side<'_>)> = Vec::new();
    let mut total = Exact::default();
    for category in &comparison.posting {
        for usage in &category.usages {
            let ours = ours(usage)?;
            total += &ours.price;
            sides.push(((&category.category, &usage.usage_type), Side::Posting(ours)));
        }
    }
    let lines = sides.len() as u64;
    sides.extend(comparison.held.iter().map(|line| {
        let theirs = Theirs { line, price: decimal(&line.price) };
        ((line.category.as_str(), line.usage_type.as_str()), Side::Held(theirs))
    }));
    let mut found = Found { comparison, period, differences: Vec::new(), approximations: Vec::new() };
    for (key, sides) in grouped(sides) {
        let (mut posted, mut held) = (Vec::new(), Vec::new());
        for side in sides {
            match side {
                Side::Posting(ours) => posted.push(ours),
                Side::Held(theirs) => held.push(theirs),
            }
        }
        found.of_key(key, posted, held);
    }
    let Found { differences, approximations, .. } = found;
    let absent = comparison.held.is_empty();
    let excesses = excess::excesses(comparison, &total, lines)?;
    Ok(Compared { absent, equal: !absent && differences.is_empty(), differences, approximations, excesses })
}

/// The lines of one category and usage type, on both sides: first those that are equal, then the others
/// by their amounts. A posting has one such line; a dashboard may hold several.
fn paired<'a>(mut posted: Vec<Ours<'a>>, mut held: Vec<Theirs<'a>>) -> Vec<(Option<Ours<'a>>, Option<Theirs<'a>>)> {
    sort_by(&mut posted, |a, b| a.price.cmp(&b.price));
    // What is no number comes last.
    sort_by(&mut held, |a, b| (a.price.is_none(), &a.price).cmp(&(b.price.is_none(), &b.price)));
    let (mut pairs, mut ours_left, mut theirs_left) = (Vec::new(), Vec::new(), Vec::new());
    let mut held = held.into_iter().peekable();
    for ours in posted {
        theirs_left.extend(std::iter::from_fn(|| {
            held.next_if(|theirs| theirs.price.as_ref().is_some_and(|price| *price < ours.price && ours.matches(price) == Match::Another))
        }));
        match held.next_if(|theirs| theirs.price.as_ref().is_some_and(|price| ours.matches(price) != Match::Another)) {
            Some(theirs) => pairs.push((Some(ours), Some(theirs))),
            None => ours_left.push(ours),
        }
    }
    theirs_left.extend(held);
    let (mut ours_left, mut theirs_left) = (ours_left.into_iter(), theirs_left.into_iter());
    pairs.extend(std::iter::from_fn(|| match (ours_left.next(), theirs_left.next()) {
        (None, None) => None,
        pair => Some(pair),
    }));
    pairs
}

/// What comparing has found so far.
struct Found<'a> {
    comparison: &'a Comparison,
    period: Month,
    differences: Vec<Difference>,
    approximations: Vec<Approximation>,
}

impl Found<'_> {
    fn of_key(&mut self, key: (&str, &str), posted: Vec<Ours<'_>>, held: Vec<Theirs<'_>>) {
        let mut differences = Vec::new();
        for pair in paired(posted, held) {
            match pair {
                (Some(ours), Some(theirs)) => differences.extend(self.of_lines(key, &ours, &theirs)),
                (Some(ours), None) => differences.push(difference(Kind::Missing, key, Some(ours.text), None)),
                (None, Some(theirs)) => differences.push(difference(Kind::Extra, key, None, Some(&theirs.line.price))),
                (None, None) => {}
            }
        }
        sort_by(&mut differences, |a, b| a.kind.cmp(&b.kind));
        self.differences.extend(differences);
    }

    fn of_lines(&mut self, key: (&str, &str), ours: &Ours<'_>, theirs: &Theirs<'_>) -> Vec<Difference> {
        let (comparison, held) = (self.comparison, theirs.line);
        let mut differences = Vec::new();
        match theirs.price.as_ref().map_or(Match::Another, |price| ours.matches(price)) {
            Match::Equal => {}
            Match::Approximate => self.approximations.push(Approximation {
                category: key.0.into(),
                usage_type: key.1.into(),
                posting: ours.text.into(),
                held: held.price.clone(),
            }),
            Match::Another => differences.push(difference(Kind::Amount, key, Some(ours.text), Some(&held.price))),
        }
        if held.currency != comparison.currency {
            differences.push(difference(Kind::Currency, key, Some(&comparison.currency), Some(&held.currency)));
        }
        let period = self.period;
        let start = Moment::parse(&held.period_start);
        // An end that is a day by itself is all of it.
        let end = Date::parse(&held.period_end).map(Moment::last_of).or_else(|| Moment::parse(&held.period_end));
        if start != Some(Moment::first_of(period.first())) || end != Some(Moment::last_of(period.last())) {
            let theirs = format!("{} to {}", held.period_start, held.period_end);
            differences.push(difference(Kind::Period, key, Some(&format!("{} to {}", period.first(), period.last())), Some(&theirs)));
        }
        differences
    }
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
