//! The command line: parses, dispatches, and ends with an exit code.

mod abiquo;
mod acronis;
mod bars;
mod check;
mod component;
mod cost;
mod demo;
mod doctor;
mod estimate;
mod exit;
mod explain;
mod fail;
mod inert;
mod init;
mod input;
mod journal;
mod ledger;
mod log;
#[cfg(test)]
mod page;
mod preview;
mod record;
mod replay;
mod run;
mod show;
mod signals;
mod simulate;
mod single;

use clap::{Parser, Subcommand};

use exit::Exit;
use fail::Fail;

/// Turns Acronis usage reports into Abiquo bills.
///
/// Exit codes: 0 done; 1 an external failure; 2 wrong usage; 3 an input cannot be read; 4 error findings hold a posting;
/// 5 the outcome of a post is unknown; 6 a limit of the sandbox was hit.
#[derive(Parser)]
#[command(name = "skubill", version, propagate_version = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run a month of generated usage against local simulators of both services.
    Demo(demo::Demo),
    /// Bill a report file, offline.
    Preview(preview::Preview),
    /// Run a month: create the report, wait, download, bill, post to Abiquo.
    Run(run::Run),
    /// Record a day: price the usage to date and post it as cost records.
    Record(record::Record),
    /// Write a price book and a customers file to fill in, from a report.
    Init(init::Init),
    /// List every mistake in a price book or customers file, with its place.
    Check(check::Check),
    /// Estimate the cost of a month from cost records.
    Estimate(estimate::Estimate),
    /// Run local simulators of both services until Ctrl-C.
    Simulate(simulate::Simulate),
    /// Make a single call of the reports API.
    Acronis(acronis::Acronis),
    /// Derive one line of a bill step by step: rows, sum, conversion, price, tiers, factors, rounding.
    Explain(explain::Explain),
    /// Bill a run again from its evidence and compare byte by byte.
    Replay(replay::Replay),
    /// List the intents and results of all runs, or verify that nobody changed them.
    Journal(journal::Journal),
    /// Make a single call of the bills or bill registers API.
    Abiquo(abiquo::Abiquo),
    /// Check configuration, credentials, roles, clocks, names and files before a run.
    Doctor(doctor::Doctor),
    /// Show the WIT, version, size and SHA-256 of the embedded component, or write its bytes.
    Component(component::ComponentArgs),
}

fn main() -> Exit {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let asked_for = !error.use_stderr();
            let _ = error.print();
            return if asked_for { Exit::Done } else { Exit::Usage };
        }
    };
    log::start();
    let (result, json) = match cli.command {
        Command::Preview(preview) => (preview.run(), preview.wants_json()),
        Command::Demo(demo) => (demo.run(), false),
        Command::Record(record) => (record.run(), record.wants_json()),
        Command::Init(init) => (init.run(), false),
        Command::Acronis(acronis) => (acronis.run(), acronis.wants_json()),
        Command::Abiquo(abiquo) => (abiquo.run(), abiquo.wants_json()),
        Command::Simulate(simulate) => (simulate.run(), simulate.wants_json()),
        Command::Run(run) => (run.run(), run.wants_json()),
        Command::Check(check) => (check.run(), check.wants_json()),
        Command::Estimate(estimate) => (estimate.run(), estimate.wants_json()),
        Command::Explain(explain) => (explain.run(), explain.wants_json()),
        Command::Replay(replay) => (replay.run(), replay.wants_json()),
        Command::Journal(journal) => (journal.run(), journal.wants_json()),
        Command::Doctor(doctor) => (doctor.run(), doctor.wants_json()),
        Command::Component(component) => (component.run(), false),
    };
    result.unwrap_or_else(|fail: Fail| {
        fail.say(json);
        fail.exit()
    })
}
