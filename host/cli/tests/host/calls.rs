//! Each call that the vendors' documents describe, by the client against the twin: the tests that `tests/wire/README.md` names.

mod abiquo;
mod acronis;
