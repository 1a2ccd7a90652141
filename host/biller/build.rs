//! Builds the component and the plain core module, makes sure that neither imports anything, and
//! hands both to the crate.

use std::env;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use sha2::{Digest, Sha256};
use wit_component::{DecodedWasm, WitPrinter};

#[path = "src/sandbox/engine.rs"]
mod engine;
#[path = "build/skin.rs"]
mod skin;

use engine::Engine;
use skin::{Skin, TARGET};

fn main() -> Result<()> {
    let biller = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    let root = biller.ancestors().nth(2).context("the crate lies in the workspace")?.to_path_buf();
    for input in [
        "component/src",
        "contract",
        "host/biller/src/sandbox/engine.rs",
        "host/biller/build",
        "component/Cargo.toml",
        "wit",
        "Cargo.toml",
        "Cargo.lock",
        "rust-toolchain.toml",
    ] {
        println!("cargo:rerun-if-changed={}", root.join(input).display());
    }
    add_target()?;
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let target_dir = out.ancestors().nth(4).unwrap_or(&out).join("component");
    let component = skin::build(Skin::Component, &root, &target_dir)?;
    let core = skin::build(Skin::Core, &root, &target_dir)?;
    imports_nothing(&core, &component)?;
    fs::write(out.join("skubill.wasm"), &component)?;
    fs::write(out.join("skubill-core.wasm"), &core)?;
    fs::write(out.join("skubill.cwasm"), compile_ahead(Engine::Cranelift, &component)?)?;
    fs::write(out.join("skubill.pulley"), compile_ahead(Engine::Pulley, &component)?)?;
    fs::write(out.join("skubill.wit"), wit(&component)?)?;
    println!("cargo:rustc-env=SKUBILL_COMPONENT_SHA256={}", sha256(&component));
    println!("cargo:rustc-env=SKUBILL_CORE_SHA256={}", sha256(&core));
    Ok(())
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The standard library for the component's target, where the toolchain lacks it.
fn add_target() -> Result<()> {
    let rustc = env::var("RUSTC")?;
    let sysroot = Command::new(rustc).args(["--print", "sysroot"]).output()?.stdout;
    let sysroot = PathBuf::from(String::from_utf8(sysroot)?.trim());
    if sysroot.join("lib/rustlib").join(TARGET).join("lib").exists() {
        return Ok(());
    }
    println!("cargo:warning=adding the target {TARGET} to the toolchain");
    let added = Command::new("rustup").args(["target", "add", TARGET]).status();
    ensure!(added.is_ok_and(|status| status.success()), "the toolchain lacks the target {TARGET}: run `rustup target add {TARGET}`");
    Ok(())
}

/// The emptiness is the proof of the sandbox: nothing to link, nothing to call.
fn imports_nothing(core: &[u8], component: &[u8]) -> Result<()> {
    // The component's own core module is one of its payloads.
    for wasm in [core, component] {
        for payload in wasmparser::Parser::new(0).parse_all(wasm) {
            if let wasmparser::Payload::ImportSection(imports) = payload? {
                ensure!(imports.count() == 0, "a core module imports something");
            }
        }
    }
    let DecodedWasm::Component(resolve, world) = wit_component::decode(component)? else {
        bail!("the encoded bytes are no component");
    };
    let imports: Vec<String> = resolve.worlds[world].imports.keys().map(|key| resolve.name_world_key(key)).collect();
    ensure!(imports.is_empty(), "the component imports {}", imports.join(", "));
    Ok(())
}

/// Code for the target, so that a command starts in milliseconds; nothing where this compiler cannot
/// make it: the library compiles the component itself then.
fn compile_ahead(engine: Engine, component: &[u8]) -> Result<Vec<u8>> {
    let mut config = engine.config()?;
    // By name, so that the code keeps to what every processor of the target has.
    if engine == Engine::Cranelift && config.target(&env::var("TARGET")?).is_err() {
        return Ok(Vec::new());
    }
    let engine = wasmtime::Engine::new(&config)?;
    Ok(engine.precompile_component(component).unwrap_or_default())
}

/// The contract as the component itself carries it.
fn wit(component: &[u8]) -> Result<String> {
    let decoded = wit_component::decode(component)?;
    let (resolve, root) = (decoded.resolve(), decoded.package());
    let others: Vec<_> = resolve.packages.iter().map(|(id, _)| id).filter(|id| *id != root).collect();
    let mut printer = WitPrinter::default();
    printer.print(resolve, root, &others)?;
    Ok(printer.output.to_string())
}
