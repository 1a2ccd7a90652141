//! The release binary as a process, killed at random moments until it finishes: what Abiquo holds in the end is what a
//! run that was let be would have left.

use std::process::Child;
use std::time::Duration;

use serde_json::Value;

use crate::simulate::Twins;
use crate::world::command;

/// Months that are run to their end.
const ROUNDS: u32 = 50;

/// Runs of one month that may be killed, before one is let be.
const KILLS_MAX: u32 = 5;

/// How long a lost post may take to take effect.
const SETTLE_SECONDS: u64 = 1;

const RUN: [&str; 6] = ["run", "--config", "here/skubill.toml", "--period", "2021-08", "--accept"];

/// A month of twins of its own, and what its runs have come to.
struct Round {
    twins: Twins,
    kills: u32,
}

impl Round {
    fn new() -> Round {
        let arguments = ["--format", "json", "--period", "2021-08", "--out", "here", "--knob", "acronis.report_polls=0"];
        let round = Round { twins: Twins::start(&arguments), kills: 0 };
        // The twins act on a request, or have never seen it, before a killed process is gone.
        let folder = &round.twins.folder;
        folder.file("here/skubill.toml", format!("settle_seconds = {SETTLE_SECONDS}\n{}", folder.read("here/skubill.toml")));
        round
    }

    fn start(&self) -> Child {
        command(self.twins.folder.path(), &[&RUN[..], &["new-provider"]].concat()).spawn().expect("a run starts")
    }

    /// Run until a run ends by itself; each but the last is killed once the services have seen so many requests more,
    /// and a few milliseconds have passed.
    fn finish(&mut self, mut moment: impl FnMut() -> (usize, Duration)) {
        while self.kills < KILLS_MAX {
            let (requests, pause) = moment();
            let requests = self.requests() + requests;
            let mut run = self.start();
            let ended = loop {
                if let Some(status) = run.try_wait().expect("a child") {
                    break Some(status);
                }
                if self.requests() >= requests {
                    break None;
                }
                std::thread::sleep(Duration::from_millis(1));
            };
            if let Some(status) = ended {
                // What was open when the process was killed may take effect until it has settled.
                if status.code() == Some(5) {
                    std::thread::sleep(Duration::from_secs(SETTLE_SECONDS));
                    continue;
                }
                assert_eq!(status.code(), Some(4), "the demo month has a SKU without a price");
                return;
            }
            std::thread::sleep(pause);
            // SIGKILL: nothing of the process runs any more.
            run.kill().expect("it is killed");
            run.wait().expect("it is gone");
            self.kills += 1;
        }
        std::thread::sleep(Duration::from_secs(SETTLE_SECONDS));
        assert_eq!(self.start().wait().expect("it ends").code(), Some(4));
    }

    /// Requests that the services have seen.
    fn requests(&self) -> usize {
        ["acronis", "abiquo"].map(|service| self.twins.control(service, "requests").as_array().map_or(0, Vec::len)).iter().sum()
    }

    /// What Abiquo holds: enterprise, category, usage type, usage name, price; ordered.
    fn held(&self) -> Vec<(u64, [String; 4])> {
        let state = self.twins.control("abiquo", "state");
        crate::stage::lines(state["bills"].as_array().expect("bills"))
    }

    /// Enterprises to which a bill was posted and accepted, once each time.
    fn accepted(&self) -> Vec<String> {
        let requests = self.twins.control("abiquo", "requests");
        let posts = requests.as_array().into_iter().flatten().filter(|seen| seen["method"] == "POST");
        let mut accepted: Vec<String> =
            posts.filter(|seen| seen["answered"] == 201).map(|seen| seen["target"].as_str().unwrap_or_default().to_string()).collect();
        accepted.sort();
        accepted
    }

    /// Reports that were asked for.
    fn reports(&self) -> usize {
        let requests = self.twins.control("acronis", "requests");
        requests.as_array().into_iter().flatten().filter(|seen| seen["method"] == "POST" && seen["target"] == "/api/2/reports").count()
    }

    /// The journal verifies, and every intent in it is settled.
    fn journal_is_whole(&self) {
        let folder = &self.twins.folder;
        folder.skubill(&["journal", "verify", "--config", "here/skubill.toml"]).ends(0);
        let list = folder.skubill(&["journal", "list", "--config", "here/skubill.toml", "--format", "json"]).ends(0).json();
        let entries = list["entries"].as_array().expect("entries");
        let settled = |intent: &Value| entries.iter().any(|entry| entry["answers"] == intent["sequence"] && entry["outcome"] != "unknown");
        let open: Vec<_> = entries.iter().filter(|entry| entry["step"] == "intent" && !settled(entry)).collect();
        assert!(entries.len() > 40 && open.is_empty(), "{open:?}");
    }
}

#[test]
fn fifty_months_are_killed_and_finished() {
    let undisturbed = Round::new();
    assert_eq!(undisturbed.start().wait().expect("it ends").code(), Some(4));
    let requests = undisturbed.requests();
    let (held, accepted) = (undisturbed.held(), undisturbed.accepted());
    assert_eq!((accepted.len(), undisturbed.reports()), (21, 1));
    let (mut kills, mut chance) = (0, fastrand::Rng::new());
    for number in 0..ROUNDS {
        let mut round = Round::new();
        round.finish(|| (chance.usize(..requests), Duration::from_millis(chance.u64(..20))));
        assert_eq!(round.held(), held, "round {number}, after {} kills", round.kills);
        assert_eq!(round.accepted(), accepted, "round {number}: each bill was accepted once");
        assert!((1..=1 + round.kills as usize).contains(&round.reports()), "round {number}");
        round.journal_is_whole();
        kills += round.kills;
    }
    println!("{ROUNDS} months, {kills} kills");
    assert!(kills > ROUNDS, "only {kills} runs were killed");
}
