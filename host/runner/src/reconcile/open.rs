//! What earlier runs have left open, and what the journal has as posted.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use super::error::Error;
use super::found::Found;
use super::gate::Gate;
use super::status::PostingStatus;
use super::target::{Kind, Sent, Target, day_of};
use crate::journal::{Action, Answer, Entry, EntryKind, Outcome};
use skubill::answer::Difference;
use skubill_services::abiquo::Bill;

impl Kind {
    fn post(self) -> Action {
        match self {
            Kind::Bill => Action::PostBill,
            Kind::Registers => Action::PostRegisters,
        }
    }

    pub(super) fn delete(self) -> Action {
        match self {
            Kind::Bill => Action::DeleteBill,
            Kind::Registers => Action::DeleteRegisters,
        }
    }
}

impl Gate<'_> {
    /// The journal's entries of a posting and of what stands or falls with it, in their order.
    fn history(&self, target: &Target<'_>, period: &str) -> Result<Vec<Entry>, Error> {
        self.entries(target, Some(target.enterprise), period)
    }

    /// The same of one enterprise, or of all.
    fn entries(&self, target: &Target<'_>, enterprise: Option<u64>, period: &str) -> Result<Vec<Entry>, Error> {
        let url = target.url.to_string();
        let mut entries = Vec::new();
        for action in [target.kind.post(), target.kind.delete()] {
            entries.extend(self.journal.within(action, &url, enterprise, &target.header.provider, period)?);
        }
        // A period of other bounds may begin with the name of a month.
        entries.retain(|entry| target.kind == Kind::Registers || entry.subject.period == period);
        entries.sort_by_key(|entry| entry.id);
        Ok(entries)
    }

    /// Intents whose outcome is not known.
    pub(super) fn open(&self, target: &Target<'_>) -> Result<Vec<Open>, Error> {
        let entries = self.history(target, &target.period_prefix())?;
        let settled = |intent: &Entry| entries.iter().any(|entry| entry.settles(intent.id));
        let open = entries.iter().filter(|entry| matches!(entry.step, EntryKind::Intent { .. }) && !settled(entry));
        let last_word = |intent: &Entry| {
            let answers = entries.iter().filter(|entry| matches!(entry.step, EntryKind::Answer { to, .. } if to == intent.id));
            answers.map(|answer| answer.time).max().unwrap_or(intent.time).max(intent.time)
        };
        Ok(open.map(|intent| Open { sent: last_word(intent), intent: intent.clone() }).collect())
    }

    /// Periods that the journal has as posted: the month, or days of it.
    pub(super) fn posted_periods(&self, target: &Target<'_>) -> Result<BTreeSet<String>, Error> {
        if target.kind == Kind::Registers && self.is_billed(target)? {
            // The bill has taken the place of its cost records.
            return Ok(BTreeSet::new());
        }
        Ok(standing(&self.history(target, &target.period_prefix())?))
    }

    fn is_billed(&self, target: &Target<'_>) -> Result<bool, Error> {
        let bill = Target { kind: Kind::Bill, ..target.clone() };
        Ok(!standing(&self.history(&bill, &bill.period_name())?).is_empty())
    }

    /// The tenants of the bill before, as this journal has it.
    pub(super) fn tenants_before(&self, target: &Target<'_>, month: &str) -> Result<Vec<String>, Error> {
        self.tenants_of(&self.history(target, month)?, target.kind.post())
    }

    /// Enterprises, other than the target's, under which a tenant of the target is billed for the same period, as this
    /// journal has it: posted here as well, it would be billed twice.
    pub(super) fn billed_elsewhere(&self, target: &Target<'_>) -> Result<Vec<(String, u64)>, Error> {
        let billed = match self.state.billed_tenants.get() {
            Some(billed) => billed,
            None => {
                let billed = self.billed_tenants(target)?;
                self.state.billed_tenants.get_or_init(|| billed)
            }
        };
        let elsewhere = |tenant: &String| {
            let enterprises = billed.get(tenant).into_iter().flatten().filter(|enterprise| **enterprise != target.enterprise);
            enterprises.map(|enterprise| (tenant.clone(), *enterprise)).collect::<Vec<_>>()
        };
        Ok(target.tenants.unwrap_or_default().iter().flat_map(elsewhere).collect())
    }

    /// Read once a run: a run bills no tenant twice by itself.
    fn billed_tenants(&self, target: &Target<'_>) -> Result<BTreeMap<String, BTreeSet<u64>>, Error> {
        let mut of_enterprises: BTreeMap<u64, Vec<Entry>> = BTreeMap::new();
        for entry in self.entries(target, None, &target.period_name())? {
            if let Some(enterprise) = entry.subject.enterprise {
                of_enterprises.entry(enterprise).or_default().push(entry);
            }
        }
        let mut billed: BTreeMap<String, BTreeSet<u64>> = BTreeMap::new();
        for (enterprise, entries) in of_enterprises {
            if !standing(&entries).is_empty() {
                for tenant in self.tenants_of(&entries, target.kind.post())? {
                    billed.entry(tenant).or_default().insert(enterprise);
                }
            }
        }
        Ok(billed)
    }

    /// The tenants of the last posting among entries that stands.
    fn tenants_of(&self, entries: &[Entry], post: Action) -> Result<Vec<String>, Error> {
        let stands = |intent: &Entry| {
            entries
                .iter()
                .any(|entry| matches!(&entry.step, EntryKind::Answer { to, answer } if *to == intent.id && answer.outcome.stands()))
        };
        let last = entries.iter().rev().find(|entry| entry.subject.action == post && stands(entry));
        Ok(last.map(|intent| self.sent(intent)).transpose()?.unwrap_or_default().tenants)
    }

    /// What was sent under an intent.
    fn sent(&self, intent: &Entry) -> Result<Sent, Error> {
        let EntryKind::Intent { payload: Some(sha256) } = &intent.step else { return Ok(Sent::default()) };
        let bytes = self.journal.payload(sha256)?.unwrap_or_default();
        Ok(serde_json::from_slice(&bytes).unwrap_or_default())
    }

    /// Answer what a look-up has settled.
    pub(super) fn resolve(&self, target: &Target<'_>, open: &[Open], lines: &[Bill], now: Timestamp) -> Result<Resolved, Error> {
        let mut resolved = Resolved::default();
        for Open { intent, sent } in open {
            let settled = self.has_settled(*sent, now);
            let lines: Vec<&Bill> = of_period(target, lines, &intent.subject.period).collect();
            let outcome = if intent.subject.action == target.kind.delete() {
                // Whatever it was about is gone; or it is there, and may go yet.
                if lines.is_empty() { Some(Outcome::Deleted) } else { settled.then_some(Outcome::NotThere) }
            } else {
                match self.compare(target.header, &self.sent(intent)?.lines(), &lines)? {
                    Found::Equal => Some(Outcome::Adopted),
                    // A bill is compared by itself. A day that holds another cost than was sent counts as recorded, and the
                    // days after it are computed from it: it stays open until somebody has taken it away.
                    Found::Another(differences) if settled && target.kind == Kind::Registers => {
                        resolved.differences.extend(differences);
                        continue;
                    }
                    _ => settled.then_some(Outcome::NotThere),
                }
            };
            if outcome == Some(Outcome::Deleted) {
                resolved.deleted.insert(intent.subject.period.clone());
            }
            match outcome {
                Some(outcome) if !self.policy.dry_run => drop(self.answer(intent.id, Answer::new(outcome))?),
                Some(_) => {}
                None => resolved.waiting = Some(self.may_take_effect(intent, *sent)),
            }
        }
        Ok(resolved)
    }

    /// Whether so much time has passed that what was sent then takes no effect any more.
    fn has_settled(&self, sent: Timestamp, now: Timestamp) -> bool {
        self.settles_at(sent).is_some_and(|at| at <= now)
    }

    fn settles_at(&self, sent: Timestamp) -> Option<Timestamp> {
        let settle = SignedDuration::try_from(self.policy.settle).ok()?;
        sent.checked_add(settle).ok()
    }

    pub(super) fn settle_time(&self, sent: Timestamp) -> String {
        self.settles_at(sent).map_or_else(|| "then".to_string(), |at| format!("{at:.0}"))
    }

    fn may_take_effect(&self, intent: &Entry, sent: Timestamp) -> PostingStatus {
        let what = if matches!(intent.subject.action, Action::PostBill | Action::PostRegisters) { "post" } else { "deletion" };
        PostingStatus::Unknown {
            reason: format!(
                "the {what} of {} that was sent at {:.0} was never confirmed, and may still take effect; a run after {} goes on",
                intent.subject.period,
                intent.time,
                self.settle_time(sent)
            ),
        }
    }
}

/// An intent whose outcome is not known, and the latest moment at which it may have been sent: that of the last word on
/// it. A machine may have slept between the intent and the sending.
pub(super) struct Open {
    pub intent: Entry,
    sent: Timestamp,
}

/// What a look-up has said of open intents.
#[derive(Default)]
pub(super) struct Resolved {
    /// Something may still take effect: nothing is sent until then.
    pub waiting: Option<PostingStatus>,
    /// Lines of cost records that are not what was sent.
    pub differences: Vec<Difference>,
    /// Periods whose deletion has taken effect.
    pub deleted: BTreeSet<String>,
}

impl Resolved {
    /// What of earlier runs keeps everything else from being written.
    pub fn in_the_way(self) -> Option<PostingStatus> {
        let differences = self.differences;
        self.waiting.or_else(|| (!differences.is_empty()).then_some(PostingStatus::Different { differences }))
    }
}

/// Lines of a period as the journal names it: all of a bill's, of registers those of the day.
fn of_period<'a>(target: &Target<'_>, lines: &'a [Bill], period: &str) -> impl Iterator<Item = &'a Bill> {
    let day = (target.kind == Kind::Registers).then(|| period.to_string());
    lines.iter().filter(move |line| day.as_ref().is_none_or(|day| line.date.is_some_and(|date| day_of(date) == *day)))
}

/// Periods of which the last word is that they were posted, and not deleted since.
fn standing(entries: &[Entry]) -> BTreeSet<String> {
    let mut stands = BTreeMap::new();
    for entry in entries {
        let EntryKind::Answer { answer, .. } = &entry.step else { continue };
        match answer.outcome {
            Outcome::Deleted => drop(stands.insert(entry.subject.period.clone(), false)),
            outcome if outcome.stands() => drop(stands.insert(entry.subject.period.clone(), true)),
            _ => {}
        }
    }
    stands.into_iter().filter_map(|(period, stands)| stands.then_some(period)).collect()
}
