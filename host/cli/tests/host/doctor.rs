//! `skubill doctor`: what it finds, what it says is to be done, and that it leaves no trace.

use axum::middleware::map_response;
use axum::response::Response;
use serde_json::{Value, json};
use skubill_simulators::{Effect, Fault};

use crate::stage::{BILLS, Stage, small};
use crate::world::{Folder, Ran, has, lacks};

/// Every check of one account with one billing, in its order.
const CHECKS: [&str; 16] = [
    "config",
    "billings",
    "state",
    "secrets",
    "acronis-credentials",
    "acronis-reports",
    "acronis-clock",
    "prices",
    "customers",
    "abiquo-credentials",
    "bills-view",
    "abiquo-clock",
    "provider",
    "enterprises",
    "bills-manage",
    "media-type",
];

/// The answer as JSON, and that nothing was written on the way.
fn doctor(stage: &Stage, more: &[&str], code: i32) -> Value {
    let before = (stage.abiquo.bills().len(), stage.abiquo.registers().len());
    let ran = stage.binary(&[&["doctor", "--format", "json"], more].concat()).ends(code);
    assert_eq!((ran.stdout.lines().count(), ran.stderr.as_str()), (1, ""), "{}", ran.stdout);
    assert_eq!((stage.abiquo.bills().len(), stage.abiquo.registers().len()), before);
    assert_eq!(ran.json()["healthy"], code == 0);
    ran.json()
}

/// The first row of a check that is not well, or the first one.
#[track_caller]
fn row<'a>(answer: &'a Value, check: &str) -> &'a Value {
    let rows = answer["checks"].as_array().expect("checks");
    let of = || rows.iter().filter(|row| row["check"] == check);
    of().find(|row| row["state"] != "ok").or(of().next()).unwrap_or_else(|| panic!("no {check} in {answer}"))
}

#[track_caller]
fn is(answer: &Value, check: &str, state: &str, said: &str) {
    let row = row(answer, check);
    assert_eq!(row["state"], state, "{row}");
    has(&row.to_string(), said);
    // Whatever is not well has a word of advice, unless another row comes first.
    assert!(state == "ok" || state == "not-checked" || row["advice"].is_string(), "{row}");
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_is_well() {
    let stage = Stage::small().await;
    let answer = doctor(&stage, &[], 0);
    let names: Vec<&str> = answer["checks"].as_array().expect("checks").iter().filter_map(|row| row["check"].as_str()).collect();
    assert_eq!(names, CHECKS);
    for check in CHECKS.iter().filter(|check| !["provider", "bills-manage", "media-type"].contains(check)) {
        is(&answer, check, "ok", "");
    }
    is(&answer, "enterprises", "ok", "all 2 of the customers file");
    is(&answer, "prices", "ok", "in EUR");
    // What cannot be seen without writing, and what was not asked for.
    is(&answer, "bills-manage", "not-checked", "cannot be seen without writing");
    is(&answer, "media-type", "not-checked", "--probe-media-type");
    // A provider that is new, until a bill of it is there.
    is(&answer, "provider", "warning", "`--accept new-provider`");
    assert!(stage.posts().is_empty());
    let ran = stage.binary(&["doctor"]).ends(0);
    for part in ["ok", "warning", "not checked", "account one, ACRONIS", "skubill.toml", "ACRONIS is not listed", "What to do"] {
        has(&ran.stdout, part);
    }
    assert_eq!(stage.binary(&["run", "--period", "2021-08", "--accept", "new-provider"]).code, Some(0));
    is(&doctor(&stage, &[], 0), "provider", "ok", "ACRONIS is listed");
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_configuration_that_cannot_be_used_is_2() {
    let folder = Folder::new();
    has(&folder.skubill(&["doctor"]).refuses(2), "skubill.toml");
    folder.file("skubill.toml", "accounts = []\n");
    has(&folder.skubill(&["doctor", "--format", "json"]).refuses(2), "unknown field");
}

/// 0.0.0.0 is this machine, and not by a name that says so.
#[tokio::test(flavor = "multi_thread")]
async fn addresses_without_encryption_are_named() {
    let mut stage = Stage::small().await;
    let quiet = doctor(&stage, &[], 0);
    assert!(quiet["checks"].as_array().expect("checks").iter().all(|row| row["check"] != "encryption"));
    for what in ["acronis", "abiquo"] {
        let account = &mut stage.config.accounts[0];
        let abiquo = &mut account.billings[0].abiquo;
        let (url, insecure) = match what {
            "acronis" => (&mut account.url, &mut account.insecure_http),
            _ => (&mut abiquo.url, &mut abiquo.insecure_http),
        };
        *url = url.replace("127.0.0.1", "0.0.0.0");
        *insecure = true;
        let url = url.clone();
        let answer = doctor(&stage, &[], 0);
        let rows = answer["checks"].as_array().expect("checks").iter().filter(|row| row["check"] == "encryption");
        let messages: Vec<&str> = rows.filter_map(|row| row["message"].as_str()).collect();
        assert!(messages.iter().any(|message| message.contains(&url)), "{url}: {messages:?}");
    }
    stage.stop().await;
}

/// The stage's configuration with other secrets.
fn with_secrets(stage: &Stage, secret: &str, token: &str) -> Ran {
    stage.binary(&["check", "prices.json"]).ends(0);
    stage.folder.file("secret-other.txt", secret);
    stage.folder.file("token-other.txt", token);
    stage.folder.file("other.toml", stage.folder.read("skubill.toml").replace("-one.txt", "-other.txt"));
    let ran = stage.binary(&["doctor", "--config", "other.toml", "--probe-media-type", "--format", "json"]);
    for hidden in [secret, token] {
        lacks(&ran.stdout, hidden);
        lacks(&ran.stderr, hidden);
    }
    ran
}

#[tokio::test(flavor = "multi_thread")]
async fn credentials_and_roles() {
    let stage = Stage::small().await;
    let secret = stage.acronis.client_secret().to_string();
    let token = |user: &str| stage.abiquo.user(user).expect("a user").token.clone();
    // One service does not hide the other.
    let answer = with_secrets(&stage, "PLANTED-SECRET", &token("admin")).ends(1).json();
    is(&answer, "acronis-credentials", "failed", "invalid_client");
    is(&answer, "acronis-reports", "not-checked", "the credentials come first");
    is(&answer, "bills-view", "ok", "");
    is(&answer, "media-type", "ok", "");
    let answer = with_secrets(&stage, &secret, "PLANTED-TOKEN").ends(1).json();
    is(&answer, "acronis-reports", "ok", "");
    is(&answer, "abiquo-credentials", "failed", "401");
    for later in ["bills-view", "bills-manage", "provider", "enterprises", "media-type"] {
        is(&answer, later, "not-checked", "the credentials come first");
    }
    let answer = with_secrets(&stage, &secret, &token("viewer")).ends(1).json();
    is(&answer, "bills-view", "ok", "");
    is(&answer, "bills-manage", "failed", "give this user the role BILLS_MANAGE");
    is(&answer, "media-type", "not-checked", "the role comes first");
    let answer = with_secrets(&stage, &secret, &token("nobody")).ends(1).json();
    is(&answer, "abiquo-credentials", "ok", "");
    is(&answer, "bills-view", "failed", "give this user the role BILLS_VIEW");
    is(&answer, "provider", "not-checked", "BILLS_VIEW");
    // A tenant that the API client may not ask about, and a service that is not there.
    let config = stage.folder.read("skubill.toml").replacen("client_id", "tenant_id = \"t-none\"\nclient_id", 1);
    stage.folder.file("other.toml", config);
    is(&doctor(&stage, &["--config", "other.toml"], 1), "acronis-reports", "failed", "1005");
    let gone = stage.folder.read("skubill.toml").replace(&stage.abiquo.url(), "http://127.0.0.1:9/api");
    stage.folder.file("other.toml", gone);
    is(&doctor(&stage, &["--config", "other.toml"], 1), "abiquo-credentials", "failed", "not reached");
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn enterprises_that_are_others_or_not_there() {
    let stage = Stage::small().await;
    let good = small().customers();
    stage.folder.file("customers.json", good.replace("Enterprise 12", "Another"));
    let answer = doctor(&stage, &[], 1);
    is(&answer, "enterprises", "failed", "enterprise 12 is called \\\"Enterprise 12\\\", and \\\"Another\\\" in the customers file");
    has(&row(&answer, "enterprises")["advice"].to_string(), "--accept enterprise-name:12");
    stage.folder.file("customers.json", json!({"customers": [{"tenant_id": "t-1", "enterprise": 99}]}).to_string());
    is(&doctor(&stage, &[], 1), "enterprises", "failed", "EN-0");
    // A user who may not see enterprises: names cannot be compared, and a month would stop at them.
    stage.folder.file("customers.json", &good);
    stage.fault(Fault { times: None, ..Fault::next("GET", "/api/admin/enterprises", Effect::status(403, None)) });
    is(&doctor(&stage, &[], 1), "enterprises", "failed", "--accept enterprise-name");
    stage.folder.file("customers.json", json!({"customers": [{"tenant_id": "t-1", "enterprise": 11}]}).to_string());
    is(&doctor(&stage, &[], 0), "enterprises", "not-checked", "nothing to compare");
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn files_and_billings() {
    let mut stage = Stage::small().await;
    // Every mistake is for `check` to name; here is the first, and how many more.
    stage.folder.file("prices.json", small().price_book().replace("\"each\"", "\"GB\"").replace("6.50", "6,50"));
    let answer = doctor(&stage, &["--probe-media-type"], 1);
    is(&answer, "prices", "failed", "and 1 more");
    has(&row(&answer, "prices")["advice"].to_string(), "skubill check");
    is(&answer, "media-type", "not-checked", "the currency of the price book");
    is(&answer, "enterprises", "ok", "");
    std::fs::remove_file(stage.folder.path().join("customers.json")).expect("removed");
    let answer = doctor(&stage, &[], 1);
    is(&answer, "customers", "failed", "skubill init");
    is(&answer, "abiquo-credentials", "not-checked", "none is known");
    assert!(stage.abiquo.requests().iter().all(|seen| !seen.target.contains("99")));
    // A file stands where the directory should be.
    stage.folder.file("prices.json", small().price_book());
    stage.folder.file("customers.json", small().customers());
    std::fs::remove_dir_all(stage.folder.path().join("state")).expect("removed");
    stage.folder.file("state", "");
    is(&doctor(&stage, &[], 1), "state", "failed", "name a directory");
    std::fs::remove_file(stage.folder.path().join("state")).expect("removed");
    // A template that cannot be filled in, and two billings of one customers file.
    stage.config.accounts[0].billings[0].usage_name = Some("{colour}".into());
    is(&doctor(&stage, &[], 1), "usage-name", "failed", "colour");
    stage.config.accounts[0].billings[0].usage_name = Some("{name} ({quantity} {unit})".into());
    is(&doctor(&stage, &[], 0), "usage-name", "ok", "");
    let mut twice = stage.config.accounts[0].billings[0].clone();
    twice.provider = "OTHER".into();
    stage.config.accounts[0].billings.push(twice);
    is(&doctor(&stage, &[], 1), "billings", "failed", "tenant-twice");
    // What it wrote into the state directory is gone.
    assert_eq!(std::fs::read_dir(stage.folder.path().join("state")).expect("a directory").count(), 0);
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_media_type_is_asked_for_without_writing() {
    let stage = Stage::small().await;
    let answer = doctor(&stage, &["--probe-media-type"], 0);
    is(&answer, "media-type", "ok", "application/vnd.abiquo.billbycategories+json is understood");
    is(&answer, "bills-manage", "ok", "");
    assert_eq!(stage.posts().iter().map(|seen| seen.answered).collect::<Vec<_>>(), [Some(400)]);
    stage.abiquo.knobs(|knobs| knobs.by_categories_media_type = "application/vnd.abiquo.categorizedbill+json".into());
    let answer = doctor(&stage, &["--probe-media-type"], 1);
    is(&answer, "media-type", "failed", "set it in `abiquo.wire`");
    has(&row(&answer, "media-type")["message"].to_string(), "415");
    is(&answer, "bills-manage", "not-checked", "the first post tells");
    // Answers that no document foresees, or that are lost: how to look, and how to undo it, is said.
    let accepted = Effect::Status { status: 200, retry_after: None, body: Some("{}".into()), content_type: None, taken: false };
    for (effect, said) in [(accepted, "was accepted (200)"), (Effect::Drop { taken: true }, "whether it took effect is not known")] {
        stage.fault(Fault::next("POST", BILLS, effect));
        let answer = doctor(&stage, &["--probe-media-type"], 1);
        is(&answer, "media-type", "failed", said);
        has(
            &row(&answer, "media-type")["advice"].to_string(),
            "skubill abiquo bills delete --enterprise 11 --provider ACRONIS --period 2000-01",
        );
    }
    stage.stop().await;
}

/// A twin behind a clock that is wrong.
async fn behind(router: axum::Router, date: &'static str) -> std::net::SocketAddr {
    let dated = move |mut response: Response| async move {
        response.headers_mut().insert("date", axum::http::HeaderValue::from_static(date));
        response
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("its address");
    // It ends with the test's runtime.
    tokio::spawn(async move { axum::serve(listener, router.layer(map_response(dated))).await });
    address
}

#[tokio::test(flavor = "multi_thread")]
async fn clocks_that_differ_are_told() {
    let mut stage = Stage::small().await;
    let acronis = behind(stage.acronis.router(), "Wed, 01 Sep 2021 12:00:00 GMT").await;
    let abiquo = behind(stage.abiquo.router(), "Tue, 01 Sep 2099 12:00:00 GMT").await;
    stage.config.accounts[0].url = format!("http://{acronis}");
    stage.config.accounts[0].billings[0].abiquo.url = format!("http://{abiquo}/api");
    let answer = doctor(&stage, &[], 0);
    is(&answer, "acronis-clock", "warning", "s behind ours");
    is(&answer, "abiquo-clock", "warning", "s ahead of ours");
    // A date that cannot be read tells nothing.
    let undated = behind(stage.acronis.router(), "today").await;
    stage.config.accounts[0].url = format!("http://{undated}");
    is(&doctor(&stage, &[], 0), "acronis-clock", "not-checked", "no answer stated its date");
    stage.stop().await;
}
