//! Compares a posting with what the dashboard holds, line by line, and checks it against the bounds of the previous
//! period. The host never computes with amounts.

mod comparison;
mod excess;

pub use skubill_contract::answer::{Approximation, Compared, Difference, Excess};
pub use skubill_contract::word::DifferenceKind;

use crate::fault::Refusal;
use crate::job::month;
use crate::limit::AMOUNT_DIGITS_MAX;
use crate::money::decimal::Decimal;
use crate::money::{Exact, Rounding};
use crate::order::{grouped, sort_by};
use crate::period::{Date, Moment, Month};

use comparison::decimal;
pub use comparison::{Bounds, ComparedCategory, ComparedCharge, Comparison, HeldLine, read};

/// Parses a posting's price, which must be a decimal.
fn ours(usage: &ComparedCharge) -> Result<Ours<'_>, Refusal> {
    let price =
        Decimal::parse(&usage.price, AMOUNT_DIGITS_MAX).ok_or_else(|| Refusal::invalid("posting.price", &usage.price, "a decimal"))?;
    let places = usage.price.split_once('.').map_or(0, |(_, places)| places.len());
    Ok(Ours { text: &usage.price, price: price.exact(), places: u32::try_from(places).unwrap_or(u32::MAX) })
}

/// A line of the posting.
struct Ours<'a> {
    text: &'a str,
    price: Exact,
    places: u32,
}

/// How a held amount compares with the posting's.
#[derive(PartialEq, Eq)]
enum Match {
    Equal,
    Approximate,
    Another,
}

/// A smaller difference may come from a server's binary fractions: 10⁻⁶.
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
    // Lines without a valid number come last.
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

/// The differences found so far.
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
                (Some(ours), None) => differences.push(difference(DifferenceKind::Missing, key, Some(ours.text), None)),
                (None, Some(theirs)) => differences.push(difference(DifferenceKind::Extra, key, None, Some(&theirs.line.price))),
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
            Match::Another => differences.push(difference(DifferenceKind::Amount, key, Some(ours.text), Some(&held.price))),
        }
        if held.currency != comparison.currency {
            differences.push(difference(DifferenceKind::Currency, key, Some(&comparison.currency), Some(&held.currency)));
        }
        let period = self.period;
        let start = Moment::parse(&held.period_start);
        // An end that is a day by itself is all of it.
        let end = Date::parse(&held.period_end).map(Moment::last_of).or_else(|| Moment::parse(&held.period_end));
        if start != Some(Moment::first_of(period.first())) || end != Some(Moment::last_of(period.last())) {
            let theirs = format!("{} to {}", held.period_start, held.period_end);
            differences.push(difference(
                DifferenceKind::Period,
                key,
                Some(&format!("{} to {}", period.first(), period.last())),
                Some(&theirs),
            ));
        }
        differences
    }
}

fn difference(kind: DifferenceKind, (category, usage_type): (&str, &str), posting: Option<&str>, held: Option<&str>) -> Difference {
    Difference {
        kind,
        category: category.into(),
        usage_type: usage_type.into(),
        posting: posting.map(Into::into),
        held: held.map(Into::into),
    }
}
