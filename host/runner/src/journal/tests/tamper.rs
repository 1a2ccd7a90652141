//! Whatever is changed in the file is found, and the first entry that does not fit is named.

use rusqlite::types::{Value, ValueRef};

use super::chain::COLUMNS;
use super::*;

/// Change the database behind the journal's back, its triggers aside and back again.
fn change(state: &State, change: impl FnOnce(&Connection)) {
    let raw = state.raw();
    raw.execute_batch("PRAGMA foreign_keys = OFF; PRAGMA synchronous = OFF; BEGIN").expect("set");
    let sql = "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'";
    let triggers: Vec<(String, String)> = raw
        .prepare(sql)
        .expect("SQL")
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .expect("rows")
        .map(|row| row.expect("a row"))
        .collect();
    triggers.iter().for_each(|(name, _)| raw.execute_batch(&format!("DROP TRIGGER {name}")).expect("dropped"));
    change(&raw);
    triggers.iter().for_each(|(_, sql)| raw.execute_batch(sql).expect("made again"));
    raw.execute_batch("COMMIT").expect("committed");
}

fn execute(state: &State, sql: &str) {
    change(state, |raw| raw.execute_batch(sql).expect("changed"));
}

/// The first entry that does not fit, and why.
#[track_caller]
fn broken(state: &State, head: Option<&Hash>) -> (u64, String) {
    match Journal::read(state).expect("a journal").verify(head) {
        Err(Error::Broken { entry, why }) => (entry.number(), why),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_database_itself_refuses_changes() {
    let state = State::new();
    let journal = filled(&state);
    for sql in ["UPDATE entry SET period = '2021-09'", "DELETE FROM entry", "UPDATE payload SET bytes = x'00'", "DELETE FROM payload"] {
        let refused = state.raw().execute(sql, []).expect_err(sql).to_string();
        assert!(refused.contains("only appended"), "{refused}");
    }
    assert_eq!(journal.verify(None).expect("whole").entries, 5);
    // Taking the triggers off and putting them back changes nothing, so what is found below is the change.
    change(&state, |_| {});
    assert_eq!(journal.verify(None).expect("whole").entries, 5);
}

/// Every byte of every column of one entry, the answer with all columns set.
#[test]
fn every_changed_byte_of_an_entry_is_found() {
    let state = State::new();
    let journal = filled(&state);
    let columns: Vec<&str> = COLUMNS.split(", ").chain(["hash"]).collect();
    let mut changes = 0;
    for column in columns.iter().filter(|column| **column != "sequence") {
        let stored: Value =
            state.raw().query_row(&format!("SELECT {column} FROM entry WHERE sequence = 2"), [], |row| row.get(0)).expect("a value");
        for wrong in others(&stored) {
            let set = format!("UPDATE entry SET {column} = ?1 WHERE sequence = 2");
            change(&state, |raw| assert_eq!(raw.execute(&set, [&wrong]).expect("changed"), 1));
            let found = journal.verify(None);
            assert!(matches!(&found, Err(Error::Broken { entry: EntryId(2), .. })), "{column}: {stored:?} to {wrong:?}: {found:?}");
            change(&state, |raw| assert_eq!(raw.execute(&set, [&stored]).expect("put back"), 1));
            changes += 1;
        }
        assert_eq!(journal.verify(None).expect("put back").entries, 5, "{column}");
    }
    assert!(changes > 250, "{changes} changes were made");
}

/// A value with each of its bits turned over in turn, and none, and one where there was none.
fn others(value: &Value) -> Vec<Value> {
    let mut others = vec![Value::Text(String::new()), Value::Text("other".into())];
    match value {
        Value::Text(text) => {
            for at in 0..text.len() {
                let mut bytes = text.clone().into_bytes();
                bytes[at] ^= 1;
                others.push(Value::Text(String::from_utf8(bytes).expect("ASCII")));
            }
            others.push(Value::Text(format!("{text} ")));
        }
        Value::Integer(number) => others = (0..64).map(|bit| Value::Integer(number ^ (1 << bit))).collect(),
        Value::Null => others.push(Value::Text("0".into())),
        other => panic!("no column holds {other:?}"),
    }
    others.retain(|other| other != value);
    others
}

#[test]
fn entries_that_are_gone_moved_or_put_in_are_found() {
    let copy = format!("INSERT INTO entry ({COLUMNS}, hash) SELECT");
    let rest = format!("{}, hash FROM entry WHERE sequence = 5", COLUMNS.trim_start_matches("sequence, "));
    for (sql, entry, said) in [
        ("DELETE FROM entry WHERE sequence = 3".to_string(), 3, "entry 4 stands in its place"),
        ("DELETE FROM entry WHERE sequence = 1".into(), 1, "entry 2 stands in its place"),
        ("DELETE FROM entry WHERE sequence < 5; UPDATE entry SET sequence = 1".into(), 1, "its hash is not"),
        ("UPDATE entry SET sequence = 9 WHERE sequence = 5".into(), 5, "entry 9 stands in its place"),
        ("UPDATE entry SET sequence = 9 WHERE sequence = 4; UPDATE entry SET sequence = 4 WHERE sequence = 5".into(), 4, "its hash is not"),
        (format!("{copy} 6, {rest}"), 6, "its hash is not"),
        (format!("{copy} 0, {rest}"), 1, "entry 0 stands in its place"),
    ] {
        let state = State::new();
        drop(filled(&state));
        execute(&state, &sql);
        let (found, why) = broken(&state, None);
        assert_eq!(found, entry, "{sql}: {why}");
        assert!(why.contains(said), "{sql}: {why}");
    }
}

#[test]
fn changed_payloads_are_found() {
    for (sql, entry, said) in [
        ("UPDATE payload SET bytes = CAST('twp' AS BLOB) WHERE bytes = CAST('two' AS BLOB)", 3, "has other bytes"),
        ("UPDATE payload SET bytes = x''", 1, "has other bytes"),
        ("DELETE FROM payload WHERE bytes = CAST('two' AS BLOB)", 3, "is not there"),
        ("UPDATE payload SET sha256 = upper(sha256) WHERE bytes = CAST('two' AS BLOB)", 3, "is not there"),
        ("INSERT INTO payload VALUES ('00', x'00')", 6, "no entry has the payload 00"),
        ("CREATE VIEW more AS SELECT * FROM entry", 6, "not as they were made"),
        ("CREATE TRIGGER more AFTER INSERT ON entry BEGIN DELETE FROM payload; END", 6, "not as they were made"),
        ("DROP INDEX entry_answers", 6, "not as they were made"),
    ] {
        let state = State::new();
        drop(filled(&state));
        execute(&state, sql);
        let (found, why) = broken(&state, None);
        assert_eq!(found, entry, "{sql}: {why}");
        assert!(why.contains(said), "{sql}: {why}");
    }
    let state = State::new();
    drop(filled(&state));
    state.raw().execute_batch("DROP TRIGGER entry_stays").expect("dropped");
    assert!(broken(&state, None).1.contains("the triggers that keep entries from being changed"));
}

/// A tail that was cut off is whole in itself: only a head that was kept elsewhere tells.
#[test]
fn a_tail_that_was_cut_off_is_found_by_a_head_of_before() {
    let state = State::new();
    let journal = filled(&state);
    let (entries, head) = (journal.entries().expect("entries"), journal.head().expect("a head"));
    assert_eq!(journal.verify(Some(&head)).expect("whole"), Verified { entries: 5, head, vouched: Some(5) });
    // The head of an earlier run is as good, and that of a journal without entries too.
    assert_eq!(journal.verify(Some(&entries[2].hash)).expect("whole").vouched, Some(3));
    assert_eq!(journal.verify(Some(&Hash::NONE)).expect("whole").vouched, Some(0));
    drop(journal);
    execute(&state, "DELETE FROM entry WHERE sequence > 3");
    assert_eq!(Journal::read(&state).expect("a journal").verify(None).expect("whole in itself").entries, 3);
    let (entry, why) = broken(&state, Some(&head));
    assert_eq!(entry, 4);
    assert!(why.contains(&head.to_string()), "{why}");
    assert_eq!(Journal::read(&state).expect("a journal").verify(Some(&entries[2].hash)).expect("whole").vouched, Some(3));
}

/// The bytes of an entry, put together by hand as the module's page states them.
#[test]
fn the_chain_is_the_one_that_is_documented() {
    let state = State::new();
    let journal = journal(&state);
    let intent = intend(&journal, &bill(292), "payload");
    answer(&journal, intent, Outcome::Posted);
    let entries = journal.entries().expect("entries");
    let text = |bytes: &mut Vec<u8>, text: &str| {
        bytes.push(2);
        bytes.extend((text.len() as u64).to_be_bytes());
        bytes.extend(text.bytes());
    };
    let integer = |bytes: &mut Vec<u8>, number: i64| {
        bytes.push(1);
        bytes.extend(number.to_be_bytes());
    };
    let about = |bytes: &mut Vec<u8>, number, time: &str, step: &str| {
        integer(bytes, number);
        for part in [time, step, "abiquo", "https://abiquo.example.com/api", "post-bill", "eu2", "292", "ACRONIS", "2021-08"] {
            text(bytes, part);
        }
    };
    let mut first = vec![0; 32];
    about(&mut first, 1, "2021-09-01T00:00:00Z", "intent");
    text(&mut first, "239f59ed55e737c77147cf55ad0c1b030b6d7ee748a7426952f9b852d5a935e5");
    first.extend([0; 5]);
    assert_eq!(entries[0].hash, Hash::of(&first));
    let hex = entries[0].hash.to_string();
    let mut second: Vec<u8> = (0..32).map(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).expect("hexadecimal")).collect();
    about(&mut second, 2, "2021-09-01T00:00:01Z", "answer");
    second.push(0);
    integer(&mut second, 1);
    text(&mut second, "posted");
    second.extend([0; 3]);
    assert_eq!(entries[1].hash, Hash::of(&second));
}

/// What no column of the table takes would be told apart, too.
#[test]
fn values_of_other_types_have_other_hashes() {
    let of = |value| chain::hash(&Hash::NONE, [value].into_iter());
    let values = [
        ValueRef::Null,
        ValueRef::Integer(0),
        ValueRef::Text(b""),
        ValueRef::Blob(b""),
        ValueRef::Text(b"0"),
        ValueRef::Blob(b"0"),
        ValueRef::Real(0.0),
    ];
    for (at, value) in values.iter().enumerate() {
        for other in &values[at + 1..] {
            assert_ne!(of(*value), of(*other), "{value:?} and {other:?}");
        }
    }
}
