//! The journal by itself: what it keeps, what it finds, and what it survives.

mod lock;
mod survive;
mod tamper;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use super::*;

/// A state directory of one test; it is gone when the test is.
struct State(PathBuf);

impl State {
    fn new() -> State {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("skubill-journal-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        State(std::env::temp_dir().join(name).join("state"))
    }

    fn file(&self) -> PathBuf {
        self.0.join(FILE)
    }

    /// The database behind the journal's back.
    fn raw(&self) -> Connection {
        Connection::open(self.file()).expect("the database")
    }
}

impl std::ops::Deref for State {
    type Target = Path;

    fn deref(&self) -> &Path {
        &self.0
    }
}

impl Drop for State {
    fn drop(&mut self) {
        // What is left of a test harms nobody.
        let _ = std::fs::remove_dir_all(self.0.parent().unwrap_or(&self.0));
    }
}

fn time(second: i64) -> Timestamp {
    Timestamp::new(1_630_454_400 + second, 0).expect("a time")
}

fn base(url: &str) -> BaseUrl {
    BaseUrl::parse(url).expect("an address")
}

fn bill(enterprise: u64) -> Subject {
    Subject::in_abiquo(Action::PostBill, &base("https://abiquo.example.com/api"), "eu2", enterprise, "ACRONIS", "2021-08")
}

fn journal(state: &State) -> Journal {
    Journal::open(state).expect("a journal")
}

fn intend(journal: &Journal, subject: &Subject, payload: &str) -> EntryId {
    journal.intend(time(0), subject, Some(payload.as_bytes())).expect("an intent")
}

fn answer(journal: &Journal, intent: EntryId, outcome: Outcome) -> EntryId {
    journal.answer(time(1), intent, &Answer::new(outcome)).expect("an answer")
}

/// Intents and answers of two enterprises, one of them still open.
fn filled(state: &State) -> Journal {
    let journal = journal(state);
    let first = intend(&journal, &bill(292), "one");
    journal.answer(time(1), first, &Answer::new(Outcome::Posted).status(200).reference("7").detail("stored")).expect("an answer");
    let second = intend(&journal, &bill(293), "two");
    answer(&journal, second, Outcome::Unknown);
    let delete = Subject { action: Action::DeleteBill, ..bill(292) };
    journal.intend(time(2), &delete, None).expect("an intent without a payload");
    journal
}

/// This very test once more, in a process of its own, with the state directory in its environment.
fn child(test: &str, state: &Path) -> Command {
    // On Linux by the link to itself: a child that is somebody else may not reach the path.
    let program = if cfg!(target_os = "linux") { "/proc/self/exe".into() } else { std::env::current_exe().expect("this program") };
    let mut command = Command::new(program);
    command.args([&format!("journal::tests::{test}"), "--exact", "--nocapture", "--test-threads=1"]);
    command.env(CHILD, state).stdout(Stdio::piped()).stderr(Stdio::null());
    command
}

const CHILD: &str = "SKUBILL_TEST_JOURNAL";

/// The state directory, in the child.
fn given() -> Option<PathBuf> {
    std::env::var_os(CHILD).map(PathBuf::from)
}

#[test]
fn what_was_intended_is_open_until_its_outcome_is_known() {
    let state = State::new();
    let journal = journal(&state);
    assert_eq!(journal.head().expect("a head"), Hash::NONE);
    let intent = intend(&journal, &bill(292), "payload");
    let open = journal.open_intents(&bill(292)).expect("entries");
    assert_eq!(open.len(), 1);
    assert_eq!((open[0].id, &open[0].subject), (intent, &bill(292)));
    assert_eq!(open[0].step, EntryKind::Intent { payload: Some(Hash::of(b"payload")) });
    assert_eq!(journal.payload(&Hash::of(b"payload")).expect("a payload").as_deref(), Some(&b"payload"[..]));
    assert_eq!(journal.payload(&Hash::of(b"another")).expect("none"), None);
    // An answer that was lost leaves it open; looking it up closes it.
    answer(&journal, intent, Outcome::Unknown);
    assert_eq!(journal.open_intents(&bill(292)).expect("entries").len(), 1);
    let adopted = Answer::new(Outcome::Adopted).status(200).reference("42").detail("found by\nits period");
    let last = journal.answer(time(9), intent, &adopted).expect("an answer");
    assert_eq!(journal.open_intents(&bill(292)).expect("entries"), []);
    let history = journal.history(&bill(292)).expect("entries");
    assert_eq!(history.iter().map(|entry| entry.id.number()).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(history[2].step, EntryKind::Answer { to: intent, answer: adopted });
    assert_eq!((history[2].id, history[2].time, history[2].hash), (last, time(9), journal.head().expect("a head")));
    assert_eq!(history[2].subject, bill(292), "an answer is about what its intent is about");
    let EntryKind::Answer { answer, .. } = &history[2].step else { panic!("an answer") };
    assert_eq!(answer.detail.as_deref(), Some("found by its period"), "a detail is one line");
}

#[test]
fn an_intent_is_settled_once_and_only_an_intent_is_answered() {
    let state = State::new();
    let journal = journal(&state);
    let intent = intend(&journal, &bill(292), "payload");
    let settled = answer(&journal, intent, Outcome::Refused);
    let posted = Answer::new(Outcome::Posted);
    assert!(matches!(journal.answer(time(2), intent, &posted), Err(Error::Settled(id)) if id == intent));
    assert!(matches!(journal.answer(time(2), settled, &posted), Err(Error::NoIntent(id)) if id == settled));
    assert!(matches!(journal.answer(time(2), EntryId(99), &posted), Err(Error::NoIntent(_))));
    assert_eq!(journal.entries().expect("entries").len(), 2, "what was refused is not written");
}

#[test]
fn a_subject_is_its_place_and_no_other() {
    let state = State::new();
    let journal = journal(&state);
    let all = [
        bill(292),
        bill(293),
        Subject { provider: Some("ACRONIS-2".into()), ..bill(292) },
        Subject { period: "2021-09".into(), ..bill(292) },
        Subject { url: base("https://other.example.com/api/").to_string(), ..bill(292) },
        Subject { action: Action::DeleteBill, ..bill(292) },
        Subject::report(&base("https://eu2.example.com"), "eu2", "2021-08"),
        Subject::report(&base("https://eu2.example.com"), "eu3", "2021-08"),
    ];
    for subject in &all {
        intend(&journal, subject, "payload");
    }
    for (number, subject) in all.iter().enumerate() {
        let found: Vec<u64> = journal.history(subject).expect("entries").iter().map(|entry| entry.id.number()).collect();
        assert_eq!(found, [number as u64 + 1], "{subject:?}");
    }
    // A bill is where it is in Abiquo, however the account is called by now.
    let renamed = Subject { account: "europe".into(), ..bill(292) };
    assert_eq!(journal.open_intents(&renamed).expect("entries").len(), 1);
    assert_eq!(Action::CreateReport.service(), Service::Acronis);
    assert_eq!(Subject { url: base("https://other.example.com/api/").to_string(), ..bill(1) }.url, "https://other.example.com/api");
}

#[test]
fn it_is_there_when_it_is_opened_again() {
    let state = State::new();
    let before = filled(&state);
    let (entries, head) = (before.entries().expect("entries"), before.head().expect("a head"));
    // Beside the open one, and after it was closed.
    assert_eq!(Journal::read(&state).expect("a journal").entries().expect("entries"), entries);
    drop(before);
    let again = journal(&state);
    assert_eq!((again.entries().expect("entries"), again.head().expect("a head")), (entries, head));
    assert_eq!(again.verify(None).expect("whole").entries, 5);
    assert_eq!(again.open_intents(&bill(293)).expect("entries").len(), 1);
}

#[test]
fn many_writers_make_one_chain() {
    let state = State::new();
    let (writers, each) = (6, 15);
    std::thread::scope(|scope| {
        for number in 0..writers {
            let state = &state;
            // Each opens it, and one of them makes it.
            scope.spawn(move || {
                let journal = journal(state);
                for _ in 0..each {
                    let intent = intend(&journal, &bill(number), "the same payload");
                    answer(&journal, intent, Outcome::Posted);
                }
            });
        }
    });
    let journal = journal(&state);
    assert_eq!(journal.verify(None).expect("whole").entries, writers * each * 2);
    for number in 0..writers {
        assert_eq!(journal.history(&bill(number)).expect("entries").len() as u64, each * 2);
    }
}

#[cfg(unix)]
#[test]
fn directory_and_files_are_their_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let state = State::new();
    let journal = filled(&state);
    let mode = |path: &Path| path.metadata().expect("it is there").permissions().mode() & 0o777;
    assert_eq!(mode(&state), 0o700);
    let files: Vec<PathBuf> = std::fs::read_dir(&*state).expect("a directory").map(|entry| entry.expect("an entry").path()).collect();
    assert!(files.len() >= 3, "the journal, its log, and what processes share: {files:?}");
    for file in &files {
        assert_eq!(mode(file), 0o600, "{}", file.display());
    }
    drop(journal);
    // A file that was opened up is closed again.
    std::fs::set_permissions(state.file(), std::fs::Permissions::from_mode(0o644)).expect("a mode");
    drop(super::tests::journal(&state));
    assert_eq!(mode(&state.file()), 0o600);
}
