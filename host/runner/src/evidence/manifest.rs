//! The manifest: what a run's folder holds.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::names::is_plain;
use crate::journal::Hash;
use skubill_services::text::quoted;

/// The longest manifest: 1 MiB. One has about ten files of 150 bytes each.
pub const MANIFEST_BYTES_MAX: u64 = 1 << 20;

/// The most files of a run: a hundred. There are about seven.
const FILES_MAX: usize = 100;

/// The longest file of a run: 4 GiB, the component's limit of a report's text.
pub const FILE_BYTES_MAX: u64 = 4 << 30;

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
    /// In the folder itself.
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
        if manifest.format != FORMAT {
            return Err(format!("its format is {}, and this skubill reads {FORMAT}", manifest.format));
        }
        manifest.check().map(|()| manifest)
    }

    /// It may have been written by anybody.
    fn check(&self) -> Result<(), String> {
        if self.files.len() > FILES_MAX {
            return Err(format!("it names {} files, and a run has at most {FILES_MAX}", self.files.len()));
        }
        let mut names = BTreeSet::new();
        for KeptFile { name, bytes, .. } in &self.files {
            if !is_plain(name) || !names.insert(name) {
                return Err(format!("{} is no name of one file of this folder", quoted(name)));
            }
            if *bytes > FILE_BYTES_MAX {
                return Err(format!("{name} has {bytes} bytes, and a file of a run has at most {FILE_BYTES_MAX}"));
            }
        }
        let component = self.component.as_ref().map(|component| &component.sha256);
        for hash in self.files.iter().map(|file| &file.sha256).chain(component) {
            hash.parse::<Hash>().map_err(|why| format!("{}: {why}", quoted(hash)))?;
        }
        Ok(())
    }
}
