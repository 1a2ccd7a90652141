//! The cost of one day: the amount to date minus the earlier cost records of the period.

mod earlier;

use skubill_contract::day;

use crate::bill;
use crate::fault::{Refusal, shown};
use crate::finding::{self, Finding, Severity};
use crate::job::Job;
use crate::money::{Amount, Exact};
use crate::order::{distinct, grouped, sort_by};
use crate::outcome::PostingCharge;
use crate::period::Date;
use crate::price::book::Book;
use crate::rating::{RatedLine, Rating};
use crate::reader::{Context, ObjectReader};
use earlier::Standing;

pub use earlier::Earlier;

/// The request of a day's cost record.
#[derive(Debug, Clone)]
pub struct DayRequest {
    /// The day whose cost is recorded, UTC.
    pub day: Date,
    /// Existing cost records of ours, of this period and of others.
    standing: Vec<Standing>,
    /// Findings about records of others, one per enterprise.
    foreign: Vec<Finding>,
}

impl DayRequest {
    /// `provider` is ours; without one the provider of a record is not compared.
    pub fn new(day: &str, provider: Option<&str>, earlier: Vec<Earlier>, job: &Job) -> Result<DayRequest, Refusal> {
        let day = day_of(day, job)?;
        let (ours, foreign): (Vec<_>, Vec<_>) = earlier.into_iter().partition(|record| earlier::foreign(record, provider).is_none());
        let standing = ours.into_iter().map(|record| earlier::standing(record, job.limits.digits)).collect::<Result<_, _>>()?;
        Ok(DayRequest { day, standing, foreign: earlier::foreign_findings(&foreign, provider) })
    }

    /// The records of the day's own period.
    fn of_period(&self) -> impl Iterator<Item = &Standing> {
        self.standing.iter().filter(|standing| standing.period_start.month() == self.day.month())
    }
}

/// A day of the job's period, by its date.
pub fn day_of(text: &str, job: &Job) -> Result<Date, Refusal> {
    let day = Date::parse(text).ok_or_else(|| Refusal::invalid("day", text, "a date such as 2021-08-31"))?;
    match job.period {
        Some(period) if !period.contains(day) => Err(Refusal::invalid("day", text, "a day of the job's period")),
        _ => Ok(day),
    }
}

/// The part of the month that has passed at the end of a day.
pub fn share(day: Date) -> Exact {
    Exact::whole(day.number()) / Exact::whole(day.month().days())
}

/// The cost of a line in this part of its month: all of a counter's amount, and that part of a stock's. A line with
/// rows of both kinds is an error; where that is accepted it is a counter.
pub fn to_date(line: &RatedLine, share: &Exact) -> Exact {
    if line.measured.ranges { line.exact.clone() } else { &line.exact * share }
}

/// The answer of `record`.
pub type Day = day::Day<Amount>;
/// The cost record of one enterprise for the day.
pub type Register = day::Register<Amount>;
/// A line whose difference is below zero: carried over to later days.
pub type Carried = day::Carried<Amount>;

/// Computes the day's cost of each enterprise.
pub fn record(mut rating: Rating, book: &Book, job: &Job, request: &DayRequest) -> Result<Day, Refusal> {
    if let Some(standing) = request.of_period().find(|standing| standing.currency != book.currency) {
        let expected = format!("{}, the price book's currency (enterprise {})", book.currency, standing.enterprise);
        return Err(Refusal::invalid("earlier.currency", &standing.currency, &expected));
    }
    rating.findings.extend(mixed_ranges(&rating.lines));
    rating.findings.extend(open_periods(request));
    rating.findings.extend(request.foreign.iter().cloned());
    keep_categories(&mut rating.lines, request);
    let (number, days) = (request.day.number(), request.day.month().days());
    let share = share(request.day);
    let to_date: Vec<Amount> = rating.lines.iter().map(|line| book.rounding.apply(&to_date(line, &share))).collect();
    // An enterprise without lines may still have earlier records to carry.
    let mut of_enterprises: Vec<(u64, Option<(&RatedLine, &Amount)>)> =
        request.standing.iter().map(|standing| (standing.enterprise, None)).collect();
    of_enterprises.extend(rating.lines.iter().zip(&to_date).filter_map(|line| Some((line.0.enterprise?, Some(line)))));
    // By enterprise, so that no enterprise looks through all records of all others.
    let mut standing = grouped(request.of_period().map(|standing| (standing.enterprise, standing)).collect()).into_iter().peekable();
    let registers = grouped(of_enterprises).into_iter().map(|(enterprise, lines)| {
        let earlier = standing.next_if(|(of, _)| *of == enterprise).map(|(_, earlier)| earlier).unwrap_or_default();
        register(enterprise, lines.into_iter().flatten().collect(), &earlier, book, job, request.day)
    });
    let mut registers: Vec<Register> = registers.collect();
    let (outcome, findings) = bill::without_findings(rating, book, job);
    for register in &mut registers {
        register.held = bill::holding_codes(&findings, register.enterprise, job);
    }
    let unaccepted = bill::unaccepted(&findings, job);
    Ok(Day {
        date: request.day.to_string(),
        number,
        days,
        currency: outcome.currency,
        registers,
        accounting: outcome.accounting,
        findings: finding::answered(findings),
        unaccepted,
    })
}

/// Within a period a SKU keeps the category of its enterprise's earliest record (of several the smallest), so that a
/// changed category posts nothing twice.
fn keep_categories(lines: &mut [RatedLine], request: &DayRequest) {
    let keys = request.of_period().map(|standing| ((standing.enterprise, standing.usage_type.as_str()), standing));
    let kept: Vec<((u64, &str), &str)> = grouped(keys.collect())
        .into_iter()
        .filter_map(|(key, of_one)| {
            let earliest = of_one.into_iter().min_by_key(|standing| (standing.moment, &standing.category))?;
            Some((key, earliest.category.as_str()))
        })
        .collect();
    for line in lines {
        let Some(enterprise) = line.enterprise else { continue };
        if let Ok(found) = kept.binary_search_by(|(key, _)| key.cmp(&(enterprise, line.sku.as_str()))) {
            line.category = kept[found].1.to_string();
        }
    }
}

/// To-date amounts and what earlier records hold, side by side by usage type.
fn register(enterprise: u64, lines: Vec<(&RatedLine, &Amount)>, earlier: &[&Standing], book: &Book, job: &Job, day: Date) -> Register {
    let places = book.rounding.places;
    let done = earlier.iter().any(|standing| standing.date >= day);
    let (merged, _) = bill::merge(lines.into_iter(), &job.usage_name, places);
    let to_date = merged.into_iter().flat_map(|category| {
        let name = category.category;
        category.usages.into_iter().map(move |charge| (charge.usage_type.clone(), Side::ToDate(name.clone(), charge)))
    });
    let mut sides: Vec<(String, Side<'_>)> = to_date.collect();
    sides.extend(earlier.iter().map(|standing| (standing.usage_type.clone(), Side::Earlier(standing))));
    let (mut charges, mut carried) = (Vec::new(), Vec::new());
    for (usage_type, sides) in grouped(sides) {
        let (mut to_date, mut standing) = (Vec::new(), Vec::new());
        for side in sides {
            match side {
                Side::ToDate(category, charge) => to_date.push((category, charge)),
                Side::Earlier(earlier) => standing.push(earlier),
            }
        }
        let held: Exact = standing.iter().map(|standing| &standing.price).sum();
        let difference = |charge: Option<&PostingCharge>| charge.map_or_else(Exact::default, |charge| charge.price.exact()) - &held;
        let earliest = standing.iter().min_by_key(|standing| (standing.moment, &standing.category));
        // Without a record there may be several categories, each for itself; with one, all lines have its category.
        if to_date.is_empty()
            && let Some(earliest) = earliest
            && difference(None).is_negative()
        {
            let amount = book.rounding.apply(&difference(None));
            carried.push(Carried { category: earliest.category.clone(), usage_type, amount });
            continue;
        }
        for (category, charge) in to_date {
            let difference = difference(Some(&charge));
            let amount = book.rounding.apply(&difference);
            if difference.is_negative() {
                carried.push(Carried { category, usage_type: charge.usage_type, amount });
            } else {
                charges.push((category, PostingCharge { price: amount, ..charge }));
            }
        }
    }
    sort_by(&mut carried, |a, b| (&a.category, &a.usage_type).cmp(&(&b.category, &b.usage_type)));
    let (categories, total) = bill::posting_categories(charges, places);
    Register { enterprise, total, held: Vec::new(), done, categories, carried }
}

enum Side<'a> {
    /// What the lines of a category have cost.
    ToDate(String, PostingCharge),
    Earlier(&'a Standing),
}

/// SKUs with rows of a stock and of a counter: their cost to date is undefined.
fn mixed_ranges(lines: &[RatedLine]) -> Vec<Finding> {
    let skus = grouped(lines.iter().map(|line| (line.sku.as_str(), line)).collect());
    let mixed = skus
        .into_iter()
        .filter(|(_, lines)| lines.iter().any(|line| line.measured.ranges) && lines.iter().any(|line| line.measured.stocks));
    mixed
        .map(|(sku, lines)| {
            let mut rows: Vec<u32> = lines.iter().flat_map(|line| line.measured.rows.iter().copied()).collect();
            rows.sort_unstable();
            let message = format!("the SKU {} has rows that count a period and rows that measure a stock", shown(sku));
            let finding = Finding::new(finding::MIXED_RANGE, Severity::Error, message).sku(sku).rows(rows);
            finding.touching(lines.iter().filter_map(|line| line.enterprise))
        })
        .collect()
}

/// Enterprises whose cost records of an earlier period still stand: the dashboard takes one period
/// at a time.
fn open_periods(request: &DayRequest) -> impl Iterator<Item = Finding> {
    let before = |standing: &&Standing| standing.period_start.month() < request.day.month();
    let open = distinct(request.standing.iter().filter(before).map(|standing| standing.enterprise));
    open.into_iter().map(|enterprise| {
        let message = "cost records of an earlier period still stand: post its bill, or delete them, first";
        Finding::new(finding::PREVIOUS_PERIOD_OPEN, Severity::Error, message).enterprise(enterprise).touching([enterprise])
    })
}

/// A record job's JSON: `day`, `provider`, `earlier`, and the `job` of a bill.
pub fn read(object: &mut ObjectReader<'_>, context: &mut Context<'_>) -> Result<(DayRequest, Job), Refusal> {
    let day = object.need_text("day", context).unwrap_or_default().to_string();
    let provider = object.text("provider", context);
    let mut earlier = Vec::new();
    for (node, at) in object.list("earlier", context).unwrap_or_default() {
        if let Some(mut object) = ObjectReader::open(node, at, context) {
            earlier.extend(earlier::read(&mut object, context));
            object.end("a key of a cost record", context);
        }
    }
    let job = Job::of_request(object, context)?;
    Ok((DayRequest::new(&day, provider, earlier, &job)?, job))
}
