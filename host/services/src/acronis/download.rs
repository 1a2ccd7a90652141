//! A stored report's bytes: streamed, counted, hashed, and not fetched twice.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::wire::StoredReport;
use super::{Client, Error};
use crate::blocking::off_thread;
use crate::digest::{hex, of_file};
use crate::file::read_itself;
use crate::http::{self, Call, Request};
use crate::private;

/// The most bytes of a stored report: as many as the component takes of a compressed one.
pub const DOWNLOAD_BYTES_MAX: u64 = 1 << 30;

/// Time for one download: 4 GiB at 2.4 MB/s. A stalled one ends sooner, by the read timeout.
const DOWNLOAD_TIME_MAX: Duration = Duration::from_secs(30 * 60);

/// A receipt: 64 KiB. It has two ids, a number and a hash.
const RECEIPT_BYTES_MAX: u64 = 64 << 10;

/// Whole attempts at a file before its download is given up.
const ATTEMPTS_MAX: u32 = 3;

/// A report's bytes, as they were served: nothing has been inflated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Downloaded {
    /// Of the report.
    pub report: String,
    /// Of its stored item.
    pub stored: String,
    pub bytes: u64,
    /// Of these bytes, 64 lower-case hexadecimal digits.
    pub sha256: String,
    /// False where a file of these bytes was there already.
    #[serde(skip, default)]
    pub fetched: bool,
}

impl Client {
    /// Streams a saved report to `writer`, at most `bytes_max` bytes. If it breaks off, the error is
    /// [`http::Error::Lost`] and part of it has been written: [`download_to`](Self::download_to) starts
    /// again by itself.
    pub async fn download<W: Write + Send>(
        &self,
        report: &str,
        stored: &StoredReport,
        writer: &mut W,
        bytes_max: u64,
    ) -> Result<Downloaded, Error> {
        let id = id_of(stored)?;
        let mut request = Request::get(self.base.at(["api", "2", "reports", report, "stored", id])?)
            .header("accept", "application/octet-stream, */*")
            // As Acronis' own samples ask. Inflating is the component's work, in its sandbox.
            .header("accept-encoding", "gzip");
        request.whole = Some(DOWNLOAD_TIME_MAX);
        let mut response = self.open(&request).await?;
        let call = Call::of(&request);
        let promised = response.headers.get("content-length").and_then(|n| n.trim().parse().ok());
        check_encoding(&call, response.headers.get("content-encoding"))?;
        let (mut bytes, mut hash) = (0u64, Sha256::new());
        loop {
            let chunk = response.body.chunk().await.map_err(|error| http::Error::Lost {
                call: call.clone(),
                attempts: 1,
                reason: format!("after {bytes} bytes: {error}"),
            })?;
            let Some(chunk) = chunk else { break };
            bytes += chunk.len() as u64;
            if bytes > bytes_max {
                return Err(Error::DownloadTooLong { limit: bytes_max });
            }
            hash.update(&chunk);
            writer.write_all(&chunk).map_err(Error::Write)?;
        }
        if let Some(expected) = promised.filter(|promised| *promised != bytes) {
            let got = bytes;
            return Err(Error::DownloadShort { call, expected, got });
        }
        writer.flush().map_err(Error::Write)?;
        Ok(Downloaded { report: report.to_owned(), stored: id.to_owned(), bytes, sha256: hex(hash.finalize().as_slice()), fetched: true })
    }

    /// Downloads to a file, at most `bytes_max` bytes. The file appears whole or not at all; beside it
    /// `FILE.receipt.json` says what it is. If both are there already, and the file's size and hash are the
    /// receipt's, nothing is fetched. A download that breaks off is started again, twice.
    pub async fn download_to(&self, report: &str, stored: &StoredReport, path: &Path, bytes_max: u64) -> Result<Downloaded, Error> {
        let (of, id, there) = (report.to_owned(), id_of(stored)?.to_owned(), path.to_owned());
        if let Some(there) = off_thread(move || verified(&of, &id, &there)).await.map_err(|ended| file(path)(ended.into()))? {
            return Ok(there);
        }
        let part = beside(path, ".part");
        let mut attempt = 1;
        let got = loop {
            match self.download_once(report, stored, &part, bytes_max).await {
                Err(error) if attempt < ATTEMPTS_MAX && broke_off(&error) => {
                    attempt += 1;
                    self.http.sleep(Duration::from_secs(2)).await;
                }
                Err(error) => {
                    // A remainder that cannot be removed is overwritten next time.
                    let _ = fs::remove_file(&part);
                    return Err(error);
                }
                Ok(got) => break got,
            }
        };
        // The receipt first: without its file it verifies nothing, and a file without receipt is fetched
        // again. Whatever is cut off here, the worst is one more download.
        let receipt = serde_json::to_vec(&got).unwrap_or_default();
        let receipt_path = beside(path, ".receipt.json");
        private::write(&receipt_path, &receipt).map_err(file(&receipt_path))?;
        fs::rename(&part, path).map_err(file(path))?;
        Ok(got)
    }

    async fn download_once(&self, report: &str, stored: &StoredReport, part: &Path, bytes_max: u64) -> Result<Downloaded, Error> {
        let mut target = private::create(part).map_err(file(part))?;
        let got = self.download(report, stored, &mut target, bytes_max).await;
        let got = got.map_err(|error| match error {
            Error::Write(source) => file(part)(source),
            other => other,
        })?;
        off_thread(move || target.sync_all()).await.unwrap_or_else(|ended| Err(ended.into())).map_err(file(part))?;
        Ok(got)
    }
}

fn id_of(stored: &StoredReport) -> Result<&str, Error> {
    stored.id.as_deref().ok_or(Error::Invalid("this stored report has no id yet: wait until it is saved"))
}

fn check_encoding(call: &Call, encoding: Option<&str>) -> Result<(), Error> {
    match encoding.map(str::trim).unwrap_or_default() {
        "" | "identity" | "gzip" | "x-gzip" => Ok(()),
        other => Err(Error::Encoding { call: call.clone(), encoding: http::one_line(other) }),
    }
}

fn broke_off(error: &Error) -> bool {
    matches!(error, Error::Http(http::Error::Lost { .. }) | Error::DownloadShort { .. })
}

/// The receipt's word, if the file beside it is what it says.
fn verified(report: &str, stored: &str, path: &Path) -> Option<Downloaded> {
    let receipt = read_itself(&beside(path, ".receipt.json"), RECEIPT_BYTES_MAX).ok()?;
    let receipt: Downloaded = serde_json::from_slice(&receipt).ok()?;
    if receipt.report != report || receipt.stored != stored {
        return None;
    }
    let (bytes, sha256) = of_file(path).ok()?;
    (bytes == receipt.bytes && sha256 == receipt.sha256).then_some(receipt)
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

fn file(path: &Path) -> impl Fn(std::io::Error) -> Error + '_ {
    move |source| Error::File { path: path.to_owned(), source }
}
