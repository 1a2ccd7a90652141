//! No two files of a crate import each other in a circle: what a file needs can be read before the file.
//!
//! A module that declares a submodule and uses it is no circle; it is one where the submodule uses the module, too.
//! Submodules of tests are not looked at.

use std::collections::{BTreeMap, BTreeSet};

use super::source::{Source, sources};
use crate::case::Wrong;

/// The sources of each crate that has no circle.
const CRATES: [&str; 1] = ["component/src/"];

/// A module, by the names of the modules that it lies in and its own; the crate's root has none.
type Module = Vec<String>;

/// The modules that each module uses.
type Uses = BTreeMap<Module, BTreeSet<Module>>;

#[test]
fn no_files_import_each_other_in_a_circle() {
    let sources = sources();
    let mut wrong = Wrong::default();
    for root in CRATES {
        let uses = uses(root, &sources);
        assert!(uses.values().map(BTreeSet::len).sum::<usize>() > 10, "{root}: its files use each other");
        for circle in circles(&uses) {
            wrong.say(root, format!("a circle: {}", circle.iter().map(shown).collect::<Vec<_>>().join(" uses ")));
        }
    }
    wrong.end();
}

fn shown(module: &Module) -> String {
    if module.is_empty() { "the crate's root".into() } else { module.join("::") }
}

/// What the files of a crate use of each other.
fn uses(root: &str, sources: &[Source]) -> Uses {
    let files = sources.iter().filter_map(|source| Some((module(source.path.strip_prefix(root)?)?, source)));
    let files: BTreeMap<Module, &Source> = files.collect();
    let of_file = |(module, source): (&Module, &&Source)| {
        let code: Vec<&str> = source.code().map(|(_, line)| line).collect();
        let used = paths(&tokens(&code.join("\n"))).into_iter().filter_map(|path| file(&absolute(path, module, &files)?, &files));
        (module.clone(), used.filter(|used| used != module).collect())
    };
    files.iter().map(of_file).collect()
}

/// The module of a file; none of a module of tests.
fn module(path: &str) -> Option<Module> {
    let path: Module = path.strip_suffix(".rs")?.split('/').map(str::to_string).collect();
    match path.last()?.as_str() {
        "lib" | "main" if path.len() == 1 => Some(Vec::new()),
        "tests" => None,
        _ => Some(path),
    }
}

/// The file in which a path ends: the longest start of it that is one. The root only declares modules, and a path that
/// names an item of the root names the root.
fn file(path: &[String], files: &BTreeMap<Module, &Source>) -> Option<Module> {
    (0..=path.len()).rev().map(|length| path[..length].to_vec()).find(|start| files.contains_key(start))
}

/// A path from the crate's root; none of another crate's.
fn absolute(path: Vec<String>, module: &Module, files: &BTreeMap<Module, &Source>) -> Option<Vec<String>> {
    let supers = path.iter().take_while(|part| *part == "super").count();
    let (start, rest) = match path.first()?.as_str() {
        "crate" => (&module[..0], &path[1..]),
        "self" => (&module[..], &path[1..]),
        "super" => (&module[..module.len().checked_sub(supers)?], &path[supers..]),
        first => {
            let is_submodule = files.contains_key(&[&module[..], &[first.to_string()]].concat());
            is_submodule.then_some((&module[..], &path[..]))?
        }
    };
    Some([start, rest].concat())
}

/// Words and signs; texts are passed over.
fn tokens(code: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut rest = code;
    while let Some(c) = rest.chars().next() {
        let length = if c == '"' {
            let mut escaped = false;
            let end = rest[1..].find(|c| {
                let ends = c == '"' && !escaped;
                escaped = c == '\\' && !escaped;
                ends
            });
            rest = end.map_or("", |end| &rest[end + 2..]);
            continue;
        } else if let Some(quote) = ["'\"'", "'\\\"'"].into_iter().find(|quote| rest.starts_with(quote)) {
            rest = &rest[quote.len()..];
            continue;
        } else if c.is_alphanumeric() || c == '_' {
            rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len())
        } else if rest.starts_with("::") {
            2
        } else {
            c.len_utf8()
        };
        tokens.push(&rest[..length]);
        rest = &rest[length..];
    }
    tokens.retain(|token| !token.trim().is_empty());
    tokens
}

/// Each path of two parts and more, and each that is imported, with all its parts.
fn paths(tokens: &[&str]) -> Vec<Vec<String>> {
    let mut paths = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        if tokens[at] == "use" {
            at += 1;
            import(tokens, &mut at, &[], &mut paths);
            continue;
        }
        let start = at;
        let path = path(tokens, &mut at);
        if path.len() > 1 && start.checked_sub(1).is_none_or(|before| tokens[before] != "::") {
            paths.push(path);
        }
        at = at.max(start + 1);
    }
    paths
}

fn is_word(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphanumeric() || c == '_')
}

/// The words from a place that `::` joins.
fn path(tokens: &[&str], at: &mut usize) -> Vec<String> {
    let mut path = Vec::new();
    while let Some(word) = tokens.get(*at).filter(|token| is_word(token)) {
        path.push(word.to_string());
        *at += 1;
        if tokens.get(*at) != Some(&"::") {
            break;
        }
        *at += 1;
    }
    path
}

/// A tree of imports: `a::{b, c::{self, d}} as e`.
fn import(tokens: &[&str], at: &mut usize, before: &[String], paths: &mut Vec<Vec<String>>) {
    let path = [before, &path(tokens, at)[..]].concat();
    if tokens.get(*at) != Some(&"{") {
        paths.push(path.into_iter().filter(|part| part != "self" || before.is_empty()).collect());
        // A new name, and whatever else stands before the next import.
        while tokens.get(*at).is_some_and(|token| !matches!(*token, "," | "}" | ";")) {
            *at += 1;
        }
        return;
    }
    while tokens.get(*at).is_some_and(|token| matches!(*token, "{" | ",")) {
        *at += 1;
        if tokens.get(*at) != Some(&"}") {
            import(tokens, at, &path, paths);
        }
    }
    *at += 1;
}

/// A circle of each group of modules that use each other, from its first module back to it.
fn circles(uses: &Uses) -> Vec<Vec<Module>> {
    let mut seen = BTreeSet::new();
    let mut circles = Vec::new();
    for module in uses.keys() {
        if !seen.contains(module)
            && let Some(circle) = circle(module, uses)
        {
            seen.extend(circle.iter().cloned());
            circles.push(circle);
        }
    }
    circles
}

/// The shortest way from a module back to it.
fn circle(module: &Module, uses: &Uses) -> Option<Vec<Module>> {
    let mut ways: Vec<Vec<Module>> = vec![vec![module.clone()]];
    let mut reached = BTreeSet::new();
    while !ways.is_empty() {
        let mut longer = Vec::new();
        for way in ways {
            for next in way.last().and_then(|last| uses.get(last)).into_iter().flatten() {
                if next == module {
                    return Some([&way[..], std::slice::from_ref(next)].concat());
                }
                if reached.insert(next.clone()) {
                    longer.push([&way[..], std::slice::from_ref(next)].concat());
                }
            }
        }
        ways = longer;
    }
    None
}

#[test]
fn circles_are_found_whatever_they_are_made_of() {
    let found = |files: &[(&str, &str)]| {
        let sources: Vec<Source> = files.iter().map(|(path, text)| Source { path: format!("x/{path}"), text: text.to_string() }).collect();
        circles(&uses("x/", &sources)).iter().map(|circle| circle.iter().map(shown).collect::<Vec<_>>().join(" ")).collect::<Vec<_>>()
    };
    let b = ("b.rs", "use crate::a::X;");
    assert_eq!(found(&[("a.rs", "use crate::{b::{self, Y as Z}, c};"), b, ("c.rs", "")]), ["a b a"]);
    assert_eq!(found(&[("a.rs", "fn f() { crate::b::g() }"), b]), ["a b a"]);
    assert_eq!(found(&[("a.rs", "use crate::c::X;\nmod b;"), b, ("c.rs", "use super::b;")]), ["a c b a"]);
    assert_eq!(found(&[("a.rs", "mod d;\nuse d::Y;"), ("a/d.rs", "use super::X;")]), ["a a::d a"]);
    assert_eq!(found(&[("a.rs", "mod d;"), ("a/d.rs", "use super::X;")]), [""; 0], "it is only declared");
    assert_eq!(found(&[("a.rs", "mod d;\nfn f() { d::g() }"), ("a/d.rs", "use super::e::X;"), ("a/e.rs", "")]), [""; 0]);
    assert_eq!(found(&[("a.rs", "// crate::b\nlet x = \"crate::b::X\";"), b]), [""; 0], "comments and texts are no code");
    assert_eq!(found(&[("a.rs", "fn f() {}\n#[cfg(test)]\nmod tests { use crate::b; }"), b]), [""; 0], "tests use what they test");
    assert_eq!(found(&[("a.rs", "fn f() { tests::g() }"), ("a/tests.rs", "use super::*;")]), [""; 0]);
    assert_eq!(found(&[("lib.rs", "mod a;\npub use a::X;"), ("a.rs", "use other::crate_of::X;")]), [""; 0]);
}
