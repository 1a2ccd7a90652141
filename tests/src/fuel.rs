//! What a run takes, in the runtime's fuel: exact, the same on every machine, so that a change of
//! the component's work shows without noise.

use std::fmt::Write;

use skubill::bill::Input;
use skubill::sandbox::{Bounds, Sandbox};

use crate::case::{Case, Wrong, is_current};
use crate::engine::{Call, Inputs};

const CASES: [&str; 5] =
    ["one-tenant-one-month", "every-outcome-of-the-accounting", "graduated-tier-boundaries", "json-nested-rows", "gzip-of-two-members"];

fn fuel(sandbox: &Sandbox, inputs: &Inputs) -> u64 {
    let mut run = sandbox.start(Bounds::default(), 96 << 20).expect("an instance");
    run.begin(Call::Bill, &inputs.job).expect("a call").expect("a job");
    let books =
        [(Input::Prices, Some(&inputs.prices)), (Input::Customers, inputs.customers.as_ref()), (Input::Report, Some(&inputs.report))];
    for (input, bytes) in books.into_iter().filter_map(|(input, bytes)| Some((input, bytes?))) {
        run.feed(input, bytes).expect("a call").expect("an input");
    }
    run.finish(Call::Bill).expect("a call").expect("an answer").1.fuel
}

/// A larger report, so that what a row takes shows, too.
fn thousand_rows(inputs: &Inputs) -> Inputs {
    let text = String::from_utf8(inputs.report.clone()).expect("CSV");
    let (header, rows) = text.split_once('\n').expect("a header");
    let row = rows.lines().next().expect("a row");
    let rows: String = (0..1000).map(|number| row.replacen("t-acme", &format!("t-{number}"), 1) + "\n").collect();
    Inputs { report: format!("{header}\n{rows}").into_bytes(), ..inputs.clone() }
}

#[test]
fn a_run_takes_what_it_took() {
    let sandbox = Sandbox::new().expect("the embedded component compiles");
    let mut table = String::new();
    for name in CASES {
        let inputs = Case::named(name).inputs();
        let taken = fuel(&sandbox, &inputs);
        assert_eq!(fuel(&sandbox, &inputs), taken, "{name}: the same again");
        let _ = writeln!(table, "{taken:>12}  {name}");
    }
    let large = thousand_rows(&Case::named(CASES[0]).inputs());
    let _ = writeln!(table, "{:>12}  a thousand rows of {}", fuel(&sandbox, &large), CASES[0]);
    let mut wrong = Wrong::default();
    is_current(&crate::case::cases().join("fuel.txt"), "fuel.txt", &table, &mut wrong);
    wrong.end();
}
