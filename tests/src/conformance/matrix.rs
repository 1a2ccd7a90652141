//! Host × number of cases, as it stands in the docs. What a machine cannot run it does not rewrite.

use std::fmt::Write;
use std::fs;

use crate::case::{Wrong, is_current, root};
use crate::vector::{FAMILIES, Vector};

const PAGE: &str = "docs/conformance.md";
const BEGIN: &str = "<!-- matrix: rewritten by BLESS=1 make test -->\n";
const END: &str = "<!-- end of the matrix -->\n";

/// A row a host, in their order; a host that was skipped has the row that stands.
#[derive(Default)]
pub struct Matrix(Vec<(&'static str, Option<String>)>);

impl Matrix {
    pub fn ran(&mut self, host: &'static str, vectors: &[Vector]) {
        let of = |family: &str| vectors.iter().filter(|vector| vector.family == family).count();
        let counts = FAMILIES.map(|family| format!(" {} |", of(family))).concat();
        self.0.push((host, Some(format!("| {host} |{counts} {} |\n", vectors.len()))));
    }

    pub fn skipped(&mut self, host: &'static str) {
        self.0.push((host, None));
    }

    pub fn table(&self) -> String {
        let stands = page();
        let standing = |host: &str| stands.lines().find(|line| line.starts_with(&format!("| {host} |"))).map(|line| format!("{line}\n"));
        let mut table = format!("| host | {} | all |\n|---|{}\n", FAMILIES.join(" | "), "---|".repeat(FAMILIES.len() + 1));
        for (host, row) in &self.0 {
            table += &row.clone().or_else(|| standing(host)).unwrap_or_default();
        }
        table
    }

    pub fn is_current(&self, wrong: &mut Wrong) {
        let stands = page();
        let parts = stands.split_once(BEGIN).and_then(|(before, rest)| Some((before, rest.split_once(END)?.1)));
        let (before, after) = parts.unwrap_or_else(|| panic!("{PAGE} has a place for the matrix"));
        let mut page = String::from(before);
        let _ = write!(page, "{BEGIN}{}{END}{after}", self.table());
        is_current(&root().join(PAGE), PAGE, &page, wrong);
    }
}

fn page() -> String {
    fs::read_to_string(root().join(PAGE)).unwrap_or_else(|error| panic!("{PAGE}: {error}"))
}
