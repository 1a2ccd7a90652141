//! The day: usage to date, priced, and posted as cost records (bill registers) by category.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use jiff::civil::Date;
use serde::Serialize;

use super::account::AccountRun;
use super::error::Error;
use super::evidence::{Inputs, Keeping};
use super::fetch::Report;
use super::plan::Planned;
use super::result::{AccountResult, ProviderResult};
use super::run::BillingRun;
use crate::config::Billing;
use crate::evidence::{OUTCOME, TASK};
use crate::progress::{Progress, Step};
use crate::reconcile::{Approximation, Content, Gate, Kind, PostingStatus, Reconciled, Target};
use skubill::answer::Estimated;
use skubill::bill::{self, Job};
use skubill::book::Cost;
use skubill::day::{Day, Register};
use skubill::job::{Earlier, RecordJob};
use skubill_services::abiquo::{Bill, BillingPeriod, Client, PostingHeader, Registers, format_date};
use skubill_services::acronis::DateRange;
use skubill_services::blocking::off_thread;
use skubill_services::http::BaseUrl;

/// What became of one billing's day.
pub struct DayResult {
    pub day: Day,
    pub registers: Vec<Recorded>,
    /// Abiquo does not list the provider, and that was not accepted: nothing was posted.
    pub new_provider: bool,
    /// Where the evidence of this run is.
    pub evidence: PathBuf,
}

/// What became of the cost record of one enterprise, and what its month is estimated at.
#[derive(Debug, Clone, Serialize)]
pub struct Recorded {
    pub enterprise: u64,
    /// None where it is not known, for want of the cost records that stand.
    pub total: Option<String>,
    #[serde(flatten)]
    pub status: PostingStatus,
    /// Lines that Abiquo holds with the noise of a binary fraction: equal, and said.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub approximations: Vec<Approximation>,
    /// Abiquo's own estimate, as it says it.
    pub abiquo_estimate: Option<String>,
    /// Ours, from the same records.
    pub estimate: Option<String>,
}

impl Recorded {
    fn of(enterprise: u64, total: Option<String>, status: PostingStatus) -> Recorded {
        Recorded { enterprise, total, status, approximations: Vec::new(), abiquo_estimate: None, estimate: None }
    }
}

impl BillingRun {
    /// Record a day for every account, side by side; one that fails does not stop the others.
    pub async fn record(self: Arc<Self>, day: Date, progress: Arc<dyn Progress>) -> Result<Vec<AccountResult<DayResult>>, Error> {
        let month = day.strftime("%Y-%m").to_string();
        self.each_account(month, progress, move |turn| Box::pin(async move { turn.day(day).await })).await
    }
}

/// A day that was billed, and what it was billed from.
struct BilledDay<'a> {
    gate: &'a Gate<'a>,
    url: BaseUrl,
    header: PostingHeader,
    day: Day,
    /// The registers that stand, by enterprise; or why they are not known.
    standing: BTreeMap<u64, Result<Registers, PostingStatus>>,
}

impl AccountRun<'_> {
    /// The story of one account's day: each billing by itself, whatever becomes of the others.
    async fn day(&self, day: Date) -> Result<Vec<ProviderResult<DayResult>>, Error> {
        let report = self.report(DateRange { start: day.first_of_month(), end: day }, &day.to_string()).await?;
        (self.tell)(Step::Billing);
        let mut runs = Vec::new();
        for (billing, planned) in self.account.billings.iter().zip(&self.plan.billings) {
            let run = self.billing_day(billing, planned, &report, day).await;
            runs.push(run.unwrap_or_else(|error| ProviderResult::failed(&billing.provider, error)));
        }
        self.forget_unreadable(&report, &runs);
        Ok(runs)
    }

    async fn billing_day(
        &self,
        billing: &Billing,
        planned: &Planned,
        report: &Report,
        day: Date,
    ) -> Result<ProviderResult<DayResult>, Error> {
        let (http, witnesses) = self.watched();
        let client = self.run.abiquo(billing, http)?;
        let tools = (&self.run.biller, self.journal, &self.run.http);
        let gate = Gate::new(tools, &client, &billing.provider, witnesses, self.run.policy(day));
        let mut kept = self.keep(billing, report, &day.to_string())?;
        let billed = self.bill_standing(&gate, (billing, planned), report, day, &mut kept).await?;
        // Whatever fails from here on, what was posted is told.
        let mut registers = Vec::new();
        for (done, register) in billed.day.registers.iter().enumerate() {
            (self.tell)(Step::Posting { done, of: billed.day.registers.len() });
            registers.push(self.record_one(&billed, planned, register, day).await);
        }
        registers.extend(unknown(&billed));
        registers.sort_by_key(|recorded| recorded.enterprise);
        let (new_provider, evidence) = (gate.is_new_provider(), kept.folder());
        let error = kept.finish(self.journal, &registers, self.run.http.now()).err();
        let result = DayResult { day: billed.day, registers, new_provider, evidence };
        Ok(ProviderResult { provider: billing.provider.clone(), result: Some(result), error })
    }

    /// Bill the day beside the registers that stand. They are looked up for every enterprise of the customers file, so
    /// that what is carried is told also where this day has no usage.
    async fn bill_standing<'a>(
        &self,
        gate: &'a Gate<'a>,
        (billing, planned): (&Billing, &Planned),
        report: &Report,
        day: Date,
        kept: &mut Keeping,
    ) -> Result<BilledDay<'a>, Error> {
        let job = self.job(billing, planned, report, None);
        let (_, draft) = self.bill_day(billing, &job, kept.inputs(), day, &[]).await?;
        let draft = read_day(&draft)?;
        let mut enterprises = planned.enterprises();
        enterprises.extend(draft.registers.iter().map(|register| register.enterprise));
        let mut standing = BTreeMap::new();
        for enterprise in enterprises {
            standing.insert(enterprise, gate.registers(enterprise).await);
        }
        let known = standing.iter().filter_map(|(enterprise, found)| Some((*enterprise, found.as_ref().ok()?)));
        let earlier: Vec<Earlier> = known
            .flat_map(|(enterprise, found)| found.all().map(move |bill| earlier_record(enterprise, &billing.provider, bill)))
            .collect();
        let (task, billed) = self.bill_day(billing, &job, kept.inputs(), day, &earlier).await?;
        kept.bytes(TASK, task.as_bytes())?;
        kept.bytes(OUTCOME, billed.as_bytes())?;
        let header = PostingHeader {
            provider: billing.provider.clone(),
            date: BillingPeriod::days(day, day)?.end,
            period: BillingPeriod::days(day.first_of_month(), day.last_of_month())?,
            currency: draft.currency,
        };
        Ok(BilledDay { gate, url: billing.abiquo.base_url()?, header, day: read_day(&billed)?, standing })
    }

    async fn record_one(&self, billed: &BilledDay<'_>, planned: &Planned, register: &Register, day: Date) -> Recorded {
        let Register { enterprise, total, .. } = register;
        let nothing = |total, status| Recorded::of(*enterprise, total, status);
        let based_on = match billed.standing.get(enterprise) {
            Some(Ok(found)) => found,
            Some(Err(status)) => return nothing(None, status.clone()),
            None => return nothing(None, PostingStatus::Nothing),
        };
        let idle = match register {
            Register { done: true, .. } => Some(PostingStatus::Recorded),
            Register { categories, .. } if categories.is_empty() => Some(PostingStatus::Nothing),
            _ => None,
        };
        let target = Target {
            kind: Kind::Registers,
            account: &self.account.name,
            url: &billed.url,
            enterprise: *enterprise,
            header: &billed.header,
            content: Content::Categories { categories: &register.categories, estimated: Some("0") },
            total,
            tenants: None,
            names: planned.names(*enterprise),
            held: if register.done { &[] } else { &register.held },
            bounds: None,
            based_on: Some(&based_on.ours),
            idle,
        };
        let Reconciled { status, approximations, .. } = billed.gate.reconcile(&target).await;
        let recorded = Recorded { approximations, ..nothing(Some(total.clone()), status) };
        if billed.gate.ended().is_some() {
            return recorded;
        }
        // What was posted is told, and the next one posted, also where an estimate cannot be made.
        let client = billed.gate.client;
        let abiquo_estimate = client.estimate(*enterprise, &billed.header.provider).await.ok().map(|estimate| estimate.text);
        let estimate = self.own_estimate(client, &billed.header, *enterprise, day).await.unwrap_or_default();
        Recorded { abiquo_estimate, estimate, ..recorded }
    }

    /// The task of a day, and the component's answer to it.
    async fn bill_day(
        &self,
        billing: &Billing,
        job: &Job,
        inputs: Inputs,
        day: Date,
        earlier: &[Earlier],
    ) -> Result<(String, String), Error> {
        let task =
            RecordJob { day: day.to_string(), provider: Some(billing.provider.clone()), earlier: earlier.to_vec(), job: job.clone() };
        let task = serde_json::to_string(&task).map_err(bill::Error::Answer)?;
        let biller = self.run.biller.clone();
        off_thread(move || {
            let (prices, customers, report) = inputs.read()?;
            let answer = biller.record(&task, report, &prices, &customers)?;
            Ok((task, answer))
        })
        .await?
    }

    async fn own_estimate(&self, client: &Client, header: &PostingHeader, enterprise: u64, day: Date) -> Result<Option<String>, Error> {
        let standing = client.find_registers(enterprise, &header.provider).await?;
        let of_period = standing.ours.iter().filter(|bill| bill.period_start == Some(header.period.start));
        let costs: Vec<Cost> = of_period
            .filter_map(|bill| Some(Cost { date: format_date(bill.date?), price: bill.price.clone()?, estimated: Some("0".into()) }))
            .collect();
        let costs = serde_json::to_vec(&costs).map_err(bill::Error::Answer)?;
        let job = format!("{{\"period\": \"{}\"}}", day.strftime("%Y-%m"));
        let estimated: Estimated = serde_json::from_str(&self.run.biller.estimate(&costs, &job)?).map_err(bill::Error::Answer)?;
        Ok(estimated.estimate)
    }
}

/// Enterprises without a cost of this day whose cost records could not be looked up.
fn unknown<'a>(billed: &'a BilledDay<'_>) -> impl Iterator<Item = Recorded> + 'a {
    let has_cost = |enterprise: &u64| billed.day.registers.iter().any(|register| register.enterprise == *enterprise);
    let unknown = billed.standing.iter().filter(move |(enterprise, _)| !has_cost(enterprise));
    unknown.filter_map(|(enterprise, found)| {
        let status = found.as_ref().err()?.clone();
        Some(Recorded::of(*enterprise, None, status))
    })
}

fn read_day(answer: &str) -> Result<Day, Error> {
    Ok(serde_json::from_str(answer).map_err(bill::Error::Answer)?)
}

/// The component compares names more narrowly: of a record that is ours here, it is told our own spelling.
fn earlier_record(enterprise: u64, provider: &str, bill: &Bill) -> Earlier {
    let date = |instant: Option<jiff::Timestamp>| instant.map_or_else(|| "unknown".to_string(), format_date);
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    Earlier {
        enterprise,
        stated_enterprise: bill.enterprise,
        provider: if bill.is_of(enterprise, provider) { Some(provider.to_string()) } else { bill.provider.clone() },
        date: date(bill.date),
        period_start: date(bill.period_start),
        category: text(&bill.category),
        usage_type: text(&bill.usage_type),
        price: text(&bill.price),
        currency: text(&bill.currency),
    }
}
