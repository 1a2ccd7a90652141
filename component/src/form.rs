//! Filling in a form: typed fields from a JSON object or from the cells of a CSV row, and every
//! mistake with its place.

mod mark;
mod sheet;

use crate::fault::{Faults, Input, Place};
use crate::json::tree::Node;
use crate::limit::Limits;
use crate::money::Exact;
use crate::money::decimal::Decimal;
use crate::names::Names;
use crate::period::Date;
use crate::report::row::decimal_expected;

pub use sheet::{Dialect, Document, Sheet, columns, document};

/// Where a form stands: a JSON path, or a row of a CSV file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum At {
    Path(String),
    Row(u64),
}

impl At {
    /// The place of a field of the form.
    pub fn field(&self, name: &str) -> Place {
        match self {
            At::Path(path) if path.is_empty() => Place::column(name),
            At::Path(path) => Place::column(format!("{path}.{name}")),
            At::Row(row) => Place::cell(*row, name),
        }
    }

    /// The place of the form itself.
    pub fn itself(&self) -> Place {
        match self {
            At::Path(path) if path.is_empty() => Place::whole(),
            At::Path(path) => Place::column(path),
            At::Row(row) => Place::row(*row),
        }
    }

    /// The path of a field, for what lies below it; a CSV row has nothing below.
    fn below(&self, name: &str) -> At {
        match self {
            At::Path(path) if path.is_empty() => At::Path(name.into()),
            At::Path(path) => At::Path(format!("{path}.{name}")),
            At::Row(row) => At::Row(*row),
        }
    }
}

/// What all forms of one input share.
pub struct Desk<'a> {
    pub input: Input,
    pub limits: &'a Limits,
    pub faults: &'a mut Faults,
}

impl Desk<'_> {
    pub fn wrong(&mut self, place: Place, found: impl Into<String>, expected: impl Into<String>) {
        self.faults.add(self.input, place, found, expected);
    }
}

/// So many keys are compared in pairs; more are hashed, so that an object's keys cost what their bytes cost.
const FEW_KEYS: usize = 16;

/// One object or row. Each field may be asked for once; [`Form::end`] names those nobody knows.
pub struct Form<'a> {
    pub at: At,
    fields: Vec<(&'a str, &'a Node)>,
}

impl<'a> Form<'a> {
    /// The form of a JSON object; anything else is a mistake. `null` is as good as absent.
    pub fn open(node: &'a Node, at: At, desk: &mut Desk<'_>) -> Option<Form<'a>> {
        let Node::Object(entries) = node else {
            desk.wrong(at.itself(), node.shown(), "an object");
            return None;
        };
        let mut fields: Vec<(&str, &Node)> = Vec::with_capacity(entries.len());
        let mut known = (entries.len() > FEW_KEYS).then(Names::default);
        for (name, value) in entries {
            let again = match &mut known {
                Some(known) => !known.is_new(name),
                None => fields.iter().any(|(known, _)| known == name),
            };
            if again {
                desk.wrong(at.field(name), "this key twice", "each key once");
            }
            fields.push((name, value));
        }
        Some(Form { at, fields })
    }

    /// A field's value, where it is there and not null.
    pub fn take(&mut self, name: &str) -> Option<&'a Node> {
        let at = self.fields.iter().position(|(known, _)| *known == name)?;
        let (_, value) = self.fields.remove(at);
        Some(value).filter(|node| **node != Node::Null)
    }

    /// A required value; its absence is a mistake.
    pub fn need(&mut self, name: &str, expected: &str, desk: &mut Desk<'_>) -> Option<&'a Node> {
        let value = self.take(name);
        if value.is_none() {
            desk.wrong(self.at.field(name), "nothing", expected);
        }
        value
    }

    /// A text; an empty one is a mistake.
    pub fn text(&mut self, name: &str, desk: &mut Desk<'_>) -> Option<&'a str> {
        let node = self.take(name)?;
        self.as_text(name, node, "a text that is not empty", desk)
    }

    /// A text that may as well be empty: then it is none.
    pub fn label(&mut self, name: &str, desk: &mut Desk<'_>) -> Option<&'a str> {
        match self.take(name)? {
            Node::Text(text) if text.is_empty() => None,
            node => self.as_text(name, node, "a text", desk),
        }
    }

    pub fn need_text(&mut self, name: &str, desk: &mut Desk<'_>) -> Option<&'a str> {
        let node = self.need(name, "a text that is not empty", desk)?;
        self.as_text(name, node, "a text that is not empty", desk)
    }

    fn as_text(&self, name: &str, node: &'a Node, expected: &str, desk: &mut Desk<'_>) -> Option<&'a str> {
        match node {
            Node::Text(text) if !text.is_empty() => Some(text),
            Node::Told => None,
            node => {
                desk.wrong(self.at.field(name), node.shown(), expected);
                None
            }
        }
    }

    /// A decimal that is not negative, as a string or a number.
    pub fn decimal(&mut self, name: &str, desk: &mut Desk<'_>) -> Option<Exact> {
        let node = self.take(name)?;
        self.as_decimal(name, node, desk)
    }

    pub fn need_decimal(&mut self, name: &str, desk: &mut Desk<'_>) -> Option<Exact> {
        let node = self.need(name, "a decimal such as 1.5", desk)?;
        self.as_decimal(name, node, desk)
    }

    fn as_decimal(&self, name: &str, node: &Node, desk: &mut Desk<'_>) -> Option<Exact> {
        let value = signed(node, self.at.field(name), desk)?;
        if value.is_negative() {
            desk.wrong(self.at.field(name), node.shown(), "a decimal that is not negative");
            return None;
        }
        Some(value)
    }

    /// A whole number from `least` to `most`.
    pub fn whole(&mut self, name: &str, least: u64, most: u64, desk: &mut Desk<'_>) -> Option<u64> {
        let node = self.take(name)?;
        self.as_whole(name, node, least, most, desk)
    }

    pub fn as_whole(&self, name: &str, node: &Node, least: u64, most: u64, desk: &mut Desk<'_>) -> Option<u64> {
        let text = match node {
            Node::Text(text) | Node::Number(text) => text.as_str(),
            Node::Told => return None,
            _ => "",
        };
        let value = Decimal::parse(text, desk.limits.digits).and_then(|decimal| decimal.exact().to_u64());
        let value = value.filter(|value| (least..=most).contains(value));
        if value.is_none() {
            let range = if most == u64::MAX {
                format!("a whole number of at least {least}")
            } else {
                format!("a whole number from {least} to {most}")
            };
            desk.wrong(self.at.field(name), node.shown(), range);
        }
        value
    }

    pub fn date(&mut self, name: &str, desk: &mut Desk<'_>) -> Option<Date> {
        let node = self.take(name)?;
        let date = if let Node::Text(text) = node { Date::typed(text) } else { None };
        if date.is_none() {
            desk.wrong(self.at.field(name), node.shown(), "a date such as 2021-08-31");
        }
        date
    }

    /// The items of a list, each with its path.
    pub fn list(&mut self, name: &str, desk: &mut Desk<'_>) -> Option<Vec<(&'a Node, At)>> {
        let node = self.take(name)?;
        let Node::List(items) = node else {
            desk.wrong(self.at.field(name), node.shown(), "a list");
            return None;
        };
        let below = self.at.below(name);
        Some(items.iter().enumerate().map(|(index, item)| (item, below.item(index))).collect())
    }

    /// The items of a required list.
    pub fn need_list(&mut self, name: &str, desk: &mut Desk<'_>) -> Option<Vec<(&'a Node, At)>> {
        if self.fields.iter().all(|(known, node)| *known != name || **node == Node::Null) {
            desk.wrong(self.at.field(name), "nothing", "a list");
        }
        self.list(name, desk)
    }

    /// The texts of a list; none where it is not there. Each that is empty or no text is a mistake.
    pub fn texts(&mut self, name: &str, expected: &str, desk: &mut Desk<'_>) -> Vec<String> {
        let mut texts = Vec::new();
        for (node, at) in self.list(name, desk).unwrap_or_default() {
            match node {
                Node::Text(text) if !text.is_empty() => texts.push(text.clone()),
                node => desk.wrong(at.itself(), node.shown(), expected),
            }
        }
        texts
    }

    /// A form of all of this one's fields, which are taken out of it.
    pub fn take_all(&mut self) -> Form<'a> {
        Form { at: self.at.clone(), fields: std::mem::take(&mut self.fields) }
    }

    /// A form of some of this one's fields, which are taken out of it.
    pub fn part(&mut self, names: &[&str]) -> Form<'a> {
        let (fields, rest) = std::mem::take(&mut self.fields).into_iter().partition(|(name, _)| names.contains(name));
        self.fields = rest;
        Form { at: self.at.clone(), fields }
    }

    /// An object below this one.
    pub fn form(&mut self, name: &str, desk: &mut Desk<'_>) -> Option<Form<'a>> {
        let node = self.take(name)?;
        Form::open(node, self.at.below(name), desk)
    }

    /// Everything was asked for: what is left, and not null, is a mistake.
    pub fn end(self, expected: &str, desk: &mut Desk<'_>) {
        for (name, value) in self.fields {
            if *value != Node::Null {
                desk.wrong(self.at.field(name), "this key", expected);
            }
        }
    }
}

impl At {
    fn item(&self, index: usize) -> At {
        match self {
            At::Path(path) => At::Path(format!("{path}[{index}]")),
            At::Row(row) => At::Row(*row),
        }
    }
}

/// A decimal of either sign, as a string or a number.
pub fn signed(node: &Node, place: Place, desk: &mut Desk<'_>) -> Option<Exact> {
    let text = match node {
        Node::Text(text) | Node::Number(text) | Node::Comma { number: text, .. } => text.as_str(),
        Node::Told => return None,
        _ => "",
    };
    let value = Decimal::parse(text, desk.limits.digits);
    if value.is_none() {
        desk.wrong(place, node.shown(), decimal_expected(text, desk.limits.digits));
    }
    value.map(|decimal| decimal.exact())
}
