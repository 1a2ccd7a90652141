//! Rating: usage becomes lines with exact amounts, and what has no price or no customer is named.

use crate::customer::Customers;
use crate::fault::{Refusal, shown};
use crate::finding::{self, Finding, Severity};
use crate::job::Job;
use crate::money::{Amount, Exact, Rounding};
use crate::order::{grouped, sort_rows};
use crate::outcome::Accounting;
use crate::period::{DAY_SECONDS, Date, Month};
use crate::price::Price;
use crate::price::book::Book;
use crate::report::json::Params;
use crate::unit::Unit;
use crate::usage::{Line, Measured, Summed};

/// Places of a quantity as it is shown.
const SHOWN: Rounding = Rounding::half_up(6);

/// A quantity as it is shown.
pub fn shown_quantity(quantity: &Exact) -> String {
    SHOWN.apply(quantity).trimmed()
}

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
}

/// Rate summed usage by a price book.
pub fn rate(summed: Summed, book: &Book, context: &Context<'_>) -> Result<Rating, Refusal> {
    let (period, assumed) = period(context.job, summed.latest)?;
    let mut findings = of_the_report(&summed, period, assumed, context);
    let mut accounting = counted(&summed);
    let mut lines = Vec::new();
    let mut unmapped = Unmapped::default();
    let (mut unpriced, mut mismatched) = (Withheld::default(), Withheld::default());
    for line in summed.lines {
        let rows = |measured: &[Measured]| measured.iter().map(|m| m.rows.len() as u64).sum::<u64>();
        let customer = context.customers.and_then(|customers| customers.get(&line.tenant_id));
        if context.customers.is_some() && customer.is_none() {
            accounting.unmapped += unmapped.add(line);
            continue;
        }
        let enterprise = customer.map(|customer| customer.enterprise);
        let Some(price) = book.price(&line.sku, &line.tenant_id, period) else {
            accounting.unpriced += rows(&line.measured);
            unpriced.add(&line.sku, enterprise, line.measured);
            continue;
        };
        let (fitting, other): (Vec<_>, Vec<_>) = line.measured.into_iter().partition(|m| price.unit.fits(&m.unit));
        if !other.is_empty() {
            accounting.unpriced += rows(&other);
            mismatched.add(&line.sku, enterprise, other);
        }
        if let Some(measured) = Measured::join(fitting) {
            accounting.billed += measured.rows.len() as u64;
            let factor = customer.and_then(|customer| customer.factor.as_ref());
            of_a_line(&line.tenant_id, &line.sku, &measured, &mut findings);
            lines.push(rated(line.tenant_id, enterprise, measured, price, factor, book));
        }
    }
    findings.extend(unmapped.findings());
    let message = |sku: &str| format!("the SKU {} has usage and no price that applies: unpriced is never free", shown(sku));
    findings.extend(unpriced.findings(finding::UNPRICED_SKU, message));
    let message = |sku: &str| format!("rows of the SKU {} have a unit that cannot be converted to its price's unit", shown(sku));
    findings.extend(mismatched.findings(finding::UNIT_MISMATCH, message));
    Ok(Rating { period, lines, accounting, findings })
}

fn rated(tenant_id: String, enterprise: Option<u64>, measured: Measured, price: &Price, factor: Option<&Exact>, book: &Book) -> RatedLine {
    let rated = price.rate(&measured.sum.exact(), &[factor, book.factor.as_ref()]);
    let category = price.category.clone().unwrap_or_else(|| measured.application().to_string());
    RatedLine {
        tenant_id,
        enterprise,
        sku: price.sku.clone(),
        name: price.name.clone(),
        category,
        unit: price.unit,
        quantity: rated.quantity,
        amount: book.rounding.apply(&rated.amount),
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
pub fn of_a_line(tenant_id: &str, sku: &str, measured: &Measured, findings: &mut Vec<Finding>) {
    let of_line = |code, severity, message: &str| Finding::new(code, severity, message).tenant(tenant_id).sku(sku);
    if measured.sum.exact().is_negative() {
        let message = "the sum is below zero: the line is a credit";
        findings.push(of_line(finding::NEGATIVE_USAGE, Severity::Warning, message).rows(measured.rows.clone()));
    }
    if !measured.trial.is_empty() {
        let message = "the rows also carry trial usage, which is not billed";
        findings.push(of_line(finding::TRIAL_USAGE, Severity::Info, message).rows(measured.trial.clone()));
    }
    if !measured.differing.is_empty() {
        let message = "effective production differs from absolute production (from delta production where is_range)";
        findings.push(of_line(finding::MEASURES_DIFFER, Severity::Info, message).rows(measured.differing.clone()));
    }
}

/// Findings about the report as a whole, and about rows before they are priced.
pub fn of_the_report(summed: &Summed, period: Month, assumed: bool, context: &Context<'_>) -> Vec<Finding> {
    let mut findings: Vec<Finding> = summed.unknown.iter().map(|column| Finding::unknown_column(column)).collect();
    if summed.rows > 0 && !summed.any_sku {
        let message = "no row has a SKU: the partner may lack the right to see them, or the report was made without them";
        findings.push(Finding::report_wide(finding::NO_SKU_COLUMN, message));
    }
    let dates = summed.dates();
    if dates.len() > 1 {
        let (first, last) = (dates.first(), dates.last());
        let days = first.zip(last).map_or_else(String::new, |(first, last)| format!(", from {first} to {last}"));
        let message = format!("{} dates{days}: a daily report summed as if it were a monthly one", dates.len());
        findings.push(Finding::report_wide(finding::SEVERAL_DATES, message));
    }
    let outside = summed.outside(period);
    if !outside.is_empty() {
        let message = format!("rows with a date outside {period}");
        findings.push(Finding::new(finding::DATE_OUTSIDE_PERIOD, Severity::Warning, message).rows(outside));
    }
    if assumed {
        let message = format!("no period was named; {period} is the month of the report's latest date");
        findings.push(Finding::new(finding::PERIOD_ASSUMED, Severity::Warning, message));
    }
    if let Some(message) = context.params.and_then(|params| period_differs(params, period)) {
        findings.push(Finding::report_wide(finding::PERIOD_DIFFERS, message));
    }
    for duplicate in &summed.duplicates {
        let enterprise = context.customers.and_then(|customers| customers.get(&duplicate.tenant_id)).map(|customer| customer.enterprise);
        let message = "rows that agree in application, tenant, name, edition, infra, date and SKU; all are summed";
        let finding = Finding::new(finding::DUPLICATE_ROW, Severity::Error, message).rows(duplicate.rows.clone());
        findings.push(finding.tenant(&duplicate.tenant_id).sku(&duplicate.sku).touching(enterprise));
    }
    findings
}

/// Where the report's own period is another. Midnight after the last day is the last day.
fn period_differs(params: &Params, period: Month) -> Option<String> {
    let start = Exact::whole(period.first().unix_days() * DAY_SECONDS);
    let last = Exact::whole(period.last().unix_days() * DAY_SECONDS);
    let day = Exact::whole(DAY_SECONDS);
    let begins_elsewhere = params.begin_date.as_ref().is_some_and(|begin| *begin < start || *begin >= &start + &day);
    let ends_elsewhere = params.end_date.as_ref().is_some_and(|end| *end < last || *end > last + day);
    (begins_elsewhere || ends_elsewhere).then(|| format!("the report says that it begins or ends on another day than {period}"))
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

    pub fn findings(self) -> impl Iterator<Item = Finding> {
        grouped(self.0).into_iter().map(|(tenant, rows)| {
            let mut rows = rows.concat();
            sort_rows(&mut rows);
            let message = "the tenant has billable usage, and the customers file does not know it";
            Finding::new(finding::UNMAPPED_TENANT, Severity::Error, message).tenant(&tenant).rows(rows)
        })
    }
}

/// Rows that could not be priced, by SKU, and the enterprises that wait for them.
#[derive(Default)]
struct Withheld(Vec<(String, WithheldRows)>);

struct WithheldRows {
    rows: Vec<u32>,
    enterprise: Option<u64>,
}

impl Withheld {
    fn add(&mut self, sku: &str, enterprise: Option<u64>, measured: Vec<Measured>) {
        let rows = measured.into_iter().flat_map(|measured| measured.rows).collect();
        self.0.push((sku.to_string(), WithheldRows { rows, enterprise }));
    }

    fn findings(self, code: &'static str, message: impl Fn(&str) -> String) -> impl Iterator<Item = Finding> {
        grouped(self.0).into_iter().map(move |(sku, withheld)| {
            let enterprises: Vec<u64> = withheld.iter().filter_map(|of_a_tenant| of_a_tenant.enterprise).collect();
            let mut rows: Vec<u32> = withheld.into_iter().flat_map(|of_a_tenant| of_a_tenant.rows).collect();
            sort_rows(&mut rows);
            Finding::new(code, Severity::Error, message(&sku)).sku(&sku).rows(rows).touching(enterprises)
        })
    }
}
