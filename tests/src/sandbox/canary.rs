//! A thousand tenants, each with a word that stands in its own inputs and nowhere else: names, SKUs, numbers that
//! are none. A hundred are billed at a time, in one engine, a piece each in turn.

use std::process::Command;

use skubill::bill::{Call, Input, Refusal};
use skubill::sandbox::{Bounds, Engine, Error, Run, Sandbox};

use super::{OUTPUT_BYTES, fed};
use crate::case::Case;

const TENANTS: u32 = 1000;
const AT_A_TIME: u32 = 100;
const PIECE_BYTES: usize = 300;

/// How every tenant's word begins.
const MARK: &str = "Cnry";

/// What becomes of a tenant's run, by its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Billed,
    /// Its report has numbers that are its word.
    Refused,
    /// It may do little work, and is ended in the midst of it.
    Ended,
}

struct Tenant {
    word: String,
    way: Way,
    prices: String,
    report: String,
}

impl Tenant {
    fn new(number: u32) -> Tenant {
        let word = format!("{MARK}{number:04}x{:08x}", number.wrapping_mul(0x9e37_79b1));
        let way = [Way::Billed, Way::Billed, Way::Refused, Way::Ended][number as usize % 4];
        let inputs = Case::named("one-tenant-one-month").inputs();
        let text = |bytes| String::from_utf8(bytes).expect("text");
        let named = |text: String| ["t-acme", "Acme Ltd", "SRV", "Server"].iter().fold(text, |text, name| text.replace(name, &word));
        let (prices, mut report) = (named(text(inputs.prices)), named(text(inputs.report)));
        if way == Way::Refused {
            report = report.replace(",37800,", &format!(",{word},"));
        }
        Tenant { word, way, prices, report }
    }

    fn start(&self, sandbox: &Sandbox) -> Run {
        let fuel = if self.way == Way::Ended { 300_000 } else { Bounds::default().fuel };
        sandbox.start(Bounds { fuel, ..Bounds::default() }, OUTPUT_BYTES).expect("an instance")
    }

    /// Its own word, whole, is the only one in what it is told.
    fn is_told(&self, text: &str) {
        for (at, _) in text.match_indices(MARK) {
            assert!(text[at..].starts_with(&self.word), "{} is told: {text}", self.word);
        }
        assert_eq!(text.contains(&self.word), self.way != Way::Ended, "{} is told: {text}", self.word);
    }
}

/// A tenant's run, until it has its answer.
struct Turn {
    tenant: Tenant,
    run: Option<Run>,
    told: Option<String>,
}

impl Turn {
    fn new(sandbox: &Sandbox, number: u32) -> Turn {
        let tenant = Tenant::new(number);
        let mut run = tenant.start(sandbox);
        let begun = run.begin(Call::Bill, r#"{"period": "2021-08"}"#);
        fed(begun);
        Turn { tenant, run: Some(run), told: None }
    }

    fn feed(&mut self, input: Input, piece: &[u8]) {
        let Some(run) = &mut self.run else { return };
        match run.feed(input, piece) {
            Ok(answer) => answer.expect("a piece is never refused"),
            Err(error) => self.ended(&error),
        }
    }

    fn ended(&mut self, error: &Error) {
        assert!(matches!(error, Error::Fuel(_)), "{error}");
        self.run = None;
        self.told = Some(format!("{error} {error:?}"));
    }

    fn finish(mut self) {
        match self.run.take().map(|run| run.finish()) {
            None => {}
            Some(Err(error)) => self.ended(&error),
            Some(Ok(Ok((outcome, _)))) => self.told = Some(outcome),
            Some(Ok(Err(refusal @ Refusal::Faults { .. }))) => self.told = Some(format!("{refusal} {refusal:?}")),
            Some(Ok(Err(other))) => panic!("{other}"),
        }
        self.tenant.is_told(&self.told.expect("something is told"));
    }
}

/// The same piece of everybody's, then the next one.
fn in_turn(turns: &mut [Turn], input: Input, text: fn(&Tenant) -> &str) {
    for piece in 0.. {
        let mut is_over = true;
        for turn in turns.iter_mut() {
            if let Some(bytes) = text(&turn.tenant).as_bytes().chunks(PIECE_BYTES).nth(piece) {
                let bytes = bytes.to_vec();
                turn.feed(input, &bytes);
                is_over = false;
            }
        }
        if is_over {
            return;
        }
    }
}

fn bill(sandbox: &Sandbox, numbers: std::ops::Range<u32>) {
    let mut turns: Vec<Turn> = numbers.map(|number| Turn::new(sandbox, number)).collect();
    in_turn(&mut turns, Input::Prices, |tenant| &tenant.prices);
    in_turn(&mut turns, Input::Report, |tenant| &tenant.report);
    turns.into_iter().for_each(Turn::finish);
}

#[test]
fn a_thousand_tenants_of_one_engine_see_nothing_of_one_another() {
    let sandbox = Sandbox::on(Engine::Cranelift).expect("the embedded component");
    // Two at once, each with a hundred of its own.
    std::thread::scope(|scope| {
        for half in [0, AT_A_TIME] {
            let sandbox = &sandbox;
            scope.spawn(move || {
                for first in (half..TENANTS).step_by(2 * AT_A_TIME as usize) {
                    bill(sandbox, first..first + AT_A_TIME);
                }
            });
        }
    });
}

/// The test above, in a process of its own whose every word is heard.
#[test]
fn nor_does_anything_else_that_is_said() {
    let name = "sandbox::canary::a_thousand_tenants_of_one_engine_see_nothing_of_one_another";
    let mut again = Command::new(std::env::current_exe().expect("this test"));
    again.args(["--exact", name, "--nocapture"]).env("RUST_LOG", "trace").env("RUST_BACKTRACE", "full");
    let output = again.output().expect("it runs");
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && stdout.contains("1 passed"), "{stdout}{stderr}");
    assert!(!stdout.contains(MARK) && !stderr.contains(MARK), "{stdout}{stderr}");
}
