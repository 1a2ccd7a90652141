//! The files of the tree, and what of them is code.

use std::fs;
use std::path::Path;

use crate::case::root;

/// A Rust file, by its path from the root.
pub struct Source {
    pub path: String,
    pub text: String,
}

impl Source {
    /// Numbered lines without comments and without tests: what `#[cfg(test)]` stands before is passed over, a line that
    /// ends there alone, and otherwise all that follows, since a module of tests comes last in a file.
    pub fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let test = |path: &str| path.ends_with("/tests.rs") || path.contains("/tests/");
        let text = if test(&self.path) && !self.path.starts_with("tests/") { "" } else { &self.text };
        let mut lines = text.lines().enumerate();
        let code = std::iter::from_fn(move || {
            let mut line = lines.next()?;
            while line.1 == "#[cfg(test)]" {
                lines.next().filter(|(_, item)| item.ends_with(';'))?;
                line = lines.next()?;
            }
            Some(line)
        });
        code.map(|(number, line)| (number + 1, without_comment(line))).filter(|(_, line)| !line.trim().is_empty())
    }
}

/// A line up to `//`, unless that stands in a string.
fn without_comment(line: &str) -> &str {
    let (mut inside, mut escaped, mut before) = (false, false, ' ');
    for (at, c) in line.char_indices() {
        match c {
            // A quote as a character, `'"'`, begins no string.
            '"' if !escaped && (before != '\'' || inside) => inside = !inside,
            '/' if !inside && line[at..].starts_with("//") => return &line[..at],
            _ => {}
        }
        escaped = c == '\\' && !escaped;
        before = c;
    }
    line
}

/// Every Rust file of the workspace.
pub fn sources() -> Vec<Source> {
    let rust = texts().into_iter().filter(|(path, _)| path.ends_with(".rs"));
    rust.map(|(path, text)| Source { path, text }).collect()
}

/// Every text file of the repository, by its path from the root.
pub fn texts() -> Vec<(String, String)> {
    let mut found = Vec::new();
    walk(root(), &mut found);
    found.sort();
    found
}

/// What is made, fetched, or none of ours.
const PASSED_OVER: [&str; 7] = ["target", ".git", "node_modules", "__pycache__", ".venv", "found", "artifacts"];

fn walk(dir: &Path, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(dir).unwrap_or_else(|error| panic!("{}: {error}", dir.display())) {
        let path = entry.expect("an entry").path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if PASSED_OVER.contains(&name.as_str()) || path.is_symlink() {
            continue;
        }
        if path.is_dir() {
            walk(&path, found);
        } else if let Ok(text) = fs::read_to_string(&path) {
            let path = path.strip_prefix(root()).expect("below the root").to_string_lossy().replace('\\', "/");
            found.push((path, text));
        }
    }
}
