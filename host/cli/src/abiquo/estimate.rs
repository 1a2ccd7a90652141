//! `registers estimate`: Abiquo's own, as it says it and as it was understood, and ours from the same
//! registers. Which of the two is right nobody here can tell, so both are shown.

use clap::Args;
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde_json::{Value, json};
use skubill::answer::Estimated;
use skubill::bill::{Biller, Error};
use skubill::word::Fit;
use skubill_services::abiquo::{Bill, BillingPeriod, Estimate as Theirs, Reading, format_date};

use super::place::{Place, Resolved};
use crate::estimate::Method;
use crate::fail::Fail;
use crate::ledger::{number, table, text};
use crate::single::{Shown, note};

#[derive(Args)]
pub struct Estimate {
    #[command(flatten)]
    pub place: Place,
    /// The method of our least-squares line; Abiquo does not publish its formula.
    #[arg(long, value_enum, default_value = "cumulative")]
    method: Method,
}

impl Estimate {
    pub async fn run(&self, place: &Resolved) -> Result<Shown, Fail> {
        let Resolved { client, enterprise, provider, .. } = place;
        let theirs = client.estimate(*enterprise, provider).await?;
        let registers = client.find_registers(*enterprise, provider).await?.ours;
        let ours = match Records::of(&registers) {
            Ok(records) => Some(records.estimate(self.method)?),
            Err(why) => {
                note(&format!("No estimate of our own: {why}."));
                None
            }
        };
        let currency = registers.first().and_then(|register| register.currency.clone());
        let mut shown = table(["Estimate", "Amount", "", "How"]);
        let (amount, code) = read(&theirs);
        shown.add_row([
            text("Abiquo's"),
            number(amount),
            text(code),
            text(&format!("in its words: {}", crate::show::quoted(&theirs.text))),
        ]);
        if let Some(ours) = &ours {
            let Estimated { estimate, method, records, days, .. } = Estimated::<String>::deserialize(ours).map_err(Error::Answer)?;
            let how = format!("{method}, from {records} records, for a period of {days} days");
            let amount = estimate.unwrap_or_else(|| "none".into());
            shown.add_row([text("ours"), number(amount), text(currency.as_deref().unwrap_or_default()), text(&how)]);
            note("A fixed estimate that was posted is never given back: ours is from the costs alone.");
        }
        let value = json!({"enterprise": enterprise, "provider": provider, "abiquo": theirs, "ours": ours, "currency": currency});
        Ok(Shown::of(value, shown))
    }
}

/// What the text was understood to say.
fn read(theirs: &Theirs) -> (String, &str) {
    match &theirs.reading {
        Reading::Amount { number, currency } => (crate::show::one_line(number), currency.as_deref().unwrap_or_default()),
        Reading::None => ("none".into(), ""),
        Reading::NotANumber => ("no number".into(), ""),
        Reading::Unclear => ("unclear".into(), ""),
    }
}

/// Registers that the component can make an estimate of.
struct Records<'a> {
    month: String,
    costs: Vec<(String, &'a str)>,
}

impl<'a> Records<'a> {
    /// All of one calendar month and one currency, each with date and price; or what is not so.
    fn of(registers: &'a [Bill]) -> Result<Self, &'static str> {
        let first = registers.first().ok_or("there are no registers")?;
        let period = first.period().ok_or("a register states no period")?;
        let day = period.start.to_zoned(TimeZone::UTC).date();
        let month = BillingPeriod::days(day.first_of_month(), day.last_of_month()).ok();
        if month != Some(period) {
            return Err("the registers' period is no calendar month");
        }
        if registers.iter().any(|register| register.period() != Some(period)) {
            return Err("the registers are of several periods");
        }
        if registers.iter().any(|register| register.currency != first.currency) {
            return Err("the registers are in several currencies");
        }
        let cost = |register: &'a Bill| Some((format_date(register.date?), register.price.as_deref()?));
        let costs = registers.iter().map(cost).collect::<Option<_>>().ok_or("a register states no date or no price")?;
        Ok(Records { month: day.strftime("%Y-%m").to_string(), costs })
    }

    fn estimate(&self, method: Method) -> Result<Value, Fail> {
        let costs: Vec<Value> = self.costs.iter().map(|(date, price)| json!({"date": date, "price": price})).collect();
        let costs = serde_json::to_vec(&costs).map_err(Error::Answer)?;
        let job = json!({"period": self.month, "method": Fit::from(method)}).to_string();
        Ok(serde_json::from_str(&Biller::new()?.estimate(&costs, &job)?).map_err(Error::Answer)?)
    }
}
