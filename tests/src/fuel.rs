//! What each vector takes, in the runtime's fuel: the same on every machine, so that a change of the
//! work shows without noise. A run may take 2 % more or less than it took; beyond that the file is
//! to be rewritten, and its diff is the review.

use std::collections::BTreeMap;
use std::fs;

use skubill::sandbox::Sandbox;
use skubill_component::fault::Input;
use skubill_component::instance::Call;

use crate::case::{Case, Wrong, blessed, cases};
use crate::conformance::inside::component;
use crate::core_module;
use crate::engine::Inputs;
use crate::vector::Vector;

const FILE: &str = "fuel.txt";

/// Percent of what it took, either way.
const TOLERANCE: u64 = 2;

/// Component and core module.
type Taken = [u64; 2];

/// A larger report, so that what a row takes shows, too.
fn thousand_rows(inputs: &Inputs) -> Vec<u8> {
    let text = String::from_utf8(inputs.report.clone()).expect("CSV");
    let (header, rows) = text.split_once('\n').expect("a header");
    let row = rows.lines().next().expect("a row");
    let rows: String = (0..1000).map(|number| row.replacen("t-acme", &format!("t-{number}"), 1) + "\n").collect();
    format!("{header}\n{rows}").into_bytes()
}

fn plain(vector: &Vector) -> u64 {
    let inputs = vector.inputs();
    let inputs: Vec<(Input, &[u8])> = inputs.iter().map(|(input, bytes)| (*input, &bytes[..])).collect();
    core_module::run(vector.call, &vector.job, &inputs, usize::MAX).1
}

fn taken() -> BTreeMap<String, Taken> {
    let sandbox = Sandbox::new().expect("the embedded component compiles");
    let mut vectors = Vector::all();
    let name = "one-tenant-one-month";
    let inputs = Case::named(name).inputs();
    let report = thousand_rows(&inputs);
    vectors.push(Vector::made(&format!("a thousand rows of bill/{name}"), Call::Bill, &inputs, &report));
    let both = |vector: Vector| {
        let taken = [component(&sandbox, &vector).1, plain(&vector)];
        assert_eq!([component(&sandbox, &vector).1, plain(&vector)], taken, "{}: the same again", vector.name);
        (vector.name, taken)
    };
    vectors.into_iter().map(both).collect()
}

fn written(taken: &BTreeMap<String, Taken>) -> String {
    let lines = taken.iter().map(|(name, [component, core])| format!("{component:>12} {core:>12}  {name}\n"));
    "   component  core module  vector\n".to_string() + &lines.collect::<String>()
}

fn read(text: &str) -> BTreeMap<String, Taken> {
    let line = |line: &str| {
        let (component, rest) = line.trim_start().split_once(' ')?;
        let (core, name) = rest.trim_start().split_once("  ")?;
        Some((name.to_string(), [component.parse().ok()?, core.parse().ok()?]))
    };
    text.lines().skip(1).map(|text| line(text).unwrap_or_else(|| panic!("{FILE}: {text}"))).collect()
}

/// Whether a run still takes what it took.
fn alike(took: u64, takes: u64) -> bool {
    took.abs_diff(takes) * 100 <= took * TOLERANCE
}

#[test]
fn every_vector_takes_what_it_took() {
    let path = cases().join(FILE);
    let stands = fs::read_to_string(&path).unwrap_or_default();
    let (took, takes) = (read(&stands), taken());
    let mut wrong = Wrong::default();
    for name in took.keys().chain(takes.keys().filter(|name| !took.contains_key(*name))) {
        match (took.get(name), takes.get(name)) {
            (Some(took), Some(takes)) if took.iter().zip(takes).all(|(took, takes)| alike(*took, *takes)) => {}
            (Some(took), Some(takes)) => wrong.say(name, format!("took {took:?}, takes {takes:?}")),
            (took, takes) => wrong.say(name, format!("took {took:?}, takes {takes:?}: not one of the same vectors")),
        }
    }
    if blessed() && !wrong.is_none() {
        fs::write(&path, written(&takes)).expect("write what is taken");
        return;
    }
    wrong.end();
}

#[test]
fn two_percent_is_the_same() {
    assert!(alike(10_000, 10_200) && alike(10_000, 9_800) && alike(0, 0));
    assert!(!alike(10_000, 10_201) && !alike(10_000, 9_799) && !alike(0, 1));
    let table = BTreeMap::from([("fail/x".to_string(), [12, 1234567890123]), ("a thousand rows of bill/y".to_string(), [1, 2])]);
    assert_eq!(read(&written(&table)), table);
}
