//! Explains one line of a bill: its rows as they stand in the report, and each step of the rating from their sum to the
//! amount.

use skubill_contract::explanation;

pub use explanation::{AskedRow, UsedPrice};
pub use skubill_contract::word::RowOutcome;

use crate::customer::Customers;
use crate::fault::Refusal;
use crate::finding::{self, Finding};
use crate::job::Job;
use crate::money::{Amount, plain};
use crate::period::Date;
use crate::price::Price;
use crate::price::book::Book;
use crate::price::trace::{StepKind, Trace};
use crate::rating::{self, RatedLine, Rating};
use crate::reader::{Context, ObjectReader};
use crate::record;
use crate::report::csv::ReportItem;
use crate::report::row::Measure;
use crate::usage::{Identity, is_excluded};

/// The line that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineRequest {
    /// The tenant of the line.
    pub tenant_id: String,
    /// The SKU of the line.
    pub sku: String,
    /// Explain the cost up to this day; none explains the whole period.
    pub day: Option<Date>,
}

impl LineRequest {
    /// A request, unless a text is empty or the day is none of the job's period.
    pub fn new(tenant_id: String, sku: String, day: Option<&str>, job: &Job) -> Result<LineRequest, Refusal> {
        for (key, text) in [("tenant_id", &tenant_id), ("sku", &sku)] {
            if text.is_empty() {
                return Err(Refusal::invalid(key, text, "a text that is not empty"));
            }
        }
        let day = day.map(|day| record::day_of(day, job)).transpose()?;
        Ok(LineRequest { tenant_id, sku, day })
    }

    /// An explanation's job as JSON: `tenant_id`, `sku`, of a cost record its `day`, and the `job` of a bill.
    pub fn read(object: &mut ObjectReader<'_>, context: &mut Context<'_>) -> Result<(LineRequest, Job), Refusal> {
        let [tenant_id, sku] = ["tenant_id", "sku"].map(|name| object.need_text(name, context).unwrap_or_default().to_string());
        let day = object.text("day", context);
        let job = Job::of_request(object, context)?;
        let day = day.map(|day| record::day_of(day, &job)).transpose()?;
        Ok((LineRequest { tenant_id, sku, day }, job))
    }
}

/// The answer of `explain`.
pub type Explanation = explanation::Explanation<Amount>;
/// The line as it is billed.
pub type ExplainedLine = explanation::ExplainedLine<Amount>;

fn used_price(price: &Price, line: &RatedLine) -> UsedPrice {
    let place = price.at.itself();
    UsedPrice {
        place: place.column.or(place.row.map(|row| format!("row {row}"))).unwrap_or_default(),
        name: price.name.clone(),
        model: price.model.name().into(),
        unit: line.unit.name().into(),
        for_tenant: price.tenant_id.is_some(),
    }
}

/// Collects the rows of one tenant and SKU while a report is read.
pub struct RowCollector {
    request: LineRequest,
    measure: Measure,
    rows: Vec<AskedRow>,
    /// The least number of bytes that the rows take in an answer, and the limit.
    bytes: u64,
    bytes_max: u64,
}

/// Bytes of a row in an answer, beside its texts.
const ROW_BYTES: u64 = 80;

impl RowCollector {
    /// No row yet.
    pub fn new(request: LineRequest, job: &Job) -> Self {
        RowCollector { request, measure: job.measure, rows: Vec::new(), bytes: 0, bytes_max: job.limits.output_bytes }
    }

    /// The day up to which the line is explained.
    pub fn day(&self) -> Option<Date> {
        self.request.day
    }

    /// The rows exceed the size of an answer; some were dropped.
    pub fn is_too_large(&self) -> bool {
        self.bytes > self.bytes_max
    }

    /// Takes a row of the report and its text.
    pub fn on_row(&mut self, read: &ReportItem<'_>, text: &[u8]) {
        let ReportItem::Row(number, row) = read else { return };
        if row.tenant_id != self.request.tenant_id || row.sku != self.request.sku {
            return;
        }
        self.bytes += text.len() as u64 + ROW_BYTES;
        if self.is_too_large() {
            return;
        }
        let value = row.usage(self.measure);
        self.rows.push(AskedRow {
            row: *number,
            date: row.date.map(|date| date.to_string()),
            name: row.name.into(),
            unit: row.unit.into(),
            value: plain(&value.exact()),
            outcome: if value.is_zero() { RowOutcome::ZeroUsage } else { RowOutcome::Unpriced },
            text: String::from_utf8_lossy(text).into_owned(),
        });
    }
}

/// Explains the requested line: it is rated again by the same function, which now records its steps.
pub fn explain(collector: RowCollector, mut rating: Rating, book: &Book, customers: Option<&Customers>, job: &Job) -> Explanation {
    let RowCollector { request: LineRequest { tenant_id, sku, day }, mut rows, measure, .. } = collector;
    let at = rating.lines.iter().position(|line| line.tenant_id == tenant_id && line.sku == sku);
    let of_tenant = rating.lines.iter().filter(|line| line.tenant_id == tenant_id);
    let tenant = Identity::of(of_tenant.map(|line| &line.measured.tenant));
    let line = at.map(|at| rating.lines.swap_remove(at));
    for row in &mut rows {
        row.outcome = outcome(row, &tenant_id, line.as_ref(), customers, job);
    }
    let price = book.price(&sku, &tenant_id, rating.period);
    let is = |of: &Option<String>, one: &str| of.as_ref().is_none_or(|of| of == one);
    let about = |finding: &Finding| finding.tenant_id.is_some() || finding.sku.is_some();
    rating.findings.retain(|finding| about(finding) && is(&finding.tenant_id, &tenant_id) && is(&finding.sku, &sku));
    finding::sort(&mut rating.findings);
    Explanation {
        period: rating.period.into(),
        currency: book.currency.clone(),
        measure: measure.name().into(),
        line: line.zip(price).map(|(line, price)| describe(line, tenant, price, day, book, customers)),
        rows,
        findings: finding::answered(rating.findings),
        tenant_id,
        sku,
    }
}

fn describe(
    line: RatedLine,
    tenant: Identity,
    price: &Price,
    day: Option<Date>,
    book: &Book,
    customers: Option<&Customers>,
) -> ExplainedLine {
    let factor = customers.and_then(|customers| customers.get(&line.tenant_id)).and_then(|customer| customer.factor.as_ref());
    let mut trace = Trace::recording();
    let mut line = rating::rated(line.tenant_id, line.enterprise, line.measured, price, factor, book, &mut trace);
    if let Some(day) = day {
        to_date(&mut line, day, book, &mut trace);
    }
    ExplainedLine {
        tenant_name: tenant.name.to_string(),
        enterprise: line.enterprise,
        price: used_price(price, &line),
        category: line.category,
        steps: trace.steps(),
        quantity: line.shown,
        exact: plain(&line.exact),
        amount: line.amount,
    }
}

/// Replaces the line's amount for the month by the amount up to a day.
fn to_date(line: &mut RatedLine, day: Date, book: &Book, trace: &mut Trace) {
    let share = record::share(day);
    trace.drop_rounding();
    line.exact = record::to_date(line, &share);
    if !line.measured.ranges {
        trace.step_by(StepKind::ToDate, &share, &line.exact);
    }
    line.amount = book.rounding.apply(&line.exact);
    trace.rounding(StepKind::Round, book.rounding, &line.amount);
}

/// Decides in the order of the rules: excluded, zero usage, unmapped, then billed or unpriced.
fn outcome(row: &AskedRow, tenant_id: &str, line: Option<&RatedLine>, customers: Option<&Customers>, job: &Job) -> RowOutcome {
    let billed = |line: &RatedLine| line.measured.rows.iter().any(|number| u64::from(*number) == row.row);
    if is_excluded(tenant_id, job.root.as_deref(), &job.exclude_tenants, customers) {
        RowOutcome::Excluded
    } else if row.outcome == RowOutcome::ZeroUsage {
        RowOutcome::ZeroUsage
    } else if customers.is_some_and(|customers| customers.get(tenant_id).is_none()) {
        RowOutcome::Unmapped
    } else if line.is_some_and(billed) {
        RowOutcome::Billed
    } else {
        RowOutcome::Unpriced
    }
}
