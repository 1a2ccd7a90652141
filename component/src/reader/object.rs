//! Typed fields from a JSON object or from the cells of a CSV row, and every mistake with its place.
//!
//! Own code: serde stops at the first fault, and a file with ten mistakes has to name all ten.

use std::collections::BTreeSet;

use super::at::At;
use super::context::Context;
use crate::fault::Place;
use crate::json::tree::Node;
use crate::money::Exact;
use crate::money::decimal::Decimal;
use crate::period::Date;
use crate::report::row::decimal_expected;

/// One object or row. Each field can be taken once; [`ObjectReader::end`] reports unknown ones.
pub struct ObjectReader<'a> {
    /// Where the object stands.
    pub at: At,
    fields: Vec<(&'a str, &'a Node)>,
}

impl<'a> ObjectReader<'a> {
    /// Opens a JSON object; anything else is a mistake. A field that is `null` counts as absent.
    pub fn open(node: &'a Node, at: At, context: &mut Context<'_>) -> Option<ObjectReader<'a>> {
        let Node::Object(entries) = node else {
            context.wrong(at.itself(), node.shown(), "an object");
            return None;
        };
        let mut fields: Vec<(&str, &Node)> = Vec::with_capacity(entries.len());
        let mut known = BTreeSet::new();
        for (name, value) in entries {
            if !known.insert(name) {
                context.wrong(at.field(name), "this key twice", "each key once");
            }
            fields.push((name, value));
        }
        Some(ObjectReader { at, fields })
    }

    /// A field's value, where it is there and not null.
    pub fn take(&mut self, name: &str) -> Option<&'a Node> {
        let at = self.fields.iter().position(|(known, _)| *known == name)?;
        let (_, value) = self.fields.remove(at);
        Some(value).filter(|node| **node != Node::Null)
    }

    /// A required value; its absence is a mistake.
    pub fn need(&mut self, name: &str, expected: &str, context: &mut Context<'_>) -> Option<&'a Node> {
        let value = self.take(name);
        if value.is_none() {
            context.wrong(self.at.field(name), "nothing", expected);
        }
        value
    }

    /// A text; an empty one is a mistake.
    pub fn text(&mut self, name: &str, context: &mut Context<'_>) -> Option<&'a str> {
        let node = self.take(name)?;
        self.as_text(name, node, "a text that is not empty", context)
    }

    /// A text; an empty one is none.
    pub fn label(&mut self, name: &str, context: &mut Context<'_>) -> Option<&'a str> {
        match self.take(name)? {
            Node::Text(text) if text.is_empty() => None,
            node => self.as_text(name, node, "a text", context),
        }
    }

    /// A text that has to be there and may not be empty.
    pub fn need_text(&mut self, name: &str, context: &mut Context<'_>) -> Option<&'a str> {
        let node = self.need(name, "a text that is not empty", context)?;
        self.as_text(name, node, "a text that is not empty", context)
    }

    fn as_text(&self, name: &str, node: &'a Node, expected: &str, context: &mut Context<'_>) -> Option<&'a str> {
        match node {
            Node::Text(text) if !text.is_empty() => Some(text),
            Node::Reported => None,
            node => {
                context.wrong(self.at.field(name), node.shown(), expected);
                None
            }
        }
    }

    /// A decimal that is not negative, as a string or a number.
    pub fn decimal(&mut self, name: &str, context: &mut Context<'_>) -> Option<Exact> {
        let node = self.take(name)?;
        self.as_decimal(name, node, context)
    }

    /// A decimal that has to be there and may not be negative.
    pub fn need_decimal(&mut self, name: &str, context: &mut Context<'_>) -> Option<Exact> {
        let node = self.need(name, "a decimal such as 1.5", context)?;
        self.as_decimal(name, node, context)
    }

    fn as_decimal(&self, name: &str, node: &Node, context: &mut Context<'_>) -> Option<Exact> {
        let value = signed(node, self.at.field(name), context)?;
        if value.is_negative() {
            context.wrong(self.at.field(name), node.shown(), "a decimal that is not negative");
            return None;
        }
        Some(value)
    }

    /// A whole number from `least` to `most`.
    pub fn whole(&mut self, name: &str, least: u64, most: u64, context: &mut Context<'_>) -> Option<u64> {
        let node = self.take(name)?;
        self.as_whole(name, node, least, most, context)
    }

    /// A value as a whole number from `least` to `most`.
    pub fn as_whole(&self, name: &str, node: &Node, least: u64, most: u64, context: &mut Context<'_>) -> Option<u64> {
        let text = match node {
            Node::Text(text) | Node::Number(text) => text.as_str(),
            Node::Reported => return None,
            _ => "",
        };
        let value = Decimal::parse(text, context.limits.digits).and_then(|decimal| decimal.exact().to_u64());
        let value = value.filter(|value| (least..=most).contains(value));
        if value.is_none() {
            let range = if most == u64::MAX {
                format!("a whole number of at least {least}")
            } else {
                format!("a whole number from {least} to {most}")
            };
            context.wrong(self.at.field(name), node.shown(), range);
        }
        value
    }

    /// A date, as people type it.
    pub fn date(&mut self, name: &str, context: &mut Context<'_>) -> Option<Date> {
        let node = self.take(name)?;
        let date = if let Node::Text(text) = node { Date::typed(text) } else { None };
        if date.is_none() {
            context.wrong(self.at.field(name), node.shown(), "a date such as 2021-08-31");
        }
        date
    }

    /// The items of a list, each with its path.
    pub fn list(&mut self, name: &str, context: &mut Context<'_>) -> Option<Vec<(&'a Node, At)>> {
        let node = self.take(name)?;
        let Node::List(items) = node else {
            context.wrong(self.at.field(name), node.shown(), "a list");
            return None;
        };
        let below = self.at.below(name);
        Some(items.iter().enumerate().map(|(index, item)| (item, below.item(index))).collect())
    }

    /// The items of a required list.
    pub fn need_list(&mut self, name: &str, context: &mut Context<'_>) -> Option<Vec<(&'a Node, At)>> {
        if self.fields.iter().all(|(known, node)| *known != name || **node == Node::Null) {
            context.wrong(self.at.field(name), "nothing", "a list");
        }
        self.list(name, context)
    }

    /// The texts of an optional list. An item that is empty or no text is a mistake.
    pub fn texts(&mut self, name: &str, expected: &str, context: &mut Context<'_>) -> Vec<String> {
        let mut texts = Vec::new();
        for (node, at) in self.list(name, context).unwrap_or_default() {
            match node {
                Node::Text(text) if !text.is_empty() => texts.push(text.clone()),
                node => context.wrong(at.itself(), node.shown(), expected),
            }
        }
        texts
    }

    /// Moves all fields to a reader of their own.
    pub fn take_all(&mut self) -> ObjectReader<'a> {
        ObjectReader { at: self.at.clone(), fields: std::mem::take(&mut self.fields) }
    }

    /// Moves the named fields to a reader of their own.
    pub fn part(&mut self, names: &[&str]) -> ObjectReader<'a> {
        let (fields, rest) = std::mem::take(&mut self.fields).into_iter().partition(|(name, _)| names.contains(name));
        self.fields = rest;
        ObjectReader { at: self.at.clone(), fields }
    }

    /// An object below this one.
    pub fn object(&mut self, name: &str, context: &mut Context<'_>) -> Option<ObjectReader<'a>> {
        let node = self.take(name)?;
        ObjectReader::open(node, self.at.below(name), context)
    }

    /// Ends reading: each remaining field that is not null is a mistake.
    pub fn end(self, expected: &str, context: &mut Context<'_>) {
        for (name, value) in self.fields {
            if *value != Node::Null {
                context.wrong(self.at.field(name), "this key", expected);
            }
        }
    }
}

/// A decimal of either sign, as a string or a number.
pub fn signed(node: &Node, place: Place, context: &mut Context<'_>) -> Option<Exact> {
    let text = match node {
        Node::Text(text) | Node::Number(text) | Node::Comma { number: text, .. } => text.as_str(),
        Node::Reported => return None,
        _ => "",
    };
    let value = Decimal::parse(text, context.limits.digits);
    if value.is_none() {
        context.wrong(place, node.shown(), decimal_expected(text, context.limits.digits));
    }
    value.map(|decimal| decimal.exact())
}
