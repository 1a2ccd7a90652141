//! JSON Schemas of everything that is JSON: `schemas/`, made of the contract's types and written by `BLESS=1`. Inputs and
//! answers of every case are validated against them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::sync::LazyLock;

use boon::{Compiler, SchemaIndex, Schemas};
use serde_json::{Value, json};
use skubill_component::about::CONTRACT;
use skubill_component::instance::Call;
use skubill_contract_schema::schema::schemas;

use crate::case::{Wrong, is_current, root};
use crate::engine::value;
use crate::print;
use crate::vector::Vector;

/// Each schema by the name of its file.
fn made() -> impl Iterator<Item = (&'static str, Value)> {
    schemas().into_iter().map(|(name, mut schema)| {
        schema["$id"] = format!("urn:{CONTRACT}:{name}").into();
        (name, schema)
    })
}

/// All schemas, compiled.
static COMPILED: LazyLock<(Schemas, BTreeMap<&str, SchemaIndex>)> = LazyLock::new(|| {
    let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
    let named = made().map(|(name, schema)| {
        let place = format!("urn:{CONTRACT}:{name}");
        compiler.add_resource(&place, schema).expect("a schema");
        (name, compiler.compile(&place, &mut schemas).unwrap_or_else(|error| panic!("{name}: {error:#}")))
    });
    let named = named.collect();
    (schemas, named)
});

fn validated(name: &str, value: &Value) -> Result<(), String> {
    let (schemas, named) = &*COMPILED;
    schemas.validate(value, named[name]).map_err(|error| format!("{error:#}"))
}

fn hold(name: &str, of: &str, value: &Value, wrong: &mut Wrong) {
    if let Err(what) = validated(name, value) {
        wrong.say(of, format!("schemas/{name}.json: {what}"));
    }
}

fn is_valid(name: &str, value: &Value) -> bool {
    validated(name, value).is_ok()
}

/// Where a job may be empty text: it says nothing then, as `{}` does.
fn document(text: &str) -> Option<Value> {
    let text = text.trim_start_matches('\u{feff}').trim();
    let json = text.is_empty() || text.starts_with(['{', '[']);
    json.then(|| serde_json::from_str(if text.is_empty() { "{}" } else { text }).ok()).flatten()
}

#[test]
fn the_schemas_are_current() {
    let mut wrong = Wrong::default();
    let mut files: BTreeSet<String> = fs::read_dir(root().join("schemas"))
        .expect("schemas")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    for (name, schema) in made() {
        let file = format!("{name}.json");
        files.remove(&file);
        is_current(&root().join("schemas").join(&file), &file, &print::pretty(&schema.to_string()), &mut wrong);
    }
    wrong.differ("schemas", "nothing else lies there", &files, &BTreeSet::from(["README.md".to_string()]));
    let page = fs::read_to_string(root().join("schemas/README.md")).unwrap_or_default();
    for (name, _) in made() {
        wrong.differ("schemas/README.md", name, &page.contains(&format!("[{name}.json]({name}.json)")), &true);
    }
    wrong.end();
}

/// The schema of a vector's job, and of its answer.
fn of_call(call: Call) -> (&'static str, &'static str) {
    match call {
        Call::Bill => ("job", "billed"),
        Call::Usage => ("job", "usage"),
        Call::Record => ("record-job", "day"),
        Call::Check => ("limits", "checked"),
        Call::Customers => ("limits", "listing"),
        Call::Estimate => ("estimate-job", "estimated"),
        Call::Compare => ("comparison", "compared"),
        Call::Describe => ("job", "description"),
        Call::Explain => ("explain-job", "explanation"),
    }
}

#[test]
fn every_answer_is_what_its_schema_says() {
    let mut wrong = Wrong::default();
    let mut refused = 0;
    for vector in Vector::all() {
        let (_, answered) = of_call(vector.call);
        let name = if vector.expected.is_ok() { answered } else { "faults" };
        let answer = value(vector.expected.as_ref().unwrap_or_else(|refusal| refusal));
        hold(name, &vector.name, &answer, &mut wrong);
        if name == "billed" {
            hold("outcome", &vector.name, &answer["outcome"], &mut wrong);
        }
        refused += usize::from(vector.expected.is_err());
        // A schema that lets anything pass says nothing.
        let mut more = answer.clone();
        more["another_key"] = json!(0);
        wrong.differ(&vector.name, "a key more", &is_valid(name, &more), &false);
        for key in answer.as_object().into_iter().flatten().map(|(key, _)| key) {
            let mut less = answer.clone();
            less.as_object_mut().expect("an object").remove(key);
            wrong.differ(&vector.name, &format!("without {key}"), &is_valid(name, &less), &false);
        }
    }
    assert!(refused > 100, "{refused}");
    wrong.end();
}

/// The JSON that a vector gives, each with the schema it is of; CSV has none.
fn given(vector: &Vector) -> Vec<(&'static str, Value)> {
    let (job, _) = of_call(vector.call);
    let job = Some((job, document(&vector.job))).filter(|_| vector.call != Call::Describe);
    let files = ["prices", "customers", "costs"].into_iter().filter_map(|name| {
        let text = String::from_utf8(fs::read(vector.file(name)?).expect("a file of a case")).ok()?;
        // An empty file is no JSON; only a job may be empty.
        Some((name, document(&text).filter(|_| !text.trim().is_empty())))
    });
    job.into_iter().chain(files).filter_map(|(name, value)| Some((name, value?))).collect()
}

#[test]
fn every_input_that_is_read_is_what_its_schema_says() {
    let mut wrong = Wrong::default();
    let mut seen = BTreeSet::new();
    for vector in Vector::all().iter().filter(|vector| vector.expected.is_ok()) {
        for (name, value) in given(vector) {
            hold(name, &vector.name, &value, &mut wrong);
            seen.insert(name);
        }
    }
    assert_eq!(seen.len(), 9, "{seen:?}");
    wrong.end();
}

/// Faults of JSON inputs that are no matter of shape: values beside each other, a key that a reader of
/// JSON has lost, sizes, what another input says.
const BEYOND_A_SCHEMA: [&str; 16] = [
    "book-with-a-key-twice",
    "book-with-a-minimum-above-the-maximum",
    "book-with-from-after-until",
    "book-with-overlapping-dates",
    "customers-that-map-and-exclude",
    "customers-with-a-tenant-twice",
    "estimate-of-nothing",
    "job-without-a-period-or-any-date",
    "limit-of-book-bytes",
    "limit-of-depth-in-a-book",
    "limit-of-digits-in-a-book",
    "limit-of-string-bytes-in-a-book",
    "record-of-a-day-outside-the-period",
    "record-with-registers-in-another-currency",
    "record-with-registers-of-no-date",
    "record-with-registers-that-cannot-be-read",
];

#[test]
fn what_is_wrong_in_shape_no_schema_lets_pass() {
    let mut passed = Vec::new();
    for vector in Vector::all().iter().filter(|vector| vector.family == "fail") {
        let refusal = value(vector.expected.as_ref().expect_err("a fault"));
        let about = |name: &str| {
            let mut faults = refusal["faults"].as_array().into_iter().flatten();
            refusal["job"].is_string() && of_call(vector.call).0 == name || faults.any(|fault| fault["input"] == name)
        };
        let wrong: Vec<_> = given(vector).into_iter().filter(|(name, _)| about(name)).collect();
        if !wrong.is_empty() && wrong.iter().all(|(name, value)| is_valid(name, value)) {
            passed.push(vector.name.trim_start_matches("fail/").to_string());
        }
    }
    assert_eq!(passed, BEYOND_A_SCHEMA);
}
