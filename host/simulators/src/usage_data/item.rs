//! What can be used, and where it is kept.

/// Where data is kept. `owner_id` is a tenant's id, or the platform's where Acronis hosts it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Infra {
    pub id: String,
    pub name: String,
    /// `acronis`, `azure`, `google`, or empty, as old infrastructures are reported.
    pub backend_type: String,
    pub owner_id: String,
}

/// One thing that can be used, and billed: an offering item.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Item {
    pub application_id: String,
    pub application_name: String,
    /// Empty for what has no edition.
    pub edition: String,
    pub name: String,
    /// `bytes`, `seconds`, or empty for what is counted: `measurement_unit`.
    pub unit: String,
    /// A counter over the period rather than a stock at its end.
    pub is_range: bool,
    /// Empty where Acronis has none: user counts, features.
    pub sku: String,
}
