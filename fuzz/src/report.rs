use serde::de::IgnoredAny;
use serde_json::Value;
use serde_json::value::RawValue;
use skubill_component::instance::Call;

use super::run::{Inputs, said, value, whole};
use super::{Fate, gzip, month, print, sums};

/// A report is billed with all its sums, or refused with all its faults: the same in any pieces, the same
/// compressed, and the same written again by its rows.
pub fn law(report: &[u8]) -> Fate {
    let inputs = Inputs { report, ..month::INPUTS };
    let bill = said(Call::Bill, &inputs);
    let zipped = gzip::zipped(report, 6);
    if !report.starts_with(&gzip::MAGIC) {
        assert_eq!(whole(Call::Bill, &Inputs { report: &zipped, ..inputs }), bill, "compressed");
    }
    let usage = said(Call::Usage, &inputs);
    let Ok(bill) = &bill else {
        assert!(usage.is_err(), "a report that cannot be billed can be read");
        return Fate::Refused;
    };
    let bill = value(bill);
    sums::hold(&bill, true);
    sums::are_posted(&bill["outcome"]);
    let usage = value(&usage.expect("a report that can be billed can be read"));
    let count = |outcome: &Value, name: &str| outcome["accounting"][name].as_u64().expect("a count");
    let billed = count(&bill["outcome"], "billed") + count(&bill["outcome"], "unpriced");
    assert_eq!(count(&usage, "billed"), billed, "usage is what is billed, or cannot be priced");
    if !report.starts_with(&gzip::MAGIC) {
        assert_eq!(Some(count(&usage, "rows")), counted(report), "all rows are read");
    }
    written_again(&inputs, &bill);
    Fate::Accepted
}

/// The rows of a report that can be read, counted by other means.
fn counted(report: &[u8]) -> Option<u64> {
    let text = report.strip_prefix("\u{feff}".as_bytes()).unwrap_or(report);
    let text = std::str::from_utf8(text).expect("a report that is read is text").trim_matches(print::WHITE);
    if !text.starts_with('{') {
        return lines(text).checked_sub(1);
    }
    let fields: Vec<(String, &RawValue)> = print::fields(text).expect("a report that is read is JSON");
    let tenants = fields.into_iter().find(|(key, _)| key.trim_matches(print::WHITE) == "tenants")?.1;
    Some(serde_json::from_str::<Vec<IgnoredAny>>(tenants.get()).expect("a list of rows").len() as u64)
}

/// Lines that are not blank; a line feed in quotes ends none.
fn lines(text: &str) -> u64 {
    let (mut count, mut quoted, mut blank) = (0, false, true);
    for c in text.chars().chain(['\n']) {
        match c {
            '\n' if !quoted => {
                count += u64::from(!blank);
                blank = true;
            }
            '"' => {
                quoted = !quoted;
                blank = false;
            }
            c => blank &= print::WHITE.contains(&c),
        }
    }
    count
}

/// What was read of the rows, as CSV and as JSON, is the same report: but for what is not read.
fn written_again(inputs: &Inputs<'_>, bill: &Value) {
    let expected = known(bill);
    let rows = print::rows(inputs.report);
    for report in [print::csv(&rows), print::json(&rows, true), print::json(&rows, false)] {
        let again = whole(Call::Bill, &Inputs { report: &report, ..*inputs });
        let again = again.unwrap_or_else(|refusal| panic!("{refusal} in {}", report.escape_ascii()));
        assert_eq!(known(&value(&again)), expected, "{}", report.escape_ascii());
    }
}

/// A bill without what it says of columns that nobody knows, of the report's own period and of exponents.
fn known(bill: &Value) -> Value {
    let mut outcome = bill["outcome"].clone();
    let findings = outcome["findings"].as_array_mut().expect("findings");
    let of_format = ["unknown-column", "period-differs", "rounded-usage", "unused-acceptance"];
    findings.retain(|finding| !of_format.iter().any(|code| finding["code"] == *code));
    outcome
}
