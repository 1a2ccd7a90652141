//! What is answered.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error as _, SeqAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

use super::names::PROVIDER;
use super::scalar::{Links, Scalar};
use crate::abiquo::bill::Bill;
use crate::abiquo::code::Code;
use crate::abiquo::date::parse_date;
use crate::abiquo::error::ServiceError;
use crate::http;

/// The most entries of one page: 25,000. Each takes about 400 bytes beside its texts, so that a page of empty ones
/// takes 10 MB; a page whose entries have the usual 0.8 kB ends before, at the bytes of an answer.
pub(in crate::abiquo) const PAGE_ENTRIES_MAX: usize = 25_000;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PageJson {
    #[serde(default, deserialize_with = "total")]
    total_size: Option<u64>,
    #[serde(default)]
    links: Links,
    #[serde(deserialize_with = "entries")]
    collection: Vec<BillJson>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct BillJson {
    category: Scalar,
    usage_type: Scalar,
    usage_name: Scalar,
    provider: Scalar,
    date: Scalar,
    billing_period_start_date: Scalar,
    billing_period_end_date: Scalar,
    price: Option<Box<RawValue>>,
    currency_code: Scalar,
    links: Links,
}

/// A total is a whole number, or not told. Any other value is an error: a list that says something unreadable of its
/// length is not known to be whole.
fn total<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    let raw = <&RawValue>::deserialize(deserializer)?.get();
    let text = raw.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(raw).trim();
    match text {
        "null" | "" => Ok(None),
        text => {
            text.parse().map(Some).map_err(|_| D::Error::custom(format!("its `totalSize` is no whole number: {}", http::one_line(raw))))
        }
    }
}

/// Where the next page is. A link to it that leads nowhere is an error: there is more than is shown.
fn next(links: &mut Links) -> Result<Option<String>, String> {
    match links.take_if_any("next") {
        None => Ok(None),
        Some(link) => link.href.0.map(Some).ok_or_else(|| "its link to the next page leads nowhere".to_owned()),
    }
}

/// A list of entries that ends before it takes too much memory.
fn entries<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<BillJson>, D::Error> {
    struct Entries;
    impl<'de> Visitor<'de> for Entries {
        type Value = Vec<BillJson>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a list")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
            let mut list = Vec::new();
            while let Some(item) = items.next_element()? {
                if list.len() == PAGE_ENTRIES_MAX {
                    return Err(A::Error::custom(format!("its `collection` has more than {PAGE_ENTRIES_MAX} entries")));
                }
                list.push(item);
            }
            Ok(list)
        }
    }
    deserializer.deserialize_seq(Entries)
}

/// One page of a list.
pub(in crate::abiquo) struct Page {
    pub total: Option<u64>,
    pub next: Option<String>,
    pub bills: Vec<Bill>,
}

pub(in crate::abiquo) fn page(body: &[u8]) -> Result<Page, String> {
    let mut page: PageJson = json(body)?;
    Ok(Page {
        total: page.total_size,
        next: next(&mut page.links)?,
        bills: page.collection.into_iter().map(to_bill).collect::<Result<_, _>>()?,
    })
}

pub(in crate::abiquo) fn bill(body: &[u8]) -> Result<Bill, String> {
    let bill = to_bill(json(body)?)?;
    if bill.provider.is_none() && bill.price.is_none() && bill.self_link.is_none() {
        return Err("it has nothing of a bill".to_owned());
    }
    Ok(bill)
}

/// The answer to a post: a bill, a list of bills, or nothing.
pub(in crate::abiquo) fn posted(body: &[u8]) -> Result<Vec<Bill>, String> {
    if body.trim_ascii().is_empty() {
        return Ok(Vec::new());
    }
    match page(body) {
        Ok(page) => Ok(page.bills),
        Err(_) => Ok(vec![bill(body)?]),
    }
}

fn to_bill(mut json: BillJson) -> Result<Bill, String> {
    let self_link = json.links.href("self");
    let owner = json.links.take("enterprise");
    Ok(Bill {
        id: self_link.as_deref().and_then(last_number),
        category: json.category.0,
        usage_type: json.usage_type.0,
        usage_name: json.usage_name.0,
        provider: json.provider.0,
        date: instant(json.date)?,
        period_start: instant(json.billing_period_start_date)?,
        period_end: instant(json.billing_period_end_date)?,
        price: json.price.map(|price| amount(&price)).transpose()?.flatten(),
        currency: json.currency_code.0,
        enterprise: owner.href.0.as_deref().and_then(last_number),
        enterprise_name: owner.title.0,
        self_link,
    })
}

/// The digits of a price, be it a number or, as some services write money, a string.
fn amount(raw: &RawValue) -> Result<Option<String>, String> {
    let raw = raw.get().trim();
    match raw.as_bytes().first() {
        Some(b'"') => serde_json::from_str(raw).map(Some).map_err(|error| error.to_string()),
        Some(b'-' | b'0'..=b'9') => Ok(Some(raw.to_owned())),
        Some(b'n') => Ok(None),
        _ => Err("a price is no number".to_owned()),
    }
}

/// Absent is fine; there and unreadable is not, for a bill is known by its dates.
fn instant(value: Scalar) -> Result<Option<jiff::Timestamp>, String> {
    match value.0 {
        None => Ok(None),
        Some(text) => match parse_date(&text) {
            Some(instant) => Ok(Some(instant)),
            None => Err(format!("`{}` is no date (yyyy/MM/dd HH:mm:ss Z)", http::one_line(&text))),
        },
    }
}

pub(in crate::abiquo) struct EnterpriseJson {
    pub name: String,
    pub bills: Option<String>,
    pub registers: Option<String>,
    pub estimate: Option<String>,
    pub providers: Option<String>,
}

pub(in crate::abiquo) fn enterprise(body: &[u8]) -> Result<EnterpriseJson, String> {
    #[derive(Deserialize)]
    struct Enterprise {
        #[serde(default)]
        name: Scalar,
        #[serde(default)]
        links: Links,
    }
    let Enterprise { name, mut links } = json(body)?;
    Ok(EnterpriseJson {
        name: name.0.ok_or("it has no `name`")?,
        bills: links.href("bills"),
        registers: links.href("billregisters"),
        estimate: links.href("estimation"),
        providers: links.href("billproviders"),
    })
}

/// The shape of this list is not published: names, or objects with a name, plain or in a collection.
pub(in crate::abiquo) fn providers(body: &[u8]) -> Result<Vec<String>, String> {
    let value = http::values(body)?;
    let lists = [&value, &value["collection"], &value["providers"]];
    let list = lists.into_iter().find_map(Value::as_array).ok_or("it has no list of providers")?;
    let name = |item: &Value| {
        let names = [item, &item["name"], &item[PROVIDER]];
        names.into_iter().find_map(text).ok_or_else(|| "a provider has no name".to_owned())
    };
    list.iter().map(name).collect()
}

/// `{"collection": [{"code", "message"}]}`, or a single one of them; empty if it is neither.
pub(in crate::abiquo) fn errors(body: &[u8]) -> Vec<ServiceError> {
    let value = http::values(body).unwrap_or_default();
    let list = match value["collection"].as_array() {
        Some(list) => list.as_slice(),
        None => std::slice::from_ref(&value),
    };
    let read = |item: &Value| {
        let code = Code::from(text(&item["code"])?.as_str());
        let message = text(&item["message"]).unwrap_or_default();
        Some(ServiceError { code, message })
    };
    list.iter().filter_map(read).collect()
}

fn json<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, String> {
    serde_json::from_slice(body).map_err(|error| error.to_string())
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// The id at the end of a link: `…/bills/9472`.
fn last_number(href: &str) -> Option<u64> {
    let path = href.split(['?', '#']).next()?;
    path.trim_end_matches('/').rsplit('/').next()?.parse().ok()
}
