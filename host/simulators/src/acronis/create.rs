//! The body of `POST /api/2/reports`, checked as the schema has it: nothing beside the named keys at the top, while
//! `parameters`, `schedule` and `period` may have others.

use super::read::*;
use crate::usage_data::{Format, Kind, Level};
use jiff::ToSpan;
use jiff::civil::Date;
use serde::Serialize;
use serde_json::{Map, Value};

/// A report as it was asked for; also what an answer tells of it.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Asked {
    pub recipients: Vec<String>,
    pub result_action: String,
    pub schedule: Schedule,
    pub parameters: Parameters,
    /// The day that was asked for. Unless one was: of a report that is made once the day of its creation, of a monthly
    /// one the day of its first run.
    pub generation_date: Date,
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct Schedule {
    pub enabled: bool,
    #[serde(rename = "type")]
    pub kind: String,
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct Parameters {
    pub formats: Vec<String>,
    pub level: String,
    pub kind: String,
    pub tenant_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub show_skus: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hide_zero_usage: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub period: Option<Period>,
}

#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct Period {
    pub end: Date,
    pub start: Date,
}

/// What a body is read with.
pub(super) struct Rules {
    pub today: Date,
    pub recipients_required: bool,
    pub booleans_as_text: bool,
    pub unknown_keys_refused: bool,
    pub default_formats: Vec<String>,
    /// Keys that are accepted at the top beside those of a creation.
    pub also: &'static [&'static str],
}

impl Rules {
    /// The request, or the first thing that is wrong with it.
    pub fn read(&self, body: &Value) -> Checked<Asked> {
        let all = object(body, "the body")?;
        let mut known = vec!["recipients", "result_action", "schedule", "parameters", "generation_date"];
        known.extend(self.also);
        only(all, &known, "")?;
        let recipients = match all.get("recipients") {
            None if self.recipients_required => return Err("recipients is missing".into()),
            None => Vec::new(),
            Some(list) => ids(list, "recipients")?,
        };
        let result_action = one_of(all, "result_action", "", &["save", "send"])?;
        let schedule = self.schedule(all.get("schedule"))?;
        let mut parameters = self.parameters(all.get("parameters"))?;
        let generation_date = match all.get("generation_date") {
            None if schedule.kind == "once" => self.today,
            None => self.first_run(),
            Some(value) => date(value, "generation_date")?,
        };
        parameters.period = Some(self.period_of(&parameters, &schedule, generation_date)?);
        Ok(Asked { recipients, result_action, schedule, parameters, generation_date })
    }

    fn parameters(&self, value: Option<&Value>) -> Checked<Parameters> {
        let value = value.ok_or("parameters is missing")?;
        let all = object(value, "parameters")?;
        self.no_others(all, &["formats", "level", "kind", "tenant_id", "show_skus", "hide_zero_usage", "period"], "parameters.")?;
        let formats = match all.get("formats") {
            None => self.default_formats.clone(),
            Some(list) => texts(list, "parameters.formats")?,
        };
        if let Some(other) = formats.iter().find(|f| Format::from_name(f).is_none()) {
            return Err(format!("parameters.formats: unknown format {other}"));
        }
        if formats.is_empty() {
            return Err("parameters.formats: at least one is needed".into());
        }
        let tenant_id = text(all, "tenant_id", "parameters.")?;
        if !is_uuid(&tenant_id) {
            return Err("parameters.tenant_id: not a UUID".into());
        }
        Ok(Parameters {
            formats,
            level: level(all)?,
            kind: kind(all)?,
            tenant_id,
            show_skus: self.boolean(all, "show_skus")?,
            hide_zero_usage: self.boolean(all, "hide_zero_usage")?,
            period: all.get("period").map(|period| self.period(period)).transpose()?,
        })
    }

    /// The period that an answer tells. That of `usage_current` is the service's to say: the month so far; and that of a
    /// monthly report that names none is its next run's.
    fn period_of(&self, parameters: &Parameters, schedule: &Schedule, generation_date: Date) -> Checked<Period> {
        let day_before = |day: Date| day.checked_sub(1.day()).unwrap_or(day);
        if parameters.kind == "usage_current" {
            let end = day_before(self.today);
            return Ok(Period { end, start: end.first_of_month() });
        }
        if schedule.kind == "once" {
            return parameters.period.ok_or("parameters.period is missing".into());
        }
        let end = day_before(generation_date.first_of_month());
        Ok(parameters.period.unwrap_or(Period { end, start: end.first_of_month() }))
    }

    /// The day of a monthly report's first run: the next first of a month, today included.
    fn first_run(&self) -> Date {
        let next = self.today.first_of_month().checked_add(1.month());
        if self.today.day() == 1 { self.today } else { next.unwrap_or(self.today) }
    }

    /// Whether a report that was read, and whose tenant there is, can be made.
    pub fn judge(&self, asked: &Asked) -> Checked<()> {
        match asked.parameters.period {
            // A monthly report's periods follow from its runs.
            _ if asked.schedule.kind != "once" => Ok(()),
            Some(period) if period.start > period.end => Err("parameters.period: the end is before the start".into()),
            Some(period) if period.end > self.today => Err("parameters.period: must not be in the future".into()),
            _ => Ok(()),
        }
    }

    pub(super) fn boolean(&self, all: &Map<String, Value>, key: &str) -> Checked<Option<bool>> {
        match all.get(key) {
            None => Ok(None),
            Some(Value::Bool(value)) => Ok(Some(*value)),
            Some(Value::String(value)) if self.booleans_as_text && value == "true" => Ok(Some(true)),
            Some(Value::String(value)) if self.booleans_as_text && value == "false" => Ok(Some(false)),
            Some(_) => Err(format!("parameters.{key}: not a boolean")),
        }
    }

    fn schedule(&self, value: Option<&Value>) -> Checked<Schedule> {
        let value = value.ok_or("schedule is missing")?;
        let all = object(value, "schedule")?;
        self.no_others(all, &["type", "enabled"], "schedule.")?;
        Ok(Schedule { enabled: enabled(all)?.unwrap_or(true), kind: one_of(all, "type", "schedule.", &["once", "monthly"])? })
    }

    fn period(&self, value: &Value) -> Checked<Period> {
        let all = object(value, "parameters.period")?;
        self.no_others(all, &["start", "end"], "parameters.period.")?;
        let part = |key: &str| match all.get(key) {
            None => Err(format!("parameters.period.{key} is missing")),
            Some(value) => date(value, &format!("parameters.period.{key}")),
        };
        Ok(Period { end: part("end")?, start: part("start")? })
    }

    /// Inside a body the schema allows keys that it does not name; they change nothing.
    pub(super) fn no_others(&self, all: &Map<String, Value>, known: &[&str], path: &str) -> Checked<()> {
        if self.unknown_keys_refused { only(all, known, path) } else { Ok(()) }
    }
}

/// `parameters.level`, one of those that there are.
pub(super) fn level(all: &Map<String, Value>) -> Checked<String> {
    let level = text(all, "level", "parameters.")?;
    Level::from_name(&level).map(|_| level.clone()).ok_or(format!("parameters.level: unknown level {level}"))
}

/// `parameters.kind`, one of those that there are.
pub(super) fn kind(all: &Map<String, Value>) -> Checked<String> {
    let kind = text(all, "kind", "parameters.")?;
    Kind::from_name(&kind).map(|_| kind.clone()).ok_or(format!("parameters.kind: unknown kind {kind}"))
}

/// `schedule.enabled`.
pub(super) fn enabled(all: &Map<String, Value>) -> Checked<Option<bool>> {
    match all.get("enabled") {
        None => Ok(None),
        Some(Value::Bool(enabled)) => Ok(Some(*enabled)),
        Some(_) => Err("schedule.enabled: not a boolean".into()),
    }
}
