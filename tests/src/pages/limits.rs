//! `docs/limits.md`: each value is the code's.

use std::collections::BTreeSet;

use skubill_component::limit::Limits;

use super::{Page, quoted};
use crate::case::Wrong;
use crate::tidy::source::{Source, sources};

const PAGE: &str = "docs/limits.md";

#[test]
fn limits_of_inputs_are_the_components() {
    let mut wrong = Wrong::default();
    let page = Page::named(PAGE);
    let rows = page.rows("Limits of inputs");
    let told: BTreeSet<&str> = rows.iter().filter_map(|row| quoted(row[0])).collect();
    let mut limits = Limits::default();
    let fields = limits.fields();
    wrong.differ(PAGE, "a row for each limit", &told, &fields.iter().map(|(name, _)| *name).collect());
    for (name, value) in fields {
        let row = rows.iter().find(|row| quoted(row[0]) == Some(name));
        let shown = row.map(|row| row[1].to_string()).unwrap_or_default();
        let unit = if name.ends_with("bytes") { Unit::Bytes } else { Unit::Count };
        wrong.differ(PAGE, name, &shown, &unit.show(*value));
    }
    wrong.end();
}

/// Rows that name a constant, as `module::NAME`: the file of the module says how much it is.
#[test]
fn all_other_limits_are_their_constants() {
    let mut wrong = Wrong::default();
    let page = Page::named(PAGE);
    let sources = sources();
    let mut seen = 0;
    for heading in ["Bounds of the sandbox", "Answers of services", "Files"] {
        for row in page.rows(heading) {
            let constant = quoted(row[2]).unwrap_or_else(|| panic!("{row:?} names no constant"));
            seen += 1;
            match value(&sources, constant) {
                Some(value) => wrong.differ(PAGE, constant, &row[1].to_string(), &value),
                None => wrong.say(PAGE, format!("there is no such constant: {constant}")),
            }
        }
    }
    assert!(seen > 25, "there are constants to look at: {seen}");
    wrong.end();
}

/// No bound of the sandbox is left out.
#[test]
fn every_bound_has_a_row() {
    let page = Page::named(PAGE);
    let rows = page.rows("Bounds of the sandbox");
    let told: BTreeSet<&str> = rows.iter().filter_map(|row| quoted(row[2])?.strip_prefix("bounds::")).collect();
    let sources = sources();
    let bounds = sources.iter().find(|source| source.path.ends_with("/sandbox/bounds.rs")).expect("the bounds");
    let constants: BTreeSet<&str> = bounds.code().filter_map(|(_, line)| line.strip_prefix("pub const ")?.split(':').next()).collect();
    assert_eq!(told, constants);
}

#[derive(Debug, Clone, Copy)]
enum Unit {
    Bytes,
    Milliseconds,
    Seconds,
    Count,
}

impl Unit {
    /// As the page writes it: in the largest unit that leaves a whole number.
    fn show(self, value: u64) -> String {
        let units: &[(u64, &str)] = match self {
            Unit::Bytes => &[(1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB"), (1, "bytes")],
            Unit::Milliseconds => return Unit::Seconds.show(value / 1000),
            Unit::Seconds => &[(3600, "hours"), (60, "minutes"), (1, "seconds")],
            Unit::Count => return grouped(value),
        };
        let (size, name) = units.iter().find(|(size, _)| value.is_multiple_of(*size)).expect("one divides everything");
        format!("{} {name}", grouped(value / size))
    }
}

/// Digits in groups of three.
fn grouped(value: u64) -> String {
    let digits = value.to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// The value of `module::NAME` as the page writes it.
fn value(sources: &[Source], constant: &str) -> Option<String> {
    let (module, name) = constant.split_once("::")?;
    let file = format!("/{module}.rs");
    let declared = format!("const {name}: ");
    let of_host = sources.iter().filter(|source| source.path.starts_with("host/") && source.path.ends_with(&file));
    let lines = of_host.flat_map(|source| source.code());
    let mut found = lines.filter_map(|(_, line)| line.split_once(&declared).map(|(_, rest)| rest));
    let (declaration, others) = (found.next()?, found.next());
    assert!(others.is_none(), "{constant} is declared twice");
    let (kind, expression) = declaration.trim().trim_end_matches(';').split_once(" = ")?;
    let calls: [(&str, u64); 3] = [("::from_secs(", 1), ("::from_mins(", 60), ("::from_hours(", 3600)];
    if kind.ends_with("Duration") {
        let of_call = |(call, size): &(&str, u64)| Some((expression.split_once(call)?.1.strip_suffix(')')?, *size));
        let (argument, size) = calls.iter().find_map(of_call)?;
        return Some(Unit::Seconds.show(computed(argument)? * size));
    }
    let unit = match name {
        name if name.contains("BYTES") => Unit::Bytes,
        name if name.contains("MILLISECONDS") => Unit::Milliseconds,
        _ => Unit::Count,
    };
    Some(unit.show(computed(expression)?))
}

/// A product or a shift of whole numbers, which is all that constants are made of.
fn computed(expression: &str) -> Option<u64> {
    let number = |text: &str| text.trim().replace('_', "").parse::<u64>().ok();
    match expression.split_once("<<") {
        Some((left, right)) => number(left)?.checked_shl(u32::try_from(number(right)?).ok()?),
        None => expression.split('*').map(number).product(),
    }
}

#[test]
fn values_are_written_as_a_person_reads_them() {
    for (unit, value, shown) in [
        (Unit::Bytes, 96 << 20, "96 MiB"),
        (Unit::Bytes, 1000, "1,000 bytes"),
        (Unit::Count, 1_000_000_000_000, "1,000,000,000,000"),
        (Unit::Seconds, 300, "5 minutes"),
        (Unit::Milliseconds, 14_400_000, "4 hours"),
    ] {
        assert_eq!(unit.show(value), shown);
    }
    assert_eq!(computed("4 * 60 * 60 * 1000"), Some(14_400_000));
    assert_eq!(computed("512 << 10"), Some(512 << 10));
    assert_eq!(computed("OTHER"), None);
}
