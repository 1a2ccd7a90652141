//! The body of `PUT /api/2/reports/{id}`, as the schema has it: `recipients`, `parameters` and `schedule`, each of which
//! may be left out, and nothing beside them.

use super::create::{Asked, Rules, enabled, kind, level};
use super::read::*;
use serde_json::Value;

impl Rules {
    /// The report with what the body changes in it, or the first thing that is wrong with the body. Of `parameters`
    /// only the documented ones change anything; the schema's own example sends `tenant_id` with them.
    pub fn changed(&self, body: &Value, report: &Asked) -> Checked<Asked> {
        let all = object(body, "the body")?;
        only(all, &["recipients", "parameters", "schedule"], "")?;
        let mut changed = report.clone();
        if let Some(list) = all.get("recipients") {
            changed.recipients = ids(list, "recipients")?;
        }
        if let Some(value) = all.get("parameters") {
            let some = object(value, "parameters")?;
            self.no_others(some, &["level", "kind", "hide_zero_usage", "show_skus"], "parameters.")?;
            let parameters = &mut changed.parameters;
            if some.contains_key("level") {
                parameters.level = level(some)?;
            }
            if some.contains_key("kind") {
                parameters.kind = kind(some)?;
            }
            parameters.hide_zero_usage = self.boolean(some, "hide_zero_usage")?.or(parameters.hide_zero_usage);
            parameters.show_skus = self.boolean(some, "show_skus")?.or(parameters.show_skus);
        }
        if let Some(value) = all.get("schedule") {
            let schedule = object(value, "schedule")?;
            self.no_others(schedule, &["enabled"], "schedule.")?;
            changed.schedule.enabled = enabled(schedule)?.ok_or("schedule.enabled is missing")?;
        }
        Ok(changed)
    }
}
