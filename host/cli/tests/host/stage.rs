//! Both twins and a configuration for them: where a month is played.

use std::sync::Arc;
use std::time::Duration;

use jiff::civil::{Date, date};
use secrecy::SecretString;
use skubill::bill::Biller;
use skubill_runner::config::{AbiquoTarget, Account, Billing, Bounds, Config, PROVIDER, Times};
use skubill_runner::month::{AccountResult, BillingResult, BillingRun, DayResult, NEW_PROVIDER, Period, PostingStatus};
use skubill_runner::progress::Silent;
use skubill_runner::reconcile::SETTLE;
use skubill_services::abiquo::{Auth, WireProfile};
use skubill_services::acronis::WaitPolicy;
use skubill_services::http::{Http, Options, RetryPolicy};
use skubill_simulators::usage_data::{Customer, Growth, Item, Price, TenantKind, UsageData};
use skubill_simulators::{Abiquo, AbiquoConfig, Acronis, AcronisConfig, Fault, Seen, Served};

use crate::world::{Folder, Ran};

pub const AUGUST: Date = date(2021, 8, 1);
pub const BILLS: &str = "/api/statistics/enterpriseresources";

/// Acronis, Abiquo, a folder with price book and customers file, and the account that joins them.
pub struct Stage {
    pub acronis: Served<Acronis>,
    pub abiquo: Served<Abiquo>,
    pub folder: Folder,
    pub config: Config,
    pub accept: Vec<String>,
    pub dry_run: bool,
    pub replace: bool,
    pub new_report: bool,
}

impl Stage {
    pub async fn of(usage: &UsageData) -> Stage {
        let acronis = Acronis::start(AcronisConfig::new(usage.clone())).await.expect("the twin of Acronis starts");
        let abiquo = Abiquo::start(AbiquoConfig::of_month(usage)).await.expect("the twin of Abiquo starts");
        // Without a look that says "in progress", the binary need not pause.
        acronis.knobs(|knobs| knobs.report_polls = 0);
        let folder = Folder::new();
        folder.file("prices.json", usage.price_book());
        folder.file("customers.json", usage.customers());
        let accounts = vec![account("one", &acronis, &abiquo, &folder)];
        let state = folder.path().join("state");
        let config = Config { state, ca_file: None, settle: SETTLE, time: Times::default(), accounts };
        Stage { acronis, abiquo, folder, config, accept: vec![NEW_PROVIDER.into()], dry_run: false, replace: false, new_report: false }
    }

    /// The demo month: 22 enterprises to bill, one of which is held.
    pub async fn demo() -> Stage {
        Stage::of(&UsageData::demo(AUGUST, 1)).await
    }

    /// Enterprise 11 has 2 servers, 12 has 3; a server costs 6.50.
    pub async fn small() -> Stage {
        Stage::of(&small()).await
    }

    fn month(&self) -> Arc<BillingRun> {
        let retry = RetryPolicy { pause: Duration::from_millis(1), ..RetryPolicy::default() };
        let http = Http::new(&Options::default()).expect("a network").with_retry(retry);
        let pause = Duration::from_millis(1);
        let wait = WaitPolicy { first_pause: pause, longest_pause: pause, deadline: Duration::from_millis(300) };
        let mut month = BillingRun::with(self.config.clone(), Biller::new().expect("the component"), http, wait).expect("a month");
        month.accept.clone_from(&self.accept);
        (month.dry_run, month.replace, month.new_report) = (self.dry_run, self.replace, self.new_report);
        Arc::new(month)
    }

    /// Run August for every account.
    pub async fn run_all(&self) -> Vec<AccountResult> {
        let period: Period = "2021-08".parse().expect("a period");
        self.month().run(&period, Arc::new(Silent)).await.expect("the month is over")
    }

    /// Run August for the one account.
    pub async fn run(&self) -> Result<BillingResult, skubill_runner::month::Error> {
        let mut results = self.run_all().await;
        results.remove(0).result.and_then(|mut billings| billings.remove(0).into_result())
    }

    /// The fates of a run's postings, by enterprise.
    pub async fn fates(&self) -> Vec<(u64, PostingStatus)> {
        let billing = self.run().await.expect("the account's month");
        billing.postings.into_iter().map(|posted| (posted.enterprise, posted.status)).collect()
    }

    pub async fn run_period(&self, period: &str) -> Result<Vec<AccountResult>, skubill_runner::month::Error> {
        self.month().run(&period.parse()?, Arc::new(Silent)).await
    }

    pub async fn record(&self, day: Date) -> DayResult {
        let mut results = self.record_all(day).await;
        results.remove(0).result.expect("the account's day").remove(0).into_result().expect("the billing's day")
    }

    pub async fn record_all(&self, day: Date) -> Vec<AccountResult<DayResult>> {
        self.month().record(day, Arc::new(Silent)).await.expect("the day")
    }

    pub fn fault(&self, fault: Fault) {
        self.abiquo.fault(fault);
    }

    /// Posts that Abiquo has seen, of bills and registers.
    pub fn posts(&self) -> Vec<Seen> {
        self.abiquo.requests().into_iter().filter(|seen| seen.method == "POST").collect()
    }

    /// What Abiquo holds: enterprise, category, usage type, usage name, price; ordered.
    pub fn held(&self) -> Vec<(u64, [String; 4])> {
        lines(&self.abiquo.bills())
    }

    /// `skubill.toml` and secrets of this stage, as files.
    pub fn write(&self) {
        self.folder.file("skubill.toml", toml(&self.config, "state"));
        for (name, secret) in [("secret-one.txt", self.acronis.client_secret()), ("token-one.txt", self.abiquo.token())] {
            skubill_services::private::write(&self.folder.path().join(name), secret.as_bytes()).expect("a secret");
        }
    }

    /// The binary, with the files of this stage.
    pub fn binary(&self, arguments: &[&str]) -> Ran {
        self.write();
        tokio::task::block_in_place(|| self.folder.skubill(arguments))
    }

    pub async fn stop(self) {
        self.acronis.stop().await;
        self.abiquo.stop().await;
    }
}

/// An account of these twins, with the price book and customers file of a folder.
pub fn account(name: &str, acronis: &Served<Acronis>, abiquo: &Served<Abiquo>, folder: &Folder) -> Account {
    let billing = Billing {
        prices: folder.path().join("prices.json"),
        customers: folder.path().join("customers.json"),
        provider: PROVIDER.into(),
        usage_name: None,
        bounds: Bounds::default(),
        abiquo: AbiquoTarget {
            url: abiquo.url(),
            insecure_http: false,
            auth: Auth::Token(SecretString::from(abiquo.token())),
            version: None,
            wire: WireProfile::default(),
        },
    };
    Account {
        name: name.into(),
        url: acronis.url(),
        insecure_http: false,
        client_id: acronis.client_id().into(),
        client_secret: SecretString::from(acronis.client_secret()),
        tenant_id: None,
        billings: vec![billing],
    }
}

/// The configuration as a file; each account's secrets are in `secret-NAME.txt` and `token-NAME.txt`.
fn toml(config: &Config, state: &str) -> String {
    let Times { posting_seconds, run_seconds } = config.time;
    let time = format!("time = {{ posting_seconds = {posting_seconds}, run_seconds = {run_seconds} }}\n");
    let mut text = format!("state = \"{state}\"\nsettle_seconds = {}\n{time}", config.settle.as_secs());
    for Account { name, url, insecure_http, client_id, billings, .. } in &config.accounts {
        let insecure = if *insecure_http { "insecure_http = true\n" } else { "" };
        text += &format!(
            "[[account]]\nname = \"{name}\"\nurl = \"{url}\"\n{insecure}client_id = \"{client_id}\"\n\
             client_secret = {{ file = \"secret-{name}.txt\" }}\n"
        );
        for Billing { prices, customers, provider, usage_name, abiquo, .. } in billings {
            let usage_name = usage_name.iter().map(|template| format!("usage_name = {template:?}\n")).collect::<String>();
            let insecure = if abiquo.insecure_http { ", insecure_http = true" } else { "" };
            text += &format!(
                "[[account.billing]]\nprices = {prices:?}\ncustomers = {customers:?}\nprovider = {provider:?}\n{usage_name}\
                 abiquo = {{ url = \"{}\"{insecure}, token = {{ file = \"token-{name}.txt\" }} }}\n",
                abiquo.url
            );
        }
    }
    text
}

/// Rows of the twin, as text: enterprise, category, usage type, usage name, price; ordered.
pub fn lines(rows: &[serde_json::Value]) -> Vec<(u64, [String; 4])> {
    let cells = ["category", "usageType", "usageName", "price"];
    let line = |row: &serde_json::Value| {
        let cells = cells.map(|cell| row[cell].as_str().unwrap_or_default().to_string());
        (row["enterprise"].as_u64().unwrap_or_default(), cells)
    };
    let mut lines: Vec<_> = rows.iter().map(line).collect();
    lines.sort();
    lines
}

/// What is to be held after a run: the lines of the postings that were not held back.
pub fn posted_lines(billing: &BillingResult) -> Vec<(u64, [String; 4])> {
    let mut lines = Vec::new();
    for posting in billing.billed.outcome.postings.iter().filter(|posting| posting.held.is_empty()) {
        for category in &posting.categories {
            for usage in &category.usages {
                let cells = [&category.category, &usage.usage_type, &usage.usage_name, &usage.price].map(String::clone);
                lines.push((posting.enterprise, cells));
            }
        }
    }
    lines.sort();
    lines
}

/// A stock of something that is counted, priced at so much each for a month.
pub fn item(sku: &str, is_range: bool) -> Item {
    Item {
        application_id: "app-1".into(),
        application_name: "Backup".into(),
        edition: String::new(),
        name: format!("item_{sku}"),
        unit: String::new(),
        is_range,
        sku: sku.into(),
    }
}

pub fn price(sku: &str, name: &str, price: &str) -> Price {
    Price {
        sku: sku.into(),
        name: name.into(),
        category: Some("Workloads".into()),
        unit: "each".into(),
        price: Some(price.into()),
        ..Price::default()
    }
}

/// A month of customers directly below the root, each with one line of usage; enterprises are 11, 12, …
pub fn usage(first_day: Date, lines: &[(Item, Growth)], prices: Vec<Price>) -> UsageData {
    usage_of(7, first_day, lines, prices)
}

/// The same of another partner: another seed makes other tenants and other secrets.
pub fn usage_of(seed: u64, first_day: Date, lines: &[(Item, Growth)], prices: Vec<Price>) -> UsageData {
    let mut usage = UsageData::bare(first_day, seed, "Root");
    usage.exclude_tenants.push(usage.root().id.clone());
    for (number, (item, growth)) in lines.iter().enumerate() {
        let enterprise = 11 + number as u64;
        let tenant = usage.add_tenant(Some(0), TenantKind::Customer, &format!("Customer {enterprise}"));
        usage.add_usage(tenant, item.clone(), None, *growth);
        let tenant_id = usage.tenants[tenant].id.clone();
        usage.customers.push(Customer { tenant_id, enterprise, enterprise_name: format!("Enterprise {enterprise}"), factor: None });
    }
    usage.prices = prices;
    usage
}

pub fn small() -> UsageData {
    small_of(7)
}

pub fn small_of(seed: u64) -> UsageData {
    let servers = |number| (item("SRV", false), Growth::Constant(number));
    usage_of(seed, AUGUST, &[servers(2), servers(3)], vec![price("SRV", "Server", "6.50")])
}

/// Another account, with twins and a folder of its own.
pub struct Other {
    pub acronis: Served<Acronis>,
    pub abiquo: Served<Abiquo>,
    pub folder: Folder,
}

impl Other {
    pub async fn of(usage: &UsageData) -> Other {
        let acronis = Acronis::start(AcronisConfig::new(usage.clone())).await.expect("another datacenter");
        let abiquo = Abiquo::start(AbiquoConfig::of_month(usage)).await.expect("another Abiquo");
        let folder = Folder::new();
        folder.file("prices.json", usage.price_book());
        folder.file("customers.json", usage.customers());
        Other { acronis, abiquo, folder }
    }

    pub fn account(&self, name: &str) -> Account {
        account(name, &self.acronis, &self.abiquo, &self.folder)
    }

    pub async fn stop(self) {
        self.acronis.stop().await;
        self.abiquo.stop().await;
    }
}

/// One line of an enterprise's servers.
pub fn servers(enterprise: u64, amount: &str) -> (u64, [String; 4]) {
    (enterprise, ["Workloads", "SRV", "Server", amount].map(String::from))
}
