//! The table of `docs/operations.md` of what can go wrong: each row is run as it stands there, and ends as it says.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};

use crate::simulate::Twins;
use crate::world::{Folder, binary};

/// A row of the table.
struct Row {
    fault: String,
    /// The first of the exit codes that the row names.
    exit: i32,
    switches: String,
    typed: String,
}

/// The table, and the line that its commands stand on.
fn table() -> (String, Vec<Row>) {
    let page = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/operations.md")).expect("the page");
    let section = page.split("\n## ").find(|section| section.starts_with("What can go wrong")).expect("the section");
    let run = section.lines().find(|line| line.starts_with("RUN=")).expect("what RUN is").to_string();
    let rows = section.lines().filter(|line| line.starts_with("| ")).skip(1).map(row).collect();
    (run, rows)
}

fn row(line: &str) -> Row {
    let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
    let [fault, _, exit, see] = cells.as_slice() else { panic!("four cells: {line}") };
    let spans: Vec<&str> = see.split('`').skip(1).step_by(2).collect();
    let (switches, typed) = match spans.as_slice() {
        [typed] => ("", *typed),
        [switches, typed] => (*switches, *typed),
        _ => panic!("switches and a command: {see}"),
    };
    let exit = exit.split(|c: char| !c.is_ascii_digit()).find_map(|code| code.parse().ok()).expect("an exit code");
    Row { fault: (*fault).into(), exit, switches: switches.into(), typed: typed.into() }
}

/// A shell in a folder, in which `skubill` is this build's.
fn shell(folder: &Folder, script: &str) -> Command {
    let mut command = Command::new("sh");
    let path = std::env::var("PATH").unwrap_or_default();
    let own = binary().parent().expect("a folder").display().to_string();
    command.args(["-c", script]).current_dir(folder.path()).env("PATH", format!("{own}:{path}"));
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Rows that are tried at once: they wait most of the time.
const AT_ONCE: usize = 4;

#[test]
fn each_row_ends_as_the_table_says() {
    let (run, rows) = table();
    assert!(rows.len() > 25, "{}", rows.len());
    let rows = Mutex::new(rows.into_iter());
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(row) = { rows.lock().unwrap_or_else(PoisonError::into_inner).next() } {
                    try_it(&run, &row);
                }
            });
        }
    });
}

fn try_it(run: &str, Row { fault, exit, switches, typed }: &Row) {
    let folder = Folder::new();
    let simulate = shell(&folder, &format!("exec skubill simulate --period 2021-08 --out . --format json {switches}"));
    let twins = Twins::of(folder, simulate);
    let ran = shell(&twins.folder, &format!("{run}\n{typed}")).output().expect("a shell");
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert_eq!(ran.status.code(), Some(*exit), "{fault}: {switches} {typed}\n{}\n{}", said(&ran.stdout), said(&ran.stderr));
    assert!(!said(&ran.stderr).contains("panicked"), "{fault}: {}", said(&ran.stderr));
}
