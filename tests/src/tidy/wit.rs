//! The contract says what it guarantees, and since when it has each item.

use super::source::texts;
use crate::case::Wrong;

/// Words that begin an item of the contract.
const ITEMS: [&str; 8] = ["interface ", "world ", "record ", "variant ", "enum ", "type ", "flags ", "export "];

#[test]
fn every_item_is_since_a_version_and_every_interface_says_what_it_is() {
    let mut wrong = Wrong::default();
    let files: Vec<_> = texts().into_iter().filter(|(path, _)| path.starts_with("wit/") && path.ends_with(".wit")).collect();
    assert!(files.len() > 5, "the contract is there");
    for (path, text) in files {
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        for (at, line) in lines.iter().enumerate() {
            let item = ITEMS.iter().any(|word| line.starts_with(word)) || line.contains(": func(");
            if item && !lines[at - 1].starts_with("@since(version = ") {
                wrong.say(&path, format!("line {}: no @since above {line}", at + 1));
            }
            for word in ["resource ", "stream<", "future<", "map<"] {
                if !line.starts_with("//") && line.contains(word) {
                    wrong.say(&path, format!("line {}: {line}: not every runtime has {word}", at + 1));
                }
            }
        }
        prose(&path, &lines, &mut wrong);
    }
    wrong.end();
}

/// The comment above an interface, and what it says where the interface can be called.
fn prose(path: &str, lines: &[&str], wrong: &mut Wrong) {
    for (at, line) in lines.iter().enumerate().filter(|(_, line)| line.starts_with("interface ") || line.starts_with("world ")) {
        let above = lines[..at].iter().rev().skip_while(|line| line.starts_with('@')).take_while(|line| line.starts_with("///"));
        let prose: Vec<&&str> = above.collect();
        let called = lines[at..].iter().any(|line| line.contains(": func("));
        if prose.is_empty() {
            wrong.say(path, format!("no doc comment above {line}"));
        } else if called && !prose.iter().any(|line| **line == "/// ## Guarantees") {
            wrong.say(path, format!("{line} has functions and no `## Guarantees`"));
        }
    }
}
