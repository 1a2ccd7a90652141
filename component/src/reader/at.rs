//! Where an object stands in an input.

use crate::fault::Place;

/// The place of an object: a JSON path, or a row of a CSV file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum At {
    /// The path of a JSON value; empty at the top.
    Path(String),
    /// The number of a CSV row, from 1.
    Row(u64),
}

impl At {
    /// The place of a field of the object.
    pub fn field(&self, name: &str) -> Place {
        match self {
            At::Path(path) if path.is_empty() => Place::column(name),
            At::Path(path) => Place::column(format!("{path}.{name}")),
            At::Row(row) => Place::cell(*row, name),
        }
    }

    /// The place of the object itself.
    pub fn itself(&self) -> Place {
        match self {
            At::Path(path) if path.is_empty() => Place::whole(),
            At::Path(path) => Place::column(path),
            At::Row(row) => Place::row(*row),
        }
    }

    /// The path of a field, for what lies below it; a CSV row has nothing below.
    pub(super) fn below(&self, name: &str) -> At {
        match self {
            At::Path(path) if path.is_empty() => At::Path(name.into()),
            At::Path(path) => At::Path(format!("{path}.{name}")),
            At::Row(row) => At::Row(*row),
        }
    }

    pub(super) fn item(&self, index: usize) -> At {
        match self {
            At::Path(path) => At::Path(format!("{path}[{index}]")),
            At::Row(row) => At::Row(*row),
        }
    }
}
