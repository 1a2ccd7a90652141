//! Rating: turns usage into lines with exact amounts, and reports usage without price or customer.

use crate::fault::{Refusal, shown};
use crate::finding::{self, Finding, Severity};
use crate::money::{Amount, Exact};
use crate::names::Lookalikes;
use crate::outcome::Accounting;
use crate::period::Month;
use crate::price::Price;
use crate::price::book::Book;
use crate::price::trace::{StepKind, Trace};
use crate::unit::{Scale, Unit, UnitKind};
use crate::usage::{Measured, Note, Summed};

mod inputs;
pub mod quantity;
pub mod report;
mod withheld;

pub use inputs::{RatingInputs, period};
use withheld::{Changing, differs};
pub use withheld::{Unmapped, Withheld};

/// A line of a bill: what one tenant pays for one SKU.
pub struct RatedLine {
    /// The tenant's id.
    pub tenant_id: String,
    /// The tenant's enterprise; none without a customers file.
    pub enterprise: Option<u64>,
    /// The SKU.
    pub sku: String,
    /// The price's name.
    pub name: String,
    /// The price's category, else the rows' application.
    pub category: String,
    /// The price's unit, else the one that the rows are shown in.
    pub unit: Unit,
    /// In the price's unit, after rounding and before what is included.
    pub quantity: Exact,
    /// The quantity as the bill shows it.
    pub shown: String,
    /// Before the one rounding.
    pub exact: Exact,
    /// The exact amount, rounded once.
    pub amount: Amount,
    /// The rows of the line.
    pub measured: Measured,
}

/// All rated lines, and the outcomes of the rows.
pub struct Rating {
    /// The billing period.
    pub period: Month,
    /// The lines, by tenant and SKU in byte order.
    pub lines: Vec<RatedLine>,
    /// How many rows have each outcome.
    pub accounting: Accounting,
    /// What deserves a look, in no order.
    pub findings: Vec<Finding>,
}

/// Rate summed usage by a price book.
pub fn rate(summed: Summed, book: &Book, inputs: &RatingInputs<'_>) -> Result<Rating, Refusal> {
    let (period, assumed) = period(inputs.job, summed.latest)?;
    let mut findings = report::findings(&summed, period, assumed, inputs);
    let mut accounting = counted(&summed);
    let mut lines = Vec::new();
    let mut unmapped = Unmapped::default();
    let (mut unpriced, mut mismatched, mut changing) = (Withheld::default(), Withheld::default(), Changing::default());
    for line in summed.lines {
        let customer = inputs.customer(&line.tenant_id);
        if inputs.customers.is_some() && customer.is_none() {
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
            lines.push(rated(line.tenant_id, enterprise, measured, price, factor, book, &mut Trace::default()));
        }
    }
    findings.extend(unmapped.findings(inputs.customers));
    if !unpriced.is_empty() {
        findings.extend(unpriced.findings(finding::UNPRICED_SKU, unpriced_message(book)));
    }
    let message = |sku: &str| format!("rows of the SKU {} have a unit that does not fit its price, or units of several kinds", shown(sku));
    findings.extend(mismatched.findings(finding::UNIT_MISMATCH, message));
    findings.extend(changing.findings(period));
    Ok(Rating { period, lines, accounting, findings })
}

/// Splits usage into what the price's unit fits and what it does not. A price without a unit takes rows of any one
/// kind.
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

/// A line, priced and rounded once.
pub fn rated(
    tenant_id: String,
    enterprise: Option<u64>,
    measured: Measured,
    price: &Price,
    factor: Option<&Exact>,
    book: &Book,
    trace: &mut Trace,
) -> RatedLine {
    let sum = measured.sum.exact();
    trace.step(StepKind::Sum, &sum);
    let rated = price.rate(&sum, factor, book.factor.as_ref(), trace);
    let amount = book.rounding.apply(&rated.amount);
    trace.rounding(StepKind::Round, book.rounding, &amount);
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

/// The accounting as far as the sums determine it.
pub fn counted(summed: &Summed) -> Accounting {
    Accounting {
        rows: summed.rows,
        no_sku: summed.no_sku,
        zero_usage: summed.zero_usage,
        excluded: summed.excluded,
        ..Accounting::default()
    }
}

/// Adds the findings about a billed line.
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
