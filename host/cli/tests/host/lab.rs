//! Both clients against both twins without a socket, on one clock: half an hour of waiting passes at once, and each pause
//! is told.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::{Body as AxumBody, BodyDataStream};
use axum::http;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use futures_util::StreamExt;
use jiff::Timestamp;
use secrecy::SecretString;
use skubill_services::abiquo::{self, Auth};
use skubill_services::acronis;
use skubill_services::http::{BaseUrl, Body, BoxFuture, Clock, Headers, Http, Jitter, Request, Response, Transport, TransportError};
use skubill_simulators::usage_data::UsageData;
use skubill_simulators::{Abiquo, AbiquoConfig, Acronis, AcronisConfig, Dropped, SimulatedClock, Twin};

pub const ACRONIS: &str = "http://acronis.test";
pub const ABIQUO: &str = "http://abiquo.test/api";

/// What the demo's enterprise is called: `…/enterpriseresources/292`.
pub const ENTERPRISE: u64 = 292;

/// The twins, and the network and clock between them and the clients.
pub struct Lab {
    pub acronis: Twin<Acronis>,
    pub abiquo: Twin<Abiquo>,
    pub clock: SimulatedClock,
    net: Arc<Net>,
}

impl Lab {
    /// The morning after August 2021, with the demo's usage.
    pub fn new() -> Lab {
        let usage = UsageData::demo(crate::stage::AUGUST, 1);
        let clock = SimulatedClock::fixed("2021-09-01T07:00:00Z".parse().expect("an instant"));
        let acronis = Acronis::twin(AcronisConfig { clock: clock.clone(), ..AcronisConfig::new(usage.clone()) });
        let abiquo = Abiquo::twin(AbiquoConfig { clock: clock.clone(), ..AbiquoConfig::of_month(&usage) });
        let (slept, tampered) = (Mutex::default(), Mutex::default());
        let net = Arc::new(Net { acronis: acronis.clone(), abiquo: abiquo.clone(), clock: clock.clone(), slept, tampered });
        Lab { acronis, abiquo, clock, net }
    }

    pub fn http(&self) -> Http {
        Http::with_parts(self.net.clone(), self.net.clone(), self.net.clone())
    }

    pub fn acronis_client(&self) -> acronis::Client {
        self.acronis_client_with(self.acronis.client_secret())
    }

    pub fn acronis_client_with(&self, secret: &str) -> acronis::Client {
        let id = self.acronis.client_id();
        acronis::Client::with_base(self.http(), BaseUrl::insecure(ACRONIS).expect("an address"), id, SecretString::from(secret))
    }

    /// How the client says who it is when it buys a token.
    pub fn acronis_basic(&self) -> String {
        format!("Basic {}", BASE64_STANDARD.encode(format!("{}:{}", self.acronis.client_id(), self.acronis.client_secret())))
    }

    pub fn abiquo_client(&self) -> abiquo::Client {
        self.abiquo_client_as(Auth::Token(SecretString::from(self.abiquo.token())))
    }

    pub fn abiquo_client_as(&self, auth: Auth) -> abiquo::Client {
        abiquo::Client::with_base(self.http(), BaseUrl::insecure(ABIQUO).expect("an address"), auth)
    }

    /// The pauses since this was last asked.
    pub fn slept(&self) -> Vec<Duration> {
        std::mem::take(&mut self.net.slept.lock().expect("pauses"))
    }

    /// From now on, `from` becomes `to` in bodies on their way to Abiquo: what the client would not send.
    pub fn tamper(&self, from: &str, to: &str) {
        *self.net.tampered.lock().expect("a pair") = (from.to_owned(), to.to_owned());
    }

    /// Methods and targets that a twin has seen.
    pub fn seen(requests: &[skubill_simulators::Seen]) -> Vec<String> {
        requests.iter().map(|seen| format!("{} {}", seen.method, seen.target)).collect()
    }
}

struct Net {
    acronis: Twin<Acronis>,
    abiquo: Twin<Abiquo>,
    clock: SimulatedClock,
    slept: Mutex<Vec<Duration>>,
    tampered: Mutex<(String, String)>,
}

impl Transport for Net {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, TransportError>> {
        Box::pin(async move {
            let host = request.url.host_str().unwrap_or_default().to_owned();
            let request = carried(&request, self.tampered(&request));
            let answer = match host.as_str() {
                "acronis.test" => self.acronis.call(request).await,
                "abiquo.test" => self.abiquo.call(request).await,
                other => return Err(TransportError::NotSent(format!("no host is called {other}"))),
            };
            if answer.extensions().get::<Dropped>().is_some() {
                return Err(TransportError::MayHaveTakenEffect("the connection was closed".into()));
            }
            let (status, headers, body) = parts(answer);
            Ok(Response { status, headers, body: Box::new(Pieces(body.into_data_stream())) })
        })
    }
}

impl Net {
    /// A request's body as it is carried.
    fn tampered(&self, request: &Request) -> Vec<u8> {
        let body = request.body.clone().unwrap_or_default();
        let (from, to) = self.tampered.lock().expect("a pair").clone();
        if from.is_empty() { body } else { String::from_utf8(body).expect("a text").replace(&from, &to).into_bytes() }
    }
}

/// All August bills of an enterprise are deleted by somebody else.
pub async fn delete_elsewhere(abiquo: &Twin<Abiquo>, enterprise: u64) {
    let path = format!(
        "/api/statistics/enterpriseresources/{enterprise}/bills?startBillDate=2021%2F08%2F01%2000%3A00%3A00%20%2B0000&provider=ACRONIS"
    );
    let request = http::Request::builder().method("DELETE").uri(path).header("authorization", format!("Token {}", abiquo.token()));
    let answer = abiquo.call(request.body(AxumBody::empty()).expect("a request")).await;
    assert_eq!(answer.status(), 204);
}

/// A request as a twin takes it, with this body.
pub fn carried(request: &Request, body: Vec<u8>) -> http::Request<AxumBody> {
    let mut carried = http::Request::builder().method(request.method.as_str()).uri(request.url.as_str());
    for (name, value) in request.headers() {
        carried = carried.header(name, value);
    }
    carried.body(AxumBody::from(body)).expect("a request")
}

/// Status, headers and body of a twin's answer.
pub fn parts(answer: http::Response<AxumBody>) -> (u16, Headers, AxumBody) {
    let (head, body) = answer.into_parts();
    let text = |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let headers = head.headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value)));
    (head.status.as_u16(), Headers::new(headers), body)
}

struct Pieces(BodyDataStream);

impl Body for Pieces {
    fn chunk(&mut self) -> BoxFuture<'_, Result<Option<Vec<u8>>, TransportError>> {
        Box::pin(async move {
            match self.0.next().await {
                None => Ok(None),
                Some(Ok(bytes)) => Ok(Some(bytes.to_vec())),
                Some(Err(error)) => Err(TransportError::MayHaveTakenEffect(error.to_string())),
            }
        })
    }
}

impl Clock for Net {
    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn sleep(&self, pause: Duration) -> BoxFuture<'_, ()> {
        self.slept.lock().expect("pauses").push(pause);
        self.clock.set(self.clock.now() + pause);
        Box::pin(tokio::task::yield_now())
    }
}

impl Jitter for Net {
    /// None, so that a pause is the least that it can be.
    fn below(&self, _: u64) -> u64 {
        0
    }
}
