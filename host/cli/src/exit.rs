//! How a command ends.

use std::process::{ExitCode, Termination};

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
}
