//! A check: what was looked at, how it stands, and what is to be done.

use comfy_table::{Cell, Color};
use serde::Serialize;

use crate::ledger::{coloured, section, table, text};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    Ok,
    /// It works, and should be looked at.
    Warning,
    /// A month would not come through.
    Failed,
    /// It cannot be told, or was not asked for.
    NotChecked,
}

/// One row. Names and states are stable; messages are for people.
#[derive(Debug, Serialize)]
pub struct Check {
    pub check: &'static str,
    /// Which account, billing or enterprise.
    pub about: String,
    pub state: State,
    pub message: String,
    pub advice: Option<String>,
}

/// The rows of one account or billing as they come.
pub struct Sheet {
    about: String,
    checks: Vec<Check>,
}

impl Sheet {
    pub fn of(about: impl Into<String>) -> Sheet {
        Sheet { about: about.into(), checks: Vec::new() }
    }

    pub fn ok(&mut self, check: &'static str, message: impl Into<String>) {
        self.add(check, State::Ok, message.into(), None);
    }

    pub fn warning(&mut self, check: &'static str, message: impl Into<String>, advice: impl Into<String>) {
        self.add(check, State::Warning, message.into(), Some(advice.into()));
    }

    pub fn failed(&mut self, check: &'static str, message: impl Into<String>, advice: impl Into<String>) {
        self.add(check, State::Failed, message.into(), Some(advice.into()));
    }

    pub fn not_checked(&mut self, check: &'static str, message: impl Into<String>, advice: Option<&str>) {
        self.add(check, State::NotChecked, message.into(), advice.map(Into::into));
    }

    fn add(&mut self, check: &'static str, state: State, message: String, advice: Option<String>) {
        self.checks.push(Check { check, about: self.about.clone(), state, message, advice });
    }

    pub fn into_checks(self) -> Vec<Check> {
        self.checks
    }
}

/// Two tables: how everything stands, and what is to be done. In one, lines would be too long to read.
pub fn text_of(checks: &[Check]) -> String {
    let mut stands = table(["State", "Check", "About", "What"]);
    let mut to_do = table(["Check", "About", "What to do"]);
    for Check { check, about, state, message, advice } in checks {
        let state = match state {
            State::Ok => coloured(Cell::new("ok"), Color::Green),
            State::Warning => coloured(Cell::new("warning"), Color::Yellow),
            State::Failed => coloured(Cell::new("failed"), Color::Red),
            State::NotChecked => Cell::new("not checked"),
        };
        stands.add_row([state, Cell::new(check), text(about), text(message)]);
        if let Some(advice) = advice {
            to_do.add_row([Cell::new(check), text(about), text(advice)]);
        }
    }
    section(stands) + &if to_do.is_empty() { String::new() } else { section(to_do) }
}
