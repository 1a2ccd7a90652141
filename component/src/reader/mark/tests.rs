//! Marks beside a slow twin that is written from the rule's words.

use super::*;
use crate::fault::{Faults, Input};
use crate::limit::Limits;
use proptest::collection::vec;
use proptest::prelude::*;

/// What is read of the cells of a column: a number with a point, or nothing where the cell is told wrong;
/// and what was found in those.
fn read(cells: &[String]) -> (Vec<Option<String>>, Vec<String>) {
    let row = |(at, cell): (usize, &String)| (at as u64 + 1, Node::Object(vec![("price".into(), Node::Text(cell.clone()))]));
    let mut rows: Vec<(u64, Node)> = cells.iter().enumerate().map(row).collect();
    let (limits, mut faults) = (Limits::default(), Faults::new(u64::MAX));
    let mut context = Context { input: Input::Prices, limits: &limits, faults: &mut faults };
    settle(&mut rows, &["price"], &[], &mut context);
    let number = |(_, row): (u64, Node)| match row {
        Node::Object(entries) => match entries.into_iter().next() {
            Some((_, Node::Text(text))) => Some(text),
            Some((_, Node::Comma { number, .. })) => Some(number),
            _ => None,
        },
        _ => None,
    };
    (rows.into_iter().map(number).collect(), faults.list.into_iter().map(|fault| fault.found).collect())
}

/// Digits directly beside a mark.
fn beside(text: &str, mark: char) -> (String, String) {
    let (before, after) = text.split_once(mark).expect("a mark");
    let before: Vec<char> = before.chars().rev().take_while(char::is_ascii_digit).collect();
    (before.into_iter().rev().collect(), after.chars().take_while(char::is_ascii_digit).collect())
}

/// The rule, word by word.
fn twin(cells: &[String]) -> (Vec<Option<String>>, Vec<String>) {
    let is_number = |text: &str| Decimal::parse(text, 38).is_some();
    // "what is no decimal within the limits settles nothing"; "a number with two marks is a mistake" of its own.
    let mark_of = |text: &String| match (text.matches('.').count(), text.matches(',').count()) {
        (1, 0) if is_number(text) => Some('.'),
        (0, 1) if is_number(&text.replace(',', ".")) => Some(','),
        _ => None,
    };
    let settles = |text: &String, mark: char| {
        let (before, after) = beside(text, mark);
        after.len() != 3 || before.is_empty() || before.trim_start_matches('0').is_empty() || before.len() > 3
    };
    let settled = |mark: char| cells.iter().any(|cell| mark_of(cell) == Some(mark) && settles(cell, mark));
    let (points, commas) = (settled('.'), settled(','));
    let wrong = |cell: &String| match (mark_of(cell), points, commas) {
        (None, ..) => false,
        (Some(_), true, true) => true,
        (Some(mark), true, false) => mark == ',',
        (Some(mark), false, true) => mark == '.',
        (Some(_), false, false) => true,
    };
    let number = |cell: &String| match mark_of(cell) {
        _ if wrong(cell) => None,
        Some(',') => Some(cell.replace(',', ".")),
        _ => Some(cell.clone()),
    };
    (cells.iter().map(number).collect(), cells.iter().filter(|cell| wrong(cell)).cloned().collect())
}

fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => "[+-]?[0-9]{0,4}[.,][0-9]{0,4}(e[+-]?[0-9]{1,2})?",
        3 => "[1-9][0-9]{0,2}[.,][0-9]{3}(e3)?",
        2 => "0{1,3}[.,][0-9]{3}",
        1 => "[0-9]{1,5}",
        1 => "[0-9]{1,3}[.,'][0-9]{3}[.,][0-9]{1,3}",
        1 => "[0-9.,ex -]{0,6}",
        1 => "[1-9]{36,40}[.,][0-9]{1,3}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    #[test]
    fn marks_are_settled_as_the_rule_says(cells in vec(cell(), 0..5)) {
        prop_assert_eq!(read(&cells), twin(&cells));
    }
}

#[test]
fn files_and_their_marks() {
    let of = |cells: &[&str]| {
        let cells: Vec<String> = cells.iter().map(ToString::to_string).collect();
        read(&cells).1
    };
    for right in [
        &["1,5", "1,250", "7"][..],
        &["1.5", "1.250"],
        &["0,125", "1,250"],
        &["00,125", "1,250"],
        &[",125", "1,250"],
        &["1234.125", "1.250"],
        &["5,", "1,250"],
        &["-1,5", "1,250"],
        &["1,25e3", "1,250"],
        &["1250", "7"],
        // What has two marks, or none that fits a number, is told elsewhere, and settles nothing.
        &["1.234,50", "1'234", "1,2e,3", "12"],
    ] {
        assert_eq!(of(right), [""; 0], "{right:?}");
    }
    for (wrong, expected) in [
        (&["1.250"][..], &["1.250"][..]),
        (&["1.250", "0,10"], &["1.250"]),
        (&["1,250", "0.10"], &["1,250"]),
        (&["0,10", "0.10", "1.250", "3"], &["0,10", "0.10", "1.250"]),
        // Three digits beside the mark, and an exponent after them.
        (&["1.250e3"], &["1.250e3"]),
        (&["123.456", "1.234,50"], &["123.456"]),
        // 39 digits settle nothing.
        (&["1,250", "123456789012345678901234567890123456789,1"], &["1,250"]),
    ] {
        assert_eq!(of(wrong), expected, "{wrong:?}");
    }
}

#[test]
fn whole_numbers_take_no_part() {
    let cell = |column: &str, text: &str| (column.to_string(), Node::Text(text.into()));
    let mut rows = vec![(1, Node::Object(vec![cell("factor", "1,5"), cell("enterprise", "292.0"), cell("other", "1.000")]))];
    rows.push((2, Node::Object(vec![cell("factor", "2"), cell("enterprise", "1.000")])));
    let (limits, mut faults) = (Limits::default(), Faults::new(9));
    settle(&mut rows, &["factor"], &["enterprise"], &mut Context { input: Input::Customers, limits: &limits, faults: &mut faults });
    assert_eq!(faults.list.iter().map(|fault| (fault.row, fault.found.as_str())).collect::<Vec<_>>(), [(Some(2), "1.000")]);
}
