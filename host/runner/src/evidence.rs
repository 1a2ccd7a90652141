//! Evidence: what a run was made of and what came of it, kept so that years later anybody can bill it again.
//!
//! Each run has a folder of its own in `runs/` of the state directory: the report as it was downloaded, price book,
//! customers file, job, outcome, and whatever was sent and answered, each file read-only as soon as it is written.
//! The component's bytes lie in `components/` by their SHA-256, once for all runs. `manifest.json` is written last
//! and names every file with its size and SHA-256: a folder without one was cut off, and says so. The journal has an
//! entry with the manifest's own bytes, so that a folder cannot be exchanged for another one unnoticed.
//!
//! ```text
//! begin ── keep, keep_file, keep_component … ── finish: journal entry, manifest.json
//!                                               Kept::open: every hash ── vouched: the journal's entry ──► replay
//! ```
//!
//! A manifest names plain files of its own folder: no path, no link, no device, each of bounded size.
//!
//! Files are synced to the disk before the manifest names them. Nothing that is compiled is kept: a component is
//! compiled when it is used again, from bytes whose hash is the manifest's.

mod disk;
mod error;
mod kept;
mod manifest;
mod names;
mod replay;
mod vouched;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::journal::{EntryId, Journal, Subject};
use disk::{copy, sync_directory, write};
use error::file_error;
use names::{MANIFEST_PART, is_plain};
use skubill_services::digest::{of_file, sha256};
use skubill_services::private;

pub use error::Error;
pub use kept::Kept;
pub use manifest::{KeptComponent, KeptFile, Manifest};
pub use names::{COMPONENTS, CUSTOMERS, JOB, MANIFEST, OUTCOME, PRICES, REPORT, RUNS, TASK};
pub use replay::{Difference, Replayed, explain, replay};
pub use vouched::{complete, disagreements, vouched};

/// The evidence of a run that is under way.
#[derive(Debug)]
pub struct Evidence {
    state: PathBuf,
    folder: PathBuf,
    manifest: Manifest,
}

impl Evidence {
    /// Begin the folder of a run: of an account, a provider and a period, at a time. No two runs share one.
    pub fn begin(state: &Path, account: &str, provider: &str, period: &str, now: Timestamp) -> Result<Self, Error> {
        let runs = state.join(RUNS);
        private::own_directory(&runs).map_err(file_error(&runs))?;
        let name = format!("{}-{}-{}-{}", in_a_name(period), in_a_name(account), in_a_name(provider), now.strftime("%Y%m%dT%H%M%SZ"));
        let mut number = 1;
        let folder = loop {
            let folder = runs.join(if number == 1 { name.clone() } else { format!("{name}-{number}") });
            match private::new_directory(&folder) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => number += 1,
                made => break made.map(|()| folder.clone()).map_err(file_error(&folder))?,
            }
        };
        let manifest = Manifest::new(account, provider, period, now);
        Ok(Evidence { state: state.into(), folder, manifest })
    }

    /// The folder of this run.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Keep some bytes under a name.
    pub fn keep(&mut self, name: &str, bytes: &[u8]) -> Result<(), Error> {
        let path = self.place(name)?;
        write(&path, bytes).map_err(file_error(&path))?;
        self.manifest.files.push(KeptFile { name: name.into(), bytes: bytes.len() as u64, sha256: sha256(bytes) });
        Ok(())
    }

    /// Keep a file. One of the state directory's own, which is never written to again, is linked, so that a long
    /// report is not there twice; any other is copied.
    pub fn keep_file(&mut self, name: &str, source: &Path) -> Result<(), Error> {
        let path = self.place(name)?;
        let ours = matches!((source.canonicalize(), self.state.canonicalize()), (Ok(source), Ok(state)) if source.starts_with(&state));
        if !(ours && fs::hard_link(source, &path).and_then(|()| private::read_only(&path)).is_ok()) {
            copy(source, &path)?;
        }
        let (bytes, sha256) = of_file(&path).map_err(file_error(&path))?;
        self.manifest.files.push(KeptFile { name: name.into(), bytes, sha256 });
        Ok(())
    }

    /// Keep the component that the run was billed with.
    pub fn keep_component(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let folder = self.state.join(COMPONENTS);
        private::own_directory(&folder).map_err(file_error(&folder))?;
        let sha256 = sha256(bytes);
        let path = folder.join(format!("{sha256}.wasm"));
        if path.exists() {
            let (_, found) = of_file(&path).map_err(file_error(&path))?;
            if found != sha256 {
                return Err(Error::Changed { path, kept: sha256, found });
            }
        } else {
            // Under a name of this run's own until it is whole: another run may be keeping the same one.
            let part = self.folder.join("component.part");
            write(&part, bytes).map_err(file_error(&part))?;
            fs::rename(&part, &path).map_err(file_error(&path))?;
            sync_directory(&folder)?;
        }
        self.manifest.component = Some(KeptComponent { sha256, bytes: bytes.len() as u64 });
        Ok(())
    }

    /// Everything was kept: the journal gets the manifest, and the manifest gets its name. Cut off between the two,
    /// [`complete`] gives it its name.
    pub fn finish(mut self, journal: &Journal, now: Timestamp) -> Result<EntryId, Error> {
        self.manifest.finished = now.to_string();
        let text = self.manifest.text();
        let (part, path) = (self.folder.join(MANIFEST_PART), self.folder.join(MANIFEST));
        write(&part, text.as_bytes()).map_err(file_error(&part))?;
        sync_directory(&self.folder)?;
        let subject = Subject::evidence(&self.manifest.account, &self.manifest.provider, &self.manifest.period);
        let name = self.folder.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let entry = journal.vouch(now, &subject, name, text.as_bytes())?;
        match fs::rename(&part, &path) {
            // Another run has just given it its name, as after a run that was cut off.
            Err(error) if error.kind() == io::ErrorKind::NotFound && path.exists() => {}
            renamed => renamed.map_err(file_error(&path))?,
        }
        sync_directory(&self.folder)?;
        Ok(entry)
    }

    /// Where a name leads to: into the folder, and nowhere else.
    fn place(&self, name: &str) -> Result<PathBuf, Error> {
        if is_plain(name) && name != "component.part" { Ok(self.folder.join(name)) } else { Err(Error::Name(name.into())) }
    }
}

/// A name as part of a folder's name.
fn in_a_name(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_') { c } else { '_' }).collect()
}

#[cfg(test)]
mod tests;
