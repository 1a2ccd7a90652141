//! `skubill preview`: the three formats, the findings, the exit codes.

use serde_json::json;

use crate::world::{CUSTOMERS, Folder, PRICES, SAMPLE, gzip, has, lacks, report, row, small_folder, small_report};

#[test]
fn the_table_is_a_ledger() {
    let folder = small_folder();
    let ran = folder
        .skubill(&["preview", "report.csv", "--prices", "prices.json", "--customers", "customers.json", "--period", "2021-08"])
        .ends(0);
    assert_eq!(ran.stderr, "");
    // Columns are as wide as they must be: what is compared is what stands in them.
    let words: Vec<Vec<&str>> = ran.stdout.lines().map(|line| line.split_whitespace().collect()).collect();
    for line in [
        "Bills for 2021-08-01 to 2021-08-31, in EUR: 1 tenants, total 23.40",
        "Tenant t-1 customer, enterprise 292 23.40",
        "Storage 3.90",
        "STO Cloud storage 39 GiB 3.90",
        "Workloads 19.50",
        "SRV Server 3 each 19.50",
        "292 1 2 23.40 may be posted",
        "2 2 0 0 0 0 0",
    ] {
        let line: Vec<&str> = line.split_whitespace().collect();
        assert!(words.contains(&line), "{line:?} is not in:\n{}", ran.stdout);
    }
    lacks(&ran.stdout, "Findings");
    lacks(&ran.stdout, "\u{1b}");
}

#[test]
fn the_json_is_the_outcome_of_the_rules() {
    let folder = small_folder();
    let arguments =
        ["preview", "report.csv", "--prices", "prices.json", "--customers", "customers.json", "--period", "2021-08", "--format", "json"];
    let ran = folder.skubill(&arguments).ends(0);
    assert_eq!(ran.stderr, "");
    assert_eq!(ran.stdout.lines().count(), 1);
    let storage = json!({"usage_type": "STO", "usage_name": "Cloud storage", "price": "3.90"});
    let server = json!({"usage_type": "SRV", "usage_name": "Server", "price": "19.50"});
    let line = |line: &serde_json::Value, quantity: &str, unit: &str, rows: &[u64]| {
        let mut line = line.clone();
        line["quantity"] = quantity.into();
        line["unit"] = unit.into();
        line["rows"] = rows.into();
        line
    };
    let categories = |storage: &serde_json::Value, server: &serde_json::Value| {
        json!([
            {"category": "Storage", "total": "3.90", "usages": [storage]},
            {"category": "Workloads", "total": "19.50", "usages": [server]},
        ])
    };
    let expected = json!({
        "period": {"start": "2021-08-01", "end": "2021-08-31"}, "currency": "EUR", "total": "23.40",
        "bills": [{"tenant_id": "t-1", "tenant_name": "Tenant t-1",
            "tenant_kind": "customer", "customer_id": "", "enterprise": 292, "total": "23.40",
            "categories": categories(&line(&storage, "39", "GiB", &[2]), &line(&server, "3", "each", &[1]))}],
        "postings": [{"enterprise": 292, "total": "23.40", "tenants": ["t-1"], "held": [], "categories": categories(&storage, &server)}],
        "accounting": {"rows": 2, "billed": 2, "no_sku": 0, "zero_usage": 0, "excluded": 0, "unmapped": 0, "unpriced": 0},
        "findings": [],
    });
    assert_eq!(ran.json(), expected);
}

#[test]
fn the_csv_is_a_line_a_usage() {
    let folder = small_folder();
    let arguments =
        ["preview", "report.csv", "--prices", "prices.json", "--customers", "customers.json", "--period", "2021-08", "--format", "csv"];
    let ran = folder.skubill(&arguments).ends(0);
    let expected = "\
period_start,period_end,currency,tenant_id,tenant_name,tenant_kind,customer_id,enterprise,category,sku,name,quantity,unit,amount,rows
2021-08-01,2021-08-31,EUR,t-1,Tenant t-1,customer,,292,Storage,STO,Cloud storage,39,GiB,3.90,2
2021-08-01,2021-08-31,EUR,t-1,Tenant t-1,customer,,292,Workloads,SRV,Server,3,each,19.50,1
";
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), (expected, ""));
}

#[test]
fn stdin_gzip_and_file_give_the_same_bytes() {
    let folder = small_folder();
    folder.file("report.csv.gz", gzip(small_report().as_bytes()));
    let rest = ["--prices", "prices.json", "--format", "json"];
    let run = |report: &str, stdin: &[u8]| folder.skubill_fed(&[&["preview", report], &rest[..]].concat(), stdin).ends(0).stdout;
    let from_file = run("report.csv", b"");
    assert_eq!(run("-", small_report().as_bytes()), from_file);
    assert_eq!(run("-", &gzip(small_report().as_bytes())), from_file);
    assert_eq!(run("report.csv.gz", b""), from_file);
}

/// Acronis' own sample has 26 rows and no SKU anywhere.
#[test]
fn the_real_sample_says_that_no_row_has_a_sku() {
    let folder = Folder::new();
    folder.file("sample.csv", SAMPLE);
    folder.file("prices.json", PRICES);
    let arguments = ["preview", "sample.csv", "--prices", "prices.json", "--format", "json"];
    let ran = folder.skubill(&arguments).ends(4);
    let outcome = ran.json();
    let accounting = json!({"rows": 26, "billed": 0, "no_sku": 26, "zero_usage": 0, "excluded": 0, "unmapped": 0, "unpriced": 0});
    assert_eq!(outcome["accounting"], accounting);
    assert_eq!(outcome["findings"][0]["code"], "no-sku-column");
    assert_eq!(outcome["findings"][0]["severity"], "error");
    assert_eq!(outcome["period"], json!({"start": "2020-03-01", "end": "2020-03-31"}));
    assert_eq!((&outcome["bills"], &outcome["total"]), (&json!([]), &json!("0.00")));

    let table = folder.skubill(&["preview", "sample.csv", "--prices", "prices.json"]).ends(4);
    has(&table.stdout, "no-sku-column");
    has(&table.stdout, "  26        0       26 ");

    // Accepted, the same outcome ends well.
    let accepted = folder.skubill(&[&arguments[..], &["--accept", "no-sku-column"]].concat()).ends(0);
    assert_eq!(accepted.stdout, ran.stdout);
    let table = folder.skubill(&["preview", "sample.csv", "--prices", "prices.json", "--accept", "no-sku-column"]).ends(0);
    has(&table.stdout, "accepted");
}

#[test]
fn an_unpriced_sku_holds_its_enterprise_until_it_is_accepted() {
    let folder = Folder::new();
    folder.file("report.csv", report(&[row("t-1", "SRV", "", "3"), row("t-1", "NEW", "", "1"), row("t-2", "SRV", "", "1")]));
    folder.file("prices.json", PRICES);
    folder.file("customers.csv", "tenant_id,enterprise\nt-1,292\nt-2,7\n");
    let base =
        ["preview", "report.csv", "--prices", "prices.json", "--customers", "customers.csv", "--period", "2021-08", "--format", "json"];
    let with = |accept: &str| folder.skubill(&[&base[..], &["--accept", accept]].concat());
    let ran = folder.skubill(&base).ends(4).json();
    let held: Vec<_> = ran["postings"].as_array().into_iter().flatten().map(|p| (&p["enterprise"], &p["held"], &p["total"])).collect();
    let expected = [(&json!(7), &json!([]), &json!("6.50")), (&json!(292), &json!(["unpriced-sku"]), &json!("19.50"))];
    assert_eq!(held, expected);
    assert_eq!(ran["accounting"]["unpriced"], 1);
    // By code, or by the SKU it is about; another SKU is not this one.
    assert_eq!(with("unpriced-sku").ends(0).json()["postings"][1]["held"], json!([]));
    assert_eq!(with("unpriced-sku:NEW").ends(0).json()["postings"][1]["held"], json!([]));
    assert_eq!(with("unpriced-sku:SRV").ends(4).json()["postings"][1]["held"], json!(["unpriced-sku"]));
}

#[test]
fn root_level_measure_and_period_reach_the_component() {
    let folder = small_folder();
    let base = ["preview", "report.csv", "--prices", "prices.json", "--format", "json"];
    let with = |more: &[&str], code| folder.skubill(&[&base[..], more].concat()).ends(code).json();
    assert_eq!(with(&["--root", "t-1"], 0)["accounting"]["excluded"], 2);
    let trial = with(&["--measure", "usage.effective.trial"], 4);
    assert_eq!((&trial["accounting"]["zero_usage"], &trial["findings"][0]["code"]), (&json!(2), &json!("nothing-billable")));
    assert_eq!(with(&["--measure", "usage.billable"], 0)["accounting"]["billed"], 2);
    let other = with(&["--period", "2021-07"], 4);
    assert_eq!(other["findings"][0]["code"], "stale-report");
    assert_eq!(other["period"]["end"], "2021-07-31");
    // A partner's row beside a customer's: no finding at direct_partners, a warning without a level, an error at another.
    let mixed = report(&[row("t-1", "SRV", "", "1"), row("t-2", "SRV", "", "1")]).replacen("t-2,customer", "t-2,partner", 1);
    folder.file("report.csv", mixed);
    let about = |outcome: serde_json::Value| outcome["findings"][0].clone();
    assert_eq!(about(with(&["--period", "2021-08", "--level", "direct_partners"], 0)), json!(null));
    assert_eq!(about(with(&["--period", "2021-08"], 0))["severity"], "warning");
    for level in ["accounts", "itself"] {
        let standing = about(with(&["--period", "2021-08", "--level", level], 4));
        assert_eq!((&standing["code"], &standing["severity"]), (&json!("partner-and-descendant"), &json!("error")), "{level}");
    }
}

#[test]
fn wrong_usage_is_2() {
    let folder = small_folder();
    folder.file("undated.csv", small_report().replace("2021-08-31", ""));
    let base = ["preview", "report.csv", "--prices", "prices.json"];
    for (more, said) in [
        (&["--colour"][..], "unexpected argument '--colour'"),
        (&["--format", "xml"], "invalid value 'xml'"),
        (&["--accept", "unpriced"], "no finding has the code \"unpriced\""),
        (&["--level", "everybody"], "\"everybody\" is not direct_partners"),
        (&["--measure", "usage.total"], "\"usage.total\" is not a usage column"),
        (&["--limit", "rows"], "--limit rows: write NAME=NUMBER"),
        (&["--limit", "rows=many"], "--limit rows=many: write NAME=NUMBER"),
        (&["--limit", "lions=3"], "lions"),
    ] {
        has(&folder.skubill(&[&base[..], more].concat()).refuses(2), said);
    }
    has(&folder.skubill(&["preview", "report.csv"]).refuses(2), "--prices <FILE>");
    let undated = folder.skubill(&["preview", "undated.csv", "--prices", "prices.json"]).refuses(2);
    has(&undated, "period: none is named, and the report has no date");
    folder.skubill(&["preview", "undated.csv", "--prices", "prices.json", "--period", "2021-08"]).ends(0);
    // A period that is no month is wrong usage, too.
    folder.skubill(&["preview", "report.csv", "--prices", "prices.json", "--period", "2021-13"]).refuses(2);
}

#[test]
fn a_file_that_is_not_there_is_1() {
    let folder = small_folder();
    for (arguments, said) in [
        (["preview", "none.csv", "--prices", "prices.json"], "none.csv"),
        (["preview", "report.csv", "--prices", "none.json"], "none.json"),
        (["check", "prices.json", "--customers", "none.json"], "none.json"),
    ] {
        let stderr = folder.skubill(&arguments).refuses(1);
        has(&stderr, said);
        has(&stderr, "No such file");
    }
}

#[test]
fn limits_of_the_component_are_faults_and_those_of_the_sandbox_are_6() {
    let folder = small_folder();
    let base = ["preview", "report.csv", "--prices", "prices.json", "--format", "json", "--limit"];
    let with = |limit: &str| folder.skubill(&[&base[..], &[limit]].concat());
    for (limit, found) in
        [("rows=1", "more than 1 rows"), ("columns=3", "columns"), ("cell_bytes=4", "4"), ("lines=1", "1"), ("book_bytes=10", "10")]
    {
        let stderr = with(limit).refuses(3);
        let faults: serde_json::Value = serde_json::from_str(&stderr).unwrap_or_else(|error| panic!("{limit}: {error}: {stderr}"));
        has(&faults["faults"].to_string(), found);
        has(&faults["faults"].to_string(), limit.split('=').next().unwrap_or_default());
    }
    has(&with("fuel=10000").refuses(6), "bound fuel");
    has(&with("memory_bytes=65536").refuses(6), "bound memory_bytes");
    has(&with("time_milliseconds=0").refuses(6), "bound time_milliseconds");
    // A limit that is kept changes nothing.
    assert_eq!(with("rows=2").ends(0).stdout, with("fuel=1000000000").ends(0).stdout);
}

#[test]
fn the_same_run_twice_is_the_same_to_the_byte() {
    let folder = small_folder();
    folder.file("customers.json", CUSTOMERS);
    for format in ["table", "json", "csv"] {
        let arguments = ["preview", "report.csv", "--prices", "prices.json", "--customers", "customers.json", "--format", format];
        assert_eq!(folder.skubill(&arguments).ends(0).stdout, folder.skubill(&arguments).ends(0).stdout);
    }
}

const SMALL: [&str; 8] = ["preview", "report.csv", "--prices", "prices.json", "--customers", "customers.json", "--period", "2021-08"];

#[test]
fn what_it_took_is_said_on_stderr_and_changes_nothing_else() {
    let folder = small_folder();
    let plain = folder.skubill(&[&SMALL[..], &["--format", "json"]].concat()).ends(0);
    let ran = folder.skubill(&[&SMALL[..], &["--format", "json", "--cost"]].concat()).ends(0);
    assert_eq!(ran.stdout, plain.stdout);
    let cost = &serde_json::from_str::<serde_json::Value>(&ran.stderr).expect("a line of JSON")["cost"];
    let bytes: u64 = ["report.csv", "prices.json", "customers.json"].iter().map(|name| folder.read(name).len() as u64).sum();
    assert_eq!(cost["bytes_in"], bytes);
    // The outcome, the accepted findings beside it, and no line feed.
    assert!(cost["bytes_out"].as_u64().expect("bytes") >= ran.stdout.len() as u64 - 1);
    let memory = cost["memory_bytes"].as_u64().expect("bytes");
    assert!(memory.is_multiple_of(64 << 10) && memory > bytes, "{memory} bytes are pages");
    assert!(cost["fuel"].as_u64().expect("fuel") > 100_000);
    for stage in ["start", "read", "feed", "finish"] {
        assert!(cost["microseconds"][stage].is_u64(), "{stage}: {cost}");
    }
    let again = folder.skubill(&[&SMALL[..], &["--cost"]].concat()).ends(0);
    has(&again.stderr, &format!("cost: fuel {}, memory {memory} bytes at most, {bytes} bytes in", cost["fuel"]));
}

#[test]
fn a_bill_that_is_verified_is_the_same_bill() {
    let folder = small_folder();
    let verified = |more: &[&str]| folder.skubill(&[&SMALL[..], &["--format", "json"], more].concat());
    let plain = verified(&[]).ends(0);
    let ran = verified(&["--verify"]).ends(0);
    assert_eq!((ran.stdout, ran.stderr), (plain.stdout, String::new()));
    has(&verified(&["--verify", "--limit", "rows=1"]).refuses(3), "limit rows");
    has(&verified(&["--verify", "--limit", "fuel=1000"]).refuses(6), "bound fuel");
}
