//! Rows that agree in everything that tells rows apart.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::{Duplicate, Line};
use crate::order::sort_by;
use crate::report::row::Row;

/// A 96-bit fingerprint of each row's key, 16 bytes a row with its number; the keys themselves
/// would be most of the report. That two different rows of ten million share one has a
/// probability below 10⁻¹⁴, and would show as a finding, never as a wrong amount.
#[derive(Default)]
pub struct Twins {
    prints: Vec<Print>,
}

#[derive(Clone, Copy)]
struct Print {
    key: [u32; 3],
    row: u32,
}

impl Twins {
    pub fn add(&mut self, row: &Row<'_>, number: u32) {
        let half = |salt: u8| {
            let mut hasher = DefaultHasher::new();
            (salt, row.application_id, row.tenant_id, row.name, row.edition, row.infra_id, row.date, row.sku).hash(&mut hasher);
            hasher.finish()
        };
        let (low, high) = (half(0), half(1));
        self.prints.push(Print { key: [low as u32, (low >> 32) as u32, high as u32], row: number });
    }

    /// Groups of two and more, by their first row; those of tenants that have no line left are
    /// excluded ones.
    pub(super) fn groups(mut self, lines: &[Line]) -> Vec<Duplicate> {
        sort_by(&mut self.prints, |a, b| a.key.cmp(&b.key));
        let groups = self.prints.chunk_by(|a, b| a.key == b.key).filter(|prints| prints.len() > 1);
        let mut groups: Vec<Vec<u32>> = groups.map(|prints| prints.iter().map(|print| print.row).collect()).collect();
        sort_by(&mut groups, |a, b| a.first().cmp(&b.first()));
        if groups.is_empty() {
            return Vec::new();
        }
        let rows = |line: &Line| line.measured.iter().flat_map(|measured| measured.rows.clone()).collect::<Vec<u32>>();
        let mut duplicates = Vec::new();
        for line in lines {
            let firsts = rows(line).into_iter().filter_map(|row| groups.binary_search_by_key(&Some(&row), |rows| rows.first()).ok());
            for rows in firsts.map(|at| groups[at].clone()) {
                duplicates.push(Duplicate { tenant_id: line.tenant_id.clone(), sku: line.sku.clone(), rows });
            }
        }
        sort_by(&mut duplicates, |a: &Duplicate, b| a.rows.first().cmp(&b.rows.first()));
        duplicates
    }
}
