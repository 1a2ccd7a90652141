//! Against a network of prepared answers; the answers are the recorded bodies in `tests/wire/acronis`.

use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::date;
use secrecy::SecretString;
use serde_json::Value;

use super::*;
use crate::http::fake::{Fake, Reply};
use crate::http::{self, Http, Options};

macro_rules! body {
    ($name:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/wire/acronis/", $name))
    };
}

const TENANT: &str = "531789f2-2be9-42af-8474-18177593c77b";
const REPORT: &str = "865b114a-bca6-43db-a058-5d0446eb1c0d";

/// Good from 12:00 (the fake's clock) to 14:00.
fn token() -> Reply {
    Reply::json(200, body!("token.json"))
}

fn client(fake: &Fake) -> Client {
    let secret = SecretString::from("hush-hush");
    Client::new(fake.http(), "https://dc.example/", "the-client", secret).unwrap()
}

/// A client whose first call finds a token.
fn with(replies: impl IntoIterator<Item = Reply>) -> (Fake, Client) {
    let fake = Fake::new([token()].into_iter().chain(replies));
    let client = client(&fake);
    (fake, client)
}

fn august() -> DateRange {
    DateRange { start: date(2021, 8, 1), end: date(2021, 8, 31) }
}

fn request() -> ReportRequest {
    ReportRequest::billing(TENANT, august())
}

/// Accounts run side by side, so every call must be fit for `tokio::spawn`.
#[test]
fn every_call_can_be_spawned() {
    fn is_send<T: Send>(_: T) {}
    let fake = Fake::new([]);
    let (client, policy, format) = (client(&fake), WaitPolicy::default(), Format::CsvV2);
    is_send(client.create_report(&request()));
    is_send(client.wait_for(REPORT, &format, &policy, |_| {}));
    is_send(client.root_tenant());
}

mod creating;
mod downloading;
mod looking;
mod tokens;
mod waiting;
