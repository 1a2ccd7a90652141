//! `skubill init` and `skubill check`: from a report to a price book that is filled in.

use serde_json::{Value, json};

use crate::world::{Folder, SAMPLE, has, small_folder, small_report};

#[test]
fn check_tells_what_the_files_hold() {
    let folder = small_folder();
    let ran = folder.skubill(&["check", "prices.json"]).ends(0);
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), ("prices.json: 2 prices for 2 SKUs, in EUR\n", ""));
    let ran = folder.skubill(&["check", "prices.json", "--customers", "customers.json"]).ends(0);
    has(&ran.stdout, "customers.json: 1 tenants of 1 enterprises, 0 excluded\n");
    let ran = folder.skubill(&["check", "prices.json", "--customers", "customers.json", "--format", "json"]).ends(0);
    assert_eq!(
        ran.json(),
        json!({"currency": "EUR", "prices": 2, "skus": 2, "customers": 1, "excluded": 0, "enterprises": 1, "findings": []})
    );
    // A spreadsheet's UTF-16 is no text for a JSON call, and is read all the same.
    let sheet = "tenant_id;enterprise\nt-1;292\n".encode_utf16().flat_map(u16::to_le_bytes);
    folder.file("customers.csv", [0xff, 0xfe].into_iter().chain(sheet).collect::<Vec<u8>>());
    let ran = folder.skubill(&["check", "prices.json", "--customers", "customers.csv"]).ends(0);
    has(&ran.stdout, "customers.csv: 1 tenants of 1 enterprises, 0 excluded\n");
    let fed = folder.skubill_fed(&["check", "-"], folder.read("prices.json").as_bytes()).ends(0);
    assert_eq!(fed.stdout, "-: 2 prices for 2 SKUs, in EUR\n");
}

/// A price for a tenant in capitals applies to nobody: what can be seen without a report.
#[test]
fn check_names_prices_of_tenants_that_are_not_there() {
    let folder = small_folder();
    folder.file(
        "prices.json",
        r#"{"currency": "EUR", "prices": [{"sku": "S", "name": "n", "unit": "each", "price": "1", "tenant_id": "T-1"}]}"#,
    );
    let ran = folder.skubill(&["check", "prices.json", "--customers", "customers.json"]).ends(0);
    for word in ["warning", "unmatched-reference", "T-1", "\"t-1\""] {
        has(&ran.stdout, word);
    }
}

#[test]
fn check_names_the_mistakes_of_both_files_at_once() {
    let folder = small_folder();
    folder.file("prices.json", r#"{"currency": "EUR", "prices": [{"sku": "S", "name": "n", "unit": "GB", "price": "1"}]}"#);
    folder.file("customers.csv", "tenant_id,enterprise,factor\nt-1,292,1\nt-1,293,-1\nt-2,0,1\n");
    let text = folder.skubill(&["check", "prices.json", "--customers", "customers.csv"]).refuses(3);
    for place in ["prices, prices[0].unit", "customers, row 2, tenant_id", "customers, row 2, factor", "customers, row 3, enterprise"] {
        has(&text, place);
    }
    // Bytes that are no text have a place, too.
    folder.file("prices.json", b"{\"currency\": \"\xff\"}");
    has(&folder.skubill(&["check", "prices.json"]).refuses(3), "UTF-8");
}

/// What a new user does: init, be told what is missing, fill it in, preview.
#[test]
fn from_a_report_to_a_bill() {
    let folder = Folder::new();
    folder.file("report.csv", small_report());
    let ran = folder.skubill(&["init", "report.csv"]).ends(0);
    assert_eq!(ran.stderr, "");
    for line in [
        "prices.json: 2 SKUs to price\n",
        "customers.json: 1 tenants to map\n",
        "Fill in what is null, then: skubill check prices.json --customers customers.json\n",
    ] {
        has(&ran.stdout, line);
    }
    let check = ["check", "prices.json", "--customers", "customers.json"];
    let text = folder.skubill(&check).refuses(3);
    for place in ["prices, currency", "prices, prices[0].price", "prices, prices[1].price", "customers, customers[0].enterprise"] {
        has(&text, place);
    }
    has(&text, "4 faults");
    let read = |name: &str| serde_json::from_str::<Value>(&folder.read(name)).expect("init writes JSON");
    let mut book = read("prices.json");
    let server = json!({"sku": "SRV", "name": "SRV", "category": "Backup", "unit": "each", "price": null});
    let storage = json!({"sku": "STO", "name": "STO", "category": "Backup", "unit": "GiB", "price": null});
    assert_eq!(book["prices"], json!([server, storage]));
    book["currency"] = "EUR".into();
    book["prices"][0]["price"] = "6.50".into();
    book["prices"][1]["price"] = "0.10".into();
    let mut customers = read("customers.json");
    assert_eq!(customers["customers"], json!([{"tenant_id": "t-1", "enterprise": null, "enterprise_name": "Tenant t-1"}]));
    customers["customers"][0]["enterprise"] = 292.into();
    folder.file("prices.json", book.to_string());
    folder.file("customers.json", customers.to_string());
    folder.skubill(&check).ends(0);
    let preview = ["preview", "report.csv", "--prices", "prices.json", "--customers", "customers.json", "--format", "json"];
    let outcome = folder.skubill(&preview).ends(0).json();
    assert_eq!((&outcome["postings"][0]["enterprise"], &outcome["postings"][0]["total"]), (&json!(292), &json!("23.40")));
}

#[test]
fn init_writes_over_nothing_unless_forced() {
    let folder = small_folder();
    for (prices, customers, there) in [("prices.json", "c.json", "prices.json"), ("p.json", "customers.json", "customers.json")] {
        let before = folder.read(there);
        let stderr = folder.skubill(&["init", "report.csv", "--prices", prices, "--customers", customers]).refuses(1);
        has(&stderr, &format!("{there} is there already"));
        assert_eq!(folder.read(there), before);
    }
    // Neither file of the two, where one of them cannot be written.
    assert!(!folder.path().join("p.json").exists() && !folder.path().join("c.json").exists());
    folder.skubill(&["init", "report.csv", "--force"]).ends(0);
    has(&folder.read("prices.json"), "\"price\": null");
}

#[test]
fn init_says_when_there_is_nothing_to_price() {
    let folder = Folder::new();
    folder.file("sample.csv", SAMPLE);
    let ran = folder.skubill(&["init", "sample.csv"]).ends(0);
    has(&ran.stdout, "prices.json: 0 SKUs to price");
    has(&ran.stdout, "no row with a SKU");
    // A report that cannot be read makes no files.
    let other = Folder::new();
    other.file("report.csv", "<html></html>");
    has(&other.skubill(&["init", "report.csv"]).refuses(3), "HTML");
    assert!(!other.path().join("prices.json").exists());
    let fed = other.skubill_fed(&["init", "-"], small_report().as_bytes()).ends(0);
    has(&fed.stdout, "prices.json: 2 SKUs to price");
}
