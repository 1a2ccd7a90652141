//! One run of a period at a time: a lock that ends with the process, however that ends.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use super::chain::Hash;
use skubill_services::private;

/// Held for as long as it lives, or the process does.
#[derive(Debug)]
pub struct PeriodLock {
    /// The system gives the lock back when this is closed, by whatever end of the process.
    file: File,
}

impl Drop for PeriodLock {
    fn drop(&mut self) {
        // Closing is not enough while a program that is just being started still has a copy of it.
        let _ = self.file.unlock();
    }
}

/// Why a lock was not had.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    #[error("another run of this period is under way ({scope}{}): wait until it ends", process.map(|id| format!(", process {id}")).unwrap_or_default())]
    UnderWay { scope: String, process: Option<u32> },
    #[error("{path}: {source}")]
    File { path: PathBuf, source: io::Error },
}

impl PeriodLock {
    /// Take the lock of a scope, such as an account and its period, in a state directory; never wait for it.
    pub fn take(state: &Path, scope: &str) -> Result<Self, LockError> {
        let path = state.join("locks").join(file_name(scope));
        let wrong = |source| LockError::File { path: path.clone(), source };
        path.parent().map_or(Ok(()), private::own_directory).map_err(wrong)?;
        let mut file =
            private::new_file(OpenOptions::new().read(true).write(true).create(true).truncate(false)).open(&path).map_err(wrong)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(LockError::UnderWay { scope: scope.into(), process: holder(&mut file) }),
            Err(TryLockError::Error(source)) => return Err(wrong(source)),
        }
        // Who holds it is for messages alone: that it cannot be said, on a full disk, is no reason not to hold it.
        let _ = file.set_len(0).and_then(|()| file.write_all(std::process::id().to_string().as_bytes()));
        Ok(PeriodLock { file })
    }
}

fn holder(file: &mut File) -> Option<u32> {
    let mut text = String::new();
    file.read_to_string(&mut text).ok()?;
    text.parse().ok()
}

/// A name that a person recognizes, and no two scopes share.
fn file_name(scope: &str) -> String {
    let readable: String = scope.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' }).take(80).collect();
    format!("{readable}.{:.16}.lock", Hash::of(scope.as_bytes()).to_string())
}
