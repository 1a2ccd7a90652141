//! The same sources give the same bytes: built again elsewhere, with nothing that was built before.

use std::fs;
use std::path::Path;

use skubill::sandbox::{COMPONENT, CORE_MODULE};

use crate::case::root;
use skin::Skin;

#[path = "../../host/biller/build/skin.rs"]
mod skin;

/// A whole workspace, without which cargo reads no member. The component is made of the first six.
const SOURCES: [&str; 9] =
    ["contract", "component", "wit", "Cargo.toml", "Cargo.lock", "rust-toolchain.toml", "host", "tests/Cargo.toml", "tests/src"];

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to.parent().expect("a folder")).expect("a folder");
    if from.is_file() {
        fs::copy(from, to).expect("a copy");
        return;
    }
    for entry in fs::read_dir(from).expect("a folder") {
        let name = entry.expect("an entry").file_name();
        copy(&from.join(&name), &to.join(&name));
    }
}

#[test]
fn both_files_are_the_same_when_built_again_elsewhere() {
    let elsewhere = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("again-{}", std::process::id()));
    for source in SOURCES {
        copy(&root().join(source), &elsewhere.join(source));
    }
    let again = |skin| skin::build(skin, &elsewhere, &elsewhere.join("target")).expect("it builds");
    let (component, core_module) = (again(Skin::Component), again(Skin::Core));
    fs::remove_dir_all(&elsewhere).expect("what was made is removed");
    // Not `assert_eq`: what differs is a quarter of a megabyte.
    assert!(component == COMPONENT, "the component is built to other bytes");
    assert!(core_module == CORE_MODULE, "the core module is built to other bytes");
}
