//! `skubill journal`: the table, the JSON, and what was changed behind its back.

use jiff::Timestamp;
use rusqlite::Connection;
use rusqlite::types::Value;
use sha2::{Digest, Sha256};
use skubill_runner::journal::{Action, Answer, BaseUrl, Journal, Outcome, Subject};

use crate::world::{Folder, has, lacks};

/// A bill that was posted, and one whose answer was lost.
fn folder() -> Folder {
    let folder = Folder::new();
    let journal = Journal::open(&folder.path().join("state")).expect("a journal");
    let url = BaseUrl::parse("https://abiquo.example.com/api").expect("an address");
    let bill = |enterprise| Subject::in_abiquo(Action::PostBill, &url, "eu2", enterprise, "ACRONIS", "2021-08");
    let time = |second: i64| Timestamp::new(1_630_454_400 + second, 0).expect("a time");
    let posted = journal.intend(time(0), &bill(292), Some(b"{\"one\": 1}")).expect("an intent");
    let answer = Answer::new(Outcome::Posted).status(200).detail("stored \u{1b}[2J");
    journal.answer(time(1), posted, &answer).expect("an answer");
    let lost = journal.intend(time(2), &bill(293), Some(b"{\"two\": 2}")).expect("an intent");
    journal.answer(time(3), lost, &Answer::new(Outcome::Unknown).detail("timed out")).expect("an answer");
    folder
}

const STATE: [&str; 2] = ["--state", "state"];

fn journal(folder: &Folder, command: &str, more: &[&str]) -> crate::world::Ran {
    folder.skubill(&[&["journal", command], &STATE[..], more].concat())
}

#[test]
fn the_list_is_a_table_and_names_what_is_open() {
    let folder = folder();
    let ran = journal(&folder, "list", &[]).ends(0);
    let words: Vec<String> = ran.stdout.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    for line in [
        "1 2021-09-01T00:00:00Z intent post-bill eu2 292 ACRONIS 2021-08",
        "2 2021-09-01T00:00:01Z answer to 1 post-bill eu2 292 ACRONIS 2021-08 posted, 200, stored [2J",
        "3 2021-09-01T00:00:02Z intent post-bill eu2 293 ACRONIS 2021-08 open: the next run looks it up",
        "4 2021-09-01T00:00:03Z answer to 3 post-bill eu2 293 ACRONIS 2021-08 unknown, timed out",
    ] {
        assert!(words.iter().any(|found| found == line), "{line:?} is not in:\n{}", ran.stdout);
    }
    lacks(&ran.stdout, "\u{1b}");
    assert_eq!(ran.stderr, "");
}

#[test]
fn the_json_has_every_column_and_the_head() {
    let folder = folder();
    let list = journal(&folder, "list", &["--format", "json"]).ends(0).json();
    let entries = list["entries"].as_array().expect("a list");
    assert_eq!(entries.len(), 4);
    let sha256: String = Sha256::digest(b"{\"one\": 1}").iter().map(|byte| format!("{byte:02x}")).collect();
    let expected = serde_json::json!({
        "sequence": 1, "time": "2021-09-01T00:00:00Z", "step": "intent", "service": "abiquo", "url": "https://abiquo.example.com/api",
        "action": "post-bill", "account": "eu2", "enterprise": 292, "provider": "ACRONIS", "period": "2021-08",
        "payload_sha256": sha256, "hash": entries[0]["hash"],
    });
    assert_eq!(entries[0], expected);
    assert_eq!((&entries[1]["answers"], &entries[1]["status"], &entries[3]["outcome"]), (&1.into(), &200.into(), &"unknown".into()));
    assert_eq!(list["head"], entries[3]["hash"]);
    // What is printed by `verify` is the same head, and it is one that can be given back.
    let verified = journal(&folder, "verify", &[]).ends(0).stdout;
    let head = list["head"].as_str().expect("a hash");
    assert_eq!(
        verified,
        format!("4 entries, each as it was written\nhead {head}\nevidence of 0 runs, each as the journal vouches for it\n")
    );
    let second = entries[1]["hash"].as_str().expect("a hash");
    has(&journal(&folder, "verify", &["--head", second]).ends(0).stdout, "the head given is that of entry 2; 2 came after it");
    has(&journal(&folder, "verify", &["--head", &"0".repeat(64)]).ends(0).stdout, "4 came after it");
}

/// Every column of an entry changed in turn; the library's own tests change every byte of them.
#[test]
fn a_changed_column_is_found_and_its_entry_named() {
    let folder = folder();
    let raw = Connection::open(folder.path().join("state/journal.sqlite")).expect("the database");
    let refused = raw.execute("UPDATE entry SET outcome = 'refused'", []).expect_err("entries stay").to_string();
    has(&refused, "entries are only appended");
    raw.execute_batch("DROP TRIGGER entry_stays; DROP TRIGGER payload_stays").expect("dropped");
    has(&journal(&folder, "verify", &[]).refuses(1), "entry 5 does not fit: the tables, or the triggers");
    raw.execute_batch("PRAGMA foreign_keys = OFF").expect("set");
    let columns: Vec<String> = raw
        .prepare("SELECT name FROM pragma_table_info('entry')")
        .expect("SQL")
        .query_map([], |row| row.get(0))
        .expect("rows")
        .map(|name| name.expect("a name"))
        .collect();
    assert_eq!(columns.len(), 17);
    for column in &columns {
        let stored: Value =
            raw.query_row(&format!("SELECT {column} FROM entry WHERE sequence = 2"), [], |row| row.get(0)).expect("a value");
        let wrong = match &stored {
            Value::Integer(number) => Value::Integer(number + 5),
            Value::Text(text) => Value::Text(format!("{text}x")),
            _ => Value::Text("x".into()),
        };
        raw.execute(&format!("UPDATE entry SET {column} = ?1 WHERE hash = (SELECT hash FROM entry WHERE sequence = 2)"), [&wrong])
            .expect("changed");
        has(&journal(&folder, "verify", &[]).refuses(1), "entry 2 does not fit: ");
        let at = if column == "sequence" { 7 } else { 2 };
        raw.execute(&format!("UPDATE entry SET {column} = ?1 WHERE sequence = {at}"), [&stored]).expect("put back");
    }
    raw.execute_batch("UPDATE payload SET bytes = x'7b7d' WHERE sha256 = (SELECT payload_sha256 FROM entry WHERE sequence = 3)")
        .expect("changed");
    let stderr = journal(&folder, "verify", &[]).refuses(1);
    has(&stderr, "entry 3 does not fit: its payload ");
    has(&stderr, " has other bytes");
}

#[test]
fn a_tail_that_was_cut_off_is_found_by_the_head_that_was_kept() {
    let folder = folder();
    let head = journal(&folder, "list", &["--format", "json"]).ends(0).json()["head"].as_str().expect("a hash").to_string();
    has(&journal(&folder, "verify", &["--head", &head]).ends(0).stdout, "the head given is that of entry 4; 0 came after it");
    let raw = Connection::open(folder.path().join("state/journal.sqlite")).expect("the database");
    let kept: String =
        raw.query_row("SELECT sql FROM sqlite_schema WHERE name = 'entry_is_kept'", [], |row| row.get(0)).expect("a trigger");
    raw.execute_batch(&format!("DROP TRIGGER entry_is_kept; DELETE FROM entry WHERE sequence = 4; {kept}")).expect("changed");
    journal(&folder, "verify", &[]).ends(0);
    let stderr = journal(&folder, "verify", &["--head", &head]).refuses(1);
    has(&stderr, &format!("entry 4 does not fit: no entry has the hash {head}"));
    has(&journal(&folder, "verify", &["--head", "abc"]).refuses(2), "64 lower-case hexadecimal digits");
}

#[test]
fn the_state_is_named_or_found_by_the_configuration() {
    let folder = folder();
    // No secret is asked for, and a mistake does not show one.
    let account = "[[account]]\nurl = \"http://x\"\nclient_id = \"c\"\nclient_secret = { env = \"SKUBILL_NO_SUCH_VARIABLE\" }\n";
    folder.file("skubill.toml", format!("state = \"state\"\n{account}"));
    let by_config = folder.skubill(&["journal", "verify"]).ends(0).stdout;
    assert_eq!(journal(&folder, "verify", &[]).ends(0).stdout, by_config);
    std::fs::create_dir(folder.path().join("etc")).expect("a folder");
    folder.file("etc/other.toml", "state = \"../state\"\n");
    assert_eq!(folder.skubill(&["journal", "verify", "--config", "etc/other.toml"]).ends(0).stdout, by_config);
    folder.file("empty.toml", "");
    assert_eq!(folder.skubill(&["journal", "verify", "--config", "empty.toml"]).ends(0).stdout, by_config, "the default is `state`");
    // A key that nobody knows may be a misspelt one: the journal of another place is not taken for this one.
    folder.file("misspelt.toml", "stat = \"elsewhere\"\n");
    has(&folder.skubill(&["journal", "verify", "--config", "misspelt.toml"]).refuses(2), "unknown field `stat`");
    folder.file("wrong.toml", "client_secret = \"s3cret\nstate = 1");
    lacks(&folder.skubill(&["journal", "list", "--config", "wrong.toml"]).refuses(2), "s3cret");
    has(&folder.skubill(&["journal", "list", "--config", "none.toml"]).refuses(1), "none.toml");
    has(&folder.skubill(&["journal", "list", "--config", "skubill.toml", "--state", "state"]).refuses(2), "cannot be used with");
    has(&folder.skubill(&["journal", "verify", "--state", "nowhere"]).refuses(1), "journal.sqlite: there is no journal");
    folder.file("state/journal.sqlite", "this is no database, but a text that somebody put here in its place ".repeat(20));
    has(&folder.skubill(&["journal", "verify"]).refuses(1), "the journal is damaged");
}
