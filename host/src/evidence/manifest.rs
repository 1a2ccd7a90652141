//! The manifest: what a run's folder holds.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The manifest's file in a run's folder.
pub const MANIFEST: &str = "manifest.json";

/// How this version writes manifests, and what it reads.
const FORMAT: u32 = 1;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    format: u32,
    /// The version of skubill that kept it.
    pub skubill: String,
    pub account: String,
    pub provider: String,
    /// A month, `YYYY-MM`, or a day, `YYYY-MM-DD`.
    pub period: String,
    pub begun: String,
    pub finished: String,
    /// The component that it was billed with.
    pub component: Option<KeptComponent>,
    pub files: Vec<KeptFile>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptComponent {
    pub sha256: String,
    pub bytes: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptFile {
    /// From the folder, with `/` between.
    pub name: String,
    pub bytes: u64,
    pub sha256: String,
}

impl Manifest {
    pub(super) fn new(account: &str, provider: &str, period: &str, now: Timestamp) -> Self {
        Manifest {
            format: FORMAT,
            skubill: env!("CARGO_PKG_VERSION").into(),
            account: account.into(),
            provider: provider.into(),
            period: period.into(),
            begun: now.to_string(),
            finished: String::new(),
            component: None,
            files: Vec::new(),
        }
    }

    pub(super) fn text(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }

    pub(super) fn read(text: &[u8]) -> Result<Self, String> {
        let manifest: Manifest = serde_json::from_slice(text).map_err(|error| error.to_string())?;
        match manifest.format {
            FORMAT => Ok(manifest),
            other => Err(format!("its format is {other}, and this skubill reads {FORMAT}")),
        }
    }
}
