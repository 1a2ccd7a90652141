//! `skubill simulate`: the twins as a process of their own, and a month run against them; and `skubill demo`.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command};

use serde_json::Value;

use crate::world::{Folder, command, has};

/// The twins; they end with this.
pub struct Twins {
    child: Child,
    pub folder: Folder,
    first_line: String,
}

impl Twins {
    pub fn start(arguments: &[&str]) -> Twins {
        let folder = Folder::new();
        let command = command(folder.path(), &[&["simulate"], arguments].concat());
        Twins::of(folder, command)
    }

    /// Those of a command that runs in this folder.
    pub fn of(folder: Folder, mut command: Command) -> Twins {
        let mut child = command.spawn().expect("the twins start");
        let mut first_line = String::new();
        let stdout = child.stdout.as_mut().expect("stdout is piped");
        BufReader::new(stdout).read_line(&mut first_line).expect("a line");
        if first_line.is_empty() {
            let said = child.wait_with_output().expect("the twins end");
            panic!("{}", String::from_utf8_lossy(&said.stderr));
        }
        Twins { child, folder, first_line }
    }

    pub fn described(&self) -> Value {
        serde_json::from_str(&self.first_line).unwrap_or_else(|error| panic!("{error}: {}", self.first_line))
    }

    /// A text of the first line: `told("abiquo", "url")`.
    pub fn told(&self, service: &str, key: &str) -> String {
        self.described()[service][key].as_str().unwrap_or_default().to_string()
    }

    /// What a twin's control endpoint answers: `control("abiquo", "knobs")`.
    pub fn control(&self, service: &str, what: &str) -> Value {
        let (status, body) = get(&self.told(service, "url"), &format!("/control/{what}"), "");
        assert_eq!(status, 200, "{body}");
        serde_json::from_str(&body).unwrap_or_else(|error| panic!("{error}: {body}"))
    }
}

impl Twins {
    /// Ends the twins; what they said on stderr.
    fn ended(&mut self) -> String {
        let _ = self.child.kill();
        let mut said = String::new();
        self.child.stderr.take().expect("stderr is piped").read_to_string(&mut said).expect("a text");
        said
    }
}

impl Drop for Twins {
    fn drop(&mut self) {
        // A child that has ended already is gone all the same.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One request over a plain connection, as anybody's program would send it: status and body.
fn get(url: &str, path: &str, authorization: &str) -> (u16, String) {
    try_get(url, path, authorization).expect("an answer")
}

/// The same; none where nothing is answered.
fn try_get(url: &str, path: &str, authorization: &str) -> Option<(u16, String)> {
    let host = url.strip_prefix("http://").and_then(|rest| rest.split('/').next()).expect("an address");
    let mut connection = TcpStream::connect(host).expect("the twin listens");
    let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nAuthorization: {authorization}\r\n\r\n");
    connection.write_all(request.as_bytes()).expect("send");
    let mut answer = String::new();
    connection.read_to_string(&mut answer).ok()?;
    let status = answer.split(' ').nth(1)?.parse().ok()?;
    Some((status, answer.split_once("\r\n\r\n").map(|(_, body)| body.to_string()).unwrap_or_default()))
}

#[test]
fn the_first_line_of_json_is_all_that_a_program_needs() {
    let twins = Twins::start(&["--format", "json", "--period", "2021-08"]);
    let line = twins.described();
    let keys = |value: &Value| value.as_object().map(|object| object.keys().cloned().collect::<Vec<_>>()).unwrap_or_default();
    assert_eq!(keys(&line), ["abiquo", "acronis"]);
    assert_eq!(keys(&line["acronis"]), ["client_id", "client_secret", "tenant_id", "url"]);
    assert_eq!(keys(&line["abiquo"]), ["enterprises", "token", "url"]);
    let text = |service: &str, key: &str| line[service][key].as_str().unwrap_or_default().to_string();
    let enterprises = line["abiquo"]["enterprises"].as_array().expect("a list");
    assert!(enterprises.iter().any(|enterprise| enterprise["id"] == 326 && enterprise["name"] == "Ångström Labs"), "{enterprises:?}");

    // Both answer: one with bills, the other by asking who is there.
    let token = format!("Token {}", text("abiquo", "token"));
    let (status, body) = get(&text("abiquo", "url"), "/api/statistics/enterpriseresources/326/bills", &token);
    assert_eq!(status, 200, "{body}");
    has(&body, "\"totalSize\":0");
    let (status, _) = get(&text("abiquo", "url"), "/api/statistics/enterpriseresources/326/bills", "Token wrong");
    assert_eq!(status, 401);
    let (status, _) = get(&text("acronis", "url"), &format!("/api/2/clients/{}", text("acronis", "client_id")), "Bearer wrong");
    assert_eq!(status, 401);
    let (status, body) = get(&text("acronis", "url"), "/control/requests", "");
    assert_eq!(status, 200);
    has(&body, "/api/2/clients/");
    assert!(!text("acronis", "client_secret").is_empty() && !text("acronis", "tenant_id").is_empty());
}

/// `simulate --out` writes a configuration that `run` and `record` take as it is.
#[test]
fn a_month_runs_against_the_twins_of_another_process() {
    let twins = Twins::start(&["--format", "json", "--period", "2021-08", "--out", "here"]);
    let url = twins.described()["abiquo"]["url"].as_str().unwrap_or_default().to_string();
    let folder = &twins.folder;
    for name in ["skubill.toml", "prices.json", "customers.json", "client-secret.txt", "abiquo-token.txt"] {
        assert!(folder.path().join("here").join(name).exists(), "{name}");
    }
    let run = ["run", "--config", "here/skubill.toml", "--period", "2021-08", "--accept", "new-provider", "--format", "json"];
    let fates = |outcome: &Value| {
        let postings = outcome["accounts"][0]["billings"][0]["postings"].as_array().cloned().unwrap_or_default();
        let count = |fate: &str| postings.iter().filter(|posting| posting["fate"] == fate).count();
        [count("posted"), count("already-there"), count("held"), postings.len()]
    };
    // The demo month has a SKU without a price.
    assert_eq!(fates(&folder.skubill(&run).ends(4).json()), [21, 0, 1, 22]);
    assert_eq!(fates(&folder.skubill(&run).ends(4).json()), [0, 21, 1, 22]);
    let (status, body) = get(&url, "/control/requests", "");
    let seen: Value = serde_json::from_str(&body).expect("JSON");
    let posts = seen.as_array().into_iter().flatten().filter(|seen| seen["method"] == "POST").count();
    assert_eq!((status, posts), (200, 21));
    folder.skubill(&["record", "--config", "here/skubill.toml", "--date", "2021-09-01"]).ends(4);
    // Secrets stand in files of their own.
    let config = folder.read("here/skubill.toml");
    let token = twins.described()["abiquo"]["token"].as_str().unwrap_or("none").to_string();
    assert!(!config.contains(&token), "{config}");
}

/// What the control endpoints take, they take from the command line.
#[test]
fn clock_knobs_and_faults_are_set_by_flags() {
    let twins = Twins::start(&[
        "--format",
        "json",
        "--now",
        "2021-09-01T07:00:00Z",
        "--knob",
        "acronis.report_delay_seconds=90",
        "--knob",
        "acronis.failing_formats=[\"html\"]",
        "--knob",
        "abiquo.estimate_text=sentence",
        "--knob",
        "abiquo.default_currency=null",
        "--fault",
        r#"abiquo={"method": "GET", "path": "/api/stat", "effect": {"do": "status", "status": 429, "retry_after": "30"}}"#,
        "--fault",
        r#"abiquo={"effect": {"do": "drop"}}"#,
    ]);
    let (acronis, abiquo) = (twins.control("acronis", "knobs"), twins.control("abiquo", "knobs"));
    assert_eq!(
        (&acronis["report_delay_seconds"], &acronis["failing_formats"][0], &acronis["report_polls"]),
        (&90.into(), &"html".into(), &1.into())
    );
    assert_eq!((&abiquo["estimate_text"], &abiquo["default_currency"]), (&"sentence".into(), &Value::Null));
    for service in ["acronis", "abiquo"] {
        let clock = twins.control(service, "clock");
        has(clock["now"].as_str().unwrap_or_default(), "2021-09-01T07:0");
        assert_eq!(clock["mode"], "running");
    }
    let (url, path) = (twins.told("abiquo", "url"), "/api/statistics/enterpriseresources/326/bills");
    let token = format!("Token {}", twins.told("abiquo", "token"));
    assert_eq!(get(&url, path, &token).0, 429);
    assert!(try_get(&url, path, &token).is_none(), "the second rule");
    assert_eq!(get(&url, path, &token).0, 200, "each was good for one request");
    assert_eq!(twins.control("abiquo", "faults"), Value::Array(Vec::new()));
    // Who may do what: a token for each role.
    let users = twins.control("abiquo", "state")["users"].clone();
    assert_eq!(users[0]["token"], twins.told("abiquo", "token"));
    assert_eq!(users[1]["roles"], serde_json::json!(["BILLS_VIEW"]));
    let nobody = format!("Token {}", users[2]["token"].as_str().unwrap_or_default());
    assert_eq!(get(&url, path, &nobody).0, 403);
}

#[test]
fn every_knob_has_a_flag_and_takes_what_the_control_endpoint_tells() {
    let twins = Twins::start(&["--format", "json"]);
    let mut flags = vec!["--format".to_string(), "json".into()];
    for service in ["acronis", "abiquo"] {
        for (name, value) in twins.control(service, "knobs").as_object().expect("knobs") {
            // A text as it is, everything else as JSON.
            let value = value.as_str().map_or_else(|| value.to_string(), Into::into);
            flags.extend(["--knob".to_string(), format!("{service}.{name}={value}")]);
        }
    }
    assert!(flags.len() > 80, "{flags:?}");
    let turned = Twins::start(&flags.iter().map(String::as_str).collect::<Vec<_>>());
    for service in ["acronis", "abiquo"] {
        assert_eq!(turned.control(service, "knobs"), twins.control(service, "knobs"));
    }
    let help = twins.folder.skubill(&["simulate", "--help"]).ends(0).stdout;
    for flag in flags.iter().skip(2).filter(|flag| *flag != "--knob") {
        has(&help, flag);
    }
}

#[test]
fn a_switch_that_there_is_not_is_wrong_usage() {
    let folder = Folder::new();
    for (flag, value, said) in [
        ("--knob", "acronis.report_pols=7", "unknown field `report_pols`, expected one of"),
        ("--knob", "acronis.report_polls=many", "expected u32"),
        ("--knob", "abiquo.estimate_text=poem", "unknown variant `poem`"),
        ("--knob", "abiqo.estimate_text=nan", "neither acronis nor abiquo"),
        ("--knob", "report_polls", "TWIN.NAME=VALUE"),
        ("--fault", r#"abiquo={"effect": {"do": "dance"}}"#, "unknown variant `dance`"),
        ("--fault", r#"abiquo={"effect": {"do": "drop", "taker": true}}"#, "unknown field `taker`"),
        ("--fault", r#"abiquo={"effect": {"do": "drop"}, "tymes": 2}"#, "unknown field `tymes`"),
        ("--fault", r#"abiquo={"effect": {"do": "status", "status": 42}}"#, "42 is not from 200 to 599"),
        ("--fault", r#"abiquo={"path": "api", "effect": {"do": "drop"}}"#, "api does not begin with /"),
        ("--knob", r#"acronis.failing_formats=["cvs"]"#, "cvs is no format"),
        ("--knob", r#"acronis.instead_of_report={"csv_v2": "x"}"#, "csv_v2 is no format"),
        ("--knob", r#"acronis.answer_leaves_out=["hide_zero"]"#, "there is no hide_zero"),
        ("--knob", "abiquo.created_status=500", "500 is not from 200 to 299"),
        ("--fault", "abiquo", "TWIN=JSON"),
        ("--now", "yesterday", "--now"),
    ] {
        has(&folder.skubill(&["simulate", flag, value]).refuses(2), said);
    }
}

#[test]
fn an_address_that_others_reach_is_warned_of() {
    let mut twins = Twins::start(&["--format", "json", "--abiquo", "0.0.0.0:0"]);
    let stderr = twins.ended();
    has(&stderr, "warning: --abiquo 0.0.0.0:0 is not loopback");
    assert_eq!(stderr.lines().count(), 1, "{stderr}");
}

#[test]
fn for_a_person_it_says_where_they_are() {
    let mut twins = Twins::start(&["--period", "2021-08"]);
    has(&twins.first_line, "Acronis  http://127.0.0.1:");
    assert!(twins.child.try_wait().expect("a child").is_none(), "it serves until it is stopped");
}

#[test]
fn an_address_that_is_taken_is_1() {
    let twins = Twins::start(&["--format", "json"]);
    let url = twins.described()["acronis"]["url"].as_str().unwrap_or_default().to_string();
    let stderr = twins.folder.skubill(&["simulate", "--acronis", url.trim_start_matches("http://")]).refuses(1);
    has(&stderr, "listen on 127.0.0.1:");
}

#[test]
fn the_demo_tells_the_whole_story() {
    let folder = Folder::new();
    let ran = folder.skubill(&["demo", "--out", "kept"]).ends(0);
    for part in
        ["1. The month", "held by unpriced-sku", "2. The missing price", "3. What Abiquo holds", "4. The next month", "Ångström Labs"]
    {
        has(&ran.stdout, part);
    }
    assert_eq!(ran.stderr, "");
    // The same seed is the same story, to the byte; ports, which are not told, aside.
    assert_eq!(folder.skubill(&["demo"]).ends(0).stdout, ran.stdout);
    assert!(folder.path().join("kept/customers.json").exists());
}
