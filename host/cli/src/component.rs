//! `skubill component`: the embedded component, and the core module beside it.

use std::path::PathBuf;

use anyhow::Context;
use clap::Args;
use skubill::answer::Description;
use skubill::bill::Biller;
use skubill::sandbox::{COMPONENT, COMPONENT_SHA256, COMPONENT_WIT, CORE_MODULE, CORE_MODULE_SHA256};

use crate::exit::Exit;
use crate::fail::Fail;
use crate::show;

#[derive(Args)]
pub struct ComponentArgs {
    /// Select the core module, for hosts without the component model, instead of the component.
    #[arg(long)]
    core: bool,
    /// Write the bytes to a file.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Where a host without components finds what to call.
const CORE_INTERFACE: &str = "// a core module, ABI version 1: docs/core-module.md\n";

impl ComponentArgs {
    pub fn run(&self) -> Result<Exit, Fail> {
        let (bytes, sha256) = if self.core { (CORE_MODULE, CORE_MODULE_SHA256) } else { (COMPONENT, COMPONENT_SHA256) };
        if let Some(path) = &self.out {
            std::fs::write(path, bytes).with_context(|| format!("write {}", path.display()))?;
            show::print(&format!("{}: {} bytes, sha256 {sha256}\n", path.display(), bytes.len()))?;
            return Ok(Exit::Done);
        }
        let answer = Biller::new()?.describe()?;
        let Description { name, version, contract, .. } = serde_json::from_str(&answer).map_err(skubill::bill::Error::Answer)?;
        let interface = if self.core { CORE_INTERFACE.to_string() } else { format!("\n{COMPONENT_WIT}") };
        let length = bytes.len();
        let head = format!("// {name} {version}, contract {contract}\n// {length} bytes, sha256 {sha256}\n// imports: none\n");
        show::print(&(head + &interface))?;
        Ok(Exit::Done)
    }
}
