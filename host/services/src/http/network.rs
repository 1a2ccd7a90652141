//! The real network. The only file that knows reqwest.

use std::error::Error as _;
use std::path::PathBuf;
use std::time::Duration;

use reqwest::header::{HeaderName, HeaderValue};
use reqwest::{Certificate, Client, ClientBuilder};

use super::base::is_loopback;
use super::error::Error;
use super::limit::HEADERS_MAX;
use super::request::{Method, Request};
use super::transport::{Body, BoxFuture, Headers, Response, Transport, TransportError};
use crate::file;

/// Timeouts and trust of the real network. Proxies come from the environment (`HTTPS_PROXY`, `HTTP_PROXY`,
/// `ALL_PROXY`, `NO_PROXY`); this machine itself is reached without one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Name, connection and TLS together.
    pub connect_timeout: Duration,
    /// Between two pieces of an answer.
    pub read_timeout: Duration,
    /// The whole exchange; a download has its own, longer time.
    pub whole_timeout: Duration,
    /// Further certificate authorities, PEM, one or more: trusted beside the system's.
    pub ca_file: Option<PathBuf>,
    /// `skubill/VERSION` unless an embedder names itself.
    pub user_agent: String,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(10),
            read_timeout: Duration::from_secs(30),
            whole_timeout: Duration::from_secs(90),
            ca_file: None,
            user_agent: concat!("skubill/", env!("CARGO_PKG_VERSION")).to_owned(),
        }
    }
}

pub(super) struct Network {
    outward: Client,
    /// For loopback: a proxy elsewhere could not reach a simulator on this machine.
    loopback: Client,
    whole_timeout: Duration,
}

impl Network {
    pub(super) fn new(options: &Options) -> Result<Self, Error> {
        // An error means that the process has chosen a provider already: that one is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let extra = authorities(options)?;
        let outward = build(|| builder(options), &extra)?;
        let loopback = match proxies_are_set() {
            true => build(|| builder(options).no_proxy(), &extra)?,
            false => outward.clone(),
        };
        Ok(Self { outward, loopback, whole_timeout: options.whole_timeout })
    }
}

fn build(builder: impl Fn() -> ClientBuilder, extra: &[Certificate]) -> Result<Client, Error> {
    match builder().tls_certs_merge(extra.to_vec()).build() {
        Err(error) if extra.is_empty() => {
            // A bare container has no certificates at all. Trusting nobody, it still reaches a simulator
            // on loopback, and each https call says that its certificate is unknown.
            tracing::warn!(reason = chain(&error), "no system certificates: https will be refused");
            builder().tls_certs_only([]).build()
        }
        built => built,
    }
    .map_err(|error| Error::Setup(chain(&error)))
}

fn proxies_are_set() -> bool {
    let names = ["http_proxy", "https_proxy", "all_proxy"];
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    names.iter().any(|name| set(name) || set(&name.to_ascii_uppercase()))
}

fn builder(options: &Options) -> ClientBuilder {
    Client::builder()
        .user_agent(options.user_agent.as_str())
        .connect_timeout(options.connect_timeout)
        .read_timeout(options.read_timeout)
        .timeout(options.whole_timeout)
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        // The library's own buffer, of 408 KiB, ends a head that is longer than that.
        .http1_max_headers(HEADERS_MAX)
        .referer(false)
}

fn authorities(options: &Options) -> Result<Vec<Certificate>, Error> {
    let Some(path) = &options.ca_file else {
        return Ok(Vec::new());
    };
    let refuse = |reason: String| Error::CaFile { path: path.clone(), reason };
    let pem = file::read(path, file::CA_BYTES_MAX).map_err(|error| refuse(std::io::Error::from(error).to_string()))?;
    let found = Certificate::from_pem_bundle(&pem).map_err(|e| refuse(chain(&e)))?;
    if found.is_empty() {
        return Err(refuse("it holds no PEM certificate".to_owned()));
    }
    Ok(found)
}

impl Transport for Network {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, TransportError>> {
        Box::pin(async move {
            let response = self.request(request)?.send().await.map_err(|error| failure(&error))?;
            let headers = response.headers().iter().map(|(name, value)| {
                let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
                (name.as_str().to_owned(), value)
            });
            Ok(Response { status: response.status().as_u16(), headers: Headers::new(headers), body: Box::new(Stream(response)) })
        })
    }
}

impl Network {
    fn request(&self, request: Request) -> Result<reqwest::RequestBuilder, TransportError> {
        let method = match request.method {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
            Method::Delete => reqwest::Method::DELETE,
        };
        let client = match is_loopback(&request.url) {
            true => &self.loopback,
            false => &self.outward,
        };
        let mut builder = client.request(method, request.url.clone());
        for (name, value) in request.headers() {
            let mut value = HeaderValue::from_str(value)
                .map_err(|_| TransportError::NotSent(format!("the {name} header has a character it may not have")))?;
            value.set_sensitive(name == "authorization");
            builder = builder.header(HeaderName::from_static(name), value);
        }
        if request.whole.is_some() || request.left.is_some() {
            let whole = request.whole.unwrap_or(self.whole_timeout);
            builder = builder.timeout(request.left.map_or(whole, |left| whole.min(left)));
        }
        if let Some(body) = request.body {
            builder = builder.body(body);
        }
        Ok(builder)
    }
}

struct Stream(reqwest::Response);

impl Body for Stream {
    fn chunk(&mut self) -> BoxFuture<'_, Result<Option<Vec<u8>>, TransportError>> {
        Box::pin(async move {
            match self.0.chunk().await {
                Ok(chunk) => Ok(chunk.map(|bytes| bytes.to_vec())),
                Err(error) => Err(failure(&error)),
            }
        })
    }
}

/// Only what failed before there was a connection is sure not to have been seen by the server.
fn failure(error: &reqwest::Error) -> TransportError {
    if is_head_too_long(error) {
        return TransportError::HeadTooLong;
    }
    let reason = chain(error);
    if error.is_connect() || error.is_builder() { TransportError::NotSent(reason) } else { TransportError::MayHaveTakenEffect(reason) }
}

/// Whether the library below stopped reading a head.
fn is_head_too_long(error: &reqwest::Error) -> bool {
    let mut causes = std::iter::successors(error.source(), |&cause| cause.source());
    causes.any(|cause| cause.downcast_ref::<hyper::Error>().is_some_and(hyper::Error::is_parse_too_large))
}

/// The causes, deepest last. reqwest's own first sentence repeats the URL, and its errors may name a proxy
/// with its password, so only the causes below are told.
fn chain(error: &reqwest::Error) -> String {
    let mut causes = Vec::new();
    let mut source = error.source();
    while let Some(cause) = source {
        let text = cause.to_string();
        if causes.last() != Some(&text) {
            causes.push(text);
        }
        source = cause.source();
    }
    if error.is_timeout() && !causes.iter().any(|c| c.contains("time")) {
        causes.push("timed out".to_owned());
    }
    if causes.is_empty() {
        return "the request could not be made".to_owned();
    }
    causes.join(": ")
}
