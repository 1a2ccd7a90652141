//! What is on this machine: the state directory, price books, customers files.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use skubill::answer::{Checked, CustomerMapping};
use skubill::bill::{Biller, Error, Job, Limits, Refusal};
use skubill_runner::config::{SecretFile, read_book};
use skubill_services::private;

use super::check::{Check, Sheet};
use crate::show::quoted;

/// Enterprises by their numbers, and what a customers file calls each.
pub type Enterprises = BTreeMap<u64, BTreeSet<String>>;

/// Whether the files that secrets were read from are their owner's alone.
pub fn secrets(files: &[SecretFile]) -> Vec<Check> {
    let mut sheet = Sheet::of("secret files");
    let shared: Vec<&SecretFile> = files.iter().filter(|file| private::is_shared(&file.path).unwrap_or(true)).collect();
    for SecretFile { what, path } in &shared {
        let shown = path.display();
        sheet.warning(
            "secrets",
            format!("{what}: {shown} can be read or written by its group or by everybody"),
            format!("chmod 600 {shown}"),
        );
    }
    if shared.is_empty() {
        sheet.ok("secrets", format!("{} in files, each its owner's alone", files.len()));
    }
    sheet.into_checks()
}

/// Whether downloads can be kept.
pub fn state(folder: &Path) -> Vec<Check> {
    let mut sheet = Sheet::of(folder.display().to_string());
    let probe = folder.join(format!("doctor-{}.tmp", std::process::id()));
    let written = private::directory(folder).and_then(|()| private::write(&probe, b"")).and_then(|()| std::fs::remove_file(&probe));
    match written {
        Ok(()) => sheet.ok("state", "can be written"),
        Err(error) => sheet.failed("state", error.to_string(), "name a directory that can be written as `state`"),
    }
    sheet.into_checks()
}

/// A price book by the component; its currency, if it can be used.
pub fn prices(sheet: &mut Sheet, biller: &Biller, path: &Path) -> Option<String> {
    let bytes = read(sheet, "prices", path)?;
    match biller.check(&bytes, None, &Limits::new()).and_then(|answer| Ok(serde_json::from_str::<Checked>(&answer)?)) {
        Ok(Checked { currency, prices, skus, .. }) => {
            sheet.ok("prices", format!("{}: {prices} prices for {skus} SKUs, in {currency}", path.display()));
            Some(currency)
        }
        Err(error) => {
            sheet.failed("prices", told(path, &error), format!("`skubill check {}` names every mistake", path.display()));
            None
        }
    }
}

/// A customers file by the component: its enterprises, with the names that it gives them.
pub fn customers(sheet: &mut Sheet, biller: &Biller, path: &Path) -> Enterprises {
    let mut enterprises = Enterprises::new();
    let Some(bytes) = read(sheet, "customers", path) else {
        return enterprises;
    };
    match biller.customers(&bytes, &Limits::new()) {
        Ok(listing) => {
            for CustomerMapping { enterprise, enterprise_name, .. } in &listing.customers {
                enterprises.entry(*enterprise).or_default().extend(enterprise_name.clone());
            }
            let (mapped, of, excluded) = (listing.customers.len(), enterprises.len(), listing.excluded.len());
            sheet.ok("customers", format!("{}: {mapped} tenants of {of} enterprises, {excluded} excluded", path.display()));
        }
        Err(error) => sheet.failed("customers", told(path, &error), "`skubill check PRICES --customers FILE` names every mistake"),
    }
    enterprises
}

/// The template of a billing's usage names, where it has one.
pub fn usage_name(sheet: &mut Sheet, biller: &Biller, template: Option<&String>) {
    let Some(template) = template else { return };
    match biller.check_job(&Job { usage_name: Some(template.clone()), ..Job::default() }) {
        Ok(()) => sheet.ok("usage-name", format!("{} can be filled in", quoted(template))),
        Err(error) => sheet.failed("usage-name", error.to_string(), "correct `usage_name`"),
    }
}

fn read(sheet: &mut Sheet, check: &'static str, path: &Path) -> Option<Vec<u8>> {
    match read_book(path) {
        Ok(bytes) => Some(bytes),
        Err(error) => {
            sheet.failed(check, error.to_string(), format!("write it, or correct `{check}`: `skubill init REPORT` makes one to fill in"));
            None
        }
    }
}

/// The first of a file's faults, and how many there are.
fn told(path: &Path, error: &Error) -> String {
    let what = match error {
        Error::Refused(Refusal::Faults { faults, fault_count }) => match faults.first() {
            Some(first) if *fault_count > 1 => format!("{first}; and {} more", fault_count - 1),
            Some(first) => first.to_string(),
            None => error.to_string(),
        },
        _ => error.to_string(),
    };
    format!("{}: {what}", path.display())
}
