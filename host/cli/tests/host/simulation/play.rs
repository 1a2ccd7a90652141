//! One seed, played: process after process, until each step of the story is done.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Arc, OnceLock};

use skubill::bill::Biller;
use skubill_runner::month::{AccountResult, BillingRun, NEW_PROVIDER, PostingStatus};
use skubill_runner::progress::Silent;
use skubill_services::acronis::WaitPolicy;
use skubill_services::http::Http;

use super::fault::Fortune;
use super::laws::{self, Held, Reference};
use super::net::{Net, Place};
use super::story::{Step, Story};

/// Processes that may have bad luck, before one is let do its work.
const ROUGH_RUNS: u32 = 6;

/// Processes after those: one finds what a person has to correct, and one does what is left.
const FAIR_RUNS: u32 = 3;

/// Seconds beyond `settle` after which nothing is under way any more, by any clock.
const CALM: u64 = 600;

/// A seed that was played to its end.
pub struct Played {
    pub net: Arc<Net>,
    /// What Abiquo holds after each step.
    pub held: Vec<Held>,
    pub runs: u32,
}

/// What a run says of a posting.
#[derive(Debug)]
pub struct Became {
    pub place: Place,
    pub status: PostingStatus,
}

/// Play a story. `fortune` says what may happen in which run of which step; from [`ROUGH_RUNS`] on it is fair. The
/// error is the law that was broken.
pub fn play(
    story: &Story,
    seed: u64,
    settle: u64,
    fortune: impl Fn(usize, u32) -> Fortune,
    reference: Option<&Reference>,
) -> Result<Played, (Arc<Net>, String)> {
    let net = Arc::new(story.net(seed));
    net.told().settle = settle;
    let mut played = Played { net: Arc::clone(&net), held: Vec::new(), runs: 0 };
    for (number, step) in story.steps.iter().enumerate() {
        let done = step_through(&net, *step, |run| fortune(number, run), reference.map(|reference| (reference, number)));
        let done = done.and_then(|runs| {
            played.runs += runs;
            laws::after(&net, *step)?;
            // Whatever was given up takes effect now, if it does at all: it must change nothing.
            net.clock.advance(i64::try_from(settle + CALM).expect("minutes"));
            block_on(net.deliver_late());
            let held = Held::of(&net);
            reference.map_or(Ok(()), |reference| reference.is(number, &held))?;
            played.held.push(held);
            laws::nothing_more(&net, *step)
        });
        done.map_err(|law| (Arc::clone(&net), law))?;
    }
    Ok(played)
}

/// Run a step until it is done; whenever a process has ended, what must hold then is looked at.
fn step_through(
    net: &Arc<Net>,
    step: Step,
    fortune: impl Fn(u32) -> Fortune,
    reference: Option<(&Reference, usize)>,
) -> Result<u32, String> {
    let morning = step.morning();
    if net.clock.now() < morning {
        net.clock.set(morning);
    }
    for run in 0..ROUGH_RUNS + FAIR_RUNS {
        let fortune = if run >= ROUGH_RUNS { Fortune::Fair } else { fortune(run) };
        if run > 0 {
            net.clock.advance(pause(net, fortune));
        }
        let (ended, became) = process(net, step, fortune);
        block_on(net.deliver_late());
        net.told().note(format!("the run has ended: {ended:?}"));
        if let Some((reference, number)) = reference {
            let held = Held::of(net);
            laws::between(net, &held, reference, number)?;
            laws::seen(&became, &held, reference, number)?;
        }
        laws::journal(net)?;
        let corrected = correct(net, step, &became);
        match ended {
            Ended::Done => return Ok(run + 1),
            Ended::Crashed => {}
            Ended::Undone(why) if why.contains("panicked") => return Err(why),
            Ended::Undone(why) if matches!(fortune, Fortune::Fair) && !corrected => {
                return Err(format!("nothing was in its way, and it was not done: {why}"));
            }
            Ended::Undone(_) => {}
        }
    }
    Err("it was never done".into())
}

/// How long somebody waits before the next run: before a fair one, until all has settled.
fn pause(net: &Net, fortune: Fortune) -> i64 {
    let mut told = net.told();
    let settle = told.settle;
    let seconds = match fortune {
        // At once, or later.
        Fortune::Rough { .. } if told.chance.bool() => told.chance.u64(0..20),
        Fortune::Rough { .. } => told.chance.u64(0..2 * settle),
        _ => settle + CALM,
    };
    i64::try_from(seconds).expect("minutes")
}

/// A person looks at what the run says of places where other amounts are stored, and deletes them.
fn correct(net: &Net, step: Step, became: &[Became]) -> bool {
    let mut corrected = false;
    for Became { place, status } in became {
        let differs = match status {
            PostingStatus::Different { .. } => true,
            PostingStatus::NotConfirmed { differences, .. } => !differences.is_empty(),
            _ => false,
        };
        let tampered = net.told().tampered.contains(place);
        if differs && tampered {
            let day = if let Step::Day(day) = step { Some(day) } else { None };
            block_on(net.delete_by_hand(*place, day));
            corrected = true;
        }
    }
    corrected
}

/// How a process ended.
#[derive(Debug)]
pub enum Ended {
    Done,
    /// Some of it is not done.
    Undone(String),
    Crashed,
}

pub fn block_on<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().expect("a runtime").block_on(work)
}

/// One process: a runtime of its own, which is gone when it ends, with every task in it.
pub fn process(net: &Arc<Net>, step: Step, fortune: Fortune) -> (Ended, Vec<Became>) {
    net.begin(fortune);
    let http = Http::with_parts(Arc::clone(net) as _, Arc::clone(net) as _, Arc::clone(net) as _);
    let mut month = BillingRun::with(step.config(net), biller(), http, WaitPolicy::default()).expect("a month");
    month.accept = vec![NEW_PROVIDER.into()];
    month.replace = matches!(step, Step::Corrected | Step::Forbidden);
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
        _ if net.told().crashed => (Ended::Crashed, Vec::new()),
        Ok(ended) => ended.unwrap_or((Ended::Crashed, Vec::new())),
        Err(panic) => resume_unwind(panic),
    }
}

async fn run(month: Arc<BillingRun>, step: Step) -> (Ended, Vec<Became>) {
    let ran = match step {
        Step::Day(day) => month.record(day, Arc::new(Silent)).await.map(|accounts| {
            told(accounts, step, |day| day.registers.into_iter().map(|recorded| (recorded.enterprise, recorded.status)).collect())
        }),
        Step::Month | Step::Corrected | Step::Forbidden => {
            month.run(&"2021-08".parse().expect("a period"), Arc::new(Silent)).await.map(|accounts| {
                told(accounts, step, |month| month.postings.into_iter().map(|posted| (posted.enterprise, posted.status)).collect())
            })
        }
    };
    match ran {
        Ok((undone, became)) if undone.is_empty() => (Ended::Done, became),
        Ok((undone, became)) => (Ended::Undone(undone.join("; ")), became),
        Err(error) => (Ended::Undone(error.to_string()), Vec::new()),
    }
}

/// What is not done, of all accounts; and what is said of each posting.
fn told<T>(accounts: Vec<AccountResult<T>>, step: Step, of: impl Fn(T) -> Vec<(u64, PostingStatus)>) -> (Vec<String>, Vec<Became>) {
    let (mut undone, mut became) = (Vec::new(), Vec::new());
    for (number, account) in accounts.into_iter().enumerate() {
        let runs = match account.result {
            Ok(runs) => runs,
            Err(error) => {
                undone.push(error.to_string());
                continue;
            }
        };
        for run in runs {
            undone.extend(run.error.map(|error| error.to_string()));
            let statuses = run.result.map(&of).unwrap_or_default();
            if statuses.is_empty() {
                undone.push("no posting at all".into());
            }
            undone.extend(statuses.iter().filter(|(_, status)| !step.is_done(status)).map(|(_, status)| format!("{status:?}")));
            became.extend(
                statuses
                    .into_iter()
                    .map(|(enterprise, status)| Became { place: (number, enterprise, matches!(step, Step::Day(_))), status }),
            );
        }
    }
    (undone, became)
}

/// The component, compiled once for all seeds.
fn biller() -> Biller {
    static BILLER: OnceLock<Biller> = OnceLock::new();
    BILLER.get_or_init(|| Biller::new().expect("the component")).clone()
}
