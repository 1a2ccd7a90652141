//! `docs/commands.md`: the exit codes and the reference of the commands are generated from the code. `BLESS=1` rewrites
//! them.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use clap::{Command, CommandFactory, ValueEnum};
use clap_markdown::{MarkdownOptions, help_markdown_command_custom};

use crate::Cli;
use crate::exit::Exit;

const PAGE: &str = "../../docs/commands.md";

#[test]
fn the_page_is_generated_from_the_code() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(PAGE);
    let current = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{PAGE}: {error}"));
    let generated = replaced(&current, "exit codes", &exit_codes());
    let generated = replaced(&generated, "commands", &reference());
    if std::env::var_os("BLESS").is_some_and(|value| value == "1") {
        fs::write(&path, generated).expect("write the page");
        return;
    }
    let differs = current.lines().zip(generated.lines()).find(|(old, new)| old != new);
    assert!(current == generated, "{PAGE} is not current (BLESS=1 rewrites it): {differs:?}");
}

/// The page with another part between the markers of that name.
fn replaced(page: &str, name: &str, part: &str) -> String {
    let begin = format!("<!-- {name}: rewritten by BLESS=1 make test -->\n");
    let end = format!("<!-- end of the {name} -->\n");
    let parts = page.split_once(&begin).and_then(|(before, rest)| Some((before, rest.split_once(&end)?.1)));
    let (before, after) = parts.unwrap_or_else(|| panic!("{PAGE} has no place for the {name}"));
    format!("{before}{begin}{part}{end}{after}")
}

fn exit_codes() -> String {
    let mut table = String::from("| exit | meaning |\n|---|---|\n");
    for exit in Exit::value_variants() {
        let meaning = exit.to_possible_value().and_then(|value| value.get_help().map(ToString::to_string));
        let _ = writeln!(table, "| {} | {} |", *exit as u8, meaning.expect("each exit code has a doc comment"));
    }
    table
}

/// All commands with their flags. The settings of `simulate` are laid out as text, so they are fenced.
fn reference() -> String {
    let fenced = |command: Command| {
        let settings = command.get_after_long_help().map(ToString::to_string).expect("the settings of the simulators");
        command.after_long_help(format!("```text\n{}\n```", settings.trim_matches('\n')))
    };
    let command = Cli::command().mut_subcommand("simulate", fenced);
    let options = MarkdownOptions::new().show_footer(false).show_table_of_contents(false);
    let page = help_markdown_command_custom(&command, &options);
    let (_title, sections) = page.split_once("## `skubill`").expect("a section for the whole command");
    let mut sections = format!("### `skubill`{sections}")
        .replace("\n## `", "\n### `")
        .replace("###### **", "**")
        // An own usage line of a command starts with the program's name already.
        .replace("skubill skubill", "skubill");
    while sections.contains("\n\n\n") {
        sections = sections.replace("\n\n\n", "\n\n");
    }
    format!("{}\n", sections.trim_end())
}
