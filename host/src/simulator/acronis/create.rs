//! The body of `POST /api/2/reports`, checked as the schema has it: nothing beside the named keys.

use crate::simulator::month::{Format, Kind, Level};
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
    #[serde(skip_serializing_if = "Option::is_none")]
    pub generation_date: Option<Date>,
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
    pub default_formats: Vec<String>,
    /// Keys that are accepted beside those of a creation: a change sends `id` and `version` too.
    pub also: &'static [&'static str],
}

type Checked<T> = Result<T, String>;

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
            Some(list) => texts(list, "recipients")?,
        };
        let result_action = one_of(all, "result_action", "", &["save", "send"])?;
        let schedule = schedule(all.get("schedule"))?;
        let mut parameters = self.parameters(all.get("parameters"))?;
        let mut generation_date = match all.get("generation_date") {
            None | Some(Value::Null) => None,
            Some(value) => Some(date(value, "generation_date")?),
        };
        if schedule.kind == "once" {
            generation_date = generation_date.or(Some(self.today));
            self.period_of_kind(&mut parameters)?;
        }
        Ok(Asked { recipients, result_action, schedule, parameters, generation_date })
    }

    fn parameters(&self, value: Option<&Value>) -> Checked<Parameters> {
        let value = value.ok_or("parameters is missing")?;
        let all = object(value, "parameters")?;
        let known = ["formats", "level", "kind", "tenant_id", "show_skus", "hide_zero_usage", "period"];
        only(all, &known, "parameters.")?;
        let level = text(all, "level", "parameters.")?;
        let kind = text(all, "kind", "parameters.")?;
        if Level::from_name(&level).is_none() {
            return Err(format!("parameters.level: unknown level {level}"));
        }
        if Kind::from_name(&kind).is_none() {
            return Err(format!("parameters.kind: unknown kind {kind}"));
        }
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
        if uuid::Uuid::parse_str(&tenant_id).is_err() {
            return Err("parameters.tenant_id: not a UUID".into());
        }
        Ok(Parameters {
            formats,
            level,
            kind,
            tenant_id,
            show_skus: self.boolean(all, "show_skus")?,
            hide_zero_usage: self.boolean(all, "hide_zero_usage")?,
            period: all.get("period").map(period).transpose()?,
        })
    }

    /// The period of a report that is made once. That of `usage_current` is the service's to say:
    /// the month so far.
    fn period_of_kind(&self, parameters: &mut Parameters) -> Checked<()> {
        if parameters.kind == "usage_current" {
            let end = self.today.checked_sub(1.day()).unwrap_or(self.today);
            let start = end.first_of_month();
            parameters.period = Some(Period { end, start });
        }
        match parameters.period {
            Some(_) => Ok(()),
            None => Err("parameters.period is missing".into()),
        }
    }

    /// Whether a report that was read, and whose tenant there is, can be made.
    pub fn judge(&self, asked: &Asked) -> Checked<()> {
        match asked.parameters.period {
            Some(period) if period.start > period.end => Err("parameters.period: the end is before the start".into()),
            Some(period) if period.end > self.today => Err("parameters.period: must not be in the future".into()),
            _ => Ok(()),
        }
    }

    fn boolean(&self, all: &Map<String, Value>, key: &str) -> Checked<Option<bool>> {
        match all.get(key) {
            None => Ok(None),
            Some(Value::Bool(value)) => Ok(Some(*value)),
            Some(Value::String(value)) if self.booleans_as_text && value == "true" => Ok(Some(true)),
            Some(Value::String(value)) if self.booleans_as_text && value == "false" => Ok(Some(false)),
            Some(_) => Err(format!("parameters.{key}: not a boolean")),
        }
    }
}

fn schedule(value: Option<&Value>) -> Checked<Schedule> {
    let value = value.ok_or("schedule is missing")?;
    let all = object(value, "schedule")?;
    only(all, &["type", "enabled"], "schedule.")?;
    let enabled = match all.get("enabled") {
        None => true,
        Some(Value::Bool(enabled)) => *enabled,
        Some(_) => return Err("schedule.enabled: not a boolean".into()),
    };
    Ok(Schedule { enabled, kind: one_of(all, "type", "schedule.", &["once", "monthly"])? })
}

fn period(value: &Value) -> Checked<Period> {
    let all = object(value, "parameters.period")?;
    only(all, &["start", "end"], "parameters.period.")?;
    let part = |key: &str| match all.get(key) {
        None => Err(format!("parameters.period.{key} is missing")),
        Some(value) => date(value, &format!("parameters.period.{key}")),
    };
    Ok(Period { end: part("end")?, start: part("start")? })
}

fn object<'a>(value: &'a Value, what: &str) -> Checked<&'a Map<String, Value>> {
    value.as_object().ok_or_else(|| format!("{what} must be an object"))
}

/// `additionalProperties: false`.
fn only(all: &Map<String, Value>, known: &[&str], path: &str) -> Checked<()> {
    match all.keys().find(|key| !known.contains(&key.as_str())) {
        None => Ok(()),
        Some(key) => Err(format!("{path}{key}: additional properties are not allowed")),
    }
}

fn text(all: &Map<String, Value>, key: &str, path: &str) -> Checked<String> {
    match all.get(key) {
        None => Err(format!("{path}{key} is missing")),
        Some(Value::String(text)) => Ok(text.clone()),
        Some(_) => Err(format!("{path}{key}: not a string")),
    }
}

fn one_of(all: &Map<String, Value>, key: &str, path: &str, known: &[&str]) -> Checked<String> {
    let found = text(all, key, path)?;
    if known.contains(&found.as_str()) {
        return Ok(found);
    }
    Err(format!("{path}{key}: must be one of {}", known.join(", ")))
}

fn texts(value: &Value, path: &str) -> Checked<Vec<String>> {
    let list = value.as_array().ok_or(format!("{path}: not a list"))?;
    list.iter()
        .map(|item| match item {
            Value::String(text) => Ok(text.clone()),
            _ => Err(format!("{path}: not a list of strings")),
        })
        .collect()
}

/// `YYYY-MM-DD` and nothing else.
fn date(value: &Value, path: &str) -> Checked<Date> {
    let wrong = || format!("{path}: not a date such as 2021-08-31");
    let text = value.as_str().ok_or_else(wrong)?;
    if text.len() != 10 {
        return Err(wrong());
    }
    Date::strptime("%Y-%m-%d", text).map_err(|_| wrong())
}
