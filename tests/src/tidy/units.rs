//! Each library is compiled once, wasmtime above all: it takes most of a build. A library with other features, or another
//! profile, is another library to cargo, be it below a build script or in another command of the Makefile.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::process::Command;

use serde::Deserialize;
use serde_json::Value;

use crate::case::{Wrong, root};

#[derive(Deserialize)]
struct Graph {
    units: Vec<Unit>,
}

/// One call of the compiler.
#[derive(Deserialize)]
struct Unit {
    pkg_id: String,
    target: Target,
    mode: String,
    features: Vec<String>,
    profile: Value,
    platform: Option<String>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
    kind: Vec<String>,
}

/// What the Makefile has cargo compile: the arguments of `run`, `build` and `test` up to those of the program.
fn commands(makefile: &str) -> BTreeSet<Vec<&str>> {
    let calls = makefile.lines().flat_map(|line| line.split("$(CARGO) ").skip(1));
    let words = calls.map(|call| call.split_whitespace().take_while(|word| *word != "--" && !word.starts_with("--'")).collect());
    words.filter(|words: &Vec<&str>| words.first().is_some_and(|command| ["run", "build", "test"].contains(command))).collect()
}

fn units(arguments: &[&str]) -> Vec<Unit> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    // Nothing is built: `run` has no graph of its own, and compiles what `build` does.
    let arguments = arguments.iter().map(|argument| if *argument == "run" { "build" } else { argument });
    command.args(arguments).args(["--offline", "--unit-graph", "-Zunstable-options"]);
    let output = command.env("RUSTC_BOOTSTRAP", "1").current_dir(root()).output().expect("cargo");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice::<Graph>(&output.stdout).expect("a graph of units").units
}

#[test]
fn each_library_is_compiled_once() {
    let makefile = fs::read_to_string(root().join("Makefile")).expect("the Makefile");
    let commands = commands(&makefile);
    assert!(commands.iter().any(|words| words.contains(&"-p")) && commands.iter().any(|words| words.contains(&"--workspace")));
    let mut seen: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
    for Unit { pkg_id, target, mode, features, profile, platform } in commands.iter().flat_map(|words| units(words)) {
        if mode == "build" && pkg_id.starts_with("registry+") {
            let library = format!("{} {:?}", target.name, target.kind);
            seen.entry((pkg_id, library)).or_default().insert(format!("{features:?} {profile} {platform:?}"));
        }
    }
    assert!(seen.keys().any(|(id, _)| id.contains("#wasmtime@")) && seen.len() > 200, "{} libraries", seen.len());
    let mut wrong = Wrong::default();
    for ((id, library), copies) in seen.iter().filter(|(_, copies)| copies.len() > 1) {
        wrong.say(id, format!("{library} is compiled {} times: {copies:#?}", copies.len()));
    }
    wrong.end();
}
