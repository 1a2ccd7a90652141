//! Tenants.

/// What kind of tenant: the `tenant.kind` of a report's row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TenantKind {
    Root,
    Partner,
    Folder,
    Customer,
    Unit,
}

impl TenantKind {
    /// As Acronis spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            TenantKind::Root => "root",
            TenantKind::Partner => "partner",
            TenantKind::Folder => "folder",
            TenantKind::Customer => "customer",
            TenantKind::Unit => "unit",
        }
    }

    /// Whether others are managed below it: a partner or a folder, or the root itself.
    pub fn manages(self) -> bool {
        matches!(self, TenantKind::Root | TenantKind::Partner | TenantKind::Folder)
    }
}

/// A tenant of the account; the first of a month is the one that the API client belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tenant {
    pub id: String,
    pub name: String,
    pub kind: TenantKind,
    /// The index of the tenant above it; none for the first.
    pub parent: Option<usize>,
    /// "ID from external system, for reporting purposes"; empty where nobody entered one.
    pub customer_id: String,
}
