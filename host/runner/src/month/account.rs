//! One account of a run.

use super::plan::Plan;
use super::run::BillingRun;
use crate::config::Account;
use crate::journal::Journal;
use crate::progress::Step;
use crate::reconcile::Witness;
use skubill_services::http::Http;

/// One account's turn.
pub(super) struct AccountRun<'a> {
    pub(super) run: &'a BillingRun,
    pub(super) account: &'a Account,
    pub(super) plan: &'a Plan,
    pub(super) journal: &'a Journal,
    pub(super) tell: &'a (dyn Fn(Step) + Send + Sync + 'a),
    /// Acronis' network, with an eye on its clock.
    pub(super) acronis: Http,
    pub(super) acronis_clock: Witness,
}

impl<'a> AccountRun<'a> {
    pub(super) fn new(
        run: &'a BillingRun,
        account: &'a Account,
        plan: &'a Plan,
        journal: &'a Journal,
        tell: &'a (dyn Fn(Step) + Send + Sync + 'a),
    ) -> AccountRun<'a> {
        let (acronis, skew) = run.http.watched();
        AccountRun { run, account, plan, journal, tell, acronis, acronis_clock: Witness { service: "Acronis", skew } }
    }
}
