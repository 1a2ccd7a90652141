use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use jiff::Timestamp;
use skubill_services::http::{Body, BoxFuture, Clock, Headers, Http, Jitter, Request, Response, Transport, TransportError};

/// Where it lives.
pub const BASE: &str = "https://service.example/api";

/// A service that gives one answer to everything, but for requests that a token is bought with.
pub struct Service {
    answer: (u16, Vec<u8>),
    token: (u16, Vec<u8>),
    seen: Mutex<Vec<Request>>,
    now: Mutex<Timestamp>,
}

/// What a token is bought with.
const TOKEN: &[u8] = br#"{"access_token": "hush-hush", "expires_in": 7200}"#;

impl Service {
    pub fn answers(status: u16, body: &[u8]) -> Arc<Service> {
        Service::new((status, body), (200, TOKEN))
    }

    /// Another answer where a token is asked for.
    pub fn sells(status: u16, token: &[u8]) -> Arc<Service> {
        Service::new((200, br#"{"tenant_id": "t-1"}"#), (status, token))
    }

    fn new(answer: (u16, &[u8]), token: (u16, &[u8])) -> Arc<Service> {
        let now = "2021-09-01T12:00:00Z".parse().expect("an instant");
        let owned = |(status, body): (u16, &[u8])| (status, body.to_vec());
        Arc::new(Service { answer: owned(answer), token: owned(token), seen: Mutex::default(), now: Mutex::new(now) })
    }

    pub fn http(self: &Arc<Service>) -> Http {
        Http::with_parts(self.clone(), self.clone(), self.clone())
    }

    /// The requests so far: every one is to this service, as whoever sends them means it.
    pub fn seen(&self) -> Vec<Request> {
        let seen = std::mem::take(&mut *self.seen.lock().expect("one thread"));
        for request in &seen {
            assert_eq!(request.url.origin().ascii_serialization(), "https://service.example", "{}", request.url);
            assert!(request.url.username().is_empty() && request.url.password().is_none(), "{}", request.url);
        }
        seen
    }
}

impl Transport for Service {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, TransportError>> {
        let buys = request.url.path().ends_with("/idp/token");
        let (status, body) = if buys { self.token.clone() } else { self.answer.clone() };
        self.seen.lock().expect("one thread").push(request);
        let headers = Headers::new([("content-length".to_string(), body.len().to_string())]);
        Box::pin(async move { Ok(Response { status, headers, body: Box::new(Whole(Some(body))) }) })
    }
}

struct Whole(Option<Vec<u8>>);

impl Body for Whole {
    fn chunk(&mut self) -> BoxFuture<'_, Result<Option<Vec<u8>>, TransportError>> {
        let body = self.0.take();
        Box::pin(async move { Ok(body) })
    }
}

/// Waiting takes no time.
impl Clock for Service {
    fn now(&self) -> Timestamp {
        *self.now.lock().expect("one thread")
    }

    fn sleep(&self, pause: Duration) -> BoxFuture<'_, ()> {
        *self.now.lock().expect("one thread") += pause;
        Box::pin(async {})
    }
}

impl Jitter for Service {
    fn below(&self, bound: u64) -> u64 {
        bound / 2
    }
}

/// What comes of a call; nothing here waits for anything outside.
pub fn now<T>(call: impl Future<Output = T>) -> T {
    let mut call = pin!(call);
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..1000 {
        if let Poll::Ready(done) = call.as_mut().poll(&mut context) {
            return done;
        }
    }
    panic!("the call waits for something that nobody sends");
}

/// Whether there is a result; an error can be shown.
pub fn is_read<T, E: std::fmt::Display>(result: &Result<T, E>) -> bool {
    result.as_ref().err().iter().for_each(is_printable);
    result.is_ok()
}

/// An error is one line that steers no terminal.
pub fn is_printable(error: &impl std::fmt::Display) {
    let text = error.to_string();
    assert!(!text.is_empty(), "an error says something");
    let steers = |c: &char| {
        c.is_control() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{61c}' | '\u{feff}')
    };
    assert_eq!(text.chars().find(steers), None, "{text:?}");
}
