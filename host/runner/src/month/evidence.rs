//! What a billing was made of, kept before it is billed; and what became of it, kept after.

use std::fs::File;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::Serialize;

use super::fetch::Report;
use super::{AccountRun, Error, read};
use crate::config::Billing;
use crate::evidence::{CUSTOMERS, Evidence, PRICES, REPORT};
use crate::journal::Journal;
use skubill::bill;
use skubill::sandbox::COMPONENT;

/// What became of the postings of a run.
const ANSWERS: &str = "answers.json";

/// A run's folder, as it fills.
pub(super) struct Keeping {
    evidence: Evidence,
    inputs: Inputs,
}

/// The inputs that are kept.
#[derive(Clone)]
pub(super) struct Inputs {
    report: PathBuf,
    prices: PathBuf,
    customers: PathBuf,
}

impl Inputs {
    /// Price book, customers file, and the report to be read.
    pub fn read(&self) -> Result<(Vec<u8>, Vec<u8>, File), Error> {
        let report = File::open(&self.report).map_err(|source| Error::File { path: self.report.clone(), source })?;
        Ok((read(&self.prices)?, read(&self.customers)?, report))
    }
}

impl AccountRun<'_> {
    /// Keep what a billing is made of: the report as it was served, its books, and the component.
    pub(super) fn keep(&self, billing: &Billing, report: &Report, period: &str) -> Result<Keeping, Error> {
        let state = &self.run.config.state;
        let mut evidence = Evidence::begin(state, &self.account.name, &billing.provider, period, self.run.http.now())?;
        evidence.keep_component(COMPONENT)?;
        let mut keep = |stem: &str, ending: &str, path: &Path| -> Result<PathBuf, Error> {
            let name = format!("{stem}.{ending}");
            evidence.keep_file(&name, path)?;
            Ok(evidence.folder().join(name))
        };
        let inputs = Inputs {
            report: keep(REPORT, "csv.gz", &report.path)?,
            prices: keep(PRICES, ending(&billing.prices), &billing.prices)?,
            customers: keep(CUSTOMERS, ending(&billing.customers), &billing.customers)?,
        };
        Ok(Keeping { evidence, inputs })
    }
}

/// How a file's name ends, as far as it can stand in a name.
fn ending(path: &Path) -> &str {
    let ending = path.extension().and_then(|ending| ending.to_str());
    ending.filter(|ending| ending.chars().all(|c| c.is_ascii_alphanumeric())).unwrap_or("txt")
}

impl Keeping {
    pub fn inputs(&self) -> Inputs {
        self.inputs.clone()
    }

    pub fn bytes(&mut self, name: &str, bytes: &[u8]) -> Result<(), Error> {
        Ok(self.evidence.keep(name, bytes)?)
    }

    pub fn json(&mut self, name: &str, value: &impl Serialize) -> Result<(), Error> {
        let json = serde_json::to_vec(value).map_err(bill::Error::Answer)?;
        self.bytes(name, &json)
    }

    pub fn folder(&self) -> PathBuf {
        self.evidence.folder().to_path_buf()
    }

    /// What became of it completes it. Gives the folder.
    pub fn finish(mut self, journal: &Journal, answers: &impl Serialize, now: Timestamp) -> Result<PathBuf, Error> {
        self.json(ANSWERS, answers)?;
        let folder = self.evidence.folder().to_path_buf();
        self.evidence.finish(journal, now)?;
        Ok(folder)
    }
}
