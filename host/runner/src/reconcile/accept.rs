//! What a caller lets pass: findings of a bill, which the component judges, and what the month itself
//! stops at. Each is `CODE`, or `CODE:SUBJECT`.

use skubill::code;

/// The code that lets bills be posted for a provider that Abiquo does not list yet. Its subject is the
/// provider.
pub const NEW_PROVIDER: &str = "new-provider";

/// The code that lets a bill be posted to an enterprise that Abiquo calls something else than the
/// customers file does. The subject of this and of what follows is the enterprise.
pub const ENTERPRISE_NAME: &str = "enterprise-name";

/// The code that lets a posting be sent again that the journal has as posted and Abiquo does not show: for whoever has
/// deleted it there on purpose.
pub const MISSING_IN_ABIQUO: &str = "missing-in-abiquo";

/// The codes of bills that are unlike those of the month before, as the component's `compare` gives them, and of tenants
/// that are billed elsewhere.
pub const BOUNDS: [&str; 7] =
    [code::ENTERPRISE_GONE, code::FAR_ABOVE, code::FAR_BELOW, code::OTHER_CURRENCY, code::TENANT_GONE, TENANT_MOVED, code::TOO_MANY_LINES];

/// The code of a posting with a tenant that is billed for the same period under another enterprise, by the journal.
pub(super) const TENANT_MOVED: &str = "tenant-moved";

/// Codes that are not findings of a bill.
pub(super) const OWN: [&str; 3] = [NEW_PROVIDER, ENTERPRISE_NAME, MISSING_IN_ABIQUO];

/// Whether a code of the month's own is let pass, for this subject or for all.
pub(super) fn accepts(accepted: &[String], code: &str, subject: impl ToString) -> bool {
    let subject = subject.to_string();
    accepted.iter().any(|accepted| match accepted.split_once(':') {
        Some((of, about)) => of == code && about == subject,
        None => accepted == code,
    })
}

/// What is let pass of a bill's findings: every code that is not the month's.
pub(crate) fn of_bills(accepted: &[String]) -> Vec<String> {
    let of_the_month = |code: &str| OWN.contains(&code) || BOUNDS.contains(&code);
    accepted.iter().filter(|accepted| !of_the_month(accepted.split(':').next().unwrap_or_default())).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_go_to_whom_they_are_for() {
        let accepted = ["unpriced-sku:STO", "new-provider", "enterprise-name:292", "tenant-gone", "duplicate-row"].map(String::from);
        assert_eq!(of_bills(&accepted), ["unpriced-sku:STO", "duplicate-row"]);
        assert!(
            accepts(&accepted, NEW_PROVIDER, "ACRONIS") && accepts(&accepted, ENTERPRISE_NAME, 292) && accepts(&accepted, "tenant-gone", 7)
        );
        assert!(!accepts(&accepted, ENTERPRISE_NAME, 293) && !accepts(&accepted, "other", ""));
    }
}
