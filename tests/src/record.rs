//! The cost of a day: `cases/record/<name>/`.

use std::collections::BTreeSet;

use crate::billing::every_way;
use crate::case::{Case, Wrong};
use crate::engine::{Call, native, value};
use crate::print;

#[test]
fn days_come_out_as_their_files_say_in_every_way() {
    let mut wrong = Wrong::default();
    let mut codes = BTreeSet::new();
    for case in Case::all(Some("record")) {
        case.holds_only(&["report.", "prices.", "customers.", "job.json", "why.txt", "day.json"], &mut wrong);
        let inputs = case.inputs();
        match native(Call::Record, &inputs, usize::MAX) {
            Err(refusal) => wrong.say(&case.name, refusal),
            Ok(json) => {
                case.expect("day.json", &print::pretty(&json), &mut wrong);
                let found = value(&json)["findings"].as_array().cloned().unwrap_or_default();
                codes.extend(found.iter().filter_map(|finding| finding["code"].as_str().map(str::to_string)));
            }
        }
        every_way(Call::Record, &case.name, &inputs, &mut wrong);
    }
    for code in ["mixed-range", "previous-period-open", "foreign-register"] {
        wrong.differ("cases/record", code, &codes.contains(code), &true);
    }
    wrong.end();
}
