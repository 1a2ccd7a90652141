//! Evidence that is complete, and found to be what was kept.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::BufReader;
use std::path::{Path, PathBuf};

use super::error::{Error, file_error};
use super::manifest::{FILE_BYTES_MAX, KeptComponent, KeptFile, MANIFEST_BYTES_MAX, Manifest};
use super::names::{COMPONENTS, MANIFEST};
use crate::journal::Hash;
use skubill::bill::PIECE_BYTES;
use skubill::sandbox;
use skubill_services::digest::{of_file, sha256};
use skubill_services::file;

/// The longest component: 64 MiB. Ours has less than one.
const COMPONENT_BYTES_MAX: u64 = 64 << 20;

/// The longest part that is read whole, and the outcome is the longest: 128 MiB, the 96 MiB that an answer of the
/// component may have (`output_bytes`) and what goes beyond them in one call.
const PART_BYTES_MAX: u64 = 128 << 20;

/// A run's folder, each file of it as the manifest says.
#[derive(Debug)]
pub struct Kept {
    folder: PathBuf,
    pub manifest: Manifest,
    /// Of the manifest's own bytes.
    pub sha256: Hash,
    component: Option<Vec<u8>>,
}

impl Kept {
    /// Open a run's folder and check every hash in it.
    pub fn open(folder: &Path) -> Result<Self, Error> {
        let path = folder.join(MANIFEST);
        let text = match file::read_itself(&path, MANIFEST_BYTES_MAX) {
            Err(error) if error.is_absent() && folder.is_dir() => return Err(Error::Incomplete { folder: folder.into() }),
            read => read?,
        };
        let manifest = Manifest::read(&text).map_err(|why| Error::Manifest { path, why })?;
        for file in &manifest.files {
            check(folder, file)?;
        }
        let known: BTreeSet<PathBuf> = manifest.files.iter().map(|file| folder.join(&file.name)).chain([folder.join(MANIFEST)]).collect();
        nothing_else(folder, &known)?;
        let component = manifest.component.as_ref().map(|kept| component(folder, kept)).transpose()?;
        Ok(Kept { folder: folder.into(), manifest, sha256: Hash::of(&text), component })
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The bytes of the component that it was billed with.
    pub fn component(&self) -> Result<&[u8], Error> {
        self.component.as_deref().ok_or_else(|| self.lacks("component"))
    }

    /// Whether there is a part of this name.
    pub fn has(&self, part: &str) -> bool {
        self.file(part).is_some()
    }

    /// A part, by its name, with or without an ending.
    pub fn read(&self, part: &'static str) -> Result<Vec<u8>, Error> {
        Ok(file::read_itself(&self.path(part)?, PART_BYTES_MAX)?)
    }

    /// The same as a stream.
    pub fn stream(&self, part: &'static str) -> Result<BufReader<File>, Error> {
        Ok(BufReader::with_capacity(PIECE_BYTES, file::open_itself(&self.path(part)?, FILE_BYTES_MAX)?))
    }

    fn path(&self, part: &'static str) -> Result<PathBuf, Error> {
        self.file(part).map(|file| self.folder.join(&file.name)).ok_or_else(|| self.lacks(part))
    }

    fn file(&self, part: &str) -> Option<&KeptFile> {
        let named = |file: &&KeptFile| file.name == part || file.name.strip_prefix(part).is_some_and(|rest| rest.starts_with('.'));
        self.manifest.files.iter().find(named)
    }

    fn lacks(&self, part: &'static str) -> Error {
        Error::NoPart { folder: self.folder.clone(), part }
    }
}

fn check(folder: &Path, kept: &KeptFile) -> Result<(), Error> {
    let path = folder.join(&kept.name);
    match file::open_itself(&path, FILE_BYTES_MAX) {
        Err(error) if error.is_absent() => return Err(Error::Missing { path }),
        found => drop(found?),
    }
    let (bytes, found) = of_file(&path).map_err(file_error(&path))?;
    if found == kept.sha256 && bytes == kept.bytes { Ok(()) } else { Err(Error::Changed { path, kept: kept.sha256.clone(), found }) }
}

/// What nobody kept is no evidence.
fn nothing_else(folder: &Path, known: &BTreeSet<PathBuf>) -> Result<(), Error> {
    for entry in fs::read_dir(folder).map_err(file_error(folder))? {
        let path = entry.map_err(file_error(folder))?.path();
        if !known.contains(&path) {
            return Err(Error::Stranger { path });
        }
    }
    Ok(())
}

/// The component's bytes, from the state directory that the run's folder is in. Where a folder was handed on alone,
/// this program's own will do, if it is the same one.
fn component(folder: &Path, kept: &KeptComponent) -> Result<Vec<u8>, Error> {
    let folder = folder.canonicalize().map_err(file_error(folder))?;
    let state = folder.ancestors().nth(2).unwrap_or(&folder);
    let path = state.join(COMPONENTS).join(format!("{}.wasm", kept.sha256));
    if !path.exists() {
        let same = kept.sha256 == sandbox::COMPONENT_SHA256;
        return if same { Ok(sandbox::COMPONENT.to_vec()) } else { Err(Error::Missing { path }) };
    }
    let bytes = file::read_itself(&path, COMPONENT_BYTES_MAX)?;
    let found = sha256(&bytes);
    if found == kept.sha256 { Ok(bytes) } else { Err(Error::Changed { path, kept: kept.sha256.clone(), found }) }
}
