//! A billing at Abiquo: credentials, roles, clock, provider, enterprises; and, where that was asked for, the
//! media type of a post by categories.

use jiff::civil::date;
use skubill_runner::config::Billing;
use skubill_runner::month::{ENTERPRISE_NAME, NEW_PROVIDER};
use skubill_services::abiquo::{BillingPeriod, BillsQuery, Client, Code, Error, PostingHeader, Probe};
use skubill_services::http::Http;
use skubill_services::text::same;

use super::check::Sheet;
use super::clock;
use super::files::Enterprises;
use crate::show::quoted;

/// What Abiquo is asked about.
pub struct Known {
    /// Of the price book, if it can be read.
    pub currency: Option<String>,
    /// Of the customers file, with the names that it gives them.
    pub enterprises: Enterprises,
    pub probe: bool,
}

/// Rows that need an enterprise and credentials.
const LATER: [&str; 6] = ["bills-view", "bills-manage", "abiquo-clock", "provider", "enterprises", "media-type"];

pub async fn look(sheet: &mut Sheet, billing: &Billing, http: &Http, known: &Known) {
    let (http, skew) = http.watched();
    let client = match client(billing, http) {
        Ok(client) => client,
        Err(error) => return stop(sheet, &error.to_string(), "correct the address in `abiquo`"),
    };
    let Some(first) = known.enterprises.keys().next() else {
        for check in ["abiquo-credentials"].iter().chain(&LATER) {
            sheet.not_checked(check, "each call is about an enterprise, and none is known", Some("the customers file comes first"));
        }
        return;
    };
    let asked = Asked { client: &client, billing, enterprise: *first, known };
    if !asked.credentials_and_view(sheet).await {
        return;
    }
    clock::look(sheet, "abiquo-clock", &skew);
    asked.provider(sheet).await;
    asked.enterprises(sheet).await;
    asked.media_type_and_manage(sheet).await;
}

/// Without credentials there is nothing more to see.
fn stop(sheet: &mut Sheet, message: &str, advice: &str) {
    sheet.failed("abiquo-credentials", message, advice);
    for check in LATER {
        sheet.not_checked(check, "the credentials come first", None);
    }
}

fn client(billing: &Billing, http: Http) -> Result<Client, Error> {
    let abiquo = &billing.abiquo;
    let client = Client::with_base(http, abiquo.base_url()?, abiquo.auth.clone()).with_profile(abiquo.wire.clone());
    Ok(match &abiquo.version {
        Some(version) => client.with_version(version),
        None => client,
    })
}

/// What is asked of one Abiquo, by way of the first enterprise.
struct Asked<'a> {
    client: &'a Client,
    billing: &'a Billing,
    enterprise: u64,
    known: &'a Known,
}

impl Asked<'_> {
    /// Whether the credentials are good; by the way, whether bills may be seen.
    async fn credentials_and_view(&self, sheet: &mut Sheet) -> bool {
        let query = BillsQuery { limit: Some(1), provider: Some(self.billing.provider.clone()), ..BillsQuery::default() };
        let listed = match self.client.bills(self.enterprise, &query) {
            Ok(mut pages) => pages.next_page().await.map(drop),
            Err(error) => Err(error),
        };
        match listed {
            Ok(()) => {
                sheet.ok("abiquo-credentials", "accepted");
                sheet.ok("bills-view", "bills can be listed");
            }
            Err(error @ Error::Forbidden { .. }) => {
                sheet.ok("abiquo-credentials", "accepted");
                sheet.failed("bills-view", error.to_string(), "give this user the role BILLS_VIEW");
            }
            Err(error) if error.has(&Code::NoSuchEnterprise) => {
                sheet.ok("abiquo-credentials", "accepted");
                sheet.not_checked("bills-view", error.to_string(), Some("correct the customers file first"));
            }
            Err(error) => {
                stop(sheet, &error.to_string(), "check the address, token or password in `abiquo`, and the network");
                return false;
            }
        }
        true
    }

    async fn provider(&self, sheet: &mut Sheet) {
        let provider = &self.billing.provider;
        match self.client.providers(self.enterprise).await {
            Ok(listed) if listed.contains(provider) => sheet.ok("provider", format!("{provider} is listed")),
            Ok(_) => sheet.warning(
                "provider",
                format!("{provider} is not listed: until it is configured there, a bill of it hides the last bills of all providers on the dashboard"),
                format!("configure it for Abiquo's dashboard; then `--accept {NEW_PROVIDER}` posts the first time"),
            ),
            Err(error @ Error::Forbidden { .. }) => sheet.not_checked("provider", error.to_string(), Some("give this user the role BILLS_VIEW")),
            Err(error) => sheet.failed("provider", error.to_string(), "see what Abiquo says"),
        }
    }

    /// Each enterprise of the customers file: whether it is there, and called so. A name that differs stops a
    /// first post.
    async fn enterprises(&self, sheet: &mut Sheet) {
        let mut well = 0;
        for (id, names) in &self.known.enterprises {
            let there = match self.client.enterprise(*id).await {
                Ok(there) => there,
                Err(error @ Error::Forbidden { .. }) => return self.hidden(sheet, &error),
                Err(error) if error.is_hidden() => {
                    sheet.failed("enterprises", format!("enterprise {id}: {error}"), "correct its number in the customers file");
                    continue;
                }
                Err(error) => return sheet.failed("enterprises", error.to_string(), "see what Abiquo says"),
            };
            match names.iter().find(|name| !same(name, &there.name)) {
                None => well += 1,
                Some(other) => sheet.failed(
                    "enterprises",
                    format!("enterprise {id} is called {}, and {} in the customers file", quoted(&there.name), quoted(other)),
                    format!("correct the name or the number; `--accept {ENTERPRISE_NAME}:{id}` posts all the same"),
                ),
            }
        }
        if well == self.known.enterprises.len() {
            sheet.ok("enterprises", format!("all {well} of the customers file are there, and called so where it names them"));
        }
    }

    /// This user may not see enterprises: a month goes on where there is no name to be compared.
    fn hidden(&self, sheet: &mut Sheet, error: &Error) {
        let named = self.known.enterprises.values().any(|names| !names.is_empty());
        let advice = format!("let this user see enterprises, or compare the names by hand and post with `--accept {ENTERPRISE_NAME}`");
        match named {
            true => sheet.failed("enterprises", error.to_string(), advice),
            false => sheet.not_checked("enterprises", error.to_string(), Some("the customers file gives no names: nothing to compare")),
        }
    }

    /// BILLS_MANAGE cannot be seen without writing, but an answer to the probe says that it came through.
    async fn media_type_and_manage(&self, sheet: &mut Sheet) {
        let cannot = "cannot be seen without writing";
        let Some(header) = self.known.probe.then(|| self.probe_header()).flatten() else {
            let why = if self.known.probe { "a probe needs the currency of the price book" } else { "not asked for" };
            sheet.not_checked("bills-manage", cannot, Some("--probe-media-type may tell; else the first post does"));
            return sheet.not_checked("media-type", why, Some("--probe-media-type asks, by a post that has nothing to store"));
        };
        match self.client.probe_categories(self.enterprise, &header).await {
            Ok(Probe::Understood) => {
                sheet.ok("bills-manage", "a post is let through");
                sheet.ok("media-type", format!("{} is understood", self.billing.abiquo.wire.media_type));
            }
            Ok(Probe::WrongMediaType(error)) => {
                sheet.not_checked("bills-manage", cannot, Some("the first post tells"));
                sheet.failed("media-type", error.to_string(), "ask Abiquo how a bill by categories is posted, and set it in `abiquo.wire`");
            }
            Ok(Probe::Accepted(posted)) => {
                let message = format!("a post without any category was accepted ({}), which no document foresees", posted.status);
                sheet.ok("bills-manage", "a post is let through");
                sheet.failed("media-type", message, self.how_to_undo(&header));
            }
            Ok(Probe::Other(error @ Error::Forbidden { .. })) => {
                sheet.failed("bills-manage", error.to_string(), "give this user the role BILLS_MANAGE");
                sheet.not_checked("media-type", "the role comes first", None);
            }
            Ok(Probe::Other(error)) | Err(error) => {
                sheet.not_checked("bills-manage", cannot, Some("the first post tells"));
                let advice = if error.is_unknown() { self.how_to_undo(&header) } else { "see what Abiquo says".into() };
                sheet.failed("media-type", error.to_string(), advice);
            }
        }
    }

    /// A month that nobody bills, so that nothing is in the way and nothing is found in it by mistake.
    fn probe_header(&self) -> Option<PostingHeader> {
        let period = BillingPeriod::days(date(2000, 1, 1), date(2000, 1, 31)).ok()?;
        let (provider, currency) = (self.billing.provider.clone(), self.known.currency.clone()?);
        Some(PostingHeader { provider, date: period.end, period, currency })
    }

    fn how_to_undo(&self, header: &PostingHeader) -> String {
        let (enterprise, provider) = (self.enterprise, &header.provider);
        format!("`skubill abiquo bills delete --enterprise {enterprise} --provider {provider} --period 2000-01` shows what it made")
    }
}
