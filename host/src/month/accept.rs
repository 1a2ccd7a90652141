//! What a caller lets pass: findings of a bill, which the component judges, and what the month itself
//! stops at. Each is `CODE`, or `CODE:SUBJECT`.

/// The code that lets bills be posted for a provider that Abiquo does not list yet. Its subject is the
/// provider.
pub const NEW_PROVIDER: &str = "new-provider";

/// The code that lets a bill be posted to an enterprise that Abiquo calls something else than the
/// customers file does. The subject of this and of what follows is the enterprise.
pub const ENTERPRISE_NAME: &str = "enterprise-name";

/// The codes of bills that are unlike those of the month before, as the component's `compare` gives them.
pub const BOUNDS: [&str; 6] =
    ["enterprise-gone", "far-above-last-month", "far-below-last-month", "other-currency", "tenant-gone", "too-many-lines"];

/// Whether a code of the month's own is let pass, for this subject or for all.
pub(super) fn lets(accepted: &[String], code: &str, subject: impl ToString) -> bool {
    let subject = subject.to_string();
    accepted.iter().any(|accepted| match accepted.split_once(':') {
        Some((of, about)) => of == code && about == subject,
        None => accepted == code,
    })
}

/// What is let pass of a bill's findings: every code that is not the month's.
pub(super) fn of_bills(accepted: &[String]) -> Vec<String> {
    let of_the_month = |code: &str| code == NEW_PROVIDER || code == ENTERPRISE_NAME || BOUNDS.contains(&code);
    accepted.iter().filter(|accepted| !of_the_month(accepted.split(':').next().unwrap_or_default())).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_go_to_whom_they_are_for() {
        let accepted = ["unpriced-sku:STO", "new-provider", "enterprise-name:292", "tenant-gone", "duplicate-row"].map(String::from);
        assert_eq!(of_bills(&accepted), ["unpriced-sku:STO", "duplicate-row"]);
        assert!(lets(&accepted, NEW_PROVIDER, "ACRONIS") && lets(&accepted, ENTERPRISE_NAME, 292) && lets(&accepted, "tenant-gone", 7));
        assert!(!lets(&accepted, ENTERPRISE_NAME, 293) && !lets(&accepted, "other", ""));
    }
}
