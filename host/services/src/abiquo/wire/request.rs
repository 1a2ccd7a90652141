//! What is sent.

use serde::ser::{SerializeMap, SerializeSeq};
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use super::names::PROVIDER;
use super::profile::WireProfile;
use crate::abiquo::bill::BillsQuery;
use crate::abiquo::date::format_date;
use crate::abiquo::error::Error;
use crate::abiquo::posting::{NewBill, NewRegister, PostingHeader};
use skubill_contract::outcome::PostingCategory;

pub(in crate::abiquo) fn query(query: &BillsQuery) -> Vec<(&'static str, String)> {
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
                items.iter().try_for_each(|item| list.serialize_element(item))?;
                list.end()
            }
            Json::Object(fields) => {
                let mut object = serializer.serialize_map(Some(fields.len()))?;
                fields.iter().try_for_each(|(key, value)| object.serialize_entry(key, value))?;
                object.end()
            }
        }
    }
}

type Fields = Vec<(String, Json)>;

pub(in crate::abiquo) fn bill_body(bill: &NewBill) -> Result<Vec<u8>, Error> {
    let mut fields = header(&bill.header);
    fields.push(("price".to_owned(), number(&bill.price)?));
    body(fields)
}

pub(in crate::abiquo) fn register_body(register: &NewRegister) -> Result<Vec<u8>, Error> {
    let mut fields = header(&register.header);
    let amounts = [("price", &register.price), ("estimated", &register.estimated)];
    for (key, amount) in amounts {
        if let Some(amount) = amount {
            fields.push((key.to_owned(), number(amount)?));
        }
    }
    body(fields)
}

pub(in crate::abiquo) fn categories_body(
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
        true => Json::Object(vec![("links".to_owned(), Json::List(Vec::new())), ("collection".to_owned(), Json::List(items))]),
    };
    let mut groups = Vec::new();
    for group in categories {
        let mut usages = Vec::new();
        for usage in &group.usages {
            usages.push(Json::Object(vec![
                (profile.usage_type.clone(), Json::Text(usage.usage_type.clone())),
                (profile.usage_name.clone(), Json::Text(usage.usage_name.clone())),
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
    let plain = amount.bytes().all(|b| b.is_ascii_digit() || b"+-.eE".contains(&b));
    match RawValue::from_string(amount.to_owned()) {
        Ok(number) if plain => Ok(Json::Number(number)),
        _ => Err(Error::Invalid(format!("`{amount}` is no amount: write a number such as -1234.50"))),
    }
}

fn body(fields: Fields) -> Result<Vec<u8>, Error> {
    serde_json::to_vec(&Json::Object(fields)).map_err(|error| Error::Invalid(error.to_string()))
}
