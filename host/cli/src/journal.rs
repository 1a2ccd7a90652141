//! `skubill journal`: what was intended, what came of it, and whether anybody changed it since.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use comfy_table::Cell;
use serde_json::{Value, json};
use skubill_runner::config::{self, Config};
use skubill_runner::evidence;
use skubill_runner::journal::{self, Entry, EntryKind, Hash};

use crate::exit::Exit;
use crate::fail::Fail;
use crate::ledger::{number, section, table, text};
use crate::run::Format;
use crate::show;

/// The journal of a state directory; it is only read.
#[derive(Args)]
pub struct Journal {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// List all entries, one intent or answer per line.
    List {
        #[command(flatten)]
        place: Place,
        #[arg(long, value_enum, default_value = "table")]
        format: Format,
    },
    /// Recompute every hash; name the first entry that does not match, and every run whose evidence differs from the
    /// journal.
    Verify {
        #[command(flatten)]
        place: Place,
        /// The head that an earlier run printed: the journal must have an entry with this hash.
        #[arg(long, value_name = "HASH")]
        head: Option<Hash>,
    },
}

/// Where the journal is.
#[derive(Args)]
struct Place {
    /// The configuration that names the state directory.
    #[arg(long, value_name = "FILE", default_value = "skubill.toml")]
    config: PathBuf,
    /// The state directory itself.
    #[arg(long, value_name = "DIR", conflicts_with = "config")]
    state: Option<PathBuf>,
}

impl Place {
    fn state(&self) -> Result<PathBuf, Fail> {
        match &self.state {
            Some(state) => Ok(state.clone()),
            None => of_config(&self.config),
        }
    }

    fn open(&self) -> Result<skubill_runner::journal::Journal, Fail> {
        skubill_runner::journal::Journal::read(&self.state()?).map_err(wrong)
    }
}

/// No secret is asked for, but a key that nobody knows is a mistake here, too: a misspelt `state` would lead elsewhere.
fn of_config(path: &Path) -> Result<PathBuf, Fail> {
    Config::state_of(path).map_err(|error| match error {
        config::Error::File(_) => Fail::World(error.into()),
        _ => Fail::Usage(error.to_string()),
    })
}

fn wrong(error: journal::Error) -> Fail {
    Fail::World(error.into())
}

impl Journal {
    pub fn wants_json(&self) -> bool {
        matches!(self.command, Command::List { format: Format::Json, .. })
    }

    pub fn run(&self) -> Result<Exit, Fail> {
        match &self.command {
            Command::List { place, format } => list(&place.open()?, *format).map(|()| Exit::Done),
            Command::Verify { place, head } => verify(&place.open()?, &place.state()?, head.as_ref()),
        }
    }
}

fn list(journal: &skubill_runner::journal::Journal, format: Format) -> Result<(), Fail> {
    let entries = journal.entries().map_err(wrong)?;
    match format {
        Format::Json => {
            let head = entries.last().map_or(Hash::NONE, |entry| entry.hash);
            let list: Vec<Value> = entries.iter().map(as_json).collect();
            show::print(&format!("{}\n", show::json(&json!({"entries": list, "head": head.to_string()}).to_string())))
        }
        Format::Table => show::print(&as_table(&entries)),
    }
}

fn verify(journal: &skubill_runner::journal::Journal, state: &Path, head: Option<&Hash>) -> Result<Exit, Fail> {
    let verified = journal.verify(head).map_err(wrong)?;
    let mut text = format!("{} entries, each as it was written\nhead {}\n", verified.entries, verified.head);
    if let Some(vouched) = verified.vouched {
        text += &format!("the head given is that of entry {vouched}; {} came after it\n", verified.entries - vouched);
    }
    let (agree, disagree) = evidence::disagreements(state, journal).map_err(|error| Fail::World(error.into()))?;
    text += &format!("evidence of {agree} runs, each as the journal vouches for it\n");
    show::print(&text)?;
    for error in &disagree {
        eprintln!("error: {}", show::printable(&error.to_string()));
    }
    Ok(if disagree.is_empty() { Exit::Done } else { Exit::World })
}

fn as_table(entries: &[Entry]) -> String {
    let mut table = table(["Entry", "Time", "Step", "Action", "Account", "Enterprise", "Provider", "Period", "What came of it"]);
    for entry in entries {
        let subject = &entry.subject;
        let step = match &entry.step {
            EntryKind::Intent { .. } => "intent".to_string(),
            EntryKind::Answer { to, .. } => format!("answer to {to}"),
            EntryKind::Evidence { .. } => "evidence".to_string(),
        };
        table.add_row([
            number(entry.id),
            Cell::new(entry.time),
            Cell::new(step),
            Cell::new(subject.action.name()),
            text(&subject.account),
            number(subject.enterprise.map(|enterprise| enterprise.to_string()).unwrap_or_default()),
            text(subject.provider.as_deref().unwrap_or_default()),
            text(&subject.period),
            text(&came_of_it(entry, entries)),
        ]);
    }
    section(table)
}

fn came_of_it(entry: &Entry, entries: &[Entry]) -> String {
    match &entry.step {
        EntryKind::Intent { .. } if entries.iter().any(|later| later.settles(entry.id)) => String::new(),
        EntryKind::Intent { .. } => "open: the next run looks it up".into(),
        EntryKind::Evidence { folder, .. } => folder.clone(),
        EntryKind::Answer { answer, .. } => {
            let status = answer.status.map(|status| status.to_string());
            let parts = [Some(answer.outcome.name().to_string()), status, answer.reference.clone(), answer.detail.clone()];
            parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
        }
    }
}

fn as_json(entry: &Entry) -> Value {
    let subject = &entry.subject;
    let mut value = json!({
        "sequence": entry.id.number(),
        "time": entry.time.to_string(),
        "service": subject.action.service().name(),
        "url": subject.url,
        "action": subject.action.name(),
        "account": subject.account,
        "enterprise": subject.enterprise,
        "provider": subject.provider,
        "period": subject.period,
        "hash": entry.hash.to_string(),
    });
    let more = match &entry.step {
        EntryKind::Intent { payload } => json!({"step": "intent", "payload_sha256": payload.map(|sha256| sha256.to_string())}),
        EntryKind::Evidence { folder, manifest } => json!({"step": "evidence", "folder": folder, "payload_sha256": manifest.to_string()}),
        EntryKind::Answer { to, answer } => json!({
            "step": "answer",
            "answers": to.number(),
            "outcome": answer.outcome.name(),
            "status": answer.status,
            "reference": answer.reference,
            "detail": answer.detail,
        }),
    };
    if let (Value::Object(value), Value::Object(more)) = (&mut value, more) {
        value.extend(more);
    }
    value
}
