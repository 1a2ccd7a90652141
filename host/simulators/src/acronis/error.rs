//! Error bodies: `{"error": {code, domain, message, details, context, data}}`.

use crate::exchange::Reply;
use serde_json::json;

/// A code of Acronis' list where one fits. 1000 for a body that is not accepted is a guess.
const CODE_INVALID: u32 = 1000;
const CODE_VERSION: u32 = 1001;
const CODE_ACCESS: u32 = 1002;
const CODE_TENANT: u32 = 1005;

fn reply(status: u16, code: u32, message: &str, info: &str) -> Reply {
    Reply::json(
        status,
        &json!({ "error": {
            "code": code,
            "domain": "PlatformAccountServer",
            "message": message,
            "details": { "info": info },
            "context": {},
            "data": [],
        }}),
    )
}

pub(super) fn invalid(info: &str) -> Reply {
    reply(400, CODE_INVALID, "The request is not valid", info)
}

pub(super) fn unauthorized(info: &str) -> Reply {
    reply(401, 401, "Unauthorized", info).header("WWW-Authenticate", "Bearer")
}

pub(super) fn access_denied() -> Reply {
    reply(403, CODE_ACCESS, "Access denied", "the role of this API client only reads")
}

pub(super) fn not_found(info: &str) -> Reply {
    reply(404, 404, "Not found", info)
}

pub(super) fn tenant_not_found(id: &str) -> Reply {
    reply(404, CODE_TENANT, "Tenant not found", id)
}

pub(super) fn method_not_allowed() -> Reply {
    reply(405, 405, "Method not allowed", "")
}

pub(super) fn unsupported_media_type(found: &str) -> Reply {
    reply(415, 415, "Unsupported media type", found)
}

pub(super) fn version_mismatch(status: u16, found: &str) -> Reply {
    reply(status, CODE_VERSION, "Version mismatch", found)
}

/// The usage history of the day is not there: 400 in the night, 500 once it is overdue.
pub(super) fn history_not_ready(overdue: bool) -> Reply {
    let (status, message) = if overdue {
        (500, "Usage history is not ready but should be available already")
    } else {
        (400, "Usage history is not ready and shouldn't be ready yet")
    };
    reply(status, u32::from(status), message, "")
}

/// RFC 6749, section 5.2.
pub(super) fn oauth(status: u16, error: &str, description: &str) -> Reply {
    let body = json!({ "error": error, "error_description": description });
    let reply = Reply::json(status, &body).header("Cache-Control", "no-store").header("Pragma", "no-cache");
    if status == 401 {
        return reply.header("WWW-Authenticate", "Basic realm=\"idp\"");
    }
    reply
}
