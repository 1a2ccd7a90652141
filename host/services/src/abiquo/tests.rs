//! Against a network of prepared answers; the answers are the recorded bodies in `tests/wire/abiquo`.

use super::*;
use crate::http::fake::{Fake, Reply};
use crate::http::{self, BaseUrl};
use secrecy::SecretString;
use skubill_contract::outcome::{PostingCategory, PostingCharge};

macro_rules! body {
    ($name:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/wire/abiquo/", $name))
    };
}

const ROOT: &str = "https://abiquo.example.com/api/statistics/enterpriseresources/292";

fn with(replies: impl IntoIterator<Item = Reply>) -> (Fake, Client) {
    let fake = Fake::new(replies);
    let auth = Auth::Token(SecretString::from("hush-hush"));
    let client = Client::new(fake.http(), "https://abiquo.example.com/api", auth).unwrap();
    (fake, client)
}

fn header() -> PostingHeader {
    PostingHeader {
        provider: "ACRONIS".to_owned(),
        date: "2021-09-01T14:01:11+02:00".parse().unwrap(),
        period: BillingPeriod::month(2021, 8).unwrap(),
        currency: "EUR".to_owned(),
    }
}

fn charge(usage_type: &str, usage_name: &str, price: &str) -> PostingCharge {
    PostingCharge { usage_type: usage_type.to_owned(), usage_name: usage_name.to_owned(), price: price.to_owned() }
}

fn categories() -> Vec<PostingCategory> {
    let credit = "-123456789012345678901234567890.10";
    vec![PostingCategory {
        category: "Storage".to_owned(),
        total: "not looked at".to_owned(),
        usages: vec![charge("STO", "Cloud \"storage\"", "23.40"), charge("CRD", "Credit", credit)],
    }]
}

/// A recorded request without the white space between its tokens: compared as text, digit by digit.
fn compact(json: &str) -> String {
    let mut inside = false;
    let mut before = ' ';
    let mut text = String::new();
    for c in json.chars() {
        if c == '"' && before != '\\' {
            inside = !inside;
        }
        if inside || !c.is_whitespace() {
            text.push(c);
        }
        before = c;
    }
    text
}

/// Accounts run side by side, so every call must be fit for `tokio::spawn`.
#[test]
fn every_call_can_be_spawned() {
    fn is_send<T: Send>(_: T) {}
    let (_, client) = with([]);
    let (query, period) = (BillsQuery::default(), header().period);
    is_send(client.bills(292, &query).map(BillPages::all));
    is_send(client.find_bills(292, "ACRONIS", &period));
    is_send(client.unguarded().post_bill_by_categories(292, &header(), &[]));
    is_send(client.unguarded().delete_bills(292, period.start, "ACRONIS"));
    is_send(client.estimate(292, "ACRONIS"));
    is_send(client.enterprise(292));
}

mod bounds;
mod paging;
mod posting;
mod reading;
mod refusals;
