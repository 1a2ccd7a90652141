//! A run: what it is made of.

use jiff::civil::Date;

use super::error::Error;
use crate::config::Config;
use crate::journal::{Hash, Journal};
use crate::reconcile::{Policy, Stop};
use skubill::bill::Biller;
use skubill_services::acronis::WaitPolicy;
use skubill_services::http::{Http, Options};

/// A month to be run: configuration, component, network.
#[derive(Clone)]
pub struct BillingRun {
    pub(super) config: Config,
    pub(super) biller: Biller,
    pub(super) http: Http,
    pub(super) wait: WaitPolicy,
    /// Findings to let pass, `CODE` or `CODE:SUBJECT`.
    pub accept: Vec<String>,
    /// Bill and look up, but post nothing.
    pub dry_run: bool,
    /// Where Abiquo holds another bill, delete it and post this one.
    pub replace: bool,
    /// Have a report made also where an earlier run had one made for this period.
    pub new_report: bool,
    /// Ends the run between two steps, once it is asked to.
    pub stop: Stop,
}

impl BillingRun {
    /// The month of a configuration, over the real network.
    pub fn new(config: Config) -> Result<Self, Error> {
        let http = Http::new(&Options { ca_file: config.ca_file.clone(), ..Options::default() })?;
        Self::with(config, Biller::new()?, http, WaitPolicy::default())
    }

    /// The same over a network, a clock and a patience of one's own.
    pub fn with(config: Config, biller: Biller, http: Http, wait: WaitPolicy) -> Result<Self, Error> {
        let (accept, stop) = (Vec::new(), Stop::default());
        Ok(BillingRun { config, biller, http, wait, accept, dry_run: false, replace: false, new_report: false, stop })
    }

    /// The same, with every bill computed on a second engine too, and compared to the byte before anything is
    /// posted.
    pub fn verified(self) -> Result<Self, Error> {
        Ok(BillingRun { biller: self.biller.with_verification()?, ..self })
    }

    /// What holds for all postings of a run whose last day this is.
    pub(super) fn policy(&self, last: Date) -> Policy {
        let (accept, stop) = (self.accept.clone(), self.stop.clone());
        let (settle, posting) = (self.config.settle, self.config.time.posting());
        Policy { accept, dry_run: self.dry_run, replace: self.replace, settle, posting, over: Some(last), stop }
    }

    /// The hash of the journal's last entry, to be kept elsewhere: nothing before it can be changed unseen.
    pub fn journal_head(&self) -> Result<Hash, Error> {
        Ok(Journal::read(&self.config.state)?.head()?)
    }
}
