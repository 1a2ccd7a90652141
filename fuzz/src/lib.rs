//! Laws of arbitrary bytes: what holds for whatever a report, a book, a job or an answer may be. Each is
//! a function of bytes alone, and panics where it is broken. `fuzz/README.md` says who calls them.

#![forbid(unsafe_code)]

/// Abiquo's answers.
pub mod abiquo;
/// Acronis' answers.
pub mod acronis;
/// A customers file.
pub mod customers;
/// A compressed report.
pub mod gzip;
/// A job of any call.
pub mod job;
/// A price book.
pub mod prices;
/// A usage report, CSV or JSON.
pub mod report;

/// The month that surrounds the one input that is made of arbitrary bytes.
mod month;
/// What a line costs, worked out once more by other means.
mod oracle;
/// Inputs written again by what was read of them.
mod print;
/// A run of the component's crate.
mod run;
/// A service that answers with arbitrary bytes.
mod service;
/// What holds for every bill.
mod sums;

/// What became of the bytes: a law that only ever sees the one or the other says little.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    Accepted,
    Refused,
}

impl Fate {
    fn accepted(accepted: bool) -> Fate {
        if accepted { Fate::Accepted } else { Fate::Refused }
    }
}

/// A law of any bytes.
pub type Law = fn(&[u8]) -> Fate;

/// Every law, by the name of its target and of its folder in `fuzz/corpus`.
pub const LAWS: [(&str, Law); 7] = [
    ("abiquo", abiquo::law),
    ("acronis", acronis::law),
    ("customers", customers::law),
    ("gzip", gzip::law),
    ("job", job::law),
    ("prices", prices::law),
    ("report", report::law),
];
