//! The cells of one row, nested or flat, by their dotted names.

use std::collections::BTreeSet;

use crate::json::Token;
use crate::report::row::{ByColumn, Column};
use crate::text::trim;

/// What a token inside a row means.
pub(super) enum Step {
    Fine,
    /// A container under a key that is already a fault.
    Skip,
    /// A key, at the builder's path, that this version does not know.
    Unknown {
        skip: bool,
    },
    /// An object or list where a value belongs.
    Container,
    Repeated {
        skip: bool,
    },
    LongPath,
}

/// Collects the cells of one row by their dotted names.
#[derive(Default)]
pub(super) struct RowBuilder {
    /// The dotted name of the value that is read, and how long it was at each open object.
    pub(super) path: String,
    lengths: Vec<usize>,
    path_bytes_max: usize,
    text: String,
    cells: ByColumn<Option<(usize, usize)>>,
    pub(super) present: ByColumn<bool>,
    /// Keys of each open object, one after another in `names`.
    names: Vec<String>,
    starts: Vec<usize>,
    /// Unknown names of this row, by dotted path.
    others: BTreeSet<String>,
    /// The key just read stood in its object before; its value is passed over.
    repeated: bool,
}

impl RowBuilder {
    pub(super) fn clear(&mut self, path_bytes_max: u64) {
        self.path.clear();
        self.lengths.clear();
        self.path_bytes_max = usize::try_from(path_bytes_max).unwrap_or(usize::MAX);
        self.text.clear();
        self.cells = [None; Column::ALL.len()];
        self.present = [false; Column::ALL.len()];
        self.names.clear();
        self.starts.clear();
        self.starts.push(0);
        self.lengths.push(0);
        self.others.clear();
        self.repeated = false;
    }

    pub(super) fn cell(&self, at: usize) -> &str {
        self.cells[at].map_or("", |(start, end)| self.text.get(start..end).unwrap_or_default())
    }

    pub(super) fn token(&mut self, token: Token<'_>) -> Step {
        if std::mem::take(&mut self.repeated) {
            let opens = matches!(token, Token::StartObject | Token::StartList);
            return if opens { Step::Skip } else { Step::Fine };
        }
        match token {
            Token::Key(key) => self.key(trim(key)),
            Token::StartObject if self.blot() => Step::Container,
            Token::StartObject => {
                self.lengths.push(self.path.len());
                self.starts.push(self.names.len());
                Step::Fine
            }
            Token::EndObject => {
                let empty = self.starts.pop().is_some_and(|start| {
                    let empty = start == self.names.len();
                    self.names.truncate(start);
                    empty
                });
                let length = self.lengths.pop().unwrap_or(0);
                self.path.truncate(length);
                if empty && !is_prefix(&self.path) { self.unknown(false) } else { Step::Fine }
            }
            Token::StartList if self.blot() => Step::Container,
            Token::StartList => self.unknown(true),
            Token::EndList => Step::Fine,
            Token::Text(text) | Token::Number(text) => self.value(text),
            Token::Bool(true) => self.value("True"),
            Token::Bool(false) => self.value("False"),
            Token::Null => self.value(""),
        }
    }

    fn key(&mut self, key: &str) -> Step {
        let (length, start) = (self.lengths.last().copied().unwrap_or(0), self.starts.last().copied().unwrap_or(0));
        self.path.truncate(length);
        if self.lengths.len() > 1 {
            self.path.push('.');
        }
        self.path.push_str(key);
        if self.path.len() > self.path_bytes_max {
            return Step::LongPath;
        }
        self.repeated = self.names[start..].iter().any(|name| name == key);
        self.names.push(key.to_string());
        if self.repeated { Step::Repeated { skip: false } } else { Step::Fine }
    }

    fn value(&mut self, text: &str) -> Step {
        let Some(column) = Column::parse(&self.path) else {
            return self.unknown(false);
        };
        if std::mem::replace(&mut self.present[column as usize], true) {
            return Step::Repeated { skip: false };
        }
        let start = self.text.len();
        self.text.push_str(text);
        self.cells[column as usize] = Some((start, self.text.len()));
        Step::Fine
    }

    /// Whether an object or list stands where a value belongs. It is a fault, so its replacement must not be another.
    fn blot(&mut self) -> bool {
        let Some(column) = Column::parse(&self.path) else {
            return false;
        };
        self.present[column as usize] = true;
        let start = self.text.len();
        self.text.push_str(column.harmless());
        self.cells[column as usize] = Some((start, self.text.len()));
        true
    }

    fn unknown(&mut self, skip: bool) -> Step {
        if self.others.insert(self.path.clone()) { Step::Unknown { skip } } else { Step::Repeated { skip } }
    }
}

/// Whether known names lie below this path, so that an object there is no key of its own.
fn is_prefix(path: &str) -> bool {
    Column::ALL.iter().any(|column| column.name().strip_prefix(path).is_some_and(|rest| rest.starts_with('.')))
}
