//! What a crash leaves on the disk: a copy, taken at that moment, of all that was written.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::world::Folder;

/// A state directory, and those that crashes have left of it.
pub struct Disk {
    folder: Folder,
    number: u32,
    /// How long the journal's write-ahead log was at the moment before.
    log: u64,
}

impl Disk {
    pub fn new() -> Disk {
        Disk { folder: Folder::in_memory(), number: 0, log: 0 }
    }

    /// For the files beside the state: price books and customers files.
    pub fn folder(&self) -> &Folder {
        &self.folder
    }

    /// The state directory as the last crash left it.
    pub fn state(&self) -> PathBuf {
        self.folder.path().join(format!("state-{}", self.number))
    }

    fn log(&self) -> u64 {
        fs::metadata(self.state().join("journal.sqlite-wal")).map_or(0, |log| log.len())
    }

    /// Another moment has come without a crash.
    pub fn pass(&mut self) {
        self.log = self.log();
    }

    /// The process ends here: whatever it still writes goes nowhere. Where `torn` is given, what was written to the
    /// journal since the moment before, and each file that was not whole yet, ends somewhere in between, at so many
    /// thousandths.
    pub fn crash(&mut self, torn: Option<u64>) -> io::Result<()> {
        let (old, before, after) = (self.state(), self.log, self.log());
        self.number += 1;
        copy(&old, &self.state(), torn)?;
        if let Some(torn) = torn.filter(|_| after > before) {
            cut(&self.state().join("journal.sqlite-wal"), before + (after - before) * torn / 1000)?;
        }
        self.log = self.log();
        Ok(())
    }
}

fn copy(from: &Path, to: &Path, torn: Option<u64>) -> io::Result<()> {
    fs::create_dir_all(to)?;
    if !from.exists() {
        return Ok(());
    }
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if entry.file_type()?.is_dir() {
            copy(&from, &to, torn)?;
            continue;
        }
        fs::copy(&from, &to)?;
        if let Some(torn) = torn.filter(|_| to.extension().is_some_and(|ending| ending == "part")) {
            cut(&to, fs::metadata(&to)?.len() * torn / 1000)?;
        }
    }
    Ok(())
}

fn cut(path: &Path, length: u64) -> io::Result<()> {
    let mut permissions = fs::metadata(path)?.permissions();
    #[expect(clippy::permissions_set_readonly_false, reason = "a copy in a folder of this test's own")]
    permissions.set_readonly(false);
    fs::set_permissions(path, permissions)?;
    fs::OpenOptions::new().write(true).open(path)?.set_len(length)
}
