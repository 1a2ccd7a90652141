//! The bindings of the contract, generated from `wit/`.

wit_bindgen::generate!({ path: "../wit", world: "billing" });
