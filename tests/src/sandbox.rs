//! What the sandbox holds against a component that takes too much, and that whoever runs beside it does not
//! notice.

/// A thousand tenants of one engine, none of whom learns of another.
mod canary;
/// Where machine code may come from.
mod compiled;
/// Components that do what ours does not.
mod hostile;

use std::sync::LazyLock;
use std::time::{Duration, Instant};

use skubill::bill::{Call, Input};
use skubill::sandbox::{
    Bounds, Engine, Error, MEMORY_BYTES_MAX, OUTPUT_BYTES_EXTRA, Run, STACK_BYTES_MAX, Sandbox, TABLE_ELEMENTS_MAX, Used,
};

use crate::case::Case;
use crate::engine::Inputs;
use hostile::{Deed, component};

const OUTPUT_BYTES: u64 = 96 << 20;

static ENGINES: LazyLock<[Sandbox; 2]> =
    LazyLock::new(|| [Engine::Cranelift, Engine::Pulley].map(|engine| Sandbox::on(engine).expect("the embedded component")));

fn neighbour() -> Inputs {
    Case::named("one-tenant-one-month").inputs()
}

/// Everything before the report, and a part of it.
fn half(sandbox: &Sandbox, inputs: &Inputs) -> Run {
    let mut run = sandbox.start(Bounds::default(), OUTPUT_BYTES).expect("an instance");
    fed(run.begin(Call::Bill, &inputs.job));
    fed(run.feed(Input::Prices, &inputs.prices));
    if let Some(customers) = &inputs.customers {
        fed(run.feed(Input::Customers, customers));
    }
    fed(run.feed(Input::Report, &inputs.report[..inputs.report.len() / 2]));
    run
}

fn rest(mut run: Run, inputs: &Inputs) -> (String, Used) {
    fed(run.feed(Input::Report, &inputs.report[inputs.report.len() / 2..]));
    run.finish().expect("not ended").expect("not refused")
}

fn fed<E: std::fmt::Debug>(answer: Result<Result<(), E>, Error>) {
    answer.expect("not ended").expect("not refused");
}

/// How a run ends while a neighbour has fed half of its report. The neighbour's bill is the same to the byte, and so
/// is what it took.
fn ends(sandbox: &Sandbox, run: impl FnOnce(&Sandbox) -> Error) -> Error {
    let inputs = neighbour();
    let undisturbed = rest(half(sandbox, &inputs), &inputs);
    let beside = half(sandbox, &inputs);
    let error = run(sandbox);
    assert_eq!(rest(beside, &inputs), undisturbed, "beside a run that ended with {error}");
    error
}

/// How a component that does this ends, on both engines alike.
fn ends_doing(deed: Deed, bounds: Bounds, output_bytes: u64) -> Error {
    let component = component(deed);
    let on = |sandbox: &Sandbox| {
        ends(sandbox, |sandbox| {
            let hostile = sandbox.beside(&component).expect("it compiles");
            let begun = hostile.start(bounds, output_bytes).and_then(|mut run| run.begin(Call::Bill, ""));
            begun.expect_err("it takes more than it may")
        })
    };
    let [error, again] = ENGINES.each_ref().map(on);
    assert_eq!(error.to_string(), again.to_string());
    error
}

/// How a bill of many rows ends.
fn ends_billing(bounds: Bounds) -> Error {
    ends(&ENGINES[0], |sandbox| bills(sandbox, bounds).expect_err("it takes more than it may"))
}

fn bills(sandbox: &Sandbox, bounds: Bounds) -> Result<String, Error> {
    let inputs = neighbour();
    let report = String::from_utf8(inputs.report).expect("CSV");
    let (header, rows) = report.split_once('\n').expect("a header");
    let row = rows.lines().next().expect("a row");
    let mut run = sandbox.start(bounds, OUTPUT_BYTES)?;
    fed(Ok(run.begin(Call::Bill, &inputs.job)?));
    fed(Ok(run.feed(Input::Prices, &inputs.prices)?));
    let rows: String = (0..50_000).map(|number| row.replacen("t-acme", &format!("t-{number}"), 1) + "\n").collect();
    fed(Ok(run.feed(Input::Report, format!("{header}\n{rows}").as_bytes())?));
    Ok(run.finish()?.expect("not refused").0)
}

#[track_caller]
fn names(error: &Error, number: impl ToString, setting: &str) {
    let text = error.to_string();
    assert!(text.contains(&number.to_string()) && text.contains(setting), "{text}");
}

#[test]
fn memory() {
    let memory_bytes = 4 << 20;
    let error = ends_billing(Bounds { memory_bytes, ..Bounds::default() });
    assert!(matches!(error, Error::Memory(bytes) if bytes == memory_bytes), "{error}");
    names(&error, memory_bytes, "bound memory_bytes");
    let small = Bounds { memory_bytes: 10 << 16, ..Bounds::default() };
    assert!(matches!(ends_doing(Deed::GrowMemory, small, OUTPUT_BYTES), Error::Memory(655_360)));
    assert!(matches!(ends_doing(Deed::GrowMemory, Bounds::default(), OUTPUT_BYTES), Error::Memory(MEMORY_BYTES_MAX)));
}

/// What is bounded is what a run takes, not each of its memories.
#[test]
fn two_memories_have_no_more_than_one() {
    let two_pages = Bounds { memory_bytes: 2 << 16, ..Bounds::default() };
    let component = component(Deed::GrowSecondMemory);
    let hostile = ENGINES[0].beside(&component).expect("it compiles");
    let mut run = hostile.start(two_pages, OUTPUT_BYTES).expect("one page each");
    assert!(matches!(run.begin(Call::Bill, ""), Err(Error::Memory(_))));
    assert_eq!(run.used().memory_bytes, 2 << 16);
    let one_page = Bounds { memory_bytes: 1 << 16, ..Bounds::default() };
    assert!(matches!(hostile.start(one_page, OUTPUT_BYTES).err(), Some(Error::Memory(_))));
}

#[test]
fn fuel() {
    let error = ends_billing(Bounds { fuel: 5_000_000, ..Bounds::default() });
    assert!(matches!(error, Error::Fuel(5_000_000)), "{error}");
    names(&error, 5_000_000, "bound fuel");
    for deed in [Deed::Loop, Deed::LoopAtStart] {
        let bounds = Bounds { fuel: 1_000_000, ..Bounds::default() };
        assert!(matches!(ends_doing(deed, bounds, OUTPUT_BYTES), Error::Fuel(1_000_000)));
    }
}

#[test]
fn table_elements() {
    for deed in [Deed::GrowTable, Deed::LargeTable] {
        let error = ends_doing(deed, Bounds::default(), OUTPUT_BYTES);
        assert!(matches!(error, Error::Table(TABLE_ELEMENTS_MAX)), "{deed:?}: {error}");
        names(&error, TABLE_ELEMENTS_MAX, "bound table_elements");
    }
}

#[test]
fn stack() {
    let error = ends_doing(Deed::Recurse, Bounds::default(), OUTPUT_BYTES);
    assert!(matches!(error, Error::Stack(STACK_BYTES_MAX)), "{error}");
    names(&error, STACK_BYTES_MAX, "bound stack_bytes");
}

#[test]
fn output() {
    let bytes = 1000 + OUTPUT_BYTES_EXTRA;
    let length = |more: usize| u32::try_from(bytes + more).expect("it fits");
    let error = ends_doing(Deed::Answer(length(1)), Bounds::default(), 1000);
    assert!(matches!(error, Error::Output(most) if most == bytes), "{error}");
    names(&error, bytes, "limit output_bytes");
    // What is just short enough is taken; it is no refusal.
    let hostile = ENGINES[0].beside(&component(Deed::Answer(length(0)))).expect("it compiles");
    let mut run = hostile.start(Bounds::default(), 1000).expect("an instance");
    assert!(matches!(run.begin(Call::Bill, ""), Err(Error::Refusal(_))));
}

/// Without end, and with all the fuel that there is: the clock ends it.
#[test]
fn time() {
    let bounds = Bounds { fuel: u64::MAX, time_milliseconds: 50, ..Bounds::default() };
    for deed in [Deed::Loop, Deed::LoopAtStart] {
        let error = ends_doing(deed, bounds, OUTPUT_BYTES);
        assert!(matches!(error, Error::Time(50)), "{deed:?}: {error}");
        names(&error, 50, "bound time_milliseconds");
    }
    let error = ends_billing(Bounds { time_milliseconds: 5, ..Bounds::default() });
    assert!(matches!(error, Error::Time(5)), "{error}");
}

/// What counts is the time of the component, of all its calls together; a report that is slow to come costs nothing.
#[test]
fn time_is_not_spent_by_waiting() {
    let inputs = neighbour();
    let sandbox = &ENGINES[0];
    let undisturbed = rest(half(sandbox, &inputs), &inputs);
    let bounds = Bounds { time_milliseconds: 2_000, ..Bounds::default() };
    let mut run = sandbox.start(bounds, OUTPUT_BYTES).expect("an instance");
    fed(run.begin(Call::Bill, &inputs.job));
    fed(run.feed(Input::Prices, &inputs.prices));
    fed(run.feed(Input::Report, &inputs.report[..100]));
    std::thread::sleep(Duration::from_millis(2_100));
    fed(run.feed(Input::Report, &inputs.report[100..]));
    assert_eq!(run.finish().expect("in time").expect("not refused").0, undisturbed.0);
    // Many short calls are as long as one.
    let bounds = Bounds { time_milliseconds: 20, ..Bounds::default() };
    let mut run = sandbox.start(bounds, OUTPUT_BYTES).expect("an instance");
    let since = Instant::now();
    fed(run.begin(Call::Bill, &inputs.job));
    let error = loop {
        match run.feed(Input::Prices, b" ") {
            Ok(_) => assert!(since.elapsed() < Duration::from_secs(60), "it goes on for ever"),
            Err(error) => break error,
        }
    };
    assert!(matches!(error, Error::Time(20)), "{error}");
}

/// A defect is none of the bounds.
#[test]
fn a_trap_is_a_trap() {
    let error = ends_doing(Deed::Stop, Bounds::default(), OUTPUT_BYTES);
    assert!(matches!(error, Error::Trap(_)), "{error}");
}

/// Whatever ended it, and whatever is asked of it then.
#[test]
fn an_instance_that_was_ended_is_never_used_again() {
    let deeds = [Deed::Stop, Deed::GrowMemory, Deed::GrowTable, Deed::Recurse, Deed::Loop, Deed::Answer(40_000_000)];
    let bounds = Bounds { fuel: 10_000_000, memory_bytes: 50_000_000, ..Bounds::default() };
    for deed in deeds {
        let hostile = ENGINES[0].beside(&component(deed)).expect("it compiles");
        let ended = || {
            let mut run = hostile.start(bounds, 1000).expect("an instance");
            let error = run.begin(Call::Bill, "").expect_err("it ends");
            assert!(!matches!(error, Error::Ended), "{deed:?}: {error}");
            run
        };
        let mut run = ended();
        let used = run.used();
        for _ in 0..2 {
            assert!(matches!(run.begin(Call::Bill, ""), Err(Error::Ended)), "{deed:?}");
            assert!(matches!(run.feed(Input::Report, b"x"), Err(Error::Ended)), "{deed:?}");
            assert!(matches!(run.typed().err(), Some(Error::Ended)), "{deed:?}");
        }
        assert_eq!(run.used(), used, "nothing was done any more");
        assert!(matches!(run.finish(), Err(Error::Ended)), "{deed:?}");
        // Another one is as good as ever.
        let inputs = neighbour();
        rest(half(&ENGINES[0], &inputs), &inputs);
    }
}

/// Whoever calls by the typed contract holds the instance itself; the engine refuses it then.
#[test]
fn nor_by_the_typed_contract() {
    let hostile = ENGINES[0].beside(&component(Deed::Stop)).expect("it compiles");
    let mut run = hostile.start(Bounds::default(), OUTPUT_BYTES).expect("an instance");
    let (store, billing) = run.typed().expect("an instance");
    let describe = billing.skubill_billing_about();
    assert!(format!("{:#}", describe.call_describe(&mut *store).expect_err("a trap")).contains("unreachable"));
    assert!(format!("{:#}", describe.call_describe(&mut *store).expect_err("no entry")).contains("cannot enter"));
    let error = run.begin(Call::Bill, "").expect_err("no entry");
    assert!(error.to_string().contains("cannot enter"), "{error}");
    assert!(matches!(run.begin(Call::Bill, ""), Err(Error::Ended)));
}
