use super::*;
use std::collections::{BTreeMap, BTreeSet};

fn august() -> UsageData {
    UsageData::demo(jiff::civil::date(2021, 8, 1), 1)
}

fn ask(month: &UsageData, level: Level) -> Ask {
    Ask {
        tenant_id: month.root().id.clone(),
        kind: Kind::Summary,
        level,
        start: month.first_day,
        end: month.last_day(),
        hide_zero_usage: false,
        show_skus: true,
    }
}

#[test]
fn the_same_day_and_seed_give_the_same_bytes() {
    let (one, two) = (august(), august());
    for format in [Format::CsvV2, Format::JsonV2, Format::JsonV1, Format::Csv, Format::Html] {
        let ask = ask(&one, Level::DirectPartners);
        assert_eq!(one.report(&ask, format), two.report(&ask, format));
    }
    assert_eq!(one.price_book(), two.price_book());
    assert_eq!(one.customers(), two.customers());
    assert_ne!(one, UsageData::demo(jiff::civil::date(2021, 8, 1), 2));
}

#[test]
fn it_has_what_a_month_can_have() {
    let month = august();
    let rows = month.rows(&ask(&month, Level::DirectPartners));
    let any = |wanted: &dyn Fn(&Row) -> bool| rows.iter().any(wanted);
    assert!(month.tenants.len() > 48);
    assert!(rows.iter().all(|row| row.item.sku.len() <= 16));
    assert!(any(&|row| row.item.sku.is_empty() && row.effective.total() != 0));
    assert!(any(&|row| row.effective.total() == 0));
    assert!(any(&|row| row.effective.production < 0));
    assert!(any(&|row| row.effective.trial > 0 && row.effective.production == 0));
    assert!(any(&|row| row.effective.trial > 0 && row.effective.production > 0));
    assert!(any(&|row| row.tenant.id == month.root().id && !row.item.sku.is_empty()));
    let units: BTreeSet<_> = rows.iter().map(|row| row.item.unit.as_str()).collect();
    assert_eq!(units.into_iter().collect::<Vec<_>>(), ["", "bytes", "seconds"]);
    let infras: BTreeSet<_> = rows.iter().flat_map(|row| row.infra.clone()).collect();
    assert!(infras.len() >= 5);
    let mut kinds = BTreeMap::new();
    for row in &rows {
        *kinds.entry(row.tenant.kind.as_str()).or_insert(0) += 1;
    }
    assert_eq!(kinds.keys().copied().collect::<Vec<_>>(), ["customer", "folder", "partner"]);
}

#[test]
fn no_sku_is_both_a_counter_and_a_stock_and_no_row_is_there_twice() {
    let month = august();
    for level in [Level::DirectPartners, Level::AllCustomers, Level::Accounts] {
        let (mut ranges, mut keys) = (BTreeMap::new(), BTreeSet::new());
        for row in month.rows(&ask(&month, level)) {
            if !row.item.sku.is_empty() {
                let range = *ranges.entry(row.item.sku.clone()).or_insert(row.item.is_range);
                assert_eq!(range, row.item.is_range, "{}", row.item.sku);
            }
            let infra = row.infra.map(|infra| infra.id);
            assert!(keys.insert((row.tenant.id.clone(), row.item, infra, row.date)));
        }
    }
}

#[test]
fn one_enterprise_alone_uses_the_one_sku_without_a_price() {
    let month = august();
    let priced: BTreeSet<_> = month.prices.iter().filter(|p| !p.withheld).map(|p| p.sku.as_str()).collect();
    let all: BTreeSet<_> = month.prices.iter().map(|p| p.sku.as_str()).collect();
    let mut enterprises = BTreeSet::new();
    for row in month.rows(&ask(&month, Level::DirectPartners)) {
        assert!(row.item.sku.is_empty() || all.contains(row.item.sku.as_str()));
        let used = !row.item.sku.is_empty() && row.effective.production != 0;
        let customer = month.customers.iter().find(|c| c.tenant_id == row.tenant.id);
        if let (true, Some(customer)) = (used && !priced.contains(row.item.sku.as_str()), customer) {
            enterprises.insert((customer.enterprise, row.item.sku));
        }
    }
    assert_eq!(enterprises.into_iter().collect::<Vec<_>>(), [(326, "SKB-SRV-ADV".to_string())]);
    assert!(!month.price_book().contains("SKB-SRV-ADV"));
    assert!(month.price_book_complete().contains("SKB-SRV-ADV"));
}

#[test]
fn all_six_models_and_every_tenant_below_the_root_are_in_the_books() {
    let month = august();
    let models: BTreeSet<_> = month.prices.iter().map(|p| p.model.as_deref().unwrap_or("per-unit")).collect();
    assert_eq!(models.into_iter().collect::<Vec<_>>(), ["flat", "free", "graduated", "package", "per-unit", "volume"]);
    for row in month.rows(&ask(&month, Level::DirectPartners)) {
        let id = &row.tenant.id;
        let mapped = month.customers.iter().any(|c| c.tenant_id == *id);
        assert!(mapped != month.exclude_tenants.contains(id), "{}", row.tenant.name);
    }
    // Two tenants of one enterprise, which has one name.
    assert_eq!(month.enterprises().len() + 1, month.customers.len());
    for (id, name) in month.enterprises() {
        assert!(month.customers.iter().all(|c| c.enterprise != id || c.enterprise_name == name));
    }
}

#[test]
fn what_a_day_counted_adds_up_to_what_the_month_counted() {
    let month = august();
    let whole = month.rows(&ask(&month, Level::DirectPartners));
    let daily = month.rows(&Ask { kind: Kind::Breakdown, ..ask(&month, Level::DirectPartners) });
    assert_eq!(daily.len(), whole.len() * 31);
    for (number, row) in whole.iter().enumerate() {
        let deltas: i64 = daily.iter().skip(number).step_by(whole.len()).map(|r| r.delta.total()).sum();
        assert_eq!(deltas, row.delta.total(), "{} {}", row.tenant.name, row.item.name);
        if row.item.is_range {
            assert_eq!(row.effective, row.delta);
        }
    }
}

#[test]
fn the_csv_has_the_columns_of_the_published_sample() {
    let month = august();
    let text = String::from_utf8(month.report(&ask(&month, Level::DirectPartners), Format::CsvV2)).unwrap();
    let header = text.lines().next().unwrap();
    assert!(header.starts_with("application.id,application.name,date,infra.backend_type,"));
    assert!(header.ends_with("usage.effective.trial,edition,sku"));
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    assert!(reader.records().all(|record| record.unwrap().len() == 30));
    assert!(text.contains("\"O'Brien \"\"Fast\"\" Couriers, Ltd.\""));
    assert!(text.contains(",2021-08-31,"));
    let hidden = month.report(&Ask { hide_zero_usage: true, show_skus: false, ..ask(&month, Level::DirectPartners) }, Format::CsvV2);
    assert!(hidden.len() < text.len());
    assert!(!String::from_utf8(hidden).unwrap().contains("sku"));
}

#[test]
fn levels_choose_tenants() {
    let month = august();
    let kinds = |level| -> Vec<_> {
        let chosen = month.selected(0, level);
        chosen.iter().map(|i| month.tenants[*i].kind.as_str()).collect()
    };
    assert_eq!(kinds(Level::Itself), ["partner"]);
    assert!(kinds(Level::AllPartners).iter().all(|k| ["partner", "folder"].contains(k)));
    assert!(!kinds(Level::AllCustomers).contains(&"unit"));
    assert_eq!(kinds(Level::Accounts).len(), month.tenants.len());
    assert_eq!(month.selected(0, Level::Accounts), (0..month.tenants.len()).collect::<Vec<_>>());
}

#[test]
fn the_tenant_with_a_price_of_its_own_is_billed_by_it() {
    let month = august();
    let favoured = &month.tenants[super::demo::FAVOURED];
    assert_eq!(favoured.name, "O'Brien \"Fast\" Couriers, Ltd.");
    assert!(month.customers.iter().any(|c| c.tenant_id == favoured.id));
}
