//! A case: a folder of inputs, and what comes out, as files that a person reads. `BLESS=1` rewrites
//! what comes out.

use std::fs;
use std::path::{Path, PathBuf};

use crate::engine::Inputs;

/// Folders of `cases/` that hold cases of their own; all others are situations of a bill.
pub const FAMILIES: [&str; 7] = ["check", "compare", "customers", "estimate", "fail", "record", "usage"];

/// The root of the repository.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the package lies in the workspace")
}

/// `tests/cases`.
pub fn cases() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("cases")
}

/// One folder.
pub struct Case {
    pub name: String,
    dir: PathBuf,
    /// File names, ascending.
    files: Vec<String>,
}

impl Case {
    /// The cases of a family, or with none the situations of a bill, by name.
    pub fn all(family: Option<&str>) -> Vec<Case> {
        let dir = family.map_or_else(cases, |family| cases().join(family));
        let folders = names(&dir).into_iter().filter(|name| dir.join(name).is_dir());
        let mine = folders.filter(|name| family.is_some() || !FAMILIES.contains(&name.as_str()));
        let all: Vec<Case> = mine.map(|name| Case { files: names(&dir.join(&name)), dir: dir.join(&name), name }).collect();
        assert!(!all.is_empty(), "no case in {}", dir.display());
        all
    }

    /// A situation of a bill by its name.
    pub fn named(name: &str) -> Case {
        let dir = cases().join(name);
        Case { files: names(&dir), dir, name: name.to_string() }
    }

    /// The file whose name begins with `stem` and a dot, whatever it ends with.
    pub fn path(&self, stem: &str) -> Option<PathBuf> {
        let named = |name: &&String| name.strip_prefix(stem).is_some_and(|rest| rest.starts_with('.'));
        let mut files = self.files.iter().filter(named);
        let file = files.next()?;
        assert!(files.next().is_none(), "{}: two files called {stem}", self.name);
        Some(self.dir.join(file))
    }

    pub fn bytes(&self, stem: &str) -> Option<Vec<u8>> {
        self.path(stem).map(|path| fs::read(path).expect("a file of a case"))
    }

    /// A file by its whole name.
    pub fn text(&self, name: &str) -> Option<String> {
        self.files.iter().any(|file| file == name).then(|| fs::read_to_string(self.dir.join(name)).expect("a text of a case"))
    }

    /// What a run is given. A job that is not there says nothing.
    pub fn inputs(&self) -> Inputs {
        let bytes = |stem| self.bytes(stem).unwrap_or_default();
        let job = self.text("job.json").unwrap_or_default();
        Inputs { report: bytes("report"), prices: bytes("prices"), customers: self.bytes("customers"), job }
    }

    /// Nothing lies in the folder that no test reads; names end in a dot where the ending is free.
    pub fn holds_only(&self, known: &[&str], wrong: &mut Wrong) {
        let fits = |file: &str, known: &str| if known.ends_with('.') { file.starts_with(known) } else { file == known };
        for file in self.files.iter().filter(|file| !known.iter().any(|known| fits(file, known))) {
            wrong.say(&self.name, format!("nothing reads {file}"));
        }
    }

    /// What a file says is what came out.
    pub fn expect(&self, file: &str, came_out: &str, wrong: &mut Wrong) {
        is_current(&self.dir.join(file), &format!("{}/{file}", self.name), came_out, wrong);
    }
}

/// Whether what comes out is to be written.
pub fn blessed() -> bool {
    std::env::var_os("BLESS").is_some_and(|value| value == "1")
}

/// A file holds what came out, or is rewritten to.
pub fn is_current(path: &Path, shown: &str, came_out: &str, wrong: &mut Wrong) {
    let stands = fs::read_to_string(path).unwrap_or_default();
    if stands == came_out {
        return;
    }
    if blessed() {
        fs::write(path, came_out).expect("write what came out");
        return;
    }
    let line = stands.lines().zip(came_out.lines()).take_while(|(a, b)| a == b).count();
    let at = |text: &str| text.lines().nth(line).unwrap_or("(the end)").to_string();
    wrong.say(shown, format!("line {}\n    expected {}\n    came out {}", line + 1, at(&stands), at(came_out)));
}

fn names(dir: &Path) -> Vec<String> {
    let entries = fs::read_dir(dir).unwrap_or_else(|error| panic!("{}: {error}", dir.display()));
    let mut names: Vec<String> = entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("UTF-8")).collect();
    names.sort();
    names
}

/// What is wrong, in all cases together: one failure must not hide the next.
#[derive(Default)]
pub struct Wrong(Vec<String>);

impl Wrong {
    pub fn say(&mut self, of: &str, what: impl std::fmt::Display) {
        self.0.push(format!("{of}: {what}"));
    }

    pub fn is_none(&self) -> bool {
        self.0.is_empty()
    }

    /// Two sides that have to be equal.
    pub fn differ<T: PartialEq + std::fmt::Debug>(&mut self, of: &str, what: &str, left: &T, right: &T) {
        if left != right {
            self.say(of, format!("{what}\n    {left:?}\n    {right:?}"));
        }
    }

    /// Everything was looked at.
    pub fn end(self) {
        assert!(self.0.is_empty(), "{} wrong (BLESS=1 rewrites what comes out):\n{}", self.0.len(), self.0.join("\n"));
    }
}
