//! What is kept is found again, whatever is changed is found, and what was billed is billed again.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use super::*;
use skubill::bill::{Biller, Job};
use skubill::sandbox::{COMPONENT, COMPONENT_SHA256};

/// A state directory of one test; it is gone when the test is.
struct State(PathBuf);

impl State {
    fn new() -> State {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("skubill-evidence-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        private::directory(&path).expect("a directory");
        State(path)
    }

    fn journal(&self) -> Journal {
        Journal::open(&self.0).expect("a journal")
    }

    fn begin(&self) -> Evidence {
        Evidence::begin(&self.0, "eu2", "ACRONIS", "2021-08", now()).expect("begun")
    }
}

impl Drop for State {
    fn drop(&mut self) {
        // What is left of a test harms nobody.
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn now() -> Timestamp {
    Timestamp::new(1_630_454_400, 0).expect("a time")
}

const REPORT_CSV: &str = "date,tenant.id,tenant.name,tenant.kind,application.id,name,is_range,measurement_unit,sku,usage.absolute.production,\
usage.absolute.total,usage.absolute.trial,usage.delta.production,usage.delta.total,usage.delta.trial,usage.effective.production,\
usage.effective.total,usage.effective.trial\n\
2021-08-31,t-acme,Acme Ltd,customer,a,servers,False,,SRV,3,3,0,0,0,0,3,3,0\n";
const PRICES_JSON: &str = r#"{"currency": "EUR", "prices": [{"sku": "SRV", "name": "Server", "unit": "each", "price": "6.50"}]}"#;
const CUSTOMERS_JSON: &str = r#"{"customers": [{"tenant_id": "t-acme", "enterprise": 292}]}"#;

fn job() -> Job {
    Job { period: Some("2021-08".into()), level: Some("direct_partners".into()), ..Job::default() }
}

/// Everything of a month but the outcome and the component.
fn inputs(evidence: &mut Evidence) {
    evidence.keep("report.csv", REPORT_CSV.as_bytes()).expect("kept");
    evidence.keep("prices.json", PRICES_JSON.as_bytes()).expect("kept");
    evidence.keep("customers.json", CUSTOMERS_JSON.as_bytes()).expect("kept");
    evidence.keep(JOB, serde_json::to_string(&job()).expect("JSON").as_bytes()).expect("kept");
}

fn outcome() -> String {
    let answer = Biller::new().expect("a component");
    let answer = answer.bill(&job(), REPORT_CSV.as_bytes(), PRICES_JSON.as_bytes(), Some(CUSTOMERS_JSON.as_bytes())).expect("billed");
    answer.outcome_json().expect("an outcome").to_string()
}

/// A month with an outcome, and what it was billed with.
fn month(state: &State, outcome: &str, component: &[u8]) -> PathBuf {
    let mut evidence = state.begin();
    inputs(&mut evidence);
    evidence.keep(OUTCOME, outcome.as_bytes()).expect("kept");
    evidence.keep("payload-292.json", b"{}").expect("kept");
    evidence.keep_component(component).expect("kept");
    let folder = evidence.folder().to_path_buf();
    evidence.finish(&state.journal(), now()).expect("finished");
    folder
}

#[test]
fn a_run_is_kept_and_found_again() {
    let state = State::new();
    let folder = month(&state, &outcome(), COMPONENT);
    assert_eq!(folder, state.0.join("runs/2021-08-eu2-ACRONIS-20210901T000000Z"));
    let kept = Kept::open(&folder).expect("whole");
    let names: Vec<&str> = kept.manifest.files.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names, ["report.csv", "prices.json", "customers.json", "job.json", "outcome.json", "payload-292.json"]);
    assert_eq!((kept.manifest.account.as_str(), kept.manifest.begun.as_str()), ("eu2", "2021-09-01T00:00:00Z"));
    assert_eq!(kept.read(REPORT).expect("a report"), REPORT_CSV.as_bytes());
    assert_eq!(kept.component().expect("a component"), COMPONENT);
    assert!(kept.has(CUSTOMERS) && !kept.has(TASK) && !kept.has("rep"));
    assert!(matches!(kept.read(TASK), Err(Error::NoPart { part: TASK, .. })));
    // Another run of the same second has a folder of its own, and the same component is not kept twice.
    assert_eq!(month(&state, &outcome(), COMPONENT), folder.with_file_name("2021-08-eu2-ACRONIS-20210901T000000Z-2"));
    assert_eq!(fs::read_dir(state.0.join(COMPONENTS)).expect("a directory").count(), 1);
    assert!(state.0.join(COMPONENTS).join(format!("{COMPONENT_SHA256}.wasm")).exists());
}

#[cfg(unix)]
#[test]
fn everything_is_read_only_and_its_owners_alone() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    let state = State::new();
    let (inside, outside) = (state.0.join("reports/one.gz"), std::env::temp_dir().join(format!("skubill-outside-{}", std::process::id())));
    private::directory(&state.0.join("reports")).expect("a directory");
    fs::write(&inside, "a report").expect("a file of ours");
    fs::write(&outside, "a price book").expect("a file of somebody's");
    let mut evidence = state.begin();
    evidence.keep_file("report.csv.gz", &inside).expect("linked");
    evidence.keep_file("prices.json", &outside).expect("copied");
    evidence.keep("payload-292.json", b"{}").expect("kept");
    evidence.keep_component(COMPONENT).expect("kept");
    let folder = evidence.folder().to_path_buf();
    evidence.finish(&state.journal(), now()).expect("finished");
    let meta = |path: PathBuf| path.metadata().expect("it is there");
    let mode = |path: PathBuf| meta(path).permissions().mode() & 0o777;
    for name in ["report.csv.gz", "prices.json", "payload-292.json", MANIFEST] {
        assert_eq!(mode(folder.join(name)), 0o400, "{name}");
    }
    assert_eq!(mode(state.0.join(COMPONENTS).join(format!("{COMPONENT_SHA256}.wasm"))), 0o400);
    for directory in [folder.clone(), state.0.join(RUNS), state.0.join(COMPONENTS)] {
        assert_eq!(mode(directory), 0o700);
    }
    // A long report is not there twice; what is not ours could be written to, so it is.
    assert_eq!(meta(folder.join("report.csv.gz")).ino(), meta(inside).ino());
    assert_ne!(meta(folder.join("prices.json")).ino(), meta(outside.clone()).ino());
    fs::write(&outside, "another price book").expect("written to");
    assert_eq!(Kept::open(&folder).expect("whole").read(PRICES).expect("a price book"), b"a price book");
    fs::remove_file(outside).expect("removed");
}

#[test]
fn what_was_cut_off_says_so() {
    let state = State::new();
    let mut evidence = state.begin();
    inputs(&mut evidence);
    let folder = evidence.folder().to_path_buf();
    drop(evidence);
    let wrong = Kept::open(&folder).expect_err("incomplete");
    assert!(matches!(wrong, Error::Incomplete { .. }), "{wrong:?}");
    assert!(wrong.to_string().contains("was cut off before its evidence was complete"), "{wrong}");
    assert!(matches!(Kept::open(&state.0.join("nowhere")), Err(Error::Named(absent)) if absent.is_absent()));
}

#[test]
fn a_name_stays_in_the_folder_and_is_kept_once() {
    let state = State::new();
    let mut evidence = state.begin();
    for name in [
        "",
        ".",
        "..",
        "../x",
        "a/../../x",
        "/etc/x",
        "a//../x",
        "a/",
        "a/b",
        ".hidden",
        "a b",
        "ä",
        "manifest.json",
        "manifest.part",
        "component.part",
    ] {
        assert!(matches!(evidence.keep(name, b"x"), Err(Error::Name(_))), "{name}");
    }
    evidence.keep("c.json", b"x").expect("kept");
    assert!(matches!(evidence.keep("c.json", b"y"), Err(Error::File { .. })), "a file is never written over");
    assert_eq!(fs::read(evidence.folder().join("c.json")).expect("a file"), b"x");
}

/// Write over a file that is read-only.
fn overwrite(path: &Path, bytes: &[u8]) {
    fs::remove_file(path).expect("removed");
    fs::write(path, bytes).expect("written");
}

#[test]
fn whatever_was_changed_is_found() {
    let state = State::new();
    let outcome = outcome();
    let fresh = || month(&state, &outcome, COMPONENT);
    for name in ["report.csv", "prices.json", "customers.json", JOB, OUTCOME, "payload-292.json"] {
        let folder = fresh();
        let mut bytes = fs::read(folder.join(name)).expect("a file");
        bytes[0] ^= 1;
        overwrite(&folder.join(name), &bytes);
        assert!(matches!(Kept::open(&folder), Err(Error::Changed { path, .. }) if path == folder.join(name)), "{name}");
        fs::remove_file(folder.join(name)).expect("removed");
        assert!(matches!(Kept::open(&folder), Err(Error::Missing { path }) if path == folder.join(name)), "{name}");
    }
    let folder = fresh();
    fs::write(folder.join("payload-293.json"), "{}").expect("put in");
    assert!(matches!(Kept::open(&folder), Err(Error::Stranger { path }) if path == folder.join("payload-293.json")));
    let folder = fresh();
    let manifest = fs::read_to_string(folder.join(MANIFEST)).expect("a manifest");
    overwrite(&folder.join(MANIFEST), manifest.replace("\"format\": 1", "\"format\": 2").as_bytes());
    let wrong = Kept::open(&folder).expect_err("another format").to_string();
    assert!(wrong.contains("its format is 2, and this skubill reads 1"), "{wrong}");
    overwrite(&folder.join(MANIFEST), b"{");
    assert!(matches!(Kept::open(&folder), Err(Error::Manifest { .. })));
    // The component is found by its hash, and checked by it.
    let folder = fresh();
    let component = state.0.join(COMPONENTS).join(format!("{COMPONENT_SHA256}.wasm"));
    overwrite(&component, b"another one");
    assert!(matches!(Kept::open(&folder), Err(Error::Changed { path, .. }) if path.ends_with(component.file_name().expect("a name"))));
    assert!(matches!(state.begin().keep_component(COMPONENT), Err(Error::Changed { .. })), "nor is it trusted by the next run");
    // Where a folder was handed on alone, this program's own will do, being the same.
    fs::remove_file(&component).expect("removed");
    assert_eq!(Kept::open(&folder).expect("whole").component().expect("a component"), COMPONENT);
}

#[test]
fn a_month_comes_out_again_byte_for_byte() {
    let state = State::new();
    let outcome = outcome();
    assert!(outcome.contains("\"total\":\"19.50\""), "{outcome}");
    let replayed = replay(&Kept::open(&month(&state, &outcome, COMPONENT)).expect("whole")).expect("billed");
    assert_eq!(replayed, Replayed { bytes: outcome.len() as u64, sha256: sha256(outcome.as_bytes()), difference: None });
    let another = outcome.replacen("\"price\":\"19.50\"", "\"price\":\"19.60\"", 1);
    let replayed = replay(&Kept::open(&month(&state, &another, COMPONENT)).expect("whole")).expect("billed");
    assert_eq!(replayed.difference, difference(&another, &outcome));
}

fn difference(kept: &str, now: &str) -> Option<Difference> {
    super::replay::difference(kept.as_bytes(), now.as_bytes())
}

/// The first value that differs is named, or where there is none the bytes.
#[test]
fn a_difference_is_named() {
    let outcome = outcome();
    assert_eq!(difference(&outcome, &outcome), None);
    let of = |from: &str, to: &str| {
        assert!(outcome.contains(from), "{outcome}");
        difference(&outcome.replacen(from, to, 1), &outcome).expect("another one")
    };
    let found = of("\"price\":\"19.50\"", "\"price\":\"19.60\"");
    assert_eq!(found.path.as_deref(), Some("bills[0].categories[0].usages[0].price"));
    assert_eq!((found.kept.as_str(), found.now.as_str()), ("\"19.60\"", "\"19.50\""));
    assert_eq!(found.byte as usize, outcome.find("\"price\":\"19.50\"").expect("a price") + "\"price\":\"19.".len());
    let found = of("\"rows\":[1]", "\"rows\":[]");
    assert_eq!(found.path.as_deref(), Some("bills[0].categories[0].usages[0].rows[0]"));
    assert_eq!((found.kept.as_str(), found.now.as_str()), ("nothing", "1"));
    let found = of("\"currency\":\"EUR\",", "");
    assert_eq!((found.path.as_deref(), found.kept.as_str(), found.now.as_str()), (Some("currency"), "nothing", "\"EUR\""));
    let found = difference(&format!("{outcome} "), &outcome).expect("another one");
    assert_eq!((found.path, found.kept.as_str(), found.now.as_str()), (None, " ", "the end"));
}

#[test]
fn a_day_comes_out_again_too() {
    let state = State::new();
    let task = r#"{"day": "2021-08-10", "earlier": [], "job": {"period": "2021-08"}}"#;
    let biller = Biller::new().expect("a component");
    let day = biller.record(task, REPORT_CSV.as_bytes(), PRICES_JSON.as_bytes(), CUSTOMERS_JSON.as_bytes()).expect("a day");
    assert!(day.contains("\"total\":\"6.29\""), "{day}");
    let mut evidence = state.begin();
    inputs(&mut evidence);
    evidence.keep(TASK, task.as_bytes()).expect("kept");
    evidence.keep(OUTCOME, day.as_bytes()).expect("kept");
    evidence.keep_component(COMPONENT).expect("kept");
    let folder = evidence.folder().to_path_buf();
    evidence.finish(&state.journal(), now()).expect("finished");
    assert_eq!(replay(&Kept::open(&folder).expect("whole")).expect("recorded").difference, None);
}

#[test]
fn a_line_of_a_run_is_told_by_its_own_component() {
    let state = State::new();
    let kept = Kept::open(&month(&state, &outcome(), COMPONENT)).expect("whole");
    let told: serde_json::Value = serde_json::from_str(&explain(&kept, "t-acme", "SRV").expect("told")).expect("JSON");
    assert_eq!(told["line"]["amount"], "19.50");
    assert_eq!(told["rows"][0]["text"], REPORT_CSV.lines().nth(1).expect("a row"));
}

/// A component of a contract without `compare`: the same one, with the interface called something else.
fn earlier_component() -> Vec<u8> {
    let (name, other) = (b"skubill:billing/compare@", b"skubill:billing/comp4re@");
    let mut bytes = COMPONENT.to_vec();
    let places: Vec<usize> = (0..bytes.len() - name.len()).filter(|at| bytes[*at..].starts_with(name)).collect();
    assert!(!places.is_empty(), "the interface is named in the component");
    places.iter().for_each(|at| bytes[*at..*at + name.len()].copy_from_slice(other));
    bytes
}

#[test]
fn a_component_that_lacks_a_later_call_still_bills() {
    let state = State::new();
    let component = earlier_component();
    let kept = Kept::open(&month(&state, &outcome(), &component)).expect("whole");
    assert_eq!(kept.component().expect("a component"), component);
    assert_eq!(replay(&kept).expect("billed").difference, None);
    // Without its bytes it cannot be run, and this program's own does not take its place.
    fs::remove_file(state.0.join(COMPONENTS).join(format!("{}.wasm", sha256(&component)))).expect("removed");
    assert!(matches!(Kept::open(kept.folder()), Err(Error::Missing { .. })));
}

#[test]
fn bytes_that_are_no_component_are_told() {
    let state = State::new();
    let kept = Kept::open(&month(&state, &outcome(), b"\0asm")).expect("whole");
    assert!(matches!(replay(&kept), Err(Error::Bill(skubill::bill::Error::Sandbox(skubill::sandbox::Error::Setup(_))))));
    let mut evidence = state.begin();
    inputs(&mut evidence);
    let folder = evidence.folder().to_path_buf();
    evidence.finish(&state.journal(), now()).expect("finished");
    assert!(matches!(replay(&Kept::open(&folder).expect("whole")), Err(Error::NoPart { part: OUTCOME, .. })));
}
