//! The inputs of a rating beside the rows.

use crate::customer::{Customer, Customers};
use crate::fault::Refusal;
use crate::job::Job;
use crate::period::{Date, Days, Month};
use crate::report::json::Params;

/// The job, the customers and the period of a rating.
pub struct RatingInputs<'a> {
    /// The job of the run.
    pub job: &'a Job,
    /// The customers file, where there is one.
    pub customers: Option<&'a Customers>,
    /// What a JSON report says of its own period.
    pub params: Option<&'a Params>,
    /// The day up to which the report was made, where that is not the period's last.
    pub until: Option<Date>,
}

impl RatingInputs<'_> {
    /// The days that dates are judged by: those of the period, up to the day of a cost record.
    pub fn days(&self, period: Month) -> Days {
        Days { last: self.until.unwrap_or(period.last()), ..period.into() }
    }

    pub(super) fn customer(&self, tenant_id: &str) -> Option<&Customer> {
        self.customers.and_then(|customers| customers.get(tenant_id))
    }

    /// The enterprise of a tenant, where the customers file has it.
    pub fn enterprise(&self, tenant_id: &str) -> Option<u64> {
        self.customer(tenant_id).map(|customer| customer.enterprise)
    }
}

/// The period of a run, and whether it was assumed from the report.
pub fn period(job: &Job, latest: Option<Date>) -> Result<(Month, bool), Refusal> {
    match (job.period, latest) {
        (Some(period), _) => Ok((period, false)),
        (None, Some(latest)) => Ok((latest.month(), true)),
        (None, None) => Err(Refusal::Job("period: none is named, and the report has no date to take it from".into())),
    }
}
