//! What is to be done under a seed: a month, a month whose prices are corrected, or days and then their month.

use jiff::civil::{Date, date};
use skubill_runner::config::{AbiquoTarget, Account, Billing, Bounds, Config, PROVIDER, Times};
use skubill_runner::month::PostingStatus;
use skubill_services::abiquo::{Auth, WireProfile};
use skubill_simulators::usage_data::{Growth, UsageData};
use skubill_simulators::{Abiquo, AbiquoConfig, Acronis, AcronisConfig, SimulatedClock};

use super::net::Net;
use super::play::block_on;
use crate::stage::{AUGUST, item, price, usage_of};

/// One thing to do, again and again until it is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// August, as `run` does.
    Month,
    /// August with other prices, as `run --replace` does.
    Corrected,
    /// The same with prices that are ten times as high: July's bills stand before it, and nothing may be deleted.
    Forbidden,
    /// The cost of a day, as `record` does.
    Day(Date),
}

/// What is done, and for how many accounts side by side.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Story {
    pub steps: &'static [Step],
    pub accounts: usize,
    /// Whether Abiquo refuses a second post for one place.
    pub duplicates_refused: bool,
}

const MONTH: &[Step] = &[Step::Month];
const CORRECTED: &[Step] = &[Step::Month, Step::Corrected];
const GUARDED: &[Step] = &[Step::Month, Step::Forbidden];
const DAYS: &[Step] = &[Step::Day(date(2021, 8, 10)), Step::Day(date(2021, 8, 20)), Step::Month];

impl Story {
    pub fn all() -> Vec<Story> {
        [true, false].into_iter().flat_map(Story::with).collect()
    }

    /// Those before an Abiquo that refuses duplicates, or before one that stores them.
    pub fn with(duplicates_refused: bool) -> Vec<Story> {
        let accounts = |steps| [1, 2].map(|accounts| Story { steps, accounts, duplicates_refused });
        [MONTH, CORRECTED, GUARDED, DAYS].into_iter().flat_map(accounts).collect()
    }

    /// Services, clock and network for it.
    pub fn net(&self, seed: u64) -> Net {
        let clock = SimulatedClock::fixed("2021-08-01T00:00:00Z".parse().expect("an instant"));
        let twins = (0..self.accounts).map(|number| {
            let usage = usage(number);
            let acronis = AcronisConfig { clock: clock.clone(), ..AcronisConfig::new(usage.clone()) };
            let mut abiquo = AbiquoConfig { clock: clock.clone(), ..AbiquoConfig::of_month(&usage) };
            abiquo.knobs.duplicates_refused = self.duplicates_refused;
            (Acronis::twin(acronis), Abiquo::twin(abiquo))
        });
        let net = Net::new(seed, twins.collect(), clock.clone(), self.duplicates_refused);
        if self.steps == GUARDED {
            block_on(net.bill_july(&JULY));
        }
        net
    }
}

impl Step {
    /// The morning on which it is first done.
    pub fn morning(self) -> jiff::Timestamp {
        let day = match self {
            Step::Month => date(2021, 9, 1),
            Step::Corrected | Step::Forbidden => date(2021, 9, 2),
            Step::Day(day) => day.tomorrow().expect("another day"),
        };
        day.at(7, 0, 0, 0).to_zoned(jiff::tz::TimeZone::UTC).expect("a morning").timestamp()
    }

    /// The books of this step, and the accounts with them; the state directory is the crash's to name.
    pub fn config(self, net: &Net) -> Config {
        let told = net.told();
        let (folder, state) = (told.disk.folder(), told.disk.state());
        let accounts = net.twins.iter().enumerate().map(|(number, (acronis, abiquo))| {
            let usage = usage(number);
            let prices = usage.price_book();
            let prices = match self {
                Step::Corrected => prices.replace("6.50", "7.00"),
                Step::Forbidden => prices.replace("6.50", "65.00"),
                Step::Month | Step::Day(_) => prices,
            };
            let (prices_file, customers_file) = (format!("prices-{number}.json"), format!("customers-{number}.json"));
            folder.file(&prices_file, prices);
            folder.file(&customers_file, usage.customers());
            let target = AbiquoTarget {
                url: format!("http://abiquo-{number}.test/api"),
                insecure_http: true,
                auth: Auth::Token(abiquo.token().into()),
                version: None,
                wire: WireProfile::default(),
            };
            let billing = Billing {
                prices: folder.path().join(prices_file),
                customers: folder.path().join(customers_file),
                provider: PROVIDER.into(),
                usage_name: None,
                bounds: Bounds::default(),
                abiquo: target,
            };
            Account {
                name: format!("account {number}"),
                url: format!("http://acronis-{number}.test"),
                insecure_http: true,
                client_id: acronis.client_id().into(),
                client_secret: acronis.client_secret().into(),
                tenant_id: None,
                billings: vec![billing],
            }
        });
        let settle = std::time::Duration::from_secs(told.settle);
        Config { state, ca_file: None, settle, time: Times::default(), accounts: accounts.collect() }
    }
}

/// Two enterprises with servers and storage, and a third with servers alone.
fn usage(number: usize) -> UsageData {
    let servers = |count| (item("SRV", false), Growth::Constant(count));
    let prices = vec![price("SRV", "Server", "6.50"), price("MBX", "Mailbox", "0.35")];
    let mut usage = usage_of(7 + number as u64, AUGUST, &[servers(2), servers(3), servers(5)], prices);
    for tenant in [1, 2] {
        usage.add_usage(tenant, item("MBX", false), None, Growth::Constant(11));
    }
    usage
}

/// The enterprises that July's bills are of; each is 20.00, so that August is neither three times as much nor a third.
const JULY: [u64; 3] = [11, 12, 13];

impl Step {
    /// Whether a posting is where it should be after this step.
    pub fn is_done(self, status: &PostingStatus) -> bool {
        match status {
            PostingStatus::Posted | PostingStatus::Replaced { .. } | PostingStatus::AlreadyThere => self != Step::Forbidden,
            PostingStatus::Recorded | PostingStatus::Nothing => true,
            PostingStatus::OutOfBounds { .. } => self == Step::Forbidden,
            _ => false,
        }
    }
}
