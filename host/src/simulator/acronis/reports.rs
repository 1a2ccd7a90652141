//! The reports themselves: create, see, change, list, delete.

use super::create::{Asked, Rules};
use super::stored::Stored;
use super::{Acronis, History, error};
use crate::simulator::exchange::{Call, Reply};
use crate::simulator::lock;
use crate::simulator::seed::uuid;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

/// A report: what is to be generated, once or every month.
#[derive(Debug)]
pub(super) struct Report {
    pub id: String,
    pub version: u64,
    pub created_at: Timestamp,
    pub asked: Asked,
    /// What was generated so far, one item per run and format.
    pub stored: Vec<Stored>,
    /// How many of its runs have been started.
    pub runs: usize,
}

impl Report {
    /// As the API tells it.
    pub fn shown(&self) -> Value {
        let mut shown = json!({ "id": self.id, "version": self.version });
        let asked = serde_json::to_value(&self.asked).unwrap_or_default();
        if let (Value::Object(shown), Value::Object(asked)) = (&mut shown, asked) {
            shown.extend(asked);
        }
        shown
    }
}

impl Acronis {
    pub(super) fn create(&self, call: &Call) -> Reply {
        let asked = match self.read(call, &[]) {
            Ok(asked) => asked,
            Err(refused) => return refused,
        };
        if let Some(overdue) = self.history_missing() {
            return error::history_not_ready(overdue);
        }
        let (seed, now) = (self.seed(), self.common.clock.now());
        let knobs = lock(&self.common.knobs).clone();
        let mut store = lock(&self.store);
        let report = Report { id: uuid(seed, "report", store.next()), version: 1, created_at: now, asked, stored: Vec::new(), runs: 0 };
        let mut shown = report.shown();
        for key in &knobs.answer_leaves_out {
            if let Some(parameters) = shown["parameters"].as_object_mut() {
                parameters.remove(key);
            }
        }
        let text = format!("Report {} created", report.id);
        store.reports.push(report);
        drop(store);
        self.common.event("REPORT", "CREATE", text);
        Reply::json(knobs.created_status, &shown)
    }

    /// The body of a creation or change, its tenant included, or the answer that refuses it.
    fn read(&self, call: &Call, also: &'static [&'static str]) -> Result<Asked, Reply> {
        let content_type = call.header("content-type").unwrap_or("");
        if !content_type.starts_with("application/json") {
            return Err(error::unsupported_media_type(content_type));
        }
        let body: Value = serde_json::from_slice(&call.body).map_err(|wrong| error::invalid(&format!("not JSON: {wrong}")))?;
        let rules = {
            let knobs = lock(&self.common.knobs);
            Rules {
                today: self.today(),
                recipients_required: knobs.recipients_required,
                booleans_as_text: knobs.booleans_as_text,
                default_formats: knobs.default_formats.clone(),
                also,
            }
        };
        let asked = rules.read(&body).map_err(|wrong| error::invalid(&wrong))?;
        let tenant_id = &asked.parameters.tenant_id;
        if lock(&self.month).find(tenant_id).is_none() {
            return Err(error::tenant_not_found(tenant_id));
        }
        rules.judge(&asked).map_err(|wrong| error::invalid(&wrong))?;
        Ok(asked)
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

    /// Only scheduled reports can be changed; the body is a creation's, with the version it was
    /// read at.
    pub(super) fn change(&self, id: &str, call: &Call) -> Reply {
        let asked = match self.read(call, &["id", "version"]) {
            Ok(asked) => asked,
            Err(refused) => return refused,
        };
        let body: Value = serde_json::from_slice(&call.body).unwrap_or_default();
        let status = lock(&self.common.knobs).version_conflict_status;
        let mut store = lock(&self.store);
        let Some(report) = store.reports.iter_mut().find(|r| r.id == id) else {
            return error::not_found(id);
        };
        if report.asked.schedule.kind == "once" || asked.schedule.kind == "once" {
            return error::invalid("only scheduled reports can be changed");
        }
        if body["version"].as_u64() != Some(report.version) {
            return error::version_mismatch(status, &body["version"].to_string());
        }
        report.version += 1;
        report.asked = asked;
        Reply::json(200, &report.shown())
    }

    pub(super) fn delete(&self, id: &str, call: &Call) -> Reply {
        let status = lock(&self.common.knobs).version_conflict_status;
        let mut store = lock(&self.store);
        let Some(index) = store.reports.iter().position(|r| r.id == id) else {
            return error::not_found(id);
        };
        let Some(version) = call.parameter("version") else {
            return error::invalid("version is missing");
        };
        if version.parse() != Ok(store.reports[index].version) {
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
