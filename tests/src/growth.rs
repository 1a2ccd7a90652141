//! Work grows with the size of an input, and not with its square: in the runtime's fuel, which is the same on
//! every machine. Four times the input may cost six times the work: sorting costs a little more than its share.

use std::fmt::Write;

use skubill_component::fault::Input;
use skubill_component::instance::Call;

use crate::case::Case;
use crate::core_module;

const FEW: usize = 2_000;
const MANY: usize = 4 * FEW;
const TIMES_MAX: u64 = 6;

type Given = Vec<(Input, Vec<u8>)>;

fn fuel(call: Call, job: &str, inputs: &Given) -> u64 {
    let inputs: Vec<(Input, &[u8])> = inputs.iter().map(|(input, bytes)| (*input, &bytes[..])).collect();
    core_module::run(call, job, &inputs, usize::MAX).1
}

/// `given` makes inputs of so many parts.
fn grows(what: &str, call: Call, job: &str, given: impl Fn(usize) -> Given) {
    let (few, many) = (fuel(call, job, &given(FEW)), fuel(call, job, &given(MANY)));
    assert!(many < TIMES_MAX * few, "{what}: {FEW} take {few}, {MANY} take {many}");
}

fn repeated(count: usize, part: impl Fn(usize) -> String) -> String {
    (0..count).fold(String::new(), |mut text, number| {
        let _ = write!(text, "{}", part(number));
        text
    })
}

fn book(prices: &str) -> Vec<u8> {
    format!("{{\"currency\": \"EUR\", \"prices\": [{}]}}", prices.trim_end_matches(',')).into_bytes()
}

/// A day of its own for each number.
fn day(number: usize) -> String {
    format!("{:04}-{:02}-{:02}", 1900 + number / 336, 1 + number / 28 % 12, 1 + number % 28)
}

const BOOK: &[u8] = br#"{"currency": "EUR", "prices": []}"#;

#[test]
fn books_and_customers_are_read_in_the_time_of_their_size() {
    let check = |what: &str, input: Input, text: &dyn Fn(usize) -> Vec<u8>| {
        grows(what, Call::Check, "", |count| match input {
            Input::Prices => vec![(input, text(count))],
            _ => vec![(Input::Prices, BOOK.to_vec()), (input, text(count))],
        });
    };
    check("unknown keys of a book", Input::Prices, &|count| {
        format!("{{{} \"currency\": \"EUR\"}}", repeated(count, |n| format!("\"k{n}\": 1,"))).into_bytes()
    });
    check("one key many times", Input::Prices, &|count| {
        format!("{{{} \"currency\": \"EUR\"}}", repeated(count, |_| "\"factor\": 1,".into())).into_bytes()
    });
    check("unknown keys of a price", Input::Prices, &|count| {
        book(&format!("{{{} \"sku\": \"S\"}}", repeated(count, |n| format!("\"k{n}\": null,"))))
    });
    let price = |more: String| format!("{{\"sku\": \"S\", \"name\": \"S\", \"unit\": \"each\", \"price\": 1{more}}},");
    check("prices of one SKU, one a tenant", Input::Prices, &|count| {
        book(&repeated(count, |n| price(format!(", \"tenant_id\": \"t-{n}\""))))
    });
    check("prices of one SKU, one a day", Input::Prices, &|count| {
        book(&repeated(count, |n| price(format!(", \"from\": \"{0}\", \"until\": \"{0}\"", day(n)))))
    });
    check("prices of one SKU that overlap", Input::Prices, &|count| book(&repeated(count, |_| price(String::new()))));
    check("tiers", Input::Prices, &|count| {
        let tiers = repeated(count, |n| format!("{{\"up_to\": {}, \"price\": 1}},", n + 1));
        book(&format!(
            "{{\"sku\": \"S\", \"name\": \"S\", \"unit\": \"each\", \"model\": \"volume\", \"tiers\": [{tiers}{{\"price\": 1}}]}}"
        ))
    });
    check("tiers in rows", Input::Prices, &|count| {
        let rows = repeated(count, |n| format!("S;S;C;each;1,5;EUR;volume;{}\n", n + 1));
        format!("sku;name;category;unit;price;currency;model;up_to\n{rows}S;;;;1;;;\n").into_bytes()
    });
    check("unknown columns", Input::Prices, &|count| {
        let columns = count / 10;
        let rows = repeated(9, |_| format!("S,S,C,each,1,EUR,volume,5{}\n", ",x".repeat(columns)));
        format!("sku,name,category,unit,price,currency,model,up_to{}\n{rows}", repeated(columns, |n| format!(",c{n}"))).into_bytes()
    });
    check("cells with flaws", Input::Prices, &|count| {
        format!("sku{0}\nS{1}\n", ",".repeat(count / 10), ",a\"b".repeat(count / 10)).into_bytes()
    });
    check("customers, each twice", Input::Customers, &|count| {
        let rows = repeated(count, |n| format!("t-{n},{},\nt-{n},,true\n", n + 1));
        format!("tenant_id,enterprise,exclude\n{rows}").into_bytes()
    });
}

#[test]
fn each_line_finds_its_price_among_those_of_all_tenants() {
    let inputs = Case::named("one-tenant-one-month").inputs();
    let report = String::from_utf8(inputs.report).expect("CSV");
    let (header, rows) = report.split_once('\n').expect("a header");
    let row = rows.lines().find(|row| row.contains(",SRV,")).expect("a row of SRV");
    grows("own prices of many tenants", Call::Bill, &inputs.job, |count| {
        let rows = repeated(count, |n| row.replacen("t-acme", &format!("t-{n}"), 1) + "\n");
        let prices = repeated(count, |n| {
            format!("{{\"sku\": \"SRV\", \"name\": \"S\", \"unit\": \"each\", \"price\": 1, \"tenant_id\": \"t-{n}\"}},")
        });
        vec![(Input::Prices, book(&prices)), (Input::Report, format!("{header}\n{rows}").into_bytes())]
    });
    grows("one SKU's prices of many days", Call::Bill, &inputs.job, |count| {
        let rows = repeated(count, |n| row.replacen("t-acme", &format!("t-{n}"), 1) + "\n");
        let prices = repeated(count, |n| {
            let dates = format!("\"from\": \"{0}\", \"until\": \"{0}\"", day(n));
            format!("{{\"sku\": \"SRV\", \"name\": \"S\", \"unit\": \"each\", \"price\": 1, {dates}}},")
        });
        vec![(Input::Prices, book(&prices)), (Input::Report, format!("{header}\n{rows}").into_bytes())]
    });
}

#[test]
fn a_comparison_and_a_day_are_judged_in_the_time_of_their_size() {
    let line = "{\"category\": \"S\", \"usage_type\": \"S\", \"price\": \"1\", \"currency\": \"EUR\", \"period_start\": \"2021-08-01\", \
                \"period_end\": \"2021-08-31\"},";
    let comparison = |count: usize| {
        let usages = repeated(count, |n| format!("{{\"usage_type\": \"S\", \"price\": \"{n}\"}},"));
        let lines = repeated(count, |_| line.into());
        let tenants = |first: usize| repeated(count, |n| format!("\"t-{}\",", first + n));
        let cut = |text: String| text.trim_end_matches(',').to_string();
        format!(
            "{{\"period\": \"2021-08\", \"currency\": \"EUR\", \"posting\": [{{\"category\": \"S\", \"usages\": [{}]}}], \"held\": [{}], \
             \"previous\": [{}], \"tenants\": [{}], \"previous_tenants\": [{}]}}",
            cut(usages),
            cut(lines.clone()),
            cut(lines),
            cut(tenants(0)),
            cut(tenants(count / 2))
        )
    };
    let fuels = [FEW, MANY].map(|count| fuel(Call::Compare, &comparison(count), &Vec::new()));
    assert!(fuels[1] < TIMES_MAX * fuels[0], "a comparison: {fuels:?}");
    let inputs = Case::named("record/a-day-already-recorded-is-done").inputs();
    let given =
        vec![(Input::Prices, inputs.prices), (Input::Customers, inputs.customers.expect("customers")), (Input::Report, inputs.report)];
    let job = |count: usize| {
        let earlier = repeated(count, |n| {
            format!(
                "{{\"enterprise\": {}, \"date\": \"2021-08-01\", \"period_start\": \"2021-08-01\", \"category\": \"C{n}\", \
                 \"usage_type\": \"S\", \"price\": \"1\", \"currency\": \"EUR\"}},",
                n + 1
            )
        });
        format!("{{\"day\": \"2021-08-10\", \"earlier\": [{}]}}", earlier.trim_end_matches(','))
    };
    let fuels = [FEW, MANY].map(|count| fuel(Call::Record, &job(count), &given));
    assert!(fuels[1] < TIMES_MAX * fuels[0], "a day: {fuels:?}");
}
