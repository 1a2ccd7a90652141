//! What goes wrong, as a person or a program reads it, and how the command ends then.

use serde_json::json;
use skubill::bill::{self, Refusal};
use skubill_runner::{month, reconcile};
use skubill_services::text::{self, printable};
use skubill_services::{abiquo, acronis, http};

use crate::exit::Exit;

/// Why a command ended early.
#[derive(Debug)]
pub enum Fail {
    /// The command line or a job makes no sense.
    Usage(String),
    /// The component refused, or the sandbox did.
    Bill(bill::Error),
    /// A file that the component is not asked about cannot be used.
    Input { input: &'static str, column: Option<String>, found: String, expected: String },
    /// The world.
    World(anyhow::Error),
    /// Whether something took effect is not known, and could not be looked up.
    Unknown(String),
}

impl From<bill::Error> for Fail {
    fn from(error: bill::Error) -> Self {
        Fail::Bill(error)
    }
}

impl From<month::Error> for Fail {
    fn from(error: month::Error) -> Self {
        match error {
            month::Error::Bill(error) => Fail::Bill(error),
            error @ (month::Error::NotOver { .. } | month::Error::Period(_) | month::Error::Overlaps(_)) => Fail::Usage(error.to_string()),
            error => Fail::World(error.into()),
        }
    }
}

impl From<reconcile::Error> for Fail {
    fn from(error: reconcile::Error) -> Self {
        match error {
            reconcile::Error::Abiquo(error) => error.into(),
            reconcile::Error::Http(error) => error.into(),
            reconcile::Error::Bill(error) => error.into(),
            reconcile::Error::Journal(error) => Fail::World(error.into()),
        }
    }
}

impl From<acronis::Error> for Fail {
    fn from(error: acronis::Error) -> Self {
        match error {
            acronis::Error::Invalid(mistake) => Fail::Usage(mistake.to_string()),
            acronis::Error::Http(error) => error.into(),
            error => Fail::World(error.into()),
        }
    }
}

impl From<abiquo::Error> for Fail {
    fn from(error: abiquo::Error) -> Self {
        match error {
            abiquo::Error::Invalid(mistake) => Fail::Usage(mistake),
            abiquo::Error::Http(error) => error.into(),
            error => Fail::World(error.into()),
        }
    }
}

impl From<http::Error> for Fail {
    fn from(error: http::Error) -> Self {
        match error {
            // An address of the configuration, or an id of the command line: nothing was sent.
            http::Error::BaseUrl { .. } | http::Error::Segment(_) => Fail::Usage(error.to_string()),
            http::Error::Unknown { .. } => Fail::Unknown(error.to_string()),
            error => Fail::World(error.into()),
        }
    }
}

impl From<anyhow::Error> for Fail {
    fn from(error: anyhow::Error) -> Self {
        Fail::World(error)
    }
}

impl Fail {
    /// How an account's error ends the command, where it is about its inputs and not the world.
    pub fn of_month(error: &month::Error) -> Option<Exit> {
        match error {
            month::Error::Bill(bill::Error::Refused(Refusal::Faults { .. })) => Some(Exit::Faults),
            month::Error::Bill(bill::Error::Refused(_)) => Some(Exit::Usage),
            month::Error::Bill(bill::Error::Sandbox(_)) => Some(Exit::Sandbox),
            _ => None,
        }
    }

    pub fn exit(&self) -> Exit {
        match self {
            Fail::Usage(_) | Fail::Bill(bill::Error::Refused(Refusal::Job { .. } | Refusal::Order { .. })) => Exit::Usage,
            Fail::Bill(bill::Error::Refused(Refusal::Faults { .. })) => Exit::Faults,
            Fail::Bill(bill::Error::Sandbox(_)) => Exit::Sandbox,
            Fail::Bill(bill::Error::Read(_) | bill::Error::Answer(_)) | Fail::World(_) => Exit::World,
            Fail::Input { .. } => Exit::Faults,
            Fail::Unknown(_) => Exit::Unknown,
        }
    }

    /// Say it on stderr; faults as JSON where that was asked for.
    pub fn say(&self, json: bool) {
        match self {
            Fail::Bill(bill::Error::Refused(refusal @ Refusal::Faults { .. })) if json => {
                eprintln!("{}", text::json(&serde_json::to_string(refusal).unwrap_or_default()));
            }
            Fail::Bill(bill::Error::Refused(refusal @ Refusal::Faults { .. })) => {
                eprintln!("{}: nothing was billed", printable(&refusal.to_string()));
            }
            Fail::Input { input, column, found, expected } if json => {
                let fault = json!({"input": input, "row": null, "column": column, "found": found, "expected": expected});
                eprintln!("{}", text::json(&json!({"faults": [fault], "fault_count": 1}).to_string()));
            }
            Fail::Input { input, column, found, expected } => {
                let place = column.as_ref().map(|column| format!(", {column}")).unwrap_or_default();
                eprintln!("{}", printable(&format!("{input}{place}: found {found}; expected {expected}")));
            }
            Fail::Usage(text) => eprintln!("error: {}", printable(text)),
            Fail::Unknown(text) => eprintln!("UNKNOWN: {}", printable(text)),
            Fail::Bill(error) => eprintln!("error: {}", printable(&error.to_string())),
            Fail::World(error) => eprintln!("error: {}", printable(&format!("{error:#}"))),
        }
    }
}
