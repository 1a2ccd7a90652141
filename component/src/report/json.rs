//! `json_v2_0`: an object with `tenants`, a list of rows, nested or flat.

mod nested;

use std::collections::BTreeSet;

use crate::fault::{Faults, Input, Place, raw};
use crate::json::{Json, Token, describe};
use crate::limit::Limits;
use crate::money::Exact;
use crate::money::decimal::Decimal;
use crate::report::csv::ReportItem;
use crate::report::row::{self, ByColumn, Column};
use crate::text::trim;
use nested::{RowBuilder, Step};

/// Reads a report's text as JSON.
pub struct JsonReport {
    json: Json,
    reading: Reading,
}

struct Reading {
    limits: Limits,
    /// Open containers, counted from the top.
    depth: u64,
    /// Inside a value that is not looked at: the depth at which it ends.
    skip: Option<u64>,
    /// The top-level key whose value comes next or is open.
    section: Section,
    seen: Vec<&'static str>,
    params: Params,
    row: RowBuilder,
    rows: u64,
    /// Which columns any row had as a key.
    keys: ByColumn<bool>,
    unknown: BTreeSet<String>,
    dead: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Section {
    None,
    Tenants,
    Params,
    Other,
}

/// The period that a JSON report states, in UNIX seconds.
#[derive(Debug, Default, Clone)]
pub struct Params {
    /// The start of the period.
    pub begin_date: Option<Exact>,
    /// The end of the period.
    pub end_date: Option<Exact>,
    key: Option<&'static str>,
}

impl JsonReport {
    /// A reader at the start of a report.
    pub fn new(limits: &Limits) -> Self {
        JsonReport {
            json: Json::new(limits.depth, limits.cell_bytes),
            reading: Reading {
                limits: limits.clone(),
                depth: 0,
                skip: None,
                section: Section::None,
                seen: Vec::new(),
                params: Params::default(),
                row: RowBuilder::default(),
                rows: 0,
                keys: [false; Column::ALL.len()],
                unknown: BTreeSet::new(),
                dead: false,
            },
        }
    }

    /// Read on; `each` gets every row that ends in this piece, and faults are added.
    pub fn feed(&mut self, text: &[u8], faults: &mut Faults, each: &mut dyn FnMut(ReportItem<'_>)) {
        let reading = &mut self.reading;
        if !reading.dead {
            let result = self.json.feed(text, &mut |token| reading.token(token, faults, each));
            reading.end(result, faults);
        }
    }

    /// The end of the report: is it a whole one?
    pub fn finish(&mut self, faults: &mut Faults, each: &mut dyn FnMut(ReportItem<'_>)) {
        let reading = &mut self.reading;
        if !reading.dead {
            let result = self.json.finish(&mut |token| reading.token(token, faults, each));
            reading.end(result, faults);
        }
        if !reading.dead {
            reading.complete(faults);
        }
    }

    /// No row is begun.
    pub fn is_between(&self) -> bool {
        self.reading.dead || self.reading.depth <= 2
    }

    /// A fault ended reading.
    pub fn dead(&self) -> bool {
        self.reading.dead
    }

    /// What the report says of its own period.
    pub fn params(&self) -> &Params {
        &self.reading.params
    }
}

impl Reading {
    fn end(&mut self, result: Result<(), crate::json::Flaw>, faults: &mut Faults) {
        if let (false, Err(flaw)) = (self.dead, result) {
            let (found, expected) = describe(&flaw, self.limits.depth, self.limits.cell_bytes);
            let row = (self.section == Section::Tenants && self.rows > 0).then_some(self.rows);
            faults.add(Input::Report, Place { row, column: None }, found, expected);
            self.dead = true;
        }
    }

    /// Reports what a complete document lacks.
    fn complete(&mut self, faults: &mut Faults) {
        if !self.seen.contains(&"tenants") {
            faults.add(
                Input::Report,
                Place::column("tenants"),
                "no such key",
                "a usage report in the format json_v2_0: an object with `tenants`",
            );
        }
        if self.rows == 0 {
            return;
        }
        // The one required column that a row of JSON may leave out: it is empty for counts.
        let needed = Column::required().filter(|column| *column != Column::MeasurementUnit);
        for column in needed.filter(|column| !self.keys[*column as usize]) {
            faults.add(Input::Report, Place::column(column.name()), "no row with this key", "this key in the rows");
        }
    }

    fn token(&mut self, token: Token<'_>, faults: &mut Faults, each: &mut dyn FnMut(ReportItem<'_>)) {
        if self.dead {
            return;
        }
        let opens = matches!(token, Token::StartObject | Token::StartList);
        let closes = matches!(token, Token::EndObject | Token::EndList);
        if closes {
            self.depth -= 1;
        }
        match self.skip {
            Some(depth) if closes && self.depth == depth => self.skip = None,
            Some(_) => {}
            None if self.section == Section::Tenants && self.depth >= 2 => self.row_token(token, faults, each),
            None if self.section == Section::Params && self.depth >= 1 && !(closes && self.depth == 1) => self.params_token(token, faults),
            None => self.top_token(token, faults),
        }
        if opens {
            self.depth += 1;
        }
    }

    /// The object itself, its keys, and what they hold.
    fn top_token(&mut self, token: Token<'_>, faults: &mut Faults) {
        match (self.depth, token) {
            (0, Token::StartObject | Token::EndObject) => {}
            (0, _) => {
                faults.add(Input::Report, Place::whole(), "JSON that is no object", "an object with `tenants`, a list of rows");
                self.dead = true;
            }
            (_, Token::Key(key)) => self.top_key(trim(key), faults),
            (_, Token::EndList | Token::EndObject) => self.section = Section::None,
            (_, Token::StartList) if self.section == Section::Tenants => {}
            (_, token) if self.section == Section::Tenants => {
                faults.add(Input::Report, Place::column("tenants"), name(token), "a list of rows");
                self.dead = true;
            }
            (_, Token::StartObject | Token::StartList) => self.skip = Some(self.depth),
            _ => {}
        }
    }

    fn top_key(&mut self, key: &str, faults: &mut Faults) {
        let (section, known) = match key {
            "tenants" => (Section::Tenants, "tenants"),
            "params" => (Section::Params, "params"),
            _ => (Section::Other, ""),
        };
        self.section = section;
        if section != Section::Other && self.seen_before(known) {
            faults.add(Input::Report, Place::column(key), "this key twice", "each key once");
            self.dead = true;
        }
    }

    /// Whether a key that may stand once was there already.
    fn seen_before(&mut self, key: &'static str) -> bool {
        let before = self.seen.contains(&key);
        self.seen.push(key);
        before
    }

    fn params_token(&mut self, token: Token<'_>, faults: &mut Faults) {
        if self.depth == 1 {
            match token {
                Token::StartObject => {}
                Token::Null => self.section = Section::None,
                _ => {
                    faults.add(Input::Report, Place::column("params"), name(token), "an object");
                    self.dead = true;
                }
            }
            return;
        }
        match token {
            Token::Key(key) => {
                self.params.key = ["begin_date", "end_date"].into_iter().find(|known| *known == trim(key));
                if let Some(key) = self.params.key.filter(|key| self.seen_before(key)) {
                    faults.add(Input::Report, Place::column(format!("params.{key}")), "this key twice", "each key once");
                }
            }
            token => self.param(token, faults),
        }
    }

    fn param(&mut self, token: Token<'_>, faults: &mut Faults) {
        if matches!(token, Token::StartObject | Token::StartList) {
            self.skip = Some(self.depth);
        }
        let Some(key) = self.params.key.take() else {
            return;
        };
        let seconds = match token {
            Token::Null => return,
            Token::Text(text) if trim(text).is_empty() => return,
            Token::Text(text) | Token::Number(text) => Decimal::parse(trim(text), self.limits.digits),
            _ => None,
        };
        match seconds {
            Some(seconds) if key == "begin_date" => self.params.begin_date = Some(seconds.exact()),
            Some(seconds) => self.params.end_date = Some(seconds.exact()),
            None => faults.add(
                Input::Report,
                Place::column(format!("params.{key}")),
                name(token),
                "UNIX seconds, as a number or a numeric string",
            ),
        }
    }

    /// Inside `tenants`: depth 2 is between rows, 3 and more inside one.
    fn row_token(&mut self, token: Token<'_>, faults: &mut Faults, each: &mut dyn FnMut(ReportItem<'_>)) {
        if self.depth == 2 {
            match token {
                Token::StartObject => self.begin_row(faults),
                Token::EndObject => self.end_row(faults, each),
                _ => {
                    self.begin_row(faults);
                    faults.add(Input::Report, Place::row(self.rows), name(token), "a row: an object");
                    each(ReportItem::Unreadable(self.rows));
                    if token == Token::StartList {
                        self.skip = Some(self.depth);
                    }
                }
            }
            return;
        }
        let place = |column: &str| Place::cell(self.rows, column);
        match self.row.token(token) {
            Step::Fine => {}
            Step::Skip => self.skip = Some(self.depth),
            Step::Unknown { skip } => {
                if skip {
                    self.skip = Some(self.depth);
                }
                let path = self.row.path.clone();
                if self.columns() >= self.limits.columns {
                    self.too_many_columns(self.rows, faults);
                } else if self.unknown.insert(path.clone()) {
                    each(ReportItem::UnknownColumn(&path));
                }
            }
            Step::Container => {
                faults.add(Input::Report, place(&self.row.path), name(token), "a value");
                self.skip = Some(self.depth);
            }
            Step::Repeated { skip } => {
                faults.add(Input::Report, place(&self.row.path), "this key twice", "each key once, nested or flat");
                if skip {
                    self.skip = Some(self.depth);
                }
            }
            Step::LongPath => {
                faults.add(Input::Report, Place::row(self.rows), "a key whose path is too long", "shorter keys (limit cell_bytes)");
                self.dead = true;
            }
        }
    }

    /// Different keys so far.
    fn columns(&self) -> u64 {
        (self.unknown.len() + self.keys.iter().filter(|seen| **seen).count()) as u64
    }

    fn too_many_columns(&mut self, row: u64, faults: &mut Faults) {
        let max = self.limits.columns;
        faults.add(Input::Report, Place::row(row), format!("more than {max} different keys"), format!("at most {max} (limit columns)"));
        self.dead = true;
    }

    fn begin_row(&mut self, faults: &mut Faults) {
        self.rows += 1;
        if self.rows > self.limits.rows {
            let max = self.limits.rows;
            faults.add(Input::Report, Place::row(self.rows), format!("more than {max} rows"), format!("at most {max} (limit rows)"));
            self.dead = true;
        }
        self.row.clear(self.limits.cell_bytes);
    }

    fn end_row(&mut self, faults: &mut Faults, each: &mut dyn FnMut(ReportItem<'_>)) {
        for (any, here) in self.keys.iter_mut().zip(&self.row.present) {
            *any |= here;
        }
        if self.columns() > self.limits.columns {
            self.too_many_columns(self.rows, faults);
            return;
        }
        let cells: ByColumn<&str> = std::array::from_fn(|at| trim(self.row.cell(at)));
        let before = faults.count;
        match row::read(&cells, self.rows, self.limits.digits, faults) {
            Some(row) if faults.count == before => each(ReportItem::Row(self.rows, &row.of_json())),
            _ => each(ReportItem::Unreadable(self.rows)),
        }
    }
}

/// What a fault calls a token.
fn name(token: Token<'_>) -> String {
    match token {
        Token::StartObject | Token::EndObject => "an object".into(),
        Token::StartList | Token::EndList => "a list".into(),
        Token::Key(text) | Token::Text(text) => raw(text),
        Token::Number(text) => text.chars().take(80).collect(),
        Token::Bool(value) => value.to_string(),
        Token::Null => "null".into(),
    }
}
