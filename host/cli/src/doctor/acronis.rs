//! An account at Acronis: credentials, the right to see reports, the clock.

use skubill_runner::config::Account;
use skubill_services::acronis::Client;
use skubill_services::http::Http;

use super::check::{Check, Sheet};
use super::clock;

pub async fn look(account: &Account, http: &Http) -> Vec<Check> {
    let mut sheet = Sheet::of(format!("account {}", crate::show::one_line(&account.name)));
    let (http, skew) = http.watched();
    match account.base_url() {
        Ok(base) => {
            let client = Client::with_base(http, base, &account.client_id, account.client_secret.clone());
            ask(&mut sheet, account, &client).await;
            clock::look(&mut sheet, "acronis-clock", &skew);
        }
        Err(error) => sheet.failed("acronis-credentials", error.to_string(), "correct the account's url"),
    }
    sheet.into_checks()
}

async fn ask(sheet: &mut Sheet, account: &Account, client: &Client) {
    let own = match client.root_tenant().await {
        Ok(own) => own,
        Err(error) => {
            sheet.failed("acronis-credentials", error.to_string(), "check the account's url, client_id and client_secret, and the network");
            return sheet.not_checked("acronis-reports", "the credentials come first", None);
        }
    };
    sheet.ok("acronis-credentials", format!("accepted; the API client's tenant is {own}"));
    let tenant = account.tenant_id.as_ref().unwrap_or(&own);
    match client.reports_of(tenant).await {
        Ok(ids) => sheet.ok("acronis-reports", format!("the reports of tenant {tenant} can be listed; there are {}", ids.len())),
        Err(error) => sheet.failed("acronis-reports", error.to_string(), "check tenant_id, and that the API client may see its reports"),
    }
}
