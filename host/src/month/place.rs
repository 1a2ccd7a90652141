//! Writing to Abiquo, once: what is there is looked up before anything is sent and after any answer that
//! was lost, and each step is on the record before it is taken.
//!
//! ```text
//! look up ──► the same: done · another: blocked, or replaced · nothing: intend ──► send ──► answer
//!                                                                              lost: look up ──► answer
//! ```

use serde::{Deserialize, Serialize};

use super::fate::{Difference, Excess, Fate};
use super::{Error, Turn};
use crate::abiquo::{self, Bill, Deleted, Posted, PostingHeader, format_date};
use crate::bill::{self, Biller};
use crate::config::Bounds;
use crate::journal::{Answer, EntryId, Outcome, Subject};
use crate::outcome::PostingCategory;
use jiff::tz::TimeZone;

/// What Abiquo holds in a posting's place.
pub(super) enum Found {
    /// Nothing; what a posting would go beyond if it were sent.
    Nothing(Vec<Excess>),
    TheSame,
    Another(Vec<Difference>),
}

impl Found {
    /// What it says of an intent whose answer was lost.
    pub(super) fn outcome(&self) -> Outcome {
        match self {
            Found::TheSame => Outcome::Adopted,
            Found::Nothing(_) | Found::Another(_) => Outcome::NotThere,
        }
    }
}

/// Something that is to stand in Abiquo, and how to look, send and remove.
pub(super) trait Place: Sync {
    fn subject(&self) -> &Subject;
    /// What is sent, as it is kept on the record.
    fn payload(&self) -> Result<Vec<u8>, Error>;
    fn look_up(&self) -> impl Future<Output = Result<Found, Error>> + Send;
    fn send(&self) -> impl Future<Output = Result<Posted, abiquo::Error>> + Send;
    /// What removes whatever stands there, where that can be done without taking more.
    fn removal(&self) -> Option<&Subject>;
    fn remove(&self) -> impl Future<Output = Result<Deleted, abiquo::Error>> + Send;
}

/// What else keeps a first post back.
#[derive(Default)]
pub(super) struct Hindrance {
    pub new_provider: bool,
    /// The enterprise is another than the customers file says.
    pub stranger: Option<Fate>,
}

impl Turn<'_> {
    /// See to it that a posting stands in its place, or say why it does not.
    pub(super) async fn settle(&self, place: &impl Place, hindrance: Hindrance) -> Fate {
        if self.run.stop.is_asked() {
            return Fate::Stopped;
        }
        self.settled(place, hindrance).await.unwrap_or_else(|error| Fate::Failed { reason: error.to_string() })
    }

    async fn settled(&self, place: &impl Place, hindrance: Hindrance) -> Result<Fate, Error> {
        let mut open = self.journal.open_intents(place.subject())?;
        if let Some(removal) = place.removal() {
            open.extend(self.journal.open_intents(removal)?);
        }
        let found = match place.look_up().await {
            // Nothing was sent by this run; what an earlier one sent is still not known.
            Err(lost) if !open.is_empty() => return Ok(never_answered(&lost)),
            found => found?,
        };
        if !self.run.dry_run {
            for intent in open {
                let deleted =
                    place.removal().is_some_and(|removal| removal.action == intent.subject.action) && matches!(found, Found::Nothing(_));
                self.answer(intent.id, Answer::new(if deleted { Outcome::Deleted } else { found.outcome() }))?;
            }
        }
        match found {
            Found::TheSame => Ok(Fate::AlreadyThere),
            Found::Another(differences) if self.run.replace && !self.run.dry_run => self.replace(place, differences).await,
            Found::Another(differences) => Ok(Fate::Different { differences }),
            Found::Nothing(excesses) => match hindrance {
                Hindrance { stranger: Some(stranger), .. } => Ok(stranger),
                _ if !excesses.is_empty() => Ok(Fate::OutOfBounds { excesses }),
                _ if self.run.dry_run => Ok(Fate::DryRun),
                Hindrance { new_provider: true, .. } => Ok(Fate::NewProvider),
                _ => self.send(place).await,
            },
        }
    }

    async fn send(&self, place: &impl Place) -> Result<Fate, Error> {
        let intent = self.journal.intend(self.run.http.now(), place.subject(), Some(&place.payload()?))?;
        let error = match place.send().await {
            Ok(posted) => return Ok(self.on_record(intent, Answer::new(Outcome::Posted).status(posted.status), Fate::Posted)),
            Err(error) => error,
        };
        if !error.is_unknown() && !error.is_already_there() {
            let answer = Answer::new(Outcome::Refused).detail(&error.to_string());
            return Ok(self.on_record(intent, answer, Fate::Failed { reason: error.to_string() }));
        }
        // The answer was lost, or says that something is there: only looking tells.
        match place.look_up().await {
            Ok(found) => {
                let answer = Answer::new(found.outcome()).detail(&error.to_string());
                let fate = match found {
                    Found::TheSame => Fate::Posted,
                    Found::Another(differences) => Fate::Different { differences },
                    Found::Nothing(_) => Fate::Failed { reason: format!("{error}; it was looked up and is not there") },
                };
                Ok(self.on_record(intent, answer, fate))
            }
            Err(lost) => {
                let fate = Fate::Unknown { reason: format!("{error}; looking it up failed too: {lost}") };
                Ok(self.on_record(intent, Answer::new(Outcome::Unknown).detail(&error.to_string()), fate))
            }
        }
    }

    /// Delete what stands there, and post. Dying in between leaves nothing in the place: the next run, with or
    /// without a wish to replace, posts.
    async fn replace(&self, place: &impl Place, differences: Vec<Difference>) -> Result<Fate, Error> {
        let Some(removal) = place.removal() else {
            return Ok(Fate::Different { differences });
        };
        let removed = serde_json::to_vec(&differences).map_err(bill::Error::Answer)?;
        let intent = self.journal.intend(self.run.http.now(), removal, Some(&removed))?;
        match place.remove().await {
            Ok(_) => self.answer(intent, Answer::new(Outcome::Deleted))?,
            Err(error) if !error.is_unknown() => {
                let answer = Answer::new(Outcome::Refused).detail(&error.to_string());
                let reason = format!("what stands there could not be deleted: {error}");
                return Ok(self.on_record(intent, answer, Fate::Failed { reason }));
            }
            // Looked up below: what is gone was deleted.
            Err(_) => intent,
        };
        match place.look_up().await {
            Ok(Found::Nothing(_)) => {
                self.settle_open(intent, Outcome::Deleted)?;
                Ok(match self.send(place).await? {
                    Fate::Posted => Fate::Replaced { differences },
                    fate => fate,
                })
            }
            Ok(_) => {
                self.settle_open(intent, Outcome::NotThere)?;
                Ok(Fate::Different { differences })
            }
            Err(lost) => Ok(Fate::Unknown { reason: format!("whether it was deleted is not known; looking it up failed: {lost}") }),
        }
    }

    /// Answer an intent that may have been answered already.
    fn settle_open(&self, intent: EntryId, outcome: Outcome) -> Result<(), Error> {
        match self.answer(intent, Answer::new(outcome)) {
            Err(Error::Journal(crate::journal::Error::Settled(_))) => Ok(()),
            answered => answered.map(drop),
        }
    }

    /// What came of it is written down. Where it cannot be, the next run looks it up: that is said, too.
    fn on_record(&self, intent: EntryId, answer: Answer, fate: Fate) -> Fate {
        match self.answer(intent, answer) {
            Ok(_) => fate,
            Err(error) => {
                let what = serde_json::to_value(&fate).ok().and_then(|fate| fate["fate"].as_str().map(str::to_string));
                Fate::Failed { reason: format!("{}, but not written down; the next run looks it up: {error}", what.unwrap_or_default()) }
            }
        }
    }
}

/// What an earlier run sent is not known, nor can it be looked up.
pub(super) fn never_answered(lost: &Error) -> Fate {
    Fate::Unknown { reason: format!("what an earlier run sent was never answered; looking it up failed: {lost}") }
}

/// What the component is asked: the contract's `compare`.
#[derive(Serialize)]
struct Comparison<'a> {
    period: &'a str,
    currency: &'a str,
    posting: &'a [PostingCategory],
    tenants: &'a [String],
    held: Vec<HeldLine<'a>>,
    previous: Vec<HeldLine<'a>>,
    previous_tenants: &'a [String],
    bounds: &'a Bounds,
}

#[derive(Serialize)]
struct HeldLine<'a> {
    category: &'a str,
    usage_type: &'a str,
    price: &'a str,
    currency: &'a str,
    period_start: String,
    period_end: String,
}

#[derive(Deserialize)]
struct Compared {
    absent: bool,
    equal: bool,
    differences: Vec<Difference>,
    excesses: Vec<Excess>,
}

/// Whether bounds make sense, before there is anything to compare.
pub(super) fn check_bounds(biller: &Biller, bounds: &Bounds) -> Result<(), Error> {
    let (period, currency) = ("2000-01", "EUR");
    let (held, previous) = (Vec::new(), Vec::new());
    let comparison = Comparison { period, currency, posting: &[], tenants: &[], held, previous, previous_tenants: &[], bounds };
    let comparison = serde_json::to_string(&comparison).map_err(bill::Error::Answer)?;
    Ok(biller.compare(&comparison).map(drop)?)
}

/// A posting, and the tenants whose usage it is.
#[derive(Clone, Copy)]
pub(super) struct PostingLines<'a> {
    pub categories: &'a [PostingCategory],
    pub tenants: &'a [String],
}

/// What was billed for the period before: the lines that Abiquo holds, and the tenants as the journal has them.
pub(super) struct Previous<'a> {
    pub bills: Vec<&'a Bill>,
    pub tenants: &'a [String],
}

/// Whether what Abiquo holds is a posting, as the component compares them; and where nothing is held, what the
/// posting goes beyond, beside what was held for the period before.
pub(super) fn judge<'a>(
    biller: &Biller,
    header: &PostingHeader,
    posting: PostingLines<'_>,
    held: impl Iterator<Item = &'a Bill>,
    previous: &Previous<'_>,
    bounds: &Bounds,
) -> Result<Found, Error> {
    let period = header.period.start.to_zoned(TimeZone::UTC).strftime("%Y-%m").to_string();
    let comparison = Comparison {
        period: &period,
        currency: &header.currency,
        posting: posting.categories,
        tenants: posting.tenants,
        held: held.map(held_line).collect(),
        previous: previous.bills.iter().map(|bill| held_line(bill)).collect(),
        previous_tenants: previous.tenants,
        bounds,
    };
    let comparison = serde_json::to_string(&comparison).map_err(bill::Error::Answer)?;
    let compared: Compared = serde_json::from_str(&biller.compare(&comparison)?).map_err(bill::Error::Answer)?;
    Ok(match compared {
        Compared { absent: true, excesses, .. } => Found::Nothing(excesses),
        Compared { equal: true, .. } => Found::TheSame,
        Compared { differences, .. } => Found::Another(differences),
    })
}

fn held_line(bill: &Bill) -> HeldLine<'_> {
    let date = |instant: Option<jiff::Timestamp>| instant.map_or_else(|| "unknown".to_string(), format_date);
    HeldLine {
        category: bill.category.as_deref().unwrap_or_default(),
        usage_type: bill.usage_type.as_deref().unwrap_or_default(),
        price: bill.price.as_deref().unwrap_or("none"),
        currency: bill.currency.as_deref().unwrap_or_default(),
        period_start: date(bill.period_start),
        period_end: date(bill.period_end),
    }
}
