//! Help, versions, and command lines that make no sense.

use crate::world::{Folder, has};

const COMMANDS: [&str; 9] = ["demo", "preview", "run", "record", "init", "check", "estimate", "simulate", "component"];

#[test]
fn help_is_on_stdout_and_ends_well() {
    let folder = Folder::new();
    let ran = folder.skubill(&["--help"]).ends(0);
    assert_eq!(ran.stderr, "");
    for word in COMMANDS.iter().chain(&["Exit codes: 0 done; 1 an external failure; 2 wrong usage"]) {
        has(&ran.stdout, word);
    }
    for command in COMMANDS {
        let ran = folder.skubill(&[command, "--help"]).ends(0);
        assert_eq!(ran.stderr, "");
        has(&ran.stdout, &format!("skubill {command}"));
    }
}

#[test]
fn the_version_is_the_packages() {
    let ran = Folder::new().skubill(&["--version"]).ends(0);
    assert_eq!((ran.stdout, ran.stderr), (format!("skubill {}\n", env!("CARGO_PKG_VERSION")), String::new()));
}

#[test]
fn what_makes_no_sense_is_2() {
    let folder = Folder::new();
    for arguments in [
        &[][..],
        &["bill"],
        &["preview"],
        &["run"],
        &["check"],
        &["estimate"],
        &["init"],
        &["simulate", "--acronis", "nowhere"],
        &["simulate", "--period", "August"],
        &["run", "--period", "2021-08"],
        &["run", "--period", "soon"],
        &["record", "--date", "yesterday"],
        &["record"],
        &["demo", "--seed", "x"],
        &["component", "more"],
    ] {
        let stderr = folder.skubill(arguments).refuses(2);
        assert!(!stderr.is_empty(), "{arguments:?} says why");
    }
}
