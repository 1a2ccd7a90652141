//! What a month will have cost: `cases/estimate/<name>/`.

use crate::case::{Case, Wrong};
use crate::engine::{component_estimate, native_estimate, value};
use crate::{print, typed};

#[test]
fn estimates_come_out_as_their_files_say_in_every_way() {
    let mut wrong = Wrong::default();
    for case in Case::all(Some("estimate")) {
        case.holds_only(&["costs.", "job.json", "why.txt", "estimate.json"], &mut wrong);
        let costs = case.bytes("costs").expect("costs");
        let job = case.text("job.json").expect("a job");
        let said = native_estimate(&costs, &job);
        match &said {
            Ok(json) => case.expect("estimate.json", &print::pretty(json), &mut wrong),
            Err(refusal) => wrong.say(&case.name, refusal),
        }
        wrong.differ(&case.name, "the component", &component_estimate(&costs, &job), &said);
        let json = said.map(|json| value(&json)).map_err(|json| value(&json));
        wrong.differ(&case.name, "the typed contract", &typed::estimate(&costs, &job), &json);
    }
    wrong.end();
}

/// The table of estimates that the billing rules state, to the cent.
#[test]
fn the_table_of_the_rules() {
    for (name, cumulative, daily) in [
        ("ten-a-day", "300.00", "300.00"),
        ("rising-by-one-a-day", "169.00", "465.00"),
        ("falling-by-one-a-day", "461.00", "165.00"),
        ("two-days", "358.00", "1170.00"),
        ("a-first-day-of-a-hundred", "390.00", "-902.73"),
        ("a-credit-on-the-last-day", "213.82", "-861.82"),
    ] {
        let case = |method: &str| {
            let folder = format!("estimate/{name}-{method}");
            let json = Case::named(&folder).text("estimate.json").unwrap_or_else(|| panic!("no case {folder}"));
            value(&json)["estimate"].as_str().unwrap_or_default().to_string()
        };
        assert_eq!((case("cumulative").as_str(), case("daily").as_str()), (cumulative, daily), "{name}");
    }
}
