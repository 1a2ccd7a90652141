//! What must hold whatever has happened.

use std::collections::BTreeMap;
use std::sync::Arc;

use skubill_runner::journal::{EntryKind, Journal};
use skubill_runner::month::PostingStatus;

use super::fault::Fortune;
use super::net::{Net, Place};
use super::play::{Became, Ended, process};
use super::story::Step;
use crate::stage::lines;

/// Where July's bills begin.
const JULY: &str = "2021/07/01 00:00:00 +0000";

type Line = [String; 5];

/// What Abiquo holds: the lines of each place, in an order of their own.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Held(BTreeMap<Place, Vec<Line>>);

impl Held {
    pub fn of(net: &Net) -> Held {
        let mut held: BTreeMap<Place, Vec<Line>> = BTreeMap::new();
        for (account, (_, abiquo)) in net.twins.iter().enumerate() {
            for (rows, registers) in [(abiquo.bills(), false), (abiquo.registers(), true)] {
                // July's bills stand before all of it.
                for row in rows.iter().filter(|row| row["billingPeriodStartDate"] != JULY) {
                    let (enterprise, [category, usage_type, usage_name, price]) = lines(std::slice::from_ref(row)).remove(0);
                    // A bill is dated by its report, which may be another one; a register by its day.
                    let date = if registers { row["date"].as_str().unwrap_or_default().to_string() } else { String::new() };
                    held.entry((account, enterprise, registers)).or_default().push([date, category, usage_type, usage_name, price]);
                }
            }
        }
        held.values_mut().for_each(|lines| lines.sort());
        Held(held)
    }

    /// Without one line.
    #[must_use]
    pub fn without_a_line(mut self) -> Held {
        if let Some(lines) = self.0.values_mut().next() {
            lines.pop();
        }
        self
    }
}

/// What Abiquo holds after each step where nothing ever goes wrong.
pub struct Reference(pub Vec<Held>);

impl Reference {
    pub fn is(&self, step: usize, held: &Held) -> Result<(), String> {
        let expected = &self.0[step];
        if held == expected { Ok(()) } else { Err(format!("Abiquo holds {held:#?}\ninstead of {expected:#?}")) }
    }
}

/// Nothing is half-posted: each place is as it was before the step, as it will be after it, or empty.
pub fn between(net: &Net, held: &Held, reference: &Reference, step: usize) -> Result<(), String> {
    let before = step.checked_sub(1).map(|step| &reference.0[step]);
    let told = net.told();
    // Where other amounts are stored than were posted, a person has to look.
    for (place, lines) in held.0.iter().filter(|(place, _)| !told.tampered.contains(*place)) {
        let is = |other: &Held| other.0.get(place) == Some(lines);
        if !is(&reference.0[step]) && !before.is_some_and(is) {
            return Err(format!("{place:?} is half-posted: {lines:?}"));
        }
    }
    Ok(())
}

/// What is called posted is there: exactly what is there where nothing ever goes wrong.
pub fn seen(became: &[Became], held: &Held, reference: &Reference, step: usize) -> Result<(), String> {
    let says_so =
        |status: &PostingStatus| matches!(status, PostingStatus::Posted | PostingStatus::Replaced { .. } | PostingStatus::AlreadyThere);
    for Became { place, status } in became.iter().filter(|became| says_so(&became.status)) {
        let (there, right) = (held.0.get(place), reference.0[step].0.get(place));
        if there != right {
            return Err(format!("{place:?} is called {status:?}, and Abiquo holds {there:?} instead of {right:?}"));
        }
    }
    Ok(())
}

/// The journal holds, and still has what it had when the last process ended.
pub fn journal(net: &Net) -> Result<(), String> {
    let state = net.told().disk.state();
    if !state.join(skubill_runner::journal::FILE).exists() {
        return Ok(());
    }
    let journal = Journal::open(&state).map_err(|error| format!("the journal cannot be opened: {error}"))?;
    let mut told = net.told();
    let verified = journal.verify(told.head.as_ref()).map_err(|error| format!("the journal does not verify: {error}"))?;
    told.head = Some(verified.head);
    Ok(())
}

/// Once a step is done: every intent is settled, and no write was sent again unseen.
pub fn after(net: &Net, step: Step) -> Result<(), String> {
    let told = net.told();
    if let Some(violation) = told.watch.violations.first() {
        return Err(violation.clone());
    }
    let entries = Journal::open(&told.disk.state()).and_then(|journal| journal.entries()).map_err(|error| error.to_string())?;
    let open = entries
        .iter()
        .find(|intent| matches!(intent.step, EntryKind::Intent { .. }) && !entries.iter().any(|entry| entry.settles(intent.id)));
    match open {
        Some(intent) => Err(format!("{step:?} is done, and an intent is open: {intent:?}")),
        None => Ok(()),
    }
}

/// What is done is done: another run of the same step writes nothing.
pub fn nothing_more(net: &Arc<Net>, step: Step) -> Result<(), String> {
    let count = |net: &Net| {
        let entries = Journal::open(&net.told().disk.state()).and_then(|journal| journal.entries()).unwrap_or_default();
        // What a run was made of is kept of each; that is no write.
        let entries = entries.iter().filter(|entry| !matches!(entry.step, EntryKind::Evidence { .. })).count();
        (net.told().watch.writes, entries)
    };
    let before = count(net);
    let (ended, _) = process(net, step, Fortune::Fair);
    let after = count(net);
    if matches!(ended, Ended::Done) && before == after {
        return Ok(());
    }
    Err(format!("{step:?} done again ended as {ended:?}, with {after:?} writes and entries after {before:?}"))
}
