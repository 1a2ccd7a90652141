use serde_json::{Value, json};
use skubill_component::fault::Input;
use skubill_component::instance::Call;

use super::run::{Inputs, said, value, whole};
use super::{Fate, month, oracle, print, sums};

/// How many lines are asked to be told, for time's sake.
const TOLD_MAX: usize = 3;

/// A price book is refused with all its mistakes, or bills a month: each line at the amount that the rules
/// give, as it is told, and the same however the book is written.
pub fn law(prices: &[u8]) -> Fate {
    let inputs = Inputs { prices, ..month::INPUTS };
    let bill = said(Call::Bill, &inputs);
    let checked = said(Call::Check, &Inputs { customers: None, job: "", ..inputs });
    let Ok(bill) = bill else {
        assert!(checked.is_err(), "a book that bills nothing is no book");
        return Fate::Refused;
    };
    let checked = value(&checked.expect("a book that bills is a book"));
    let outcome = &value(&bill)["outcome"];
    sums::hold(&value(&bill), true);
    sums::are_posted(outcome);
    assert_eq!(checked["currency"], outcome["currency"]);
    oracle::agrees(outcome, month::REPORT, prices, month::CUSTOMERS);
    for written in print::otherwise(prices, Input::Prices, &oracle::PRICES, &oracle::PRICE_DECIMALS) {
        assert_eq!(whole(Call::Bill, &Inputs { prices: written.as_bytes(), ..inputs }).as_ref(), Ok(&bill), "{written}");
    }
    for (bill, _, usage) in sums::charges(outcome, "bills").take(TOLD_MAX) {
        told(&inputs, bill, usage);
    }
    Fate::Accepted
}

/// A line is told as it is billed.
fn told(inputs: &Inputs<'_>, bill: &Value, usage: &Value) {
    let job: Value = serde_json::from_str(inputs.job).expect("a job");
    let job = json!({"tenant_id": bill["tenant_id"], "sku": usage["usage_type"], "job": job}).to_string();
    let told = value(&whole(Call::Explain, &Inputs { job: &job, ..*inputs }).expect("a line of a bill can be told"));
    let line = &told["line"];
    assert_eq!([&line["amount"], &line["quantity"]], [&usage["price"], &usage["quantity"]], "{told}");
    assert_eq!(line["steps"].as_array().and_then(|steps| steps.last()).map(|step| &step["result"]), Some(&usage["price"]), "{told}");
}
