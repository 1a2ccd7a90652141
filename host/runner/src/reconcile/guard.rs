//! What stands before every write.

use std::sync::PoisonError;

use jiff::SignedDuration;
use jiff::tz::TimeZone;

use super::accept::{ENTERPRISE_NAME, MISSING_IN_ABIQUO, NEW_PROVIDER, accepts};
use super::compare::View;
use super::error::Error;
use super::gate::Gate;
use super::status::PostingStatus;
use super::target::Target;
use super::witness::Witness;
use skubill_services::abiquo::{self, Client, Registers, Writes, check_provider};
use skubill_services::text::same;

/// How far a service's clock may be from this machine's: five minutes, what Kerberos and most who sign requests allow.
/// Beyond it, nothing that is decided by the time of day (a month that is over, a post that has settled) is to be relied on.
pub const CLOCK_SKEW_MAX: SignedDuration = SignedDuration::from_mins(5);

/// That every guard has let one write pass. Whoever holds it may send; only [`Gate`] makes one.
pub struct Cleared(());

impl Cleared {
    /// The writes of a client. Nothing else of this crate, or of the command line, reaches them.
    pub(super) fn writes<'a>(&self, client: &'a Client) -> Writes<'a> {
        client.unguarded()
    }
}

impl Gate<'_> {
    /// Every guard, before a post or before the deletion that makes room for one; or the status of what is in the way.
    pub(super) async fn clear(&self, target: &Target<'_>, view: &View) -> Result<Result<Cleared, PostingStatus>, Error> {
        let accept = &self.policy.accept;
        if !target.held.is_empty() {
            return Ok(Err(PostingStatus::Held { codes: target.held.to_vec() }));
        }
        if !view.missing.is_empty() && !accepts(accept, MISSING_IN_ABIQUO, target.enterprise) {
            return Ok(Err(PostingStatus::MissingInAbiquo { periods: view.missing.clone() }));
        }
        if let Some(status) = &view.other_enterprise {
            return Ok(Err(status.clone()));
        }
        let excesses: Vec<_> = view.excesses.iter().filter(|excess| !accepts(accept, &excess.code, target.enterprise)).cloned().collect();
        if !excesses.is_empty() {
            return Ok(Err(PostingStatus::OutOfBounds { excesses }));
        }
        let new_provider = self.provider_is_new(target.enterprise).await?;
        if self.policy.dry_run {
            return Ok(Err(PostingStatus::DryRun));
        }
        if new_provider {
            return Ok(Err(PostingStatus::NewProvider));
        }
        if view.outdated {
            let reason = "Abiquo's cost records of this period have changed since the cost was computed from them; run again".to_string();
            return Ok(Err(PostingStatus::Failed { reason }));
        }
        Ok(self.clear_write())
    }

    /// The guards that are about the run, and not about one posting.
    pub(super) fn clear_write(&self) -> Result<Cleared, PostingStatus> {
        if let Err(refused) = check_provider(self.provider) {
            return Err(PostingStatus::Failed { reason: refused.to_string() });
        }
        if let Err(reason) = self.clocks_agree() {
            self.end(reason.clone());
            return Err(PostingStatus::Failed { reason });
        }
        if self.policy.stop.is_asked() {
            return Err(PostingStatus::Stopped);
        }
        Ok(Cleared(()))
    }

    /// Whether a first post would make a provider that Abiquo does not list. Its dashboard shows no last bills of any
    /// provider until the new one is configured there. Asked once.
    async fn provider_is_new(&self, enterprise: u64) -> Result<bool, Error> {
        if accepts(&self.policy.accept, NEW_PROVIDER, self.provider) {
            return Ok(false);
        }
        let asked = self.state.new_provider.get_or_try_init(async || {
            let listed = self.client.providers(enterprise).await?;
            Ok::<_, Error>(!listed.iter().any(|name| name == self.provider))
        });
        Ok(*asked.await?)
    }

    /// Ask Abiquo for an enterprise: its links are followed from here on, and its name has to be what the customers file
    /// calls it, for a number that is one off is another customer's. Where no name is to be compared, a user who may not
    /// see enterprises goes on with the addresses that are documented.
    pub(super) async fn enterprise(&self, target: &Target<'_>) -> Result<Option<PostingStatus>, Error> {
        let named = !accepts(&self.policy.accept, ENTERPRISE_NAME, target.enterprise);
        let names: &[&str] = if named { &target.names } else { &[] };
        let found = match self.enterprise_name(target.enterprise).await {
            Err(error) if names.is_empty() && error.is_hidden() => return Ok(None),
            found => found?,
        };
        let other = names.iter().find(|name| !same(name, &found));
        Ok(other.map(|name| PostingStatus::WrongEnterprise { customers_file: (*name).to_string(), abiquo: found }))
    }

    /// What Abiquo calls an enterprise; asked once.
    async fn enterprise_name(&self, id: u64) -> Result<String, abiquo::Error> {
        let known = || self.state.names.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(name) = known().get(&id) {
            return Ok(name.clone());
        }
        let found = self.client.enterprise(id).await?;
        known().insert(id, found.name.clone());
        Ok(found.name)
    }

    /// The registers that stand for an enterprise, by which the cost of a day is computed; or why they are not known.
    pub async fn registers(&self, enterprise: u64) -> Result<Registers, PostingStatus> {
        if let Some(reason) = self.ended() {
            return Err(PostingStatus::NotTried { reason });
        }
        let found = async {
            match self.enterprise_name(enterprise).await {
                Err(error) if !error.is_hidden() => return Err(error),
                _ => {}
            }
            self.client.find_registers(enterprise, self.provider).await
        };
        found.await.map_err(|error| match error.proves_nothing() {
            true => PostingStatus::unproven(&error),
            false => self.failed(&error.into()),
        })
    }

    /// Whether the services say that it is the day that this machine says it is, and that what is billed is over.
    fn clocks_agree(&self) -> Result<(), String> {
        for Witness { service, skew } in &self.witnesses {
            let Some(ahead) = skew.ahead() else { continue };
            let theirs = self.http.now().checked_add(ahead).map(|now| now.to_zoned(TimeZone::UTC).date());
            if let (Some(last), Ok(today)) = (self.policy.over, theirs)
                && today <= last
            {
                return Err(format!("nothing was sent: by the clock of {service} it is {today}, and {last} is not over"));
            }
            if ahead.abs() > CLOCK_SKEW_MAX {
                let side = if ahead.is_positive() { "ahead of" } else { "behind" };
                return Err(format!(
                    "nothing was sent: the clock of {service} is {} s {side} this machine's, and {} s are allowed; set this machine's clock by a time server",
                    ahead.abs().as_secs(),
                    CLOCK_SKEW_MAX.as_secs()
                ));
            }
        }
        Ok(())
    }
}
