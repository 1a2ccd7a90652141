//! Sending, once, and confirming.

use super::compare::Seen;
use super::error::Error;
use super::found::Found;
use super::gate::Gate;
use super::guard::Cleared;
use super::reconciled::Reconciled;
use super::status::PostingStatus;
use super::target::{Content, Kind, Target};
use crate::journal::{Answer, EntryId, Outcome};
use skubill::answer::Difference;
use skubill::bill;
use skubill_services::abiquo::{self, Bill, NewBill, NewRegister, Posted};

impl Gate<'_> {
    /// Intend, send, confirm.
    pub(super) async fn send(&self, target: &Target<'_>, cleared: &Cleared) -> Result<Reconciled, Error> {
        let sent = self.http.now();
        let intent = self.journal.intend(sent, &target.subject(), Some(&target.payload()?))?;
        let error = match self.post(target, cleared).await {
            Ok(posted) => return Ok(self.confirm(target, intent, posted).await),
            Err(error) => error,
        };
        if !error.is_unknown() && !error.is_already_there() {
            if error.is_of_the_service() {
                self.end(error.to_string());
            }
            let answer = Answer::new(Outcome::Refused).detail(&error.to_string());
            return Ok(Reconciled::of(self.on_record(intent, answer, PostingStatus::Failed { reason: error.to_string() })));
        }
        // The answer was lost, or says that something is there: only looking tells.
        let Seen { found, approximations, lines } = match self.look_again(target).await {
            Ok(seen) => seen,
            Err(lost) => {
                let status = PostingStatus::Unknown { reason: format!("{error}; looking it up failed too: {lost}") };
                return Ok(Reconciled::of(self.on_record(intent, Answer::new(Outcome::Unknown).detail(&error.to_string()), status)));
            }
        };
        // A refusal had no effect; a post without an answer may have one yet, also beside what is there.
        let open = if error.is_unknown() { Outcome::Unknown } else { Outcome::Refused };
        let (outcome, status) = match found {
            Found::Equal => (Outcome::Adopted, PostingStatus::Posted),
            Found::Another(_) if error.is_unknown() => {
                let again = self.settle_time(sent);
                let reason = format!("{error}; Abiquo holds something else, and this may still take effect: a run after {again} goes on");
                (open, PostingStatus::Unknown { reason })
            }
            Found::Another(differences) => (open, PostingStatus::Different { differences }),
            Found::Nothing if error.is_unknown() => {
                let again = self.settle_time(sent);
                let reason = format!("{error}; it was looked up and is not there, but may still take effect: a run after {again} goes on");
                (open, PostingStatus::Unknown { reason })
            }
            Found::Nothing => (open, PostingStatus::Failed { reason: format!("{error}; it was looked up and is not there") }),
        };
        let status = self.on_record(intent, Answer::new(outcome).detail(&error.to_string()), status);
        Ok(Reconciled { lines, approximations, ..Reconciled::of(status) })
    }

    async fn post(&self, target: &Target<'_>, cleared: &Cleared) -> Result<Posted, abiquo::Error> {
        let Target { enterprise, header, .. } = *target;
        let writes = cleared.writes(self.client);
        match (target.kind, &target.content) {
            (Kind::Bill, Content::Categories { categories, .. }) => writes.post_bill_by_categories(enterprise, header, categories).await,
            (Kind::Bill, Content::Plain { price, .. }) => {
                let bill = NewBill { header: header.clone(), price: price.unwrap_or_default().to_string() };
                writes.post_bill(enterprise, &bill).await
            }
            (Kind::Registers, Content::Categories { categories, estimated }) => {
                writes.post_registers_by_categories(enterprise, header, *estimated, categories).await
            }
            (Kind::Registers, Content::Plain { price, estimated }) => {
                let [price, estimated] = [price, estimated].map(|amount| amount.map(str::to_string));
                writes.post_register(enterprise, &NewRegister { header: header.clone(), price, estimated }).await
            }
        }
    }

    /// It was accepted. It is posted once Abiquo was seen to hold it: by the lines of its answer, or by a look-up.
    async fn confirm(&self, target: &Target<'_>, intent: EntryId, posted: Posted) -> Reconciled {
        let Posted { status: http_status, bills, unread } = posted;
        let seen = |status, lines| Reconciled { lines, http_status: Some(http_status), ..Reconciled::of(status) };
        let dated = |bill: &Bill| target.kind == Kind::Bill || bill.date.is_none_or(|date| date == target.header.date);
        let ours = |bill: &&Bill| bill.is_of(target.enterprise, &target.header.provider) && dated(bill);
        let told: Vec<&Bill> = bills.iter().filter(ours).collect();
        let told = self.compared(target.header, &target.content.lines(), &told);
        if let Ok((Found::Equal, approximations)) = told {
            let status = self.on_record(intent, Answer::new(Outcome::Posted).status(http_status), PostingStatus::Posted);
            return Reconciled { approximations, ..seen(status, bills) };
        }
        let accepted = |why: &str| Answer::new(Outcome::Accepted).status(http_status).detail(why);
        let unread = unread.map(|body| format!(", with an answer that cannot be read ({body})")).unwrap_or_default();
        let was_accepted = format!("it was accepted ({http_status}){unread}");
        let (looked_up, lines, reason, differences) = match self.look_again(target).await {
            Ok(Seen { found: Found::Equal, approximations, lines }) => {
                let status = self.on_record(intent, Answer::new(Outcome::Posted).status(http_status), PostingStatus::Posted);
                return Reconciled { approximations, ..seen(status, lines) };
            }
            Ok(Seen { found: Found::Another(differences), lines, .. }) => {
                (true, lines, format!("{was_accepted}, and Abiquo holds something else"), differences)
            }
            Ok(Seen { found: Found::Nothing, lines, .. }) => {
                (true, lines, format!("{was_accepted}, and Abiquo shows nothing of it"), Vec::new())
            }
            Err(lost) => (false, Vec::new(), format!("{was_accepted}; looking it up failed: {lost}"), Vec::new()),
        };
        let status = PostingStatus::NotConfirmed { reason: reason.clone(), looked_up, differences };
        seen(self.on_record(intent, accepted(&reason), status), lines)
    }

    /// Delete what stands there, and post. Dying in between leaves nothing in the place: the next run, with or without a
    /// wish to replace, posts.
    pub(super) async fn replace(&self, target: &Target<'_>, cleared: &Cleared, differences: &[Difference]) -> Result<Reconciled, Error> {
        let removed = serde_json::to_vec(differences).map_err(bill::Error::Answer)?;
        let intent = self.journal.intend(self.http.now(), &target.removal(), Some(&removed))?;
        let start = target.header.period.start;
        let lost = match cleared.writes(self.client).delete_bills(target.enterprise, start, &target.header.provider).await {
            Ok(_) => None,
            Err(error) if error.is_unknown() => Some(error),
            Err(error) => {
                if error.is_of_the_service() {
                    self.end(error.to_string());
                }
                let answer = Answer::new(Outcome::Refused).detail(&error.to_string());
                let reason = format!("what stands there could not be deleted: {error}");
                return Ok(Reconciled::of(self.on_record(intent, answer, PostingStatus::Failed { reason })));
            }
        };
        let open = Answer::new(if lost.is_some() { Outcome::Unknown } else { Outcome::Accepted });
        match self.look_again(target).await {
            Ok(Seen { found: Found::Nothing, .. }) => {
                self.answer(intent, Answer::new(Outcome::Deleted))?;
                let mut sent = self.send(target, cleared).await?;
                if sent.status == PostingStatus::Posted {
                    sent.status = PostingStatus::Replaced { differences: differences.to_vec() };
                }
                Ok(sent)
            }
            Ok(Seen { lines, .. }) => {
                let said = lost.map_or_else(|| "Abiquo says that it deleted what stands there".to_string(), |lost| lost.to_string());
                let reason = format!("{said}; it was looked up and is still there, and may go yet: nothing was posted");
                let status = PostingStatus::Unknown { reason };
                Ok(Reconciled { lines, ..Reconciled::of(self.on_record(intent, open, status)) })
            }
            Err(lost) => {
                let reason = format!("whether it was deleted is not known; looking it up failed: {lost}");
                Ok(Reconciled::of(self.on_record(intent, open, PostingStatus::Unknown { reason })))
            }
        }
    }

    /// What came of it is written down. Where it cannot be, the next run looks it up: that is said, too.
    pub(super) fn on_record(&self, intent: EntryId, answer: Answer, status: PostingStatus) -> PostingStatus {
        match self.answer(intent, answer) {
            Ok(_) => status,
            Err(error) => {
                let unwritten = format!("not written down; the next run looks it up: {error}");
                if let PostingStatus::Unknown { reason } = status {
                    return PostingStatus::Unknown { reason: format!("{reason}; {unwritten}") };
                }
                let what = serde_json::to_value(&status).ok().and_then(|status| status["fate"].as_str().map(str::to_string));
                PostingStatus::Failed { reason: format!("{}, but {unwritten}", what.unwrap_or_default()) }
            }
        }
    }
}
