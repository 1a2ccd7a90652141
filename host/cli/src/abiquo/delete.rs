//! `delete`: shows what would go, and deletes it where that was asked for. What became of it is looked up.

use anyhow::anyhow;
use clap::Args;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use skubill_runner::reconcile::{Kind, Removal, Removed};
use skubill_services::abiquo::{Bill as Line, BillingPeriod, Error};

use super::place::{Place, Resolved, When, name_of};
use super::{list, table};
use crate::fail::Fail;
use crate::run::status;
use crate::single::{Month, Shown, note};

/// All lines of the provider's bills whose period begins at one instant, whoever posted them.
#[derive(Args)]
pub struct Bill {
    #[command(flatten)]
    pub place: Place,
    /// The month, YYYY-MM, UTC.
    #[arg(long, value_name = "YYYY-MM", required_unless_present = "start", conflicts_with = "start")]
    period: Option<Month>,
    /// Begin of the period, if it is no month: a day, or an instant.
    #[arg(long, value_name = "T")]
    start: Option<When>,
    /// Delete them; otherwise they are only shown.
    #[arg(long)]
    yes: bool,
}

/// All registers of the provider of one date, to the second, whoever posted them.
#[derive(Args)]
pub struct Register {
    #[command(flatten)]
    pub place: Place,
    /// Their date: an instant, or a day, which means its last second.
    #[arg(long, value_name = "T")]
    date: When,
    /// Delete them; otherwise they are only shown.
    #[arg(long)]
    yes: bool,
}

impl Bill {
    pub async fn run(&self, place: &Resolved) -> Result<Shown, Fail> {
        let start = self.start.or(self.period.map(|month| When::Day(month.first)));
        let start = start.ok_or_else(|| Fail::Usage("--period or --start: which bill?".into()))?;
        Going { place, kind: Kind::Bill, at: start.first()? }.settle(self.yes).await
    }
}

impl Register {
    pub async fn run(&self, place: &Resolved) -> Result<Shown, Fail> {
        Going { place, kind: Kind::Registers, at: self.date.last()? }.settle(self.yes).await
    }
}

/// How far from the instant that is named a bill is looked for, to be named where it begins at another one.
const NEAR: SignedDuration = SignedDuration::from_hours(31 * 24);

/// What is to go: of a provider, by where its period begins or by its date.
struct Going<'a> {
    place: &'a Resolved,
    kind: Kind,
    at: Timestamp,
}

impl Going<'_> {
    async fn settle(&self, yes: bool) -> Result<Shown, Fail> {
        self.place.must_be_ours()?;
        let (there, others) = self.there().await?;
        if there.is_empty() {
            note(&format!("Nothing of {} is there at {}{}.", self.place.provider, self.at, elsewhere(&others)));
            return Ok(self.shown("nothing-there", &there));
        }
        if !yes {
            note(&format!("{} would be deleted; --yes deletes them.", self.count(&there)));
            return Ok(self.shown("would-be-deleted", &there));
        }
        self.delete(&there).await?;
        Ok(self.shown("deleted", &there))
    }

    /// Sent once, on the record, and looked up after: a 204 does not say whether anything went.
    async fn delete(&self, there: &[Line]) -> Result<(), Fail> {
        let tools = self.place.tools(self.at)?;
        let Resolved { account, enterprise, .. } = self.place;
        let removal = Removal { kind: self.kind, account, url: &tools.url, enterprise: *enterprise, at: self.at, lines: there };
        match self.place.gate(&tools, &[]).remove(&removal).await? {
            Removed::Gone { lost: false } => note(&format!("{} deleted.", self.count(there))),
            Removed::Gone { lost: true } => {
                note(&format!("{} deleted: the answer was lost, and they were looked up and are gone.", self.count(there)));
            }
            Removed::StillThere { said, left, lost } => {
                let told = format!("{said}; they were looked up: {} still there", self.count(&left));
                return Err(if lost { Fail::Unknown(format!("{told}, and may go yet")) } else { Fail::World(anyhow!(told)) });
            }
            Removed::Unknown { reason } => return Err(Fail::Unknown(reason)),
            Removed::Blocked(became) => return Err(Fail::World(anyhow!("nothing was deleted: {}", status(&became)))),
        }
        Ok(())
    }

    /// What would go, and what of the provider would not.
    async fn there(&self) -> Result<(Vec<Line>, Vec<Timestamp>), Error> {
        let Resolved { client, enterprise, provider, .. } = self.place;
        let (found, at): (_, fn(&Line) -> Option<Timestamp>) = match self.kind {
            Kind::Bill => {
                let wrong = |_| Error::Invalid(format!("{} is no date of a bill", self.at));
                let [start, end] = [-NEAR, NEAR].map(|near| self.at.checked_add(near));
                let period = BillingPeriod { start: start.map_err(wrong)?, end: end.map_err(wrong)? };
                (client.find_bills(*enterprise, provider, &period).await?, |line| line.period_start)
            }
            Kind::Registers => (client.find_registers(*enterprise, provider).await?.ours, |line| line.date),
        };
        let (there, others): (Vec<_>, Vec<_>) = found.into_iter().partition(|line| at(line) == Some(self.at));
        Ok((there, others.iter().filter_map(at).collect()))
    }

    fn shown(&self, fate: &str, lines: &[Line]) -> Shown {
        let mut value = list::lines(self.kind, lines);
        value["fate"] = json!(fate);
        Shown::of(value, table::bills(lines))
    }

    fn count(&self, lines: &[Line]) -> String {
        let (line, of) = (if lines.len() == 1 { "line" } else { "lines" }, name_of(self.kind));
        format!("{} {line} of {of}", lines.len())
    }
}

/// Where something is that was not found: a time of day is easily another one than was meant.
fn elsewhere(others: &[Timestamp]) -> String {
    let mut at: Vec<String> = others.iter().map(Timestamp::to_string).collect();
    at.sort();
    at.dedup();
    if at.is_empty() { String::new() } else { format!("; it is at {}", at.join(", ")) }
}
