//! The month: fetch the report, bill it, post the bills. The story is [`AccountRun::month`]; each stage of it
//! is a function below, or a file of its own.
//!
//! What is written to a service is written on the [record](crate::journal) before it is sent, and what came
//! of it after. A run that was cut off is gone on with by the next one, which looks up what it left open.

mod account;
mod accounts;
mod error;
mod evidence;
mod fetch;
mod overlap;
mod period;
mod plan;
mod post;
mod record;
mod result;
mod run;

use std::sync::Arc;

use crate::config::Billing;
use crate::evidence::{JOB, OUTCOME};
use crate::progress::{Progress, Step};
use crate::reconcile;
use account::AccountRun;
use evidence::{Inputs, Keeping};
use fetch::Report;
use plan::Planned;
use skubill::bill::{Answer, Job};
use skubill::outcome::Billed;
use skubill_services::acronis::DateRange;
use skubill_services::blocking::off_thread;

pub use crate::reconcile::{BOUNDS, ENTERPRISE_NAME, FailureClass, MISSING_IN_ABIQUO, NEW_PROVIDER, PostingStatus, Stop};
pub use error::Error;
pub use overlap::Overlap;
pub use period::Period;
pub use post::Posted;
pub use record::{DayResult, Recorded};
pub use result::{AccountResult, BillingResult, ProviderResult};
pub use run::BillingRun;
pub use skubill::answer::{Difference, Excess};
pub use skubill::day::{Carried, Day, Register};

impl BillingRun {
    /// Run a period for every account, side by side; one that fails does not stop the others.
    pub async fn run(self: Arc<Self>, period: &Period, progress: Arc<dyn Progress>) -> Result<Vec<AccountResult>, Error> {
        period.must_be_over(self.http.now())?;
        let (month, period) = (period.name.clone(), period.clone());
        self.each_account(month, progress, move |turn| {
            let period = period.clone();
            Box::pin(async move { turn.month(&period).await })
        })
        .await
    }
}

impl AccountRun<'_> {
    /// The story of one account: each billing by itself, whatever becomes of the others.
    async fn month(&self, period: &Period) -> Result<Vec<ProviderResult>, Error> {
        let report = self.report(DateRange { start: period.first, end: period.last }, &period.name).await?;
        (self.tell)(Step::Billing);
        let mut runs = Vec::new();
        for (billing, planned) in self.account.billings.iter().zip(&self.plan.billings) {
            runs.push(match self.bill_month(billing, planned, &report, period).await {
                Ok((kept, answer, billed)) => self.post_month(billing, planned, &report, period, (kept, answer, billed)).await,
                Err(error) => ProviderResult::failed(&billing.provider, error),
            });
        }
        self.forget_unreadable(&report, &runs);
        Ok(runs)
    }

    /// Bill the report, from the copies that are kept: what was billed is what can be billed again.
    async fn bill_month(
        &self,
        billing: &Billing,
        planned: &Planned,
        report: &Report,
        period: &Period,
    ) -> Result<(Keeping, Answer, Billed), Error> {
        let mut kept = self.keep(billing, report, &period.name)?;
        let job = self.job(billing, planned, report, Some(period.to_string()));
        kept.json(JOB, &job)?;
        let answer = self.bill(job, kept.inputs()).await?;
        kept.bytes(OUTCOME, answer.outcome_json()?.as_bytes())?;
        let billed = answer.billed()?;
        Ok((kept, answer, billed))
    }

    /// Post what was billed. Whatever fails from here on, what was posted is told.
    async fn post_month(
        &self,
        billing: &Billing,
        planned: &Planned,
        report: &Report,
        period: &Period,
        (kept, answer, billed): (Keeping, Answer, Billed),
    ) -> ProviderResult {
        let (mut postings, mut new_provider, evidence) = (Vec::new(), false, kept.folder());
        let posted = self.post(billing, planned, &billed, report.created_at, period.last, (&mut postings, &mut new_provider)).await;
        let error = posted.and_then(|()| kept.finish(self.journal, &postings, self.run.http.now()).map(drop)).err();
        let result = BillingResult { answer, billed, postings, new_provider, evidence };
        ProviderResult { provider: billing.provider.clone(), result: Some(result), error }
    }

    /// Bill the report in the sandbox.
    async fn bill(&self, job: Job, inputs: Inputs) -> Result<Answer, Error> {
        let biller = self.run.biller.clone();
        off_thread(move || {
            let (prices, customers, report) = inputs.read()?;
            Ok(biller.bill(&job, report, &prices, Some(&customers))?)
        })
        .await?
    }

    fn job(&self, billing: &Billing, planned: &Planned, report: &Report, period: Option<String>) -> Job {
        Job {
            period,
            root: Some(report.root.clone()),
            level: Some("direct_partners".into()),
            accept: reconcile::of_bills(&self.run.accept),
            exclude_tenants: planned.elsewhere.clone(),
            usage_name: billing.usage_name.clone(),
            ..Job::default()
        }
    }
}
