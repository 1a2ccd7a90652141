//! Usage without prices: `cases/usage/<name>/`, and every situation of a bill once more.

use crate::billing::every_way;
use crate::case::{Case, Wrong};
use crate::engine::{Call, native, value};
use crate::print;

#[test]
fn usage_comes_out_as_its_files_say_in_every_way() {
    let mut wrong = Wrong::default();
    for case in Case::all(Some("usage")) {
        case.holds_only(&["report.", "customers.", "job.json", "why.txt", "usage.json"], &mut wrong);
        let inputs = case.inputs();
        match native(Call::Usage, &inputs, usize::MAX) {
            Ok(json) => case.expect("usage.json", &print::pretty(&json), &mut wrong),
            Err(refusal) => wrong.say(&case.name, refusal),
        }
        every_way(Call::Usage, &case.name, &inputs, &mut wrong);
    }
    wrong.end();
}

/// What has a price on a bill, or waits for one, is usage; all else is accounted alike.
#[test]
fn usage_agrees_with_the_bill() {
    let mut wrong = Wrong::default();
    for case in Case::all(None) {
        let inputs = case.inputs();
        let said = |call| native(call, &inputs, usize::MAX).map(|json| value(&json));
        let (Ok(usage), Ok(bill)) = (said(Call::Usage), said(Call::Bill)) else {
            wrong.say(&case.name, "no answer");
            continue;
        };
        let (mine, bills) = (&usage["accounting"], &bill["outcome"]["accounting"]);
        let count = |accounting: &serde_json::Value, name: &str| accounting[name].as_u64().expect("a count");
        for name in ["rows", "no_sku", "zero_usage", "excluded", "unmapped"] {
            wrong.differ(&case.name, name, &count(mine, name), &count(bills, name));
        }
        wrong.differ(&case.name, "billed", &count(mine, "billed"), &(count(bills, "billed") + count(bills, "unpriced")));
        wrong.differ(&case.name, "period", &usage["period"], &bill["outcome"]["period"]);
        let rows = usage["usages"].as_array().into_iter().flatten().map(|usage| usage["rows"].as_array().map_or(0, Vec::len) as u64);
        wrong.differ(&case.name, "rows", &rows.sum::<u64>(), &count(mine, "billed"));
    }
    wrong.end();
}
