//! Situations of a bill: `cases/<situation>/`.

use std::collections::BTreeSet;
use std::io::Write;

use flate2::{Compression, write::GzEncoder};
use skubill_component::finding::FINDINGS;

use crate::case::{Case, Wrong};
use crate::engine::{Call, Inputs, component, native, plain, value};
use crate::fail::is_about_the_job;
use crate::{print, typed};

/// Reports up to this size are also fed byte by byte, through the component too.
const SMALL: usize = 16 << 10;

#[test]
fn situations_come_out_as_their_files_say() {
    let mut wrong = Wrong::default();
    for case in Case::all(None) {
        case.holds_only(&["report.", "prices.", "customers.", "job.json", "why.txt", "outcome.json", "bill.txt"], &mut wrong);
        wrong.differ(&case.name, "why.txt says what the situation is", &case.text("why.txt").is_some(), &true);
        match native(Call::Bill, &case.inputs(), usize::MAX) {
            Err(refusal) => wrong.say(&case.name, refusal),
            Ok(json) => {
                case.expect("outcome.json", &print::pretty(&json), &mut wrong);
                case.expect("bill.txt", &print::ledger(&value(&json)), &mut wrong);
            }
        }
    }
    wrong.end();
}

#[test]
fn the_component_answers_byte_for_byte_like_the_crate() {
    let mut wrong = Wrong::default();
    for case in Case::all(None) {
        every_way(Call::Bill, &case.name, &case.inputs(), &mut wrong);
    }
    wrong.end();
}

/// One call in every way there is: the answers are equal to the byte, refusals too.
pub fn every_way(call: Call, name: &str, inputs: &Inputs, wrong: &mut Wrong) {
    let said = native(call, inputs, usize::MAX);
    let mut sizes = vec![usize::MAX, 4096, 7];
    sizes.extend((inputs.report.len() <= SMALL).then_some(1));
    for size in sizes {
        wrong.differ(name, &format!("natively in pieces of {size}"), &native(call, inputs, size), &said);
        wrong.differ(name, &format!("the component in pieces of {size}"), &component(call, inputs, size), &said);
        wrong.differ(name, &format!("the core module in pieces of {size}"), &plain(call, inputs, size), &said);
    }
    if !is_about_the_job(&said) {
        let json = said.map(|json| value(&json)).map_err(|json| value(&json));
        wrong.differ(name, "the typed contract", &typed::run(call, inputs), &json);
    }
}

#[test]
fn a_compressed_report_is_the_same_report() {
    let mut wrong = Wrong::default();
    for case in Case::all(None) {
        let inputs = case.inputs();
        let half = inputs.report.len() / 2;
        let members = [gzip(&inputs.report[..half]), gzip(&inputs.report[half..])].concat();
        if !inputs.report.starts_with(&[0x1f, 0x8b]) {
            let zipped = Inputs { report: members, ..inputs.clone() };
            wrong.differ(&case.name, "gzip", &native(Call::Bill, &zipped, 5), &native(Call::Bill, &inputs, usize::MAX));
        }
    }
    wrong.end();
}

pub fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text).expect("in memory");
    encoder.finish().expect("in memory")
}

/// What the situations show all together: every finding a bill can have, every outcome of a row,
/// every model of price and each of its options.
#[test]
fn nothing_of_the_rules_is_without_a_situation() {
    let (mut codes, mut outcomes, mut words) = (BTreeSet::new(), BTreeSet::new(), String::new());
    for case in Case::all(None) {
        let inputs = case.inputs();
        let outcome =
            value(&native(Call::Bill, &inputs, usize::MAX).unwrap_or_else(|refusal| panic!("{}: {refusal}", case.name)))["outcome"].take();
        for finding in outcome["findings"].as_array().into_iter().flatten() {
            codes.insert(finding["code"].as_str().unwrap_or_default().to_string());
        }
        let counts = outcome["accounting"].as_object().into_iter().flatten();
        outcomes.extend(counts.filter(|(_, count)| **count != 0).map(|(name, _)| name.clone()));
        words += &(String::from_utf8_lossy(&inputs.prices).into_owned() + &inputs.job);
    }
    // These are about cost records, and have their cases in `cases/record`.
    let of_bills: BTreeSet<String> = FINDINGS
        .iter()
        .filter(|code| !matches!(**code, "mixed-range" | "previous-period-open" | "foreign-register"))
        .map(|code| code.to_string())
        .collect();
    assert_eq!(codes, of_bills, "findings");
    assert_eq!(outcomes.len(), 7, "outcomes of rows: {outcomes:?}");
    let options = [
        "graduated",
        "volume",
        "package",
        "flat",
        "free",
        "included",
        "factor",
        "minimum",
        "maximum",
        "from",
        "until",
        "round_quantity",
        "tenant_id",
        "half-even",
        "half-up",
        "\"up\"",
        "\"down\"",
        "up_to",
        "byte\"",
        "GiB",
        "TiB",
        "second\"",
        "hour",
        "each",
        "root",
        "level",
        "measure",
        "usage.billable",
        "\"itself\"",
        "accept",
        "exclude_tenants",
        "usage_name",
    ];
    let missing: Vec<&str> = options.into_iter().filter(|word| !words.contains(word)).collect();
    assert!(missing.is_empty(), "no situation has {missing:?}");
}
