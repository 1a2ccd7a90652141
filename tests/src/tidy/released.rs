//! What was released stays: `wit/released/<version>.wit` is the contract as that version had it, and the
//! contract of today has each of its items unchanged. What is new says since when.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use wit_component::WitPrinter;
use wit_parser::Resolve;

use crate::case::{Wrong, root};

/// A package as one text, by the printer of its own format.
fn printed(path: &Path, docs: bool) -> String {
    let mut resolve = Resolve::default();
    let package = resolve.push_path(path).unwrap_or_else(|error| panic!("{}: {error:#}", path.display())).0;
    let mut printer = WitPrinter::default();
    printer.emit_docs(docs).print(&resolve, package, &[]).expect("a package is printed");
    printer.output.to_string()
}

/// An item: since which version there is one, and its text.
#[derive(Debug, PartialEq, Eq)]
struct Item {
    since: String,
    text: String,
}

/// Items by their interface and name. `use` is none: it only brings names in.
fn items(wit: &str) -> BTreeMap<String, Item> {
    let mut items: BTreeMap<String, Item> = BTreeMap::new();
    let (mut within, mut since, mut open) = (String::new(), None, None::<String>);
    for line in wit.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("package ") && !line.starts_with("use ")) {
        if let Some(version) = line.strip_prefix("@since(version = ") {
            since = Some(version.trim_end_matches(')').to_string());
        } else if line.starts_with("interface ") || line.starts_with("world ") {
            within = line.trim_end_matches([' ', '{']).to_string();
            items.insert(within.clone(), Item { since: since.take().unwrap_or_default(), text: line.into() });
        } else if let Some(name) = &open {
            let item = items.get_mut(name).expect("it was opened");
            item.text += line;
            if line == "}" {
                open = None;
            }
        } else if line == "}" {
            within.clear();
        } else {
            let name = format!("{within}, {}", line.split([':', '=', '{', ';']).next().unwrap_or(line).trim());
            items.insert(name.clone(), Item { since: since.take().unwrap_or_default(), text: line.into() });
            open = line.ends_with('{').then_some(name);
        }
    }
    items
}

/// `1.10.0` is later than `1.9.0`.
fn number(version: &str) -> Vec<u64> {
    version.split('.').map(|part| part.parse().unwrap_or_else(|_| panic!("{version} is no version"))).collect()
}

/// What changed, or came without saying since when.
fn judge(version: &str, released: &BTreeMap<String, Item>, today: &BTreeMap<String, Item>, wrong: &mut Wrong) {
    for (name, item) in released {
        match today.get(name) {
            Some(now) if now == item => {}
            Some(now) => wrong.say(name, format!("changed since {version}\n    {item:?}\n    {now:?}")),
            None => wrong.say(name, format!("{version} has it, and the contract of today does not")),
        }
    }
    for (name, item) in today.iter().filter(|(name, _)| !released.contains_key(*name)) {
        if item.since.is_empty() || number(&item.since) <= number(version) {
            wrong.say(name, format!("is not in {version}: it is there since a later version, not since {:?}", item.since));
        }
    }
}

#[test]
fn the_contract_of_today_only_adds_to_what_was_released() {
    let folder = root().join("wit/released");
    if std::env::var_os("RELEASE").is_some() {
        let this = folder.join(format!("{}.wit", env!("CARGO_PKG_VERSION")));
        assert!(!this.exists(), "{}: what was released stays", this.display());
        fs::create_dir_all(&folder).expect("wit/released");
        fs::write(&this, printed(&root().join("wit"), true)).expect("write the contract");
    }
    let today = items(&printed(&root().join("wit"), false));
    // The first version that is released makes the folder.
    let mut versions: Vec<String> = fs::read_dir(&folder)
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.expect("an entry").file_name().to_string_lossy().strip_suffix(".wit")?.to_string()))
        .collect();
    versions.sort_by_key(|version| number(version));
    let mut wrong = Wrong::default();
    for version in &versions {
        let released = items(&printed(&folder.join(format!("{version}.wit")), false));
        assert!(released.len() > 50, "{version} has {} items", released.len());
        judge(version, &released, &today, &mut wrong);
    }
    wrong.end();
}

#[test]
fn a_change_is_told_from_an_addition() {
    let before = "interface a {\n@since(version = 0.1.0)\nrecord r {\nx: u64,\n}\n@since(version = 0.1.0)\nf: func() -> r;\n}";
    let wrongs = |after: &str| {
        let mut wrong = Wrong::default();
        judge("0.1.0", &items(before), &items(after), &mut wrong);
        !wrong.is_none()
    };
    assert_eq!(items(before).keys().collect::<Vec<_>>(), ["interface a", "interface a, f", "interface a, record r"]);
    assert!(!wrongs(before));
    assert!(!wrongs(&before.replace("interface a {", "interface a {\n@since(version = 0.2.0)\ng: func() -> u64;")));
    assert!(wrongs(&before.replace("interface a {", "interface a {\n@since(version = 0.1.0)\ng: func() -> u64;")), "no later version");
    assert!(wrongs(&before.replace("interface a {", "interface a {\ng: func() -> u64;")), "no version");
    assert!(wrongs(&before.replace("x: u64,", "x: u64,\ny: u64,")), "a field more");
    assert!(wrongs(&before.replace("func() -> r", "func(x: u64) -> r")), "a parameter more");
    assert!(wrongs(&before.replace("f: func", "h: func")), "a name less");
    assert!(wrongs(&before.replace("0.1.0)\nf: func", "0.2.0)\nf: func")), "another version of an old item");
    assert!(number("0.10.0") > number("0.9.9"));
}
