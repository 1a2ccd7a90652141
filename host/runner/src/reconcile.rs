//! Writing to Abiquo: the one place that looks up, judges, intends, sends and confirms.
//!
//! ```text
//! look up ──► equal: done · another: blocked, or replaced · nothing: guards ──► intend ──► send ──► confirm
//!    ▲                                                                            lost: look up ──┐  │
//!    └── the next run: what was never answered, or never seen, is looked up first ◄───────────────┴──┘
//! ```
//!
//! # Guarantees
//!
//! * A write needs a [`Cleared`], which only this module makes, once every guard has let the write pass: posts and
//!   deletes, of `run`, `record`, `run --replace` and the single commands alike.
//! * [`PostingStatus::Posted`] is what Abiquo was seen to hold: by the lines of its answer or, where it does not give them
//!   all, by a look-up.
//! * A look-up proves that something is absent only where the list is whole.
//! * What was sent and may still take effect is not sent again before [`Policy::settle`] has passed.
//! * Where the journal has a posting as posted and Abiquo shows nothing, nothing is sent.

mod accept;
mod compare;
mod error;
mod found;
mod gate;
mod guard;
mod open;
mod reconciled;
mod removal;
mod send;
mod status;
mod stop;
mod target;
mod witness;

use std::sync::Arc;

use compare::View;
use found::Found;
use skubill_services::http::Scope;

pub use crate::config::{SETTLE, SETTLE_MAX};
pub(crate) use accept::of_bills;
pub use accept::{BOUNDS, ENTERPRISE_NAME, MISSING_IN_ABIQUO, NEW_PROVIDER};
pub(crate) use compare::check_bounds;
pub use error::Error;
pub use gate::{Gate, Policy};
pub use guard::{CLOCK_SKEW_MAX, Cleared};
pub use reconciled::Reconciled;
pub use removal::{Removal, Removed};
pub use skubill::answer::{Approximation, Difference, Excess};
pub use status::{FailureClass, PostingStatus};
pub use stop::Stop;
pub use target::{Content, Kind, Target};
pub(crate) use target::{month_before, month_of};
pub use witness::Witness;

impl Gate<'_> {
    /// See to it that a posting stands in its place, or say why it does not.
    pub async fn reconcile(&self, target: &Target<'_>) -> Reconciled {
        if self.policy.stop.is_asked() {
            return Reconciled::of(PostingStatus::Stopped);
        }
        if let Some(reason) = self.ended() {
            return Reconciled::of(PostingStatus::NotTried { reason });
        }
        match self.attempt(target).await {
            Ok(reconciled) => reconciled,
            Err(error) => Reconciled::of(self.failed(&error)),
        }
    }

    /// The same for a single posting, whose errors are told as they are.
    pub async fn attempt(&self, target: &Target<'_>) -> Result<Reconciled, Error> {
        let client = self.client.within(Scope::Posting, self.policy.posting);
        let (witnesses, policy, state) = (self.witnesses.clone(), self.policy.clone(), Arc::clone(&self.state));
        let Gate { biller, journal, http, provider, .. } = *self;
        Gate { biller, journal, http, client: &client, provider, witnesses, policy, state }.within_its_time(target).await
    }

    /// An attempt by a client that has the posting's deadline.
    async fn within_its_time(&self, target: &Target<'_>) -> Result<Reconciled, Error> {
        let open = self.open(target)?;
        if !target.held.is_empty() && open.is_empty() {
            return Ok(Reconciled::of(PostingStatus::Held { codes: target.held.to_vec() }));
        }
        // What has settled is judged by the time before the look-up: what took effect later is not seen by it.
        let now = self.http.now();
        let Some(looked) = self.policy.stop.interrupts(self.look(target)).await else {
            return Ok(Reconciled::of(PostingStatus::Stopped));
        };
        let view = match looked {
            // Nothing was sent by this run; what an earlier one sent is still not known.
            Err(lost) if !open.is_empty() => {
                self.note(&lost);
                return Ok(Reconciled::of(PostingStatus::never_answered(&lost)));
            }
            Err(Error::Abiquo(lost)) if lost.proves_nothing() => return Ok(Reconciled::of(PostingStatus::unproven(&lost))),
            view => view?,
        };
        let resolved = self.resolve(target, &open, &view.lines, now)?;
        let missing = self.missing(target, &view, &resolved)?;
        Ok(match self.judged(target, &View { missing, ..view.clone() }, resolved.in_the_way()).await? {
            Step::Ends(status) => {
                let lines = compare::in_place(target, &view.lines).into_iter().cloned().collect();
                Reconciled { lines, approximations: view.approximations, ..Reconciled::of(status) }
            }
            Step::Sends(reconciled) => reconciled,
        })
    }

    /// What a look-up leads to.
    async fn judged(&self, target: &Target<'_>, view: &View, waiting: Option<PostingStatus>) -> Result<Step, Error> {
        let ends = |status| Ok(Step::Ends(status));
        let held = (!target.held.is_empty()).then(|| PostingStatus::Held { codes: target.held.to_vec() });
        if let Some(idle) = held.or_else(|| target.idle.clone()) {
            return ends(waiting.unwrap_or(idle));
        }
        match (&view.found, waiting) {
            // Whatever is still under way may undo it, or stand beside it.
            (_, Some(waiting)) => ends(waiting),
            (Found::Equal, None) => ends(PostingStatus::AlreadyThere),
            (Found::Another(differences), None) if !self.policy.replace || self.policy.dry_run || target.kind == Kind::Registers => {
                ends(PostingStatus::Different { differences: differences.clone() })
            }
            (Found::Another(differences), None) => match self.clear(target, view).await? {
                Ok(cleared) => Ok(Step::Sends(self.replace(target, &cleared, differences).await?)),
                Err(status) => ends(status),
            },
            (Found::Nothing, None) => match self.clear(target, view).await? {
                Ok(cleared) => Ok(Step::Sends(self.send(target, &cleared).await?)),
                Err(status) => ends(status),
            },
        }
    }
}

/// Where judging a look-up ends.
enum Step {
    /// Nothing is written.
    Ends(PostingStatus),
    /// Something was.
    Sends(Reconciled),
}
