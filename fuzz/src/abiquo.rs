use std::sync::Arc;

use serde_json::value::RawValue;
use skubill_services::abiquo::{
    Auth, Bill, BillingPeriod, BillsQuery, Client, Error, Estimate, NewBill, PostingHeader, Reading, format_date, parse_date,
};

use super::service::{BASE, Service, is_printable, is_read, now};
use super::{Fate, print};

/// How many bills of a page are sent back, for time's sake.
const SENT_MAX: usize = 4;

/// An answer is read or refused in one line. Nothing is asked of another service, whatever an answer links to;
/// an amount is the digits that came, and goes out as these digits; a date is the instant that it was.
pub fn law(body: &[u8]) -> Fate {
    let service = Service::answers(200, body);
    let client = client(&service);
    let listed =
        [now(async { client.bills(7, &BillsQuery::default())?.all().await }), now(async { client.registers(7, "ACRONIS")?.all().await })];
    let bill = now(client.bill(7, 9472));
    let page = now(async { client.bills(7, &BillsQuery::default())?.next_page().await });
    let period = BillingPeriod::month(2021, 8).expect("a month");
    let found = now(client.find_bills(7, "ACRONIS", &period));
    service.seen();
    if let (Ok(found), Ok(all)) = (&found, &listed[0]) {
        assert!(found.iter().all(|bill| all.contains(bill)), "what is found is listed");
    }
    let bills: Vec<Bill> = page.iter().flatten().flatten().chain(&bill).take(SENT_MAX).cloned().collect();
    bills.iter().for_each(|bill| survives(body, bill));
    let providers = now(client.providers(7));
    let linked = follows(&service, &client);
    estimated(body);
    posted(&service, &client);
    refused(body);
    assert_eq!(is_read(&listed[0]), is_read(&listed[1]), "bills and registers are lists alike");
    let read = [is_read(&page), is_read(&bill), is_read(&found), is_read(&providers), linked];
    Fate::accepted(read.contains(&true))
}

fn client(service: &Arc<Service>) -> Client {
    Client::new(service.http(), BASE, Auth::Token("hush-hush".to_string().into())).expect("a client")
}

/// Whether it is an enterprise; its links are followed where they stay here, and told where they do not.
fn follows(service: &Arc<Service>, client: &Client) -> bool {
    let enterprise = now(client.enterprise(7));
    is_read(&enterprise);
    let Ok(enterprise) = enterprise else { return false };
    assert!(!enterprise.name.is_empty());
    let _ = now(client.providers(7));
    let _ = now(client.estimate(7, "ACRONIS"));
    let _ = now(async { client.registers(7, "ACRONIS")?.next_page().await });
    let _ = now(client.unguarded().delete_registers(7, jiff::Timestamp::UNIX_EPOCH, "A&B=C"));
    let seen = service.seen();
    let deleted = seen.last().expect("a delete was sent");
    // Somebody else's would go, were a name or a date lost on the way.
    let pairs: Vec<(String, String)> = deleted.url.query_pairs().into_owned().collect();
    assert!(pairs.contains(&("provider".into(), "A&B=C".into())), "{}", deleted.url);
    assert!(pairs.contains(&("billDate".into(), "1970/01/01 00:00:00 +0000".into())), "{}", deleted.url);
    enterprise.foreign.iter().for_each(is_printable);
    true
}

/// What was read of a bill is what the answer says, and what is sent of it is read as the same.
fn survives(body: &[u8], bill: &Bill) {
    for date in [bill.date, bill.period_start, bill.period_end].into_iter().flatten() {
        let written = format_date(date);
        assert_eq!(parse_date(&written).map(|read| read.as_second()), Some(date.as_second()), "{written}");
    }
    let Some(price) = &bill.price else { return };
    if !body.contains(&b'\\') {
        assert!(
            body.windows(price.len().max(1)).any(|bytes| bytes == price.as_bytes()) || price.is_empty(),
            "{price} was not in the answer"
        );
    }
    let instant = "2021-08-31T23:59:59Z".parse().expect("an instant");
    let header = PostingHeader {
        provider: bill.provider.clone().unwrap_or_else(|| "ACRONIS".into()),
        date: bill.date.unwrap_or(instant),
        period: bill.period().unwrap_or(BillingPeriod { start: instant, end: instant }),
        currency: "EUR".into(),
    };
    let service = Service::answers(201, b"");
    match now(client(&service).unguarded().post_bill(7, &NewBill { header, price: price.clone() })) {
        Err(error) => {
            assert!(matches!(error, Error::Invalid(_)), "{error}");
            assert!(service.seen().is_empty(), "nothing was sent");
        }
        Ok(posted) => {
            assert!(posted.bills.is_empty() && posted.unread.is_none());
            let seen = service.seen();
            let sent = seen.iter().find_map(|request| request.body.as_deref()).expect("a bill was sent");
            read_back(bill, price, sent);
        }
    }
}

fn read_back(bill: &Bill, price: &str, sent: &[u8]) {
    let text = std::str::from_utf8(sent).expect("JSON");
    let fields: Vec<(String, &RawValue)> = print::fields(text).expect("an object");
    let number = fields.iter().find(|(key, _)| key == "price").map(|(_, value)| value.get());
    assert_eq!(number, Some(price), "digit by digit");
    let read = now(client(&Service::answers(200, sent)).bill(7, 1)).unwrap_or_else(|error| panic!("{error} in {text}"));
    assert_eq!(read.price.as_deref(), Some(price));
    assert!(bill.provider.is_none() || read.provider == bill.provider, "{text}");
    assert!(bill.date.is_none_or(|date| read.date.map(|read| read.as_second()) == Some(date.as_second())), "{text}");
}

/// A number is read where one stands, as it stands.
fn estimated(body: &[u8]) {
    let text = String::from_utf8_lossy(body);
    let estimate = Estimate::read(&text);
    if let Reading::Amount { number, currency } = &estimate.reading {
        assert!(text.contains(number.as_str()) && number.contains(|c: char| c.is_ascii_digit()), "{number}");
        assert!(number.bytes().all(|b| b.is_ascii_digit() || b"+-.eE".contains(&b)), "{number}");
        assert!(currency.as_ref().is_none_or(|code| code.len() == 3 && text.contains(code.as_str())), "{currency:?}");
        assert_eq!(Estimate::read(number).number(), Some(number.as_str()), "a number alone is that number");
    }
    if let Some(instant) = parse_date(&text) {
        assert_eq!(parse_date(&format_date(instant)).map(|read| read.as_second()), Some(instant.as_second()), "{text}");
    }
}

/// A post was sent once, whatever was answered, and never counts as refused.
fn posted(service: &Arc<Service>, client: &Client) {
    let period = BillingPeriod::month(2021, 8).expect("a month");
    let header = PostingHeader { provider: "ACRONIS".into(), date: period.end, period, currency: "EUR".into() };
    service.seen();
    let posted = now(client.unguarded().post_bill(7, &NewBill { header, price: "23.40".into() })).expect("200 is a success");
    assert_eq!(service.seen().len(), 1, "a post is sent once");
    assert!(posted.unread.is_none() || posted.bills.is_empty());
}

/// As the text of an error of each kind.
fn refused(body: &[u8]) {
    for status in [302, 400, 401, 403, 404, 409, 415, 429, 500, 503] {
        let service = Service::answers(status, body);
        let client = client(&service);
        let errors =
            [now(client.bill(7, 9472)).err(), now(client.unguarded().delete_bills(7, jiff::Timestamp::UNIX_EPOCH, "ACRONIS")).err()];
        errors.iter().flatten().for_each(is_printable);
        let deletes = service.seen().iter().filter(|request| request.method == skubill_services::http::Method::Delete).count();
        assert_eq!(deletes, 1, "a delete is sent once");
        assert!(errors[0].is_some(), "{status} is no success");
    }
}
