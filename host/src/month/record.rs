//! The day: usage to date, priced, and posted as cost records (bill registers) by category.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::evidence::Inputs;
use super::fate::Fate;
use super::fetch::Report;
use super::place::{Found, Hindrance, Place, PostingLines, Previous, judge, never_answered};
use super::plan::Planned;
use super::{AccountResult, Error, Month, Turn};
use crate::abiquo::{self, Bill, BillingPeriod, Client, Deleted, PostingHeader, format_date};
use crate::acronis::DateRange;
use crate::bill::{self, Job};
use crate::blocking::off_thread;
use crate::config::{Billing, Bounds};
use crate::evidence::{OUTCOME, TASK};
use crate::http::Scope;
use crate::journal::{Action, Answer, Step as Entered, Subject};
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
    /// Where the evidence of this run is.
    pub evidence: PathBuf,
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
    provider: &'a str,
    earlier: &'a [Earlier],
    job: &'a Job,
}

#[derive(Serialize)]
struct Earlier {
    enterprise: u64,
    stated_enterprise: Option<u64>,
    provider: Option<String>,
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
        let month = day.strftime("%Y-%m").to_string();
        self.each_account(month, progress, move |turn| Box::pin(async move { turn.day(day).await })).await
    }
}

impl Turn<'_> {
    /// The story of one account's day.
    async fn day(&self, day: Date) -> Result<Vec<DayResult>, Error> {
        let report = self.report(DateRange { start: day.first_of_month(), end: day }, &day.to_string()).await?;
        (self.tell)(Step::Billing);
        let mut results = Vec::new();
        for (billing, planned) in self.account.billings.iter().zip(&self.plan.billings) {
            results.push(self.billing_day(billing, planned, &report, day).await?);
        }
        Ok(results)
    }

    async fn billing_day(&self, billing: &Billing, planned: &Planned, report: &Report, day: Date) -> Result<DayResult, Error> {
        let client = self.run.abiquo(billing)?;
        // Whom the day is about is known once it is billed; what stands there, once it was asked.
        let mut kept = self.keep(billing, report, &day.to_string())?;
        let job = self.job(billing, planned, report, None);
        let (_, draft) = self.bill_day(billing, &job, kept.inputs(), day, &[]).await?;
        let draft = read_day(&draft)?;
        let header = PostingHeader {
            provider: billing.provider.clone(),
            date: BillingPeriod::days(day, day)?.end,
            period: BillingPeriod::days(day.first_of_month(), day.last_of_month())?,
            currency: draft.currency.clone(),
        };
        let (mut earlier, mut strangers) = (Vec::new(), BTreeMap::new());
        for register in &draft.registers {
            let enterprise = register.enterprise;
            strangers.insert(enterprise, self.run.enterprise(&client, planned, enterprise).await?);
            earlier.extend(standing(&client, &header, enterprise).await?.iter().map(|bill| earlier_record(enterprise, bill)));
        }
        let (task, billed) = self.bill_day(billing, &job, kept.inputs(), day, &earlier).await?;
        kept.bytes(TASK, task.as_bytes())?;
        kept.bytes(OUTCOME, billed.as_bytes())?;
        let billed = read_day(&billed)?;
        let new_provider = self.run.is_new(&client, billing, billed.registers.first().map(|register| register.enterprise)).await?;
        let mut registers = Vec::new();
        for (done, register) in billed.registers.iter().enumerate() {
            (self.tell)(Step::Posting { done, of: billed.registers.len() });
            let stranger = strangers.remove(&register.enterprise).flatten();
            let client = client.within(Scope::Posting, self.run.config.time.posting());
            let fate = self.settle_day(billing, &client, &header, register, Hindrance { new_provider, stranger }).await?;
            let abiquo_estimate = client.estimate(register.enterprise, &billing.provider).await.ok().map(|estimate| estimate.text);
            let estimate = match self.own_estimate(&client, &header, register.enterprise, day).await {
                // What was posted is told, and the next one posted, also where the estimate cannot be made.
                Err(Error::Abiquo(_)) => None,
                estimate => estimate?,
            };
            registers.push(Recorded { enterprise: register.enterprise, total: register.total.clone(), fate, abiquo_estimate, estimate });
        }
        let evidence = kept.finish(self.journal, &registers, self.run.http.now())?;
        Ok(DayResult { provider: billing.provider.clone(), day: billed, registers, new_provider, evidence })
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
        let task = Task { day: day.to_string(), provider: &billing.provider, earlier, job };
        let task = serde_json::to_string(&task).map_err(bill::Error::Answer)?;
        let biller = self.run.biller.clone();
        off_thread(move || {
            let (prices, customers, report) = inputs.read()?;
            let answer = biller.record(&task, report, &prices, &customers)?;
            Ok((task, answer))
        })
        .await?
    }

    async fn settle_day(
        &self,
        billing: &Billing,
        client: &Client,
        header: &PostingHeader,
        register: &Register,
        hindrance: Hindrance,
    ) -> Result<Fate, Error> {
        let url = billing.abiquo.base_url()?;
        let day = header.date.to_zoned(TimeZone::UTC).date().to_string();
        let subject = Subject::in_abiquo(Action::PostRegisters, &url, &self.account.name, register.enterprise, &header.provider, &day);
        let place = DayPlace { run: self.run, client, header, register, subject };
        let fate = match register {
            Register { done: true, .. } => Fate::Recorded,
            Register { held, .. } if !held.is_empty() => Fate::Held { codes: held.clone() },
            Register { categories, .. } if categories.is_empty() => Fate::Nothing,
            _ => return Ok(self.settle(&place, hindrance).await),
        };
        Ok(self.settle_earlier(&place).await?.unwrap_or(fate))
    }

    /// What an earlier run sent and heard nothing of is looked up also where there is nothing to send now. A fate is
    /// given where that fails.
    async fn settle_earlier(&self, place: &DayPlace<'_>) -> Result<Option<Fate>, Error> {
        let open = if self.run.dry_run { Vec::new() } else { self.journal.open_intents(&place.subject)? };
        for intent in open {
            let Entered::Intent { payload: Some(sha256) } = &intent.step else { continue };
            let sent = self.journal.payload(sha256)?.unwrap_or_default();
            let sent: Register = serde_json::from_slice(&sent).map_err(bill::Error::Answer)?;
            match (DayPlace { register: &sent, subject: place.subject.clone(), ..*place }).look_up().await {
                Ok(found) => self.answer(intent.id, Answer::new(found.outcome()))?,
                Err(lost) => return Ok(Some(never_answered(&lost))),
            };
        }
        Ok(None)
    }

    async fn own_estimate(&self, client: &Client, header: &PostingHeader, enterprise: u64, day: Date) -> Result<Option<String>, Error> {
        let standing = standing(client, header, enterprise).await?;
        let of_period = standing.iter().filter(|bill| bill.period_start == Some(header.period.start));
        let costs: Vec<Cost<'_>> = of_period
            .filter_map(|bill| Some(Cost { date: format_date(bill.date?), price: bill.price.as_deref()?, estimated: "0" }))
            .collect();
        let costs = serde_json::to_vec(&costs).map_err(bill::Error::Answer)?;
        let job = format!("{{\"period\": \"{}\"}}", day.strftime("%Y-%m"));
        let estimated: Estimated = serde_json::from_str(&self.run.biller.estimate(&costs, &job)?).map_err(bill::Error::Answer)?;
        Ok(estimated.estimate)
    }
}

/// The cost record of one enterprise, on its way.
struct DayPlace<'a> {
    run: &'a Month,
    client: &'a Client,
    header: &'a PostingHeader,
    register: &'a Register,
    subject: Subject,
}

impl Place for DayPlace<'_> {
    fn subject(&self) -> &Subject {
        &self.subject
    }

    fn payload(&self) -> Result<Vec<u8>, Error> {
        Ok(serde_json::to_vec(self.register).map_err(bill::Error::Answer)?)
    }

    /// What is there for this very day.
    async fn look_up(&self) -> Result<Found, Error> {
        let standing = standing(self.client, self.header, self.register.enterprise).await?;
        let of_the_day = standing.iter().filter(|bill| bill.date == Some(self.header.date));
        let posting = PostingLines { categories: &self.register.categories, tenants: &[] };
        let previous = Previous { bills: Vec::new(), tenants: &[] };
        judge(&self.run.biller, self.header, posting, of_the_day, &previous, &Bounds::NONE)
    }

    async fn send(&self) -> Result<abiquo::Posted, abiquo::Error> {
        self.client.post_registers_by_categories(self.register.enterprise, self.header, Some("0"), &self.register.categories).await
    }

    /// Days only go forward: nothing that is recorded is taken back.
    fn removal(&self) -> Option<&Subject> {
        None
    }

    async fn remove(&self) -> Result<Deleted, abiquo::Error> {
        Ok(Deleted::NothingThere)
    }
}

fn read_day(answer: &str) -> Result<Day, Error> {
    Ok(serde_json::from_str(answer).map_err(bill::Error::Answer)?)
}

async fn standing(client: &Client, header: &PostingHeader, enterprise: u64) -> Result<Vec<Bill>, crate::abiquo::Error> {
    client.registers(enterprise, &header.provider)?.all().await
}

fn earlier_record(enterprise: u64, bill: &Bill) -> Earlier {
    let date = |instant: Option<jiff::Timestamp>| instant.map_or_else(|| "unknown".to_string(), format_date);
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    Earlier {
        enterprise,
        stated_enterprise: bill.enterprise,
        provider: bill.provider.clone(),
        date: date(bill.date),
        period_start: date(bill.period_start),
        category: text(&bill.category),
        usage_type: text(&bill.usage_type),
        price: text(&bill.price),
        currency: text(&bill.currency),
    }
}
