//! Names of files and folders.

/// The manifest's file in a run's folder.
pub const MANIFEST: &str = "manifest.json";

/// Where the folders of runs are, in the state directory.
pub const RUNS: &str = "runs";

/// Where components are, in the state directory: `SHA256.wasm`.
pub const COMPONENTS: &str = "components";

/// The manifest before the journal vouches for it.
pub(super) const MANIFEST_PART: &str = "manifest.part";

/// What the parts are called that a run is billed again from; the report, the price book and the customers file may
/// have any ending.
pub const REPORT: &str = "report";
pub const PRICES: &str = "prices";
pub const CUSTOMERS: &str = "customers";
/// The job of a month, as the component was given it.
pub const JOB: &str = "job.json";
/// The task of a day.
pub const TASK: &str = "task.json";
/// What the component answered: of a month the outcome alone.
pub const OUTCOME: &str = "outcome.json";

/// Whether a name is that of a file of the folder itself, and none of the manifest's own.
pub(super) fn is_plain(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    !name.is_empty() && name.len() <= 255 && !name.starts_with('.') && name.chars().all(plain) && ![MANIFEST, MANIFEST_PART].contains(&name)
}
