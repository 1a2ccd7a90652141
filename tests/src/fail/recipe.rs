//! Inputs that are too large, or too odd, to lie in a file. Each is named by what it is.

use std::io::Write;

use flate2::write::GzEncoder;
use flate2::{Compression, Crc};

use crate::billing::gzip;

const REPORT: &str = "date,tenant.id,tenant.name,tenant.kind,application.id,name,measurement_unit,sku,\
usage.absolute.production,usage.absolute.total,usage.absolute.trial,usage.delta.production,usage.delta.total,usage.delta.trial,\
usage.effective.production,usage.effective.total,usage.effective.trial
2021-08-31,t-acme,Acme Ltd,customer,app-backup,servers,,SRV,3,3,0,0,0,0,3,3,0
";

const BOOK: &str = r#"{"currency": "EUR", "prices": [{"sku": "SRV", "name": "Server", "unit": "each", "price": "6.50"}]}"#;

const SHEET: &str = "sku,name,category,unit,price,currency\nSRV,Server,Workloads,each,6.50,EUR\n";

/// The input that a recipe describes.
pub fn cook(recipe: &str) -> Vec<u8> {
    let zipped = gzip(REPORT.as_bytes());
    let end = zipped.len();
    match recipe {
        "a column name with the byte FF" => with_bytes(REPORT, "tenant.name", b"tenant.\xff"),
        "a cell with the bytes of Müller in Latin-1" => with_bytes(REPORT, "Acme Ltd", b"M\xfcller"),
        "JSON with the byte FF in a name" => b"{\"tenants\": [{\"name\": \"Acme \xff\"}]}".to_vec(),
        "JSON nested 10,000 deep" => [b"{\"tenants\": ".to_vec(), vec![b'['; 10_000], vec![b']'; 10_000], b"}".to_vec()].concat(),
        "a price book with the byte FF" => with_bytes(BOOK, "Server", b"S\xffrver"),
        "a price book in CSV with the byte FF" => with_bytes(SHEET, "Server", b"S\xffrver"),
        "gzip of a report" => zipped,
        "gzip, cut 5 bytes before its end" => zipped[..end - 5].to_vec(),
        "gzip with another CRC" => [&zipped[..end - 8], &other_crc(), &zipped[end - 4..]].concat(),
        "gzip and one byte more" => [&zipped[..], b"x"].concat(),
        "gzip magic and garbage" => b"\x1f\x8b these are no bytes of a gzip file".to_vec(),
        "gzip of 80 MiB of spaces" => stream(80, b' '),
        "gzip of 65 MiB of digits" => stream(65, b'7'),
        "gzip of a row with a bad number" => gzip(REPORT.replace(",SRV,3,", ",SRV,three,").as_bytes()),
        other => panic!("no recipe for {other}"),
    }
}

fn with_bytes(text: &str, word: &str, bytes: &[u8]) -> Vec<u8> {
    let (before, after) = text.split_once(word).expect("the word to replace");
    [before.as_bytes(), bytes, after.as_bytes()].concat()
}

fn other_crc() -> [u8; 4] {
    let mut crc = Crc::new();
    crc.update(REPORT.as_bytes());
    (crc.sum() ^ 1).to_le_bytes()
}

/// Mebibytes of one byte, compressed.
fn stream(mebibytes: usize, byte: u8) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    let block = vec![byte; 1 << 20];
    for _ in 0..mebibytes {
        encoder.write_all(&block).expect("in memory");
    }
    encoder.finish().expect("in memory")
}
