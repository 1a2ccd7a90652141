//! Duplicate rows: equal in all identifying columns.

use super::summed::Duplicate;
use crate::names::Name;

/// The identifying columns of a row beside tenant and SKU, and its number. Keys of duplicate rows are neighbours when
/// sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// The offering item: application, name and edition.
    pub item: u32,
    /// `infra.id`.
    pub infra: Name,
    /// The date's number, 0 for none.
    pub date: u32,
    /// The row's number.
    pub row: u32,
}

/// The duplicates among the rows of one tenant and SKU.
pub fn duplicates(mut keys: Vec<Key>, tenant_id: &str, sku: &str) -> Vec<Duplicate> {
    keys.sort_unstable();
    let groups = keys.chunk_by(|a, b| (a.item, a.infra, a.date) == (b.item, b.infra, b.date));
    groups
        .filter(|rows| rows.len() > 1)
        .map(|rows| Duplicate { tenant_id: tenant_id.into(), sku: sku.into(), rows: rows.iter().map(|key| key.row).collect() })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_that_differ_in_any_column_are_no_duplicates() {
        let key = |row, item, infra, date| Key { item, infra, date, row };
        let keys =
            vec![key(9, 1, 2, 3), key(2, 1, 2, 0), key(4, 1, 2, 3), key(5, 0, 2, 3), key(6, 1, 0, 3), key(7, 1, 2, 3), key(1, 0, 2, 3)];
        let found = duplicates(keys, "t", "s");
        assert_eq!(found.iter().map(|duplicate| &duplicate.rows[..]).collect::<Vec<_>>(), [&[1, 5][..], &[4, 7, 9]]);
    }
}
