//! Folders, the binary as a process, and small reports: what the other modules stand on.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

/// A folder of one test; it is gone when the test is.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new() -> Folder {
        Folder::within(&std::env::temp_dir())
    }

    /// In memory where the machine has a place for that: for what is written and synced very often.
    pub fn in_memory() -> Folder {
        let memory = Path::new("/dev/shm");
        if memory.is_dir() { Folder::within(memory) } else { Folder::new() }
    }

    fn within(parent: &Path) -> Folder {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("skubill-test-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let path = parent.join(name);
        std::fs::create_dir_all(&path).expect("a folder in the temporary one");
        Folder(path)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Write a file, and tell its name: the binary runs in this folder.
    pub fn file<'a>(&self, name: &'a str, content: impl AsRef<[u8]>) -> &'a str {
        std::fs::write(self.0.join(name), content).expect("write a file");
        name
    }

    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.0.join(name)).expect("read a file")
    }

    /// Run the binary here.
    pub fn skubill(&self, arguments: &[&str]) -> Ran {
        self.skubill_fed(arguments, b"")
    }

    /// Run it with something on stdin.
    pub fn skubill_fed(&self, arguments: &[&str], stdin: &[u8]) -> Ran {
        let mut child = command(self.path(), arguments).stdin(Stdio::piped()).spawn().expect("the binary starts");
        let mut pipe = child.stdin.take().expect("stdin is piped");
        let bytes = stdin.to_vec();
        // Who does not read to the end closes the pipe: that is no failure.
        let feeder = std::thread::spawn(move || drop(pipe.write_all(&bytes)));
        let output = child.wait_with_output().expect("the binary ends");
        feeder.join().expect("stdin is written");
        let ran = Ran {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).expect("stdout is text"),
            stderr: String::from_utf8(output.stderr).expect("stderr is text"),
        };
        assert!(!ran.stderr.contains("panicked"), "{ran:?}");
        ran
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What is left of a test harms nobody.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Where the binary is.
pub fn binary() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_skubill"))
}

/// The binary, and nothing of whoever runs the tests in its environment.
pub fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(binary());
    command.args(arguments).current_dir(folder).stdout(Stdio::piped()).stderr(Stdio::piped());
    for name in ["RUST_LOG", "RUST_BACKTRACE", "http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"] {
        command.env_remove(name);
    }
    command
}

/// How a run of the binary ended.
#[derive(Debug)]
pub struct Ran {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Ran {
    #[track_caller]
    pub fn ends(self, code: i32) -> Ran {
        assert_eq!(self.code, Some(code), "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }

    /// Ends without a word on stdout; tells stderr.
    #[track_caller]
    pub fn refuses(self, code: i32) -> String {
        let ran = self.ends(code);
        assert_eq!(ran.stdout, "", "stdout stays empty");
        ran.stderr
    }

    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {}", self.stdout))
    }
}

#[track_caller]
pub fn has(text: &str, part: &str) {
    assert!(text.contains(part), "{part:?} is not in:\n{text}");
}

#[track_caller]
pub fn lacks(text: &str, part: &str) {
    assert!(!text.contains(part), "{part:?} is in:\n{text}");
}

/// Acronis' own sample: 26 rows, all without a SKU.
pub const SAMPLE: &str = include_str!("data/acronis-csv_v2_0-sample.csv");

/// One row of a report; the columns that are not named here are empty or 0.
#[derive(Clone)]
pub struct Row {
    pub tenant: &'static str,
    pub name: String,
    pub sku: String,
    pub unit: &'static str,
    pub usage: String,
}

pub fn row(tenant: &'static str, sku: &str, unit: &'static str, usage: &str) -> Row {
    Row { tenant, name: format!("Tenant {tenant}"), sku: sku.into(), unit, usage: usage.into() }
}

/// A report of August 2021, with the columns of the sample and `sku`.
pub fn report(rows: &[Row]) -> String {
    let header = SAMPLE.lines().next().unwrap_or_default();
    let mut text = format!("{header},sku\n");
    for (number, row) in rows.iter().enumerate() {
        let Row { tenant, name, sku, unit, usage } = row;
        let (name, sku) = (quoted(name), quoted(sku));
        text += &format!(
            "app-1,Backup,2021-08-31,,,,,False,{unit},item_{number},,,,,,,{tenant},customer,{name},\
             {usage},{usage},0,{usage},{usage},0,{usage},{usage},0,,{sku}\n"
        );
    }
    text
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// A server costs 6.50, a GiB of storage 0.10.
pub const PRICES: &str = r#"{"currency": "EUR", "prices": [
    {"sku": "SRV", "name": "Server", "category": "Workloads", "unit": "each", "price": "6.50"},
    {"sku": "STO", "name": "Cloud storage", "category": "Storage", "unit": "GiB", "price": "0.10"}]}"#;

pub const CUSTOMERS: &str = r#"{"customers": [{"tenant_id": "t-1", "enterprise": 292, "enterprise_name": "Acme"}]}"#;

/// Tenant t-1: three servers, 19.50, and 39 GiB, 3.90.
pub fn small_report() -> String {
    report(&[row("t-1", "SRV", "", "3"), row("t-1", "STO", "bytes", "41875931136")])
}

/// A folder with `report.csv`, `prices.json` and `customers.json` of the small report.
pub fn small_folder() -> Folder {
    let folder = Folder::new();
    folder.file("report.csv", small_report());
    folder.file("prices.json", PRICES);
    folder.file("customers.json", CUSTOMERS);
    folder
}

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    writer.write_all(bytes).expect("compress");
    writer.finish().expect("compress")
}
