//! `skubill check`: every mistake in a price book or customers file, with its place.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use skubill::answer::Checked;
use skubill::bill::{Biller, Limits};

use crate::exit::Exit;
use crate::fail::Fail;
use crate::ledger::{findings, section};
use crate::{input, show};

#[derive(Args)]
pub struct Check {
    /// The price book, JSON or CSV.
    prices: PathBuf,
    /// The customers file, JSON or CSV.
    #[arg(long, value_name = "FILE")]
    customers: Option<PathBuf>,
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    Text,
    Json,
}

impl Check {
    pub fn wants_json(&self) -> bool {
        self.format == Format::Json
    }

    pub fn run(&self) -> Result<Exit, Fail> {
        let prices = input::read(&self.prices)?;
        let customers = self.customers.as_deref().map(input::read).transpose()?;
        let answer = Biller::new()?.check(&prices, customers.as_deref(), &Limits::new())?;
        if self.format == Format::Json {
            show::print(&format!("{answer}\n"))?;
            return Ok(Exit::Done);
        }
        let checked: Checked = serde_json::from_str(&answer).map_err(skubill::bill::Error::Answer)?;
        let mut text = format!("{}: {} prices for {} SKUs, in {}\n", self.prices.display(), checked.prices, checked.skus, checked.currency);
        if let (Some(path), Some(customers), Some(excluded), Some(enterprises)) =
            (&self.customers, checked.customers, checked.excluded, checked.enterprises)
        {
            text += &format!("{}: {customers} tenants of {enterprises} enterprises, {excluded} excluded\n", path.display());
        }
        if !checked.findings.is_empty() {
            text += &section(findings(&checked.findings, &[]));
        }
        show::print(&text)?;
        Ok(Exit::Done)
    }
}
