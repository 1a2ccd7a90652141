//! The bindings of the contract, generated from `wit/`.

wit_bindgen::generate!({ path: "../wit", world: "billing" });

pub(super) use export;
