//! The month under one seeded scheduler, in one process: both clients, the journal, the clock, and both services.
//! Any request may fail before or after it took effect, its answer may be slow, cut off, repeated or not its own,
//! tokens expire, the clock jumps, and any write may be the last before the process ends. After as many restarts as it
//! takes, what Abiquo holds is what it would hold if nothing had ever gone wrong.
//!
//! ```text
//! seed ──► Net (transport, clock, jitter) ──► process … crash ──► process … crash ──► process: done ──► laws
//! ```
//!
//! `make simulate SEEDS=100000` plays more seeds; `make simulate SEED=17` plays one, and tells all of it.

#[path = "simulation/disk.rs"]
mod disk;
#[path = "simulation/fault.rs"]
mod fault;
#[path = "simulation/laws.rs"]
mod laws;
#[path = "simulation/net.rs"]
mod net;
#[path = "simulation/play.rs"]
mod play;
#[path = "simulation/story.rs"]
mod story;
#[path = "simulation/watch.rs"]
mod watch;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use fault::Fault;
use laws::{Held, Reference};
use net::{Fortune, Net};
use play::{Played, play};
use story::Story;

/// Seeds that are played unless more are asked for.
const SEEDS: u64 = 1000;

/// What a story comes to where nothing goes wrong.
fn reference(story: &Story) -> &'static Reference {
    static KNOWN: OnceLock<BTreeMap<Story, Reference>> = OnceLock::new();
    let known = KNOWN.get_or_init(|| {
        let quiet = |story: &Story| play(story, 0, |_, _| Fortune::Fair, None).unwrap_or_else(|(_, law)| panic!("{law}"));
        Story::all().into_iter().map(|story| (story.clone(), Reference(quiet(&story).held))).collect()
    });
    &known[story]
}

/// What a seed stands for: its story, and how rough it gets.
fn seeded(seed: u64) -> Result<Played, (Arc<Net>, String)> {
    let mut chance = fastrand::Rng::with_seed(seed);
    let stories = Story::all();
    let story = &stories[chance.usize(..stories.len())];
    let mut one_of = |list: &[u32]| list[chance.usize(..list.len())];
    let fortune = Fortune::Rough { faults: one_of(&[0, 20, 100, 300]), crashes: one_of(&[0, 3, 10, 30]), jumps: one_of(&[0, 5, 50]) };
    play(story, seed, |_, _| fortune, Some(reference(story)))
}

/// The law that a seed breaks, with what has happened.
fn told(seed: u64, net: &Net, law: &str) -> String {
    format!("seed {seed}: {law}\n{}\n`make simulate SEED={seed}` plays it again", net.told().trace.join("\n"))
}

/// What all seeds have come to.
#[derive(Default)]
struct Tally {
    broken: Vec<String>,
    processes: u32,
    counts: BTreeMap<String, u32>,
}

impl Tally {
    fn add(&mut self, played: &Played) {
        self.processes += played.runs;
        for (what, count) in &played.net.told().counts {
            *self.counts.entry(what.clone()).or_default() += count;
        }
    }
}

#[test]
fn a_thousand_seeds() {
    if let Ok(seed) = std::env::var("SKUBILL_SEED") {
        let seed = seed.parse().expect("SKUBILL_SEED is a number");
        let played = seeded(seed).unwrap_or_else(|(net, law)| panic!("{}", told(seed, &net, &law)));
        println!("{}", played.net.told().trace.join("\n"));
        return;
    }
    let seeds = std::env::var("SKUBILL_SEEDS").map_or(SEEDS, |seeds| seeds.parse().expect("SKUBILL_SEEDS is a number"));
    let (next, tally) = (AtomicU64::new(0), Mutex::new(Tally::default()));
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(seed) = Some(next.fetch_add(1, Ordering::Relaxed)).filter(|seed| *seed < seeds) {
                    let played = seeded(seed);
                    let mut tally = tally.lock().expect("the tally");
                    match played {
                        Ok(played) => tally.add(&played),
                        Err((net, law)) => {
                            next.store(seeds, Ordering::Relaxed);
                            tally.broken.push(told(seed, &net, &law));
                        }
                    }
                }
            });
        }
    });
    let Tally { broken, processes, counts } = tally.into_inner().expect("the tally");
    assert!(broken.is_empty(), "{}", broken.join("\n\n"));
    println!("{seeds} seeds, {processes} processes; {counts:?}");
    // Nothing is proved by what never happened.
    if seeds >= SEEDS {
        let wanted =
            Fault::ALL.iter().map(|fault| format!("{fault:?}")).chain(["crash", "crash, torn", "jump of the clock"].map(String::from));
        for what in wanted {
            assert!(counts.get(&what).is_some_and(|count| *count > 20), "{what} has hardly happened: {counts:?}");
        }
    }
}

/// A failing seed can be looked at as often as it takes.
#[test]
fn the_same_seed_is_the_same_story() {
    let trace =
        |seed| seeded(seed).map(|played| played.net.told().trace.clone()).unwrap_or_else(|(net, law)| panic!("{}", told(seed, &net, &law)));
    for seed in 0..12 {
        assert_eq!(trace(seed), trace(seed), "seed {seed}");
    }
    assert_ne!(trace(1), trace(2));
}

/// Every moment of every story is once the last one of a process, and once in the process after it too.
#[test]
fn every_moment_may_be_the_last() {
    for story in Story::all().iter().filter(|story| story.accounts == 1) {
        for step in 0..story.steps.len() {
            let mut moment = 0;
            loop {
                let fortune = |of: usize, run: u32| if of == step && run < 2 { Fortune::CrashAt(moment) } else { Fortune::Fair };
                let played = play(story, u64::from(moment), fortune, Some(reference(story)));
                let played = played.unwrap_or_else(|(net, law)| panic!("{story:?}, {moment}: {}", told(0, &net, &law)));
                if !played.net.told().counts.keys().any(|what| what.starts_with("crash")) {
                    break;
                }
                moment += 1;
            }
            assert!(moment > 40, "{story:?} has only {moment} moments in step {step}");
        }
    }
}

/// Every request of every story fails once in every way.
#[test]
fn every_request_may_fail_in_every_way() {
    for story in Story::all().iter().filter(|story| story.accounts == 1) {
        for step in 0..story.steps.len() {
            for fault in Fault::ALL {
                let mut request = 0;
                loop {
                    let fortune =
                        |of: usize, run: u32| if of == step && run == 0 { Fortune::FaultAt(request, fault) } else { Fortune::Fair };
                    let played = play(story, u64::from(request), fortune, Some(reference(story)));
                    let played = played.unwrap_or_else(|(net, law)| panic!("{story:?}, {request} {fault:?}: {}", told(0, &net, &law)));
                    if played.net.told().counts.is_empty() {
                        break;
                    }
                    request += 1;
                }
                assert!(request > 10, "{story:?} has only {request} requests in step {step}");
            }
        }
    }
}

/// The laws see what they are there for.
#[test]
fn what_is_wrong_breaks_a_law() {
    let story = &Story::all()[0];
    let played = play(story, 0, |_, _| Fortune::Fair, None).unwrap_or_else(|(_, law)| panic!("{law}"));
    let held = played.held[0].clone();
    let (right, short) = (Reference(vec![held.clone()]), held.clone().without_a_line());
    assert!(right.is(0, &held).is_ok() && right.is(0, &short).is_err());
    assert!(laws::between(&Held::default(), &right, 0).is_ok() && laws::between(&held, &right, 0).is_ok());
    assert!(laws::between(&short, &right, 0).is_err());
}
