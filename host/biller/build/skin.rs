//! The component's crate as one of two files, for the build script and for the test that the same
//! sources give the same bytes.
//!
//! It is compiled by a cargo of its own, with a target directory of its own, so that neither waits
//! for the other's lock.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use wit_component::ComponentEncoder;

pub const TARGET: &str = "wasm32-unknown-unknown";

/// How the crate shows itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Skin {
    /// By the contract of `wit/`.
    Component,
    /// A core module, by `docs/core-module.md`.
    Core,
}

/// The bytes of the file.
pub fn build(skin: Skin, root: &Path, target_dir: &Path) -> Result<Vec<u8>> {
    match skin {
        Skin::Core => compile(root, target_dir, &["--features", "plain"]),
        Skin::Component => {
            let module = compile(root, target_dir, &[])?;
            ComponentEncoder::default().validate(true).module(&module)?.encode().context("encode the component")
        }
    }
}

fn compile(root: &Path, target_dir: &Path, features: &[&str]) -> Result<Vec<u8>> {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(root.join("component"));
    cargo.args(["rustc", "--locked", "--profile", "component", "--lib", "--crate-type", "cdylib", "--target", TARGET]).args(features);
    cargo.env("CARGO_TARGET_DIR", target_dir).env("CARGO_ENCODED_RUSTFLAGS", flags(root)?);
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
