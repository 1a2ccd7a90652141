//! What can become of one request on its way, and what its sender then sees of it.

use serde_json::Value;
use skubill_services::http::{Headers, TransportError};

/// What may happen in a run.
#[derive(Debug, Clone, Copy)]
pub enum Fortune {
    Fair,
    /// So many faults, crashes and jumps of the clock in a thousand chances.
    Rough {
        faults: u32,
        crashes: u32,
        jumps: u32,
    },
    /// One crash, at this moment.
    CrashAt(u32),
    /// One fault, of this request.
    FaultAt(u32, Fault),
    /// This request takes effect so many seconds later.
    LateAt(u32, u64),
}

/// An answer that has been read whole.
#[derive(Clone)]
pub struct Answer {
    pub status: u16,
    pub headers: Headers,
    pub body: Vec<u8>,
}

/// What becomes of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// No connection.
    NotSent,
    /// The connection breaks before the service has seen it.
    LostBefore,
    /// The service acts, and the connection breaks before a word of the answer.
    LostAfter,
    /// A proxy answers in the service's stead.
    Refused(u16),
    /// A proxy answers after the service has acted.
    RefusedAfter(u16),
    /// The answer breaks off in its body.
    Cut,
    /// The answer takes minutes.
    Slow,
    /// A proxy sends it twice, and passes on the second answer.
    Twice,
    /// A cache answers as the service did the last time; where it never did, or where the sender allows no cache, nothing
    /// goes wrong.
    Stale,
    /// Its sender gives it up, and the service gets it later: a write; of anything else the connection breaks.
    Late,
    /// A list lacks entries that it says it has; of anything else nothing goes wrong.
    Short,
    /// A success to a write that stores nothing, and says nothing, of Abiquo; of anything else nothing goes wrong.
    Hollow,
    /// A web page, with a success: a login, a portal.
    Page,
    /// Abiquo stores other amounts than were posted, and says which; of anything else nothing goes wrong.
    Tampered,
}

impl Fault {
    pub const ALL: [Fault; 18] = [
        Fault::NotSent,
        Fault::LostBefore,
        Fault::LostAfter,
        Fault::Refused(429),
        Fault::Refused(500),
        Fault::Refused(503),
        Fault::RefusedAfter(408),
        Fault::RefusedAfter(502),
        Fault::RefusedAfter(504),
        Fault::Cut,
        Fault::Slow,
        Fault::Twice,
        Fault::Stale,
        Fault::Late,
        Fault::Short,
        Fault::Hollow,
        Fault::Page,
        Fault::Tampered,
    ];

    /// What is drawn for half of the writes to Abiquo: they are few, and most depends on them.
    pub const OF_WRITES: [Fault; 6] = [Fault::Late, Fault::Late, Fault::Hollow, Fault::Tampered, Fault::Page, Fault::LostAfter];

    /// How often the service sees the request.
    pub fn deliveries(self) -> u32 {
        match self {
            Fault::NotSent | Fault::LostBefore | Fault::Refused(_) | Fault::Late | Fault::Hollow | Fault::Page => 0,
            Fault::LostAfter | Fault::RefusedAfter(_) | Fault::Cut | Fault::Slow | Fault::Stale | Fault::Short | Fault::Tampered => 1,
            Fault::Twice => 2,
        }
    }

    /// What the sender sees; an answer whose flag is set breaks off.
    pub fn seen(self, answer: Option<Answer>) -> Result<(Answer, bool), TransportError> {
        match (self, answer) {
            (Fault::NotSent, _) => Err(TransportError::NotSent("there is no connection".into())),
            (Fault::Refused(status) | Fault::RefusedAfter(status), _) => {
                let headers = [("retry-after", "2"), ("content-type", "text/html")].map(|(name, value)| (name.into(), value.into()));
                Ok((Answer { status, headers: Headers::new(headers), body: b"<h1>a proxy</h1>".to_vec() }, false))
            }
            (Fault::Page, _) => Ok((success("text/html", b"<html>Please log in</html>"), false)),
            (Fault::Hollow, _) => Ok((success("application/json", b""), false)),
            (Fault::Cut, Some(answer)) => Ok((answer, true)),
            (Fault::Short, Some(answer)) => Ok((short(answer), false)),
            (Fault::Slow | Fault::Twice | Fault::Stale | Fault::Tampered, Some(answer)) => Ok((answer, false)),
            (_, None) | (Fault::LostBefore | Fault::LostAfter | Fault::Late, _) => Err(lost()),
        }
    }
}

fn success(content_type: &str, body: &[u8]) -> Answer {
    Answer { status: 200, headers: Headers::new([("content-type".to_string(), content_type.to_string())]), body: body.to_vec() }
}

/// A list without its last entry, or, where it has none, one that says that it had one.
fn short(mut answer: Answer) -> Answer {
    let Ok(mut list) = serde_json::from_slice::<Value>(&answer.body) else { return answer };
    let Some(total) = list["totalSize"].as_u64() else { return answer };
    if list["collection"].as_array_mut().and_then(Vec::pop).is_none() {
        list["totalSize"] = (total + 1).into();
    }
    answer.body = list.to_string().into_bytes();
    answer
}

/// A post with another first digit before every price.
pub fn tampered(body: Vec<u8>) -> Vec<u8> {
    String::from_utf8(body).map(|text| text.replace("\"price\":", "\"price\":1").into_bytes()).expect("a body is text")
}

/// What a connection that breaks leaves to know.
pub fn lost() -> TransportError {
    TransportError::MayHaveTakenEffect("the connection was reset".into())
}
