//! The day: usage to date, priced, and posted as cost records (bill registers) by category.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::plan::{Plan, Planned};
use super::post::{Fate, Found, judge};
use super::{AccountResult, Error, Month, Report, Tell};
use crate::abiquo::{Bill, BillingPeriod, Client, PostingHeader, format_date};
use crate::acronis::DateRange;
use crate::bill::{self, Job};
use crate::config::{Account, Billing};
use crate::outcome::{Accounting, Finding, PostingCategory};
use crate::progress::{Progress, Step};

/// What the component says of a day: the contract's `record`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Day {
    pub date: String,
    pub number: u32,
    pub days: u32,
    pub currency: String,
    pub registers: Vec<Register>,
    pub accounting: Accounting,
    pub findings: Vec<Finding>,
    pub unaccepted: Vec<u32>,
}

/// The cost record of one enterprise.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Register {
    pub enterprise: u64,
    pub total: String,
    pub held: Vec<String>,
    pub done: bool,
    pub categories: Vec<PostingCategory>,
    /// Lines whose difference is below zero: kept back.
    pub carried: Vec<Carried>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Carried {
    pub category: String,
    pub usage_type: String,
    pub amount: String,
}

/// What became of one billing's day.
pub struct DayResult {
    pub provider: String,
    pub day: Day,
    pub registers: Vec<Recorded>,
    /// Abiquo does not list the provider, and that was not accepted: nothing was posted.
    pub new_provider: bool,
}

/// What became of the cost record of one enterprise, and what its month is estimated at.
#[derive(Debug, Clone, Serialize)]
pub struct Recorded {
    pub enterprise: u64,
    pub total: String,
    #[serde(flatten)]
    pub fate: Fate,
    /// Abiquo's own estimate, as it says it.
    pub abiquo_estimate: Option<String>,
    /// Ours, from the same records.
    pub estimate: Option<String>,
}

#[derive(Serialize)]
struct Task<'a> {
    day: String,
    earlier: &'a [Earlier],
    job: &'a Job,
}

#[derive(Serialize)]
struct Earlier {
    enterprise: u64,
    date: String,
    period_start: String,
    category: String,
    usage_type: String,
    price: String,
    currency: String,
}

#[derive(Serialize)]
struct Cost<'a> {
    date: String,
    price: &'a str,
    estimated: &'a str,
}

#[derive(Deserialize)]
struct Estimated {
    estimate: Option<String>,
}

impl Month {
    /// Record a day for every account, side by side; one that fails does not stop the others.
    pub async fn record(self: Arc<Self>, day: Date, progress: Arc<dyn Progress>) -> Result<Vec<AccountResult<DayResult>>, Error> {
        self.each_account(progress, move |month, account, plan, tell| {
            Box::pin(async move { month.account_day(account, plan, day, tell).await })
        })
        .await
    }

    async fn account_day(&self, account: &Account, plan: &Plan, day: Date, tell: &Tell<'_>) -> Result<Vec<DayResult>, Error> {
        let report = self.fetch(account, DateRange { start: day.first_of_month(), end: day }, tell).await?;
        tell(Step::Billing);
        let mut results = Vec::new();
        for (billing, planned) in account.billings.iter().zip(&plan.billings) {
            results.push(self.billing_day(billing, planned, &report, day, tell).await?);
        }
        Ok(results)
    }

    async fn billing_day(
        &self,
        billing: &Billing,
        planned: &Planned,
        report: &Report,
        day: Date,
        tell: &Tell<'_>,
    ) -> Result<DayResult, Error> {
        let client = self.abiquo(billing)?;
        // Whom the day is about is known once it is billed; what stands there, once it was asked.
        let draft = self.bill_day(billing, planned, report, day, Vec::new()).await?;
        let header = PostingHeader {
            provider: billing.provider.clone(),
            date: BillingPeriod::days(day, day)?.end,
            period: BillingPeriod::days(day.first_of_month(), day.last_of_month())?,
            currency: draft.currency.clone(),
        };
        let (mut earlier, mut strangers) = (Vec::new(), BTreeMap::new());
        for register in &draft.registers {
            let enterprise = register.enterprise;
            strangers.insert(enterprise, self.enterprise(&client, planned, enterprise).await?);
            earlier.extend(standing(&client, &header, enterprise).await?.iter().map(|bill| earlier_record(enterprise, bill)));
        }
        let billed = self.bill_day(billing, planned, report, day, earlier).await?;
        let new_provider = self.is_new(&client, billing, billed.registers.first().map(|register| register.enterprise)).await?;
        let mut registers = Vec::new();
        for (done, register) in billed.registers.iter().enumerate() {
            tell(Step::Posting { done, of: billed.registers.len() });
            let stranger = strangers.remove(&register.enterprise).flatten();
            let fate = self.settle_day(&client, &header, register, new_provider, stranger).await;
            let abiquo_estimate = client.estimate(register.enterprise, &billing.provider).await.ok().map(|estimate| estimate.text);
            let estimate = match self.own_estimate(&client, &header, register.enterprise, day).await {
                // What was posted is told, and the next one posted, also where the estimate cannot be made.
                Err(Error::Abiquo(_)) => None,
                estimate => estimate?,
            };
            registers.push(Recorded { enterprise: register.enterprise, total: register.total.clone(), fate, abiquo_estimate, estimate });
        }
        Ok(DayResult { provider: billing.provider.clone(), day: billed, registers, new_provider })
    }

    async fn bill_day(
        &self,
        billing: &Billing,
        planned: &Planned,
        report: &Report,
        day: Date,
        earlier: Vec<Earlier>,
    ) -> Result<Day, Error> {
        let job = self.job(billing, planned, report, None);
        let (biller, billing, path) = (self.biller.clone(), billing.clone(), report.path.clone());
        let answer = tokio::task::spawn_blocking(move || {
            let task = Task { day: day.to_string(), earlier: &earlier, job: &job };
            let task = serde_json::to_string(&task).map_err(bill::Error::Answer)?;
            let (prices, customers, report) = super::files(&billing, &path)?;
            Ok::<_, Error>(biller.record(&task, report, &prices, &customers)?)
        });
        Ok(serde_json::from_str(&answer.await??).map_err(bill::Error::Answer)?)
    }

    async fn settle_day(
        &self,
        client: &Client,
        header: &PostingHeader,
        register: &Register,
        new_provider: bool,
        stranger: Option<Fate>,
    ) -> Fate {
        if register.done {
            return Fate::Recorded;
        }
        if !register.held.is_empty() {
            return Fate::Held { codes: register.held.clone() };
        }
        if register.categories.is_empty() {
            return Fate::Nothing;
        }
        if let Some(stranger) = stranger {
            return stranger;
        }
        if self.dry_run {
            return Fate::DryRun;
        }
        if new_provider {
            return Fate::NewProvider;
        }
        let sent = client.post_registers_by_categories(register.enterprise, header, Some("0"), &register.categories).await;
        let error = match sent {
            Ok(_) => return Fate::Posted,
            Err(error) => error,
        };
        if !error.is_unknown() && !error.is_already_there() {
            return Fate::Failed { reason: error.to_string() };
        }
        // The answer was lost, or says that the day is there: only looking tells.
        let standing = standing(client, header, register.enterprise).await.map_err(Error::from);
        let of_the_day = |standing: &Vec<Bill>| {
            judge(&self.biller, header, &register.categories, standing.iter().filter(|bill| bill.date == Some(header.date)))
        };
        match standing.and_then(|standing| of_the_day(&standing)) {
            Ok(Found::TheSame) => Fate::Posted,
            Ok(Found::Another(differences)) => Fate::Different { differences },
            Ok(Found::Nothing) => Fate::Failed { reason: format!("{error}; it was looked up and is not there") },
            Err(lost) => Fate::Unknown { reason: format!("{error}; looking it up failed too: {lost}") },
        }
    }

    async fn own_estimate(&self, client: &Client, header: &PostingHeader, enterprise: u64, day: Date) -> Result<Option<String>, Error> {
        let standing = standing(client, header, enterprise).await?;
        let of_period = standing.iter().filter(|bill| bill.period_start == Some(header.period.start));
        let costs: Vec<Cost<'_>> = of_period
            .filter_map(|bill| Some(Cost { date: format_date(bill.date?), price: bill.price.as_deref()?, estimated: "0" }))
            .collect();
        let costs = serde_json::to_vec(&costs).map_err(bill::Error::Answer)?;
        let job = format!("{{\"period\": \"{}\"}}", day.strftime("%Y-%m"));
        let estimated: Estimated = serde_json::from_str(&self.biller.estimate(&costs, &job)?).map_err(bill::Error::Answer)?;
        Ok(estimated.estimate)
    }
}

async fn standing(client: &Client, header: &PostingHeader, enterprise: u64) -> Result<Vec<Bill>, crate::abiquo::Error> {
    client.registers(enterprise, &header.provider)?.all().await
}

fn earlier_record(enterprise: u64, bill: &Bill) -> Earlier {
    let date = |instant: Option<jiff::Timestamp>| instant.map_or_else(|| "unknown".to_string(), format_date);
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    Earlier {
        enterprise,
        date: date(bill.date),
        period_start: date(bill.period_start),
        category: text(&bill.category),
        usage_type: text(&bill.usage_type),
        price: text(&bill.price),
        currency: text(&bill.currency),
    }
}
