//! Progress lines, one an account, on stderr and only on a terminal.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use skubill_runner::progress::{Progress, Step};

pub struct Bars {
    all: MultiProgress,
    of: Mutex<HashMap<String, ProgressBar>>,
}

impl Bars {
    /// indicatif draws to stderr, and draws nothing where that is no terminal.
    pub fn new() -> Self {
        Bars { all: MultiProgress::new(), of: Mutex::default() }
    }

    fn bar(&self, account: &str) -> ProgressBar {
        let mut of = self.of.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let bar = of.entry(account.to_string()).or_insert_with(|| {
            let bar = self.all.add(ProgressBar::new_spinner());
            if let Ok(style) = ProgressStyle::with_template("{spinner} {prefix} {msg}") {
                bar.set_style(style);
            }
            bar.set_prefix(crate::show::one_line(account));
            bar.enable_steady_tick(Duration::from_millis(120));
            bar
        });
        bar.clone()
    }
}

impl Progress for Bars {
    fn step(&self, account: &str, step: Step) {
        let bar = self.bar(account);
        match step {
            Step::Creating => bar.set_message("asking for the report"),
            Step::Waiting { asked, waited } => {
                bar.set_message(format!("waiting for the report, {} s, asked {asked} times", waited.as_secs()))
            }
            Step::Downloading => bar.set_message("downloading"),
            Step::Billing => bar.set_message("billing"),
            Step::Posting { done, of } => bar.set_message(format!("posting {} of {of}", done + 1)),
            Step::Finished => bar.finish_and_clear(),
        }
    }
}
