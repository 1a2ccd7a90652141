//! The file: made, opened, brought to the schema of this version, or refused.

use std::fs::OpenOptions;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior};

use super::error::Error;
use skubill_services::private;

/// What tells our database from any other: `skub`.
const APPLICATION: i64 = 0x736b_7562;

/// Each brings a journal from the schema of its number to the next. A schema that is not named here is
/// refused.
const MIGRATIONS: [&str; 2] = [include_str!("schema.sql"), include_str!("evidence.sql")];

/// The schema of this version.
pub const SCHEMA: i64 = MIGRATIONS.len() as i64;

/// How long one process waits for another one that is writing.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long it waits before it asks again, where SQLite does not wait by itself.
const PAUSE: Duration = Duration::from_millis(5);

/// Open for reading and writing; directory and file are made where they are missing.
pub fn open(state: &Path, path: &Path) -> Result<Connection, Error> {
    private::directory(state).map_err(|source| Error::File { path: state.into(), source })?;
    file(path).map_err(|source| Error::File { path: path.into(), source })?;
    regular(path)?;
    let wrong = |error| Error::of(path, error);
    let mut connection = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    // Whose it is, is asked before anything is changed in it.
    let found = schema(&connection, path)?;
    let mode = write_ahead(&connection).map_err(wrong)?;
    if mode != "wal" {
        return Err(Error::NotWritable { path: path.into(), detail: format!("the file system allows no write-ahead log, only {mode}") });
    }
    connection.execute_batch("PRAGMA synchronous = FULL").map_err(wrong)?;
    if found < SCHEMA {
        migrate(&mut connection, path)?;
    }
    Ok(connection)
}

/// Ask for a write-ahead log; the mode that there is then. SQLite waits for nobody here, where several processes
/// are making one journal at the same time.
fn write_ahead(connection: &Connection) -> rusqlite::Result<String> {
    let begun = Instant::now();
    loop {
        let mode = connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0));
        match mode {
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) && begun.elapsed() < PATIENCE => {
                std::thread::sleep(PAUSE);
            }
            mode => return mode,
        }
    }
}

/// Open for reading. Beside a journal whose log was written back nothing needs to be made, so that a copy
/// on a medium that cannot be written can be read.
pub fn read(path: &Path) -> Result<Connection, Error> {
    regular(path)?;
    let connection = connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let found = match schema(&connection, path) {
        Err(Error::NotWritable { .. }) if !has_log(path) => return immutable(path),
        found => found?,
    };
    readable(found, path).map(|()| connection)
}

/// SQLite would wait at a pipe, and read a device.
fn regular(path: &Path) -> Result<(), Error> {
    match path.metadata() {
        Ok(found) if found.is_file() => Ok(()),
        Ok(_) => Err(Error::NotRegular { path: path.into() }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(Error::Absent { path: path.into() }),
        Err(source) => Err(Error::File { path: path.into(), source }),
    }
}

fn immutable(path: &Path) -> Result<Connection, Error> {
    let name = path.to_string_lossy().replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
    let connection = connect(Path::new(&format!("file:{name}?immutable=1")), flags)?;
    let found = schema(&connection, path)?;
    readable(found, path).map(|()| connection)
}

fn has_log(path: &Path) -> bool {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    PathBuf::from(log).metadata().is_ok_and(|log| log.len() > 0)
}

fn connect(path: &Path, flags: OpenFlags) -> Result<Connection, Error> {
    let wrong = |error| Error::of(path, error);
    let connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX).map_err(wrong)?;
    connection.busy_timeout(PATIENCE).map_err(wrong)?;
    // Nothing that a changed schema names is run.
    connection.execute_batch("PRAGMA trusted_schema = OFF").map_err(wrong)?;
    Ok(connection)
}

/// The schema that a file has, 0 for one without anything in it; refused where it is none that is known.
fn schema(connection: &Connection, path: &Path) -> Result<i64, Error> {
    let wrong = |error| Error::of(path, error);
    // In one statement, which sees one state of the file: another process may be making the journal meanwhile.
    let all = "SELECT application_id, user_version, (SELECT count(*) FROM sqlite_schema) FROM pragma_application_id, pragma_user_version";
    let (application, found, objects): (i64, i64, i64) =
        connection.query_row(all, [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).map_err(wrong)?;
    let empty = objects == 0;
    let path = || path.to_path_buf();
    match (application, found) {
        (0, 0) if empty => Ok(0),
        (APPLICATION, found) if found > SCHEMA => Err(Error::Newer { path: path(), found, known: SCHEMA }),
        (APPLICATION, found) if found < 1 => Err(Error::Older { path: path(), found, known: SCHEMA }),
        (APPLICATION, found) => Ok(found),
        _ => Err(Error::Foreign { path: path() }),
    }
}

/// For reading, every schema that is known will do: what older ones lack is looked for more slowly.
fn readable(found: i64, path: &Path) -> Result<(), Error> {
    if found == 0 { Err(Error::Absent { path: path.into() }) } else { Ok(()) }
}

/// All steps that are missing, in one transaction. Another process may have been first.
fn migrate(connection: &mut Connection, path: &Path) -> Result<(), Error> {
    let wrong = |error| Error::of(path, error);
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(wrong)?;
    let found = schema(&transaction, path)?;
    for step in MIGRATIONS.iter().skip(usize::try_from(found).unwrap_or(0)) {
        transaction.execute_batch(step).map_err(wrong)?;
    }
    transaction.execute_batch(&format!("PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {SCHEMA}")).map_err(wrong)?;
    transaction.commit().map_err(wrong)
}

/// What the schema of this version is made of, as SQLite keeps it.
pub fn objects(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut statement = connection.prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type, name")?;
    statement.query_map([], |row| row.get(0))?.collect()
}

/// The same of a new journal of the schema that a journal has.
pub fn objects_expected(of: &Connection) -> rusqlite::Result<Vec<String>> {
    let version: i64 = of.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let connection = Connection::open_in_memory()?;
    MIGRATIONS.iter().take(usize::try_from(version).unwrap_or(0)).try_for_each(|step| connection.execute_batch(step))?;
    objects(&connection)
}

/// A file for its owner alone: made so, or made to be so. What SQLite puts beside it has the same mode.
fn file(path: &Path) -> io::Result<()> {
    // One that is there is not opened here: closing it would give back the locks that SQLite holds on it for other
    // connections of this process (its "How To Corrupt", POSIX advisory locks).
    match private::new_file(OpenOptions::new().write(true).create_new(true)).open(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        made => drop(made?),
    }
    private::owner_alone(path)
}
