//! Accounts, a few at once.

use std::pin::Pin;
use std::sync::Arc;

use super::account::AccountRun;
use super::error::Error;
use super::plan::Plan;
use super::result::{AccountResult, ProviderResult};
use super::run::BillingRun;
use crate::config::Account;
use crate::journal::{Journal, PeriodLock};
use crate::progress::{Progress, Step};
use skubill_services::http::Scope;

impl BillingRun {
    /// Do the same for every account, a few at once. `month` is what the account is locked for.
    pub(super) async fn each_account<T: Send + 'static, F>(
        self: Arc<Self>,
        month: String,
        progress: Arc<dyn Progress>,
        story: F,
    ) -> Result<Vec<AccountResult<T>>, Error>
    where
        F: for<'a> Fn(AccountRun<'a>) -> Story<'a, T> + Send + Sync + 'static,
    {
        let plans = self.plan()?;
        let journal = Arc::new(Journal::open(&self.config.state)?);
        // Nothing is written after what was changed.
        journal.verify(None)?;
        crate::evidence::complete(&self.config.state, &journal)?;
        let timed = BillingRun { http: self.http.within(Scope::Run, self.config.time.run()), ..BillingRun::clone(&self) };
        let this = Arc::new(timed);
        let (story, gate) = (Arc::new(story), Arc::new(tokio::sync::Semaphore::new(ACCOUNTS_AT_ONCE)));
        let mut running = Vec::new();
        for (index, plan) in plans.into_iter().enumerate() {
            let (this, progress, story, gate) = (Arc::clone(&this), Arc::clone(&progress), Arc::clone(&story), Arc::clone(&gate));
            let (journal, month) = (Arc::clone(&journal), month.clone());
            running.push(tokio::spawn(async move {
                let account = &this.config.accounts[index];
                // The gate is never closed; without it there would be more at once, not fewer.
                let _turn = gate.acquire().await;
                let tell = |step| progress.step(&account.name, step);
                let result = match this.locked(account, &month, plan) {
                    Ok((plan, _lock)) => story(AccountRun::new(&this, account, &plan, &journal, &tell)).await,
                    Err(error) => Err(error),
                };
                progress.step(&account.name, Step::Finished);
                AccountResult { account: account.name.clone(), result }
            }));
        }
        let mut results = Vec::new();
        for account in running {
            results.push(account.await?);
        }
        Ok(results)
    }

    /// An account's plan, and its lock: another run of the same month, by any process, has to wait.
    fn locked(&self, account: &Account, month: &str, plan: Result<Plan, Error>) -> Result<(Plan, PeriodLock), Error> {
        Ok((plan?, PeriodLock::take(&self.config.state, &format!("{} {month}", account.name))?))
    }
}

/// What is done for an account.
pub(super) type Story<'a, T> = Pin<Box<dyn Future<Output = Result<Vec<ProviderResult<T>>, Error>> + Send + 'a>>;

/// Accounts that are handled at once: each waits for its services most of the time.
const ACCOUNTS_AT_ONCE: usize = 4;
