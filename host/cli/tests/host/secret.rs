//! Planted secrets: whatever a command says, logs and keeps, at any level and whatever goes wrong, none of them is in it.

mod gossip;

use std::collections::BTreeSet;
use std::io::Read;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::Value;

use crate::stage::Stage;
use crate::world::{Folder, command, has};
use gossip::{Gossip, Mood, Service, Shape, Spelling};

/// The stage, with a gossip before each of its services.
struct Play {
    stage: Stage,
    acronis: Gossip,
    abiquo: Gossip,
    /// Everything that was said, each with what was asked.
    said: Mutex<Vec<(String, String)>>,
    rounds: AtomicUsize,
}

/// Commands that a failure leaves nothing to compare with; `ID` is a report's.
const SINGLE: [&str; 15] = [
    "doctor --probe-media-type",
    "acronis reports create --period 2021-08",
    "acronis reports list",
    "acronis reports status ID",
    "acronis reports download ID --out report.out",
    "abiquo bills providers --enterprise 11",
    "abiquo bills list --enterprise 11",
    "abiquo bills get 1 --enterprise 11",
    "abiquo bills delete --enterprise 11 --period 2021-08 --yes",
    "abiquo registers list --enterprise 11",
    "abiquo registers get 1 --enterprise 11",
    "abiquo registers estimate --enterprise 11",
    "abiquo registers delete --enterprise 11 --date 2021-08-01 --yes",
    "abiquo bills post --enterprise 12 --period 2021-07 --price 1 --currency EUR --accept new-provider",
    "abiquo registers post --enterprise 12 --date 2021-08-02 --price 1 --currency EUR --accept new-provider",
];

impl Play {
    async fn new() -> Play {
        let mut stage = Stage::small().await;
        let acronis = Gossip::before(Service::Acronis((*stage.acronis).clone())).await;
        let abiquo = Gossip::before(Service::Abiquo((*stage.abiquo).clone())).await;
        stage.config.accounts[0].url.clone_from(&acronis.address);
        stage.config.accounts[0].billings[0].abiquo.url = format!("{}/api", abiquo.address);
        stage.write();
        Play { stage, acronis, abiquo, said: Mutex::default(), rounds: AtomicUsize::new(0) }
    }

    fn are(&self, acronis: Mood, abiquo: Mood) {
        self.acronis.is(acronis);
        self.abiquo.is(abiquo);
    }

    /// What a command says, with all that it logs. Its exit code and its stdout.
    fn asks(&self, words: &str, level: &str) -> (Option<i32>, String) {
        let arguments: Vec<&str> = words.split(' ').collect();
        let mut command = command(self.stage.folder.path(), &arguments);
        let mut child = command.env("RUST_LOG", level).env("RUST_BACKTRACE", "full").spawn().expect("the binary starts");
        if words.contains("reports download") {
            // It waits half an hour for a report that may yet come.
            std::thread::sleep(Duration::from_secs(3));
            child.kill().expect("it is there, or has ended");
        }
        let output = child.wait_with_output().expect("the binary ends");
        let [stdout, stderr] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).expect("text"));
        assert!(!stderr.contains("panicked"), "{words}: {stderr}");
        self.said.lock().expect("texts").push((words.to_owned(), format!("{stdout}\n{stderr}")));
        (output.status.code(), stdout)
    }

    /// All commands at once, each in turn as a table and as JSON; then the month and the day, which wait for one another.
    fn all(&self, id: &str) {
        let round = self.rounds.fetch_add(1, Ordering::Relaxed);
        std::thread::scope(|scope| {
            for (number, words) in SINGLE.iter().enumerate() {
                let format = if (number + round).is_multiple_of(2) { "table" } else { "json" };
                let words = format!("{} --format {format}", words.replace("ID", id));
                scope.spawn(move || self.asks(&words, "trace"));
            }
        });
        self.month_and_day();
    }

    fn month_and_day(&self) {
        for words in ["run --period 2021-08 --new-report", "run --period 2021-08 --dry-run --format json", "record --date 2021-08-10"] {
            self.asks(&format!("{words} --accept new-provider"), "trace");
        }
        for words in ["journal list", "journal list --format json", "journal verify"] {
            self.asks(words, "trace");
        }
    }

    fn told(&self) -> String {
        self.said.lock().expect("texts").iter().map(|(words, text)| format!("$ skubill {words}\n{text}\n")).collect()
    }

    fn have_heard(&self, planted: &[&str]) {
        let heard: BTreeSet<String> = self.acronis.heard().union(&self.abiquo.heard()).cloned().collect();
        for planted in planted {
            assert!(heard.contains(*planted), "{planted} was never sent");
        }
    }

    /// Neither these nor anything that was confided is in what was said, nor in any file but those it was read from.
    fn nobody_knows(&self, planted: &[&str]) {
        let mut secrets: BTreeSet<String> = self.acronis.heard().union(&self.abiquo.heard()).cloned().collect();
        secrets.extend(planted.iter().flat_map(|planted| [(*planted).to_owned(), BASE64_STANDARD.encode(planted)]));
        for (words, text) in self.said.lock().expect("texts").iter() {
            for secret in &secrets {
                assert!(!text.contains(secret.as_str()), "skubill {words} says {secret}:\n{text}");
            }
        }
        let mut files = 0;
        each_file(self.stage.folder.path(), &mut |name, bytes| {
            files += 1;
            let found = |secret: &&String| bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert_eq!(secrets.iter().find(found), None, "{name}");
        });
        assert!(files > 3, "something is kept");
    }
}

/// Every file but those that hold the secrets, unpacked where it is packed.
fn each_file(folder: &Path, look: &mut dyn FnMut(&str, &[u8])) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().and_then(|name| name.to_str()).expect("a name").to_owned();
        if path.is_dir() {
            each_file(&path, look);
            continue;
        }
        if ["secret-", "token-"].iter().any(|start| name.starts_with(start)) {
            continue;
        }
        let bytes = std::fs::read(&path).expect("a file");
        look(&name, &bytes);
        let mut unpacked = Vec::new();
        if bytes.starts_with(&[0x1f, 0x8b]) && flate2::read::MultiGzDecoder::new(&bytes[..]).read_to_end(&mut unpacked).is_ok() {
            look(&name, &unpacked);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_what_goes_well() {
    let play = Play::new().await;
    let (secret, token) = (play.stage.acronis.client_secret().to_owned(), play.stage.abiquo.token().to_owned());
    tokio::task::block_in_place(|| {
        let month = play.asks("run --period 2021-08 --accept new-provider --format json", "trace");
        assert_eq!(month.0, Some(0), "{}", play.told());
        let (_, created) = play.asks("acronis reports create --period 2021-08 --format json", "trace");
        let id = serde_json::from_str::<Value>(&created).expect("JSON")["id"].as_str().expect("an id").to_owned();
        let run = std::fs::read_dir(play.stage.folder.path().join("state/runs")).expect("runs").next().expect("a run").expect("an entry");
        let run = format!("state/runs/{}", run.file_name().to_str().expect("a name"));
        let customers: Value = serde_json::from_str(&play.stage.folder.read("customers.json")).expect("JSON");
        let tenant = customers["customers"][0]["tenant_id"].as_str().expect("a tenant");
        for words in [format!("replay {run}"), format!("explain {run} {tenant} SRV"), format!("acronis reports status {id}")] {
            assert_eq!(play.asks(&words, "trace").0, Some(0), "{}", play.told());
        }
        play.all(&id);
        play.asks(&format!("acronis reports delete {id} --yes"), "trace");
        for level in ["error", "warn", "info", "debug", "off", "no=such=level", ""] {
            play.asks("doctor", level);
        }
    });
    // It was loud enough to be heard.
    for part in ["DEBUG", "answered", "POST http://127.0.0.1:", "/api/2/idp/token"] {
        has(&play.told(), part);
    }
    play.have_heard(&[&secret, &token]);
    play.nobody_knows(&[&secret, &token]);
    play.stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_what_a_service_repeats() {
    let play = Play::new().await;
    let (secret, token) = (play.stage.acronis.client_secret().to_owned(), play.stage.abiquo.token().to_owned());
    let told = |status, shape| Mood::Tells(status, shape);
    let moods = [
        told(200, Shape::Text),
        told(302, Shape::Text),
        told(400, Shape::Json),
        told(401, Shape::Text),
        told(401, Shape::Json),
        told(403, Shape::Escaped),
        told(415, Shape::Text),
        // As 500, but that is asked again, after a second or two.
        told(501, Shape::Text),
        told(501, Shape::Escaped),
    ];
    tokio::task::block_in_place(|| {
        for mood in moods {
            // Tokens are sold, so that the calls behind them are heard as well.
            play.are(mood, mood);
            play.all("1");
            play.are(Mood::Faithful, mood);
            play.month_and_day();
        }
        play.are(told(500, Shape::Json), told(500, Shape::Json));
        play.all("1");
    });
    let shown = play.told().matches("[secret]").count();
    assert!(shown > 50, "{shown} repetitions were kept back: is anything repeated?");
    play.have_heard(&[&secret, &token]);
    play.nobody_knows(&[&secret, &token]);
    play.stage.stop().await;
}

/// What is left of a text without what is not seen, in it or in the codes that it is shown by.
fn seen(text: &str) -> String {
    let mut text = text.to_owned();
    for code in ["\\u{200b}", "\\u{ad}", "\\u{0}", "\\u200b", "\\u00ad", "\\u0000", "\u{200b}", "\u{ad}", "\0"] {
        text = text.replace(code, "");
    }
    text
}

/// A service that says its caller's secrets in the middle of what is right: lines, names of enterprises, links.
#[tokio::test(flavor = "multi_thread")]
async fn of_what_a_service_weaves_into_its_data() {
    let play = Play::new().await;
    let (secret, token) = (play.stage.acronis.client_secret().to_owned(), play.stage.abiquo.token().to_owned());
    tokio::task::block_in_place(|| {
        // So that there is something to be told of.
        assert_eq!(play.asks("run --period 2021-08 --accept new-provider", "trace").0, Some(0), "{}", play.told());
        let spellings = [
            Spelling::Plain,
            Spelling::With("\u{200b}"),
            Spelling::With("\u{ad}"),
            Spelling::With("\0"),
            Spelling::Percent,
            Spelling::Base64,
            Spelling::Escaped,
        ];
        for spelling in spellings {
            play.are(Mood::Weaves(spelling), Mood::Weaves(spelling));
            let heard = play.said.lock().expect("texts").len();
            play.all("1");
            let said: String = play.said.lock().expect("texts")[heard..].iter().map(|(_, text)| seen(text)).collect();
            has(&said, "[secret]");
            for secret in [&secret, &token] {
                let spelled = [spelling.spell(secret), (*secret).clone(), seen(&spelling.spell(secret)), BASE64_STANDARD.encode(secret)];
                for spelled in spelled {
                    assert!(!said.contains(&spelled), "{spelling:?}: {spelled} in {said}");
                }
            }
            each_file(&play.stage.folder.path().join("state"), &mut |name, bytes| {
                let text = seen(&String::from_utf8_lossy(bytes));
                for secret in [&secret, &token] {
                    assert!(!text.contains(secret.as_str()) && !text.contains(&seen(&spelling.spell(secret))), "{spelling:?}: {name}");
                }
            });
        }
    });
    play.nobody_knows(&[&secret, &token]);
    play.stage.stop().await;
}

/// A proxy that refuses, and says what it was given.
#[tokio::test(flavor = "multi_thread")]
async fn of_what_a_proxy_is_given() {
    let play = Play::new().await;
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let proxy = listener.local_addr().expect("an address");
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            while let Some(head) = crate::network::head(&mut stream) {
                let given = head
                    .lines()
                    .find_map(|line| line.to_lowercase().strip_prefix("proxy-authorization: basic ").map(|_| line[27..].to_owned()));
                let given = given.unwrap_or_default();
                let said = format!("{given} is {}", String::from_utf8_lossy(&BASE64_STANDARD.decode(&given).unwrap_or_default()));
                let head = format!("HTTP/1.1 407 {}\r\nx-said: {said}\r\ncontent-length: {}\r\n\r\n", "Proxy", said.len());
                if std::io::Write::write_all(&mut stream, format!("{head}{said}").as_bytes()).is_err() {
                    break;
                }
            }
        }
    });
    let written = play.stage.folder.read("skubill.toml");
    let away = |address: &str, other: &str| written.replace(&play.acronis.address, address).replace(&play.abiquo.address, other);
    tokio::task::block_in_place(|| {
        for (acronis, abiquo) in [("http://acronis.test", "http://abiquo.test"), ("https://acronis.test", "https://abiquo.test")] {
            play.stage.folder.file(
                "skubill.toml",
                away(acronis, abiquo)
                    .replace("client_id =", "insecure_http = true\nclient_id =")
                    .replace("{ url", "{ insecure_http = true, url"),
            );
            for words in ["run --period 2021-08", "abiquo bills list --enterprise 11 --format json", "acronis reports list", "doctor"] {
                let arguments: Vec<&str> = words.split(' ').collect();
                let address = format!("http://clerk:pr%6Fxy-hush@{proxy}");
                let mut command = command(play.stage.folder.path(), &arguments);
                let output =
                    command.env("HTTP_PROXY", &address).env("HTTPS_PROXY", &address).env("RUST_LOG", "trace").output().expect("it ends");
                let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
                if acronis.starts_with("http:") {
                    has(&said, "407");
                }
                for secret in ["proxy-hush", "pr%6Fxy", &BASE64_STANDARD.encode("clerk:proxy-hush")] {
                    assert!(!said.contains(secret), "{words} says {secret}: {said}");
                }
            }
        }
    });
    play.stage.stop().await;
}

/// Secrets with every character that has another spelling somewhere.
const WRONG_SECRET: &str = "client/secret+with=\"quotes\"&<angles>\\";
const WRONG_TOKEN: &str = "token/of+abiquo=\"quoted\"&<so>\\";

#[tokio::test(flavor = "multi_thread")]
async fn of_credentials_that_are_refused() {
    let play = Play::new().await;
    let written = play.stage.folder.read("skubill.toml");
    let known = "token = { file = \"token-one.txt\" }";
    assert!(written.contains(known));
    play.stage.folder.file("token-one.txt", WRONG_TOKEN);
    let tells = Mood::Tells(401, Shape::Escaped);
    tokio::task::block_in_place(|| {
        for instead in [known, "bearer = { file = \"token-one.txt\" }", "user = \"admin\", password = { file = \"token-one.txt\" }"] {
            play.stage.folder.file("skubill.toml", written.replace(known, instead));
            for (acronis, abiquo) in [(Mood::Faithful, Mood::Faithful), (Mood::Faithful, tells)] {
                play.are(acronis, abiquo);
                play.all("1");
            }
        }
        play.stage.folder.file("secret-one.txt", WRONG_SECRET);
        // What another client had.
        play.acronis.forgets();
        for acronis in [Mood::Faithful, tells] {
            play.are(acronis, Mood::Faithful);
            play.all("1");
        }
    });
    has(&play.told(), "refuses this API client");
    play.have_heard(&[WRONG_SECRET, WRONG_TOKEN, &BASE64_STANDARD.encode(format!("admin:{WRONG_TOKEN}"))]);
    play.nobody_knows(&[WRONG_SECRET, WRONG_TOKEN]);
    play.stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_what_nobody_hears() {
    let play = Play::new().await;
    let (secret, token) = (play.stage.acronis.client_secret().to_owned(), play.stage.abiquo.token().to_owned());
    // A port that was free a moment ago; then a secret that no header can carry.
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port");
    let written = play.stage.folder.read("skubill.toml");
    let elsewhere = written.replace(&play.acronis.address, &format!("http://{nobody}"));
    let nowhere = elsewhere.replace(&play.abiquo.address, &format!("https://{nobody}"));
    tokio::task::block_in_place(|| {
        play.stage.folder.file("skubill.toml", nowhere);
        play.all("1");
        play.stage.folder.file("skubill.toml", &written);
        play.stage.folder.file("token-one.txt", format!("{token}\u{e4}\n{token}"));
        play.all("1");
        // Where a secret was written by mistake.
        for wrong in [
            written.replace("{ file = \"secret-one.txt\" }", &format!("\"{secret}\"")),
            written.replace("\"token-one.txt\" }", &format!("\"token-one.txt\", \"{token}\" = 1 }}")),
            written.replace("http://", &format!("http://{secret}:{token}@")),
        ] {
            assert_ne!(wrong, written);
            play.stage.folder.file("skubill.toml", wrong);
            play.asks("doctor", "trace");
            play.asks("run --period 2021-08 --format json", "trace");
        }
    });
    has(&play.told(), "nothing was sent");
    play.stage.folder.file("skubill.toml", &written);
    play.nobody_knows(&[&secret, &token]);
    play.stage.stop().await;
}

/// Whoever ends in a panic says what he has in his hands; run again, this test is he.
#[test]
fn of_a_panic() {
    if std::env::var_os("SKUBILL_TEST_PANICS").is_some() {
        let config = skubill_runner::config::Config::load(Path::new("skubill.toml")).expect("a configuration");
        let account = &config.accounts[0];
        let http = skubill_services::http::Http::new(&skubill_services::http::Options::default()).expect("a network");
        let acronis = skubill_services::acronis::Client::new(http.clone(), &account.url, &account.client_id, account.client_secret.clone());
        let abiquo = skubill_services::abiquo::Client::new(http, &account.billings[0].abiquo.url, account.billings[0].abiquo.auth.clone());
        panic!("{config:?} {acronis:?} {abiquo:?}");
    }
    let folder = Folder::new();
    let auths = ["token = { file = \"t\" }", "bearer = { file = \"t\" }", "user = \"clerk\", password = { file = \"t\" }"];
    for auth in auths {
        folder.file("s", WRONG_SECRET);
        folder.file("t", WRONG_TOKEN);
        folder.file(
            "skubill.toml",
            format!(
                "[[account]]\nurl = \"https://a.example\"\nclient_id = \"id\"\nclient_secret = {{ file = \"s\" }}\n[[account.billing]]\n\
                 prices = \"p\"\ncustomers = \"c\"\nabiquo = {{ url = \"https://b.example/api\", {auth} }}\n"
            ),
        );
        let mut again = std::process::Command::new(std::env::current_exe().expect("this test"));
        again.args(["--exact", "secret::of_a_panic", "--nocapture"]).current_dir(folder.path());
        let output = again.env("SKUBILL_TEST_PANICS", "1").env("RUST_BACKTRACE", "full").output().expect("it runs");
        let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        assert!(!output.status.success());
        has(&said, "https://b.example/api");
        let pair = BASE64_STANDARD.encode(format!("clerk:{WRONG_TOKEN}"));
        for secret in [WRONG_SECRET, WRONG_TOKEN, "client/secret", "token/of", &pair] {
            assert!(!said.contains(secret), "{said}");
        }
    }
}
