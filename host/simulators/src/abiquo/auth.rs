//! Who may do what: `Token`, `Basic` and `Bearer` credentials, and a user's privileges.

use super::catalogue::{Code, INVALID_CREDENTIALS, UNAUTHORIZED};
use crate::exchange::{Call, basic};
use crate::seed::word;
use serde::Serialize;

/// A privilege of the billing resources.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Role {
    #[serde(rename = "BILLS_VIEW")]
    BillsView,
    #[serde(rename = "BILLS_MANAGE")]
    BillsManage,
}

/// A user. Token and Bearer carry `token`; Basic carries `name` and `password`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct User {
    pub name: String,
    pub password: String,
    pub token: String,
    pub roles: Vec<Role>,
}

impl User {
    pub fn new(seed: u64, name: &str, roles: &[Role]) -> User {
        let salt = name.bytes().fold(0u64, |sum, b| sum.wrapping_mul(257).wrapping_add(b.into()));
        User {
            name: name.into(),
            password: word(seed, "abiquo-password", salt),
            token: word(seed, "abiquo-token", salt),
            roles: roles.to_vec(),
        }
    }
}

/// The user who sends this, or the 401.
pub(super) fn user<'a>(users: &'a [User], call: &Call) -> Result<&'a User, Code> {
    let (scheme, sent) = call.authorization().ok_or(UNAUTHORIZED)?;
    let found = match scheme.as_str() {
        "token" | "bearer" => users.iter().find(|user| user.token == sent),
        "basic" => {
            let sent = basic(&sent).ok_or(INVALID_CREDENTIALS)?;
            users.iter().find(|user| (&user.name, &user.password) == (&sent.0, &sent.1))
        }
        _ => return Err(UNAUTHORIZED),
    };
    found.ok_or(INVALID_CREDENTIALS)
}
