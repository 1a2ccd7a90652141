//! The real network: connections, timeouts, proxies and certificates, each against a server of the test's own.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use axum::Router;
use axum::extract::{Request as Incoming, State};
use axum::response::Response;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use skubill_services::http::{Error, Http, Options, Request, RetryPolicy};
use skubill_simulators::{Abiquo, Acronis, Twin};
use url::Url;

use crate::stage::Stage;
use crate::world::{Folder, command, has};

pub const BYTES_MAX: u64 = 10_000;
const OK: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi";

pub fn http(options: &Options) -> Http {
    let retry = RetryPolicy { pause: Duration::from_millis(1), ..RetryPolicy::default() };
    Http::new(options).expect("a network").with_retry(retry)
}

pub fn get(url: &str) -> Request {
    Request::get(Url::parse(url).expect("a URL"))
}

pub fn post(url: &str) -> Request {
    Request::post(Url::parse(url).expect("a URL"), "text/plain", b"x".to_vec())
}

/// A request's head, up to the empty line; none where the connection ends first.
pub fn head(stream: &mut impl Read) -> Option<String> {
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte).ok()?;
        head.push(byte[0]);
    }
    String::from_utf8(head).ok()
}

/// So many connections, each in a thread, each to its end; then what the requests on them said.
pub fn serve(
    connections: usize,
    each: impl Fn(TcpStream) -> Vec<String> + Send + Sync + 'static,
) -> (SocketAddr, JoinHandle<Vec<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let served = std::thread::spawn(move || {
        let each = Arc::new(each);
        let accepted = listener.incoming().take(connections).map(|stream| {
            let (each, stream) = (Arc::clone(&each), stream.expect("a connection"));
            std::thread::spawn(move || each(stream))
        });
        let threads: Vec<_> = accepted.collect();
        threads.into_iter().map(|thread| thread.join().expect("a connection's thread")).collect()
    });
    (address, served)
}

/// Waits for a server's end without keeping the client from its own.
pub async fn ended(served: JoinHandle<Vec<Vec<String>>>) -> Vec<Vec<String>> {
    let ended = tokio::task::spawn_blocking(|| served.join().expect("the server"));
    ended.await.expect("a thread")
}

/// Answers each request of a connection.
fn greet(mut stream: impl Read + Write) -> Vec<String> {
    let mut heads = Vec::new();
    while let Some(head) = head(&mut stream) {
        heads.push(head);
        if stream.write_all(OK).and_then(|()| stream.flush()).is_err() {
            break;
        }
    }
    heads
}

#[tokio::test]
async fn a_connection_serves_many_requests_and_says_who_we_are() {
    let (address, served) = serve(1, greet);
    let http = http(&Options::default());
    for _ in 0..5 {
        // The server takes one connection: a second one would never be answered.
        assert_eq!(http.fetch(&get(&format!("http://{address}/")), BYTES_MAX).await.expect("an answer").body, b"hi");
        // Until the connection is free again.
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    drop(http);
    let heads = ended(served).await.remove(0);
    assert_eq!(heads.len(), 5);
    for head in heads {
        has(&head, concat!("user-agent: skubill/", env!("CARGO_PKG_VERSION"), "\r\n"));
    }
}

#[tokio::test]
async fn a_server_that_never_greets_is_not_reached() {
    // It takes the connection, and says no word of TLS.
    let (address, served) = serve(1, |mut stream| head(&mut stream).into_iter().collect());
    let http = http(&Options { connect_timeout: Duration::from_millis(100), ..Options::default() });
    let error = http.fetch(&post(&format!("https://{address}/")), BYTES_MAX).await.expect_err("no TLS");
    assert!(matches!(error, Error::Unreachable { attempts: 1, .. }), "{error}");
    has(&error.to_string(), "nothing was sent");
    ended(served).await;
}

/// Promises 100 bytes, and sends none, or one after the other until nobody listens.
fn promise(mut stream: TcpStream, drips: bool) -> Vec<String> {
    let heads = head(&mut stream).into_iter().collect();
    stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n").expect("a head");
    while drips && stream.write_all(b".").is_ok() {
        std::thread::sleep(Duration::from_millis(20));
    }
    // Until the client has had enough.
    while stream.read(&mut [0]).is_ok_and(|count| count > 0) {}
    heads
}

#[tokio::test]
async fn an_answer_that_stops_or_drips_is_lost() {
    let stopped = Options { read_timeout: Duration::from_millis(50), ..Options::default() };
    let drip = Options { whole_timeout: Duration::from_millis(200), ..Options::default() };
    for (options, drips) in [(stopped, false), (drip, true)] {
        let (address, served) = serve(4, move |stream| promise(stream, drips));
        let (http, url) = (http(&options), format!("http://{address}/"));
        let error = http.fetch(&get(&url), BYTES_MAX).await.expect_err("too slow");
        assert!(matches!(error, Error::Lost { attempts: 3, .. }), "{error}");
        // It was answered with success, and may have done what was asked.
        let error = http.fetch(&post(&url), BYTES_MAX).await.expect_err("too slow");
        assert!(error.is_unknown(), "{error}");
        has(&error.to_string(), "timed out");
        assert_eq!(ended(served).await.concat().len(), 4);
    }
}

/// Both twins behind a proxy, under names that no resolver knows; and the hosts that it was asked for.
#[derive(Clone)]
struct Proxy {
    acronis: Twin<Acronis>,
    abiquo: Twin<Abiquo>,
    asked: Arc<Mutex<Vec<String>>>,
}

async fn relay(State(proxy): State<Proxy>, request: Incoming) -> Response {
    let host = request.uri().host().unwrap_or_default().to_owned();
    proxy.asked.lock().expect("hosts").push(host.clone());
    if host == "acronis.test" { proxy.acronis.call(request).await } else { proxy.abiquo.call(request).await }
}

#[tokio::test(flavor = "multi_thread")]
async fn proxies_come_from_the_environment() {
    let mut stage = Stage::small().await;
    let asked = Arc::new(Mutex::new(Vec::new()));
    let proxy = Proxy { acronis: (*stage.acronis).clone(), abiquo: (*stage.abiquo).clone(), asked: Arc::clone(&asked) };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let served = tokio::spawn(async move { axum::serve(listener, Router::new().fallback(relay).with_state(proxy)).await });

    stage.config.accounts[0].url = "http://acronis.test".into();
    stage.config.accounts[0].insecure_http = true;
    stage.config.accounts[0].billings[0].abiquo.insecure_http = true;
    stage.config.accounts[0].billings[0].abiquo.url = "http://abiquo.test/api".into();
    stage.write();
    let arguments = ["run", "--period", "2021-08", "--accept", "new-provider"];
    let run = |proxy: Option<String>| {
        let mut command = command(stage.folder.path(), &arguments);
        command.env_remove("NO_PROXY").env_remove("no_proxy").envs(proxy.map(|proxy| ("HTTP_PROXY", proxy)));
        tokio::task::block_in_place(|| command.output()).expect("the binary ends")
    };
    let output = run(Some(format!("http://{address}")));
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(stage.abiquo.bills().len(), 2);
    let hosts = std::mem::take(&mut *asked.lock().expect("hosts"));
    assert!(["acronis.test", "abiquo.test"].iter().all(|name| hosts.iter().any(|host| host == name)), "{hosts:?}");

    // Without it, nobody knows these names; and this machine itself is reached without it.
    assert_eq!(run(None).status.code(), Some(1));
    stage.config.accounts[0].url = stage.acronis.url();
    stage.config.accounts[0].billings[0].abiquo.url = stage.abiquo.url();
    stage.write();
    assert_eq!(run(Some(format!("http://{address}"))).status.code(), Some(0));
    assert!(asked.lock().expect("hosts").is_empty());
    served.abort();
    stage.stop().await;
}

/// A certificate authority of the test's own.
struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

impl Authority {
    fn new() -> Authority {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        let pem = params.self_signed(&key).expect("a certificate").pem();
        Authority { issuer: Issuer::new(params, key), pem }
    }

    /// A server that shows a certificate for this name to so many connections.
    fn server(&self, name: &str, connections: usize) -> (SocketAddr, JoinHandle<Vec<Vec<String>>>) {
        let key = KeyPair::generate().expect("a key");
        let certificate = CertificateParams::new([name.to_string()]).and_then(|params| params.signed_by(&key, &self.issuer));
        let chain = vec![CertificateDer::from(certificate.expect("a certificate").der().to_vec())];
        let key = PrivateKeyDer::try_from(key.serialize_der()).expect("a key");
        // An error means that another test was first.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let config = ServerConfig::builder().with_no_client_auth().with_single_cert(chain, key).expect("a server");
        let config = Arc::new(config);
        serve(connections, move |stream| {
            let session = ServerConnection::new(Arc::clone(&config)).expect("a session");
            greet(StreamOwned::new(session, stream))
        })
    }
}

fn trusting(folder: &Folder, pem: &str) -> Options {
    folder.file("ca.pem", pem);
    Options { ca_file: Some(PathBuf::from(folder.path()).join("ca.pem")), ..Options::default() }
}

#[tokio::test]
async fn a_certificate_is_trusted_with_the_ca_file_and_refused_without() {
    let (ours, theirs) = (Authority::new(), Authority::new());
    let folder = Folder::new();
    let (address, served) = ours.server("127.0.0.1", 3);
    let url = format!("https://{address}/");
    for options in [Options::default(), trusting(&folder, &theirs.pem)] {
        let error = http(&options).fetch(&post(&url), BYTES_MAX).await.expect_err("nobody vouches for it");
        assert!(matches!(error, Error::Unreachable { attempts: 1, .. }), "{error}");
        has(&error.to_string(), "certificate");
    }
    // Several authorities may stand in one file.
    let options = trusting(&folder, &format!("{}{}", theirs.pem, ours.pem));
    let answer = http(&options).fetch(&post(&url), BYTES_MAX).await.expect("an answer");
    assert_eq!((answer.status, answer.body.as_slice()), (200, b"hi".as_slice()));
    let heads = ended(served).await;
    assert_eq!(heads.iter().map(Vec::len).collect::<Vec<_>>(), [0, 0, 1], "the refused ones have seen no request");
}

#[tokio::test]
async fn a_certificate_of_another_name_is_refused() {
    let ours = Authority::new();
    let folder = Folder::new();
    let (address, served) = ours.server("elsewhere.test", 1);
    let options = trusting(&folder, &ours.pem);
    let error = http(&options).fetch(&post(&format!("https://{address}/")), BYTES_MAX).await.expect_err("another name");
    assert!(matches!(error, Error::Unreachable { .. }), "{error}");
    assert_eq!(ended(served).await.concat().len(), 0);
}
