//! Rows that agree in everything that tells rows apart.

use std::hash::{DefaultHasher, Hasher};

use super::summed::{Duplicate, Line};
use crate::order::{grouped, sort_by};
use crate::period::Date;
use crate::report::row::Row;

/// A 96-bit fingerprint of each row's key, 16 bytes a row with its number; the keys themselves
/// would be most of the report. That two different rows of ten million share one has a
/// probability below 10⁻¹⁴, and would show as a finding, never as a wrong amount.
#[derive(Default)]
pub struct Twins {
    prints: Vec<Print>,
    /// The key of the row at hand.
    key: Vec<u8>,
}

#[derive(Clone, Copy)]
struct Print {
    key: [u32; 3],
    row: u32,
}

impl Twins {
    pub fn add(&mut self, row: &Row<'_>, number: u32) {
        self.key.clear();
        for text in [row.application_id, row.tenant_id, row.name, row.edition, row.infra_id, row.sku] {
            self.key.extend_from_slice(text.as_bytes());
            // No byte of any text: where one ends and the next begins is part of the key.
            self.key.push(0xff);
        }
        self.key.extend_from_slice(&row.date.map_or(0, Date::key).to_le_bytes());
        let mut hasher = DefaultHasher::new();
        hasher.write(&self.key);
        let low = hasher.finish();
        // The state that the first half is made of has four times its bits.
        hasher.write_u8(0);
        let high = hasher.finish();
        self.prints.push(Print { key: [low as u32, (low >> 32) as u32, high as u32], row: number });
    }

    /// Groups of two and more, by their first row; those of tenants that have no line left are
    /// excluded ones.
    pub(super) fn groups(self, lines: &[Line]) -> Vec<Duplicate> {
        let groups: Vec<Vec<u32>> = grouped(self.pairs()).into_iter().map(|(first, rows)| [vec![first], rows].concat()).collect();
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

    /// Each row that is like one before it, after the first of those: rows are chained by what their keys
    /// begin with, which takes a step for each, where a sort takes many.
    fn pairs(&self) -> Vec<(u32, u32)> {
        // Lists of 32-bit memory have fewer than 2^32 items.
        let last = self.prints.len().next_power_of_two() - 1;
        let (mut chains, mut nexts) = (vec![0; last + 1], vec![0; self.prints.len()]);
        let mut pairs = Vec::new();
        for (at, print) in self.prints.iter().enumerate() {
            let chain = &mut chains[print.key[0] as usize & last];
            // A print's place and one; 0 ends a chain.
            let mut known = *chain;
            while known != 0 && self.prints[known as usize - 1].key != print.key {
                known = nexts[known as usize - 1];
            }
            if known != 0 {
                pairs.push((self.prints[known as usize - 1].row, print.row));
            } else {
                nexts[at] = std::mem::replace(chain, at as u32 + 1);
            }
        }
        pairs
    }
}
