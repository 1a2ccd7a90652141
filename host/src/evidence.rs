//! Evidence: what a run was made of and what came of it, kept so that years later anybody can bill it again.
//!
//! Each run has a folder of its own in `runs/` of the state directory: the report as it was downloaded, price book,
//! customers file, job, outcome, and whatever was sent and answered, each file read-only as soon as it is written.
//! The component's bytes lie in `components/` by their SHA-256, once for all runs. `manifest.json` is written last
//! and names every file with its size and SHA-256: a folder without one was cut off, and says so.
//!
//! ```text
//! begin ── keep, keep_file, keep_component … ── finish: manifest.json ──► Kept::open: every hash ──► replay
//! ```
//!
//! Files are synced to the disk before the manifest names them. Nothing that is compiled is kept: a component is
//! compiled when it is used again, from bytes whose hash is the manifest's.

mod kept;
mod manifest;
mod replay;

#[cfg(test)]
mod tests;

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Component, Path, PathBuf};

use jiff::Timestamp;
pub use kept::Kept;
pub use manifest::{KeptComponent, KeptFile, MANIFEST, Manifest};
pub use replay::{Difference, Replayed, explain, replay};

use crate::digest::{of_file, sha256};
use crate::private;

/// Where the folders of runs are, in the state directory.
pub const RUNS: &str = "runs";

/// Where components are, in the state directory: `SHA256.wasm`.
pub const COMPONENTS: &str = "components";

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

/// Why evidence cannot be kept, or is not what was kept.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{path}: {source}")]
    File { path: PathBuf, source: io::Error },
    #[error("{0:?} is no name of a file in a run's folder")]
    Name(String),
    #[error("{folder}: there is no {MANIFEST}: this run was cut off before its evidence was complete")]
    Incomplete { folder: PathBuf },
    #[error("{path}: this manifest cannot be read: {why}")]
    Manifest { path: PathBuf, why: String },
    #[error("{path}: it was kept, and is not there")]
    Missing { path: PathBuf },
    #[error("{path}: it was not kept, and is there")]
    Stranger { path: PathBuf },
    #[error("{path}: not what was kept: its SHA-256 was {kept} and is {found}")]
    Changed { path: PathBuf, kept: String, found: String },
    #[error("{folder}: this run kept no {part}")]
    NoPart { folder: PathBuf, part: &'static str },
    #[error(transparent)]
    Bill(#[from] crate::bill::Error),
}

fn file_error(path: &Path) -> impl Fn(io::Error) -> Error + '_ {
    |source| Error::File { path: path.into(), source }
}

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
        private::directory(&runs).map_err(file_error(&runs))?;
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

    /// Keep some bytes under a name, which may have a folder before it: `payloads/292.json`.
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
        private::directory(&folder).map_err(file_error(&folder))?;
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

    /// Everything was kept: the manifest makes it complete. Its own SHA-256 is given back, to be kept elsewhere.
    pub fn finish(mut self, now: Timestamp) -> Result<String, Error> {
        self.manifest.finished = now.to_string();
        let text = self.manifest.text();
        let (part, path) = (self.folder.join("manifest.part"), self.folder.join(MANIFEST));
        write(&part, text.as_bytes()).map_err(file_error(&part))?;
        fs::rename(&part, &path).map_err(file_error(&path))?;
        sync_directory(&self.folder)?;
        Ok(sha256(text.as_bytes()))
    }

    /// Where a name leads to: into the folder, and nowhere else.
    fn place(&self, name: &str) -> Result<PathBuf, Error> {
        let wrong = || Error::Name(name.into());
        let plain = |part: Component<'_>| matches!(part, Component::Normal(part) if part.to_str().is_some_and(is_plain));
        let parts: Vec<Component<'_>> = Path::new(name).components().collect();
        if parts.is_empty()
            || !parts.into_iter().all(plain)
            || name.ends_with('/')
            || [MANIFEST, "manifest.part", "component.part"].contains(&name)
        {
            return Err(wrong());
        }
        let path = self.folder.join(name);
        let folder = path.parent().ok_or_else(wrong)?;
        private::directory(folder).map_err(file_error(folder))?;
        Ok(path)
    }
}

fn is_plain(part: &str) -> bool {
    !part.starts_with('.') && part.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
}

/// A name as part of a folder's name.
fn in_a_name(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_') { c } else { '_' }).collect()
}

/// A new file, on the disk and read-only.
fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = private::new_read_only(OpenOptions::new().write(true).create_new(true)).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn copy(source: &Path, path: &Path) -> Result<(), Error> {
    let mut from = File::open(source).map_err(file_error(source))?;
    let mut to = private::new_read_only(OpenOptions::new().write(true).create_new(true)).open(path).map_err(file_error(path))?;
    io::copy(&mut from, &mut to).and_then(|_| to.sync_all()).map_err(file_error(path))
}

/// That a file was renamed is on the disk once its directory is. Where directories cannot be opened, the system
/// sees to it by itself.
fn sync_directory(path: &Path) -> Result<(), Error> {
    if cfg!(unix) { File::open(path).and_then(|directory| directory.sync_all()).map_err(file_error(path)) } else { Ok(()) }
}
