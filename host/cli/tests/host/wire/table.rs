//! `tests/wire/README.md`: which call has which bodies, and which tests.

use std::collections::BTreeSet;

use super::{files, root};

/// Every call of both services.
const CALLS: [&str; 18] = [
    "POST /api/2/idp/token",
    "GET /api/2/clients/{id}",
    "POST /api/2/reports",
    "GET /api/2/reports/{id}",
    "GET /api/2/tenants/{id}/reports",
    "DELETE /api/2/reports/{id}?version=",
    "GET /api/2/reports/{id}/stored",
    "GET /api/2/reports/{id}/stored/{stored_id}",
    "GET …/bills",
    "POST …/bills",
    "GET …/bills/{id}",
    "DELETE …/bills?startBillDate=&provider=",
    "GET …/bills/action/providers",
    "GET …/billregisters?provider=",
    "GET …/billregisters/{id}",
    "DELETE …/billregisters?billDate=&provider=",
    "POST …/billregisters",
    "GET …/billregisters/action/estimate?provider=",
];

/// A row of `tests/wire/README.md`: calls, bodies, tests; what stands between backquotes.
fn rows() -> Vec<[Vec<String>; 3]> {
    let page = std::fs::read_to_string(root().join("tests/wire/README.md")).expect("the table");
    let quoted = |cell: &str| cell.split('`').skip(1).step_by(2).map(String::from).collect();
    let cells = |line: &str| -> Option<[Vec<String>; 3]> {
        let cells: Vec<_> = line.strip_prefix("| ")?.strip_suffix(" |")?.split(" | ").map(quoted).collect();
        cells.try_into().ok()
    };
    page.lines().filter_map(cells).filter(|[_, bodies, _]| !bodies.is_empty()).collect()
}

/// The tests of a module of this folder, by its path: `calls::abiquo::pages`.
fn tests(module: &str) -> Vec<String> {
    let path = root().join(format!("host/cli/tests/host/{}.rs", module.replace("::", "/")));
    let source = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let lines: Vec<_> = source.lines().collect();
    let named = lines.windows(2).filter(|pair| pair[0] == "#[test]" || pair[0].starts_with("#[tokio::test"));
    let name = |pair: &[&str]| pair[1].split_once("fn ")?.1.split_once('(').map(|(name, _)| name.to_string());
    named.filter_map(name).map(|name| format!("{module}::{name}")).collect()
}

#[test]
fn every_row_has_its_bodies_and_its_tests() {
    let rows = rows();
    let column = |number: usize| -> BTreeSet<String> { rows.iter().flat_map(|row| row[number].clone()).collect() };
    let calls = column(0);
    for call in CALLS {
        assert!(calls.contains(call), "{call} has no row");
    }
    assert_eq!(column(1), files(), "the bodies of the table, and those that there are");
    for [calls, bodies, tests] in &rows {
        assert!(!bodies.is_empty() && !tests.is_empty(), "{calls:?} lacks something");
    }
    let named = column(2);
    let modules: BTreeSet<_> = named.iter().filter_map(|test| Some(test.rsplit_once("::")?.0.to_string())).collect();
    let there: BTreeSet<_> = modules.iter().flat_map(|module| tests(module)).collect();
    let missing: Vec<_> = named.difference(&there).collect();
    assert!(missing.is_empty(), "no test is called {missing:?}");
    // And the other way round: each of these modules' tests stands in a row.
    for test in [
        "calls::acronis",
        "calls::acronis::stored",
        "calls::abiquo",
        "calls::abiquo::errors",
        "calls::abiquo::pages",
        "calls::abiquo::registers",
    ]
    .into_iter()
    .flat_map(tests)
    {
        assert!(named.contains(&test), "{test} stands in no row");
    }
}
