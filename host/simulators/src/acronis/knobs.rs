//! The switches of the Acronis twin.

use crate::twin::{Knobs, status};
use crate::usage_data::Format;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Switches of the Acronis twin; `PUT /control/knobs` takes these names. Each default is what Acronis' own
/// clients and its OpenAPI description expect, or, where they are silent, the choice listed in [`crate`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AcronisKnobs {
    /// How long a token holds, by the simulator's clock.
    pub token_seconds: i64,
    /// How many requests a token is good for; none is any number.
    pub token_uses: Option<u32>,
    /// Whether the API client's role may only look, as `readonly_admin` may: what changes anything is
    /// answered 403.
    pub read_only: bool,
    /// Whether the usage history is there.
    pub history: History,
    /// The status of a created report: 200 as the article has it, or 201 as an SDK documents.
    pub created_status: u16,
    /// The version of a new report; the OpenAPI description has 1559561146223 as well.
    pub first_version: u64,
    /// Keys, of the report or of its parameters, that the answer to a creation leaves out, as the article's does.
    pub answer_leaves_out: Vec<String>,
    /// Whether a report without `recipients` is refused, as the schema has it and no example does.
    pub recipients_required: bool,
    /// Whether keys that the schema does not name are refused inside `parameters`, `schedule` and `period`, too.
    pub unknown_keys_refused: bool,
    /// Whether an `Accept` without JSON is answered 415, where a report is created or changed.
    pub accept_checked: bool,
    /// The status of a scope that is not granted: 403, or 400 as RFC 6749 has it.
    pub scope_refused_status: u16,
    /// What `PUT /api/2/reports/{id}` takes.
    pub change_takes: ChangeTakes,
    /// Whether `"true"` is taken for `true`, as the official examples send it.
    pub booleans_as_text: bool,
    /// The formats of a report that names none; an empty list refuses it.
    pub default_formats: Vec<String>,
    /// How many looks at a report's stored items say "in progress" first.
    pub report_polls: u32,
    /// And how long it takes at least, by the simulator's clock.
    pub report_delay_seconds: i64,
    /// The report is in progress for ever.
    pub report_hangs: bool,
    /// Formats whose generation fails.
    pub failing_formats: Vec<String>,
    /// `failed` as the schema and the SDK have it, or `faild` as the article prints it.
    pub failed_status: String,
    pub in_progress_status: String,
    /// Whether `created_at` has an offset; it was seen without one.
    pub created_at_offset: bool,
    /// The status of a version that does not match: 409 or 400.
    pub version_conflict_status: u16,
    pub download: Download,
    pub skus: Skus,
    /// Text that is served, gzipped as usual, in place of a format's report.
    pub instead_of_report: BTreeMap<String, String>,
}

/// Whether the service can make a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum History {
    /// Always.
    Ready,
    /// Not from 01:00 to 06:00 UTC (400), as on a usual day.
    Nightly,
    /// Not at all: 400 before 06:00 UTC, 500 after.
    Late,
}

/// What changes a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChangeTakes {
    /// `recipients`, `parameters`, `schedule`, each of which may be left out.
    Changes,
    /// The whole report, with the version that it was read at.
    Whole,
}

/// How a stored report is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Download {
    /// The body is a gzip file.
    Gzip,
    /// The body is the report, with `Content-Encoding: gzip`: the same bytes.
    ContentEncoding,
    /// The body is the report.
    Plain,
}

/// What `show_skus` brings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Skus {
    Shown,
    /// The partner may not see them: the column is empty.
    Blank,
    /// The partner may not see them: there is no column.
    Absent,
}

impl Default for AcronisKnobs {
    fn default() -> AcronisKnobs {
        AcronisKnobs {
            token_seconds: 7_200,
            token_uses: None,
            read_only: false,
            history: History::Ready,
            created_status: 200,
            first_version: 1,
            answer_leaves_out: vec!["hide_zero_usage".into()],
            recipients_required: false,
            unknown_keys_refused: false,
            accept_checked: true,
            scope_refused_status: 403,
            change_takes: ChangeTakes::Changes,
            booleans_as_text: true,
            default_formats: vec!["csv_v2_0".into()],
            report_polls: 1,
            report_delay_seconds: 0,
            report_hangs: false,
            failing_formats: Vec::new(),
            failed_status: "failed".into(),
            in_progress_status: "in_progress".into(),
            created_at_offset: true,
            version_conflict_status: 409,
            download: Download::ContentEncoding,
            skus: Skus::Shown,
            instead_of_report: BTreeMap::new(),
        }
    }
}

/// What the answer to a creation may leave out.
const ANSWERED: [&str; 14] = [
    "id",
    "version",
    "recipients",
    "result_action",
    "schedule",
    "parameters",
    "generation_date",
    "formats",
    "level",
    "kind",
    "tenant_id",
    "show_skus",
    "hide_zero_usage",
    "period",
];

impl Knobs for AcronisKnobs {
    fn mistake(&self) -> Option<String> {
        let formats = self.default_formats.iter().chain(&self.failing_formats).chain(self.instead_of_report.keys());
        let format = formats.into_iter().find(|name| Format::from_name(name).is_none());
        let answered = |key: &&String| ANSWERED.contains(&key.as_str());
        let left_out = self.answer_leaves_out.iter().find(|key| !answered(key));
        format
            .map(|name| format!("{name} is no format"))
            .or_else(|| left_out.map(|key| format!("answer_leaves_out: there is no {key}")))
            .or_else(|| status("created_status", self.created_status, 200..=299))
            .or_else(|| status("scope_refused_status", self.scope_refused_status, 400..=499))
            .or_else(|| status("version_conflict_status", self.version_conflict_status, 400..=499))
    }
}
