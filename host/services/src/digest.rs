//! SHA-256 of bytes and of files, as 64 lower-case hexadecimal digits.

use std::io::{self, Read};
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::file;

pub fn sha256(bytes: &[u8]) -> String {
    hex(Sha256::digest(bytes).as_slice())
}

/// The first half of a SHA-256: what tells texts of a service apart without keeping them.
pub fn half(text: &str) -> [u8; 16] {
    let mut half = [0; 16];
    half.copy_from_slice(&Sha256::digest(text.as_bytes())[..16]);
    half
}

pub fn hex(hash: &[u8]) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Size and SHA-256 of a regular file, read in pieces.
pub fn of_file(path: &Path) -> io::Result<(u64, String)> {
    let mut file = file::open_itself(path, u64::MAX)?;
    let (mut bytes, mut hash, mut piece) = (0, Sha256::new(), vec![0; 64 << 10]);
    loop {
        match file.read(&mut piece) {
            Ok(0) => return Ok((bytes, hex(hash.finalize().as_slice()))),
            Ok(length) => {
                bytes += length as u64;
                hash.update(&piece[..length]);
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}
