//! Machine code is what no sandbox can hold. It is taken from the program itself, and from nowhere else.

use skubill::bill::{self, Biller};
use skubill::sandbox::{COMPONENT, Engine, Error, Sandbox};

use crate::case::root;

/// The component compiled by this very engine, with this very configuration: nothing that could be handed in is
/// nearer to being taken.
fn compiled(engine: Engine) -> Vec<u8> {
    let config = engine.config().expect("a configuration");
    let engine = wasmtime::Engine::new(&config).expect("an engine");
    engine.precompile_component(COMPONENT).expect("it compiles")
}

#[test]
fn code_that_was_compiled_elsewhere_is_refused_as_a_component() {
    for engine in [Engine::Cranelift, Engine::Pulley] {
        let code = compiled(engine);
        // It is good code: only nobody here says that it may be run.
        let runtime = wasmtime::Engine::new(&engine.config().expect("a configuration")).expect("an engine");
        assert!(wasmtime::Engine::detect_precompiled(&code).is_some() && runtime.precompile_component(&code).is_err());
        assert!(matches!(Sandbox::with(engine, &code), Err(Error::Setup(_))));
        assert!(matches!(super::ENGINES[0].beside(&code), Err(Error::Setup(_))));
        assert!(matches!(Biller::with_component(&code).err(), Some(bill::Error::Sandbox(Error::Setup(_)))));
    }
}

/// wasmtime keeps compiled code in a folder where it was built to, and is asked to. It was not.
#[test]
fn no_cache_of_compiled_code_is_built_in() {
    let lock = std::fs::read_to_string(root().join("Cargo.lock")).expect("the lock file");
    assert!(lock.contains("name = \"wasmtime\"\n"), "it is looked at");
    assert!(!lock.contains("name = \"wasmtime-internal-cache\""), "wasmtime's feature `cache`");
    let sandbox = std::fs::read_to_string(root().join("host/biller/src/sandbox.rs")).expect("a source");
    assert_eq!(sandbox.matches("deserialize(").count(), 1, "one place takes compiled code, and what it takes is embedded");
    assert!(sandbox.contains("const COMPILED: &[u8] = include_bytes!(") && sandbox.contains("const PULLEY: &[u8] = include_bytes!("));
}
