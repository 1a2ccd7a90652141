//! Acronis' JSON: the only file of the host that knows its field names.
//!
//! Answers are decoded leniently: only what a caller cannot do without (an id, a list of items) must be
//! there. Numbers may be strings and booleans may be strings, for Acronis' own samples send them so.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use serde::Serialize;
use serde_json::{Value, json};

use super::words::{Format, Kind, Level, ResultAction, Schedule, StoredState};
use crate::http;

/// First and last day, inclusive, UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct DateRange {
    pub start: Date,
    pub end: Date,
}

/// A report to be made. [`ReportRequest::billing`] gives the one that a month is billed from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportRequest {
    /// The tenant (UUID) at the top of the report.
    pub tenant_id: String,
    pub kind: Kind,
    pub level: Level,
    /// At least one; each is stored by itself.
    pub formats: Vec<Format>,
    /// `None` for `usage_current` and for monthly schedules, which have their own.
    pub period: Option<DateRange>,
    /// Asks for the `sku` column. Not all partners may have it: then it is left out without a word.
    pub show_skus: bool,
    pub hide_zero_usage: bool,
    pub schedule: Schedule,
    pub generation_date: Option<Date>,
    pub result_action: ResultAction,
    /// Users (UUID) to whom a report with action `send` goes.
    pub recipients: Vec<String>,
}

impl ReportRequest {
    /// `usage_summary` of direct partners with SKUs, saved once as `csv_v2_0`: what Acronis recommends for
    /// billing, on the first days of the month after.
    pub fn billing(tenant_id: &str, period: DateRange) -> Self {
        Self {
            tenant_id: tenant_id.to_owned(),
            kind: Kind::UsageSummary,
            level: Level::DirectPartners,
            formats: vec![Format::CsvV2],
            period: Some(period),
            show_skus: true,
            hide_zero_usage: true,
            schedule: Schedule::Once,
            generation_date: None,
            result_action: ResultAction::Save,
            recipients: Vec::new(),
        }
    }

    /// What Acronis would refuse, or would do other than meant; said before anything is sent.
    pub fn mistake(&self) -> Option<&'static str> {
        let sends = self.result_action == ResultAction::Send;
        let has_its_own = self.kind == Kind::UsageCurrent || self.schedule != Schedule::Once;
        if self.formats.is_empty() {
            Some("a report needs at least one format")
        } else if self.period.is_none() && !has_its_own {
            Some("a report of this kind, made once, needs a period")
        } else if self.period.is_some_and(|p| p.end < p.start) {
            Some("the report's period ends before it starts")
        } else if sends && self.recipients.is_empty() {
            Some("a report that is to be sent needs a recipient")
        } else {
            None
        }
    }

    /// Whether a report was made for this request. What an answer leaves out of its tenant, kind, level or
    /// period cannot be told, and is not taken for granted.
    pub fn is_of(&self, report: &Report) -> bool {
        let agrees = |stated: Option<bool>, asked: bool| stated.is_none_or(|stated| stated == asked);
        report.tenant_id.as_ref() == Some(&self.tenant_id)
            && report.kind.as_ref() == Some(&self.kind)
            && report.level.as_ref() == Some(&self.level)
            && report.period == self.period
            && self.formats.iter().all(|format| report.formats.contains(format))
            && agrees(report.show_skus, self.show_skus)
            && agrees(report.hide_zero_usage, self.hide_zero_usage)
    }

    /// Whether a report was asked for like this. What Acronis does not tell of it is taken to be the same.
    pub(super) fn is_like(&self, report: &Report) -> bool {
        fn same<T: PartialEq>(told: &Option<T>, asked: &T) -> bool {
            told.as_ref().is_none_or(|told| told == asked)
        }
        same(&report.tenant_id, &self.tenant_id)
            && same(&report.kind, &self.kind)
            && same(&report.level, &self.level)
            && same(&report.schedule, &self.schedule)
            && same(&report.result_action, &self.result_action)
            && same(&report.show_skus, &self.show_skus)
            && same(&report.hide_zero_usage, &self.hide_zero_usage)
            && self.period.is_none_or(|period| same(&report.period, &period))
            && self.generation_date.is_none_or(|date| same(&report.generation_date, &date))
            && (report.formats.is_empty() || report.formats == self.formats)
            && (report.recipients.is_empty() || report.recipients == self.recipients)
    }

    pub fn to_json(&self) -> Value {
        let mut parameters = json!({
            "tenant_id": self.tenant_id,
            "kind": self.kind,
            "level": self.level,
            "formats": self.formats,
            "show_skus": self.show_skus,
            "hide_zero_usage": self.hide_zero_usage,
        });
        if let Some(period) = self.period {
            parameters["period"] = json!(period);
        }
        let mut report = json!({
            "parameters": parameters,
            "schedule": { "type": self.schedule },
            "result_action": self.result_action,
            // Required by the API's schema, although the article leaves it out.
            "recipients": self.recipients,
        });
        if let Some(date) = self.generation_date {
            report["generation_date"] = json!(date);
        }
        report
    }
}

/// A report as Acronis describes it. All but the id may be left out by the service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    pub id: String,
    /// What [`delete_report`](super::Client::delete_report) must be given: the optimistic lock.
    pub version: Option<u64>,
    pub tenant_id: Option<String>,
    pub kind: Option<Kind>,
    pub level: Option<Level>,
    pub formats: Vec<Format>,
    pub period: Option<DateRange>,
    pub generation_date: Option<Date>,
    pub show_skus: Option<bool>,
    pub hide_zero_usage: Option<bool>,
    pub schedule: Option<Schedule>,
    /// Whether the schedule is running.
    pub enabled: Option<bool>,
    pub result_action: Option<ResultAction>,
    pub recipients: Vec<String>,
}

/// One format of a report, stored or on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StoredReport {
    /// Absent while it is in progress.
    pub id: Option<String>,
    pub format: Format,
    /// Without an offset, as some answers have it, it is UTC.
    pub created_at: Option<Timestamp>,
    /// Bytes, compressed as far as is known: not relied upon.
    pub size: Option<u64>,
    pub state: StoredState,
}

/// A token, before it is a secret.
pub(super) struct TokenJson {
    pub access_token: String,
    /// UNIX seconds.
    pub expires_on: Option<i64>,
    /// Seconds from now.
    pub expires_in: Option<i64>,
}

/// `{"error": {…}}`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceError {
    /// A number such as `1001`, or a word.
    pub code: String,
    pub domain: Option<String>,
    pub message: String,
    /// What the service adds by way of explanation.
    pub info: Option<String>,
}

pub(super) fn report(body: &[u8]) -> Result<Report, String> {
    let value = object(body)?;
    let parameters = &value["parameters"];
    let period = &parameters["period"];
    let day = |value: &Value| text(value).and_then(|t| t.parse::<Date>().ok());
    Ok(Report {
        id: text(&value["id"]).ok_or("it has no `id`")?,
        version: number(&value["version"]),
        tenant_id: text(&parameters["tenant_id"]),
        kind: word(&parameters["kind"]),
        level: word(&parameters["level"]),
        formats: words(&parameters["formats"]),
        period: match (day(&period["start"]), day(&period["end"])) {
            (Some(start), Some(end)) => Some(DateRange { start, end }),
            _ => None,
        },
        // The article's example has it inside the period.
        generation_date: day(&value["generation_date"]).or_else(|| day(&period["generation_date"])),
        show_skus: flag(&parameters["show_skus"]),
        hide_zero_usage: flag(&parameters["hide_zero_usage"]),
        schedule: word(&value["schedule"]["type"]),
        enabled: flag(&value["schedule"]["enabled"]),
        result_action: word(&value["result_action"]),
        recipients: texts(&value["recipients"]),
    })
}

pub(super) fn report_ids(body: &[u8]) -> Result<Vec<String>, String> {
    items(&object(body)?)?
        .iter()
        // Plain ids as documented; objects too, should the service begin to tell more.
        .map(|item| text(item).or_else(|| text(&item["id"])).ok_or_else(|| "an item is no id".into()))
        .collect()
}

pub(super) fn stored(body: &[u8]) -> Result<Vec<StoredReport>, String> {
    let read = |item: &Value| {
        Ok(StoredReport {
            id: text(&item["id"]),
            format: word(&item["report_format"]).ok_or("an item has no `report_format`")?,
            created_at: text(&item["created_at"]).and_then(|t| instant(&t)),
            size: number(&item["size"]),
            state: word(&item["status"]).ok_or("an item has no `status`")?,
        })
    };
    items(&object(body)?)?.iter().map(read).collect()
}

/// The tenant that an API client belongs to.
pub(super) fn client_tenant(body: &[u8]) -> Result<String, String> {
    text(&object(body)?["tenant_id"]).ok_or_else(|| "it has no `tenant_id`".into())
}

pub(super) fn token(body: &[u8]) -> Result<TokenJson, String> {
    let value = object(body)?;
    let seconds = |value: &Value| number(value).and_then(|n| i64::try_from(n).ok());
    Ok(TokenJson {
        access_token: text(&value["access_token"]).ok_or("it has no `access_token`")?,
        expires_on: seconds(&value["expires_on"]),
        expires_in: seconds(&value["expires_in"]),
    })
}

/// The two fields of RFC 6749, section 5.2.
pub(super) fn oauth_error(body: &[u8]) -> Option<(String, Option<String>)> {
    let value = object(body).ok()?;
    Some((text(&value["error"])?, text(&value["error_description"])))
}

pub(super) fn service_error(body: &[u8]) -> Option<ServiceError> {
    let value = object(body).ok()?;
    let error = value["error"].as_object().map(|_| &value["error"])?;
    let (code, message) = (text(&error["code"]), text(&error["message"]));
    if code.is_none() && message.is_none() {
        return None;
    }
    Some(ServiceError {
        code: code.unwrap_or_default(),
        domain: text(&error["domain"]),
        message: message.unwrap_or_default(),
        info: text(&error["details"]["info"]),
    })
}

fn object(body: &[u8]) -> Result<Value, String> {
    match http::values(body) {
        Ok(value @ Value::Object(_)) => Ok(value),
        Ok(_) => Err("it is JSON, but no object".to_owned()),
        Err(error) => Err(format!("it cannot be read as JSON: {error}")),
    }
}

fn items(value: &Value) -> Result<&Vec<Value>, String> {
    value["items"].as_array().ok_or_else(|| "it has no list `items`".into())
}

/// Text that is not empty; a number as it is written.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn number(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.trim().parse().ok())
}

fn flag(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(flag) => Some(*flag),
        Value::String(text) => text.to_ascii_lowercase().parse().ok(),
        _ => None,
    }
}

fn word<W: for<'a> From<&'a str>>(value: &Value) -> Option<W> {
    value.as_str().map(W::from)
}

fn words<W: for<'a> From<&'a str>>(value: &Value) -> Vec<W> {
    value.as_array().into_iter().flatten().filter_map(word).collect()
}

fn texts(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().filter_map(text).collect()
}

fn instant(text: &str) -> Option<Timestamp> {
    text.parse().ok().or_else(|| {
        let civil: DateTime = text.parse().ok()?;
        TimeZone::UTC.to_timestamp(civil).ok()
    })
}
