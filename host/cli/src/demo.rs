//! `skubill demo`: a month of realistic usage, from the report to the posted bills, against local
//! twins of both services. It uses what an embedder uses: configuration, month, progress.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use clap::Args;
use jiff::civil::{Date, date};
use secrecy::SecretString;
use skubill::bill::Biller;
use skubill_runner::config::{AbiquoTarget, Account, Billing, Bounds, Config, PROVIDER, Times};
use skubill_runner::month::{AccountResult, BillingResult, BillingRun, NEW_PROVIDER, Period};
use skubill_runner::reconcile::SETTLE;
use skubill_services::abiquo::{self, Auth, BillingPeriod, WireProfile};
use skubill_services::acronis::WaitPolicy;
use skubill_services::http::{Http, Options};
use skubill_simulators::{Abiquo, AbiquoConfig, Acronis, AcronisConfig, Served, usage_data};

use crate::exit::Exit;
use crate::fail::Fail;
use crate::ledger::{number, section, table, text};
use crate::run::{account, each_billing, postings, runtime};
use crate::{bars, record, show};

#[derive(Args)]
pub struct Demo {
    /// The seed of the usage: the same seed gives the same month.
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    seed: u64,
    /// Keep the report, price book and customers file in this folder.
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
}

/// The month that is billed, and the next one, of which daily costs are recorded.
const MONTH: Date = date(2021, 8, 1);
const NEXT: Date = date(2021, 9, 1);

/// The days that are recorded: a missed day is made up by the next one.
const DAYS: [i8; 4] = [1, 2, 5, 10];

impl Demo {
    pub fn run(&self) -> Result<Exit, Fail> {
        let kept = self.out.clone();
        let folder = kept.clone().unwrap_or_else(|| std::env::temp_dir().join(format!("skubill-demo-{}", std::process::id())));
        let result = runtime()?.block_on(async { Story::begin(&folder, self.seed).await?.tell().await });
        if kept.is_none() {
            // What is left of a demo in a temporary folder harms nobody.
            let _ = std::fs::remove_dir_all(&folder);
        }
        result
    }
}

/// Both twins, and a month that is run against them.
struct Story {
    acronis: Served<Acronis>,
    abiquo: Served<Abiquo>,
    month: usage_data::UsageData,
    next: usage_data::UsageData,
    folder: PathBuf,
    config: Config,
    biller: Biller,
    http: Http,
}

impl Story {
    async fn begin(folder: &Path, seed: u64) -> Result<Story, Fail> {
        let (month, next) = (usage_data::UsageData::demo(MONTH, seed), usage_data::UsageData::demo(NEXT, seed));
        let acronis = Acronis::start(AcronisConfig::new(month.clone())).await.context("start the twin of Acronis")?;
        let abiquo = Abiquo::start(AbiquoConfig::of_month(&month)).await.context("start the twin of Abiquo")?;
        std::fs::create_dir_all(folder).with_context(|| format!("make {}", folder.display()))?;
        let billing = Billing {
            prices: folder.join("prices.json"),
            customers: folder.join("customers.json"),
            provider: PROVIDER.into(),
            usage_name: None,
            bounds: Bounds::default(),
            abiquo: AbiquoTarget {
                url: abiquo.url(),
                insecure_http: false,
                auth: token(&abiquo),
                version: None,
                wire: WireProfile::default(),
            },
        };
        write(&billing.prices, &month.price_book())?;
        write(&billing.customers, &month.customers())?;
        let account = Account {
            name: "demo".into(),
            url: acronis.url(),
            insecure_http: false,
            client_id: acronis.client_id().into(),
            client_secret: SecretString::from(acronis.client_secret()),
            tenant_id: None,
            billings: vec![billing],
        };
        let config = Config { state: folder.join("state"), ca_file: None, settle: SETTLE, time: Times::default(), accounts: vec![account] };
        let http = Http::new(&Options::default()).map_err(anyhow::Error::new)?;
        Ok(Story { acronis, abiquo, month, next, folder: folder.into(), config, biller: Biller::new()?, http })
    }

    async fn tell(self) -> Result<Exit, Fail> {
        let period: Period = "2021-08".parse()?;
        heading("1. The month: the report is made, downloaded, billed, and posted")?;
        let first = self.runner()?.run(&period, Arc::new(bars::Bars::new())).await?;
        show_accounts(&first, account)?;

        heading("2. The missing price is added, and the month run again: what was posted is not posted twice")?;
        write(&self.folder.join("prices.json"), &self.month.price_book_complete())?;
        let second = self.runner()?.run(&period, Arc::new(bars::Bars::new())).await?;
        show_accounts(&second, statuses)?;

        heading("3. What Abiquo holds now, read back from it")?;
        self.read_back().await?;

        heading("4. The next month, day by day: cost records, and what the month will have cost")?;
        self.acronis.set_month(self.next.clone());
        for day in DAYS.map(|day| date(NEXT.year(), NEXT.month(), day)) {
            let recorded = self.runner()?.record(day, Arc::new(bars::Bars::new())).await?;
            show_accounts(&recorded, record::account)?;
        }
        show::print(&format!(
            "Both twins saw {} and {} requests. `skubill simulate` serves them for your own programs.\n",
            self.acronis.requests().len(),
            self.abiquo.requests().len()
        ))?;
        self.acronis.stop().await;
        self.abiquo.stop().await;
        Ok(Exit::Done)
    }

    fn runner(&self) -> Result<Arc<BillingRun>, Fail> {
        // The twin makes its reports at once, or at the second look.
        let wait = WaitPolicy { first_pause: Duration::from_millis(200), ..WaitPolicy::default() };
        let mut month = BillingRun::with(self.config.clone(), self.biller.clone(), self.http.clone(), wait)?;
        month.accept = vec![NEW_PROVIDER.into()];
        Ok(Arc::new(month))
    }

    async fn read_back(&self) -> Result<(), Fail> {
        let client = abiquo::Client::new(self.http.clone(), &self.abiquo.url(), token(&self.abiquo)).map_err(anyhow::Error::new)?;
        let period = BillingPeriod::days(MONTH, MONTH.last_of_month()).map_err(anyhow::Error::new)?;
        let mut read = table(["Enterprise", "Category", "Usage type", "Usage", "Price", ""]);
        for (enterprise, name) in self.month.enterprises() {
            let bills = client.find_bills(enterprise, PROVIDER, &period).await.map_err(anyhow::Error::new)?;
            let mut who = format!("{enterprise} {name}");
            for bill in bills {
                let cells = [bill.category, bill.usage_type, bill.usage_name].map(|cell| text(cell.as_deref().unwrap_or_default()));
                let [category, usage_type, usage_name] = cells;
                let price = number(bill.price.unwrap_or_default());
                read.add_row([
                    text(&std::mem::take(&mut who)),
                    category,
                    usage_type,
                    usage_name,
                    price,
                    text(&bill.currency.unwrap_or_default()),
                ]);
            }
        }
        show::print(&section(read))
    }
}

fn token(abiquo: &Served<Abiquo>) -> Auth {
    Auth::Token(SecretString::from(abiquo.token()))
}

fn write(path: &Path, content: &str) -> Result<(), Fail> {
    Ok(std::fs::write(path, content).with_context(|| format!("write {}", path.display()))?)
}

fn heading(title: &str) -> Result<(), Fail> {
    show::print(&format!("── {title} ──\n\n"))
}

/// Each account's result; an account that failed ends the demo.
fn show_accounts<T>(results: &[AccountResult<T>], tell: impl Fn(&AccountResult<T>) -> String) -> Result<(), Fail> {
    results.iter().try_for_each(|result| show::print(&tell(result)))?;
    let errors = |account: &'_ AccountResult<T>| match &account.result {
        Err(error) => Some(error.to_string()),
        Ok(runs) => runs.iter().find_map(|run| run.error.as_ref()).map(ToString::to_string),
    };
    match results.iter().find_map(errors) {
        Some(error) => Err(Fail::World(anyhow::anyhow!("{error}"))),
        None => Ok(()),
    }
}

/// Only what became of the postings.
fn statuses(result: &AccountResult) -> String {
    let show = |_: &str, _: &str, billing: &BillingResult| section(postings(&billing.postings, &billing.billed.outcome.currency));
    each_billing(result, show)
}
