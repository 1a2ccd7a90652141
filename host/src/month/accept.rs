//! What a caller lets pass: findings of a bill, which the component judges, and what the month itself
//! stops at. Each is `CODE`, or `CODE:SUBJECT`.

/// The code that lets bills be posted for a provider that Abiquo does not list yet. Its subject is the
/// provider.
pub const NEW_PROVIDER: &str = "new-provider";

/// The code that lets a bill be posted to an enterprise that Abiquo calls something else than the
/// customers file does. The subject of this and of what follows is the enterprise.
pub const ENTERPRISE_NAME: &str = "enterprise-name";

/// The code that lets a bill be posted that lacks a tenant of the month before.
pub(super) const TENANT_GONE: &str = "tenant-gone";

/// What the component's bounds are called, and the codes that let them be gone beyond.
const OF_BOUNDS: [(&str, &str); 3] = [("times", "far-above-last-month"), ("lines", "too-many-lines"), ("currency", "other-currency")];

/// The codes of bills that are unlike those of the month before.
pub const BOUNDS: [&str; 4] = [OF_BOUNDS[0].1, OF_BOUNDS[1].1, OF_BOUNDS[2].1, TENANT_GONE];

/// The code of one of the component's bounds.
pub(super) fn bound(name: &str) -> &'static str {
    // One that this version does not know cannot be let pass by its name, but by no other either.
    OF_BOUNDS.into_iter().find(|(bound, _)| *bound == name).map_or("unknown-bound", |(_, code)| code)
}

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
        assert!(lets(&accepted, NEW_PROVIDER, "ACRONIS") && lets(&accepted, ENTERPRISE_NAME, 292) && lets(&accepted, TENANT_GONE, 7));
        assert!(!lets(&accepted, ENTERPRISE_NAME, 293) && !lets(&accepted, "other", ""));
        assert_eq!(bound("times"), BOUNDS[0]);
    }
}
