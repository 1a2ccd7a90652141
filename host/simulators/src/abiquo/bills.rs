//! `/statistics/enterpriseresources/{enterprise}/bills`.

use super::body::{Draft, Record, Table};
use super::catalogue::*;
use super::date;
use super::decimal::Decimal;
use super::error::*;
use super::knobs::{FromDate, Has, IdEnterprise, ProvidersShape};
use super::media::{BILL, BILLS, PROVIDERS, answer_type, body_type};
use super::paging::{Hrefs, Page};
use super::service::{Abiquo, Answer, Asked};
use super::store::{Collection, Row, Shown};
use crate::exchange::Reply;
use crate::lock::lock;
use std::cmp::Ordering;
use std::collections::BTreeSet;

impl Abiquo {
    pub(super) fn list_bills(&self, asked: &Asked) -> Answer {
        // The page says bill+json, its cURL bills+json; both are taken.
        let media = answer_type(asked.call, &asked.knobs.versions, BILLS, &[BILL])?;
        let path_enterprise = self.enterprise(asked.enterprise)?.id;
        let page = Page::of(asked.call)?;
        let order = order_by(&page.by).ok_or(INVALID_BY)?;
        let (filters, wanted) = filters(asked, path_enterprise)?;
        let store = lock(&self.store);
        let mut rows: Vec<_> = store.bills.iter().filter(|row| wanted(row)).collect();
        rows.sort_by(|a, b| {
            let ordered = order(a, b).then(a.id.cmp(&b.id));
            if page.asc { ordered } else { ordered.reverse() }
        });
        let base = self.bills_href(asked, path_enterprise);
        let hrefs = Hrefs { base: &base, filters: &filters, encoded: asked.knobs.hrefs_encoded, next_repeats: asked.knobs.next_repeats };
        let body = Collection {
            total_size: Some(rows.len()),
            links: page.links(rows.len(), &hrefs),
            collection: page.cut(&rows).iter().map(|row| self.shown(asked, row, "bills")).collect(),
        };
        Ok(Reply::json_as(200, &media, &body))
    }

    /// A plain body or one by categories, told apart by the body's media type alone.
    pub(super) fn post_bill(&self, asked: &Asked) -> Answer {
        let (record, by_categories, media) = self.posted(asked, Table::Bills)?;
        let mut store = lock(&self.store);
        let same = |row: &&Row| row.enterprise == asked.enterprise && row.provider == record.provider;
        let refused = asked.knobs.duplicates_refused;
        if refused && store.bills.iter().filter(same).any(|r| r.date == record.date) {
            return Err(BILL_9.into());
        }
        let overlaps = |row: &Row| row.overlaps(record.start, record.end);
        if refused && store.bills.iter().filter(same).any(overlaps) {
            return Err(BILL_3.into());
        }
        let mut rows = record.rows;
        for row in &mut rows {
            store.bill_id += 1;
            row.id = store.bill_id;
        }
        store.bills.extend(rows.iter().cloned());
        // A bill takes the place of its period's estimates and cost records.
        let (gone, kept) = std::mem::take(&mut store.registers).into_iter().partition(|row| same(&row) && overlaps(row));
        store.registers = kept;
        drop(store);
        let period = format!("'{}' - '{}'", date::format(record.start), date::format(record.end));
        let owner = self.owner(asked.enterprise, &record.provider);
        let created = format!("Bill for period {period} created for {owner}.");
        self.common.event("BILL", "CREATE", created);
        self.registers_gone(asked.enterprise, &gone);
        Ok(self.created(asked, &rows, "bills", by_categories, &media))
    }

    /// The body of a post, checked; whether it is by categories; and the answer's media type.
    pub(super) fn posted(&self, asked: &Asked, into: Table) -> Result<(Record, bool, String), Reply> {
        let knobs = &asked.knobs;
        let categories = knobs.by_categories_media_type.as_str();
        let by_categories = body_type(asked.call, &[BILL, categories])? == categories;
        let media = if by_categories {
            answer_type(asked.call, &knobs.versions, BILLS, &[BILL, categories])?
        } else {
            answer_type(asked.call, &knobs.versions, BILL, &[])?
        };
        let draft = if by_categories { Draft::by_categories(&asked.call.body, knobs)? } else { Draft::plain(&asked.call.body, knobs)? };
        self.enterprise(asked.enterprise)?;
        let record = draft.check(into, asked.enterprise).map_err(|wrong| replies(&wrong))?;
        Ok((record, by_categories, media))
    }

    /// What a post answers: the bill, or by categories the collection of its rows.
    pub(super) fn created(&self, asked: &Asked, rows: &[Row], resource: &str, by_categories: bool, media: &str) -> Reply {
        let mut shown: Vec<_> = rows.iter().map(|row| self.shown(asked, row, resource)).collect();
        let status = asked.knobs.created_status;
        if status == 204 {
            return Reply::empty(status);
        }
        if by_categories {
            let body = Collection { total_size: Some(shown.len()), links: Vec::new(), collection: shown };
            return Reply::json_as(status, media, &body);
        }
        Reply::json_as(status, media, &shown.pop())
    }

    pub(super) fn get_bill(&self, asked: &Asked, id: &str) -> Answer {
        let media = answer_type(asked.call, &asked.knobs.versions, BILL, &[])?;
        self.enterprise(asked.enterprise)?;
        let store = lock(&self.store);
        let row = find(&store.bills, asked.enterprise, id).ok_or(BILL_4)?;
        Ok(Reply::json_as(200, &media, &self.shown(asked, row, "bills")))
    }

    /// All rows of the provider whose period starts at that moment.
    pub(super) fn delete_bills(&self, asked: &Asked) -> Answer {
        self.enterprise(asked.enterprise)?;
        let start = asked.call.parameter("startBillDate").ok_or(INVALID_QUERY)?;
        let provider = asked.call.parameter("provider").ok_or(INVALID_QUERY)?;
        let start = date::parse(&start).ok_or(BILL_5)?;
        let mut store = lock(&self.store);
        let (gone, kept): (Vec<_>, _) = std::mem::take(&mut store.bills)
            .into_iter()
            .partition(|row| row.enterprise == asked.enterprise && row.provider == provider && row.start == start);
        store.bills = kept;
        drop(store);
        let Some(first) = gone.first() else {
            return nothing(asked, BILL_4);
        };
        let text = format!(
            "Bills for period '{}' - '{}' deleted for {} with IDs {}.",
            date::format(first.start),
            date::format(first.end),
            self.owner(asked.enterprise, &provider),
            ids(&gone)
        );
        self.common.event("BILL", "DELETE", text);
        Ok(Reply::empty(204))
    }

    pub(super) fn providers(&self, asked: &Asked) -> Answer {
        let media = answer_type(asked.call, &asked.knobs.versions, PROVIDERS, &[])?;
        self.enterprise(asked.enterprise)?;
        let mut names: BTreeSet<_> = asked.knobs.providers.iter().cloned().collect();
        let store = lock(&self.store);
        let mine = store.bills.iter().filter(|row| row.enterprise == asked.enterprise);
        names.extend(mine.map(|row| row.provider.clone()));
        let shown = |name: String| match asked.knobs.providers_shape {
            ProvidersShape::Strings => serde_json::Value::String(name),
            ProvidersShape::Objects => serde_json::json!({ "name": name }),
        };
        let body = Collection { total_size: Some(names.len()), links: Vec::new(), collection: names.into_iter().map(shown).collect() };
        Ok(Reply::json_as(200, &media, &body))
    }

    fn bills_href(&self, asked: &Asked, enterprise: u64) -> String {
        format!("{}/statistics/enterpriseresources/{enterprise}/bills", asked.base)
    }

    pub(super) fn shown<'a>(&self, asked: &Asked, row: &'a Row, resource: &str) -> Shown<'a> {
        Shown::of(row, self.links_of(asked, row, resource))
    }
}

/// A delete that found nothing.
pub(super) fn nothing(asked: &Asked, missing: Code) -> Answer {
    match asked.knobs.delete_nothing_status {
        404 => Err(missing.into()),
        status => Ok(Reply::empty(status)),
    }
}

/// `1, 2, 3`
pub(super) fn ids(rows: &[Row]) -> String {
    let ids: Vec<_> = rows.iter().map(|row| row.id.to_string()).collect();
    ids.join(", ")
}

pub(super) fn find<'a>(rows: &'a [Row], enterprise: u64, id: &str) -> Option<&'a Row> {
    let id: u64 = id.parse().ok()?;
    rows.iter().find(|row| row.id == id && row.enterprise == enterprise)
}

type Filters = (Vec<(&'static str, String)>, Box<dyn Fn(&Row) -> bool>);

/// The list's own filters, as links repeat them, and what they let through.
fn filters(asked: &Asked, path_enterprise: u64) -> Result<Filters, Code> {
    let mut shown = Vec::new();
    let mut enterprises = vec![path_enterprise];
    if let Some(text) = asked.call.parameter("identerprise") {
        let id: u64 = text.parse().map_err(|_| INVALID_QUERY)?;
        match asked.knobs.identerprise {
            IdEnterprise::Narrows => enterprises.push(id),
            IdEnterprise::Replaces => enterprises = vec![id],
        }
        shown.push(("identerprise", text));
    }
    let mut from = None;
    if let Some(text) = asked.call.parameter("fromdate") {
        from = Some(date::parse(&text).ok_or(BILL_5)?);
        shown.push(("fromdate", text));
    }
    let provider = asked.call.parameter("provider");
    shown.extend(provider.clone().map(|name| ("provider", name)));
    let needle = asked.call.parameter("has").map(|text| text.to_lowercase());
    let (compared, has) = (asked.knobs.fromdate, asked.knobs.has);
    let wanted = move |row: &Row| {
        let moment = match compared {
            FromDate::PeriodStart => row.start,
            FromDate::Date => row.date,
        };
        enterprises.iter().all(|id| *id == row.enterprise)
            && from.is_none_or(|from| moment >= from)
            && provider.as_ref().is_none_or(|name| *name == row.provider)
            && needle.as_ref().is_none_or(|text| contains(row, text, has))
    };
    Ok((shown, Box::new(wanted)))
}

fn contains(row: &Row, needle: &str, has: Has) -> bool {
    let holds = |text: &Option<String>| text.as_ref().is_some_and(|t| t.to_lowercase().contains(needle));
    match has {
        Has::UsageName => holds(&row.usage_name),
        Has::Any => holds(&row.usage_name) || holds(&row.usage_type) || holds(&row.category),
    }
}

/// The order of an attribute; `name`, the default of 6.0, is the usage name.
fn order_by(by: &str) -> Option<fn(&Row, &Row) -> Ordering> {
    Some(match by {
        "id" => |a, b| a.id.cmp(&b.id),
        "name" | "usageName" => |a, b| a.usage_name.cmp(&b.usage_name),
        "usageType" => |a, b| a.usage_type.cmp(&b.usage_type),
        "category" => |a, b| a.category.cmp(&b.category),
        "provider" => |a, b| a.provider.cmp(&b.provider),
        "date" => |a, b| a.date.cmp(&b.date),
        "billingPeriodStartDate" => |a, b| a.start.cmp(&b.start),
        "billingPeriodEndDate" => |a, b| a.end.cmp(&b.end),
        "currencyCode" => |a, b| a.currency.cmp(&b.currency),
        "price" => |a, b| match (Decimal::parse(&a.price), Decimal::parse(&b.price)) {
            (Some(a), Some(b)) => a.compare(b),
            (a, b) => a.is_some().cmp(&b.is_some()),
        },
        _ => return None,
    })
}
