//! Evidence and journal held against each other: neither can be exchanged without the other.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::Path;

use super::disk::sync_directory;
use super::error::{Error, file_error};
use super::kept::Kept;
use super::manifest::MANIFEST_BYTES_MAX;
use super::names::{MANIFEST, MANIFEST_PART, RUNS};
use crate::journal::{self, EntryId, Hash, Journal};
use skubill_services::file;

/// The journal's entry that vouches for a run's folder. The journal is the one of the state directory that the folder
/// is in, and its chain is checked first.
pub fn vouched(kept: &Kept) -> Result<EntryId, Error> {
    let folder = kept.folder();
    let place = folder.canonicalize().map_err(file_error(folder))?;
    let state = place.ancestors().nth(2).unwrap_or(&place);
    let journal = match Journal::read(state) {
        Err(journal::Error::Absent { .. }) => return Err(Error::NoJournal { state: state.into() }),
        journal => journal?,
    };
    journal.verify(None)?;
    let name = place.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let (entry, manifest) = journal.vouched(name)?.ok_or_else(|| Error::NotVouched { folder: folder.into() })?;
    agrees(folder, entry, manifest, kept.sha256)
}

fn agrees(folder: &Path, entry: EntryId, kept: Hash, found: Hash) -> Result<EntryId, Error> {
    if kept == found { Ok(entry) } else { Err(Error::OtherThanVouched { folder: folder.into(), entry, kept, found }) }
}

/// Every run of a state directory whose evidence and journal disagree, in the order of their folders: what is vouched
/// for and is gone or another one, and what is complete and not vouched for. Gives how many agree, too.
pub fn disagreements(state: &Path, journal: &Journal) -> Result<(u64, Vec<Error>), Error> {
    let (mut agree, mut wrong) = (0, Vec::new());
    let runs = state.join(RUNS);
    // The latest entry of a name counts.
    let entries: BTreeMap<String, (EntryId, Hash)> =
        journal.all_vouched()?.into_iter().map(|(entry, folder, manifest)| (folder, (entry, manifest))).collect();
    let names: BTreeSet<String> = complete_folders(&runs)?.into_iter().chain(entries.keys().cloned()).collect();
    for name in names {
        let folder = runs.join(&name);
        let held = match entries.get(&name) {
            None => Err(Error::NotVouched { folder }),
            Some((entry, _)) if !folder.is_dir() => Err(Error::Gone { folder, entry: *entry }),
            Some((_, manifest)) if is_cut_off(&folder, *manifest) => Ok(()),
            Some((entry, manifest)) => Kept::open(&folder).and_then(|kept| agrees(&folder, *entry, *manifest, kept.sha256)).map(drop),
        };
        match held {
            Ok(()) => agree += 1,
            Err(error) => wrong.push(error),
        }
    }
    Ok((agree, wrong))
}

/// Give manifests their names that a run was cut off before: the journal vouches for them already.
pub fn complete(state: &Path, journal: &Journal) -> Result<(), Error> {
    let runs = state.join(RUNS);
    for (_, name, manifest) in journal.all_vouched()? {
        let folder = runs.join(name);
        if is_cut_off(&folder, manifest) {
            let path = folder.join(MANIFEST);
            match fs::rename(folder.join(MANIFEST_PART), &path) {
                // The run is not cut off, but doing it just now.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                renamed => renamed.map_err(file_error(&path))?,
            }
            sync_directory(&folder)?;
        }
    }
    Ok(())
}

/// Whether only the manifest's name is missing.
fn is_cut_off(folder: &Path, manifest: Hash) -> bool {
    let waits = !folder.join(MANIFEST).exists();
    waits && file::read_itself(&folder.join(MANIFEST_PART), MANIFEST_BYTES_MAX).is_ok_and(|text| Hash::of(&text) == manifest)
}

/// The names of all folders that have a manifest.
fn complete_folders(runs: &Path) -> Result<Vec<String>, Error> {
    let entries = match fs::read_dir(runs) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(file_error(runs))?,
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.map_err(file_error(runs))?;
        if fs::symlink_metadata(entry.path().join(MANIFEST)).is_ok() {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    Ok(names)
}
