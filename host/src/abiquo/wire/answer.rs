//! What is answered.

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::PROVIDER;
use crate::abiquo::bills::Bill;
use crate::abiquo::{Code, ServiceError, parse_date};
use crate::http;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PageJson {
    #[serde(default)]
    total_size: Value,
    #[serde(default)]
    links: Option<Vec<LinkJson>>,
    collection: Vec<BillJson>,
}

#[derive(Deserialize)]
struct LinkJson {
    #[serde(default)]
    rel: Value,
    #[serde(default)]
    href: Value,
    #[serde(default)]
    title: Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct BillJson {
    category: Value,
    usage_type: Value,
    usage_name: Value,
    provider: Value,
    date: Value,
    billing_period_start_date: Value,
    billing_period_end_date: Value,
    price: Option<Box<RawValue>>,
    currency_code: Value,
    links: Option<Vec<LinkJson>>,
}

impl Default for BillJson {
    fn default() -> Self {
        Self {
            category: Value::Null,
            usage_type: Value::Null,
            usage_name: Value::Null,
            provider: Value::Null,
            date: Value::Null,
            billing_period_start_date: Value::Null,
            billing_period_end_date: Value::Null,
            price: None,
            currency_code: Value::Null,
            links: None,
        }
    }
}

/// One page of a list.
pub(in crate::abiquo) struct Page {
    pub total: Option<u64>,
    pub next: Option<String>,
    pub bills: Vec<Bill>,
}

pub(in crate::abiquo) fn page(body: &[u8]) -> Result<Page, String> {
    let page: PageJson = json(body)?;
    let links = page.links.unwrap_or_default();
    Ok(Page {
        total: page.total_size.as_u64(),
        next: href(&links, "next"),
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

fn to_bill(json: BillJson) -> Result<Bill, String> {
    let links = json.links.unwrap_or_default();
    let self_link = href(&links, "self");
    let owner = links.iter().find(|link| link.rel == "enterprise");
    Ok(Bill {
        id: self_link.as_deref().and_then(last_number),
        category: text(&json.category),
        usage_type: text(&json.usage_type),
        usage_name: text(&json.usage_name),
        provider: text(&json.provider),
        date: instant(&json.date)?,
        period_start: instant(&json.billing_period_start_date)?,
        period_end: instant(&json.billing_period_end_date)?,
        price: json.price.map(|price| amount(&price)).transpose()?.flatten(),
        currency: text(&json.currency_code),
        enterprise: owner.and_then(|link| last_number(link.href.as_str()?)),
        enterprise_name: owner.and_then(|link| text(&link.title)),
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
fn instant(value: &Value) -> Result<Option<jiff::Timestamp>, String> {
    match text(value) {
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
        name: Value,
        #[serde(default)]
        links: Option<Vec<LinkJson>>,
    }
    let found: Enterprise = json(body)?;
    let links = found.links.unwrap_or_default();
    Ok(EnterpriseJson {
        name: text(&found.name).ok_or("it has no `name`")?,
        bills: href(&links, "bills"),
        registers: href(&links, "billregisters"),
        estimate: href(&links, "estimation"),
        providers: href(&links, "billproviders"),
    })
}

/// The shape of this list is not published: names, or objects with a name, plain or in a collection.
pub(in crate::abiquo) fn providers(body: &[u8]) -> Result<Vec<String>, String> {
    let value: Value = json(body)?;
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
    let value: Value = json(body).unwrap_or_default();
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

fn href(links: &[LinkJson], rel: &str) -> Option<String> {
    links.iter().find(|link| link.rel == rel).and_then(|link| text(&link.href))
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
