//! What cannot be read: exit 3, nothing on stdout, every fault at once with its place, as text and as JSON.

use serde_json::Value;

use crate::world::{Folder, PRICES, gzip, has, lacks, small_folder, small_report};

/// What is on stderr of a preview of this report.
#[track_caller]
fn preview(report: &[u8]) -> String {
    let folder = Folder::new();
    folder.file("report", report);
    folder.file("prices.json", PRICES);
    let text = folder.skubill(&["preview", "report", "--prices", "prices.json"]).refuses(3);
    // The same faults as JSON, and by stdin.
    let json = folder.skubill(&["preview", "report", "--prices", "prices.json", "--format", "json"]).refuses(3);
    let faults: Value = serde_json::from_str(&json).expect("faults are JSON");
    assert_eq!(faults["fault_count"], faults["faults"].as_array().map_or(0, Vec::len), "{faults}");
    for fault in faults["faults"].as_array().into_iter().flatten() {
        assert_eq!(fault["input"], "report");
        for key in ["row", "column", "found", "expected"] {
            assert!(fault.get(key).is_some(), "{key} is missing in {fault}");
        }
        // What one says, the other says.
        has(&text, fault["expected"].as_str().unwrap_or("no text"));
    }
    assert_eq!(folder.skubill_fed(&["preview", "-", "--prices", "prices.json"], report).refuses(3), text);
    has(&text, "nothing was billed");
    text
}

#[track_caller]
fn with(from: &str, to: &str) -> String {
    let good = small_report();
    assert!(good.contains(from), "{from:?} is in the report");
    preview(good.replacen(from, to, 1).as_bytes())
}

#[test]
fn as_json_a_fault_is_what_the_rules_say() {
    let folder = small_folder();
    folder.file("report.csv", small_report().replace(",41875931136,41875931136,0,,\"STO\"", ",\"1,5\",0,0,,\"STO\""));
    let arguments = ["preview", "report.csv", "--prices", "prices.json", "--format", "json"];
    let expected = "{\"faults\":[{\"input\":\"report\",\"row\":2,\"column\":\"usage.effective.production\",\"found\":\"1,5\",\
        \"expected\":\"a decimal such as 1.5\"}],\"fault_count\":1}\n";
    assert_eq!(folder.skubill(&arguments).refuses(3), expected);
}

#[test]
fn numbers_that_are_none() {
    let long = "7".repeat(400);
    for (number, shown) in [
        ("\"1,5\"", "1,5"),
        ("NaN", "NaN"),
        ("1e400", "1e400"),
        (&long, "(400 bytes)"),
        ("-Infinity", "-Infinity"),
        ("0x10", "0x10"),
        ("1 000", "1 000"),
    ] {
        let text = with("3,3,0,,\"SRV\"", &format!("{number},3,0,,\"SRV\""));
        has(&text, "report, row 1, usage.effective.production: found ");
        has(&text, shown);
        // Too long, or none at all: each is said in its own words.
        let expected = if matches!(number, "1e400") || number.len() == 400 { "at most 38 digits" } else { "a decimal such as 1.5" };
        has(&text, expected);
        lacks(&text, "row 2");
    }
}

#[test]
fn gzip_that_is_cut_or_corrupt() {
    let whole = gzip(small_report().as_bytes());
    for length in [3, 12, whole.len() / 2, whole.len() - 8, whole.len() - 1] {
        has(&preview(&whole[..length]), "expected a complete gzip file");
    }
    let mut flipped = whole.clone();
    let middle = flipped.len() / 2;
    flipped[middle] ^= 0x55;
    preview(&flipped);
    // The checksum, and the length, are checked.
    for place in [whole.len() - 8, whole.len() - 1] {
        let mut wrong = whole.clone();
        wrong[place] ^= 1;
        has(&preview(&wrong), "gzip that cannot be unpacked");
    }
    let trailing = [&whole[..], b"more"].concat();
    has(&preview(&trailing), "nothing but zero bytes after its last member");
}

#[test]
fn a_bomb() {
    let bomb = gzip(&vec![b'\n'; 80 << 20]);
    let folder = Folder::new();
    folder.file("report", &bomb);
    folder.file("prices.json", PRICES);
    let text = folder.skubill(&["preview", "report", "--prices", "prices.json"]).refuses(3);
    has(&text, "limit inflated_ratio");
}

#[test]
fn text_that_is_not_utf_8() {
    let good = small_report();
    let (head, tail) = good.split_once("Tenant t-1").expect("the name is there");
    let text = preview(&[head.as_bytes(), b"M\xfcller", tail.as_bytes()].concat());
    has(&text, "report, row 1");
    has(&text, "UTF-8");
    let utf16: Vec<u8> = good.encode_utf16().flat_map(u16::to_le_bytes).collect();
    preview(&[&[0xff, 0xfe], &utf16[..]].concat());
}

#[test]
fn columns_and_rows_that_do_not_fit() {
    has(&with("tenant.kind", "tenant_kind"), "report, tenant.kind: found no such column");
    has(&with(",edition,", ",name,"), "report, name: found a column of this name twice");
    has(&with(",\"SRV\"", ""), "report, row 1: found 29 fields; expected 30 fields");
    has(&with(",\"STO\"", ",\"STO\",x"), "report, row 2: found 31 fields; expected 30 fields");
    has(&with("\"STO\"", "\"STO"), "report, row 2");
    has(&with("2021-08-31", "31.08.2021"), "report, row 1, date: found 31.08.2021;");
}

#[test]
fn all_faults_of_all_inputs_at_once() {
    let folder = Folder::new();
    folder.file("report", small_report().replace(",False,", ",perhaps,"));
    folder.file("prices.json", PRICES.replace("EUR", "EURO"));
    folder.file("customers.json", r#"{"customers": [{"tenant_id": "t-1", "enterprise": -3}]}"#);
    let arguments = ["preview", "report", "--prices", "prices.json", "--customers", "customers.json"];
    let text = folder.skubill(&arguments).refuses(3);
    for place in ["report, row 1, is_range", "report, row 2, is_range", "prices, currency", "customers, customers[0].enterprise"] {
        has(&text, place);
    }
    has(&text, "4 faults: nothing was billed");
}

#[test]
fn the_first_hundred_faults_and_how_many_there_were() {
    let folder = small_folder();
    let good = small_report();
    let bad = good.lines().nth(1).unwrap_or_default().replace(",False,", ",perhaps,");
    folder.file("report.csv", format!("{}\n{}", good.lines().next().unwrap_or_default(), format!("{bad}\n").repeat(250)));
    let text = folder.skubill(&["preview", "report.csv", "--prices", "prices.json"]).refuses(3);
    assert_eq!(text.lines().count(), 101);
    has(&text, "250 faults, 150 of them not listed");
}

#[test]
fn what_is_no_report() {
    let format = "expected a usage report in the format csv_v2_0 or json_v2_0";
    has(&preview(b""), format);
    has(&preview(b" \r\n \n"), format);
    has(&preview(b"<!DOCTYPE html><html><body><h1>502 Bad Gateway</h1></body></html>\n"), "HTML");
    // json_v1 is a list of tenants.
    has(&preview(br#"[{"tenant": {"id": "t-1"}, "applications": [{"usages": []}]}]"#), "an object with `tenants`");
    has(&preview(br#"{"report": {"items": []}}"#), "tenants");
}

#[test]
fn json_that_is_nested_10_000_deep() {
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    has(&preview(format!("{{\"tenants\": {deep}}}").as_bytes()), "limit depth");
    has(&preview(format!("{{\"tenants\": [{{\"a\": {deep}}}]}}").as_bytes()), "limit depth");
    let objects = format!("{}1{}", "{\"a\":".repeat(10_000), "}".repeat(10_000));
    has(&preview(format!("{{\"tenants\": [{objects}]}}").as_bytes()), "limit depth");
    preview(deep.as_bytes());
    // A price book is no better a place for it.
    let folder = small_folder();
    folder.file("prices.json", format!("{{\"currency\": \"EUR\", \"prices\": {deep}}}"));
    has(&folder.skubill(&["check", "prices.json"]).refuses(3), "limit depth");
}

#[test]
fn json_that_is_broken() {
    let json = |row: &str| format!("{{\"tenants\": [{row}]}}");
    has(&preview(json("{\"name\": \"a\", \"name\": \"b\"}").as_bytes()), "name");
    has(&preview(json("{\"name\": \"a\"").as_bytes()), "report");
    has(&preview(json("{\"usage\": {\"effective\": {\"production\": [1]}}}").as_bytes()), "usage.effective.production");
}

/// The mistakes of a price book, each with its place, by `check` and by `preview` alike.
#[test]
fn price_books_that_price_nothing() {
    let price = |fields: &str| format!(r#"{{"currency": "EUR", "prices": [{{"sku": "S", "name": "n", {fields}}}]}}"#);
    let each = r#""unit": "each""#;
    for (book, place, said) in [
        (price(r#""unit": "GB", "price": "1""#), "prices[0].unit", "GiB or TiB"),
        (price(&format!(r#"{each}, "price": "-1""#)), "prices[0].price", "not negative"),
        (price(&format!(r#"{each}, "price": "1,5""#)), "prices[0].price", "1,5"),
        (price(&format!(r#"{each}, "price": "1", "colour": "red""#)), "prices[0].colour", "this key"),
        (price(&format!(r#"{each}, "price": "1", "size": "10""#)), "prices[0].size", "this key"),
        (
            price(&format!(
                r#"{each}, "model": "graduated", "tiers": [{{"up_to": "9", "price": "1"}}, {{"up_to": "8", "price": "1"}},{{"price":"1"}}]"#
            )),
            "prices[0].tiers[1].up_to",
            "rise",
        ),
        (r#"{"currency": "XXQ", "prices": []}"#.into(), "currency", "ISO 4217"),
        (r#"{"currency": "EUR", "prices": [], "prise": []}"#.into(), "prise", "this key"),
        (
            r#"{"currency": "EUR", "prices": [
            {"sku": "W", "name": "n", "unit": "each", "price": "1", "until": "2021-08-31"},
            {"sku": "W", "name": "n", "unit": "each", "price": "2", "from": "2021-08-31"}]}"#
                .into(),
            "prices[1].from",
            "do not overlap",
        ),
        (String::new(), "", "found nothing"),
    ] {
        let folder = small_folder();
        folder.file("prices.json", &book);
        let checked = folder.skubill(&["check", "prices.json"]).refuses(3);
        has(&checked, &if place.is_empty() { "prices: ".to_string() } else { format!("prices, {place}: found ") });
        has(&checked, said);
        has(&folder.skubill(&["preview", "report.csv", "--prices", "prices.json"]).refuses(3), said);
        let json = folder.skubill(&["check", "prices.json", "--format", "json"]).refuses(3);
        let faults: Value = serde_json::from_str(&json).expect("faults are JSON");
        assert_eq!((&faults["fault_count"], &faults["faults"][0]["input"]), (&Value::from(1), &Value::from("prices")), "{faults}");
    }
}

#[test]
fn a_price_book_as_csv() {
    let folder = small_folder();
    folder.file("prices.csv", "sku,name,category,unit,price,currency\nSRV,Server,W,each,6.50,EUR\nSTO,Storage,S,GB,0.10,USD\n");
    let text = folder.skubill(&["check", "prices.csv"]).refuses(3);
    has(&text, "prices, row 2, unit: found GB;");
    has(&text, "prices, row 2, currency");
    // As half of Europe saves it.
    folder.file("prices.csv", "sku;name;category;unit;price;currency\nSRV;Server;W;each;6,50;EUR\nSTO;Storage;S;GiB;0,10;EUR\n");
    folder.skubill(&["check", "prices.csv"]).ends(0);
    let ran = folder.skubill(&["preview", "report.csv", "--prices", "prices.csv", "--format", "json"]).ends(0);
    assert_eq!(ran.json()["total"], "23.40");
}
