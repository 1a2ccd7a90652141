//! A posting beside what the dashboard holds: `cases/compare/<name>/`.

use crate::case::{Case, Wrong};
use crate::engine::{component_compare, native_compare, value};
use crate::{print, typed};

#[test]
fn comparisons_come_out_as_their_files_say_in_every_way() {
    let mut wrong = Wrong::default();
    let mut shown = String::new();
    for case in Case::all(Some("compare")) {
        case.holds_only(&["comparison.json", "why.txt", "compared.json"], &mut wrong);
        let comparison = case.text("comparison.json").expect("a comparison");
        let said = native_compare(&comparison);
        match &said {
            Ok(json) => {
                case.expect("compared.json", &print::pretty(json), &mut wrong);
                shown += json;
            }
            Err(refusal) => wrong.say(&case.name, refusal),
        }
        wrong.differ(&case.name, "the component", &component_compare(&comparison), &said);
        let json = said.map(|json| value(&json)).map_err(|json| value(&json));
        wrong.differ(&case.name, "the typed contract", &typed::compare(&comparison), &json);
    }
    for word in ["missing", "extra", "amount", "currency", "period"].map(|kind| format!("\"kind\":\"{kind}\"")) {
        wrong.differ("cases/compare", &word, &shown.contains(&word), &true);
    }
    for word in skubill_component::finding::EXCESSES.iter().map(|code| format!("\"code\":\"{code}\"")) {
        wrong.differ("cases/compare", &word, &shown.contains(&word), &true);
    }
    wrong.end();
}
