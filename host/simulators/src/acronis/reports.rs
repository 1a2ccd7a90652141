//! The reports themselves: create, see, change, list, delete.

use super::create::{Asked, Rules};
use super::error;
use super::knobs::{ChangeTakes, History};
use super::report::Report;
use super::service::Acronis;
use crate::exchange::{Call, Reply};
use crate::lock::lock;
use crate::seed::uuid;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

/// Whether JSON is among what the client takes; without `Accept` it takes anything.
fn accepts_json(call: &Call) -> bool {
    let accept = call.header("accept").unwrap_or("*/*").to_ascii_lowercase();
    accept.split(',').any(|range| {
        let mut parts = range.split(';').map(str::trim);
        let name = parts.next().unwrap_or("");
        let refused = parts.any(|part| matches!(part.split_once('='), Some(("q", q)) if q.parse() == Ok(0.0)));
        ["*/*", "application/*", "application/json"].contains(&name) && !refused
    })
}

impl Acronis {
    pub(super) fn create(&self, call: &Call) -> Reply {
        let asked = match self.read(call) {
            Ok(asked) => asked,
            Err(refused) => return refused,
        };
        if let Some(overdue) = self.history_missing() {
            return error::history_not_ready(overdue);
        }
        let (seed, now) = (self.seed(), self.common.clock.now());
        let knobs = lock(&self.common.knobs).clone();
        let mut store = lock(&self.store);
        let (id, version) = (uuid(seed, "report", store.next()), knobs.first_version);
        let report = Report { id, version, created_at: now, asked, stored: Vec::new(), runs: 0 };
        let mut shown = report.shown();
        for key in &knobs.answer_leaves_out {
            if let Some(parameters) = shown["parameters"].as_object_mut() {
                parameters.remove(key);
            }
            if let Some(shown) = shown.as_object_mut() {
                shown.remove(key);
            }
        }
        let text = format!("Report {} created", report.id);
        store.reports.push(report);
        drop(store);
        self.common.event("REPORT", "CREATE", text);
        Reply::json(knobs.created_status, &shown)
    }

    /// The body of a creation, its tenant included, or the answer that refuses it.
    fn read(&self, call: &Call) -> Result<Asked, Reply> {
        let (body, rules) = self.body(call)?;
        let asked = rules.read(&body).map_err(|wrong| error::invalid(&wrong))?;
        self.judged(&rules, asked)
    }

    fn judged(&self, rules: &Rules, asked: Asked) -> Result<Asked, Reply> {
        let tenant_id = &asked.parameters.tenant_id;
        if lock(&self.month).find(tenant_id).is_none() {
            return Err(error::tenant_not_found(tenant_id));
        }
        rules.judge(&asked).map_err(|wrong| error::invalid(&wrong))?;
        Ok(asked)
    }

    /// The JSON of a creation or change, and what it is read with; or the answer that refuses it.
    fn body(&self, call: &Call) -> Result<(Value, Rules), Reply> {
        let knobs = lock(&self.common.knobs).clone();
        if knobs.accept_checked && !accepts_json(call) {
            return Err(error::unsupported_media_type(call.header("accept").unwrap_or("")));
        }
        let content_type = call.header("content-type").unwrap_or("");
        if !content_type.to_ascii_lowercase().starts_with("application/json") {
            return Err(error::unsupported_media_type(content_type));
        }
        let body = serde_json::from_slice(&call.body).map_err(|wrong| error::invalid(&format!("not JSON: {wrong}")))?;
        let rules = Rules {
            today: self.today(),
            recipients_required: knobs.recipients_required,
            booleans_as_text: knobs.booleans_as_text,
            unknown_keys_refused: knobs.unknown_keys_refused,
            default_formats: knobs.default_formats,
            also: &[],
        };
        Ok((body, rules))
    }

    /// Whether the usage history is missing, and if so, whether it is overdue.
    fn history_missing(&self) -> Option<bool> {
        let hour = self.common.clock.now().to_zoned(TimeZone::UTC).hour();
        match lock(&self.common.knobs).history {
            History::Ready => None,
            History::Nightly => (1..6).contains(&hour).then_some(false),
            History::Late => Some(hour >= 6),
        }
    }

    pub(super) fn report(&self, id: &str) -> Reply {
        match lock(&self.store).reports.iter().find(|r| r.id == id) {
            Some(report) => Reply::json(200, &report.shown()),
            None => error::not_found(id),
        }
    }

    /// Only scheduled reports can be changed: by what is to change, or with `change_takes` by the whole report.
    pub(super) fn change(&self, id: &str, call: &Call) -> Reply {
        self.changed(id, call).unwrap_or_else(|refused| refused)
    }

    fn changed(&self, id: &str, call: &Call) -> Result<Reply, Reply> {
        let (body, mut rules) = self.body(call)?;
        let (takes, status) = {
            let knobs = lock(&self.common.knobs);
            (knobs.change_takes, knobs.version_conflict_status)
        };
        let scheduled = |asked: &Asked| match asked.schedule.kind.as_str() {
            "once" => Err(error::invalid("only scheduled reports can be changed")),
            _ => Ok(()),
        };
        let whole = match takes {
            ChangeTakes::Changes => None,
            ChangeTakes::Whole => {
                rules.also = &["id", "version"];
                let asked = rules.read(&body).map_err(|wrong| error::invalid(&wrong))?;
                Some(self.judged(&rules, asked)?)
            }
        };
        let mut store = lock(&self.store);
        let report = store.reports.iter_mut().find(|r| r.id == id).ok_or_else(|| error::not_found(id))?;
        scheduled(&report.asked)?;
        report.asked = match whole {
            None => rules.changed(&body, &report.asked).map_err(|wrong| error::invalid(&wrong))?,
            Some(asked) => {
                scheduled(&asked)?;
                if body["version"].as_u64() != Some(report.version) {
                    return Err(error::version_mismatch(status, &body["version"].to_string()));
                }
                asked
            }
        };
        report.version += 1;
        Ok(Reply::json(200, &report.shown()))
    }

    pub(super) fn delete(&self, id: &str, call: &Call) -> Reply {
        let status = lock(&self.common.knobs).version_conflict_status;
        let mut store = lock(&self.store);
        let Some(index) = store.reports.iter().position(|r| r.id == id) else {
            return error::not_found(id);
        };
        let version = call.parameter("version").unwrap_or_default();
        let Ok(number) = version.parse::<u64>() else {
            return error::invalid("version: a whole number is needed");
        };
        if number != store.reports[index].version {
            return error::version_mismatch(status, &version);
        }
        store.reports.remove(index);
        drop(store);
        self.common.event("REPORT", "DELETE", format!("Report {id} deleted"));
        Reply::empty(204)
    }

    /// The ids of the reports that start from this tenant.
    pub(super) fn list(&self, tenant_id: &str) -> Reply {
        if lock(&self.month).find(tenant_id).is_none() {
            return error::tenant_not_found(tenant_id);
        }
        let store = lock(&self.store);
        let ids: Vec<_> = store.reports.iter().filter(|r| r.asked.parameters.tenant_id == tenant_id).map(|r| r.id.as_str()).collect();
        Reply::json(200, &json!({ "items": ids }))
    }
}
