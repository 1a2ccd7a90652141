//! Billings that overlap.

/// Two billings that would bill one tenant, or each take the other's bill for a different one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overlap {
    /// `tenant-twice` or `target-twice`.
    pub code: &'static str,
    /// The tenant, or the place in Abiquo.
    pub what: String,
    /// The billings, each as `account NAME, billing NUMBER`.
    pub billings: [String; 2],
}

impl std::fmt::Display for Overlap {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Overlap { code, what, billings: [one, other] } = self;
        write!(f, "{code}: {what} is in the customers files of {one} and {other}")
    }
}
