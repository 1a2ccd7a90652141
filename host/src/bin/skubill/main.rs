//! The command line: parses, dispatches, and ends with an exit code.

mod check;
mod component;
mod estimate;
mod exit;
mod fail;
mod input;
mod ledger;
mod preview;
mod show;

use clap::{Parser, Subcommand};

use exit::Exit;
use fail::Fail;

/// Turns Acronis usage reports into Abiquo bills.
///
/// Exit codes: 0 done; 1 the world failed; 2 wrong usage; 3 an input cannot be read; 4 error findings stand in the way of
/// a posting; 5 the outcome of a post is unknown; 6 a limit of the sandbox was hit.
#[derive(Parser)]
#[command(name = "skubill", version, propagate_version = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Bill a report file, offline.
    Preview(preview::Preview),
    /// Say every mistake in a price book or customers file, with its place.
    Check(check::Check),
    /// Estimate what a month will have cost, from cost records.
    Estimate(estimate::Estimate),
    /// The embedded component: its WIT, version and SHA-256; or the bytes.
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
    let (result, json) = match cli.command {
        Command::Preview(preview) => (preview.run(), preview.wants_json()),
        Command::Check(check) => (check.run(), check.wants_json()),
        Command::Estimate(estimate) => (estimate.run(), estimate.wants_json()),
        Command::Component(component) => (component.run(), false),
    };
    result.unwrap_or_else(|fail: Fail| {
        fail.say(json);
        fail.exit()
    })
}
