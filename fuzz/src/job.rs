use serde_json::Value;
use skubill_component::fault::{Faults, Input};
use skubill_component::instance::Call;
use skubill_component::json::tree::{self, Node};
use skubill_component::limit::Limits;

use super::run::{Inputs, said, value, whole};
use super::{Fate, month, print, sums};

/// Calls that are given a job.
const CALLS: [Call; 6] = [Call::Bill, Call::Usage, Call::Record, Call::Explain, Call::Estimate, Call::Compare];

/// A job of any call is refused for a reason, or answered: its limits refuse and change nothing, and it means
/// the same however it is written.
pub fn law(bytes: &[u8]) -> Fate {
    let Ok(job) = std::str::from_utf8(bytes) else {
        return Fate::Refused;
    };
    let mut fate = Fate::Refused;
    for call in CALLS {
        let inputs = Inputs { job, ..month::INPUTS };
        let answer = said(call, &inputs);
        let Some(node) = read(job) else {
            assert!(answer.is_err() || job.trim_ascii().is_empty(), "{call:?} by a job that is no JSON");
            continue;
        };
        let again = print::tree(&node, false);
        assert_eq!(whole(call, &Inputs { job: &again, ..inputs }), answer, "{call:?} by {again}");
        let Ok(answer) = answer else { continue };
        fate = Fate::Accepted;
        let strings = print::tree(&node, true);
        assert_eq!(whole(call, &Inputs { job: &strings, ..inputs }).as_ref(), Ok(&answer), "{call:?} by {strings}");
        let unlimited = print::tree(&without_limits(node), false);
        assert_eq!(whole(call, &Inputs { job: &unlimited, ..inputs }).as_ref(), Ok(&answer), "{call:?} within other limits");
        holds(call, &value(&answer));
    }
    fate
}

fn read(job: &str) -> Option<Node> {
    let limits = Limits { cell_bytes: u64::MAX, ..Limits::default() };
    tree::read(job.as_bytes(), Input::Report, &limits, &mut Faults::new(0))
}

/// A job whose limits are the defaults.
fn without_limits(job: Node) -> Node {
    match job {
        Node::Object(entries) => {
            let kept = entries.into_iter().filter(|(key, _)| key != "limits");
            Node::Object(kept.map(|(key, node)| if key == "job" { (key, without_limits(node)) } else { (key, node) }).collect())
        }
        other => other,
    }
}

fn holds(call: Call, answer: &Value) {
    match call {
        Call::Bill => {
            sums::hold(answer, true);
            sums::are_posted(&answer["outcome"]);
        }
        Call::Record => day(answer),
        Call::Estimate => {
            let (below, total) = (&answer["below_to_date"], answer["estimate"].is_null());
            assert!(below.is_boolean() && !(total && below == true), "{answer}");
        }
        Call::Compare => {
            let differs = !sums::list(answer, "differences").is_empty();
            assert_eq!(answer["equal"] == true, answer["absent"] == false && !differs, "{answer}");
        }
        _ => {}
    }
}

/// What a day costs is never below 0; what would be is carried, and no line is both.
fn day(answer: &Value) {
    assert!(answer["number"].as_u64() <= answer["days"].as_u64(), "{answer}");
    for register in sums::list(answer, "registers") {
        let places = sums::places(&register["total"]);
        sums::total_of(register, places);
        let categories = sums::list(register, "categories").iter();
        let charged =
            categories.flat_map(|category| sums::list(category, "usages").iter().map(move |usage| (&category["category"], usage)));
        let carried = sums::list(register, "carried");
        for (category, usage) in charged {
            assert!(!is_negative(&usage["price"]), "{register}");
            let key = |other: &Value| other["category"] == *category && other["usage_type"] == usage["usage_type"];
            assert!(!carried.iter().any(key), "charged and carried: {register}");
        }
        assert!(carried.iter().all(|line| sums::places(&line["amount"]) == places), "{register}");
    }
}

fn is_negative(amount: &Value) -> bool {
    amount.as_str().is_some_and(|text| text.starts_with('-'))
}
