//! Whether the journal is what was written: every hash, computed anew.

use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row};

use super::chain::{COLUMN_COUNT, COLUMNS, Hash, hash};
use super::entries::Journal;
use super::error::Error;
use super::id::EntryId;
use super::store;

/// A journal that fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verified {
    pub entries: u64,
    /// The hash of the last entry; zeros where there is none.
    pub head: Hash,
    /// How many of the entries the given head vouches for.
    pub vouched: Option<u64>,
}

impl Journal {
    /// Read all of it, and find the first entry that does not fit: a column or payload that was changed, an entry
    /// removed or put in. `head` is one that was printed earlier: where no entry has it, the tail was cut off, or
    /// the chain is another one. The journal may have grown since it was printed.
    pub fn verify(&self, head: Option<&Hash>) -> Result<Verified, Error> {
        let mut connection = self.connection();
        // One state of the journal, although others may be writing.
        let transaction = connection.transaction().map_err(self.wrong())?;
        self.whole(&transaction)?;
        let mut verified = Verified { entries: 0, head: Hash::NONE, vouched: head.filter(|head| **head == Hash::NONE).map(|_| 0) };
        let sql = format!("SELECT {COLUMNS}, hash FROM entry ORDER BY sequence");
        let mut statement = transaction.prepare(&sql).map_err(self.wrong())?;
        let mut rows = statement.query([]).map_err(self.wrong())?;
        while let Some(row) = rows.next().map_err(self.wrong())? {
            let next = EntryId(verified.entries as i64 + 1);
            let broken = |why: &str| Error::Broken { entry: next, why: why.into() };
            verified.head = fits(row, next, &verified.head).map_err(|error| self.wrong()(error))?.map_err(|why| broken(&why))?;
            self.payload_fits(&transaction, row)?.map_err(|why| broken(&why))?;
            verified.entries += 1;
            if head == Some(&verified.head) {
                verified.vouched = Some(verified.entries);
            }
        }
        let after = |why: String| Error::Broken { entry: EntryId(verified.entries as i64 + 1), why };
        self.nothing_else(&transaction)?.map_err(after)?;
        match head {
            Some(head) if verified.vouched.is_none() => {
                Err(after(format!("no entry has the hash {head}: there were more entries when it was printed, or others")))
            }
            _ => Ok(verified),
        }
    }

    /// SQLite's own check of its pages, indices and constraints.
    fn whole(&self, connection: &Connection) -> Result<(), Error> {
        let said: String = connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0)).map_err(self.wrong())?;
        if said == "ok" { Ok(()) } else { Err(Error::Corrupt { path: self.path.clone(), detail: said }) }
    }

    fn payload_fits(&self, connection: &Connection, row: &Row<'_>) -> Result<Result<(), String>, Error> {
        let Some(sha256) = row.get::<_, Option<String>>(10).map_err(self.wrong())? else { return Ok(Ok(())) };
        let mut statement = connection.prepare("SELECT bytes FROM payload WHERE sha256 = ?1").map_err(self.wrong())?;
        let mut found = statement.query([&sha256]).map_err(self.wrong())?;
        let Some(payload) = found.next().map_err(self.wrong())? else {
            return Ok(Err(format!("its payload {sha256} is not there")));
        };
        let bytes = payload.get_ref(0).map_err(self.wrong())?.as_bytes().unwrap_or_default();
        Ok(if Hash::of(bytes).to_string() == sha256 { Ok(()) } else { Err(format!("its payload {sha256} has other bytes")) })
    }

    /// No payload that belongs to no entry, and no table, index or trigger that is not ours or is missing.
    fn nothing_else(&self, connection: &Connection) -> Result<Result<(), String>, Error> {
        let sql = "SELECT sha256 FROM payload WHERE sha256 NOT IN (SELECT payload_sha256 FROM entry WHERE payload_sha256 IS NOT NULL)";
        let mut statement = connection.prepare(sql).map_err(self.wrong())?;
        let mut strangers = statement.query([]).map_err(self.wrong())?;
        if let Some(stranger) = strangers.next().map_err(self.wrong())? {
            let sha256: String = stranger.get(0).map_err(self.wrong())?;
            return Ok(Err(format!("no entry has the payload {sha256}")));
        }
        let same = store::objects(connection).map_err(self.wrong())? == store::objects_expected(connection).map_err(self.wrong())?;
        Ok(if same {
            Ok(())
        } else {
            Err("the tables, or the triggers that keep entries from being changed, are not as they were made".into())
        })
    }
}

/// The hash of the entry in its place, where it is what it should be.
fn fits(row: &Row<'_>, expected: EntryId, previous: &Hash) -> rusqlite::Result<Result<Hash, String>> {
    let columns: Vec<ValueRef<'_>> = (0..COLUMN_COUNT).map(|at| row.get_ref(at)).collect::<Result<_, _>>()?;
    if columns[0] != ValueRef::Integer(expected.0) {
        let sequence: i64 = row.get(0)?;
        return Ok(Err(format!("entry {sequence} stands in its place")));
    }
    let computed = hash(previous, columns.into_iter());
    let stored = row.get_ref(COLUMN_COUNT)?;
    let same = stored == ValueRef::Text(computed.to_string().as_bytes());
    Ok(if same { Ok(computed) } else { Err("its hash is not that of its columns and the entry before".into()) })
}
