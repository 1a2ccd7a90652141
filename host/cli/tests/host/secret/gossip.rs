//! Somebody who stands before both twins, and repeats what is confided to him.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};
use skubill_simulators::{Abiquo, Acronis, Twin};

/// What becomes of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    /// It is handed on.
    Faithful,
    /// It is answered with its own secrets, as a text or as the service's own kind of error.
    Tells(u16, Shape),
    /// It is handed on, and what is answered has its secrets in all names, in some spelling.
    Weaves(Spelling),
}

/// How a secret is spelled in the middle of data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spelling {
    Plain,
    /// With something invisible after each character.
    With(&'static str),
    Percent,
    Base64,
    /// Escapes that JSON has not resolved.
    Escaped,
}

impl Spelling {
    pub fn spell(self, secret: &str) -> String {
        let each = |spell: &dyn Fn(char) -> String| secret.chars().map(spell).collect();
        match self {
            Spelling::Plain => secret.to_owned(),
            Spelling::With(between) => each(&|c| format!("{c}{between}")),
            Spelling::Percent => each(&|c| format!("%{:02X}", u32::from(c))),
            Spelling::Base64 => BASE64_STANDARD.encode(format!("I heard {secret}!")),
            Spelling::Escaped => each(&|c| format!("\\u{:04x}", u32::from(c))),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    Text,
    Json,
    /// The same, with every letter of it escaped.
    Escaped,
}

#[derive(Clone)]
pub struct Gossip {
    service: Service,
    mood: Arc<Mutex<Mood>>,
    /// Every secret that was ever confided to him.
    heard: Arc<Mutex<BTreeSet<String>>>,
    /// Those of them that everybody sends who has these credentials: password, client secret.
    lasting: Arc<Mutex<BTreeSet<String>>>,
    pub address: String,
}

#[derive(Clone)]
pub enum Service {
    Acronis(Twin<Acronis>),
    Abiquo(Twin<Abiquo>),
}

impl Gossip {
    pub async fn before(service: Service) -> Gossip {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = format!("http://{}", listener.local_addr().expect("an address"));
        let mood = Arc::new(Mutex::new(Mood::Faithful));
        let gossip = Gossip { service, mood, heard: Arc::default(), lasting: Arc::default(), address };
        let router = Router::new().fallback(answer).with_state(gossip.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        gossip
    }

    pub fn is(&self, mood: Mood) {
        *self.mood.lock().expect("a mood") = mood;
    }

    pub fn heard(&self) -> BTreeSet<String> {
        self.heard.lock().expect("secrets").clone()
    }

    /// What others may not know that he knew.
    pub fn forgets(&self) {
        self.lasting.lock().expect("secrets").clear();
    }

    /// All that a request confides: the header's credential and what that is made of.
    fn hear(&self, request: &Request) -> Vec<String> {
        let value = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let credential = value.split_once(' ').map(|(_, credential)| credential.to_owned());
        let pair = credential.as_ref().filter(|_| value.starts_with("Basic ")).map(|text| BASE64_STANDARD.decode(text).expect("base64"));
        let pair = pair.map(|bytes| String::from_utf8(bytes).expect("text"));
        let password = pair.as_ref().and_then(|pair| pair.split_once(':')).map(|(_, password)| password.to_owned());
        let mut secrets: Vec<String> = credential.into_iter().chain(password).collect();
        self.heard.lock().expect("secrets").extend(secrets.iter().cloned());
        let mut lasting = self.lasting.lock().expect("secrets");
        if pair.is_some() {
            lasting.extend(secrets.iter().cloned());
        }
        // What the token was bought with is known to whoever sold it.
        secrets.extend(lasting.iter().cloned());
        secrets
    }

    fn telling(&self, status: u16, shape: Shape, path: &str, secrets: &[String]) -> Response {
        let said = format!("you sent {}", secrets.join(", and "));
        let json = match (&self.service, path.ends_with("/idp/token")) {
            (Service::Acronis(_), true) => json!({"error": format!("invalid_client {said}"), "error_description": said}),
            (Service::Acronis(_), false) => json!({"error": {"code": said, "domain": said, "message": said, "details": {"info": said}}}),
            (Service::Abiquo(_), _) => json!({"collection": [{"code": said, "message": said}], "links": []}),
        };
        let body = match shape {
            Shape::Text => format!("<html><title>{said}</title></html>"),
            Shape::Json => json.to_string(),
            Shape::Escaped => escaped(&json),
        };
        let mut response = (StatusCode::from_u16(status).expect("a status"), body).into_response();
        for name in [header::LOCATION, header::SET_COOKIE, header::WWW_AUTHENTICATE, header::RETRY_AFTER, header::CONTENT_ENCODING] {
            response.headers_mut().insert(name, HeaderValue::from_str(&said).expect("a header"));
        }
        response
    }
}

/// JSON whose strings say the same in escapes alone; keys are left.
fn escaped(json: &Value) -> String {
    match json {
        Value::String(text) => format!("\"{}\"", text.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect::<String>()),
        Value::Array(items) => format!("[{}]", items.iter().map(escaped).collect::<Vec<_>>().join(",")),
        Value::Object(fields) => {
            let fields: Vec<String> = fields.iter().map(|(key, value)| format!("\"{key}\":{}", escaped(value))).collect();
            format!("{{{}}}", fields.join(","))
        }
        other => other.to_string(),
    }
}

async fn answer(State(gossip): State<Gossip>, request: Request) -> Response {
    let secrets = gossip.hear(&request);
    let mood = *gossip.mood.lock().expect("a mood");
    let path = request.uri().path().to_owned();
    match mood {
        Mood::Faithful => faithful(&gossip, request).await,
        Mood::Tells(status, shape) => gossip.telling(status, shape, &path, &secrets),
        Mood::Weaves(spelling) => {
            let (head, body) = faithful(&gossip, request).await.into_parts();
            let bytes = to_bytes(body, 1 << 20).await.expect("a body");
            let woven = match serde_json::from_slice::<Value>(&bytes) {
                // A token is bought as it is.
                Ok(json) if !path.ends_with("/idp/token") => weave(json, "", spelling, &secrets).to_string().into_bytes(),
                _ => bytes.to_vec(),
            };
            let mut head = head;
            head.headers.remove(header::CONTENT_LENGTH);
            Response::from_parts(head, Body::from(woven))
        }
    }
}

/// Names and texts of an answer, with secrets in each; what the client has to understand stays.
fn weave(json: Value, key: &str, spelling: Spelling, secrets: &[String]) -> Value {
    const KEPT: [&str; 15] = [
        "date",
        "billingPeriodStartDate",
        "billingPeriodEndDate",
        "currencyCode",
        "provider",
        "rel",
        "report_format",
        "status",
        "created_at",
        "id",
        "tenant_id",
        "kind",
        "level",
        "formats",
        "href",
    ];
    match json {
        Value::String(text) if !KEPT.contains(&key) => {
            let said: Vec<String> = secrets.iter().map(|secret| spelling.spell(secret)).collect();
            Value::String(format!("{text} {}", said.join(" and ")))
        }
        // A link that nobody needs to follow.
        Value::String(text) if key == "href" && !text.contains("/bill") => Value::String(format!("{text}?token={}", secrets.join("&"))),
        Value::Array(items) => items.into_iter().map(|item| weave(item, key, spelling, secrets)).collect(),
        Value::Object(fields) => {
            let woven = fields.into_iter().map(|(key, value)| (key.clone(), weave(value, &key, spelling, secrets)));
            Value::Object(woven.collect())
        }
        other => other,
    }
}

/// The service's own answer; a new token is heard as well.
async fn faithful(gossip: &Gossip, request: Request) -> Response {
    let response = match &gossip.service {
        Service::Acronis(twin) => twin.call(request).await,
        Service::Abiquo(twin) => twin.call(request).await,
    };
    let (head, body) = response.into_parts();
    let bytes = to_bytes(body, 1 << 20).await.expect("a body");
    let token = serde_json::from_slice::<Value>(&bytes).ok().and_then(|json| Some(json["access_token"].as_str()?.to_owned()));
    gossip.heard.lock().expect("secrets").extend(token);
    Response::from_parts(head, Body::from(bytes))
}
