//! Credentials and cookies go to the service that they are for, and to no other host, port or scheme: over real sockets,
//! with every call of both clients.

use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use skubill_services::abiquo::{BillsQuery, Error as AbiquoError};
use skubill_services::http::{Error, Http, Options};

use crate::wire::{Ask, Clients};
use crate::world::has;

/// A service that sends everybody elsewhere, but for tokens, which it sells; and a place that nobody should come to.
#[derive(Clone)]
struct Astray {
    status: StatusCode,
    /// Where to, of its own address.
    location: fn(SocketAddr, SocketAddr) -> String,
    sells: bool,
    here: SocketAddr,
    there: SocketAddr,
    /// Path and headers of each request.
    heard: Arc<Mutex<Vec<(String, String)>>>,
}

async fn lead(State(astray): State<Astray>, request: Request) -> Response {
    let headers = request.headers().iter().map(|(name, value)| format!("{name}: {}\n", String::from_utf8_lossy(value.as_bytes())));
    astray.heard.lock().expect("requests").push((request.uri().path().to_owned(), headers.collect()));
    let cookie = (header::SET_COOKIE, "JSESSIONID=crumb; Path=/".to_owned());
    if astray.sells && request.uri().path().ends_with("/idp/token") {
        return ([cookie], json!({"access_token": "bought", "expires_in": 7200}).to_string()).into_response();
    }
    let location = (astray.location)(astray.here, astray.there);
    let link = json!({"links": [{"rel": "next", "href": location}], "collection": [{"id": 1, "links": []}], "totalSize": 9});
    (astray.status, [(header::LOCATION, location), cookie], link.to_string()).into_response()
}

/// Serves while `visit` asks; then what was heard. Nobody has come to the other place.
async fn astray<F: Future<Output = ()>>(
    status: u16,
    location: fn(SocketAddr, SocketAddr) -> String,
    sells: bool,
    visit: impl FnOnce(SocketAddr) -> F,
) -> Vec<(String, String)> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let elsewhere = TcpListener::bind("127.0.0.1:0").expect("a port");
    let (here, there) = (listener.local_addr().expect("an address"), elsewhere.local_addr().expect("an address"));
    let status = StatusCode::from_u16(status).expect("a status");
    let astray = Astray { status, location, sells, here, there, heard: Arc::default() };
    let heard = Arc::clone(&astray.heard);
    let router = Router::new().fallback(lead).with_state(astray);
    let served = tokio::spawn(async move { axum::serve(listener, router).await });
    visit(here).await;
    served.abort();
    elsewhere.set_nonblocking(true).expect("a listener");
    let came = elsewhere.accept().map(|(_, from)| from);
    assert_eq!(came.expect_err("nobody comes").kind(), std::io::ErrorKind::WouldBlock);
    std::mem::take(&mut heard.lock().expect("requests"))
}

fn clients(here: SocketAddr) -> Clients {
    let http = Http::new(&Options::default()).expect("a network");
    Clients::at(http, &format!("http://{here}"), &format!("http://{here}/api"))
}

const ELSEWHERE: [fn(SocketAddr, SocketAddr) -> String; 5] = [
    // Another port, another host, another scheme; and what only looks like the same place.
    |_, there| format!("http://{there}/api/next"),
    |_, there| format!("http://localhost:{}/api/next", there.port()),
    |here, _| format!("https://{here}/api/next"),
    |_, there| format!("//{there}/api/next"),
    |here, there| format!("http://{}@{there}/api/next", here.ip()),
];

#[tokio::test(flavor = "multi_thread")]
async fn no_call_follows_a_redirect() {
    for (number, location) in ELSEWHERE.into_iter().enumerate() {
        let status = [301, 302, 303, 307, 308][number];
        for sells in [true, false] {
            let heard = astray(status, location, sells, |here| async move {
                let clients = clients(here);
                for ask in Ask::ALL {
                    let told = clients.told(ask).await;
                    has(&told, "refused: ");
                    has(&told, &status.to_string());
                }
                let august = skubill_services::abiquo::BillingPeriod::month(2021, 8).expect("a month").start;
                clients.abiquo.unguarded().delete_bills(292, august, "ACRONIS").await.expect_err("a redirect");
                clients.abiquo.unguarded().delete_registers(292, august, "ACRONIS").await.expect_err("a redirect");
            })
            .await;
            // Each was asked once; of a client without a token only that is asked.
            let tokens = heard.iter().filter(|(path, _)| path.ends_with("/idp/token")).count();
            assert_eq!((heard.len(), tokens), if sells { (Ask::ALL.len() + 3, 1) } else { (Ask::ALL.len() + 2, 7) });
            assert!(heard.iter().all(|(path, _)| !path.ends_with("/next")), "{heard:?}");
            for (path, headers) in &heard {
                assert!(headers.contains("authorization: "), "{path}: {headers}");
                assert!(!headers.contains("cookie"), "{path}: a crumb is brought back: {headers}");
                assert!(!headers.contains("referer"), "{path}: {headers}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_list_is_followed_to_another_origin() {
    for location in ELSEWHERE {
        let heard = astray(200, location, true, |here| async move {
            let Clients { abiquo, .. } = clients(here);
            for error in [
                abiquo.bills(292, &BillsQuery::default()).expect("an address").all().await.expect_err("a link elsewhere"),
                abiquo.registers(292, "ACRONIS").expect("an address").all().await.expect_err("a link elsewhere"),
            ] {
                assert!(matches!(error, AbiquoError::Http(Error::ForeignLink { .. })), "{error}");
            }
        })
        .await;
        assert_eq!(heard.len(), 2, "{heard:?}");
    }
}

/// A link that stays is followed, with credentials and without the cookie that was given along.
#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_followed_where_it_stays() {
    let heard = astray(
        200,
        |here, _| format!("http://{here}/api/next"),
        true,
        |here| async move {
            let Clients { abiquo, .. } = clients(here);
            // It leads to itself, which ends it.
            abiquo.bills(292, &BillsQuery::default()).expect("an address").all().await.expect_err("a circle");
        },
    )
    .await;
    let next: Vec<_> = heard.iter().filter(|(path, _)| path == "/api/next").collect();
    assert_eq!(next.len(), 1, "{heard:?}");
    has(&next[0].1, "authorization: Token hush\n");
    assert!(!next[0].1.contains("cookie"), "{heard:?}");
}

/// An enterprise's links are followed in place of built addresses: only those of its own service.
#[tokio::test(flavor = "multi_thread")]
async fn no_link_of_an_enterprise_is_followed_to_another_origin() {
    async fn enterprise(State((there, heard)): State<(SocketAddr, Arc<Mutex<Vec<String>>>)>, request: Request) -> String {
        heard.lock().expect("paths").push(request.uri().path().to_owned());
        let links: Vec<Value> =
            ["bills", "billregisters"].map(|rel| json!({"rel": rel, "href": format!("http://{there}/api/{rel}")})).into();
        json!({"id": 292, "name": "Acme", "links": links, "collection": []}).to_string()
    }
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let elsewhere = TcpListener::bind("127.0.0.1:0").expect("a port");
    let (here, there) = (listener.local_addr().expect("an address"), elsewhere.local_addr().expect("an address"));
    let heard = Arc::new(Mutex::new(Vec::new()));
    let router = Router::new().fallback(enterprise).with_state((there, Arc::clone(&heard)));
    let served = tokio::spawn(async move { axum::serve(listener, router).await });
    let Clients { abiquo, .. } = clients(here);
    let found = abiquo.enterprise(292).await.expect("an enterprise");
    assert_eq!(found.foreign.len(), 2, "{found:?}");
    abiquo.bills(292, &BillsQuery::default()).expect("an address").all().await.expect("a list");
    abiquo.registers(292, "ACRONIS").expect("an address").all().await.expect("a list");
    served.abort();
    elsewhere.set_nonblocking(true).expect("a listener");
    assert_eq!(elsewhere.accept().map(|(_, from)| from).expect_err("nobody comes").kind(), std::io::ErrorKind::WouldBlock);
    assert_eq!(heard.lock().expect("paths").len(), 3);
}
