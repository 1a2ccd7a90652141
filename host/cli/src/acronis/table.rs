//! Reports as tables.

use std::path::Path;

use comfy_table::Table;
use skubill_services::acronis::{Downloaded, Report, StoredReport};

use crate::ledger::{brief, number, table, text};
use crate::show::one_line;

/// A report, an attribute a line; those that Acronis does not tell are left out.
pub fn report(report: &Report) -> Table {
    let mut shown = table(["Report", &one_line(&report.id)]);
    let flag = |flag: Option<bool>| flag.map(|flag| if flag { "yes" } else { "no" }.to_string());
    let formats: Vec<String> = report.formats.iter().map(ToString::to_string).collect();
    let schedule = report.schedule.as_ref().map(|schedule| match report.enabled {
        Some(false) => format!("{schedule}, not running"),
        _ => schedule.to_string(),
    });
    let lines = [
        ("Version", report.version.map(|version| version.to_string())),
        ("Tenant", report.tenant_id.clone()),
        ("Kind", report.kind.as_ref().map(ToString::to_string)),
        ("Level", report.level.as_ref().map(ToString::to_string)),
        ("Formats", (!formats.is_empty()).then(|| formats.join(", "))),
        ("Period", report.period.map(|period| format!("{} to {}", period.start, period.end))),
        ("Schedule", schedule),
        ("Generation date", report.generation_date.map(|day| day.to_string())),
        ("SKUs", flag(report.show_skus)),
        ("Without zero usage", flag(report.hide_zero_usage)),
        ("Action", report.result_action.as_ref().map(ToString::to_string)),
        ("Recipients", (!report.recipients.is_empty()).then(|| report.recipients.join(", "))),
    ];
    for (name, value) in lines {
        if let Some(value) = value {
            shown.add_row([text(name), text(&value)]);
        }
    }
    shown
}

pub fn stored(stored: &[StoredReport]) -> Table {
    let mut shown = table(["Format", "State", "Stored report", "Created", "Bytes"]);
    for item in stored {
        let created = item.created_at.map(|created| created.to_string()).unwrap_or_default();
        let bytes = item.size.map(|size| size.to_string()).unwrap_or_default();
        let id = item.id.as_deref().unwrap_or_default();
        shown.add_row([brief(item.format.as_str()), brief(item.state.as_str()), brief(id), text(&created), number(bytes)]);
    }
    shown
}

pub fn ids(ids: &[String]) -> Table {
    let mut shown = table(["Report"]);
    for id in ids {
        shown.add_row([brief(id)]);
    }
    shown
}

pub fn downloaded(file: &Path, got: &Downloaded) -> Table {
    let mut shown = table(["File", "Bytes", "SHA-256", "Fetched"]);
    let fetched = if got.fetched { "now" } else { "before" };
    shown.add_row([text(&file.display().to_string()), number(got.bytes), text(&got.sha256), text(fetched)]);
    shown
}
