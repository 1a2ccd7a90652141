//! What the documents say and the code knows: links and paths lead somewhere, limits and codes are the code's, and a
//! page that is to be read in one sitting is not too long for it.

mod limits;

use std::collections::BTreeSet;

use skubill_component::finding::FINDINGS;

use crate::case::{Wrong, root};
use crate::tidy::source::texts;

/// A Markdown file without its fenced code, by its path from the root.
struct Page {
    path: String,
    text: String,
}

impl Page {
    fn all() -> Vec<Page> {
        let markdown = texts().into_iter().filter(|(path, _)| path.ends_with(".md"));
        let pages: Vec<Page> = markdown.map(|(path, text)| Page { path, text: prose(&text) }).collect();
        assert!(pages.len() > 20, "the documents are found");
        pages
    }

    fn named(path: &str) -> Page {
        let text = std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
        Page { path: path.into(), text: prose(&text) }
    }

    /// Cells of all table rows below a heading, headers and rules aside.
    fn rows(&self, heading: &str) -> Vec<Vec<&str>> {
        let start = format!("## {heading}\n");
        let section = self.text.split(&start).nth(1).unwrap_or_else(|| panic!("{} has no section {heading}", self.path));
        let section = section.split("\n## ").next().unwrap_or_default();
        let lines: Vec<&str> = section.lines().collect();
        let is_rule = |line: &str| line.starts_with("|---");
        let body = lines
            .iter()
            .enumerate()
            .filter(|(at, line)| line.starts_with('|') && !is_rule(line) && !lines.get(at + 1).is_some_and(|next| is_rule(next)));
        let rows: Vec<Vec<&str>> = body.map(|(_, line)| line.trim_matches('|').split(" | ").map(str::trim).collect()).collect();
        assert!(!rows.is_empty(), "{}: {heading} has a table", self.path);
        rows
    }

    /// Targets of its links within the repository.
    fn links(&self) -> impl Iterator<Item = &str> {
        let targets = self.text.split("](").skip(1).filter_map(|rest| rest.split_once(')').map(|(target, _)| target));
        targets.filter(|target| !target.contains("://") && !target.contains(char::is_whitespace))
    }

    /// The anchors of its headings, as GitHub makes them.
    fn anchors(&self) -> BTreeSet<String> {
        let headings = self.text.lines().filter(|line| line.starts_with('#')).map(|line| line.trim_start_matches('#').trim());
        let kept = |c: &char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_');
        headings.map(|heading| heading.to_lowercase().chars().filter(kept).collect::<String>().replace(' ', "-")).collect()
    }
}

fn prose(text: &str) -> String {
    text.split("```").step_by(2).collect()
}

/// What stands between the first two backquotes of a cell.
fn quoted(cell: &str) -> Option<&str> {
    cell.split('`').nth(1)
}

#[test]
fn links_lead_somewhere() {
    let mut wrong = Wrong::default();
    let pages = Page::all();
    let mut followed = 0;
    for page in &pages {
        for link in page.links() {
            followed += 1;
            let (path, anchor) = link.split_once('#').map_or((link, None), |(path, anchor)| (path, Some(anchor)));
            let target = if path.is_empty() { page.path.clone() } else { joined(&page.path, path) };
            if !root().join(&target).exists() {
                wrong.say(&page.path, format!("{link} leads nowhere"));
            }
            let there = pages.iter().find(|other| other.path == target);
            if let (Some(anchor), Some(there)) = (anchor, there)
                && !there.anchors().contains(anchor)
            {
                wrong.say(&page.path, format!("{link}: there is no such heading"));
            }
        }
    }
    assert!(followed > 100, "there are links to follow: {followed}");
    wrong.end();
}

/// A path that is relative to a file, from the root.
fn joined(file: &str, relative: &str) -> String {
    let mut parts: Vec<&str> = file.split('/').collect();
    parts.pop();
    for part in relative.split('/') {
        match part {
            ".." => {
                parts.pop();
            }
            "" | "." => {}
            part => parts.push(part),
        }
    }
    parts.join("/")
}

#[test]
fn the_maps_show_what_is_there() {
    let mut wrong = Wrong::default();
    for path in ["README.md", "docs/architecture.md"] {
        let page = Page::named(path);
        for row in page.rows("Map of the tree") {
            let paths = row[0].split('`').skip(1).step_by(2);
            for missing in paths.filter(|path| !root().join(path).exists()) {
                wrong.say(path, format!("the map shows {missing}, which does not exist"));
            }
        }
    }
    wrong.end();
}

/// A README sells and routes: 10 KB. The page for clerks and auditors is read in one sitting: 21 KB.
const BYTES_MAX: [(&str, u64); 2] = [("README.md", 10 << 10), ("component/README.md", 21_000)];

#[test]
fn pages_to_be_read_in_one_sitting_are_short() {
    let mut wrong = Wrong::default();
    for (path, most) in BYTES_MAX {
        let bytes = std::fs::metadata(root().join(path)).expect("the page").len();
        if bytes > most {
            wrong.say(path, format!("{bytes} bytes are more than {most}"));
        }
    }
    wrong.end();
}

#[test]
fn the_page_of_findings_has_every_code() {
    let page = Page::named("component/docs/findings.md");
    let rows = page.rows("All codes");
    let told: Vec<&str> = rows.iter().filter_map(|row| quoted(row[0])).collect();
    let once: BTreeSet<&str> = told.iter().copied().collect();
    assert_eq!(told.len(), once.len(), "each code has one row");
    assert_eq!(once, FINDINGS.iter().copied().collect::<BTreeSet<_>>());
    for row in &rows {
        assert_eq!(row.len(), 6, "{row:?}");
        assert!(["error", "warning", "info", "see below"].contains(&row[1]), "{row:?}");
    }
}
