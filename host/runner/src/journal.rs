//! The journal: what was intended, and what came of it.
//!
//! Neither service knows idempotency keys. So that money is posted once although answers get lost and
//! processes die, an intent is written here before anything is sent, and an answer after. An intent without
//! a settled answer is where a run was cut off: the next one looks there first.
//!
//! ```text
//! intend(subject, payload) ── on disk ──► send ──► answer(intent, outcome) ── on disk ──► next
//!            │ cut off here: open_intents(subject) ──► look it up ──► answer
//! ```
//!
//! # What is kept
//!
//! `journal.sqlite` in the state directory: SQLite with a write-ahead log, each commit synced to the disk, the
//! file for its owner alone. [Entries](Entry) are only ever appended; the database itself refuses to change
//! or remove one. An entry vouches for the [evidence](crate::evidence) of each run. The bytes of each payload stand beside them, once for all entries that have them. No
//! secret is written: an address has no credentials (a [`BaseUrl`] cannot hold any), and details are ours.
//!
//! # The chain
//!
//! The hash of an entry is SHA-256 over these bytes:
//!
//! 1. the 32 bytes of the hash of the entry before; for the first entry 32 zero bytes;
//! 2. the columns `sequence`, `time`, `step`, `service`, `url`, `action`, `account`, `enterprise`,
//!    `provider`, `period`, `payload_sha256`, `answers`, `outcome`, `status`, `reference` and `detail`, in this
//!    order, each as one byte for its type (0 null, 1 integer, 2 text), and then an integer as the 8 bytes of its
//!    two's complement, big end first; a text as its length in bytes, 8 bytes, big end first, and its UTF-8 bytes.
//!
//! `sequence`, `answers` and `status` are integers, all others texts: `time` as RFC 3339 in UTC, hashes as 64
//! lower-case hexadecimal digits. [`Journal::verify`] computes all of it anew from what is stored, and the
//! SHA-256 of every payload too. Whoever can write the file could compute a whole new chain: that is what the
//! [head](Journal::head) is for, printed by every run and kept elsewhere.

mod chain;
mod entry;
mod error;
mod lock;
mod store;
mod verify;

#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params_from_iter};

pub use chain::Hash;
pub use entry::{Action, Answer, Entry, EntryId, EntryKind, Outcome, Service, Subject};
pub use error::Error;
pub use lock::{LockError, PeriodLock};
pub use skubill_services::http::BaseUrl;
pub use verify::Verified;

use chain::{COLUMNS, hash};
use entry::Columns;

/// The journal's file in the state directory.
pub const FILE: &str = "journal.sqlite";

fn evidence(entries: Vec<Entry>) -> Vec<(EntryId, String, Hash)> {
    let kept = |entry: Entry| match entry.step {
        EntryKind::Evidence { folder, manifest } => Some((entry.id, folder, manifest)),
        _ => None,
    };
    entries.into_iter().filter_map(kept).collect()
}

/// An open journal. Several may be open on one file, in one process or in many: each append is a transaction
/// of its own. Calls block for as long as the disk takes, some milliseconds.
pub struct Journal {
    path: PathBuf,
    connection: Mutex<Connection>,
}

impl Journal {
    /// Open the journal of a state directory, for reading and writing. Directory and file are made where
    /// they are missing, for their owner alone.
    pub fn open(state: &Path) -> Result<Self, Error> {
        let path = state.join(FILE);
        let connection = store::open(state, &path)?;
        Ok(Journal { path, connection: Mutex::new(connection) })
    }

    /// Open a journal that is there, for reading; also one in a place where nothing can be written.
    pub fn read(state: &Path) -> Result<Self, Error> {
        let path = state.join(FILE);
        let connection = store::read(&path)?;
        Ok(Journal { path, connection: Mutex::new(connection) })
    }

    /// Write down what is about to be sent. Send it only after this has succeeded.
    pub fn intend(&self, now: Timestamp, subject: &Subject, payload: Option<&[u8]>) -> Result<EntryId, Error> {
        self.append(|transaction| {
            let payload = payload.map(|bytes| self.keep(transaction, bytes)).transpose()?;
            Ok(Columns::intent(now, subject, payload.as_ref()))
        })
    }

    /// Write down what came of an intent. One whose outcome was unknown may be answered again, once it is known.
    pub fn answer(&self, now: Timestamp, intent: EntryId, answer: &Answer) -> Result<EntryId, Error> {
        self.append(|transaction| {
            let sql = format!("SELECT {COLUMNS}, hash FROM entry WHERE sequence = ?1");
            let asked = transaction.query_row(&sql, [intent.0], Columns::read).optional().map_err(self.wrong())?;
            let asked = asked.map(Entry::try_from).transpose()?.filter(|entry| matches!(entry.step, EntryKind::Intent { .. }));
            let asked = asked.ok_or(Error::NoIntent(intent))?;
            let settled = "SELECT EXISTS (SELECT 1 FROM entry WHERE answers = ?1 AND outcome NOT IN (?2, ?3))";
            let open = (intent.0, Outcome::Unknown.name(), Outcome::Accepted.name());
            let settled = transaction.query_row(settled, open, |row| row.get(0)).map_err(self.wrong())?;
            if settled {
                return Err(Error::Settled(intent));
            }
            Ok(Columns::answer(now, &asked, answer))
        })
    }

    /// Write down that evidence is kept: the name of a run's folder, and its manifest.
    pub fn vouch(&self, now: Timestamp, subject: &Subject, folder: &str, manifest: &[u8]) -> Result<EntryId, Error> {
        self.append(|transaction| Ok(Columns::evidence(now, subject, folder, &self.keep(transaction, manifest)?)))
    }

    /// The latest entry that vouches for the evidence in a folder of this name, and the SHA-256 of its manifest.
    pub fn vouched(&self, folder: &str) -> Result<Option<(EntryId, Hash)>, Error> {
        Ok(evidence(self.select("step = 'evidence' AND reference = ?1", [folder])?).pop().map(|(id, _, hash)| (id, hash)))
    }

    /// All entries that vouch for evidence, in their order: folder and SHA-256 of its manifest.
    pub fn all_vouched(&self) -> Result<Vec<(EntryId, String, Hash)>, Error> {
        Ok(evidence(self.select("step = 'evidence'", ())?))
    }

    /// The intents of a subject whose outcome is not known: a run was cut off there, or could not look it up.
    pub fn open_intents(&self, subject: &Subject) -> Result<Vec<Entry>, Error> {
        let entries = self.history(subject)?;
        let settled = |intent: &Entry| entries.iter().any(|entry| entry.settles(intent.id));
        let open = entries.iter().filter(|entry| matches!(entry.step, EntryKind::Intent { .. }) && !settled(entry));
        Ok(open.cloned().collect())
    }

    /// All entries of a subject, in their order. Bills and cost records are known by their place in Abiquo,
    /// whatever the account is called by now; reports by the account.
    pub fn history(&self, subject: &Subject) -> Result<Vec<Entry>, Error> {
        let account = subject.enterprise.is_none().then_some(subject.account.as_str());
        let chosen = "url = ?1 AND action = ?2 AND enterprise IS ?3 AND provider IS ?4 AND period = ?5 AND account = ifnull(?6, account)";
        let enterprise = subject.enterprise.map(|enterprise| enterprise.to_string());
        self.select(chosen, (&subject.url, subject.action.name(), enterprise, &subject.provider, &subject.period, account))
    }

    /// All entries of an action at a service's address under a provider, whose period begins so: of one enterprise, or
    /// of all.
    pub fn within(&self, action: Action, url: &str, enterprise: Option<u64>, provider: &str, period: &str) -> Result<Vec<Entry>, Error> {
        let chosen =
            "url = ?1 AND action = ?2 AND enterprise = ifnull(?3, enterprise) AND provider = ?4 AND substr(period, 1, length(?5)) = ?5";
        let enterprise = enterprise.map(|enterprise| enterprise.to_string());
        self.select(chosen, (url, action.name(), enterprise, provider, period))
    }

    /// All entries, in their order.
    pub fn entries(&self) -> Result<Vec<Entry>, Error> {
        self.select("1", ())
    }

    /// The bytes of a payload, by their SHA-256.
    pub fn payload(&self, sha256: &Hash) -> Result<Option<Vec<u8>>, Error> {
        let found = self.connection().query_row("SELECT bytes FROM payload WHERE sha256 = ?1", [sha256.to_string()], |row| row.get(0));
        found.optional().map_err(self.wrong())
    }

    /// The hash of the last entry; zeros where there is none.
    pub fn head(&self) -> Result<Hash, Error> {
        let (_, head) = self.last(&self.connection())?;
        Ok(head)
    }

    fn select(&self, chosen: &str, parameters: impl rusqlite::Params) -> Result<Vec<Entry>, Error> {
        let connection = self.connection();
        let sql = format!("SELECT {COLUMNS}, hash FROM entry WHERE {chosen} ORDER BY sequence");
        let mut statement = connection.prepare(&sql).map_err(self.wrong())?;
        let rows = statement.query_map(parameters, Columns::read).map_err(self.wrong())?;
        let columns: Vec<Columns> = rows.collect::<Result<_, _>>().map_err(self.wrong())?;
        columns.into_iter().map(Entry::try_from).collect()
    }

    /// One entry more, in a transaction of its own: all of it is on the disk, or nothing.
    fn append(&self, make: impl FnOnce(&Transaction<'_>) -> Result<Columns, Error>) -> Result<EntryId, Error> {
        let mut connection = self.connection();
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(self.wrong())?;
        let (sequence, previous) = self.last(&transaction)?;
        let id = EntryId(sequence + 1);
        let mut values = make(&transaction)?.values(id);
        values.push(Value::Text(hash(&previous, values.iter().map(Into::into)).to_string()));
        let places = vec!["?"; values.len()].join(", ");
        let sql = format!("INSERT INTO entry ({COLUMNS}, hash) VALUES ({places})");
        transaction.execute(&sql, params_from_iter(values)).map_err(self.wrong())?;
        transaction.commit().map_err(self.wrong())?;
        Ok(id)
    }

    fn connection(&self) -> MutexGuard<'_, Connection> {
        // A transaction that a panic cut off was rolled back: the connection is whole.
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wrong(&self) -> impl Fn(rusqlite::Error) -> Error + '_ {
        |error| Error::of(&self.path, error)
    }

    /// Keep a payload's bytes, unless they are there.
    fn keep(&self, transaction: &Transaction<'_>, bytes: &[u8]) -> Result<Hash, Error> {
        let sha256 = Hash::of(bytes);
        let kept = transaction.execute("INSERT OR IGNORE INTO payload (sha256, bytes) VALUES (?1, ?2)", (sha256.to_string(), bytes));
        kept.map_err(self.wrong())?;
        Ok(sha256)
    }

    /// Number and hash of the last entry.
    fn last(&self, connection: &Connection) -> Result<(i64, Hash), Error> {
        let sql = "SELECT sequence, hash FROM entry ORDER BY sequence DESC LIMIT 1";
        let last = connection.query_row(sql, [], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?))).optional();
        let Some((sequence, hash)) = last.map_err(self.wrong())? else { return Ok((0, Hash::NONE)) };
        let broken = |why: &str| Error::Broken { entry: EntryId(sequence), why: why.into() };
        Ok((sequence, hash.parse().map_err(broken)?))
    }
}
