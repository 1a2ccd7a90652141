//! A price book and a customers file by themselves: `cases/check/<name>/`, and those of every
//! situation.

use crate::case::{Case, Wrong};
use crate::engine::{component_check, native_check, value};
use crate::{print, typed};

#[test]
fn books_are_counted_as_their_files_say_in_every_way() {
    let mut wrong = Wrong::default();
    for case in Case::all(Some("check")) {
        case.holds_only(&["prices.", "customers.", "limits.json", "why.txt", "checked.json"], &mut wrong);
        match every_way(&case, &mut wrong) {
            Ok(json) => case.expect("checked.json", &print::pretty(&json), &mut wrong),
            Err(refusal) => wrong.say(&case.name, refusal),
        }
    }
    wrong.end();
}

#[test]
fn books_of_a_bill_are_books() {
    let mut wrong = Wrong::default();
    for case in Case::all(None) {
        if let Err(refusal) = every_way(&case, &mut wrong) {
            wrong.say(&case.name, refusal);
        }
    }
    wrong.end();
}

fn every_way(case: &Case, wrong: &mut Wrong) -> Result<String, String> {
    let inputs = case.inputs();
    let limits = case.text("limits.json").unwrap_or_default();
    let (prices, customers) = (&inputs.prices[..], inputs.customers.as_deref());
    let said = native_check(prices, customers, &limits);
    wrong.differ(&case.name, "the component", &component_check(prices, customers, &limits), &said);
    let json = said.clone().map(|json| value(&json)).map_err(|json| value(&json));
    wrong.differ(&case.name, "the typed contract", &typed::check(prices, customers, &limits), &json);
    said
}
