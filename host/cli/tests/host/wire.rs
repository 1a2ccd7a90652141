//! The recorded bodies of `tests/wire`: each is read or sent by the client, and each row of its table is kept.

mod table;

use std::collections::BTreeSet;
use std::fmt::{Debug, Display};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use secrecy::SecretString;
use serde_json::Value;
use skubill::outcome::{PostingCategory, PostingCharge};
use skubill_services::abiquo::{self, Auth, BillingPeriod, BillsQuery, Code, NewBill, NewRegister, PostingHeader};
use skubill_services::acronis::{self, DateRange, Format, Kind, Level, ReportRequest, ResultAction, Schedule, StoredReport, StoredState};
use skubill_services::http::{Body, BoxFuture, Headers, Http, Request, Response, SystemClock, SystemJitter, Transport, TransportError};

const TENANT: &str = "531789f2-2be9-42af-8474-18177593c77b";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A body of `tests/wire`.
pub fn recorded(file: &str) -> Vec<u8> {
    std::fs::read(root().join("tests/wire").join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// A network that answers everything with one recorded body; without that, a token is a good one.
struct Recorded {
    status: u16,
    file: &'static str,
    sent: Mutex<Vec<(String, Vec<u8>)>>,
}

impl Transport for Recorded {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, TransportError>> {
        let token = request.url.path().ends_with("/idp/token");
        let of_tokens = self.file.starts_with("acronis/token");
        let authorization = request.headers().find(|(name, _)| *name == "authorization").map(|(_, value)| value.to_owned());
        self.sent.lock().expect("requests").push((authorization.unwrap_or_default(), request.body.unwrap_or_default()));
        let (status, file) = match (token, of_tokens) {
            (true, false) => (200, "acronis/token.json"),
            (false, true) => (200, "acronis/client.json"),
            _ => (self.status, self.file),
        };
        let body = Box::new(Whole(Some(recorded(file))));
        Box::pin(async move { Ok(Response { status, headers: Headers::default(), body }) })
    }
}

struct Whole(Option<Vec<u8>>);

impl Body for Whole {
    fn chunk(&mut self) -> BoxFuture<'_, Result<Option<Vec<u8>>, TransportError>> {
        let all = self.0.take();
        Box::pin(async move { Ok(all) })
    }
}

/// What is asked, of whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ask {
    Tenant,
    Create,
    Report,
    Reports,
    Stored,
    Download,
    Delete,
    Bills,
    Bill,
    PostBill,
    PostCategories,
    PostRegister,
    Registers,
    Register,
    Estimate,
    Providers,
    Enterprise,
}

impl Ask {
    /// Everything there is to ask.
    pub const ALL: [Ask; 17] = [
        Ask::Tenant,
        Ask::Create,
        Ask::Report,
        Ask::Reports,
        Ask::Stored,
        Ask::Download,
        Ask::Delete,
        Ask::Bills,
        Ask::Bill,
        Ask::PostBill,
        Ask::PostCategories,
        Ask::PostRegister,
        Ask::Registers,
        Ask::Register,
        Ask::Estimate,
        Ask::Providers,
        Ask::Enterprise,
    ];
}

pub struct Clients {
    pub acronis: acronis::Client,
    pub abiquo: abiquo::Client,
}

impl Clients {
    fn of(file: &'static str, status: u16) -> (Clients, Arc<Recorded>) {
        let net = Arc::new(Recorded { status, file, sent: Mutex::default() });
        let http = Http::with_parts(net.clone(), Arc::new(SystemClock), Arc::new(SystemJitter::default()))
            .with_retry(skubill_services::http::RetryPolicy { retries_max: 0, limited_max: 0, ..Default::default() });
        (Clients::at(http, "https://acronis.test", "https://abiquo.example.com/api"), net)
    }

    pub fn at(http: Http, acronis: &str, abiquo: &str) -> Clients {
        let acronis = acronis::Client::new(http.clone(), acronis, "the-client", SecretString::from("hush"));
        let abiquo = abiquo::Client::new(http, abiquo, Auth::Token(SecretString::from("hush")));
        Clients { acronis: acronis.expect("a client"), abiquo: abiquo.expect("a client") }
    }

    /// What the client makes of the answer, as text.
    pub async fn told(&self, ask: Ask) -> String {
        let Clients { acronis, abiquo } = self;
        let stored = StoredReport { id: Some("1".into()), format: Format::CsvV2, created_at: None, size: None, state: StoredState::Saved };
        match ask {
            Ask::Tenant => said(acronis.root_tenant().await),
            Ask::Create => said(acronis.create_report(&billing()).await),
            Ask::Report => said(acronis.report("1").await),
            Ask::Reports => said(acronis.reports_of(TENANT).await),
            Ask::Stored => said(acronis.stored("1").await),
            Ask::Download => said(acronis.download("1", &stored, &mut Vec::new(), 1_000).await),
            Ask::Delete => said(acronis.delete_report("1", 1).await),
            // The pages of a list all have the one body, so only the first is looked at.
            Ask::Bills => said(abiquo.bills(292, &BillsQuery::default()).expect("an address").next_page().await),
            Ask::Bill => said(abiquo.bill(292, 1).await),
            Ask::PostBill => said(abiquo.unguarded().post_bill(292, &bill()).await),
            Ask::PostCategories => said(abiquo.unguarded().post_bill_by_categories(292, &header(), &categories()).await),
            Ask::PostRegister => said(abiquo.unguarded().post_register(292, &register(Some("1.00"), None)).await),
            Ask::Registers => said(abiquo.registers(292, "ACRONIS").expect("an address").next_page().await),
            Ask::Register => said(abiquo.register(292, 1).await),
            Ask::Estimate => said(abiquo.estimate(292, "ACRONIS").await),
            Ask::Providers => said(abiquo.providers(292).await),
            Ask::Enterprise => said(abiquo.enterprise(292).await),
        }
    }
}

fn said<T: Debug>(answer: Result<T, impl Display>) -> String {
    match answer {
        Ok(answer) => format!("read: {answer:?}"),
        Err(error) => format!("refused: {error}"),
    }
}

fn billing() -> ReportRequest {
    let [start, end] = ["2021-08-01", "2021-08-31"].map(|day| day.parse().expect("a day"));
    ReportRequest::billing(TENANT, DateRange { start, end })
}

fn scheduled() -> ReportRequest {
    ReportRequest {
        kind: Kind::UsageBreakdown,
        level: Level::Accounts,
        formats: vec![Format::Csv, Format::Html],
        period: None,
        show_skus: false,
        hide_zero_usage: false,
        schedule: Schedule::Monthly,
        generation_date: Some("2021-10-02".parse().expect("a day")),
        result_action: ResultAction::Send,
        recipients: vec!["4e1f8f2c-58ab-4b7b-9b0e-6f4ac2f1c0aa".into()],
        ..billing()
    }
}

fn header() -> PostingHeader {
    PostingHeader {
        provider: "ACRONIS".into(),
        date: "2021-09-01T12:01:11Z".parse().expect("an instant"),
        period: BillingPeriod::month(2021, 8).expect("a month"),
        currency: "EUR".into(),
    }
}

fn bill() -> NewBill {
    NewBill { header: header(), price: "23.40".into() }
}

fn register(price: Option<&str>, estimated: Option<&str>) -> NewRegister {
    NewRegister { header: header(), price: price.map(Into::into), estimated: estimated.map(Into::into) }
}

fn categories() -> Vec<PostingCategory> {
    let charge = |usage_type: &str, usage_name: &str, price: &str| PostingCharge {
        usage_type: usage_type.into(),
        usage_name: usage_name.into(),
        price: price.into(),
    };
    let usages = vec![charge("STO", "Cloud \"storage\"", "23.40"), charge("CRD", "Credit", "-123456789012345678901234567890.10")];
    vec![PostingCategory { category: "Storage".into(), total: String::new(), usages }]
}

/// Every recorded answer: its file, what it answers, under which status, and what has to be made of it.
const ANSWERS: [(&str, Ask, u16, &str); 45] = [
    ("acronis/token.json", Ask::Tenant, 200, TENANT),
    ("acronis/token-refused.json", Ask::Tenant, 401, "refused: Acronis refuses this API client (invalid_client"),
    ("acronis/client.json", Ask::Tenant, 200, TENANT),
    ("acronis/report-created.json", Ask::Create, 200, "version: Some(1)"),
    ("acronis/report-created.json", Ask::Create, 201, "generation_date: Some(2021-09-01)"),
    ("acronis/report-monthly.json", Ask::Report, 200, "level: Some(Itself)"),
    ("acronis/reports-of-tenant.json", Ask::Reports, 200, "b2a0c9de-5c07-4a5e-8d6a-0f4a6d6ad001"),
    ("acronis/stored-in-progress.json", Ask::Stored, 200, "id: None, format: CsvV2"),
    ("acronis/stored-saved.json", Ask::Stored, 200, r#"state: Other("quarantined")"#),
    ("acronis/stored-formats.json", Ask::Stored, 200, "format: JsonV2"),
    ("acronis/stored-failed.json", Ask::Stored, 200, "state: Failed"),
    ("acronis/stored-faild.json", Ask::Stored, 200, "state: Failed"),
    ("acronis/stored-report.csv.gz", Ask::Download, 200, "bytes: 464"),
    ("acronis/error-unauthorized.json", Ask::Report, 401, "although the token is new"),
    ("acronis/error-access.json", Ask::Create, 403, "[PlatformAccountServer 1002]"),
    ("acronis/error-tenant.json", Ask::Reports, 404, "[PlatformAccountServer 1005]"),
    ("acronis/error-version.json", Ask::Delete, 409, "Version mismatch"),
    ("acronis/error-not-ready.json", Ask::Create, 400, "the usage history is not ready yet; come back at"),
    ("acronis/error-overdue.json", Ask::Create, 500, "the usage history is not ready, and should be; come back at"),
    ("acronis/error-busy.html", Ask::Reports, 502, "502 Bad Gateway"),
    ("acronis/error-busy.html", Ask::Create, 502, "whether it took effect is not known"),
    ("abiquo/bills-page-1.json", Ask::Bills, 200, r#"price: Some("23.40")"#),
    ("abiquo/bills-page-2.json", Ask::Bills, 200, r#"price: Some("16.4114123456789012345678901")"#),
    ("abiquo/bills-empty.json", Ask::Bills, 200, "read: Some([])"),
    ("abiquo/bill.json", Ask::Bill, 200, "id: Some(9472)"),
    ("abiquo/bill.json", Ask::PostBill, 200, "unread: None"),
    ("abiquo/bill-offsets.json", Ask::Bill, 200, "period_end: Some(2021-08-31T23:59:59Z)"),
    ("abiquo/bills-posted.json", Ask::PostCategories, 201, "id: Some(9473)"),
    ("abiquo/registers.json", Ask::Registers, 200, r#"price: Some("1.00")"#),
    ("abiquo/register.json", Ask::Register, 200, "id: Some(31)"),
    ("abiquo/register.json", Ask::PostRegister, 201, r#"price: Some("0.78")"#),
    ("abiquo/estimate.txt", Ask::Estimate, 200, r#"number: "25.00", currency: None"#),
    ("abiquo/estimate-sentence.txt", Ask::Estimate, 200, r#"number: "25.00", currency: Some("EUR")"#),
    ("abiquo/estimate-empty.txt", Ask::Estimate, 200, "reading: None"),
    ("abiquo/estimate-nan.txt", Ask::Estimate, 200, "reading: NotANumber"),
    ("abiquo/providers.json", Ask::Providers, 200, r#"["AMAZON", "ONPREMISE"]"#),
    ("abiquo/providers-objects.json", Ask::Providers, 200, r#"["AMAZON", "ONPREMISE"]"#),
    ("abiquo/enterprise.json", Ask::Enterprise, 200, r#"name: "Acme""#),
    ("abiquo/error-unauthorized.json", Ask::Bills, 401, "needs the role BILLS_VIEW"),
    ("abiquo/error-forbidden.json", Ask::PostBill, 403, "needs the role BILLS_MANAGE"),
    ("abiquo/error-media-type.json", Ask::PostCategories, 415, "check the version and the wire profile"),
    ("abiquo/error-several.json", Ask::PostBill, 409, "BILL-99: Something new"),
    ("abiquo/error-internal.json", Ask::PostBill, 500, "whether it took effect is not known"),
    ("abiquo/error-tomcat.html", Ask::Bills, 503, "Service Unavailable"),
    ("abiquo/error-catalogue.json", Ask::PostRegister, 409, "BILL_REGISTER-6: Invalid request. A bill period is necessary."),
];

#[tokio::test]
async fn every_recorded_answer_is_read_by_the_client() {
    for (file, ask, status, wanted) in ANSWERS {
        let (clients, _) = Clients::of(file, status);
        let told = clients.told(ask).await;
        assert!(told.contains(wanted), "{file}: {wanted:?} is not in:\n{told}");
        let success = status < 300;
        assert_eq!(told.starts_with("read: "), success, "{file}: {told}");
    }
    let (clients, net) = Clients::of("acronis/token.json", 200);
    clients.told(Ask::Tenant).await;
    let sent = net.sent.lock().expect("requests").clone();
    assert_eq!(sent[1].0, "Bearer eyJhbGciOiJSUzI1NiJ9.own-example.signature");
    // No code of the catalogue is one that the client does not know.
    let catalogue: Value = serde_json::from_slice(&recorded("abiquo/error-catalogue.json")).expect("JSON");
    for error in catalogue["collection"].as_array().expect("a list") {
        let code = Code::from(error["code"].as_str().expect("a code"));
        assert!(!matches!(code, Code::Other(_)), "{code}");
    }
}

/// Every recorded request.
const REQUESTS: [&str; 9] = [
    "acronis/token-request.txt",
    "acronis/report-request.json",
    "acronis/report-request-scheduled.json",
    "abiquo/bill-request.json",
    "abiquo/bill-by-categories-request.json",
    "abiquo/register-request.json",
    "abiquo/register-fixed-request.json",
    "abiquo/register-both-request.json",
    "abiquo/registers-by-categories-request.json",
];

#[tokio::test]
async fn every_recorded_request_is_what_the_client_sends() {
    for file in REQUESTS {
        let (Clients { acronis, abiquo }, net) = Clients::of("acronis/token.json", 200);
        // What is made of the answer, which is a token's, is not looked at.
        match file {
            "acronis/token-request.txt" => drop(acronis.root_tenant().await),
            "acronis/report-request.json" => drop(acronis.create_report(&billing()).await),
            "acronis/report-request-scheduled.json" => drop(acronis.create_report(&scheduled()).await),
            "abiquo/bill-request.json" => drop(abiquo.unguarded().post_bill(292, &bill()).await),
            "abiquo/bill-by-categories-request.json" => {
                drop(abiquo.unguarded().post_bill_by_categories(292, &header(), &categories()).await)
            }
            "abiquo/register-request.json" => drop(abiquo.unguarded().post_register(292, &register(Some("1.00"), Some("0"))).await),
            "abiquo/register-fixed-request.json" => drop(abiquo.unguarded().post_register(292, &register(None, Some("512.5"))).await),
            "abiquo/register-both-request.json" => {
                drop(abiquo.unguarded().post_register(292, &register(Some("1.25"), Some("512.5"))).await)
            }
            "abiquo/registers-by-categories-request.json" => {
                drop(abiquo.unguarded().post_registers_by_categories(292, &header(), Some("0"), &categories()).await);
            }
            other => panic!("{other}: nobody sends it"),
        }
        let bodies: Vec<_> =
            net.sent.lock().expect("requests").iter().map(|(_, body)| text(body)).filter(|body| !body.is_empty()).collect();
        let (sent, wanted) = (bodies.last().expect("a body"), text(&recorded(file)));
        match (serde_json::from_str::<Value>(sent), file.starts_with("acronis/")) {
            // Acronis is sent no amounts, and keys in another order.
            (Ok(sent), true) => assert_eq!(sent, serde_json::from_str::<Value>(&wanted).expect("JSON"), "{file}"),
            // Digit by digit.
            _ => assert_eq!(*sent, wanted, "{file}"),
        }
    }
}

/// A recorded text without the white space between its lines and after its keys.
fn text(bytes: &[u8]) -> String {
    let text = String::from_utf8(bytes.to_vec()).expect("a text");
    text.lines().map(str::trim).collect::<String>().replace("\": ", "\":")
}

#[test]
fn every_recorded_body_is_one_of_these() {
    let read = ANSWERS.iter().map(|(file, ..)| *file).chain(REQUESTS);
    assert_eq!(read.map(String::from).collect::<BTreeSet<_>>(), files());
}

/// The bodies that there are: `acronis/token.json` and so on.
fn files() -> BTreeSet<String> {
    let folders = ["acronis", "abiquo"].into_iter();
    let files = folders.flat_map(|folder| {
        let entries = std::fs::read_dir(root().join("tests/wire").join(folder)).expect("a folder");
        entries.map(move |entry| format!("{folder}/{}", entry.expect("an entry").file_name().to_string_lossy()))
    });
    files.collect()
}
