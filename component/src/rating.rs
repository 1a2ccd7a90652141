//! Rating: usage becomes lines with exact amounts, and what has no price or no customer is named.

use crate::customer::{Customer, Customers};
use crate::explain::step::{Kind, Steps};
use crate::fault::{Refusal, shown};
use crate::finding::{self, Finding, Severity};
use crate::job::Job;
use crate::money::{Amount, Exact};
use crate::names::Lookalikes;
use crate::order::{grouped, sort_rows};
use crate::outcome::Accounting;
use crate::period::{Date, Days, Month};
use crate::price::Price;
use crate::price::book::Book;
use crate::report::json::Params;
use crate::unit::{Unit, UnitKind};
use crate::usage::{Line, Measured, Note, Summed};

pub mod quantity;
pub mod report;

/// A line of a bill: what one tenant pays for one SKU.
pub struct RatedLine {
    pub tenant_id: String,
    pub enterprise: Option<u64>,
    pub sku: String,
    pub name: String,
    pub category: String,
    pub unit: Unit,
    /// In the price's unit, after rounding and before what is included.
    pub quantity: Exact,
    /// The quantity as the bill shows it.
    pub shown: String,
    /// Before the one rounding.
    pub exact: Exact,
    pub amount: Amount,
    /// The rows of the line.
    pub measured: Measured,
}

/// All lines, by tenant and SKU, and what became of the rows.
pub struct Rating {
    pub period: Month,
    pub lines: Vec<RatedLine>,
    pub accounting: Accounting,
    pub findings: Vec<Finding>,
}

/// The period of a run, and whether it was assumed from the report.
pub fn period(job: &Job, latest: Option<Date>) -> Result<(Month, bool), Refusal> {
    match (job.period, latest) {
        (Some(period), _) => Ok((period, false)),
        (None, Some(latest)) => Ok((latest.month(), true)),
        (None, None) => Err(Refusal::Job("period: none is named, and the report has no date to take it from".into())),
    }
}

/// What is known beside the rows.
pub struct Context<'a> {
    pub job: &'a Job,
    pub customers: Option<&'a Customers>,
    pub params: Option<&'a Params>,
    /// The day up to which the report was made, where that is not the period's last.
    pub until: Option<Date>,
}

impl Context<'_> {
    /// The days that dates are judged by: those of the period, up to the day of a cost record.
    pub fn days(&self, period: Month) -> Days {
        Days { last: self.until.unwrap_or(period.last()), ..period.into() }
    }

    fn customer(&self, tenant_id: &str) -> Option<&Customer> {
        self.customers.and_then(|customers| customers.get(tenant_id))
    }

    /// The enterprise of a tenant, where the customers file has it.
    pub fn enterprise(&self, tenant_id: &str) -> Option<u64> {
        self.customer(tenant_id).map(|customer| customer.enterprise)
    }
}

/// Rate summed usage by a price book.
pub fn rate(summed: Summed, book: &Book, context: &Context<'_>) -> Result<Rating, Refusal> {
    let (period, assumed) = period(context.job, summed.latest)?;
    let mut findings = report::findings(&summed, period, assumed, context);
    let mut accounting = counted(&summed);
    let mut lines = Vec::new();
    let mut unmapped = Unmapped::default();
    let (mut unpriced, mut mismatched, mut changing) = (Withheld::default(), Withheld::default(), Changing::default());
    for line in summed.lines {
        let customer = context.customer(&line.tenant_id);
        if context.customers.is_some() && customer.is_none() {
            accounting.unmapped += unmapped.add(line);
            continue;
        }
        let enterprise = customer.map(|customer| customer.enterprise);
        let Some(price) = book.price(&line.sku, &line.tenant_id, period) else {
            accounting.unpriced += unpriced.add(&line.sku, enterprise, line.measured);
            continue;
        };
        let (fitting, other) = split(line.measured, price.unit);
        if !other.is_empty() {
            accounting.unpriced += mismatched.add(&line.sku, enterprise, other);
        }
        if let Some(measured) = Measured::join(fitting) {
            accounting.billed += measured.rows.len() as u64;
            let factor = customer.and_then(|customer| customer.factor.as_ref());
            of_a_line(&line.tenant_id, enterprise, &line.sku, &measured, &mut findings);
            changing.add(price, period, &measured.rows);
            lines.push(rated(line.tenant_id, enterprise, measured, price, factor, book, &mut Steps::default()));
        }
    }
    findings.extend(unmapped.findings(context.customers));
    if !unpriced.0.is_empty() {
        findings.extend(unpriced.findings(finding::UNPRICED_SKU, unpriced_message(book)));
    }
    let message = |sku: &str| format!("rows of the SKU {} have a unit that does not fit its price, or units of several kinds", shown(sku));
    findings.extend(mismatched.findings(finding::UNIT_MISMATCH, message));
    findings.extend(changing.findings(period));
    Ok(Rating { period, lines, accounting, findings })
}

/// What a line's price can be applied to, and what not. A price without a unit takes rows of any one kind.
fn split(measured: Vec<Measured>, unit: Option<Unit>) -> (Vec<Measured>, Vec<Measured>) {
    match unit {
        Some(unit) => measured.into_iter().partition(|of_unit| unit.fits(&of_unit.unit)),
        None => {
            let kind = |of_unit: &Measured| UnitKind::shown_for(&of_unit.unit);
            let one = measured.windows(2).all(|two| kind(&two[0]) == kind(&two[1]));
            if one { (measured, Vec::new()) } else { (Vec::new(), measured) }
        }
    }
}

fn unpriced_message(book: &Book) -> impl Fn(&str) -> String {
    let lookalikes = Lookalikes::new(book.skus());
    move |sku| {
        let like = lookalikes.like(sku).map(|like| differs("the price book", like)).unwrap_or_default();
        format!("the SKU {} has usage and no price that applies: unpriced is never free{like}", shown(sku))
    }
}

/// Names the entry of a file that is probably meant.
fn differs(file: &str, entry: &str) -> String {
    format!("; {file} has {}, which differs in case or white space alone", shown(entry))
}

/// A line, priced and rounded once.
pub fn rated(
    tenant_id: String,
    enterprise: Option<u64>,
    measured: Measured,
    price: &Price,
    factor: Option<&Exact>,
    book: &Book,
    steps: &mut Steps,
) -> RatedLine {
    let sum = measured.sum.exact();
    steps.gives(Kind::Sum, &sum);
    let rated = price.rate(&sum, factor, book.factor.as_ref(), steps);
    let amount = book.rounding.apply(&rated.amount);
    steps.rounds(Kind::Round, book.rounding, &amount);
    let category = price.category.clone().unwrap_or_else(|| measured.application().to_string());
    let unit = price.unit.unwrap_or_else(|| UnitKind::shown_for(&measured.unit).smallest());
    RatedLine {
        tenant_id,
        enterprise,
        sku: price.sku.clone(),
        name: price.name.clone(),
        category,
        unit,
        shown: quantity::shown(&rated.quantity, price),
        quantity: rated.quantity,
        amount,
        exact: rated.amount,
        measured,
    }
}

/// What the sums already know of the accounting.
pub fn counted(summed: &Summed) -> Accounting {
    Accounting {
        rows: summed.rows,
        no_sku: summed.no_sku,
        zero_usage: summed.zero_usage,
        excluded: summed.excluded,
        ..Accounting::default()
    }
}

/// What a billed line's rows show.
pub fn of_a_line(tenant_id: &str, enterprise: Option<u64>, sku: &str, measured: &Measured, findings: &mut Vec<Finding>) {
    let mut find = |code, severity, message: &str, rows: Vec<u32>| {
        if !rows.is_empty() {
            findings.push(Finding::new(code, severity, message).tenant(tenant_id).sku(sku).rows(rows).touching(enterprise));
        }
    };
    if measured.sum.exact().is_negative() {
        let message = "the sum is below zero: the line is a credit";
        find(finding::NEGATIVE_USAGE, Severity::Warning, message, measured.rows.clone());
    }
    let message = "the usage is written with an exponent: a spreadsheet has saved the report and cut its digits; fetch the report again";
    find(finding::ROUNDED_USAGE, Severity::Error, message, measured.noted(Note::Exponent));
    let message = "the rows also carry trial usage, which is not billed";
    find(finding::TRIAL_USAGE, Severity::Info, message, measured.noted(Note::Trial));
    let message = "effective production differs from absolute production (from delta production where is_range)";
    find(finding::MEASURES_DIFFER, Severity::Info, message, measured.noted(Note::Differing));
}

/// Usage of tenants that the customers file does not know.
#[derive(Default)]
pub struct Unmapped(Vec<(String, Vec<u32>)>);

impl Unmapped {
    /// How many rows there are.
    pub fn add(&mut self, line: Line) -> u64 {
        let rows: Vec<u32> = line.measured.into_iter().flat_map(|measured| measured.rows).collect();
        let count = rows.len() as u64;
        self.0.push((line.tenant_id, rows));
        count
    }

    pub fn findings(self, customers: Option<&Customers>) -> Vec<Finding> {
        if self.0.is_empty() {
            return Vec::new();
        }
        let entries = customers.into_iter().flat_map(|customers| customers.mapped().chain(customers.exclusions()));
        let lookalikes = Lookalikes::new(entries);
        let finding = |(tenant, rows): (String, Vec<Vec<u32>>)| {
            let mut rows = rows.concat();
            sort_rows(&mut rows);
            let like = lookalikes.like(&tenant).map(|like| differs("it", like)).unwrap_or_default();
            let message = format!("the tenant has billable usage, and the customers file does not know it{like}");
            Finding::new(finding::UNMAPPED_TENANT, Severity::Error, message).tenant(&tenant).rows(rows)
        };
        grouped(self.0).into_iter().map(finding).collect()
    }
}

/// Rows that something is wrong with, by SKU, and the enterprises of their tenants.
#[derive(Default)]
pub struct Withheld(Vec<(String, WithheldRows)>);

struct WithheldRows {
    rows: Vec<u32>,
    enterprise: Option<u64>,
}

impl Withheld {
    /// How many rows there are.
    fn add(&mut self, sku: &str, enterprise: Option<u64>, measured: Vec<Measured>) -> u64 {
        self.add_rows(sku, enterprise, measured.into_iter().flat_map(|measured| measured.rows).collect())
    }

    pub fn add_rows(&mut self, sku: &str, enterprise: Option<u64>, rows: Vec<u32>) -> u64 {
        let count = rows.len() as u64;
        self.0.push((sku.to_string(), WithheldRows { rows, enterprise }));
        count
    }

    pub fn findings(self, code: &'static str, message: impl Fn(&str) -> String) -> impl Iterator<Item = Finding> {
        grouped(self.0).into_iter().map(move |(sku, withheld)| {
            let enterprises: Vec<u64> = withheld.iter().filter_map(|of_a_tenant| of_a_tenant.enterprise).collect();
            let mut rows: Vec<u32> = withheld.into_iter().flat_map(|of_a_tenant| of_a_tenant.rows).collect();
            sort_rows(&mut rows);
            Finding::new(code, Severity::Error, message(&sku)).sku(&sku).rows(rows).touching(enterprises)
        })
    }
}

/// Lines whose price begins or ends within the period: it is used for the whole of it.
#[derive(Default)]
struct Changing(Vec<(PricedFor, Vec<u32>)>);

/// A SKU, and the tenant that its price is for alone.
type PricedFor = (String, Option<String>);

impl Changing {
    fn add(&mut self, price: &Price, period: Month, rows: &[u32]) {
        if !(price.in_force_on(period.first()) && price.in_force_on(period.last())) {
            self.0.push(((price.sku.clone(), price.tenant_id.clone()), rows.to_vec()));
        }
    }

    fn findings(self, period: Month) -> impl Iterator<Item = Finding> {
        grouped(self.0).into_iter().map(move |((sku, tenant_id), rows)| {
            let mut rows = rows.concat();
            sort_rows(&mut rows);
            let message =
                format!("the price of the SKU {} is not in force on each day of {period}, and is used for all of it", shown(&sku));
            let finding = Finding::new(finding::PRICE_WITHIN_PERIOD, Severity::Warning, message).sku(&sku).rows(rows);
            Finding { tenant_id, ..finding }
        })
    }
}
