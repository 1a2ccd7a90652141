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
mod guard;
mod open;
mod removal;
mod send;
mod status;
mod stop;
mod target;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::OnceCell;

use crate::config::Bounds;
use crate::journal::{self, Answer, EntryId, Journal};
use skubill::bill::{self, Biller};
use skubill_services::abiquo::{self, Bill, Client};
use skubill_services::http::{self, Http, POSTING_TIME_MAX, Scope};

pub(crate) use accept::of_bills;
pub use accept::{BOUNDS, ENTERPRISE_NAME, MISSING_IN_ABIQUO, NEW_PROVIDER};
pub(crate) use compare::check_bounds;
pub use guard::{CLOCK_SKEW_MAX, Cleared, Witness};
pub use removal::{Removal, Removed};
pub use skubill::answer::{Approximation, Difference, Excess};
pub use status::{FailureClass, PostingStatus};
pub use stop::Stop;
pub use target::{Content, Kind, Target};

/// How long a post whose answer was lost may take to take effect, unless `settle_seconds` says otherwise: five minutes.
/// Proxies and servers give a request up after one or two; a queue behind them may hold it somewhat longer.
pub const SETTLE: Duration = Duration::from_secs(300);

/// The longest that `settle_seconds` may ask for: a day, after which the daily record would wait for itself.
pub const SETTLE_MAX: Duration = Duration::from_secs(86_400);

/// Why nothing came of an attempt, where no status says it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Abiquo(#[from] abiquo::Error),
    #[error(transparent)]
    Http(#[from] http::Error),
    #[error(transparent)]
    Bill(#[from] bill::Error),
    #[error(transparent)]
    Journal(#[from] journal::Error),
}

/// What holds for all postings of a run.
#[derive(Debug, Clone)]
pub struct Policy {
    /// What is let pass, each `CODE` or `CODE:SUBJECT`.
    pub accept: Vec<String>,
    /// Look up, but write nothing.
    pub dry_run: bool,
    /// Where Abiquo holds another bill, delete it and post this one.
    pub replace: bool,
    /// How long after it was sent a post whose answer was lost may still take effect.
    pub settle: Duration,
    /// How long one posting may take, from its first look-up to its confirmation.
    pub posting: Duration,
    /// The last day of what is billed: no write before it is over, by the services' clocks too.
    pub over: Option<jiff::civil::Date>,
    pub stop: Stop,
}

impl Default for Policy {
    fn default() -> Policy {
        let (accept, stop) = (Vec::new(), Stop::default());
        Policy { accept, dry_run: false, replace: false, settle: SETTLE, posting: POSTING_TIME_MAX, over: None, stop }
    }
}

/// The gate before one Abiquo, under one provider: every write passes through it.
pub struct Gate<'a> {
    pub biller: &'a Biller,
    pub journal: &'a Journal,
    /// The clock.
    pub http: &'a Http,
    pub client: &'a Client,
    pub provider: &'a str,
    /// The services' clocks.
    pub witnesses: Vec<Witness>,
    pub policy: Policy,
    state: Arc<State>,
}

/// What is known once it was asked for.
#[derive(Default)]
struct State {
    /// Whether Abiquo does not list the provider.
    new_provider: OnceCell<bool>,
    /// What Abiquo calls the enterprises that it was asked for.
    names: Mutex<BTreeMap<u64, String>>,
    /// Why nothing more is tried at this Abiquo.
    ended: Mutex<Option<String>>,
}

/// What became of a posting, and what was seen of it.
#[derive(Debug)]
pub struct Reconciled {
    pub status: PostingStatus,
    /// The lines that Abiquo holds in its place, as they were last seen.
    pub lines: Vec<Bill>,
    /// Lines that Abiquo holds with the noise of a binary fraction: equal, and said.
    pub approximations: Vec<Approximation>,
    /// The HTTP status of a post that was accepted.
    pub http_status: Option<u16>,
}

impl Reconciled {
    fn of(status: PostingStatus) -> Reconciled {
        Reconciled { status, lines: Vec::new(), approximations: Vec::new(), http_status: None }
    }
}

impl<'a> Gate<'a> {
    pub fn new(
        (biller, journal, http): (&'a Biller, &'a Journal, &'a Http),
        client: &'a Client,
        provider: &'a str,
        witnesses: Vec<Witness>,
        policy: Policy,
    ) -> Gate<'a> {
        Gate { biller, journal, http, client, provider, witnesses, policy, state: Arc::default() }
    }

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
        let view = match self.look(target).await {
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

    /// Whether Abiquo does not list the provider, and nobody has accepted that. False before it was asked.
    pub fn is_new_provider(&self) -> bool {
        self.state.new_provider.get().copied().unwrap_or_default()
    }

    /// Why nothing more is tried at this Abiquo, if so.
    pub fn ended(&self) -> Option<String> {
        self.state.ended.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What is true of the service, and not of one enterprise, ends it for all.
    fn end(&self, reason: String) {
        self.state.ended.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(reason);
    }

    fn note(&self, error: &Error) {
        if let Error::Abiquo(refused) = error
            && refused.is_of_the_service()
        {
            self.end(refused.to_string());
        }
    }

    fn failed(&self, error: &Error) -> PostingStatus {
        self.note(error);
        PostingStatus::Failed { reason: error.to_string() }
    }

    fn answer(&self, intent: EntryId, answer: Answer) -> Result<EntryId, Error> {
        Ok(self.journal.answer(self.http.now(), intent, &answer)?)
    }
}

/// Where judging a look-up ends.
enum Step {
    /// Nothing is written.
    Ends(PostingStatus),
    /// Something was.
    Sends(Reconciled),
}

/// What Abiquo holds in a posting's place.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Found {
    Nothing,
    Equal,
    Another(Vec<Difference>),
}

/// What a look-up has shown, and what stands against writing.
#[derive(Clone)]
struct View {
    /// Those in the posting's place; of registers all of the period.
    lines: Vec<Bill>,
    found: Found,
    approximations: Vec<Approximation>,
    /// How the posting is unlike that of the month before.
    excesses: Vec<Excess>,
    /// The enterprise is another than the customers file says.
    other_enterprise: Option<PostingStatus>,
    /// Periods that the list shows, as the journal names them.
    shown: Vec<String>,
    /// Periods that the journal has as posted, and the list does not show.
    missing: Vec<String>,
    /// Of cost records: what stands is not what the cost was computed from.
    outdated: bool,
}

/// Bounds of a posting that has none of its own.
const UNBOUNDED: Bounds = Bounds::NONE;
