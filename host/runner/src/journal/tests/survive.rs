//! Full disks, places where nothing may be written, files that are damaged, foreign, or of another version,
//! and processes that die: each a clear error, and nothing lost.

use std::io::{BufRead, BufReader};

use super::*;

/// Append until it fails, tell each that was written, and how many they are.
fn fill(journal: &Journal) -> (u64, Error) {
    let payload = "x".repeat(3000);
    for number in 0.. {
        let payload = format!("{payload}{number}");
        if let Err(error) = journal.intend(time(0), &bill(292), Some(payload.as_bytes())) {
            return (number, error);
        }
        // What the child has said is on the disk; the parent counts on it.
        println!("written {number}");
    }
    unreachable!("there is an end to every disk")
}

#[test]
fn a_full_disk_is_told_and_loses_nothing() {
    let state = State::new();
    let journal = filled(&state);
    journal.connection().pragma_update(None, "max_page_count", 60).expect("a small disk");
    let (written, error) = fill(&journal);
    assert!(matches!(error, Error::Full { .. }), "{error}");
    assert!(error.to_string().contains("the disk is full"), "{error}");
    assert!(written > 10, "{written} before it was full");
    assert_eq!(journal.verify(None).expect("whole").entries, 5 + written);
    // With room again, it goes on.
    journal.connection().pragma_update(None, "max_page_count", 6000).expect("a larger disk");
    intend(&journal, &bill(292), "after");
    assert_eq!(journal.verify(None).expect("whole").entries, 6 + written);
}

/// Whether a line of a child tells an entry that was written. Its first one follows the test's name.
fn is_written(line: &str) -> bool {
    line.rsplit_once("written ").is_some_and(|(_, number)| number.parse::<u64>().is_ok())
}

/// The same in a process whose files may not grow: then it is the system that refuses.
#[cfg(unix)]
#[test]
fn a_write_that_the_system_refuses_is_told_and_loses_nothing() {
    if let Some(state) = given() {
        let journal = Journal::open(&state).expect("a journal");
        let (_, error) = fill(&journal);
        println!("refused {error}");
        assert!(matches!(error, Error::Io { .. } | Error::Full { .. }), "{error:?}");
        return;
    }
    let state = State::new();
    drop(filled(&state));
    let mut shell = Command::new("sh");
    // A signal that is ignored stays so in what the shell becomes: the write fails, and nobody is killed.
    shell.args(["-c", "trap '' XFSZ; ulimit -f 400; exec \"$@\"", "sh"]);
    let child = child("survive::a_write_that_the_system_refuses_is_told_and_loses_nothing", &state);
    shell.arg(std::env::current_exe().expect("this program")).args(child.get_args()).env(CHILD, &*state);
    let output = shell.output().expect("a shell");
    let said = String::from_utf8(output.stdout).expect("text");
    assert!(output.status.success(), "{said}");
    let written = said.lines().filter(|line| is_written(line)).count() as u64;
    assert!(written > 5 && said.contains("refused") && said.contains(FILE), "{said}");
    assert_eq!(journal(&state).verify(None).expect("whole").entries, 5 + written, "what was said to be written is there");
}

/// Whoever is killed at any moment leaves a whole journal, with all that was said to be written.
#[test]
fn a_writer_that_is_killed_leaves_a_whole_journal() {
    if let Some(state) = given() {
        fill(&Journal::open(&state).expect("a journal"));
    }
    let state = State::new();
    let mut before = filled(&state).verify(None).expect("whole").entries;
    for kill_after in [1, 7, 20] {
        let mut child = child("survive::a_writer_that_is_killed_leaves_a_whole_journal", &state).spawn().expect("a child");
        let mut lines = BufReader::new(child.stdout.take().expect("stdout")).lines().map(|line| line.expect("a line"));
        let said = lines.by_ref().filter(|line| is_written(line)).take(kill_after).count();
        child.kill().expect("killed");
        let said = said + lines.filter(|line| is_written(line)).count();
        child.wait().expect("it is gone");
        assert!(said >= kill_after);
        let journal = journal(&state);
        let entries = journal.verify(None).expect("whole").entries;
        // One more may have been written whose line was not.
        assert!((said as u64..=said as u64 + 1).contains(&(entries - before)), "{said} said, {} there", entries - before);
        before = entries;
    }
}

/// Where nothing may be written, the journal says so, and can be read all the same.
#[cfg(unix)]
#[test]
fn a_directory_that_cannot_be_written() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
    use std::os::unix::process::CommandExt;
    if let Some(state) = given() {
        let wrong = Journal::open(&state).err().expect("it cannot be written");
        println!("existing: {wrong}");
        assert!(matches!(wrong, Error::NotWritable { .. }), "{wrong:?}");
        let wrong = Journal::open(&state.join("new")).err().expect("it cannot be made");
        println!("new: {wrong}");
        assert!(matches!(&wrong, Error::File { source, .. } if source.kind() == std::io::ErrorKind::PermissionDenied), "{wrong:?}");
        println!("read: {}", Journal::read(&state).expect("a journal").verify(None).expect("whole").entries);
        return;
    }
    let state = State::new();
    drop(filled(&state));
    let mut command = child("survive::a_directory_that_cannot_be_written", &state);
    if Path::new(&*state).metadata().expect("it is there").uid() == 0 {
        // Root may write anywhere, so it is somebody else who tries: `nobody`, whose the directory is for now.
        let nobody = 65534;
        [state.parent().expect("a parent"), &*state, &state.file()]
            .iter()
            .for_each(|path| chown(path, Some(nobody), Some(nobody)).expect("given away"));
        command.uid(nobody).gid(nobody).current_dir("/");
    }
    let mode = |mode| std::fs::set_permissions(&*state, std::fs::Permissions::from_mode(mode)).expect("a mode");
    mode(0o500);
    let output = command.output().expect("a child");
    mode(0o700);
    let said = String::from_utf8(output.stdout).expect("text");
    assert!(output.status.success(), "{said}");
    for part in ["existing: ", "the journal cannot be written here", "new: ", "ermission denied", "read: 5"] {
        assert!(said.contains(part), "{part:?} is not in:\n{said}");
    }
}

#[test]
fn a_damaged_file_is_told_and_left_as_it_is() {
    let state = State::new();
    drop(filled(&state));
    let whole = std::fs::read(state.file()).expect("the file");
    let mut header = whole.clone();
    header[..16].copy_from_slice(b"SQLite format 4\0");
    let mut pages = whole.clone();
    pages[4096..].iter_mut().for_each(|byte| *byte = 0xee);
    let cut = whole[..whole.len() - 2 * 4096].to_vec();
    for (name, bytes) in
        [("header", header), ("pages", pages), ("cut", cut), ("text", b"this is no database, and long enough to see that".repeat(99))]
    {
        std::fs::write(state.file(), &bytes).expect("damaged");
        let found = Journal::open(&state).and_then(|journal| journal.verify(None));
        assert!(matches!(found, Err(Error::Corrupt { .. })), "{name}: {found:?}");
        let found = Journal::read(&state).and_then(|journal| journal.verify(None));
        assert!(matches!(&found, Err(error @ Error::Corrupt { .. }) if error.to_string().contains("is damaged")), "{name}: {found:?}");
        assert_eq!(std::fs::read(state.file()).expect("the file"), bytes, "{name}: nothing was changed");
    }
}

#[test]
fn other_databases_and_other_versions_are_refused_and_left_as_they_are() {
    let set = |sql: &'static str| move |state: &State| state.raw().execute_batch(sql).expect("changed");
    type Prepare = Box<dyn Fn(&State)>;
    let cases: [(Prepare, &str); 4] = [
        (Box::new(set("PRAGMA user_version = 3")), "the journal has schema 3, and this skubill knows no newer one than 2"),
        (Box::new(set("PRAGMA user_version = 0")), "the journal has schema 0, which is older than 2"),
        (Box::new(set("PRAGMA application_id = 7")), "this is another database"),
        (Box::new(set("PRAGMA application_id = 0; PRAGMA user_version = 0")), "this is another database"),
    ];
    for (prepare, said) in cases {
        let state = State::new();
        drop(filled(&state));
        prepare(&state);
        let bytes = std::fs::read(state.file()).expect("the file");
        for wrong in [Journal::open(&state).err(), Journal::read(&state).err()] {
            let wrong = wrong.expect("refused").to_string();
            assert!(wrong.contains(said) && wrong.contains(FILE), "{wrong}");
        }
        assert_eq!(std::fs::read(state.file()).expect("the file"), bytes, "{said}: nothing was changed");
    }
}

#[test]
fn a_file_without_anything_in_it_becomes_a_journal_and_none_is_told() {
    let state = State::new();
    assert!(matches!(Journal::read(&state), Err(Error::Absent { .. })));
    std::fs::create_dir_all(&*state).expect("a directory");
    std::fs::write(state.file(), b"").expect("an empty file: a process died before it wrote anything");
    assert!(matches!(Journal::read(&state), Err(Error::Absent { .. })));
    intend(&journal(&state), &bill(292), "payload");
    assert_eq!(Journal::read(&state).expect("a journal").verify(None).expect("whole").entries, 1);
}
