//! What one day has cost: the amount to date less what earlier cost records of the period hold.

use serde::Serialize;

use crate::bill::{self, totalled};
use crate::fault::{Refusal, shown};
use crate::finding::{self, Finding, Severity};
use crate::form::{Desk, Form};
use crate::job::{Job, wrong};
use crate::money::decimal::Decimal;
use crate::money::{Amount, Exact};
use crate::order::{distinct, grouped, sort_rows};
use crate::outcome::{Accounting, Billed, Category, PostingCharge};
use crate::period::{Date, Moment};
use crate::price::book::Book;
use crate::rating::{RatedLine, Rating};

/// A cost record that already stands, as the dashboard gives it back.
#[derive(Debug, Clone)]
pub struct Earlier {
    pub enterprise: u64,
    pub date: String,
    pub period_start: String,
    pub category: String,
    pub usage_type: String,
    pub price: String,
    pub currency: String,
}

/// What is to be recorded.
#[derive(Debug, Clone)]
pub struct Task {
    pub day: Date,
    pub earlier: Vec<Standing>,
}

/// An earlier cost record, read.
#[derive(Debug, Clone)]
pub struct Standing {
    enterprise: u64,
    date: Date,
    period_start: Date,
    key: (String, String),
    price: Exact,
    currency: String,
}

impl Task {
    pub fn new(day: &str, earlier: Vec<Earlier>, job: &Job) -> Result<Task, Refusal> {
        let day = day_of(day, job)?;
        let digits = job.limits.digits;
        let earlier = earlier.into_iter().map(|raw| standing(raw, digits)).collect::<Result<_, _>>()?;
        Ok(Task { day, earlier })
    }
}

/// A day of the job's period, by its date.
pub fn day_of(text: &str, job: &Job) -> Result<Date, Refusal> {
    let day = Date::parse(text).ok_or_else(|| wrong("day", text, "a date such as 2021-08-31"))?;
    match job.period {
        Some(period) if !period.contains(day) => Err(wrong("day", text, "a day of the job's period")),
        _ => Ok(day),
    }
}

/// The part of its month that is over at the end of a day.
pub fn share(day: Date) -> Exact {
    Exact::whole(day.number()) / Exact::whole(day.month().days())
}

/// What a line has cost in this part of its month: a counter what it counted, a stock that part of what it costs a
/// month. A line whose rows are of both kinds is an error; where that is accepted it is a counter.
pub fn to_date(line: &RatedLine, share: &Exact) -> Exact {
    if line.measured.ranges { line.exact.clone() } else { &line.exact * share }
}

fn standing(raw: Earlier, digits: u64) -> Result<Standing, Refusal> {
    let date = |key, text: &str| Moment::parse(text).and_then(Moment::date).ok_or_else(|| wrong(key, text, "a date"));
    Ok(Standing {
        enterprise: raw.enterprise,
        date: date("earlier.date", &raw.date)?,
        period_start: date("earlier.period_start", &raw.period_start)?,
        price: Decimal::parse(&raw.price, digits).ok_or_else(|| wrong("earlier.price", &raw.price, "a decimal"))?.exact(),
        key: (raw.category, raw.usage_type),
        currency: raw.currency,
    })
}

/// A line whose difference is below zero: kept back, to be made up by later days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Carried {
    pub category: String,
    pub usage_type: String,
    pub amount: Amount,
}

/// The cost record of one enterprise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Register {
    pub enterprise: u64,
    pub total: Amount,
    pub held: Vec<&'static str>,
    /// The day, or a later one, is recorded already.
    pub done: bool,
    pub categories: Vec<Category<PostingCharge>>,
    pub carried: Vec<Carried>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Day {
    pub date: Date,
    pub number: u32,
    pub days: u32,
    pub currency: String,
    pub registers: Vec<Register>,
    pub accounting: Accounting,
    pub findings: Vec<Finding>,
    /// Indices of errors that nobody accepted.
    pub unaccepted: Vec<u32>,
}

/// Work out the day's cost of each enterprise.
pub fn record(mut rating: Rating, book: &Book, job: &Job, task: &Task) -> Result<Day, Refusal> {
    let period = task.day.month();
    if let Some(standing) = task.earlier.iter().find(|standing| standing.currency != book.currency) {
        return Err(wrong("earlier.currency", &standing.currency, &format!("{}, the price book's currency", book.currency)));
    }
    rating.findings.extend(mixed_ranges(&rating.lines));
    rating.findings.extend(open_periods(task));
    let (number, days) = (task.day.number(), period.days());
    let share = share(task.day);
    let to_date: Vec<Amount> = rating.lines.iter().map(|line| book.rounding.apply(&to_date(line, &share))).collect();
    // An enterprise whose lines are gone still has earlier records to be carried.
    let mut of_enterprises: Vec<(u64, Option<(&RatedLine, &Amount)>)> =
        task.earlier.iter().map(|standing| (standing.enterprise, None)).collect();
    of_enterprises.extend(rating.lines.iter().zip(&to_date).filter_map(|line| Some((line.0.enterprise?, Some(line)))));
    let registers = grouped(of_enterprises)
        .into_iter()
        .map(|(enterprise, lines)| register(enterprise, lines.into_iter().flatten().collect(), book, job, task));
    let mut registers: Vec<Register> = registers.collect();
    let billed = bill::bill(rating, book, job);
    for register in &mut registers {
        register.held = bill::held(&billed.outcome.findings, register.enterprise, job);
    }
    let Billed { outcome, unaccepted } = billed;
    Ok(Day {
        date: task.day,
        number,
        days,
        currency: outcome.currency,
        registers,
        accounting: outcome.accounting,
        findings: outcome.findings,
        unaccepted,
    })
}

/// To-date amounts and what earlier records hold, side by side by (category, usage type).
fn register(enterprise: u64, lines: Vec<(&RatedLine, &Amount)>, book: &Book, job: &Job, task: &Task) -> Register {
    let places = book.rounding.places;
    let of_period = |standing: &&Standing| standing.enterprise == enterprise && standing.period_start.month() == task.day.month();
    let done = task.earlier.iter().filter(of_period).any(|standing| standing.date >= task.day);
    let mut sides: Vec<((String, String), Side)> = Vec::new();
    let (merged, _) = bill::merge(lines.into_iter(), &job.usage_name, places);
    for category in merged {
        sides.extend(
            category.usages.into_iter().map(|charge| ((category.category.clone(), charge.usage_type.clone()), Side::ToDate(charge))),
        );
    }
    sides.extend(task.earlier.iter().filter(of_period).map(|standing| (standing.key.clone(), Side::Earlier(&standing.price))));
    let (mut charges, mut carried) = (Vec::new(), Vec::new());
    for ((category, usage_type), sides) in grouped(sides) {
        let (mut difference, mut charge) = (Exact::default(), None);
        for side in sides {
            match side {
                Side::ToDate(to_date) => {
                    difference += to_date.price.exact();
                    charge = Some(to_date);
                }
                Side::Earlier(price) => difference = difference - price,
            }
        }
        let amount = book.rounding.apply(&difference);
        match charge {
            Some(charge) if !difference.is_negative() => charges.push((category, PostingCharge { price: amount, ..charge })),
            // Nothing to carry where earlier records add up to 0, or below.
            None if !difference.is_negative() => {}
            _ => carried.push(Carried { category, usage_type, amount }),
        }
    }
    let (categories, total) = totalled(charges, places, |charge| &charge.price);
    Register { enterprise, total, held: Vec::new(), done, categories, carried }
}

enum Side<'a> {
    ToDate(PostingCharge),
    Earlier(&'a Exact),
}

/// Rows of a stock and of a counter in one SKU: what it has cost to date cannot be told.
fn mixed_ranges(lines: &[RatedLine]) -> Vec<Finding> {
    let skus = grouped(lines.iter().map(|line| (line.sku.as_str(), line)).collect());
    let mixed = skus
        .into_iter()
        .filter(|(_, lines)| lines.iter().any(|line| line.measured.ranges) && lines.iter().any(|line| line.measured.stocks));
    mixed
        .map(|(sku, lines)| {
            let mut rows: Vec<u32> = lines.iter().flat_map(|line| line.measured.rows.iter().copied()).collect();
            sort_rows(&mut rows);
            let message = format!("the SKU {} has rows that count a period and rows that measure a stock", shown(sku));
            let finding = Finding::new(finding::MIXED_RANGE, Severity::Error, message).sku(sku).rows(rows);
            finding.touching(lines.iter().filter_map(|line| line.enterprise))
        })
        .collect()
}

/// Enterprises whose cost records of an earlier period still stand: the dashboard takes one period
/// at a time.
fn open_periods(task: &Task) -> impl Iterator<Item = Finding> {
    let before = |standing: &&Standing| standing.period_start.month() < task.day.month();
    let open = distinct(task.earlier.iter().filter(before).map(|standing| standing.enterprise));
    open.into_iter().map(|enterprise| {
        let message = "cost records of an earlier period still stand: post its bill, or delete them, first";
        let finding = Finding::new(finding::PREVIOUS_PERIOD_OPEN, Severity::Error, message).touching([enterprise]);
        Finding { enterprise: Some(enterprise), ..finding }
    })
}

/// A record job's JSON: `day`, `earlier`, and the `job` of a bill.
pub fn read(form: &mut Form<'_>, desk: &mut Desk<'_>) -> Result<(Task, Job), Refusal> {
    let day = form.need_text("day", desk).unwrap_or_default().to_string();
    let mut earlier = Vec::new();
    for (node, at) in form.list("earlier", desk).unwrap_or_default() {
        if let Some(mut form) = Form::open(node, at, desk) {
            earlier.extend(one_earlier(&mut form, desk));
            form.end("a key of a cost record", desk);
        }
    }
    let job = Job::of_task(form, desk)?;
    Ok((Task::new(&day, earlier, &job)?, job))
}

fn one_earlier(form: &mut Form<'_>, desk: &mut Desk<'_>) -> Option<Earlier> {
    let enterprise = form.whole("enterprise", 1, u64::MAX, desk);
    let [date, period_start, category, usage_type, price, currency] =
        ["date", "period_start", "category", "usage_type", "price", "currency"].map(|name| form.need_text(name, desk).map(str::to_string));
    Some(Earlier {
        enterprise: enterprise?,
        date: date?,
        period_start: period_start?,
        category: category?,
        usage_type: usage_type?,
        price: price?,
        currency: currency?,
    })
}
