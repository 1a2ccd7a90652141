//! Arbitrary bytes: never a panic, never a trap, and where there is an answer its sums hold.

use proptest::collection::vec;
use proptest::prelude::*;

use super::money::sums_hold;
use super::world::{json, world};
use super::{World, many};
use crate::billing::gzip;
use crate::engine::{self, Call, Inputs, component, native, value};

/// What is likely to matter to a reader, among bytes that are not.
const WORDS: [&[u8]; 24] = [
    b"\"",
    b",",
    b"\n",
    b"\r\n",
    b"\0",
    b"\xff",
    b"\xef\xbb\xbf",
    b"{",
    b"}",
    b"[",
    b"]",
    b":",
    b"-",
    b"1e38",
    b"1e-38",
    b"9999999999999999999",
    b"\\u0000",
    b"\\ud800",
    b"\x1f\x8b",
    b"\x1f\x8b\x08\x00",
    b"null",
    b"true",
    b";",
    b"2021-08-31",
];

/// Printable text, or an object with a key of a job.
const JOB: &str = "[ -~]{0,40}|\\{\"(period|root|level|measure|accept|limits)\": ?(\"[ -~]{0,12}\"|[0-9]{1,3}|\\[\\]|\\{\\}|null)\\}";

/// A place, how many bytes go there, and which word comes instead.
type Edit = (prop::sample::Index, usize, Option<prop::sample::Index>);

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    vec((any::<prop::sample::Index>(), 0usize..6, proptest::option::of(any::<prop::sample::Index>())), 0..4)
}

fn edited(mut bytes: Vec<u8>, edits: &[Edit]) -> Vec<u8> {
    for (place, cut, word) in edits {
        let at = place.index(bytes.len() + 1);
        let end = (at + cut).min(bytes.len());
        let word = word.map_or(&b""[..], |word| WORDS[word.index(WORDS.len())]);
        bytes.splice(at..end, word.iter().copied());
    }
    bytes
}

/// An input that can be read, but for some edits.
fn nearly() -> impl Strategy<Value = Inputs> {
    // On the heap: what such a strategy makes may be larger than a test's stack.
    (world().boxed(), 0usize..4, edits().boxed(), edits().boxed(), edits().boxed()).prop_map(
        |(world, format, report, prices, customers)| {
            let text = match format {
                0 => world.csv(),
                1 => json(&world.rows, true),
                2 => json(&world.rows, false),
                _ => gzip(&world.csv()),
            };
            edit(&world, text, [&report, &prices, &customers])
        },
    )
}

fn edit(world: &World, report: Vec<u8>, [of_report, of_prices, of_customers]: [&[Edit]; 3]) -> Inputs {
    let mut inputs = world.inputs(edited(report, of_report));
    inputs.prices = edited(inputs.prices, of_prices);
    inputs.customers = inputs.customers.map(|customers| edited(customers, of_customers));
    inputs
}

/// An answer whose sums hold, or faults.
fn answered(inputs: &Inputs) -> Result<(), TestCaseError> {
    match native(Call::Bill, inputs, usize::MAX) {
        // An edited book may state another currency or other places: then the sums are not in cents.
        Ok(json)
            if value(&json)["outcome"]["total"]
                .as_str()
                .is_some_and(|total| total.split_once('.').is_some_and(|(_, cents)| cents.len() == 2)) =>
        {
            sums_hold(&value(&json), inputs.customers.is_some());
        }
        Ok(_) => {}
        Err(json) => prop_assert!(value(&json)["fault_count"].as_u64() > Some(0), "{}", json),
    }
    Ok(())
}

proptest! {
    #![proptest_config(many(1500))]

    #[test]
    fn nearly_readable_inputs_are_answered_or_refused(inputs in nearly(), size in 1usize..50) {
        answered(&inputs)?;
        prop_assert_eq!(native(Call::Bill, &inputs, size), native(Call::Bill, &inputs, usize::MAX));
    }

    #[test]
    fn any_bytes_in_place_of_an_input_are_answered_or_refused(world in world(), bytes in vec(any::<u8>(), 0..300), input in 0..4) {
        let mut inputs = world.inputs(world.csv());
        match input {
            0 => inputs.report = bytes,
            1 => inputs.report = [b"\x1f\x8b\x08\x00", &bytes[..]].concat(),
            2 => inputs.prices = bytes,
            _ => inputs.customers = Some(bytes),
        }
        answered(&inputs)?;
    }

    #[test]
    fn any_words_are_costs_or_faults(words in vec(any::<prop::sample::Index>(), 0..30), json: bool) {
        let start: &[u8] = if json { b"[{\"date\":\"2021-08-31\",\"price\":1}," } else { b"date,price,estimated\n" };
        let costs = words.iter().fold(start.to_vec(), |costs, word| [&costs[..], WORDS[word.index(WORDS.len())]].concat());
        let said = engine::native_estimate(&costs, "{\"period\": \"2021-08\"}");
        if std::str::from_utf8(&costs).is_err() {
            prop_assert!(said.is_err(), "bytes that are no text are no costs");
        }
        prop_assert_eq!(engine::component_estimate(&costs, "{\"period\": \"2021-08\"}"), said);
    }

    #[test]
    fn any_text_is_a_job_or_none(job in JOB) {
        let (report, prices) = (b"{\"tenants\": []}".to_vec(), b"{\"currency\": \"EUR\", \"prices\": []}".to_vec());
        let inputs = Inputs { report, prices, customers: None, job };
        if let Err(json) = native(Call::Bill, &inputs, usize::MAX) {
            prop_assert!(value(&json)["job"].is_string(), "{}", json);
        }
    }
}

proptest! {
    #![proptest_config(many(150))]

    #[test]
    fn the_component_refuses_what_the_crate_refuses(inputs in nearly(), size in 1usize..5000) {
        prop_assert_eq!(component(Call::Bill, &inputs, size), native(Call::Bill, &inputs, usize::MAX));
    }
}
