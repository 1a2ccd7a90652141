//! The documents' own requests, by the real curl, against the twins as a process of their own. Host, token and ids aside,
//! command lines, paths, queries and bodies are theirs, word for word.

use std::io::{Read, Write};
use std::process::Command;

use flate2::read::GzDecoder;
use serde_json::{Value, json};

use crate::simulate::Twins;
use crate::world::has;

/// Abiquo's two command lines, with the line ends that its page has lost after the backslashes. (The second one's last `\H` is
/// a misprint: curl would look for a host of that name. It is left out.)
const LIST: &str = r#"curl 'https://lab.abiquo.example.com/api/statistics/enterpriseresources/1/bills?identerprise=1&limit=0&by=billingPeriodStartDate&fromdate=2023%2F01%2F14%2011%3A21%3A17%20%2B0200&asc=false&provider=AMAZON' \
 -H 'Accept: application/vnd.abiquo.bills+json;version=6.1' \
 -H 'Authorization: Token XXXXXXXX'"#;
const POST: &str = r#"curl -XPOST https://lab.abiquo.example.com/api/statistics/enterpriseresources/1/bills \
 -H "Accept: application/vnd.abiquo.bill+json; version=6.1" \
 -H "Content-type: application/vnd.abiquo.bill+json; version=6.1" \
 -H "Authorization: Token XXX" \
 -d @requestpayload.json"#;

/// The body that Acronis' article ends up with.
const REPORT: &str = r#"{
    "parameters": {
        "kind": "usage_summary",
        "level": "direct_partners",
        "tenant_id": "{root_report_hierarchy_tenant_uuid}",
        "formats": [
            "csv_v2_0"
        ],
        "show_skus": true,
        "hide_zero_usage": true,
        "period": {
            "start": "2021-08-01",
             "end": "2021-08-31"
        }
    },
    "schedule": {
        "type": "once"
    },
    "result_action": "save"
}"#;

/// Whether there is a curl. Where there is none, it is said aloud; and where everything has to be tried, that is a failure.
fn curl_is_here() -> bool {
    let here = Command::new("curl").arg("--version").output().is_ok_and(|output| output.status.success());
    if !here {
        // Not by `eprintln!`, which is heard only where a test fails.
        let said = b"\n!!! NOT TRIED: curl is not installed, so the documents' command lines were not run !!!\n\n";
        std::io::stderr().write_all(said).expect("stderr");
        assert!(std::env::var_os("CI").is_none(), "curl is needed where CI is set");
    }
    here
}

/// Runs a command line as it would be pasted; what it printed.
fn shell(twins: &Twins, line: &str) -> Vec<u8> {
    let mut shell = Command::new("sh");
    // The twins are on this machine: no proxy on the way.
    shell.args(["-c", line]).current_dir(twins.folder.path()).env("NO_PROXY", "*").env("no_proxy", "*");
    let output = shell.output().expect("a shell");
    assert!(output.status.success(), "{line}\n{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

fn json_of(printed: &[u8]) -> Value {
    serde_json::from_slice(printed).unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(printed)))
}

/// What a twin answered to its last request.
fn last_status(twins: &Twins, service: &str) -> Value {
    let requests = twins.control(service, "requests");
    requests.as_array().and_then(|all| all.last()).map_or(Value::Null, |last| last["answered"].clone())
}

#[test]
fn abiquos_command_lines_work_as_they_are_printed() {
    if !curl_is_here() {
        return;
    }
    let twins = Twins::start(&["--format", "json"]);
    let (url, token) = (twins.told("abiquo", "url"), twins.told("abiquo", "token"));
    let pasted = |line: &str| {
        let line = line.replace("https://lab.abiquo.example.com/api", &url);
        let line = line.replace("XXXXXXXX", &token).replace("XXX", &token);
        shell(&twins, &line)
    };
    let bill = |date: &str, start: &str, end: &str| {
        let dates = json!({"date": date, "billingPeriodStartDate": start, "billingPeriodEndDate": end});
        let mut bill = json!({"provider": "AMAZON", "price": 16.4114, "currencyCode": "USD"});
        bill.as_object_mut().expect("an object").extend(dates.as_object().expect("an object").clone());
        twins.folder.file("requestpayload.json", serde_json::to_string_pretty(&bill).expect("JSON"));
    };
    bill("2023/06/02 22:32:37 +0000", "2023/05/01 00:00:00 +0000", "2023/05/31 23:59:59 +0000");
    let posted = json_of(&pasted(POST));
    assert_eq!((&posted["price"], &posted["billingPeriodEndDate"]), (&json!(16.4114), &json!("2023/05/31 23:59:59 +0000")));
    assert_eq!(last_status(&twins, "abiquo"), 201);

    // Its links lead on as they are; the page prints them decoded, which is a switch.
    let next = pasted(&LIST.replace("limit=0", "limit=1"));
    let first = json_of(&next)["links"][0]["href"].as_str().expect("a link").to_string();
    let followed =
        json_of(&pasted(&format!("curl '{first}' -H 'Accept: application/vnd.abiquo.bills+json' -H 'Authorization: Token XXX'")));
    assert_eq!(followed["collection"][0], posted);
    let control = url.replace("/api", "/control");
    shell(&twins, &format!("curl -X PUT {control}/knobs -d '{{\"hrefs_encoded\": false, \"created_status\": 200}}'"));
    let list = json_of(&pasted(LIST));
    assert_eq!((&list["totalSize"], &list["collection"][0]), (&json!(1), &posted));
    let base = format!("{url}/statistics/enterpriseresources/1/bills?identerprise=1&fromdate=2023/01/14 11:21:17 +0200&provider=AMAZON");
    assert_eq!(list["links"][0], json!({"rel": "first", "href": format!("{base}&limit=0&by=billingPeriodStartDate&asc=false")}));
    // The self link leads to the bill.
    let own = posted["links"][0]["href"].as_str().expect("a link");
    let accept = "-H 'Accept: application/vnd.abiquo.bill+json; version=6.1' -H 'Authorization: Token XXX'";
    assert_eq!(json_of(&pasted(&format!("curl {own} {accept}"))), posted);

    // The parameter tables' encoded dates, each of a bill and of a register that begin then.
    let resource = format!("{url}/statistics/enterpriseresources/1");
    let delete = |query: &str| pasted(&format!("curl -XDELETE '{resource}/{query}' -H 'Authorization: Token XXX'"));
    bill("2023/02/14 11:21:17 +0200", "2023/01/14 11:21:17 +0200", "2023/02/14 11:21:16 +0200");
    pasted(POST);
    delete("bills?startBillDate=2023%2F01%2F14%2011%3A21%3A17%20%2B0200&provider=AMAZON");
    assert_eq!(last_status(&twins, "abiquo"), 204);
    bill("2023/06/07 13:24:06 +0200", "2023/06/01 00:00:00 +0000", "2023/06/30 23:59:59 +0000");
    pasted(&POST.replace("/bills", "/billregisters"));
    let estimate = pasted(&format!(
        "curl '{resource}/billregisters/action/estimate?provider=AMAZON' -H 'Accept: text/plain' -H 'Authorization: Token XXX'"
    ));
    // 16.4114 on day 7 of 30.
    assert_eq!(String::from_utf8_lossy(&estimate), "70.33");
    delete("billregisters?billDate=2023%2F06%2F07%2011%3A24%3A06%20%2B0000&provider=AMAZON");
    assert_eq!(last_status(&twins, "abiquo"), 204);
    let state = twins.control("abiquo", "state");
    assert_eq!((state["bills"].as_array().map(Vec::len), state["registers"].as_array().map(Vec::len)), (Some(1), Some(0)));
}

#[test]
fn acronis_article_works_from_the_token_to_the_file() {
    if !curl_is_here() {
        return;
    }
    let twins = Twins::start(&["--format", "json", "--now", "2021-09-01T07:00:00Z"]);
    let url = twins.told("acronis", "url");
    let client = format!("{}:{}", twins.told("acronis", "client_id"), twins.told("acronis", "client_secret"));
    let granted =
        json_of(&shell(&twins, &format!("curl -u {client} -d grant_type=client_credentials -d scope=openid {url}/api/2/idp/token")));
    let token = granted["access_token"].as_str().expect("a token").to_string();
    let curl = |arguments: &str| shell(&twins, &format!("curl {arguments} -H 'Authorization: Bearer {token}'"));
    let asked = |path: &str| json_of(&curl(&format!("{url}{path}")));
    let root = asked(&format!("/api/2/clients/{}", twins.told("acronis", "client_id")))["tenant_id"].clone();
    let root = root.as_str().expect("a tenant");

    twins.folder.file("report.json", REPORT.replace("{root_report_hierarchy_tenant_uuid}", root));
    let report = json_of(&curl(&format!("-X POST {url}/api/2/reports -H 'Content-Type: application/json' -d @report.json")));
    assert_eq!(
        (&report["version"], &report["recipients"], &report["schedule"]),
        (&json!(1), &json!([]), &json!({"enabled": true, "type": "once"}))
    );
    assert_eq!(report["parameters"]["period"], json!({"end": "2021-08-31", "start": "2021-08-01"}));

    let stored = format!("/api/2/reports/{}/stored", report["id"].as_str().expect("an id"));
    let first = asked(&stored)["items"][0].clone();
    assert_eq!((&first["status"], &first["report_format"], first.get("id")), (&json!("in_progress"), &json!("csv_v2_0"), None));
    let saved = asked(&stored)["items"][0].clone();
    assert_eq!(saved["status"], "saved");
    let path = format!("{url}{stored}/{}", saved["id"].as_str().expect("an id"));
    let file = curl(&path);
    assert_eq!(saved["size"], file.len());
    let mut text = String::new();
    GzDecoder::new(file.as_slice()).read_to_string(&mut text).expect("gzip of a text");
    assert!(text.starts_with("application.id,") && text.lines().next().is_some_and(|header| header.ends_with(",sku")));
    has(&text, ",2021-08-31,");

    // As Acronis' own samples download it; and a gzip file without a word of its encoding, as the article may mean it.
    assert_eq!(String::from_utf8_lossy(&curl(&format!("--compressed {path}"))), text);
    shell(&twins, &format!("curl -X PUT {url}/control/knobs -d '{{\"download\": \"gzip\"}}'"));
    assert_eq!(curl(&format!("--compressed {path}")), file);
}
