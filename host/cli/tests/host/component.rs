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

/// The first eight bytes: a component, and a core module.
const FILES: [(&str, &[&str], [u8; 8]); 2] =
    [("skubill.wasm", &[], *b"\0asm\x0d\0\x01\0"), ("skubill-core.wasm", &["--core"], *b"\0asm\x01\0\0\0")];

#[test]
fn the_bytes_are_those_whose_hash_it_tells() {
    let folder = Folder::new();
    for (name, skin, magic) in FILES {
        let component = |more: &[&str]| folder.skubill(&[&["component"], skin, more].concat());
        let ran = component(&["--out", name]).ends(0);
        let bytes = std::fs::read(folder.path().join(name)).expect("the file");
        assert_eq!(bytes[..8], magic, "{name}");
        let hash: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(ran.stdout, format!("{name}: {} bytes, sha256 {hash}\n", bytes.len()));
        has(&component(&[]).ends(0).stdout, &format!("{} bytes, sha256 {hash}\n// imports: none\n", bytes.len()));
        let stderr = component(&["--out", "no/such/folder/x.wasm"]).refuses(1);
        has(&stderr, "no/such/folder");
        lacks(&stderr, "sha256");
    }
    has(&folder.skubill(&["component", "--core"]).ends(0).stdout, "docs/core-module.md");
}
