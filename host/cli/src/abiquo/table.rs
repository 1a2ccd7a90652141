//! Bills and registers as tables.

use comfy_table::{CellAlignment, Table};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use skubill_services::abiquo::{Bill, BillingPeriod};

use crate::ledger::{brief, number, table, text};

/// A line for each line of theirs, in the order in which they came.
pub fn bills(bills: &[Bill]) -> Table {
    let mut shown = table(["Id", "Enterprise", "Provider", "Period", "Date", "Category", "Usage type", "Name", "Price", ""]);
    for bill in bills {
        let word = |word: &Option<String>| brief(word.as_deref().unwrap_or_default());
        let whole = |whole: Option<u64>| number(whole.map(|whole| whole.to_string()).unwrap_or_default());
        let period = bill.period().map(|period| days(&period)).unwrap_or_default();
        let date = bill.date.map(|date| date.to_string()).unwrap_or_default();
        shown.add_row([
            whole(bill.id),
            whole(bill.enterprise),
            word(&bill.provider),
            text(&period),
            text(&date),
            word(&bill.category),
            word(&bill.usage_type),
            word(&bill.usage_name),
            brief(bill.price.as_deref().unwrap_or_default()).set_alignment(CellAlignment::Right),
            word(&bill.currency),
        ]);
    }
    shown
}

/// A period by its days where it is of whole ones, else by its instants.
pub fn days(period: &BillingPeriod) -> String {
    let day = |instant: Timestamp| instant.to_zoned(TimeZone::UTC).date();
    let (first, last) = (day(period.start), day(period.end));
    match BillingPeriod::days(first, last) {
        Ok(whole) if whole == *period => format!("{first} to {last}"),
        _ => format!("{} to {}", period.start, period.end),
    }
}

pub fn names(title: &str, names: &[String]) -> Table {
    let mut shown = table([title]);
    for name in names {
        shown.add_row([brief(name)]);
    }
    shown
}
