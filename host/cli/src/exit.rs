//! How a command ends.

use std::process::{ExitCode, Termination};

use skubill_runner::month::FailureClass;

/// The exit codes, which are fixed: scripts rely on them.
// `ValueEnum` is how `docs/commands.md` gets the texts below.
#[cfg_attr(test, derive(clap::ValueEnum))]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// Done.
    Done = 0,
    /// An external failure: network, server, file; a success after which a look-up found nothing or something else; a
    /// service's clock that differs; a failed check of `doctor`; another run of the same month; a stopped run.
    World = 1,
    /// Wrong usage: flags, `skubill.toml`, a month that is not over.
    Usage = 2,
    /// An input cannot be read, or exceeds a limit of the component.
    Faults = 3,
    /// Error findings or bounds hold some posting; an enterprise that was billed has no usage; Abiquo holds another bill, or
    /// does not show one that was posted. All other postings were posted.
    Findings = 4,
    /// The outcome of a post, a delete or the creation of a report is unknown: the look-up failed, a list was incomplete, or
    /// the request may still take effect.
    Unknown = 5,
    /// A bound of the sandbox was exceeded.
    Sandbox = 6,
}

impl Exit {
    /// How a command over several accounts ends, by the worst failure of a posting, by the first account whose inputs or
    /// configuration were refused, and by whether error findings stand. What may have taken effect comes first, then what
    /// failed outside, then what the user has to mend.
    pub fn worst(failure: Option<FailureClass>, refused: Option<Exit>, findings: bool) -> Exit {
        match (failure, refused) {
            (Some(FailureClass::Unknown), _) => Exit::Unknown,
            (Some(FailureClass::External), _) => Exit::World,
            (_, Some(exit)) => exit,
            (Some(FailureClass::Blocked), None) => Exit::Findings,
            (None, None) if findings => Exit::Findings,
            (None, None) => Exit::Done,
        }
    }
}

impl Termination for Exit {
    fn report(self) -> ExitCode {
        ExitCode::from(self as u8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_fixed() {
        let codes =
            [Exit::Done, Exit::World, Exit::Usage, Exit::Faults, Exit::Findings, Exit::Unknown, Exit::Sandbox].map(|exit| exit as u8);
        assert_eq!(codes, [0, 1, 2, 3, 4, 5, 6]);
    }

    #[test]
    fn the_worst_decides() {
        use FailureClass::{Blocked, External, Unknown};
        for (failure, refused, findings, exit) in [
            (Some(Unknown), Some(Exit::Faults), true, Exit::Unknown),
            (Some(External), Some(Exit::Usage), true, Exit::World),
            (Some(Blocked), Some(Exit::Faults), true, Exit::Faults),
            (None, Some(Exit::Sandbox), true, Exit::Sandbox),
            (Some(Blocked), None, false, Exit::Findings),
            (None, None, true, Exit::Findings),
            (None, None, false, Exit::Done),
        ] {
            assert_eq!(Exit::worst(failure, refused, findings), exit, "{failure:?} {refused:?} {findings}");
        }
    }
}
