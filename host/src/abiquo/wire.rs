//! Abiquo's JSON, media types and query parameters: the only file of the host that knows their names.
//!
//! Answers are decoded leniently (unknown attributes are passed over, as later versions bring some), and
//! prices exactly: the digits of the answer become text, and text becomes the digits of a request, without
//! a floating-point number in between.

use serde::ser::{SerializeMap, SerializeSeq};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;
use serde_json::value::RawValue;

use super::Error;
use super::bills::{Bill, BillsQuery, NewBill, PostingHeader};
use super::code::Code;
use super::date::{format_date, parse_date};
use super::error::ServiceError;
use super::registers::NewRegister;
use crate::outcome::PostingCategory;

pub(super) const BILL: &str = "application/vnd.abiquo.bill+json";
/// The documentation's table says `bill+json` here, its cURL example `bills+json`; a list is the latter.
pub(super) const BILLS: &str = "application/vnd.abiquo.bills+json";
pub(super) const PROVIDERS: &str = "application/vnd.abiquo.billproviders+json";
pub(super) const ENTERPRISE: &str = "application/vnd.abiquo.enterprise+json";
pub(super) const ESTIMATE: &str = "text/plain";

pub(super) const PROVIDER: &str = "provider";
/// Of a DELETE of bills: their `billingPeriodStartDate`.
pub(super) const START_BILL_DATE: &str = "startBillDate";
/// Of a DELETE of registers: their `date`.
pub(super) const BILL_DATE: &str = "billDate";

/// How a post by categories is written. **Unverified**: Abiquo's documentation says that such a post has "a
/// different type of media type … which contains a category and its array of usage types and costs", and
/// publishes neither its name nor its keys. The defaults are the best guess; where they are wrong, they are
/// changed here, in the configuration, without touching code. The header's keys are those of a bill, which
/// are published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WireProfile {
    /// `Content-Type`; the version is added unless it names one.
    pub media_type: String,
    /// The same for registers, if it is another one.
    pub register_media_type: Option<String>,
    /// `Accept`: the answer is taken to be a list of bills.
    pub accept: String,
    /// Key of the list of categories.
    pub categories: String,
    /// Key of a category's name.
    pub category: String,
    /// Key of a category's list of usage types.
    pub usage_types: String,
    /// Key of a usage type (the SKU).
    pub usage_type: String,
    pub usage_name: String,
    pub price: String,
    /// Lists as `{"links": [], "collection": […]}`, as some resources of Abiquo's have them, and not plain.
    pub nested: bool,
}

impl Default for WireProfile {
    fn default() -> Self {
        Self {
            media_type: "application/vnd.abiquo.billbycategories+json".to_owned(),
            register_media_type: None,
            accept: BILLS.to_owned(),
            categories: "categories".to_owned(),
            category: "category".to_owned(),
            usage_types: "usageTypes".to_owned(),
            usage_type: "usageType".to_owned(),
            usage_name: "usageName".to_owned(),
            price: "price".to_owned(),
            nested: false,
        }
    }
}

/// JSON that is to be sent: numbers are the text they came as.
enum Json {
    Text(String),
    Number(Box<RawValue>),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Json::Text(text) => serializer.serialize_str(text),
            Json::Number(number) => number.serialize(serializer),
            Json::List(items) => {
                let mut list = serializer.serialize_seq(Some(items.len()))?;
                items
                    .iter()
                    .try_for_each(|item| list.serialize_element(item))?;
                list.end()
            }
            Json::Object(fields) => {
                let mut object = serializer.serialize_map(Some(fields.len()))?;
                fields
                    .iter()
                    .try_for_each(|(key, value)| object.serialize_entry(key, value))?;
                object.end()
            }
        }
    }
}

type Fields = Vec<(String, Json)>;

pub(super) fn bill_body(bill: &NewBill) -> Result<Vec<u8>, Error> {
    let mut fields = header(&bill.header);
    fields.push(("price".to_owned(), number(&bill.price)?));
    body(fields)
}

pub(super) fn register_body(register: &NewRegister) -> Result<Vec<u8>, Error> {
    let mut fields = header(&register.header);
    let amounts = [
        ("price", &register.price),
        ("estimated", &register.estimated),
    ];
    for (key, amount) in amounts {
        if let Some(amount) = amount {
            fields.push((key.to_owned(), number(amount)?));
        }
    }
    body(fields)
}

pub(super) fn categories_body(
    profile: &WireProfile,
    head: &PostingHeader,
    estimated: Option<&str>,
    categories: &[PostingCategory],
) -> Result<Vec<u8>, Error> {
    let mut fields = header(head);
    if let Some(amount) = estimated {
        fields.push(("estimated".to_owned(), number(amount)?));
    }
    let list = |items| match profile.nested {
        false => Json::List(items),
        true => Json::Object(vec![
            ("links".to_owned(), Json::List(Vec::new())),
            ("collection".to_owned(), Json::List(items)),
        ]),
    };
    let mut groups = Vec::new();
    for group in categories {
        let mut usages = Vec::new();
        for usage in &group.usages {
            usages.push(Json::Object(vec![
                (
                    profile.usage_type.clone(),
                    Json::Text(usage.usage_type.clone()),
                ),
                (
                    profile.usage_name.clone(),
                    Json::Text(usage.usage_name.clone()),
                ),
                (profile.price.clone(), number(&usage.price)?),
            ]));
        }
        groups.push(Json::Object(vec![
            (profile.category.clone(), Json::Text(group.category.clone())),
            (profile.usage_types.clone(), list(usages)),
        ]));
    }
    fields.push((profile.categories.clone(), list(groups)));
    body(fields)
}

fn header(header: &PostingHeader) -> Fields {
    let period = header.period;
    [
        (PROVIDER, header.provider.clone()),
        ("date", format_date(header.date)),
        ("billingPeriodStartDate", format_date(period.start)),
        ("billingPeriodEndDate", format_date(period.end)),
        ("currencyCode", header.currency.clone()),
    ]
    .map(|(key, text)| (key.to_owned(), Json::Text(text)))
    .into()
}

/// An amount as a JSON number with exactly its digits: `23.40` stays `23.40`.
fn number(amount: &str) -> Result<Json, Error> {
    let plain = amount
        .bytes()
        .all(|b| b.is_ascii_digit() || b"+-.eE".contains(&b));
    match RawValue::from_string(amount.to_owned()) {
        Ok(number) if plain => Ok(Json::Number(number)),
        _ => Err(Error::Invalid(format!(
            "`{amount}` is no amount: write a number such as -1234.50"
        ))),
    }
}

fn body(fields: Fields) -> Result<Vec<u8>, Error> {
    serde_json::to_vec(&Json::Object(fields)).map_err(|error| Error::Invalid(error.to_string()))
}

pub(super) fn query(query: &BillsQuery) -> Vec<(&'static str, String)> {
    let number = |number: Option<u64>| number.map(|n| n.to_string());
    [
        ("identerprise", number(query.enterprise)),
        ("fromdate", query.from_date.map(format_date)),
        (PROVIDER, query.provider.clone()),
        ("startwith", number(query.startwith)),
        ("limit", number(query.limit)),
        ("has", query.has.clone()),
        ("by", query.by.clone()),
        ("asc", query.asc.map(|asc| asc.to_string())),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name, value?)))
    .collect()
}

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
pub(super) struct Page {
    pub total: Option<u64>,
    pub next: Option<String>,
    pub bills: Vec<Bill>,
}

pub(super) fn page(body: &[u8]) -> Result<Page, String> {
    let page: PageJson = json(body)?;
    let links = page.links.unwrap_or_default();
    Ok(Page {
        total: page.total_size.as_u64(),
        next: href(&links, "next"),
        bills: page
            .collection
            .into_iter()
            .map(to_bill)
            .collect::<Result<_, _>>()?,
    })
}

pub(super) fn bill(body: &[u8]) -> Result<Bill, String> {
    let bill = to_bill(json(body)?)?;
    if bill.provider.is_none() && bill.price.is_none() && bill.self_link.is_none() {
        return Err("it has nothing of a bill".to_owned());
    }
    Ok(bill)
}

/// The answer to a post: a bill, a list of bills, or nothing.
pub(super) fn posted(body: &[u8]) -> Result<Vec<Bill>, String> {
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
        price: json
            .price
            .map(|price| amount(&price))
            .transpose()?
            .flatten(),
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
        Some(b'"') => serde_json::from_str(raw)
            .map(Some)
            .map_err(|error| error.to_string()),
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
            None => Err(format!("`{text}` is no date (yyyy/MM/dd HH:mm:ss Z)")),
        },
    }
}

pub(super) struct EnterpriseJson {
    pub name: String,
    pub bills: Option<String>,
    pub registers: Option<String>,
    pub estimate: Option<String>,
    pub providers: Option<String>,
}

pub(super) fn enterprise(body: &[u8]) -> Result<EnterpriseJson, String> {
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
pub(super) fn providers(body: &[u8]) -> Result<Vec<String>, String> {
    let value: Value = json(body)?;
    let lists = [&value, &value["collection"], &value["providers"]];
    let list = lists
        .into_iter()
        .find_map(Value::as_array)
        .ok_or("it has no list of providers")?;
    let name = |item: &Value| {
        let names = [item, &item["name"], &item[PROVIDER]];
        names
            .into_iter()
            .find_map(text)
            .ok_or_else(|| "a provider has no name".to_owned())
    };
    list.iter().map(name).collect()
}

/// `{"collection": [{"code", "message"}]}`, or a single one of them; empty if it is neither.
pub(super) fn errors(body: &[u8]) -> Vec<ServiceError> {
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
    links
        .iter()
        .find(|link| link.rel == rel)
        .and_then(|link| text(&link.href))
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
