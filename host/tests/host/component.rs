//! `skubill component`: what is embedded, and that it imports nothing.

use sha2::{Digest, Sha256};

use crate::world::{Folder, has, lacks};

#[test]
fn it_shows_a_world_that_imports_nothing() {
    let ran = Folder::new().skubill(&["component"]).ends(0);
    assert_eq!(ran.stderr, "");
    has(&ran.stdout, "// imports: none");
    has(&ran.stdout, "contract skubill:billing@0.1.0");
    has(&ran.stdout, "export skubill:billing/bill@0.1.0;");
    let imports = ran.stdout.lines().filter(|line| line.trim_start().starts_with("import ")).count();
    assert_eq!(imports, 0, "{}", ran.stdout);
}

#[test]
fn the_bytes_are_those_whose_hash_it_tells() {
    let folder = Folder::new();
    let ran = folder.skubill(&["component", "--out", "skubill.wasm"]).ends(0);
    let bytes = std::fs::read(folder.path().join("skubill.wasm")).expect("the component");
    assert_eq!(&bytes[..4], b"\0asm");
    // A component, not a core module.
    assert_eq!(&bytes[4..8], [13, 0, 1, 0]);
    let hash: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(ran.stdout, format!("skubill.wasm: {} bytes, sha256 {hash}\n", bytes.len()));
    has(&folder.skubill(&["component"]).ends(0).stdout, &format!("{} bytes, sha256 {hash}", bytes.len()));
    let stderr = folder.skubill(&["component", "--out", "no/such/folder/x.wasm"]).refuses(1);
    has(&stderr, "no/such/folder");
    lacks(&stderr, "sha256");
}
