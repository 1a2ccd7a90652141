//! `post`: what is there is looked up first, since Abiquo has no idempotency keys; then it is sent, once; and
//! where the answer is lost, it is looked up again.

use std::path::PathBuf;

use anyhow::anyhow;
use clap::Args;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use skubill::abiquo::{Bill as Line, BillingPeriod, Error, NewBill, NewRegister, Posted, PostingHeader};
use skubill::month::{Fate, NEW_PROVIDER};
use skubill::outcome::PostingCategory;

use super::content::{self, amount, currency};
use super::place::{Kind, Place, Resolved, Span, When};
use super::{beside, list, table};
use crate::exit::Exit;
use crate::fail::Fail;
use crate::run::{fate, new_provider};
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
    /// When the bill was made: an instant, or a day, of which the last second is meant; now unless named.
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
    /// What the record is of: a day, of which the last second is sent, or an instant. The period is its month unless named.
    #[arg(long, value_name = "T")]
    date: When,
}

#[derive(Args)]
struct Common {
    /// A file with the `categories` of a posting, a posting, or an outcome, of which the enterprise's posting is taken.
    #[arg(long, value_name = "FILE")]
    categories: Option<PathBuf>,
    /// ISO 4217, such as EUR; that of the file unless named.
    #[arg(long, value_name = "CODE", value_parser = currency)]
    currency: Option<String>,
    /// `new-provider` posts for a provider that Abiquo does not list.
    #[arg(long, value_name = "new-provider", value_parser = [NEW_PROVIDER])]
    accept: Option<String>,
}

/// What is to be posted, and where.
struct Sending<'a> {
    place: &'a Resolved,
    kind: Kind,
    header: PostingHeader,
    price: Option<String>,
    estimated: Option<String>,
    categories: Option<Vec<PostingCategory>>,
}

impl Bill {
    pub async fn run(&self, place: &Resolved) -> Result<Shown, Fail> {
        let date = self.date.map(When::last).transpose()?.unwrap_or_else(Timestamp::now);
        self.common.post(place, Kind::Bills, self.span.named()?, date, (&self.price, &None)).await
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
            (None, Kind::Bills) => return Err(Fail::Usage("--period: which month is the bill for?".into())),
        };
        let currency = self.currency.clone().or(in_file).ok_or_else(|| Fail::Usage("--currency: in which currency?".into()))?;
        let header = PostingHeader { provider: place.provider.clone(), date, period, currency };
        let (price, estimated, categories) = (price.clone(), estimated.clone(), file.map(|file| file.categories));
        Sending { place, kind, header, price, estimated, categories }.settle(self.accept.is_some()).await
    }
}

impl Sending<'_> {
    async fn settle(&self, new_provider_accepted: bool) -> Result<Shown, Fail> {
        let there = self.there().await?;
        if !there.is_empty() {
            let found = self.beside(&there)?;
            let what = if found == Fate::AlreadyThere { "it is there already, and equal".into() } else { fate(&found) };
            note(&format!("Nothing was sent: {what}."));
            return Ok(self.shown(&found, &there).ending(Exit::Findings));
        }
        if !new_provider_accepted {
            let listed = self.place.client.providers(self.place.enterprise).await?;
            if !listed.contains(&self.header.provider) {
                note(new_provider(&self.header.provider).trim_end());
                let mut value = json!(Fate::NewProvider);
                (value["provider"], value["providers"]) = (json!(self.header.provider), json!(listed));
                return Ok(Shown::of(value, table::names("Providers that Abiquo lists", &listed)).ending(Exit::Findings));
            }
        }
        match self.send().await {
            Ok(posted) => self.posted(posted).await,
            Err(error) if error.is_unknown() || error.is_already_there() => self.look_up(error).await,
            Err(error) => Err(error.into()),
        }
    }

    async fn send(&self) -> Result<Posted, Error> {
        let Resolved { client, enterprise, .. } = self.place;
        let Sending { header, price, estimated, .. } = self;
        match (self.kind, &self.categories) {
            (Kind::Bills, Some(categories)) => client.post_bill_by_categories(*enterprise, header, categories).await,
            (Kind::Bills, None) => {
                let bill = NewBill { header: header.clone(), price: price.clone().unwrap_or_default() };
                client.post_bill(*enterprise, &bill).await
            }
            (Kind::Registers, Some(categories)) => {
                client.post_registers_by_categories(*enterprise, header, estimated.as_deref(), categories).await
            }
            (Kind::Registers, None) => {
                let register = NewRegister { header: header.clone(), price: price.clone(), estimated: estimated.clone() };
                client.post_register(*enterprise, &register).await
            }
        }
    }

    /// What stands in its place: bills that share a second of the period, registers of the date.
    async fn there(&self) -> Result<Vec<Line>, Error> {
        let Resolved { client, enterprise, .. } = self.place;
        let PostingHeader { provider, date, period, .. } = &self.header;
        match self.kind {
            Kind::Bills => client.find_bills(*enterprise, provider, period).await,
            Kind::Registers => {
                let mut standing = client.registers(*enterprise, provider)?.all().await?;
                standing.retain(|register| register.date == Some(*date));
                Ok(standing)
            }
        }
    }

    fn beside(&self, there: &[Line]) -> Result<Fate, Fail> {
        let posting = match &self.categories {
            Some(categories) => beside::by_categories(categories),
            None => beside::plain(self.price.as_deref().unwrap_or("0")),
        };
        beside::compare(&self.header, &posting, there)
    }

    /// It was accepted. What Abiquo does not tell of it is read back.
    async fn posted(&self, posted: Posted) -> Result<Shown, Fail> {
        let Posted { status, mut bills, unread } = posted;
        if let Some(unread) = unread {
            note(&format!("It was accepted ({status}), but the answer cannot be read: {unread}"));
        }
        if bills.is_empty() {
            match self.there().await {
                Ok(there) => bills = there,
                Err(error) => note(&format!("It was accepted ({status}); reading it back failed: {error}")),
            }
        }
        let mut shown = self.shown(&Fate::Posted, &bills);
        shown.value["status"] = json!(status);
        Ok(shown)
    }

    /// After a lost answer, or one that says that something is there: only looking tells.
    async fn look_up(&self, error: Error) -> Result<Shown, Fail> {
        let there = match self.there().await {
            Ok(there) => there,
            Err(lost) => return Err(Fail::Unknown(format!("{error}; looking it up failed too: {lost}"))),
        };
        if there.is_empty() {
            return Err(Fail::World(anyhow!("{error}; it was looked up and is not there")));
        }
        match self.beside(&there)? {
            Fate::AlreadyThere => {
                note(&format!("{error}. It was looked up, and is there."));
                Ok(self.shown(&Fate::Posted, &there))
            }
            different => {
                note(&format!("{error}. It was looked up: {}.", fate(&different)));
                Ok(self.shown(&different, &there).ending(Exit::Findings))
            }
        }
    }

    fn shown(&self, fate: &Fate, lines: &[Line]) -> Shown {
        let mut value = list::lines(self.kind, lines);
        if let (Value::Object(value), Value::Object(fate)) = (&mut value, json!(fate)) {
            value.extend(fate);
        }
        Shown::of(value, table::bills(lines))
    }
}

/// A posting that findings hold is not posted: `preview --accept` lets one pass.
fn held(codes: &[String]) -> Shown {
    let fate_of = Fate::Held { codes: codes.to_vec() };
    note(&format!("Nothing was sent: the posting is {}; preview it with --accept to let that pass.", fate(&fate_of)));
    Shown { value: json!(fate_of), text: String::new(), exit: Exit::Findings }
}

fn month_of(date: Timestamp) -> Result<BillingPeriod, Fail> {
    let day: Date = date.to_zoned(TimeZone::UTC).date();
    Ok(BillingPeriod::days(day.first_of_month(), day.last_of_month())?)
}
