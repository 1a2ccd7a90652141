//! Rules that the tree keeps: who may know what. Each exception has its reason, and falls when it is
//! no longer needed.

mod circles;
mod component;
mod released;
pub mod source;
mod units;
mod wit;

use crate::case::Wrong;
use source::{Source, sources};

/// Words that may stand in the code of some files only; comments and tests are not looked at.
struct Rule {
    what: &'static str,
    words: &'static [&'static str],
    /// Files that are looked at, by the start of their path.
    within: &'static [&'static str],
    /// The files whose business it is.
    home: &'static [&'static str],
    /// Files that have such a word for a reason.
    but: &'static [(&'static str, &'static str)],
}

const ALL: &[&str] = &["component/src/", "host/"];

const RULES: [Rule; 10] = [
    Rule {
        what: "no float, clock, environment, file, network, thread or random number in the component",
        words: &[
            "f32",
            "f64",
            "std::time",
            "SystemTime",
            "Instant",
            "std::env",
            "env!",
            "std::fs",
            "include_bytes!",
            "include_str!",
            "std::net",
            "std::process",
            "std::thread",
            "RandomState",
            "HashMap::new",
            "HashSet::new",
            "println!",
            "eprintln!",
            "std::io::stdin",
            "std::io::stdout",
        ],
        within: &["component/src/"],
        home: &[],
        but: &[("component/src/about.rs", "env!: its version, when it is compiled")],
    },
    Rule {
        what: "no panic in the component but on a defect that the language itself finds",
        words: &[
            ".unwrap()",
            ".expect(",
            "panic!",
            "todo!",
            "unimplemented!",
            "unreachable!",
            "unsafe ",
            " assert!(",
            " assert_eq!(",
            "exit(",
        ],
        within: &["component/src/"],
        home: &[],
        but: &[],
    },
    Rule {
        what: "guest.rs alone knows the component's bindings",
        words: &["wit_bindgen"],
        within: ALL,
        home: &["component/src/guest.rs", "component/src/guest/"],
        but: &[],
    },
    Rule {
        what: "sandbox.rs alone knows the engine",
        words: &["wasmtime"],
        within: ALL,
        home: &["host/biller/src/sandbox.rs", "host/biller/src/sandbox/", "host/biller/build.rs"],
        but: &[],
    },
    Rule {
        what: "sandbox.rs alone takes machine code, and what it takes is embedded",
        words: &[
            "Component::deserialize",
            "Module::deserialize",
            "deserialize_file",
            "deserialize_raw",
            "deserialize_open_file",
            "unsafe ",
        ],
        within: &["host/"],
        home: &["host/biller/src/sandbox.rs"],
        but: &[],
    },
    Rule {
        what: "money.rs alone rounds",
        words: &["div_rem", "div_floor", "div_ceil", "div_euclid", ".round(", ".round_ties_even(", ".trunc(", ".floor(", ".ceil("],
        within: ALL,
        home: &["component/src/money.rs", "component/src/money/"],
        but: &[
            ("component/src/price/model.rs", "whole packages: the model says so, and no amount is rounded"),
            ("component/src/period.rs", "days and years of the calendar"),
            ("component/src/estimate.rs", "the number of a day"),
            ("host/simulators/src/abiquo/date.rs", "the twin's number of a day"),
        ],
    },
    Rule {
        what: "the host never computes an amount",
        words: &["rust_decimal", "bigdecimal", "BigInt", "BigRational", "BigDecimal", "Decimal", "f32", "f64", "as_f64", "num_traits"],
        within: &["host/"],
        home: &["host/simulators/src/", "host/simulators/src/lib.rs"],
        but: &[],
    },
    Rule {
        what: "Acronis' column names are known where its reports are read or made",
        words: &[
            "\"tenant.",
            "\"application.",
            "\"infra.",
            "\"pricing.",
            "\"quota.value\"",
            "\"is_range\"",
            "\"measurement_unit\"",
            "usage.effective.",
            "usage.absolute.",
            "usage.delta.",
        ],
        within: ALL,
        home: &["component/src/report/", "host/services/src/acronis/wire", "host/simulators/src/", "host/simulators/src/lib.rs"],
        but: &[
            ("component/src/job.rs", "a job names its measure by its column, and a mistake in it shows one"),
            ("host/cli/src/preview.rs", "the default of a flag that names a column"),
        ],
    },
    Rule {
        what: "Abiquo's attributes are known where its JSON is read or made",
        words: &["billingPeriodStartDate", "billingPeriodEndDate", "usageType", "usageName", "startBillDate", "billDate", "vnd.abiquo."],
        within: ALL,
        home: &["host/services/src/abiquo/wire.rs", "host/services/src/abiquo/wire/", "host/simulators/src/", "host/simulators/src/lib.rs"],
        but: &[("host/services/src/abiquo.rs", "whether a configured media type is one of Abiquo's")],
    },
    Rule {
        what: "no test is passed over",
        words: &["#[ignore", "#[cfg(any())]"],
        within: &["component/", "host/", "tests/src/"],
        home: &["tests/src/tidy.rs"],
        but: &[],
    },
];

#[test]
fn who_knows_what() {
    let mut wrong = Wrong::default();
    let sources = sources();
    for rule in &RULES {
        let of_the_rule = |source: &&Source| rule.within.iter().any(|start| source.path.starts_with(start));
        let strangers: Vec<&Source> = sources.iter().filter(of_the_rule).filter(|source| !starts_any(&source.path, rule.home)).collect();
        assert!(!strangers.is_empty(), "{}: there is nothing to look at", rule.what);
        let found: Vec<(&Source, String)> =
            strangers.iter().flat_map(|source| found(source, rule.words).map(|line| (*source, line))).collect();
        for (source, line) in found.iter().filter(|(source, _)| !rule.but.iter().any(|(path, _)| *path == source.path)) {
            wrong.say(&source.path, format!("{}: {line}", rule.what));
        }
        for (path, reason) in rule.but.iter().filter(|(path, _)| !found.iter().any(|(source, _)| source.path == *path)) {
            wrong.say(path, format!("is excepted ({reason}) and need not be: {}", rule.what));
        }
    }
    wrong.end();
}

fn starts_any(path: &str, starts: &[&str]) -> bool {
    starts.iter().any(|start| path.starts_with(start))
}

/// Lines of code that have one of the words, each a word of its own.
fn found<'a>(source: &'a Source, words: &'a [&str]) -> impl Iterator<Item = String> + 'a {
    let has = |line: &str, word: &str| {
        line.match_indices(word).any(|(at, _)| {
            let part = |c: char| c.is_alphanumeric() || c == '_';
            let alone = |beside: Option<char>, edge: Option<char>| !(beside.is_some_and(part) && edge.is_some_and(part));
            alone(line[..at].chars().next_back(), word.chars().next())
                && alone(line[at + word.len()..].chars().next(), word.chars().next_back())
        })
    };
    source
        .code()
        .filter(move |(_, line)| words.iter().any(|word| has(line, word)))
        .map(|(number, line)| format!("line {number}: {}", line.trim()))
}

/// A long file is two.
const LINES_MAX: usize = 450;

#[test]
fn files_are_short_and_called_by_their_name() {
    let mut wrong = Wrong::default();
    for source in sources() {
        let lines = source.text.lines().count();
        if lines > LINES_MAX {
            wrong.say(&source.path, format!("{lines} lines are more than {LINES_MAX}"));
        }
        if source.path.ends_with("/mod.rs") {
            wrong.say(&source.path, "a module's file is foo.rs beside foo/");
        }
    }
    wrong.end();
}

#[test]
fn no_path_of_somebodys_machine() {
    let mut wrong = Wrong::default();
    let machines = ["home", "root", "Users", "work"].map(|dir| format!("/{dir}/"));
    let texts = source::texts();
    assert!(texts.len() > 100, "there is something to look at");
    for (path, text) in texts {
        for (number, line) in text.lines().enumerate() {
            if machines
                .iter()
                .any(|machine| line.split(machine.as_str()).skip(1).any(|rest| rest.starts_with(|c: char| c.is_ascii_lowercase())))
            {
                wrong.say(&path, format!("line {}: {line}", number + 1));
            }
        }
    }
    wrong.end();
}

#[test]
fn words_are_found_in_code_alone() {
    let text = "use a; // f64\n/// f64\nlet x = \"// f64\"; let y = '\"'; // f64\nlet my_f64x = 1;\n#[cfg(test)]\nmod tests { f64 }\n";
    let source = Source { path: "x.rs".into(), text: text.into() };
    assert_eq!(found(&source, &["f64"]).collect::<Vec<_>>(), ["line 3: let x = \"// f64\"; let y = '\"';"]);
}
