//! A whole JSON document as a tree: price books, customers files, cost records, jobs.
//!
//! Own code: `serde_json::Value` keeps neither the text of numbers nor repeated keys, and both are judged here.

use super::{Flaw, Json, Token, describe};
use crate::fault::{Faults, Input, Place};
use crate::limit::Limits;
use crate::text::{trim, trim_typed};

/// A JSON value, or a cell of a CSV file. Strings are trimmed, numbers are their text; keys come in their
/// order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Node {
    /// `null`, or an empty cell.
    Null,
    /// A truth value.
    Bool(bool),
    /// A number, as it is written.
    Number(String),
    /// A string, or a cell.
    Text(String),
    /// A list.
    List(Vec<Node>),
    /// An object, or a row.
    Object(Vec<(String, Node)>),
    /// A cell with a decimal comma: the number with a point, and as it stands in the file.
    Comma {
        /// The number, with a point.
        number: String,
        /// The cell as it stands.
        found: String,
    },
    /// A cell whose mistake has been reported.
    Reported,
}

impl Node {
    /// What a fault calls this value.
    pub fn shown(&self) -> String {
        match self {
            Node::Null => "null".into(),
            Node::Bool(value) => value.to_string(),
            Node::Number(text) => text.chars().take(80).collect(),
            Node::Text(text) | Node::Comma { found: text, .. } => crate::fault::raw(text),
            Node::Reported => "a mistake".into(),
            Node::List(_) => "a list".into(),
            Node::Object(_) => "an object".into(),
        }
    }
}

/// Read a document whole, or add the fault that ends it.
pub fn read(bytes: &[u8], input: Input, limits: &Limits, faults: &mut Faults) -> Option<Node> {
    // Reports and jobs are made by programs, everything else is typed.
    let trim = if input == Input::Report { trim } else { trim_typed };
    let mut builder = Builder { root: None, open: Vec::new(), trim };
    let mut json = Json::new(limits.depth, limits.cell_bytes);
    let mut each = |token: Token<'_>| builder.add(token);
    let result = json.feed(bytes, &mut each).and_then(|()| json.finish(&mut each));
    match result {
        Ok(()) => builder.root,
        Err(flaw) => {
            let (found, expected) = describe(&flaw, limits.depth, limits.cell_bytes);
            let column = if let Flaw::TooLong = flaw { builder.key() } else { None };
            faults.add(input, Place { row: None, column }, found, expected);
            None
        }
    }
}

struct Builder {
    root: Option<Node>,
    /// Containers that are open, each with the key that waits for its value.
    open: Vec<(Node, Option<String>)>,
    trim: fn(&str) -> &str,
}

impl Builder {
    fn add(&mut self, token: Token<'_>) {
        match token {
            Token::StartObject => self.open.push((Node::Object(Vec::new()), None)),
            Token::StartList => self.open.push((Node::List(Vec::new()), None)),
            Token::EndObject | Token::EndList => {
                if let Some((node, _)) = self.open.pop() {
                    self.place(node);
                }
            }
            Token::Key(key) => {
                if let Some((_, waiting)) = self.open.last_mut() {
                    *waiting = Some((self.trim)(key).to_string());
                }
            }
            Token::Text(text) => self.place(Node::Text((self.trim)(text).to_string())),
            Token::Number(text) => self.place(Node::Number(text.to_string())),
            Token::Bool(value) => self.place(Node::Bool(value)),
            Token::Null => self.place(Node::Null),
        }
    }

    fn place(&mut self, node: Node) {
        match self.open.last_mut() {
            None => self.root = Some(node),
            Some((Node::List(list), _)) => list.push(node),
            Some((Node::Object(entries), waiting)) => entries.push((waiting.take().unwrap_or_default(), node)),
            Some(_) => {}
        }
    }

    fn key(&self) -> Option<String> {
        self.open.last().and_then(|(_, waiting)| waiting.clone())
    }
}
