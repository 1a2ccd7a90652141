//! What makes an input unreadable. All faults are collected, never only the first.

use skubill_contract::refusal;

pub use refusal::Fault;
pub use skubill_contract::call::Input;

/// Where in an input a fault is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Place {
    /// The data record, from 1 without the header.
    pub row: Option<u64>,
    /// A column, a key, or a path such as `prices[3].tiers[0].up_to`.
    pub column: Option<String>,
}

impl Place {
    /// The input as a whole.
    pub fn whole() -> Self {
        Place::default()
    }

    /// A data record.
    pub fn row(row: u64) -> Self {
        Place { row: Some(row), column: None }
    }

    /// A column, a key or a path.
    pub fn column(column: impl Into<String>) -> Self {
        Place { row: None, column: Some(column.into()) }
    }

    /// A cell of a data record.
    pub fn cell(row: u64, column: impl Into<String>) -> Self {
        Place { row: Some(row), column: Some(column.into()) }
    }
}

/// The faults of one input or of several: the first few, and how many there were.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Faults {
    /// The first faults, in the order of reading.
    pub list: Vec<Fault>,
    /// How many faults there are, listed or not.
    pub count: u64,
    keep: usize,
}

impl Faults {
    /// No fault yet; `keep` is how many are listed.
    pub fn new(keep: u64) -> Self {
        Faults { list: Vec::new(), count: 0, keep: usize::try_from(keep).unwrap_or(usize::MAX) }
    }

    /// Whether there is no fault.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Add a fault; past the limit it is counted alone.
    pub fn add(&mut self, input: Input, place: Place, found: impl Into<String>, expected: impl Into<String>) {
        self.count += 1;
        if self.list.len() < self.keep {
            let (found, expected) = (found.into(), expected.into());
            self.list.push(Fault { input, row: place.row, column: place.column, found, expected });
        }
    }

    /// Append what another input has.
    pub fn append(&mut self, other: Faults) {
        self.count += other.count;
        let room = self.keep.saturating_sub(self.list.len());
        self.list.extend(other.list.into_iter().take(room));
    }
}

/// Why there is no answer, with the faults as they are collected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// Inputs that cannot be read, or that break a limit.
    Faults(Faults),
    /// An invalid job.
    Job(String),
    /// Calls out of order.
    Order(String),
}

impl Refusal {
    /// A job whose key has an invalid value: `key` is its path, `expected` completes "… is not".
    pub fn invalid(key: &str, found: &str, expected: &str) -> Refusal {
        Refusal::Job(format!("{key}: {} is not {expected}", shown(found)))
    }
}

impl From<&Refusal> for refusal::Refusal {
    fn from(refusal: &Refusal) -> Self {
        match refusal {
            Refusal::Faults(Faults { list, count, .. }) => refusal::Refusal::Faults { faults: list.clone(), fault_count: *count },
            Refusal::Job(job) => refusal::Refusal::Job { job: job.clone() },
            Refusal::Order(order) => refusal::Refusal::Order { order: order.clone() },
        }
    }
}

/// The longest piece of an input that a message repeats, in characters.
const SHOWN_CHARS_MAX: usize = 80;

/// A value as it was found, shortened where it is long.
pub fn raw(value: &str) -> String {
    match value.char_indices().nth(SHOWN_CHARS_MAX) {
        Some((end, _)) => format!("{}… ({} bytes)", &value[..end], value.len()),
        None if value.is_empty() => "\"\"".into(),
        None => value.into(),
    }
}

/// A value as a message shows it: quoted, and shortened where it is long.
pub fn shown(value: &str) -> String {
    let start: String = value.chars().take(SHOWN_CHARS_MAX).collect();
    if start.len() < value.len() { format!("\"{start}…\" ({} bytes)", value.len()) } else { format!("\"{value}\"") }
}
