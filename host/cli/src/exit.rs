//! How a command ends.

use std::process::{ExitCode, Termination};

/// The exit codes, which are fixed: scripts rely on them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// Done.
    Done = 0,
    /// An external failure: network, server, file; or a success that could not be confirmed.
    World = 1,
    /// Wrong usage.
    Usage = 2,
    /// An input cannot be read, or breaks a limit of the component.
    Faults = 3,
    /// Findings of severity error stand in the way of some posting.
    Findings = 4,
    /// The outcome of a post is unknown: it could not be looked up, or may still take effect.
    Unknown = 5,
    /// A limit of the sandbox was hit.
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
