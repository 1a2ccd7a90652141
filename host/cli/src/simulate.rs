//! `skubill simulate`: the local twins of both services, until stopped.

mod switches;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde_json::json;
use skubill_services::private;
use skubill_simulators::usage_data::UsageData;
use skubill_simulators::{Abiquo, AbiquoConfig, Acronis, AcronisConfig, SimulatedClock};

use crate::exit::Exit;
use crate::fail::Fail;
use crate::run::{Format, runtime};
use crate::show;
use switches::{Knob, Rule};

#[derive(Args)]
#[command(after_long_help = switches::help())]
pub struct Simulate {
    /// Address of the Acronis simulator; port 0 selects a free port.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:0")]
    acronis: SocketAddr,
    /// Address of the Abiquo simulator.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:0")]
    abiquo: SocketAddr,
    /// The month of the usage, YYYY-MM; by default the month before the simulators' clock.
    #[arg(long, value_name = "YYYY-MM")]
    period: Option<String>,
    /// Start time of the simulators' clock, such as 2021-09-01T07:00:00Z; by default the machine's time.
    #[arg(long, value_name = "TIME")]
    now: Option<Timestamp>,
    /// Set a setting of a simulator: acronis.report_delay_seconds=90; may be repeated. --help lists all settings.
    #[arg(long = "knob", value_name = "TWIN.NAME=VALUE")]
    knobs: Vec<Knob>,
    /// Inject a failure: abiquo={"method": "POST", "effect": {"do": "drop", "taken": true}}. May be repeated.
    #[arg(long = "fault", value_name = "TWIN=JSON")]
    faults: Vec<Rule>,
    /// Write a skubill.toml for these simulators to this folder, with price book, customers file and secrets.
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

impl Simulate {
    pub fn wants_json(&self) -> bool {
        self.format == Format::Json
    }

    pub fn run(&self) -> Result<Exit, Fail> {
        let first = self.first_day()?;
        runtime()?.block_on(self.serve(UsageData::demo(first, 1)))
    }

    fn first_day(&self) -> Result<Date, Fail> {
        match &self.period {
            Some(period) => format!("{period}-01").parse().map_err(|_| Fail::Usage(format!("--period {period}: write YYYY-MM"))),
            None => Ok(last_month(self.now.unwrap_or_else(Timestamp::now).to_zoned(TimeZone::UTC).date())),
        }
    }

    async fn serve(&self, month: UsageData) -> Result<Exit, Fail> {
        let clock = SimulatedClock::real();
        if let Some(now) = self.now {
            clock.set_running(now);
        }
        let acronis = Acronis::twin(AcronisConfig { clock: clock.clone(), ..AcronisConfig::new(month.clone()) });
        let abiquo = Abiquo::twin(AbiquoConfig { clock, ..AbiquoConfig::of_month(&month) });
        for (service, address) in [("acronis", self.acronis), ("abiquo", self.abiquo)] {
            if let Some(warning) = open_to_others(service, address) {
                eprintln!("{warning}");
            }
        }
        switches::set(&self.knobs, &self.faults, &acronis, &abiquo)?;
        let acronis = acronis.serve(self.acronis).await.with_context(|| format!("listen on {}", self.acronis))?;
        let abiquo = abiquo.serve(self.abiquo).await.with_context(|| format!("listen on {}", self.abiquo))?;
        let access = Access {
            acronis: acronis.url(),
            client_id: acronis.client_id().into(),
            client_secret: acronis.client_secret().into(),
            abiquo: abiquo.url(),
            token: abiquo.token().into(),
        };
        if let Some(folder) = &self.out {
            write(folder, &month, &access).with_context(|| format!("write to {}", folder.display()))?;
        }
        if self.wants_json() {
            let line = json!({
                "acronis": {"url": access.acronis, "client_id": access.client_id, "client_secret": access.client_secret, "tenant_id": acronis.tenant_id()},
                "abiquo": {"url": access.abiquo, "token": access.token, "enterprises": abiquo.enterprises()},
            });
            show::print(&format!("{line}\n"))?;
        } else {
            self.tell(&access, &month)?;
        }
        tokio::signal::ctrl_c().await.context("wait for Ctrl-C")?;
        acronis.stop().await;
        abiquo.stop().await;
        Ok(Exit::Done)
    }

    fn tell(&self, access: &Access, month: &UsageData) -> Result<(), Fail> {
        let period = &month.last_day().to_string()[..7];
        let mut text = format!(
            "Acronis  {}\n         client {}, secret {}\nAbiquo   {}\n         token {}\nMonth    {period}\n",
            access.acronis, access.client_id, access.client_secret, access.abiquo, access.token
        );
        text += &match &self.out {
            Some(folder) => {
                format!("\nskubill run --config {} --period {period} --accept new-provider\n", folder.join("skubill.toml").display())
            }
            None => "\n--out FOLDER writes a skubill.toml for them.\n".to_string(),
        };
        show::print(&(text + "\nCtrl-C stops both.\n"))
    }
}

/// What is said of a twin that others than this machine can reach: it has no secret that is worth anything, and its
/// control endpoint asks for none.
fn open_to_others(service: &str, address: SocketAddr) -> Option<String> {
    let warning =
        || format!("warning: --{service} {address} is not loopback: whoever reaches it can control the twin, and read what is sent to it");
    (!address.ip().to_canonical().is_loopback()).then(warning)
}

/// The first day of the month before.
fn last_month(today: Date) -> Date {
    today.first_of_month().checked_sub(1.month()).unwrap_or(today.first_of_month())
}

/// Where the twins are, and what opens them. These secrets open nothing else.
struct Access {
    acronis: String,
    client_id: String,
    client_secret: String,
    abiquo: String,
    token: String,
}

fn write(folder: &Path, month: &UsageData, access: &Access) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let config = format!(
        "state = \"state\"\n\n[[account]]\nname = \"simulated\"\nurl = \"{}\"\nclient_id = \"{}\"\nclient_secret = {{ file = \"client-secret.txt\" }}\n\n\
         [[account.billing]]\nprices = \"prices.json\"\ncustomers = \"customers.json\"\nprovider = \"ACRONIS\"\n\
         abiquo = {{ url = \"{}\", token = {{ file = \"abiquo-token.txt\" }} }}\n",
        access.acronis, access.client_id, access.abiquo
    );
    let prices = month.price_book();
    let files = [("skubill.toml", &config), ("prices.json", &prices), ("customers.json", &month.customers())];
    files.into_iter().try_for_each(|(name, text)| std::fs::write(folder.join(name), text))?;
    let secrets = [("client-secret.txt", &access.client_secret), ("abiquo-token.txt", &access.token)];
    secrets.into_iter().try_for_each(|(name, secret)| private::write(&folder.join(name), secret.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::{last_month, open_to_others};
    use jiff::civil::date;

    #[test]
    fn an_address_that_others_reach_is_warned_of() {
        for (address, open) in [
            ("127.0.0.1:0", false),
            ("127.7.7.7:80", false),
            ("[::1]:80", false),
            ("[::ffff:127.0.0.1]:80", false),
            ("0.0.0.0:80", true),
            ("[::]:80", true),
            ("10.0.0.1:80", true),
            ("[::ffff:10.0.0.1]:80", true),
        ] {
            assert_eq!(open_to_others("abiquo", address.parse().expect("an address")).is_some(), open, "{address}");
        }
    }

    #[test]
    fn the_month_before() {
        assert_eq!(last_month(date(2026, 1, 31)), date(2025, 12, 1));
        assert_eq!(last_month(date(2026, 3, 31)), date(2026, 2, 1));
    }
}
