//! `skubill component`: the embedded component.

use std::path::PathBuf;

use anyhow::Context;
use clap::Args;
use serde::Deserialize;
use skubill::bill::Biller;
use skubill::sandbox::{COMPONENT, COMPONENT_SHA256, COMPONENT_WIT};

use crate::exit::Exit;
use crate::fail::Fail;
use crate::show;

#[derive(Args)]
pub struct ComponentArgs {
    /// Write the component's bytes to a file.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Deserialize)]
struct Description {
    name: String,
    version: String,
    contract: String,
}

impl ComponentArgs {
    pub fn run(&self) -> Result<Exit, Fail> {
        if let Some(path) = &self.out {
            std::fs::write(path, COMPONENT).with_context(|| format!("write {}", path.display()))?;
            show::print(&format!("{}: {} bytes, sha256 {COMPONENT_SHA256}\n", path.display(), COMPONENT.len()))?;
            return Ok(Exit::Done);
        }
        let answer = Biller::new()?.describe()?;
        let Description { name, version, contract } = serde_json::from_str(&answer).map_err(skubill::bill::Error::Answer)?;
        let head = format!(
            "// {name} {version}, contract {contract}\n// {} bytes, sha256 {COMPONENT_SHA256}\n// imports: none\n\n",
            COMPONENT.len()
        );
        show::print(&format!("{head}{COMPONENT_WIT}"))?;
        Ok(Exit::Done)
    }
}
