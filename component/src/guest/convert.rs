//! Converts between the contract's types and this crate's, field by field, without logic.

use super::bindings::exports::skubill::billing::{bill, check, compare, customers, estimate, explain, record, text, types, usage};
use crate::estimate as fitting;
use crate::explain as telling;
use crate::fault::{self, Refusal};
use crate::instance::Call;
use crate::job::{self, Acceptance, Job};
use crate::limit::{Limits, checked};
use crate::outcome;
use crate::price::trace;
use crate::record as recording;
use crate::report::row::Measure;
use crate::{compare as comparing, customer, run};
use skubill_contract::outcome::Finding;
use skubill_contract::word::{Level, Severity};

/// Records whose fields have the same names on both sides, and values that convert by `Into`.
macro_rules! alike {
    ($($from:ty => $to:ty { $($field:ident),* $(,)? })*) => {$(
        impl From<$from> for $to {
            fn from(from: $from) -> Self {
                Self { $($field: from.$field.into()),* }
            }
        }
    )*};
}

/// Records that hold lists and options too: each field with how it is converted.
macro_rules! record {
    ($from:ty => $to:ty, $value:ident { $($field:ident: $expr:expr),* $(,)? }) => {
        impl From<$from> for $to {
            fn from($value: $from) -> Self {
                Self { $($field: $expr),* }
            }
        }
    };
}

/// Enums with the same cases on both sides.
macro_rules! cases {
    ($($from:ty => $to:ty { $($case:ident),* })*) => {$(
        impl From<$from> for $to {
            fn from(from: $from) -> Self {
                match from { $(<$from>::$case => <$to>::$case),* }
            }
        }
    )*};
}

/// The limits that a call states, or the defaults.
pub fn limits(stated: Option<types::Limits>) -> Result<Limits, Refusal> {
    checked(stated.map_or_else(Limits::default, Limits::from))
}

pub fn all<A, B: From<A>>(list: Vec<A>) -> Vec<B> {
    list.into_iter().map(B::from).collect()
}

fn texts<T: ToString>(list: &[T]) -> Vec<String> {
    list.iter().map(T::to_string).collect()
}

cases! {
    text::Call => Call { Bill, Usage, Record, Explain, Check, Customers, Estimate, Compare, Describe }
    types::Input => fault::Input { Report, Prices, Customers, Costs }
    fault::Input => types::Input { Report, Prices, Customers, Costs }
    Severity => types::Severity { Error, Warning, Info }
    types::Level => Level { DirectPartners, AllPartners, AllCustomers, Accounts, Itself }
    estimate::Fit => fitting::Fit { Cumulative, Daily }
    fitting::Method => estimate::Method { Cumulative, Daily, RunRate, Fixed, None }
    comparing::DifferenceKind => compare::DifferenceKind { Missing, Extra, Amount, Currency, Period }
    telling::RowOutcome => explain::RowOutcome { Excluded, ZeroUsage, Unmapped, Unpriced, Billed }
    trace::StepKind => explain::StepKind {
        Sum, Absolute, Convert, RoundQuantity, Included, Price, Tier, Tiers, Packages, Fee, Flat, Free, PriceFactor, CustomerFactor, BookFactor,
        Minimum, Maximum, Credit, ToDate, Round
    }
}

alike! {
    fault::Fault => types::Fault { input, row, column, found, expected }
    outcome::Accounting => types::Accounting { rows, billed, no_sku, zero_usage, excluded, unmapped, unpriced }
    Limits => types::Limits {
        compressed_bytes, inflated_bytes, inflated_ratio, rows, columns, cell_bytes, digits, depth, lines, book_bytes, faults, output_bytes,
    }
    types::Limits => Limits {
        compressed_bytes, inflated_bytes, inflated_ratio, rows, columns, cell_bytes, digits, depth, lines, book_bytes, faults, output_bytes,
    }
    types::Acceptance => Acceptance { code, subject }
    customer::CustomerMapping => customers::Mapping { tenant_id, enterprise, enterprise_name }
    record::Earlier => recording::Earlier { enterprise, stated_enterprise, provider, date, period_start, category, usage_type, price, currency }
    telling::UsedPrice => explain::UsedPrice { place, name, model, unit, for_tenant }
    trace::Step => explain::Step { kind, of, by, result }
    compare::HeldLine => comparing::HeldLine { category, usage_type, price, currency, period_start, period_end }
    compare::Bounds => comparing::Bounds { times, lines }
    comparing::Difference => compare::Difference { kind, category, usage_type, posting, held }
    comparing::Approximation => compare::Approximation { category, usage_type, posting, held }
    comparing::Excess => compare::Excess { code, message, tenant_id }
}

record!(outcome::Period => types::Period, from { start: from.start, end: from.end });
record!(run::Checked => check::Checked, from {
    currency: from.currency, prices: from.prices, skus: from.skus, customers: from.customers, excluded: from.excluded,
    enterprises: from.enterprises, findings: all(from.findings),
});
record!(Finding => types::Finding, from {
    code: from.code.into(), severity: from.severity.into(), message: from.message, rows: all(from.rows), sku: from.sku,
    tenant_id: from.tenant_id, enterprise: from.enterprise, column: from.column, acceptance: from.acceptance,
});
record!(outcome::Charge => bill::Charge, from {
    usage_type: from.usage_type, usage_name: from.usage_name, quantity: from.quantity, unit: from.unit.into(),
    price: from.price.to_string(), rows: all(from.rows),
});
record!(outcome::Category => bill::Category, from {
    category: from.category, total: from.total.to_string(), usages: all(from.usages),
});
record!(outcome::Bill => bill::TenantBill, from {
    tenant_id: from.tenant_id, tenant_name: from.tenant_name, tenant_kind: from.tenant_kind, customer_id: from.customer_id,
    enterprise: from.enterprise, total: from.total.to_string(), categories: all(from.categories),
});
record!(outcome::PostingCharge => bill::PostingCharge, from {
    usage_type: from.usage_type, usage_name: from.usage_name, price: from.price.to_string(),
});
record!(outcome::PostingCategory => bill::PostingCategory, from {
    category: from.category, total: from.total.to_string(), usages: all(from.usages),
});
record!(outcome::Posting => bill::Posting, from {
    enterprise: from.enterprise, total: from.total.to_string(), tenants: from.tenants, held: texts(&from.held), categories: all(from.categories),
});
record!(outcome::Outcome => bill::Outcome, from {
    period: from.period.into(), currency: from.currency, total: from.total.to_string(), bills: all(from.bills), postings: all(from.postings),
    accounting: from.accounting.into(), findings: all(from.findings),
});
record!(outcome::Billed => bill::Billed, from { outcome: from.outcome.into(), unaccepted: from.unaccepted });
record!(customer::Listing => customers::Listing, from { customers: all(from.customers), excluded: from.excluded });
record!(outcome::TenantUsage => usage::TenantUsage, from {
    tenant_id: from.tenant_id, tenant_name: from.tenant_name, tenant_kind: from.tenant_kind, customer_id: from.customer_id,
    enterprise: from.enterprise, sku: from.sku, unit: from.unit, quantity: from.quantity, application: from.application, rows: all(from.rows),
});
record!(outcome::UsageOutcome => usage::UsageOutcome, from {
    period: from.period.into(), usages: all(from.usages), accounting: from.accounting.into(), findings: all(from.findings),
});
record!(telling::AskedRow => explain::AskedRow, from {
    row: from.row, date: from.date, name: from.name, unit: from.unit, value: from.value, outcome: from.outcome.into(), text: from.text,
});
record!(telling::ExplainedLine => explain::Line, from {
    tenant_name: from.tenant_name, enterprise: from.enterprise, category: from.category, price: from.price.into(), steps: all(from.steps),
    quantity: from.quantity, exact: from.exact, amount: from.amount.to_string(),
});
record!(telling::Explanation => explain::Explanation, from {
    tenant_id: from.tenant_id, sku: from.sku, period: from.period.into(), currency: from.currency, measure: from.measure.into(),
    rows: all(from.rows), line: from.line.map(Into::into), findings: all(from.findings),
});
record!(fitting::Estimated => estimate::Estimated, from {
    estimate: from.estimate.map(|amount| amount.to_string()), method: from.method.into(), records: from.records, days: from.days,
    slope: from.slope, intercept: from.intercept, below_to_date: from.below_to_date,
});
record!(recording::Carried => record::Carried, from {
    category: from.category, usage_type: from.usage_type, amount: from.amount.to_string(),
});
record!(recording::Register => record::Register, from {
    enterprise: from.enterprise, total: from.total.to_string(), held: texts(&from.held), done: from.done,
    categories: all(from.categories), carried: all(from.carried),
});
record!(recording::Day => record::Day, from {
    date: from.date, number: from.number, days: from.days, currency: from.currency, registers: all(from.registers),
    accounting: from.accounting.into(), findings: all(from.findings), unaccepted: from.unaccepted,
});
record!(bill::PostingCharge => comparing::ComparedCharge, from { usage_type: from.usage_type, price: from.price });
record!(bill::PostingCategory => comparing::ComparedCategory, from { category: from.category, usages: all(from.usages) });
record!(compare::Comparison => comparing::Comparison, from {
    period: from.period, currency: from.currency, posting: all(from.posting), tenants: from.tenants, held: all(from.held),
    previous: all(from.previous), previous_tenants: from.previous_tenants, bounds: Some(from.bounds.into()),
});
record!(comparing::Compared => compare::Compared, from {
    absent: from.absent, equal: from.equal, differences: all(from.differences), approximations: all(from.approximations),
    excesses: all(from.excesses),
});
record!(fault::Faults => types::Faults, from { faults: all(from.list), fault_count: from.count });

impl From<Refusal> for types::Refusal {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Faults(faults) => types::Refusal::Faults(faults.into()),
            Refusal::Job(text) => types::Refusal::Job(text),
            Refusal::Order(text) => types::Refusal::Order(text),
        }
    }
}

impl TryFrom<bill::Job> for Job {
    type Error = Refusal;

    fn try_from(raw: bill::Job) -> Result<Job, Refusal> {
        let job = Job {
            period: raw.period.as_deref().map(job::month).transpose()?,
            root: raw.root,
            level: raw.level.map(Into::into),
            measure: Measure::nth(raw.measure as usize).unwrap_or(Measure::EFFECTIVE_PRODUCTION),
            accept: all(raw.accept),
            exclude_tenants: job::tenants(raw.exclude_tenants)?,
            usage_name: raw.usage_name.as_deref().map(job::usage_name).transpose()?.unwrap_or_default(),
            limits: limits(raw.limits)?,
        };
        job.checked()
    }
}

impl TryFrom<estimate::Job> for fitting::Job {
    type Error = Refusal;

    fn try_from(raw: estimate::Job) -> Result<fitting::Job, Refusal> {
        let period = raw.period.as_deref().map(job::month).transpose()?;
        let limits = limits(raw.limits)?;
        fitting::Job { period, method: raw.method.into(), places: raw.places, limits }.checked()
    }
}
