//! Builds the component, makes sure that it imports nothing, and hands it to the crate.
//!
//! The component is compiled by a cargo of its own, with a target directory of its own, so that
//! neither waits for the other's lock.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use sha2::{Digest, Sha256};
use wit_component::{ComponentEncoder, DecodedWasm, WitPrinter};

#[path = "src/sandbox/engine.rs"]
mod engine;

const TARGET: &str = "wasm32-unknown-unknown";

fn main() -> Result<()> {
    let host = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    let root = host.parent().context("the host lies in the workspace")?.to_path_buf();
    for input in ["component/src", "host/src/sandbox/engine.rs", "component/Cargo.toml", "wit", "Cargo.toml", "Cargo.lock", "rust-toolchain.toml"] {
        println!("cargo:rerun-if-changed={}", root.join(input).display());
    }
    add_target()?;
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let core = compile(&root, &out)?;
    let component = ComponentEncoder::default().validate(true).module(&core)?.encode().context("encode the component")?;
    imports_nothing(&core, &component)?;
    let sha256: String = Sha256::digest(&component).iter().map(|byte| format!("{byte:02x}")).collect();
    fs::write(out.join("skubill.wasm"), &component)?;
    fs::write(out.join("skubill.cwasm"), compile_ahead(&component)?)?;
    fs::write(out.join("skubill.wit"), wit(&component)?)?;
    println!("cargo:rustc-env=SKUBILL_COMPONENT_SHA256={sha256}");
    Ok(())
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

fn compile(root: &Path, out: &Path) -> Result<Vec<u8>> {
    let target_dir = out.ancestors().nth(4).unwrap_or(out).join("component");
    let mut cargo = Command::new(env::var("CARGO")?);
    cargo.current_dir(root.join("component"));
    cargo.args(["rustc", "--locked", "--profile", "component", "--lib", "--crate-type", "cdylib", "--target", TARGET]);
    cargo.env("CARGO_TARGET_DIR", &target_dir).env("CARGO_ENCODED_RUSTFLAGS", flags(root)?);
    // What the outer cargo says of the host's build is not about this one.
    for name in ["RUSTFLAGS", "CARGO_BUILD_TARGET", "CARGO_BUILD_RUSTFLAGS", "RUSTC_WRAPPER", "RUSTC_WORKSPACE_WRAPPER", "TARGET"] {
        cargo.env_remove(name);
    }
    let output = cargo.output().context("run cargo for the component")?;
    if !output.status.success() {
        bail!("the component does not compile:\n{}", String::from_utf8_lossy(&output.stderr));
    }
    let wasm = target_dir.join(TARGET).join("component/skubill_component.wasm");
    fs::read(&wasm).with_context(|| format!("read {}", wasm.display()))
}

/// No path of the machine that builds, so that the bytes are the same everywhere; and relocations
/// in as few bytes as they need, a tenth of the component.
fn flags(root: &Path) -> Result<String> {
    let home = env::var_os("CARGO_HOME").map(PathBuf::from).or_else(|| env::home_dir().map(|home| home.join(".cargo")));
    let mut flags = vec!["-Clink-arg=--compress-relocations".to_string(), format!("--remap-path-prefix={}/=", root.display())];
    let sources = home.context("a home directory")?.join("registry/src");
    for source in fs::read_dir(&sources).into_iter().flatten().flatten() {
        flags.push(format!("--remap-path-prefix={}/=", source.path().display()));
    }
    Ok(flags.join("\u{1f}"))
}

/// The emptiness is the proof of the sandbox: nothing to link, nothing to call.
fn imports_nothing(core: &[u8], component: &[u8]) -> Result<()> {
    for payload in wasmparser::Parser::new(0).parse_all(core) {
        if let wasmparser::Payload::ImportSection(imports) = payload? {
            ensure!(imports.count() == 0, "the core module imports something");
        }
    }
    let DecodedWasm::Component(resolve, world) = wit_component::decode(component)? else {
        bail!("the encoded bytes are no component");
    };
    let imports: Vec<String> = resolve.worlds[world].imports.keys().map(|key| resolve.name_world_key(key)).collect();
    ensure!(imports.is_empty(), "the component imports {}", imports.join(", "));
    Ok(())
}

/// Native code for the target, so that a command starts in milliseconds; nothing where this
/// compiler cannot make it: the library compiles the component itself then.
fn compile_ahead(component: &[u8]) -> Result<Vec<u8>> {
    let mut config = engine::config();
    // By name, so that the code keeps to what every processor of the target has.
    if config.target(&env::var("TARGET")?).is_err() {
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
