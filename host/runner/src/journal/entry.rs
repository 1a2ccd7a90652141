//! An entry: an intent, or an answer to one, and what it is about.

use std::fmt;

use jiff::Timestamp;
use rusqlite::Row;
use rusqlite::types::Value;

use super::chain::Hash;
use super::error::Error;
use skubill_services::http::BaseUrl;
use skubill_services::text::quoted;

/// The number of an entry, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct EntryId(pub(super) i64);

impl EntryId {
    pub fn number(self) -> u64 {
        self.0.unsigned_abs()
    }
}

impl fmt::Display for EntryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The service that something is done at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Service {
    Acronis,
    Abiquo,
    /// None: what is kept on this machine.
    Local,
}

impl Service {
    pub fn name(self) -> &'static str {
        match self {
            Service::Acronis => "acronis",
            Service::Abiquo => "abiquo",
            Service::Local => "local",
        }
    }
}

/// What is done there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    PostBill,
    DeleteBill,
    PostRegisters,
    DeleteRegisters,
    CreateReport,
    KeepEvidence,
}

impl Action {
    const ALL: [Action; 6] =
        [Action::PostBill, Action::DeleteBill, Action::PostRegisters, Action::DeleteRegisters, Action::CreateReport, Action::KeepEvidence];

    pub fn name(self) -> &'static str {
        match self {
            Action::PostBill => "post-bill",
            Action::DeleteBill => "delete-bill",
            Action::PostRegisters => "post-registers",
            Action::DeleteRegisters => "delete-registers",
            Action::CreateReport => "create-report",
            Action::KeepEvidence => "keep-evidence",
        }
    }

    pub fn service(self) -> Service {
        match self {
            Action::CreateReport => Service::Acronis,
            Action::KeepEvidence => Service::Local,
            Action::PostBill | Action::DeleteBill | Action::PostRegisters | Action::DeleteRegisters => Service::Abiquo,
        }
    }
}

/// What an entry is about: what is done, where, and for which period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    pub action: Action,
    /// The service's address; empty where there is none.
    pub url: String,
    /// The account, as `skubill.toml` calls it.
    pub account: String,
    pub enterprise: Option<u64>,
    pub provider: Option<String>,
    /// A month, `YYYY-MM`, or a day, `YYYY-MM-DD`.
    pub period: String,
}

impl Subject {
    /// Something that is done at Abiquo for an enterprise, under a provider.
    pub fn in_abiquo(action: Action, url: &BaseUrl, account: &str, enterprise: u64, provider: &str, period: &str) -> Self {
        let (enterprise, provider) = (Some(enterprise), Some(provider.to_string()));
        Subject { action, url: url.to_string(), account: account.into(), enterprise, provider, period: period.into() }
    }

    /// The creation of an account's report.
    pub fn report(url: &BaseUrl, account: &str, period: &str) -> Self {
        let action = Action::CreateReport;
        Subject { action, url: url.to_string(), account: account.into(), enterprise: None, provider: None, period: period.into() }
    }
}

impl Subject {
    /// What is kept of a run.
    pub fn evidence(account: &str, provider: &str, period: &str) -> Self {
        let (action, provider) = (Action::KeepEvidence, Some(provider.to_string()));
        Subject { action, url: String::new(), account: account.into(), enterprise: None, provider, period: period.into() }
    }
}

/// What came of an intent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Done, and seen: of a posting, Abiquo was seen to hold it.
    Posted,
    /// The service answered with a success, and was not seen to hold it. Leaves the intent open.
    Accepted,
    /// It was there before: nothing was sent.
    AlreadyThere,
    /// The service said no: it had no effect.
    Refused,
    /// The answer was lost, and looking it up has proved nothing yet. Leaves the intent open.
    Unknown,
    /// The answer was lost; it was looked up, is there, and is ours.
    Adopted,
    Deleted,
    /// It was looked up and is not there: it had no effect.
    NotThere,
}

impl Outcome {
    const ALL: [Outcome; 8] = [
        Outcome::Posted,
        Outcome::Accepted,
        Outcome::AlreadyThere,
        Outcome::Refused,
        Outcome::Unknown,
        Outcome::Adopted,
        Outcome::Deleted,
        Outcome::NotThere,
    ];

    /// Whether an intent with this outcome is still to be looked up.
    pub fn is_open(self) -> bool {
        matches!(self, Outcome::Unknown | Outcome::Accepted)
    }

    /// Whether the service holds what was posted.
    pub fn stands(self) -> bool {
        matches!(self, Outcome::Posted | Outcome::Adopted | Outcome::AlreadyThere)
    }

    pub fn name(self) -> &'static str {
        match self {
            Outcome::Posted => "posted",
            Outcome::Accepted => "accepted",
            Outcome::AlreadyThere => "already-there",
            Outcome::Refused => "refused",
            Outcome::Unknown => "unknown",
            Outcome::Adopted => "adopted",
            Outcome::Deleted => "deleted",
            Outcome::NotThere => "not-there",
        }
    }
}

/// What a service answered, or what looking it up has shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub outcome: Outcome,
    /// The HTTP status, where there was an answer.
    pub status: Option<u16>,
    /// What the service calls what was made, such as the id of a report.
    pub reference: Option<String>,
    /// A few words, without secrets.
    pub detail: Option<String>,
}

/// The longest detail that is kept, in characters.
const DETAIL_CHARS_MAX: usize = 500;

impl Answer {
    pub fn new(outcome: Outcome) -> Self {
        Answer { outcome, status: None, reference: None, detail: None }
    }

    pub fn status(self, status: u16) -> Self {
        Answer { status: Some(status), ..self }
    }

    pub fn reference(self, reference: impl Into<String>) -> Self {
        Answer { reference: Some(reference.into()), ..self }
    }

    /// On one line, and cut where it is long.
    pub fn detail(self, detail: &str) -> Self {
        Answer { detail: Some(skubill_services::http::one_line(detail).chars().take(DETAIL_CHARS_MAX).collect()), ..self }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EntryKind {
    /// About to be sent, with a payload of this SHA-256.
    Intent { payload: Option<Hash> },
    /// What came of an intent.
    Answer { to: EntryId, answer: Answer },
    /// What a run was made of is kept: its folder in `runs` of the state directory, and the SHA-256 of its manifest,
    /// which is the entry's payload.
    Evidence { folder: String, manifest: Hash },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub id: EntryId,
    pub time: Timestamp,
    pub subject: Subject,
    pub step: EntryKind,
    pub hash: Hash,
}

impl Entry {
    /// Whether this is the answer that makes an intent's outcome known.
    pub fn settles(&self, intent: EntryId) -> bool {
        matches!(&self.step, EntryKind::Answer { to, answer } if *to == intent && !answer.outcome.is_open())
    }
}

const INTENT: &str = "intent";
const ANSWER: &str = "answer";
const EVIDENCE: &str = "evidence";

/// An entry as the table has it.
pub struct Columns {
    sequence: i64,
    time: String,
    step: String,
    service: String,
    url: String,
    action: String,
    account: String,
    enterprise: Option<String>,
    provider: Option<String>,
    period: String,
    payload_sha256: Option<String>,
    answers: Option<i64>,
    outcome: Option<String>,
    status: Option<i64>,
    reference: Option<String>,
    detail: Option<String>,
    hash: String,
}

impl Columns {
    /// Number and hash are given when it is appended.
    fn about(now: Timestamp, subject: &Subject, step: &str) -> Self {
        Columns {
            sequence: 0,
            time: now.to_string(),
            step: step.into(),
            service: subject.action.service().name().into(),
            url: subject.url.clone(),
            action: subject.action.name().into(),
            account: subject.account.clone(),
            enterprise: subject.enterprise.map(|enterprise| enterprise.to_string()),
            provider: subject.provider.clone(),
            period: subject.period.clone(),
            payload_sha256: None,
            answers: None,
            outcome: None,
            status: None,
            reference: None,
            detail: None,
            hash: String::new(),
        }
    }

    pub fn intent(now: Timestamp, subject: &Subject, payload: Option<&Hash>) -> Self {
        Columns { payload_sha256: payload.map(Hash::to_string), ..Columns::about(now, subject, INTENT) }
    }

    pub fn evidence(now: Timestamp, subject: &Subject, folder: &str, manifest: &Hash) -> Self {
        let (payload_sha256, reference) = (Some(manifest.to_string()), Some(folder.to_string()));
        Columns { payload_sha256, reference, ..Columns::about(now, subject, EVIDENCE) }
    }

    /// About what the intent is about.
    pub fn answer(now: Timestamp, intent: &Entry, answer: &Answer) -> Self {
        Columns {
            answers: Some(intent.id.0),
            outcome: Some(answer.outcome.name().into()),
            status: answer.status.map(i64::from),
            reference: answer.reference.clone(),
            detail: answer.detail.clone(),
            ..Columns::about(now, &intent.subject, ANSWER)
        }
    }

    pub fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Columns {
            sequence: row.get(0)?,
            time: row.get(1)?,
            step: row.get(2)?,
            service: row.get(3)?,
            url: row.get(4)?,
            action: row.get(5)?,
            account: row.get(6)?,
            enterprise: row.get(7)?,
            provider: row.get(8)?,
            period: row.get(9)?,
            payload_sha256: row.get(10)?,
            answers: row.get(11)?,
            outcome: row.get(12)?,
            status: row.get(13)?,
            reference: row.get(14)?,
            detail: row.get(15)?,
            hash: row.get(16)?,
        })
    }

    /// What the table takes, but for the hash.
    pub fn values(self, id: EntryId) -> Vec<Value> {
        let text = |text: Option<String>| text.map_or(Value::Null, Value::Text);
        let integer = |number: Option<i64>| number.map_or(Value::Null, Value::Integer);
        vec![
            Value::Integer(id.0),
            Value::Text(self.time),
            Value::Text(self.step),
            Value::Text(self.service),
            Value::Text(self.url),
            Value::Text(self.action),
            Value::Text(self.account),
            text(self.enterprise),
            text(self.provider),
            Value::Text(self.period),
            text(self.payload_sha256),
            integer(self.answers),
            text(self.outcome),
            integer(self.status),
            text(self.reference),
            text(self.detail),
        ]
    }
}

impl TryFrom<Columns> for Entry {
    type Error = Error;

    /// Only what this program wrote can be read: anything else was changed by somebody.
    fn try_from(columns: Columns) -> Result<Entry, Error> {
        let id = EntryId(columns.sequence);
        let wrong = |column: &str, found: &str| Error::Broken { entry: id, why: format!("{} is no {column}", quoted(found)) };
        let action = Action::ALL.into_iter().find(|action| action.name() == columns.action);
        let enterprise = columns.enterprise.map(|text| text.parse().map_err(|_| wrong("enterprise", &text))).transpose()?;
        let subject = Subject {
            action: action.ok_or_else(|| wrong("action", &columns.action))?,
            url: columns.url,
            account: columns.account,
            enterprise,
            provider: columns.provider,
            period: columns.period,
        };
        let step = match (columns.step.as_str(), columns.answers, columns.outcome) {
            (INTENT, None, None) => {
                let payload = columns.payload_sha256.map(|text| text.parse().map_err(|_| wrong("payload_sha256", &text)));
                EntryKind::Intent { payload: payload.transpose()? }
            }
            (ANSWER, Some(to), Some(outcome)) => {
                let outcome = Outcome::ALL.into_iter().find(|known| known.name() == outcome).ok_or_else(|| wrong("outcome", &outcome))?;
                let status = columns.status.map(|status| u16::try_from(status).map_err(|_| wrong("status", &status.to_string())));
                let answer = Answer { outcome, status: status.transpose()?, reference: columns.reference, detail: columns.detail };
                EntryKind::Answer { to: EntryId(to), answer }
            }
            (EVIDENCE, None, None) => {
                let (folder, manifest) = (columns.reference.unwrap_or_default(), columns.payload_sha256.unwrap_or_default());
                EntryKind::Evidence { manifest: manifest.parse().map_err(|_| wrong("payload_sha256", &manifest))?, folder }
            }
            (step, ..) => return Err(wrong("step", step)),
        };
        let time = columns.time.parse().map_err(|_| wrong("time", &columns.time))?;
        Ok(Entry { id, time, subject, step, hash: columns.hash.parse().map_err(|_| wrong("hash", &columns.hash))? })
    }
}
