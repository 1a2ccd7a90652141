//! The component as it is embedded: it imports nothing, exports what the contract says, and is small.

use std::collections::BTreeSet;

use skubill::sandbox::{COMPONENT, COMPONENT_SHA256, COMPONENT_WIT};
use wasmparser::{Parser, Payload};

use super::source::texts;

/// A host loads the whole of it for every cold start. Speed and simplicity come before size;
/// this bound catches unintended growth.
const BYTES_MAX: usize = 700_000;

/// Neither the component nor a core module in it. (The components that it is made of take types from
/// each other, which is nothing that a host could be asked for.)
#[test]
fn it_imports_nothing() {
    let (mut depth, mut modules, mut imports) = (0, 0, Vec::new());
    for payload in Parser::new(0).parse_all(COMPONENT) {
        match payload.expect("a component") {
            Payload::ComponentImportSection(section) if depth == 0 => {
                imports.extend(section.into_iter().map(|import| import.expect("an import").name.name.to_string()));
            }
            Payload::ImportSection(section) => imports.push(format!("{} imports of a core module", section.count())),
            Payload::ComponentSection { .. } => depth += 1,
            Payload::ModuleSection { .. } => {
                modules += 1;
                depth += 1;
            }
            Payload::End(_) => depth -= 1,
            _ => {}
        }
    }
    assert!(imports.is_empty(), "{imports:?}");
    assert_eq!(modules, 1, "one core module, and it was looked at, too");
    assert!(!COMPONENT_WIT.contains("import "), "{COMPONENT_WIT}");
}

#[test]
fn it_exports_what_the_contract_says() {
    let exported = |text: &str| -> BTreeSet<String> {
        let lines = text.lines().filter_map(|line| line.trim().strip_prefix("export "));
        lines
            .map(|name| {
                name.trim_end_matches(';').rsplit('/').next().unwrap_or_default().split('@').next().unwrap_or_default().replace('%', "")
            })
            .collect()
    };
    let contract = texts().into_iter().find(|(path, _)| path == "wit/world.wit").expect("the world").1;
    assert!(!exported(&contract).is_empty());
    assert_eq!(exported(COMPONENT_WIT), exported(&contract));
}

#[test]
fn it_is_small() {
    assert!(COMPONENT.len() < BYTES_MAX, "{} bytes are not less than {BYTES_MAX}", COMPONENT.len());
}

/// Where it was built shows in none of its bytes.
#[test]
fn it_holds_no_path_of_the_machine_that_built_it() {
    assert_eq!(COMPONENT_SHA256.len(), 64);
    for machine in [env!("CARGO_MANIFEST_DIR"), "/.cargo/registry", "/.rustup/"] {
        let found = COMPONENT.windows(machine.len()).position(|bytes| bytes == machine.as_bytes());
        assert_eq!(found, None, "{machine}");
    }
}
