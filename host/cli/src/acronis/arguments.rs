//! What commands read of their arguments.

use std::str::FromStr;

use skubill_runner::config::Account;
use skubill_services::acronis::{Client, UnknownWord};

use crate::fail::Fail;

/// A word of the reports API, and none that is unknown: clap by itself would take any, for they can be made of any text.
pub fn word<W: FromStr<Err = UnknownWord>>(text: &str) -> Result<W, UnknownWord> {
    text.parse()
}

/// The tenant that a report starts from.
pub async fn root(named: Option<&String>, account: &Account, client: &Client) -> Result<String, Fail> {
    match named.or(account.tenant_id.as_ref()) {
        Some(tenant) => Ok(tenant.clone()),
        None => Ok(client.root_tenant().await?),
    }
}
