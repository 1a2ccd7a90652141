//! Who is asking: `POST /api/2/idp/token`, the Bearer token of every other call, and
//! `GET /api/2/clients/{id}`.

use super::error;
use super::service::Acronis;
use super::store::Token;
use crate::exchange::{Call, Reply, basic, form_pairs};
use crate::lock::lock;
use crate::seed::word;
use jiff::SignedDuration;
use serde_json::json;

const SCOPE: &str = "urn:acronis.com:tenant-id:";

/// What Acronis' own samples ask for with client credentials.
const OPENID: &str = "openid";

/// Tokens that are good at the same time. More than any client asks for in the two hours that one lives; beyond it the
/// one that ends first is forgotten, so that asking for tokens does not fill the memory.
const TOKENS_MAX: usize = 10_000;

impl Acronis {
    /// Client credentials in a Basic header or in the form; nothing else is granted.
    pub(super) fn token(&self, call: &Call) -> Reply {
        let content_type = call.header("content-type").unwrap_or("");
        let form = match std::str::from_utf8(&call.body) {
            Ok(text) if content_type.starts_with("application/x-www-form-urlencoded") => form_pairs(text),
            _ => return error::oauth(400, "invalid_request", "the body must be a form"),
        };
        let field = |name: &str| form.iter().find(|(key, _)| key == name).map(|(_, v)| v);
        let sent = match call.authorization() {
            Some((scheme, encoded)) if scheme == "basic" => basic(&encoded),
            _ => field("client_id").cloned().zip(field("client_secret").cloned()),
        };
        let known = (self.client_id.clone(), self.client_secret.clone());
        if sent != Some(known) {
            return error::oauth(401, "invalid_client", "unknown client or wrong secret");
        }
        match field("grant_type").map(String::as_str) {
            Some("client_credentials") => {}
            Some(other) => return error::oauth(400, "unsupported_grant_type", other),
            None => return error::oauth(400, "invalid_request", "grant_type is missing"),
        }
        let scopes = field("scope").map_or("", String::as_str);
        if let Some(refused) = scopes.split_whitespace().find(|scope| !self.may_have(scope)) {
            let status = lock(&self.common.knobs).scope_refused_status;
            return error::oauth(status, "invalid_scope", refused);
        }
        self.grant()
    }

    /// `openid`, or a tenant of the account.
    fn may_have(&self, scope: &str) -> bool {
        scope == OPENID || scope.strip_prefix(SCOPE).is_some_and(|id| lock(&self.month).find(id).is_some())
    }

    fn grant(&self) -> Reply {
        let seconds = lock(&self.common.knobs).token_seconds;
        let now = self.common.clock.now();
        let expires_on = now.saturating_add(SignedDuration::from_secs(seconds)).unwrap_or(now);
        let seed = self.seed();
        let mut store = lock(&self.store);
        let number = store.next();
        let token = format!("sim.{}", word(seed, "token", number));
        store.tokens.retain(|_, token| token.expires_on > now);
        while store.tokens.len() >= TOKENS_MAX {
            let first = store.tokens.iter().min_by_key(|(_, token)| token.expires_on).map(|(token, _)| token.clone());
            store.tokens.remove(&first.unwrap_or_default());
        }
        store.tokens.insert(token.clone(), Token { expires_on, uses: 0 });
        Reply::json(
            200,
            &json!({
                "access_token": token,
                "token_type": "bearer",
                "expires_on": expires_on.as_second(),
                "id_token": format!("sim.id.{}", word(seed, "id-token", number)),
            }),
        )
        .header("Cache-Control", "no-store")
    }

    /// The 401 of a request that has no token, or none that holds.
    pub(super) fn refused(&self, call: &Call) -> Option<Reply> {
        let token = match call.authorization() {
            Some((scheme, token)) if scheme == "bearer" => token,
            _ => return Some(error::unauthorized("a Bearer token is needed")),
        };
        let uses = lock(&self.common.knobs).token_uses;
        let now = self.common.clock.now();
        let mut store = lock(&self.store);
        match store.tokens.get_mut(&token) {
            Some(known) if known.expires_on > now && uses.is_none_or(|most| known.uses < most) => {
                known.uses = known.uses.saturating_add(1);
                None
            }
            Some(_) => Some(error::unauthorized("the token has expired")),
            None => Some(error::unauthorized("the token is not known")),
        }
    }

    pub(super) fn client(&self, id: &str) -> Reply {
        if id != self.client_id {
            return error::not_found(id);
        }
        Reply::json(
            200,
            &json!({
                "client_id": self.client_id,
                "type": "api_client",
                "tenant_id": self.tenant_id(),
                "status": "enabled",
                "data": { "client_name": "skubill simulator" },
            }),
        )
    }
}
