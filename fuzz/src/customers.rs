use std::collections::BTreeMap;

use serde_json::Value;
use skubill_component::fault::Input;
use skubill_component::instance::Call;

use super::run::{Inputs, said, value, whole};
use super::{Fate, month, oracle, print, sums};

/// A customers file is refused with all its mistakes, or says of every tenant whether it is billed, and to
/// whom: nobody else is, and nothing is lost.
pub fn law(customers: &[u8]) -> Fate {
    let inputs = Inputs { customers: Some(customers), ..month::INPUTS };
    let bill = said(Call::Bill, &inputs);
    let listing = said(Call::Customers, &Inputs { job: "", ..inputs });
    let (Ok(bill), Ok(listed)) = (&bill, &listing) else {
        assert!(bill.is_err() && listing.is_err(), "a file that bills is a file: {bill:?}, {listing:?}");
        return Fate::Refused;
    };
    let (billed, outcome, listed) = (value(bill), &value(bill)["outcome"], value(listed));
    sums::hold(&billed, true);
    sums::are_posted(outcome);
    oracle::agrees(outcome, month::REPORT, month::PRICES, customers);
    are_billed_to(outcome, &listed);
    for written in print::otherwise(customers, Input::Customers, &oracle::CUSTOMERS, &oracle::CUSTOMER_DECIMALS) {
        let again = Inputs { customers: Some(written.as_bytes()), ..inputs };
        assert_eq!(whole(Call::Bill, &again).as_ref(), Ok(bill), "{written}");
        assert_eq!(whole(Call::Customers, &Inputs { job: "", ..again }), listing, "{written}");
    }
    Fate::Accepted
}

/// Rows of tenants that the file excludes are excluded, those of tenants it does not know are unmapped, and
/// every bill goes to the enterprise that the file names.
fn are_billed_to(outcome: &Value, listed: &Value) {
    let enterprises: BTreeMap<&str, &Value> = sums::list(listed, "customers")
        .iter()
        .map(|mapping| (mapping["tenant_id"].as_str().expect("an id"), &mapping["enterprise"]))
        .collect();
    for bill in sums::list(outcome, "bills") {
        assert_eq!(enterprises.get(bill["tenant_id"].as_str().expect("an id")), Some(&&bill["enterprise"]), "{bill}");
    }
    let excluded = |tenant: &str| {
        sums::list(listed, "excluded").iter().any(|other| other == tenant) || (tenant == "t-root" && !enterprises.contains_key(tenant))
    };
    let (mut out, mut unmapped) = (0, 0);
    for row in print::rows(month::REPORT) {
        let cell = |column: &str| row.iter().find(|(name, _)| *name == column).map_or("", |(_, text)| text.as_str());
        let tenant = cell("tenant.id");
        out += u64::from(excluded(tenant));
        let counts = !cell("sku").is_empty() && cell("usage.effective.production") != "0";
        unmapped += u64::from(counts && !excluded(tenant) && !enterprises.contains_key(tenant));
    }
    let accounting = &outcome["accounting"];
    assert_eq!((accounting["excluded"].as_u64(), accounting["unmapped"].as_u64()), (Some(out), Some(unmapped)), "{accounting}");
}
