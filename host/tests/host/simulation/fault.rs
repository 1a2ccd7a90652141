//! What can become of one request on its way, and what its sender then sees of it.

use skubill::http::{Headers, TransportError};

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
    /// A cache answers as the service did the last time; where it never did, nothing goes wrong.
    Stale,
}

impl Fault {
    pub const ALL: [Fault; 13] = [
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
    ];

    /// How often the service sees the request.
    pub fn deliveries(self) -> u32 {
        match self {
            Fault::NotSent | Fault::LostBefore | Fault::Refused(_) => 0,
            Fault::LostAfter | Fault::RefusedAfter(_) | Fault::Cut | Fault::Slow | Fault::Stale => 1,
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
            (Fault::Cut, Some(answer)) => Ok((answer, true)),
            (Fault::Slow | Fault::Twice | Fault::Stale, Some(answer)) => Ok((answer, false)),
            (_, None) | (Fault::LostBefore | Fault::LostAfter, _) => Err(lost()),
        }
    }
}

/// What a connection that breaks leaves to know.
pub fn lost() -> TransportError {
    TransportError::MayHaveTakenEffect("the connection was reset".into())
}
