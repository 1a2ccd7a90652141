//! Whether a service's clock and ours agree: whether a month is over is judged by ours.

use jiff::SignedDuration;
use skubill_services::http::Skew;

use super::check::Sheet;

/// A `Date` is of whole seconds and comes late by its way; a minute is neither.
const SKEW_MAX: SignedDuration = SignedDuration::from_secs(60);

pub fn look(sheet: &mut Sheet, check: &'static str, skew: &Skew) {
    let Some(ahead) = skew.ahead() else {
        return sheet.not_checked(check, "no answer stated its date", None);
    };
    let seconds = ahead.abs().as_secs();
    if ahead.abs() <= SKEW_MAX {
        return sheet.ok(check, format!("within {} s of ours", SKEW_MAX.as_secs()));
    }
    let side = if ahead.is_positive() { "ahead of" } else { "behind" };
    sheet.warning(
        check,
        format!("its clock is {seconds} s {side} ours"),
        "set this machine's clock by a time server, or tell the service's operator",
    );
}
