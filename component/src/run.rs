//! One run: inputs come in pieces and in any order, then there is one answer.

use serde::Serialize;
pub use skubill_contract::answer::Checked;

use crate::bill;
use crate::customer::Customers;
use crate::explain::{self, Explanation, LineRequest, RowCollector};
use crate::fault::{Faults, Input, Place, Refusal, shown};
use crate::finding::{self, Finding, Severity};
use crate::job::Job;
use crate::limit::{self, Limits};
use crate::names::Lookalikes;
use crate::order::distinct;
use crate::outcome::{Billed, TenantUsage, UsageOutcome};
use crate::period::Date;
use crate::price::book::Book;
use crate::rating::{self, Rating, RatingInputs, Unmapped};
use crate::record::{self, Day, DayRequest};
use crate::report::Report;
use crate::usage::{self, Identity, Summed, Usage};

/// A run that takes a report. It keeps only sums and row numbers.
pub struct Run {
    job: Job,
    report: Report,
    usage: Usage,
    prices: Vec<u8>,
    customers: Option<Vec<u8>>,
    /// The rows of the line to be explained.
    collector: Option<RowCollector>,
}

impl Run {
    /// A run of a job that has no input yet.
    pub fn new(job: Job) -> Self {
        Run::with(job, None)
    }

    /// A run that explains a line.
    pub fn explaining(job: Job, request: LineRequest) -> Self {
        let collector = RowCollector::new(request, &job);
        Run::with(job, Some(collector))
    }

    fn with(job: Job, collector: Option<RowCollector>) -> Self {
        let report = Report::new(&job.limits, collector.is_some());
        Run { report, usage: Usage::new(&job), prices: Vec::new(), customers: None, collector, job }
    }

    /// The limits of the run.
    pub fn limits(&self) -> &Limits {
        &self.job.limits
    }

    /// A piece of an input, of any size.
    pub fn feed(&mut self, input: Input, piece: &[u8]) -> Result<(), Refusal> {
        let limits = &self.job.limits;
        match input {
            Input::Report => {
                let (usage, collector) = (&mut self.usage, &mut self.collector);
                self.report.feed(piece, &mut |read, text| on_row(usage, collector, read, text));
            }
            Input::Prices => keep(&mut self.prices, piece, limits),
            Input::Customers => keep(self.customers.get_or_insert_default(), piece, limits),
            Input::Costs => return Err(Refusal::Order("costs: this run takes report, prices and customers".into())),
        }
        Ok(())
    }

    /// Finishes a run, and refuses an answer that is too large. JSON needs no such check: its writer counts.
    pub fn bounded<T: Serialize>(self, finish: impl FnOnce(Run) -> Result<T, Refusal>) -> Result<T, Refusal> {
        let limits = self.job.limits.clone();
        limit::bounded(finish(self)?, &limits)
    }

    /// Bills and postings.
    pub fn bill(self) -> Result<Billed, Refusal> {
        let RatedRun { rating, book, job, .. } = self.rate(None)?;
        Ok(bill::bill(rating, &book, &job))
    }

    /// Explains one line; with a day, in the month of that day, as [`record`](Self::record) does.
    pub fn explain(mut self) -> Result<Explanation, Refusal> {
        let day = self.collector.as_ref().and_then(RowCollector::day);
        if let Some(day) = day {
            self.job.period = Some(day.month());
        }
        let RatedRun { rating, book, customers, job, collector } = self.rate(day)?;
        let collector = collector.ok_or_else(|| Refusal::Order("explain: this run was not collector to".into()))?;
        if collector.is_too_large() {
            return Err(limit::too_large(&job.limits));
        }
        Ok(explain::explain(collector, rating, &book, customers.as_ref(), &job))
    }

    /// The cost of a day; the period is its month.
    pub fn record(mut self, request: &DayRequest) -> Result<Day, Refusal> {
        self.job.period = Some(request.day.month());
        let RatedRun { rating, book, job, .. } = self.rate(Some(request.day))?;
        record::record(rating, &book, &job, request)
    }

    /// Usage alone.
    pub fn usage(self) -> Result<UsageOutcome, Refusal> {
        let mut faults = Faults::new(self.job.limits.faults);
        let read = self.read(&mut faults);
        let customers = read.customers(&mut faults);
        let (summed, job, report, _) = read.finish(&mut faults, None, customers.as_ref())?;
        let inputs = RatingInputs { job: &job, customers: customers.as_ref(), params: report.params(), until: None };
        usage_outcome(summed, &inputs)
    }

    /// `until` is the day up to which the report was made, where that is not the period's last.
    fn rate(self, until: Option<Date>) -> Result<RatedRun, Refusal> {
        let mut faults = Faults::new(self.job.limits.faults);
        let read = self.read(&mut faults);
        let book = Book::read(&read.0.prices, &read.0.job.limits, &mut faults);
        let customers = read.customers(&mut faults);
        let (summed, job, report, collector) = read.finish(&mut faults, book.as_ref(), customers.as_ref())?;
        let Some(book) = book else {
            return Err(Refusal::Faults(faults));
        };
        let inputs = RatingInputs { job: &job, customers: customers.as_ref(), params: report.params(), until };
        let rating = rating::rate(summed, &book, &inputs)?;
        Ok(RatedRun { rating, book, customers, job, collector })
    }

    /// The report was fed to its end: its faults come first.
    fn read(mut self, faults: &mut Faults) -> ReadRun {
        let (usage, collector) = (&mut self.usage, &mut self.collector);
        self.report.finish(&mut |read, text| on_row(usage, collector, read, text));
        faults.append(std::mem::replace(&mut self.report.faults, Faults::new(0)));
        if self.usage.too_many {
            let max = self.job.limits.lines;
            faults.add(
                Input::Report,
                Place::whole(),
                format!("more than {max} pairs of tenant and SKU"),
                format!("at most {max} (limit lines)"),
            );
        }
        ReadRun(self)
    }
}

/// Keeps a piece of a small file, up to one byte more than the limit.
pub fn keep(kept: &mut Vec<u8>, piece: &[u8], limits: &Limits) {
    let room = usize::try_from(limits.book_bytes.saturating_add(1)).unwrap_or(usize::MAX);
    kept.extend_from_slice(&piece[..piece.len().min(room - kept.len())]);
}

/// Takes an item of the report, with its text where a line is explained.
fn on_row(usage: &mut Usage, collector: &mut Option<RowCollector>, read: crate::report::csv::ReportItem<'_>, text: &[u8]) {
    if let Some(collector) = collector {
        collector.on_row(&read, text);
    }
    usage.add(read);
}

/// A run whose lines are rated.
struct RatedRun {
    rating: Rating,
    book: Book,
    customers: Option<Customers>,
    job: Job,
    collector: Option<RowCollector>,
}

/// A run whose report was read to its end.
struct ReadRun(Run);

impl ReadRun {
    fn customers(&self, faults: &mut Faults) -> Option<Customers> {
        self.0.customers.as_deref().and_then(|bytes| Customers::read(bytes, &self.0.job.limits, faults))
    }

    fn finish(
        self,
        faults: &mut Faults,
        book: Option<&Book>,
        customers: Option<&Customers>,
    ) -> Result<(Summed, Job, Report, Option<RowCollector>), Refusal> {
        if !faults.is_empty() {
            return Err(Refusal::Faults(faults.clone()));
        }
        let Run { usage, job, report, collector, .. } = self.0;
        let summed = usage.finish(customers, usage::references(book, customers, &job));
        Ok((summed, job, report, collector))
    }
}

/// Usage per tenant, SKU and unit, with the findings that need no price.
fn usage_outcome(summed: Summed, inputs: &RatingInputs<'_>) -> Result<UsageOutcome, Refusal> {
    let (period, assumed) = rating::period(inputs.job, summed.latest)?;
    let mut findings = rating::report::findings(&summed, period, assumed, inputs);
    let mut accounting = rating::counted(&summed);
    let mut usages = Vec::new();
    let mut unmapped = Unmapped::default();
    let mut lines = summed.lines.into_iter().peekable();
    while let Some(first) = lines.next() {
        let enterprise = inputs.enterprise(&first.tenant_id);
        let tenant_id = first.tenant_id.clone();
        let mut of_tenant = vec![first];
        of_tenant.extend(std::iter::from_fn(|| lines.next_if(|line| line.tenant_id == tenant_id)));
        if inputs.customers.is_some() && enterprise.is_none() {
            accounting.unmapped += of_tenant.into_iter().map(|line| unmapped.add(line)).sum::<u64>();
            continue;
        }
        let tenant = Identity::of(of_tenant.iter().flat_map(|line| &line.measured).map(|measured| &measured.tenant));
        for line in of_tenant {
            for measured in line.measured {
                accounting.billed += measured.rows.len() as u64;
                rating::of_a_line(&tenant_id, enterprise, &line.sku, &measured, &mut findings);
                usages.push(TenantUsage {
                    tenant_id: tenant_id.clone(),
                    tenant_name: tenant.name.to_string(),
                    tenant_kind: tenant.kind.to_string(),
                    customer_id: tenant.customer_id.to_string(),
                    enterprise,
                    sku: line.sku.clone(),
                    quantity: crate::money::plain(&measured.sum.exact()),
                    application: measured.application().to_string(),
                    unit: measured.unit.to_string(),
                    rows: measured.rows,
                });
            }
        }
    }
    findings.extend(unmapped.findings(inputs.customers));
    finding::sort(&mut findings);
    Ok(UsageOutcome { period: period.into(), usages, accounting, findings: finding::answered(findings) })
}

/// Reads a price book and a customers file, and describes their content.
pub fn check(prices: &[u8], customers: Option<&[u8]>, limits: &Limits) -> Result<Checked, Refusal> {
    let mut faults = Faults::new(limits.faults);
    let book = Book::read(prices, limits, &mut faults);
    let customers = customers.map(|bytes| Customers::read(bytes, limits, &mut faults).unwrap_or_default());
    match book.filter(|_| faults.is_empty()) {
        None => Err(Refusal::Faults(faults)),
        Some(book) => {
            let (prices, skus) = book.counts();
            let findings = customers.as_ref().map(|customers| unmatched(&book, customers)).unwrap_or_default();
            Ok(Checked {
                currency: book.currency,
                prices: prices as u64,
                skus: skus as u64,
                customers: customers.as_ref().map(|customers| customers.len() as u64),
                excluded: customers.as_ref().map(|customers| customers.excluded() as u64),
                enterprises: customers.as_ref().map(|customers| customers.enterprises().len() as u64),
                findings: finding::answered(findings),
            })
        }
    }
}

/// Tenants that prices are for and that the customers file does not know: such a price applies to nobody.
fn unmatched(book: &Book, customers: &Customers) -> Vec<Finding> {
    let known = Lookalikes::new(customers.mapped().chain(customers.exclusions()));
    let is_known = |tenant: &&str| customers.get(tenant).is_some() || customers.excludes(tenant);
    let missing = distinct(book.tenants().filter(|tenant| !is_known(tenant)));
    let findings = missing.into_iter().map(|tenant| {
        let name = shown(tenant);
        let message = match known.like(tenant) {
            Some(alike) => format!(
                "a price is for the tenant {name}, which the customers file does not have; it has {}, which differs in case or white space \
                 alone",
                shown(alike)
            ),
            None => format!("a price is for the tenant {name}, which the customers file neither maps nor excludes"),
        };
        Finding::new(finding::UNMATCHED_REFERENCE, Severity::Warning, message).tenant(tenant)
    });
    findings.collect()
}
