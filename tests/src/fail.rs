//! A gallery of every fault: `cases/fail/<fault>/`, and the page that lists them.

mod recipe;

use std::collections::BTreeSet;
use std::fmt::Write;

use skubill::bill::Refusal;
use skubill_component::limit::Limits;

use crate::billing::every_way;
use crate::case::{Case, Wrong, cases, is_current};
use crate::engine::{self, Call, Inputs, Said, value};
use crate::typed;

pub use recipe::cook;

const FILES: [&str; 9] =
    ["report.", "prices.", "customers.", "costs.", "job.json", "limits.json", "comparison.json", "error.txt", "remedy.txt"];

#[test]
fn every_fault_is_told_as_its_file_says() {
    let mut wrong = Wrong::default();
    for case in Case::all(Some("fail")) {
        case.holds_only(&FILES, &mut wrong);
        match refused(&case) {
            Ok(answer) => wrong.say(&case.name, format!("was answered: {answer}")),
            Err(json) => case.expect("error.txt", &told(&json), &mut wrong),
        }
    }
    wrong.end();
}

#[test]
fn every_fault_is_the_same_in_every_way() {
    let mut wrong = Wrong::default();
    for case in Case::all(Some("fail")) {
        same(&case, &mut wrong);
    }
    wrong.end();
}

/// What the inputs of a case are for.
enum Kind {
    Run(Call),
    Estimate,
    Compare,
    Check,
}

fn kind(case: &Case) -> Kind {
    let has = |stem: &str| case.bytes(stem).is_some();
    if has("comparison") {
        Kind::Compare
    } else if has("costs") {
        Kind::Estimate
    } else if !has("report") {
        Kind::Check
    } else if case.name.starts_with("record-") {
        Kind::Run(Call::Record)
    } else if case.name.starts_with("explain-") {
        Kind::Run(Call::Explain)
    } else {
        Kind::Run(Call::Bill)
    }
}

/// The call that refuses.
pub fn call(case: &Case) -> Call {
    match kind(case) {
        Kind::Run(call) => call,
        Kind::Estimate => Call::Estimate,
        Kind::Compare => Call::Compare,
        Kind::Check => Call::Check,
    }
}

/// The inputs; what is too large or too odd for a file is made by its recipe.
fn inputs(case: &Case) -> Inputs {
    let mut inputs = case.inputs();
    if let Some(recipe) = case.text("report.recipe") {
        inputs.report = cook(recipe.trim());
    }
    if let Some(recipe) = case.text("prices.recipe") {
        inputs.prices = cook(recipe.trim());
    }
    inputs
}

fn refused(case: &Case) -> Said {
    let inputs = inputs(case);
    match kind(case) {
        Kind::Run(call) => engine::native(call, &inputs, usize::MAX),
        Kind::Estimate => engine::native_estimate(&case.bytes("costs").unwrap_or_default(), &inputs.job),
        Kind::Compare => engine::native_compare(&case.text("comparison.json").unwrap_or_default()),
        Kind::Check => engine::native_check(&inputs.prices, inputs.customers.as_deref(), &case.text("limits.json").unwrap_or_default()),
    }
}

/// Natively, through the component, and by the typed contract; a job that makes no sense in JSON
/// cannot even be said in types.
fn same(case: &Case, wrong: &mut Wrong) {
    let inputs = inputs(case);
    let said = refused(case);
    let typed = match kind(case) {
        Kind::Run(call) => return every_way(call, &case.name, &inputs, wrong),
        Kind::Estimate => {
            let costs = case.bytes("costs").unwrap_or_default();
            wrong.differ(&case.name, "the component", &engine::component_estimate(&costs, &inputs.job), &said);
            typed::estimate(&costs, &inputs.job)
        }
        Kind::Compare => {
            let comparison = case.text("comparison.json").unwrap_or_default();
            wrong.differ(&case.name, "the component", &engine::component_compare(&comparison), &said);
            return;
        }
        Kind::Check => {
            let limits = case.text("limits.json").unwrap_or_default();
            let customers = inputs.customers.as_deref();
            wrong.differ(&case.name, "the component", &engine::component_check(&inputs.prices, customers, &limits), &said);
            typed::check(&inputs.prices, customers, &limits)
        }
    };
    if !is_about_the_job(&said) {
        wrong.differ(&case.name, "the typed contract", &typed, &said.map(|json| value(&json)).map_err(|json| value(&json)));
    }
}

/// Whether a refusal is about the job itself.
pub fn is_about_the_job(said: &Said) -> bool {
    said.as_ref().is_err_and(|json| value(json).get("job").is_some())
}

/// A refusal, a fault a line, as the command line tells it.
fn told(json: &str) -> String {
    match serde_json::from_str(json).expect("a refusal") {
        Refusal::Job { job } => format!("error: {job}\n"),
        Refusal::Order { order } => format!("error: {order}\n"),
        Refusal::Faults { faults, fault_count } => {
            let mut lines: String = faults.iter().map(|fault| format!("{fault}\n")).collect();
            let more = fault_count - faults.len() as u64;
            if more > 0 {
                let _ = writeln!(lines, "{fault_count} faults, {more} of them not listed");
            }
            lines
        }
    }
}

/// Every limit is hit by a case that sets it, and the fault says which it was.
#[test]
fn every_limit_is_hit() {
    let mut limits = Limits::default();
    let (mut hit, mut named) = (BTreeSet::new(), String::new());
    for case in Case::all(Some("fail")).into_iter().filter(|case| case.name.starts_with("limit-")) {
        let set = [case.text("limits.json").map(|text| value(&text)), case.text("job.json").map(|text| value(&text)["limits"].take())];
        hit.extend(set.into_iter().flatten().flat_map(|set| set.as_object().cloned().unwrap_or_default()).map(|(name, _)| name));
        named += &case.text("error.txt").unwrap_or_default();
    }
    let mut wrong = Wrong::default();
    for (name, _) in limits.fields() {
        wrong.differ(name, "hit by a case", &hit.contains(name), &true);
        // A number says how many digits it may have; faults beyond the limit are counted.
        let words = match name {
            "digits" => "at most 3 digits".to_string(),
            "faults" => "3 faults, 1 of them not listed".to_string(),
            _ => format!("(limit {name})"),
        };
        wrong.differ(name, &words, &named.contains(&words), &true);
    }
    wrong.end();
}

/// The page of the gallery says what the folders say.
#[test]
fn the_gallery_is_current() {
    let mut page = String::from(
        "# Every fault\n\nEach folder has the inputs of one fault, `error.txt` with its message on the command line, and `remedy.txt`. The\n\
         tests generate this page (`BLESS=1 make test`).\n\n| fault | message | remedy |\n|---|---|---|\n",
    );
    for case in Case::all(Some("fail")) {
        let remedy = case.text("remedy.txt").unwrap_or_default();
        assert!(remedy.lines().count() == 1 && !remedy.trim().is_empty(), "{}: remedy.txt is one line", case.name);
        let error = case.text("error.txt").unwrap_or_default();
        let first: String = error.lines().next().unwrap_or_default().chars().take(200).collect();
        let cell = |text: &str| text.trim().replace('\\', "\\\\").replace('|', "\\|").replace('<', "&lt;");
        let _ = writeln!(page, "| [{0}]({0}/) | {1} | {2} |", case.name, cell(&first), cell(&remedy));
    }
    let mut wrong = Wrong::default();
    is_current(&cases().join("fail/README.md"), "fail/README.md", &page, &mut wrong);
    wrong.end();
}
