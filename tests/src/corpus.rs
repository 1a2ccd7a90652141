//! The corpus of the fuzzers, held against its laws without a fuzzer.

use std::collections::BTreeSet;
use std::fs;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};

use crate::case::{Wrong, root};
use crate::laws_of_bytes::{Fate, LAWS, Law};

/// All files together: a corpus is read by people, too.
const BYTES_MAX: u64 = 300_000;

/// Of the files of a target, some are accepted and some refused: a law that sees only the one or the other
/// says nothing.
const OF_EACH_FATE: usize = 3;

fn corpus() -> PathBuf {
    root().join("fuzz/corpus")
}

fn names(dir: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(dir).unwrap_or_else(|error| panic!("{}: {error}", dir.display()));
    entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("UTF-8")).collect()
}

#[test]
fn every_file_of_the_corpus_keeps_its_law() {
    let mut wrong = Wrong::default();
    for (target, law) in LAWS {
        let (mut accepted, mut refused) = (0, 0);
        for name in names(&corpus().join(target)) {
            let bytes = fs::read(corpus().join(target).join(&name)).expect("a file of the corpus");
            match kept(law, &bytes) {
                Ok(Fate::Accepted) => accepted += 1,
                Ok(Fate::Refused) => refused += 1,
                Err(broken) => wrong.say(&format!("fuzz/corpus/{target}/{name}"), broken),
            }
        }
        if accepted.min(refused) < OF_EACH_FATE {
            wrong.say(target, format!("{accepted} files are accepted and {refused} refused: {OF_EACH_FATE} of each are wanted"));
        }
    }
    wrong.end();
}

/// What became of the bytes, or how they break the law.
fn kept(law: Law, bytes: &[u8]) -> Result<Fate, String> {
    catch_unwind(|| law(bytes)).map_err(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_string())).unwrap_or_default()
    })
}

#[test]
fn every_law_has_a_target_and_a_corpus() {
    let laws: BTreeSet<String> = LAWS.iter().map(|(name, _)| (*name).to_string()).collect();
    assert_eq!(names(&corpus()), laws, "a folder of the corpus for each law");
    let targets = names(&root().join("fuzz/fuzz_targets")).iter().map(|name| name.trim_end_matches(".rs").to_string()).collect();
    assert_eq!(laws, targets, "a target for each law");
    let manifest = fs::read_to_string(root().join("fuzz/Cargo.toml")).expect("the fuzzers' manifest");
    for law in &laws {
        assert!(
            manifest.contains(&format!("name = \"{law}\"\npath = \"fuzz_targets/{law}.rs\"\n")),
            "{law} is no target of fuzz/Cargo.toml"
        );
    }
}

#[test]
fn the_corpus_is_small() {
    let sizes = LAWS.iter().map(|(target, _)| {
        let dir = corpus().join(target);
        names(&dir).iter().map(|name| fs::metadata(dir.join(name)).expect("a file").len()).sum::<u64>()
    });
    let bytes: u64 = sizes.sum();
    assert!((1..BYTES_MAX).contains(&bytes), "{bytes} bytes");
}

/// A package has one version in both workspaces: what is fuzzed is what runs.
#[test]
fn fuzzers_are_built_of_the_same_packages() {
    let packages = |lock: &str| -> BTreeSet<(String, String)> {
        let text = fs::read_to_string(root().join(lock)).expect("a lock file");
        let field = |line: &str, key: &str| Some(line.strip_prefix(key)?.trim_matches('"').to_string());
        let lines: Vec<&str> = text.lines().collect();
        lines.windows(2).filter_map(|pair| Some((field(pair[0], "name = ")?, field(pair[1], "version = ")?))).collect()
    };
    let (ours, fuzzed) = (packages("Cargo.lock"), packages("fuzz/Cargo.lock"));
    assert!(ours.len() > 100 && fuzzed.len() > 50);
    let known: BTreeSet<&String> = ours.iter().map(|(name, _)| name).collect();
    let others: Vec<_> = fuzzed.difference(&ours).filter(|(name, _)| known.contains(name)).collect();
    assert!(others.is_empty(), "copy Cargo.lock to fuzz and build: {others:?}");
}
