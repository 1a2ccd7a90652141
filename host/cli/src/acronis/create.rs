//! `skubill acronis reports create`: every parameter of a report. It is asked for once; where the answer is
//! lost, the tenant's reports tell what became of it.

use anyhow::anyhow;
use clap::Args;
use jiff::civil::Date;
use serde_json::json;
use skubill_runner::config::Account;
use skubill_services::acronis::{Client, DateRange, Error, Format, Kind, Level, ReportRequest, ResultAction, Schedule};

use super::arguments::{root, word};
use super::table;
use crate::fail::Fail;
use crate::single::{At, Month, Shown, note};

#[derive(Args)]
pub struct Create {
    #[command(flatten)]
    pub at: At,
    /// The month, YYYY-MM, instead of a first and a last day.
    #[arg(long, value_name = "YYYY-MM", conflicts_with_all = ["start", "end"])]
    period: Option<Month>,
    /// The first day, YYYY-MM-DD. `usage_current` and a monthly report have periods of their own.
    #[arg(long, value_name = "D", requires = "end")]
    start: Option<Date>,
    /// The last day, inclusive.
    #[arg(long, value_name = "D", requires = "start")]
    end: Option<Date>,
    /// The root tenant of the report; by default the API client's own.
    #[arg(long, value_name = "TENANT")]
    tenant: Option<String>,
    /// usage_summary, usage_current, usage_daily or usage_breakdown.
    #[arg(long, value_parser = word::<Kind>, default_value = "usage_summary")]
    kind: Kind,
    /// direct_partners, all_partners, all_customers or accounts.
    #[arg(long, value_parser = word::<Level>, default_value = "direct_partners")]
    level: Level,
    /// csv_v2_0, json_v2_0, csv, html or json_v1; may be repeated. By default csv_v2_0 with `save`, csv with `send`.
    #[arg(long = "stored", value_name = "FORMAT", value_parser = word::<Format>)]
    formats: Vec<Format>,
    /// Omit SKUs.
    #[arg(long)]
    without_skus: bool,
    /// Include rows without usage.
    #[arg(long)]
    with_zero_usage: bool,
    /// When Acronis creates it: once, or monthly.
    #[arg(long, value_name = "once|monthly", value_parser = word::<Schedule>, default_value = "once")]
    schedule: Schedule,
    /// The day of a report that is created once; by default today.
    #[arg(long, value_name = "D")]
    generation_date: Option<Date>,
    /// What Acronis does with it: `save` stores it for download, `send` mails it.
    #[arg(long, value_name = "save|send", value_parser = word::<ResultAction>, default_value = "save")]
    action: ResultAction,
    /// The UUID of a user to send it to; may be repeated.
    #[arg(long = "recipient", value_name = "USER")]
    recipients: Vec<String>,
}

impl Create {
    pub async fn run(&self, client: &Client, account: &Account) -> Result<Shown, Fail> {
        let mut request = self.request();
        if let Some(mistake) = request.mistake() {
            return Err(Fail::Usage(mistake.to_string()));
        }
        request.tenant_id = root(self.tenant.as_ref(), account, client).await?;
        // Should the answer be lost, what was there before tells what is new.
        let before = client.reports_of(&request.tenant_id).await;
        match client.create_report(&request).await {
            Ok(created) => Ok(Shown::of(json!(created), table::report(&created))),
            Err(lost) if lost.is_unknown() => look_up(client, &request, before, lost).await,
            Err(error) => Err(error.into()),
        }
    }

    /// What is asked for, its tenant aside.
    fn request(&self) -> ReportRequest {
        let days = self.start.zip(self.end).map(|(start, end)| DateRange { start, end });
        let month = self.period.map(|month| DateRange { start: month.first, end: month.last });
        let usual = match self.action {
            ResultAction::Send => Format::Csv,
            _ => Format::CsvV2,
        };
        ReportRequest {
            tenant_id: String::new(),
            kind: self.kind.clone(),
            level: self.level.clone(),
            formats: if self.formats.is_empty() { vec![usual] } else { self.formats.clone() },
            period: days.or(month),
            show_skus: !self.without_skus,
            hide_zero_usage: !self.with_zero_usage,
            schedule: self.schedule.clone(),
            generation_date: self.generation_date,
            result_action: self.action.clone(),
            recipients: self.recipients.clone(),
        }
    }
}

/// After a lost answer: the one new report that asks for the same is the one. It is not asked for again.
async fn look_up(client: &Client, request: &ReportRequest, before: Result<Vec<String>, Error>, lost: Error) -> Result<Shown, Fail> {
    let unknown =
        |why: String| Fail::Unknown(format!("{lost}. {why}. It was not asked for again: `acronis reports list` and `status` tell more"));
    let before = before.map_err(|error| unknown(format!("The reports that were there before could not be listed: {error}")))?;
    let found = client.reports_like(request, &before).await;
    match found.map_err(|error| unknown(format!("Looking it up failed too: {error}")))?.as_slice() {
        [] => Err(Fail::World(anyhow!("{lost}; it was looked up and is not there"))),
        [created] => {
            note("The answer was lost; among the tenant's reports there is one that is new and asks for the same: this one.");
            Ok(Shown::of(json!(created), table::report(created)))
        }
        several => {
            let ids: Vec<&str> = several.iter().map(|report| report.id.as_str()).collect();
            Err(unknown(format!("Several new reports ask for the same: {}", ids.join(", "))))
        }
    }
}
