//! `post`: one posting through the gate that every write passes: looked up first, sent once, and seen after.

use std::path::PathBuf;

use anyhow::{Context, anyhow};
use clap::Args;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use skubill::bill::Limits;
use skubill_runner::config::read_book;
use skubill_runner::reconcile::{
    BOUNDS, Content, ENTERPRISE_NAME, Kind, MISSING_IN_ABIQUO, NEW_PROVIDER, PostingStatus, Reconciled, Target,
};
use skubill_services::abiquo::{BillingPeriod, PostingHeader};

use super::content::{self, amount, currency};
use super::place::{Place, Resolved, Span, Tools, When};
use super::{list, table};
use crate::exit::Exit;
use crate::fail::Fail;
use crate::run::{new_provider, noise, status};
use crate::single::{Shown, note};

#[derive(Args)]
pub struct Bill {
    #[command(flatten)]
    pub place: Place,
    #[command(flatten)]
    span: Span,
    #[command(flatten)]
    common: Common,
    /// The whole bill as one amount.
    #[arg(long, value_name = "AMOUNT", allow_negative_numbers = true, value_parser = amount, required_unless_present = "categories", conflicts_with = "categories")]
    price: Option<String>,
    /// Date of the bill: an instant, or a day, which means its last second; by default now.
    #[arg(long, value_name = "T")]
    date: Option<When>,
}

#[derive(Args)]
pub struct Register {
    #[command(flatten)]
    pub place: Place,
    #[command(flatten)]
    span: Span,
    #[command(flatten)]
    common: Common,
    /// The cost, as one amount.
    #[arg(long, value_name = "AMOUNT", allow_negative_numbers = true, value_parser = amount, conflicts_with = "categories")]
    price: Option<String>,
    /// The estimate of the period; 0 asks for one from the costs of the period.
    #[arg(long, value_name = "AMOUNT", allow_negative_numbers = true, value_parser = amount)]
    estimated: Option<String>,
    /// Date of the record: a day, which means its last second, or an instant. The period is by default its month.
    #[arg(long, value_name = "T")]
    date: When,
}

#[derive(Args)]
struct Common {
    /// A file with the `categories` of a posting, with a posting, or with an outcome that has the enterprise's posting.
    #[arg(long, value_name = "FILE")]
    categories: Option<PathBuf>,
    /// ISO 4217, such as EUR; by default that of the file.
    #[arg(long, value_name = "CODE", value_parser = currency)]
    currency: Option<String>,
    /// Accept a finding as for `run`: CODE, or CODE:ENTERPRISE (for `new-provider` CODE:PROVIDER); may be repeated.
    #[arg(long, value_name = "CODE[:SUBJECT]", value_parser = acceptance)]
    accept: Vec<String>,
}

/// A code that stands in the way of a single posting.
fn acceptance(text: &str) -> Result<String, String> {
    let codes = || [NEW_PROVIDER, ENTERPRISE_NAME, MISSING_IN_ABIQUO].into_iter().chain(BOUNDS);
    let code = text.split(':').next().unwrap_or_default();
    match codes().any(|known| known == code) {
        true => Ok(text.to_string()),
        false => Err(format!("no such code; there are {}", codes().collect::<Vec<_>>().join(", "))),
    }
}

impl Bill {
    pub async fn run(&self, place: &Resolved) -> Result<Shown, Fail> {
        let date = self.date.map(When::last).transpose()?.unwrap_or_else(Timestamp::now);
        self.common.post(place, Kind::Bill, self.span.named()?, date, (&self.price, &None)).await
    }
}

impl Register {
    pub async fn run(&self, place: &Resolved) -> Result<Shown, Fail> {
        if self.price.is_none() && self.estimated.is_none() && self.common.categories.is_none() {
            return Err(Fail::Usage("one of --price, --estimated and --categories: what is recorded?".into()));
        }
        self.common.post(place, Kind::Registers, self.span.named()?, self.date.last()?, (&self.price, &self.estimated)).await
    }
}

impl Common {
    async fn post(
        &self,
        place: &Resolved,
        kind: Kind,
        named: Option<BillingPeriod>,
        date: Timestamp,
        (price, estimated): (&Option<String>, &Option<String>),
    ) -> Result<Shown, Fail> {
        place.must_be_ours()?;
        let file = self.categories.as_deref().map(|path| content::read(path, place.enterprise)).transpose()?;
        if let Some(file) = file.as_ref().filter(|file| !file.held.is_empty()) {
            return Ok(held(&file.held));
        }
        let (said, in_file) = file.as_ref().map_or((None, None), |file| (file.period, file.currency.clone()));
        let period = match (named.or(said), kind) {
            (Some(period), _) => period,
            (None, Kind::Registers) => month_of(date)?,
            (None, Kind::Bill) => return Err(Fail::Usage("--period: which month is the bill for?".into())),
        };
        let currency = self.currency.clone().or(in_file).ok_or_else(|| Fail::Usage("--currency: in which currency?".into()))?;
        let header = PostingHeader { provider: place.provider.clone(), date, period, currency };
        let content = match &file {
            Some(file) => Content::Categories { categories: &file.categories, estimated: estimated.as_deref() },
            None => Content::Plain { price: price.as_deref(), estimated: estimated.as_deref() },
        };
        let tools = place.tools(header.period.start)?;
        let names = self.names(place, &tools)?;
        let target = Target {
            kind,
            account: &place.account,
            url: &tools.url,
            enterprise: place.enterprise,
            header: &header,
            content,
            total: "",
            tenants: None,
            names: names.iter().map(String::as_str).collect(),
            held: &[],
            bounds: Some(&place.billing.bounds),
            based_on: None,
            idle: None,
        };
        let gate = place.gate(&tools, &self.accept);
        let reconciled = gate.attempt(&target).await?;
        match reconciled.status {
            PostingStatus::NewProvider => new_to_abiquo(place).await,
            _ => shown(kind, reconciled),
        }
    }

    /// What the customers file of the billing calls the enterprise. Where that was let pass, it need not be there.
    fn names(&self, place: &Resolved, tools: &Tools) -> Result<Vec<String>, Fail> {
        let of_enterprise = format!("{ENTERPRISE_NAME}:{}", place.enterprise);
        if self.accept.iter().any(|accepted| *accepted == ENTERPRISE_NAME || *accepted == of_enterprise) {
            return Ok(Vec::new());
        }
        let path = &place.billing.customers;
        let bytes =
            read_book(path).with_context(|| format!("{}: the enterprise's name is compared with the customers file", path.display()))?;
        let customers = tools.biller.customers(&bytes, &Limits::new())?.customers;
        let ours = customers.into_iter().filter(|mapping| mapping.enterprise == place.enterprise);
        Ok(ours.filter_map(|mapping| mapping.enterprise_name).collect())
    }
}

/// The provider is new to Abiquo: it is shown which ones are not.
async fn new_to_abiquo(place: &Resolved) -> Result<Shown, Fail> {
    note(new_provider(&place.provider).trim_end());
    let listed = place.client.providers(place.enterprise).await?;
    let mut value = json!(PostingStatus::NewProvider);
    (value["provider"], value["providers"]) = (json!(place.provider), json!(listed));
    Ok(Shown::of(value, table::names("Providers that Abiquo lists", &listed)).ending(Exit::Findings))
}

/// What became of it, as it is told.
fn shown(kind: Kind, reconciled: Reconciled) -> Result<Shown, Fail> {
    let Reconciled { status: became, lines, approximations, http_status } = reconciled;
    let exit = match &became {
        PostingStatus::Posted => Exit::Done,
        PostingStatus::Unknown { reason } => return Err(Fail::Unknown(reason.clone())),
        PostingStatus::Failed { reason } => return Err(Fail::World(anyhow!("{reason}"))),
        PostingStatus::AlreadyThere => {
            note("Nothing was sent: it is there already, and equal.");
            Exit::Findings
        }
        PostingStatus::NotConfirmed { looked_up, .. } => {
            note(&status(&became));
            if *looked_up { Exit::World } else { Exit::Unknown }
        }
        PostingStatus::Stopped => {
            note(&format!("Nothing was sent: {}.", status(&became)));
            Exit::World
        }
        _ => {
            note(&format!("Nothing was sent: {}.", status(&became)));
            Exit::Findings
        }
    };
    if !approximations.is_empty() {
        note(noise(&approximations).trim_start_matches("; "));
    }
    let mut value = list::lines(kind, &lines);
    if let (Value::Object(value), Value::Object(became)) = (&mut value, json!(became)) {
        value.extend(became);
    }
    if let Some(http_status) = http_status {
        value["status"] = json!(http_status);
    }
    Ok(Shown::of(value, table::bills(&lines)).ending(exit))
}

/// A posting that findings hold is not posted: `preview --accept` lets one pass.
fn held(codes: &[String]) -> Shown {
    let held = PostingStatus::Held { codes: codes.iter().cloned().map(Into::into).collect() };
    note(&format!("Nothing was sent: the posting is {}; preview it with --accept to let that pass.", status(&held)));
    Shown { value: json!(held), text: String::new(), exit: Exit::Findings }
}

fn month_of(date: Timestamp) -> Result<BillingPeriod, Fail> {
    let day: Date = date.to_zoned(TimeZone::UTC).date();
    Ok(BillingPeriod::days(day.first_of_month(), day.last_of_month())?)
}
