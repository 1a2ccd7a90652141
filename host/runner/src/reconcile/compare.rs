//! A posting and what Abiquo holds: looked up here, compared by the component.

use jiff::tz::TimeZone;

use super::accept::{TENANT_MOVED, accepts};
use super::error::Error;
use super::found::Found;
use super::gate::Gate;
use super::open::Resolved;
use super::status::PostingStatus;
use super::target::{Kind, PLAIN, Target, day_of, days_of, month_before, month_of};
use crate::config::Bounds;
use skubill::answer::{Approximation, Compared, Difference, Excess};
use skubill::bill::{self, Biller};
use skubill::code::ENTERPRISE_GONE;
use skubill::job::{self, Comparison, HeldLine};
use skubill::outcome::PostingCategory;
use skubill::word::DifferenceKind;
use skubill_services::abiquo::{Bill, BillingPeriod, PostingHeader, format_date};
use skubill_services::text::quoted;

/// What Abiquo was seen to hold in a posting's place.
pub(super) struct Seen {
    pub found: Found,
    pub approximations: Vec<Approximation>,
    pub lines: Vec<Bill>,
}

/// What a look-up has shown, and what stands against writing.
#[derive(Clone)]
pub(super) struct View {
    /// Those in the posting's place; of registers all of the period.
    pub lines: Vec<Bill>,
    pub found: Found,
    pub approximations: Vec<Approximation>,
    /// How the posting is unlike that of the month before.
    pub excesses: Vec<Excess>,
    /// The enterprise is another than the customers file says.
    pub other_enterprise: Option<PostingStatus>,
    /// Periods that the list shows, as the journal names them.
    pub shown: Vec<String>,
    /// Periods that the journal has as posted, and the list does not show.
    pub missing: Vec<String>,
    /// Of cost records: what stands is not what the cost was computed from.
    pub outdated: bool,
}

/// Bounds of a posting that has none of its own.
const UNBOUNDED: Bounds = Bounds::NONE;

/// Whether bounds make sense, before there is anything to compare.
pub(crate) fn check_bounds(biller: &Biller, bounds: &Bounds) -> Result<(), Error> {
    let usage = skubill::outcome::PostingCharge { usage_type: PLAIN.into(), usage_name: PLAIN.into(), price: "0".into() };
    let posting = vec![PostingCategory { category: PLAIN.into(), total: String::new(), usages: vec![usage] }];
    let comparison =
        Comparison { period: "2000-01".into(), currency: "EUR".into(), posting, bounds: Some(bounds.into()), ..Comparison::default() };
    ask(biller, &comparison).map(drop)
}

fn ask(biller: &Biller, comparison: &Comparison) -> Result<Compared, Error> {
    let comparison = serde_json::to_string(comparison).map_err(bill::Error::Answer)?;
    Ok(serde_json::from_str(&biller.compare(&comparison)?).map_err(bill::Error::Answer)?)
}

impl From<&Bounds> for job::Bounds {
    fn from(bounds: &Bounds) -> Self {
        job::Bounds { times: bounds.times.clone(), lines: bounds.lines }
    }
}

/// The month that a comparison is about: the posting's own where its period is one. Of another period all lines are
/// given the same month, and the instants are compared here.
struct Periods {
    month: String,
    own: Option<BillingPeriod>,
}

/// Any month: first and last day.
const ANY: (&str, &str, &str) = ("2000-01", "2000-01-01", "2000-01-31");

impl Periods {
    fn of(period: &BillingPeriod) -> Periods {
        let name = month_of(period);
        match name.len() == ANY.0.len() {
            true => Periods { month: name, own: None },
            false => Periods { month: ANY.0.into(), own: Some(*period) },
        }
    }

    fn line(&self, bill: &Bill) -> HeldLine {
        let date = |instant: Option<jiff::Timestamp>| instant.map_or_else(|| "unknown".to_string(), format_date);
        let (period_start, period_end) = match self.own {
            Some(_) => (ANY.1.to_string(), ANY.2.to_string()),
            None => (date(bill.period_start), date(bill.period_end)),
        };
        HeldLine {
            category: bill.category.as_deref().unwrap_or(PLAIN).into(),
            usage_type: bill.usage_type.as_deref().unwrap_or(PLAIN).into(),
            price: bill.price.as_deref().unwrap_or("none").into(),
            currency: bill.currency.clone().unwrap_or_default(),
            period_start,
            period_end,
        }
    }

    /// Lines of another period, where the component was not told of it.
    fn differences(&self, lines: &[&Bill]) -> Vec<Difference> {
        let Some(own) = self.own else { return Vec::new() };
        let name = |name: &Option<String>| name.clone().unwrap_or_else(|| PLAIN.to_string());
        let other = lines.iter().filter(|bill| bill.period() != Some(own));
        let difference = |bill: &&Bill| Difference {
            kind: DifferenceKind::Period,
            category: name(&bill.category),
            usage_type: name(&bill.usage_type),
            posting: Some(days_of(&own)),
            held: bill.period().map(|period| days_of(&period)),
        };
        other.map(difference).collect()
    }
}

impl Gate<'_> {
    /// Whether what Abiquo holds is a posting.
    pub(super) fn compare(&self, header: &PostingHeader, posting: &[PostingCategory], lines: &[&Bill]) -> Result<Found, Error> {
        Ok(self.compared(header, posting, lines)?.0)
    }

    pub(super) fn compared(
        &self,
        header: &PostingHeader,
        posting: &[PostingCategory],
        lines: &[&Bill],
    ) -> Result<(Found, Vec<Approximation>), Error> {
        let periods = Periods::of(&header.period);
        let held = lines.iter().map(|bill| periods.line(bill)).collect();
        let comparison = Comparison {
            period: periods.month.clone(),
            currency: header.currency.clone(),
            posting: posting.to_vec(),
            held,
            bounds: Some((&UNBOUNDED).into()),
            ..Comparison::default()
        };
        let Compared { absent, equal, mut differences, approximations, .. } = ask(self.biller, &comparison)?;
        differences.extend(periods.differences(lines));
        let found = match (absent, equal && differences.is_empty()) {
            (true, _) => Found::Nothing,
            (false, true) => Found::Equal,
            (false, false) => Found::Another(differences),
        };
        Ok((found, approximations))
    }

    /// What stands in a posting's place, and what stands against writing it.
    pub(super) async fn look(&self, target: &Target<'_>) -> Result<View, Error> {
        let other_enterprise = self.enterprise(target).await?;
        let all = self.standing(target).await?;
        let ours: Vec<&Bill> = in_place(target, &all);
        let (found, approximations) = self.compared(target.header, &target.content.lines(), &ours)?;
        let shown: Vec<String> = match target.kind {
            Kind::Bill => ours.iter().map(|_| target.period_name()).collect(),
            Kind::Registers => all.iter().filter_map(|line| line.date.map(day_of)).collect(),
        };
        let outdated = target.based_on.is_some_and(|based_on| !same(based_on, &all));
        let excesses = match target.kind {
            Kind::Bill => self.excesses(target, &all)?.into_iter().chain(self.moved_tenants(target)?).collect(),
            Kind::Registers => Vec::new(),
        };
        // Of registers all days are kept: what is open is looked up among them.
        let lines = if target.kind == Kind::Registers { all } else { ours.into_iter().cloned().collect() };
        Ok(View { lines, found, approximations, excesses, other_enterprise, shown, missing: Vec::new(), outdated })
    }

    /// What the journal has as posted, and Abiquo does not show.
    pub(super) fn missing(&self, target: &Target<'_>, view: &View, resolved: &Resolved) -> Result<Vec<String>, Error> {
        let gone = |period: &String| !view.shown.contains(period) && !resolved.deleted.contains(period);
        Ok(self.posted_periods(target)?.into_iter().filter(gone).collect())
    }

    /// What stands in a posting's place alone, after it was sent.
    pub(super) async fn look_again(&self, target: &Target<'_>) -> Result<Seen, Error> {
        let all = self.standing(target).await?;
        let ours = in_place(target, &all);
        let (found, approximations) = self.compared(target.header, &target.content.lines(), &ours)?;
        Ok(Seen { found, approximations, lines: ours.into_iter().cloned().collect() })
    }

    /// Bills of the period and the month before; registers of all days.
    async fn standing(&self, target: &Target<'_>) -> Result<Vec<Bill>, Error> {
        let PostingHeader { provider, period, .. } = target.header;
        match target.kind {
            Kind::Bill => {
                let both = BillingPeriod { start: target.before()?.start, end: period.end };
                Ok(self.client.find_bills(target.enterprise, provider, &both).await?)
            }
            Kind::Registers => Ok(self.client.find_registers(target.enterprise, provider).await?.ours),
        }
    }

    /// How a bill is unlike that of the month before.
    fn excesses(&self, target: &Target<'_>, bills: &[Bill]) -> Result<Vec<Excess>, Error> {
        let before = target.before()?;
        // Another kind of period may begin within the month before its own.
        let of_before = bills.iter().filter(|bill| overlaps(bill, &before) && !overlaps(bill, &target.header.period));
        let previous_tenants = match target.tenants {
            Some(_) => self.tenants_before(target, &month_of(&before))?,
            None => Vec::new(),
        };
        let comparison = Comparison {
            period: Periods::of(&target.header.period).month,
            currency: target.header.currency.clone(),
            posting: target.content.lines(),
            tenants: target.tenants.unwrap_or_default().to_vec(),
            held: Vec::new(),
            previous: of_before.map(|bill| Periods::of(&before).line(bill)).collect(),
            previous_tenants,
            bounds: Some(target.bounds.unwrap_or(&UNBOUNDED).into()),
        };
        Ok(ask(self.biller, &comparison)?.excesses)
    }

    /// Tenants that are billed for this period under another enterprise already.
    fn moved_tenants(&self, target: &Target<'_>) -> Result<Vec<Excess>, Error> {
        let excess = |(tenant, enterprise): (String, u64)| Excess {
            code: TENANT_MOVED.into(),
            message: format!("{} is billed for this period under enterprise {enterprise} already", quoted(&tenant)),
            tenant_id: Some(tenant),
        };
        Ok(self.billed_elsewhere(target)?.into_iter().map(excess).collect())
    }

    /// Whether an enterprise without a usage line was billed for the month before: a status, unless somebody has accepted
    /// that, or it was not.
    pub async fn gone(&self, target: &Target<'_>) -> Option<PostingStatus> {
        if self.ended().is_some() {
            return None;
        }
        let Some(looked) = self.policy.stop.interrupts(self.gone_excesses(target)).await else {
            return Some(PostingStatus::Stopped);
        };
        let excesses = match looked {
            Ok(excesses) => excesses,
            Err(error) => {
                self.note(&error);
                let reason = format!("whether it was billed for the month before is not known: {error}");
                return Some(PostingStatus::Failed { reason });
            }
        };
        let excesses: Vec<_> =
            excesses.into_iter().filter(|excess| !accepts(&self.policy.accept, &excess.code, target.enterprise)).collect();
        (!excesses.is_empty()).then_some(PostingStatus::OutOfBounds { excesses })
    }

    async fn gone_excesses(&self, target: &Target<'_>) -> Result<Vec<Excess>, Error> {
        let before = month_before(&target.header.period)?;
        let bills = self.client.find_bills(target.enterprise, &target.header.provider, &before).await?;
        let mut excesses = self.excesses(target, &bills)?;
        if !self.posted_periods(target)?.is_empty() {
            let message = "its bill of this period stands, and the enterprise has no usage line now".to_string();
            excesses.push(Excess { code: ENTERPRISE_GONE.into(), message, tenant_id: None });
        }
        Ok(excesses)
    }
}

/// The lines in whose place a posting is to stand: bills that share a second of its period, registers of its instant.
pub(super) fn in_place<'a>(target: &Target<'_>, all: &'a [Bill]) -> Vec<&'a Bill> {
    let ours = |bill: &&Bill| match target.kind {
        Kind::Bill => overlaps(bill, &target.header.period),
        Kind::Registers => bill.date == Some(target.header.date),
    };
    all.iter().filter(ours).collect()
}

fn overlaps(bill: &Bill, period: &BillingPeriod) -> bool {
    bill.period().is_some_and(|its| its.overlaps(period))
}

/// Whether two readings of a list show the same entries, in whatever order.
fn same(one: &[Bill], other: &[Bill]) -> bool {
    one.len() == other.len() && one.iter().all(|line| other.contains(line))
}

impl Target<'_> {
    /// The last day of its period, UTC.
    pub fn last_day(&self) -> jiff::civil::Date {
        self.header.period.end.to_zoned(TimeZone::UTC).date()
    }
}
