//! Journal and evidence vouch for each other: neither can be exchanged, forged or left out without a word.

use std::path::{Path, PathBuf};

use rusqlite::Connection;
use serde_json::{Value, json};
use skubill_runner::journal::{FILE, Hash};

use crate::replay::kept_run;
use crate::stage::Stage;
use crate::world::{Folder, has, lacks};

/// A folder with one run that is kept and vouched for, and the run's name.
fn kept() -> (Folder, String) {
    let folder = Folder::new();
    let run = kept_run(&folder, str::to_string);
    (folder, run)
}

/// Write over a file that is read-only.
fn overwrite(path: &Path, bytes: impl AsRef<[u8]>) {
    let _ = std::fs::remove_file(path);
    std::fs::write(path, bytes).expect("written");
}

/// What a run's folder says, told three ways: each of them refuses it.
#[track_caller]
fn refused(folder: &Folder, run: &str, said: &str) {
    has(&folder.skubill(&["replay", run]).refuses(1), said);
    has(&folder.skubill(&["explain", run, "t-1", "SRV"]).refuses(1), said);
    has(&folder.skubill(&["journal", "verify", "--state", "state"]).ends(1).stderr, said);
}

#[test]
fn what_is_vouched_for_says_so() {
    let (folder, run) = kept();
    has(&folder.skubill(&["replay", &run]).ends(0).stdout, "journal    entry 1 vouches for it\n");
    assert_eq!(folder.skubill(&["replay", &run, "--format", "json"]).ends(0).json()["journal_entry"], 1);
    folder.skubill(&["explain", &run, "t-1", "SRV"]).ends(0);
    let verified = folder.skubill(&["journal", "verify", "--state", "state"]).ends(0);
    has(&verified.stdout, "1 entries, each as it was written\n");
    has(&verified.stdout, "evidence of 1 runs, each as the journal vouches for it\n");
    let listed = folder.skubill(&["journal", "list", "--state", "state", "--format", "json"]).ends(0).json();
    let entry = &listed["entries"][0];
    assert_eq!((&entry["step"], &entry["action"], &entry["service"]), (&json!("evidence"), &json!("keep-evidence"), &json!("local")));
    assert_eq!(entry["folder"], json!(run.rsplit('/').next()));
    let manifest = std::fs::read(folder.path().join(&run).join("manifest.json")).expect("a manifest");
    assert_eq!(entry["payload_sha256"], json!(Hash::of(&manifest).to_string()));
    has(&folder.skubill(&["journal", "list", "--state", "state"]).ends(0).stdout, "keep-evidence");
}

/// The instance of the finding: a whole run at three times the price, every hash of it right.
#[test]
fn another_run_in_its_place_is_refused() {
    let (folder, run) = kept();
    let (other, _) = kept();
    // Made by the program itself, elsewhere, of other books.
    let book = crate::world::PRICES.replace("6.50", "19.50");
    let place = other.path().join(&run);
    let manifest: Value = serde_json::from_slice(&std::fs::read(place.join("manifest.json")).expect("a manifest")).expect("JSON");
    overwrite(&place.join("prices.json"), &book);
    let mut forged = manifest.clone();
    for file in forged["files"].as_array_mut().expect("files").iter_mut().filter(|file| file["name"] == "prices.json") {
        (file["bytes"], file["sha256"]) = (json!(book.len()), json!(Hash::of(book.as_bytes()).to_string()));
    }
    overwrite(&place.join("manifest.json"), forged.to_string());
    std::fs::remove_dir_all(folder.path().join(&run)).expect("removed");
    std::fs::rename(place, folder.path().join(&run)).expect("exchanged");
    refused(&folder, &run, "this evidence is not what the journal vouches for: in entry 1 its manifest's SHA-256 is ");
    // Nor is one that nobody vouches for, nor one that is gone.
    let stranger = format!("{run}-2");
    std::fs::rename(folder.path().join(&run), folder.path().join(&stranger)).expect("renamed");
    refused(&folder, &stranger, "no entry of the journal vouches for this evidence");
    let verified = folder.skubill(&["journal", "verify", "--state", "state"]).ends(1);
    has(&verified.stderr, "entry 1 of the journal vouches for this evidence, and it is not there");
    // One file of it, with the manifest as it was.
    let (folder, run) = kept();
    overwrite(&folder.path().join(&run).join("prices.json"), book);
    refused(&folder, &run, "prices.json: not what was kept");
}

#[test]
fn evidence_without_its_journal_is_refused_unless_that_is_asked_for() {
    let (folder, run) = kept();
    for name in [FILE.to_string(), format!("{FILE}-wal"), format!("{FILE}-shm")] {
        let _ = std::fs::remove_file(folder.path().join("state").join(name));
    }
    for words in [["replay", &run].as_slice(), &["explain", &run, "t-1", "SRV"]] {
        has(&folder.skubill(words).refuses(1), "there is no journal beside this evidence: nothing vouches for it");
    }
    let ran = folder.skubill(&["replay", &run, "--without-journal"]).ends(0);
    has(&ran.stdout, "journal    NOT ASKED: nothing vouches for this evidence\n");
    assert_eq!(folder.skubill(&["replay", &run, "--without-journal", "--format", "json"]).ends(0).json()["journal_entry"], Value::Null);
    folder.skubill(&["explain", &run, "t-1", "SRV", "--without-journal"]).ends(0);
}

/// Change the journal where it lets nobody change it.
fn forge(state: &Path, sql: &str) {
    let connection = Connection::open(state.join(FILE)).expect("a database");
    let triggers = "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'";
    let kept: Vec<(String, String)> = {
        let mut statement = connection.prepare(triggers).expect("a statement");
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).expect("triggers");
        rows.collect::<Result<_, _>>().expect("triggers")
    };
    kept.iter().for_each(|(name, _)| connection.execute_batch(&format!("DROP TRIGGER {name}")).expect("dropped"));
    connection.execute_batch(sql).expect("forged");
    kept.iter().for_each(|(_, sql)| connection.execute_batch(sql).expect("made again"));
}

#[test]
fn a_forged_journal_vouches_for_nothing() {
    let (folder, run) = kept();
    forge(&folder.path().join("state"), "UPDATE entry SET account = 'another'");
    for words in [["replay", &run].as_slice(), &["explain", &run, "t-1", "SRV"], &["journal", "verify", "--state", "state"]] {
        has(&folder.skubill(words).refuses(1), "entry 1 does not fit: its hash is not that of its columns");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn neither_a_month_nor_a_day_goes_on_over_a_forged_chain() {
    let stage = Stage::small().await;
    stage.binary(&["run", "--period", "2021-08", "--accept", "new-provider"]).ends(0);
    let (posted, asked) = (stage.abiquo.bills().len(), stage.acronis.requests().len() + stage.abiquo.requests().len());
    forge(&stage.config.state, "UPDATE entry SET detail = 'nothing' WHERE sequence = 2");
    for words in [["run", "--period", "2021-07"], ["record", "--date", "2021-08-10"]] {
        let ran = stage.binary(&[words.as_slice(), &["--accept", "new-provider"]].concat()).ends(1);
        has(&ran.stderr, "entry 2 does not fit");
        lacks(&ran.stdout, "Journal head");
    }
    let now = (stage.abiquo.bills().len(), stage.acronis.requests().len() + stage.abiquo.requests().len());
    assert_eq!(now, (posted, asked), "nothing was asked, and nothing sent");
    stage.stop().await;
}

/// Cut off between the journal's entry and the manifest's name: the next run gives it its name.
#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_was_cut_off_at_its_last_step_is_completed() {
    let stage = Stage::small().await;
    let month = ["run", "--period", "2021-08", "--accept", "new-provider"];
    stage.binary(&month).ends(0);
    let run = std::fs::read_dir(stage.config.state.join("runs")).expect("runs").next().expect("a run").expect("an entry").path();
    std::fs::rename(run.join("manifest.json"), run.join("manifest.part")).expect("as it was before");
    stage.binary(&["journal", "verify"]).ends(0);
    let name = run.display().to_string();
    has(&stage.binary(&["replay", &name]).refuses(1), "this run was cut off before its evidence was complete");
    stage.binary(&month).ends(0);
    stage.binary(&["replay", &name]).ends(0);
    has(&stage.binary(&["journal", "verify"]).ends(0).stdout, "evidence of 2 runs");
    // Another file of that name is none of it.
    std::fs::rename(run.join("manifest.json"), run.join("manifest.part")).expect("as it was before");
    overwrite(&run.join("manifest.part"), "{}");
    has(&stage.binary(&["journal", "verify"]).ends(1).stderr, "this run was cut off before its evidence was complete");
    stage.stop().await;
}

/// A journal of the schema before: it is read as it is, and brought up to date by the next run.
#[test]
fn an_older_journal_is_still_read() {
    let (folder, run) = kept();
    let state = folder.path().join("state");
    let connection = Connection::open(state.join(FILE)).expect("a database");
    connection.execute_batch("DROP INDEX entry_evidence; PRAGMA user_version = 1").expect("as it was");
    drop(connection);
    folder.skubill(&["journal", "verify", "--state", "state"]).ends(0);
    folder.skubill(&["replay", &run]).ends(0);
    let version = || -> i64 {
        let connection = Connection::open(state.join(FILE)).expect("a database");
        connection.query_row("PRAGMA user_version", [], |row| row.get(0)).expect("a version")
    };
    assert_eq!(version(), 1, "reading changes nothing");
    drop(skubill_runner::journal::Journal::open(&state).expect("a journal"));
    assert_eq!(version(), 2);
    folder.skubill(&["journal", "verify", "--state", "state"]).ends(0);
}

/// A manifest that anybody may have written names files of its own folder, and nothing else.
#[test]
fn a_manifest_names_plain_files_of_its_own_folder() {
    let (folder, run) = kept();
    let place = folder.path().join(&run);
    let manifest: Value = serde_json::from_slice(&std::fs::read(place.join("manifest.json")).expect("a manifest")).expect("JSON");
    let with = |change: &dyn Fn(&mut Value)| {
        let mut changed = manifest.clone();
        change(&mut changed);
        overwrite(&place.join("manifest.json"), changed.to_string());
        let ran = folder.skubill(&["replay", &run, "--without-journal"]).ends(1);
        assert_eq!(ran.stdout, "", "nothing of any file is told");
        ran.stderr
    };
    for name in ["/dev/zero", "../../../secret", "a/b", "..", ".", "", ".hidden", "a b", "manifest.json", "manifest.part", "prices.json"] {
        has(&with(&|manifest| manifest["files"][0]["name"] = json!(name)), "is no name of one file of this folder");
    }
    has(&with(&|manifest| manifest["files"][0]["bytes"] = json!(u64::MAX)), "a file of a run has at most");
    has(&with(&|manifest| manifest["files"][0]["sha256"] = json!("../x")), "a SHA-256 is written as 64");
    has(&with(&|manifest| manifest["component"]["sha256"] = json!("../../journal")), "a SHA-256 is written as 64");
    let many: Vec<Value> = (0..101).map(|number| json!({"name": format!("f{number}"), "bytes": 0, "sha256": "0".repeat(64)})).collect();
    has(&with(&|manifest| manifest["files"] = json!(many)), "names 101 files, and a run has at most 100");
    overwrite(&place.join("manifest.json"), " ".repeat((1 << 20) + 1));
    has(&folder.skubill(&["replay", &run, "--without-journal"]).refuses(1), "it has more than 1048576 bytes");
    // A link, a pipe and a device in the place of a file.
    overwrite(&place.join("manifest.json"), manifest.to_string());
    let report: PathBuf = place.join("report.csv");
    for (kind, make) in [
        ("link", &(|path: &Path| std::os::unix::fs::symlink("/dev/zero", path).expect("a link")) as &dyn Fn(&Path)),
        ("link", &|path| std::os::unix::fs::symlink("prices.json", path).expect("a link")),
        ("named pipe", &|path| assert!(std::process::Command::new("mkfifo").arg(path).status().expect("mkfifo").success())),
        ("directory", &|path| std::fs::create_dir(path).expect("a directory")),
    ] {
        let _ = std::fs::remove_file(&report);
        make(&report);
        has(
            &folder.skubill(&["replay", &run, "--without-journal"]).refuses(1),
            &format!("report.csv: this is a {kind}, and a regular file is needed"),
        );
    }
}
