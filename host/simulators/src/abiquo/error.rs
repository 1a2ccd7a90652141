//! Error bodies, `{"collection": [{code, message}]}`.

use super::catalogue::Code;
use crate::exchange::Reply;
use serde_json::json;

/// The errors of one class, each once, under the first one's status.
pub(super) fn replies(codes: &[Code]) -> Reply {
    let mut shown: Vec<Code> = Vec::new();
    for code in codes {
        if !shown.contains(code) {
            shown.push(*code);
        }
    }
    let status = shown.first().map_or(500, |first| first.status);
    let collection: Vec<_> = shown.iter().map(|c| json!({ "code": c.code, "message": c.message })).collect();
    let body = json!({ "collection": collection });
    let reply = Reply::json_as(status, "application/vnd.abiquo.errors+json", &body);
    if status == 401 {
        return reply.header("WWW-Authenticate", "Basic realm=\"Abiquo\"");
    }
    reply
}

pub(super) fn reply(code: Code) -> Reply {
    replies(&[code])
}

/// An answer early, as `?` gives it.
impl From<Code> for Reply {
    fn from(code: Code) -> Reply {
        reply(code)
    }
}
