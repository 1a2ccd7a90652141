//! What a caller lets pass: findings of a bill, which the component judges, and what the month itself
//! stops at. Each is `CODE`, or `CODE:SUBJECT`.

/// The code that lets bills be posted for a provider that Abiquo does not list yet.
pub const NEW_PROVIDER: &str = "new-provider";

/// The code that lets a bill be posted to an enterprise that Abiquo calls something else than the
/// customers file does. Its subject is the enterprise.
pub const ENTERPRISE_NAME: &str = "enterprise-name";

/// The codes that are the month's, and no finding of a bill.
const OF_THE_MONTH: [&str; 2] = [NEW_PROVIDER, ENTERPRISE_NAME];

/// Whether a code of the month's own is let pass, for this subject or for all.
pub(super) fn lets(accepted: &[String], code: &str, subject: impl ToString) -> bool {
    let subject = subject.to_string();
    accepted.iter().any(|accepted| match accepted.split_once(':') {
        Some((of, about)) => of == code && about == subject,
        None => accepted == code,
    })
}

/// What is let pass of a bill's findings.
pub(super) fn of_bills(accepted: &[String]) -> Vec<String> {
    let code = |accepted: &String| accepted.split(':').next().unwrap_or_default().to_string();
    accepted.iter().filter(|accepted| !OF_THE_MONTH.contains(&code(accepted).as_str())).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_go_to_whom_they_are_for() {
        let accepted = ["unpriced-sku:STO", "new-provider", "enterprise-name:292", "duplicate-row"].map(String::from);
        assert_eq!(of_bills(&accepted), ["unpriced-sku:STO", "duplicate-row"]);
        assert!(lets(&accepted, NEW_PROVIDER, "ACRONIS") && lets(&accepted, ENTERPRISE_NAME, 292));
        assert!(!lets(&accepted, ENTERPRISE_NAME, 293) && !lets(&accepted, "other", ""));
    }
}
