//! Each call that the vendors' documents describe, by the client against the twin: the tests that `tests/wire/README.md` names.

#[path = "calls/abiquo.rs"]
mod abiquo;
#[path = "calls/acronis.rs"]
mod acronis;
