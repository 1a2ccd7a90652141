//! One seed, played: process after process, until each step of the story is done.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Arc, OnceLock};

use skubill::acronis::WaitPolicy;
use skubill::bill::Biller;
use skubill::http::Http;
use skubill::month::{Month, NEW_PROVIDER};
use skubill::progress::Silent;

use super::laws::{self, Held, Reference};
use super::net::{Fortune, Net};
use super::story::{Step, Story, stands};

/// Processes that may have bad luck, before one is let do its work.
const ROUGH_RUNS: u32 = 6;

/// A seed that was played to its end.
pub struct Played {
    pub net: Arc<Net>,
    /// What Abiquo holds after each step.
    pub held: Vec<Held>,
    pub runs: u32,
}

/// Play a story. `fortune` says what may happen in which run of which step; from [`ROUGH_RUNS`] on it is fair. The
/// error is the law that was broken.
pub fn play(
    story: &Story,
    seed: u64,
    fortune: impl Fn(usize, u32) -> Fortune,
    reference: Option<&Reference>,
) -> Result<Played, (Arc<Net>, String)> {
    let net = Arc::new(story.net(seed));
    let mut played = Played { net: Arc::clone(&net), held: Vec::new(), runs: 0 };
    for (number, step) in story.steps.iter().enumerate() {
        let done = step_through(
            &net,
            *step,
            |run| fortune(number, run),
            |before| match reference {
                Some(reference) => laws::between(before, reference, number),
                None => Ok(()),
            },
        );
        let done = done.and_then(|runs| {
            played.runs += runs;
            laws::after(&net, *step)?;
            let held = Held::of(&net);
            reference.map_or(Ok(()), |reference| reference.is(number, &held))?;
            played.held.push(held);
            laws::nothing_more(&net, *step)
        });
        done.map_err(|law| (Arc::clone(&net), law))?;
    }
    Ok(played)
}

/// Run a step until it is done; `between` is what must hold whenever a process has ended.
fn step_through(
    net: &Arc<Net>,
    step: Step,
    fortune: impl Fn(u32) -> Fortune,
    between: impl Fn(&Held) -> Result<(), String>,
) -> Result<u32, String> {
    let morning = step.morning();
    if net.clock.now() < morning {
        net.clock.set(morning);
    }
    for run in 0..=ROUGH_RUNS {
        let fortune = if run == ROUGH_RUNS { Fortune::Fair } else { fortune(run) };
        let ended = process(net, step, fortune);
        net.told().note(format!("the run has ended: {ended:?}"));
        between(&Held::of(net))?;
        laws::journal(net)?;
        match ended {
            Ended::Done => return Ok(run + 1),
            Ended::Crashed => {}
            Ended::Undone(why) if why.contains("panicked") => return Err(why),
            Ended::Undone(why) if matches!(fortune, Fortune::Fair) => {
                return Err(format!("nothing was in its way, and it was not done: {why}"));
            }
            Ended::Undone(_) => {}
        }
    }
    Err("it was never done".into())
}

/// How a process ended.
#[derive(Debug)]
pub enum Ended {
    Done,
    /// Some of it is not done.
    Undone(String),
    Crashed,
}

/// One process: a runtime of its own, which is gone when it ends, with every task in it.
pub fn process(net: &Arc<Net>, step: Step, fortune: Fortune) -> Ended {
    net.begin(fortune);
    let http = Http::with_parts(Arc::clone(net) as _, Arc::clone(net) as _, Arc::clone(net) as _);
    let mut month = Month::with(step.config(net), biller(), http, WaitPolicy::default()).expect("a month");
    month.accept = vec![NEW_PROVIDER.into()];
    month.replace = step == Step::Corrected;
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let down = Arc::clone(&net.told().down);
    let ran = catch_unwind(AssertUnwindSafe(|| {
        runtime.block_on(async {
            tokio::select! {
                biased;
                () = down.notified() => None,
                ended = run(Arc::new(month), step) => Some(ended),
            }
        })
    }));
    drop(runtime);
    match ran {
        _ if net.told().crashed => Ended::Crashed,
        Ok(ended) => ended.unwrap_or(Ended::Crashed),
        Err(panic) => resume_unwind(panic),
    }
}

async fn run(month: Arc<Month>, step: Step) -> Ended {
    let undone = match step {
        Step::Day(day) => month.record(day, Arc::new(Silent)).await.map(|accounts| {
            let fates = |day: skubill::month::DayResult| day.registers.into_iter().map(|recorded| recorded.fate).collect::<Vec<_>>();
            undone(accounts.into_iter().map(|account| account.result.map(|days| days.into_iter().flat_map(fates).collect())))
        }),
        Step::Month | Step::Corrected => month.run(&"2021-08".parse().expect("a period"), Arc::new(Silent)).await.map(|accounts| {
            let fates = |billing: skubill::month::BillingResult| billing.postings.into_iter().map(|posted| posted.fate).collect::<Vec<_>>();
            undone(accounts.into_iter().map(|account| account.result.map(|billings| billings.into_iter().flat_map(fates).collect())))
        }),
    };
    match undone {
        Ok(list) if list.is_empty() => Ended::Done,
        Ok(list) => Ended::Undone(list.join("; ")),
        Err(error) => Ended::Undone(error.to_string()),
    }
}

/// What is not done, of each account.
fn undone(accounts: impl Iterator<Item = Result<Vec<skubill::month::Fate>, skubill::month::Error>>) -> Vec<String> {
    let mut undone = Vec::new();
    for account in accounts {
        match account {
            Ok(fates) if fates.is_empty() => undone.push("no posting at all".into()),
            Ok(fates) => undone.extend(fates.iter().filter(|fate| !stands(fate)).map(|fate| format!("{fate:?}"))),
            Err(error) => undone.push(error.to_string()),
        }
    }
    undone
}

/// The component, compiled once for all seeds.
fn biller() -> Biller {
    static BILLER: OnceLock<Biller> = OnceLock::new();
    BILLER.get_or_init(|| Biller::new().expect("the component")).clone()
}
