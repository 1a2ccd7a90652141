//! A customers file by itself: `cases/customers/<name>/`, and those of every situation.

use crate::case::{Case, Wrong};
use crate::engine::{component_customers, native_customers, value};
use crate::{print, typed};

#[test]
fn customers_are_listed_as_their_files_say_in_every_way() {
    let mut wrong = Wrong::default();
    for case in Case::all(Some("customers")) {
        case.holds_only(&["customers.", "limits.json", "why.txt", "listing.json"], &mut wrong);
        match every_way(&case, &mut wrong) {
            Some(Ok(json)) => case.expect("listing.json", &print::pretty(&json), &mut wrong),
            other => wrong.say(&case.name, format!("{other:?}")),
        }
    }
    wrong.end();
}

#[test]
fn customers_of_a_bill_are_customers() {
    let mut wrong = Wrong::default();
    for case in Case::all(None) {
        if let Some(Err(refusal)) = every_way(&case, &mut wrong) {
            wrong.say(&case.name, refusal);
        }
    }
    wrong.end();
}

fn every_way(case: &Case, wrong: &mut Wrong) -> Option<Result<String, String>> {
    let customers = case.bytes("customers")?;
    let limits = case.text("limits.json").unwrap_or_default();
    let said = native_customers(&customers, &limits);
    wrong.differ(&case.name, "the component", &component_customers(&customers, &limits), &said);
    let json = said.clone().map(|json| value(&json)).map_err(|json| value(&json));
    wrong.differ(&case.name, "the typed contract", &typed::customers(&customers, &limits), &json);
    Some(said)
}
