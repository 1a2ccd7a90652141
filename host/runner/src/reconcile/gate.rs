//! The gate: what every posting to one Abiquo needs, and what is known of that Abiquo.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use tokio::sync::OnceCell;

use super::error::Error;
use super::status::PostingStatus;
use super::stop::Stop;
use super::witness::Witness;
use crate::config::SETTLE;
use crate::journal::{Answer, EntryId, Journal};
use skubill::bill::Biller;
use skubill_services::abiquo::Client;
use skubill_services::http::{Http, POSTING_TIME_MAX};

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
    pub(super) state: Arc<State>,
}

/// What is known once it was asked for.
#[derive(Default)]
pub(super) struct State {
    /// Whether Abiquo does not list the provider.
    pub(super) new_provider: OnceCell<bool>,
    /// What Abiquo calls the enterprises that it was asked for.
    pub(super) names: Mutex<BTreeMap<u64, String>>,
    /// Tenants of the bills of a period that the journal has as posted, with their enterprises.
    pub(super) billed_tenants: OnceLock<BTreeMap<String, BTreeSet<u64>>>,
    /// Why nothing more is tried at this Abiquo.
    pub(super) ended: Mutex<Option<String>>,
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

    /// Whether Abiquo does not list the provider, and nobody has accepted that. False before it was asked.
    pub fn is_new_provider(&self) -> bool {
        self.state.new_provider.get().copied().unwrap_or_default()
    }

    /// Why nothing more is tried at this Abiquo, if so.
    pub fn ended(&self) -> Option<String> {
        self.state.ended.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What is true of the service, and not of one enterprise, ends it for all.
    pub(super) fn end(&self, reason: String) {
        self.state.ended.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(reason);
    }

    pub(super) fn note(&self, error: &Error) {
        if let Error::Abiquo(refused) = error
            && refused.is_of_the_service()
        {
            self.end(refused.to_string());
        }
    }

    pub(super) fn failed(&self, error: &Error) -> PostingStatus {
        self.note(error);
        PostingStatus::Failed { reason: error.to_string() }
    }

    pub(super) fn answer(&self, intent: EntryId, answer: Answer) -> Result<EntryId, Error> {
        Ok(self.journal.answer(self.http.now(), intent, &answer)?)
    }
}
