//! Estimates the cost of a whole period from the cost records of its first days: a least-squares line, computed in
//! exact fractions and rounded once.

pub use skubill_contract::word::{Fit, Method};

use crate::fault::{Faults, Input, Place, Refusal, raw};
use crate::job::{limits, month};
use crate::json::tree::Node;
use crate::limit::Limits;
use crate::money::{Amount, Exact, PLACES_MAX, Rounding};
use crate::order::grouped;
use crate::period::{DAY_SECONDS, Moment, Month};
use crate::reader::{self, At, Context, Dialect, Document, ObjectReader, document};
use crate::text::alternatives;

/// What is to be estimated.
#[derive(Debug, Clone)]
pub struct Job {
    /// The period; none is that of the latest record.
    pub period: Option<Month>,
    /// What the line is fitted to.
    pub method: Fit,
    /// Decimal places of the estimate, at most [`PLACES_MAX`].
    pub places: u32,
    /// The limits of the run.
    pub limits: Limits,
}

impl Job {
    /// From a job's JSON; every key may be left out.
    pub fn read(object: &mut ObjectReader<'_>, context: &mut Context<'_>) -> Result<Job, Refusal> {
        let period = object.text("period", context).map(month).transpose()?;
        let method = match object.text("method", context) {
            None => Fit::Cumulative,
            Some(text) => Fit::parse(text).ok_or_else(|| Refusal::invalid("method", text, &alternatives(Fit::ALL, Fit::name)))?,
        };
        let places = object.whole("places", 0, u64::from(PLACES_MAX), context).map_or(2, |places| places as u32);
        let limits = limits(object.object("limits", context), context);
        Ok(Job { period, method, places, limits })
    }

    /// The job, unless it has too many places.
    pub fn checked(self) -> Result<Job, Refusal> {
        if self.places > PLACES_MAX {
            return Err(Refusal::invalid("places", &self.places.to_string(), &format!("a whole number from 0 to {PLACES_MAX}")));
        }
        Ok(self)
    }
}

/// The answer of `estimate`.
pub type Estimated = skubill_contract::answer::Estimated<Amount>;

struct Cost {
    moment: Moment,
    price: Exact,
    estimated: Option<Exact>,
    place: Place,
}

const COLUMNS: [&str; 3] = ["date", "price", "estimated"];

/// Estimates the cost of a whole period.
pub fn estimate(costs: &[u8], job: &Job) -> Result<Estimated, Refusal> {
    let mut faults = Faults::new(job.limits.faults);
    let mut context = Context { input: Input::Costs, limits: &job.limits, faults: &mut faults };
    let records = read(costs, &mut context);
    let latest = records.iter().map(|cost| cost.moment).max().and_then(Moment::date);
    let period = job.period.or(latest.map(|date| date.month()));
    if let Some(period) = period {
        for cost in records.iter().filter(|cost| day(cost.moment, period).is_none()) {
            context.wrong(cost.place.clone(), "a date outside the period", format!("a day of {period}, UTC"));
        }
    }
    if !faults.is_empty() {
        return Err(Refusal::Faults(faults));
    }
    let period = period.ok_or_else(|| Refusal::Job("period: none is named, and there is no record to take it from".into()))?;
    Ok(fit(&records, period, job))
}

/// The number of a moment's day in the period, from 1.
fn day(moment: Moment, period: Month) -> Option<u32> {
    let number = (moment.0 - period.first().unix_days() * DAY_SECONDS).div_euclid(DAY_SECONDS) + 1;
    u32::try_from(number).ok().filter(|number| (1..=period.days()).contains(number))
}

fn read(costs: &[u8], context: &mut Context<'_>) -> Vec<Cost> {
    let dialect = Dialect { columns: &COLUMNS, decimals: &COLUMNS[1..], wholes: &[] };
    match document(costs, &dialect, context) {
        None => Vec::new(),
        Some(Document::Csv(sheet)) => {
            reader::columns(&sheet, &COLUMNS, &COLUMNS[..2], context);
            sheet.rows.iter().filter_map(|(number, node)| cost(node, At::Row(*number), context)).collect()
        }
        Some(Document::Json(Node::List(items))) => {
            let items = items.iter().enumerate();
            items.filter_map(|(index, node)| cost(node, At::Path(format!("[{index}]")), context)).collect()
        }
        Some(Document::Json(node)) => {
            context.wrong(Place::whole(), node.shown(), "a list of records with date and price");
            Vec::new()
        }
    }
}

fn cost(node: &Node, at: At, context: &mut Context<'_>) -> Option<Cost> {
    let mut object = ObjectReader::open(node, at, context)?;
    let place = object.at.field("date");
    let moment = object.need_text("date", context).and_then(|text| {
        let moment = Moment::typed(text).filter(|moment| moment.date().is_some());
        if moment.is_none() {
            context.wrong(place.clone(), raw(text), "a date: YYYY-MM-DD, DD.MM.YYYY, RFC 3339 or yyyy/MM/dd HH:mm:ss Z");
        }
        moment
    });
    let price =
        object.need("price", "a decimal such as 1.5", context).and_then(|node| reader::signed(node, object.at.field("price"), context));
    let estimated = object.take("estimated").map(|node| reader::signed(node, object.at.field("estimated"), context));
    object.end("date, price or estimated", context);
    Some(Cost { moment: moment?, price: price?, estimated: estimated.map_or(Some(None), |value| value.map(Some))?, place })
}

fn fit(records: &[Cost], period: Month, job: &Job) -> Estimated {
    let days = period.days();
    let of_days = grouped(records.iter().filter_map(|cost| Some((day(cost.moment, period)?, &cost.price))).collect());
    let of_day: Vec<(u32, Exact)> = of_days.into_iter().map(|(day, prices)| (day, prices.into_iter().sum())).collect();
    let total: Exact = of_day.iter().map(|(_, cost)| cost).sum();
    let stated = records.iter().rev().find_map(|cost| cost.estimated.as_ref()).filter(|stated| !stated.is_zero());
    let (method, value, line) = match (stated, of_day.first()) {
        (Some(stated), _) => (Method::Fixed, Some(stated.clone()), None),
        (None, None) => (Method::None, None, None),
        (None, Some((day, _))) if of_day.len() == 1 => (Method::RunRate, Some(&total * whole(days) / whole(*day)), None),
        (None, Some(_)) => least_squares(&of_day, days, job.method),
    };
    let places = Rounding::half_up(6);
    Estimated {
        below_to_date: value.as_ref().is_some_and(|value| *value < total),
        estimate: value.map(|value| Rounding::half_up(job.places).apply(&value)),
        method,
        records: records.len() as u64,
        days,
        slope: line.as_ref().map(|(slope, _)| places.apply(slope).trimmed()),
        intercept: line.as_ref().map(|(_, intercept)| places.apply(intercept).trimmed()),
    }
}

type Line = (Exact, Exact);

/// Through two days or more; the days are distinct, so the denominator is not 0.
fn least_squares(of_day: &[(u32, Exact)], days: u32, fit: Fit) -> (Method, Option<Exact>, Option<Line>) {
    let mut sum = Exact::default();
    let points = of_day.iter().map(|(day, cost)| {
        sum += cost;
        (whole(*day), if fit == Fit::Cumulative { sum.clone() } else { cost.clone() })
    });
    let (mut n, mut x, mut y, mut xx, mut xy) = (Exact::default(), Exact::default(), Exact::default(), Exact::default(), Exact::default());
    for (px, py) in points {
        n += whole(1);
        xx += &px * &px;
        xy += &px * &py;
        x += px;
        y += py;
    }
    let slope = (&n * &xy - &x * &y) / (&n * &xx - &x * &x);
    let intercept = (&y - &slope * &x) / &n;
    let last = whole(days);
    let (method, value) = match fit {
        Fit::Cumulative => (Method::Cumulative, &intercept + &slope * &last),
        Fit::Daily => (Method::Daily, &intercept * &last + &slope * (&last * (&last + whole(1)) / whole(2))),
    };
    (method, Some(value), Some((slope, intercept)))
}

fn whole(number: u32) -> Exact {
    Exact::whole(number)
}
