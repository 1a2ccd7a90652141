//! How a command ends.

use std::process::{ExitCode, Termination};

/// The exit codes, which are fixed: scripts rely on them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// Done.
    Done = 0,
    /// Something in the world failed: network, server, file.
    World = 1,
    /// Wrong usage.
    Usage = 2,
    /// An input cannot be read, or breaks a limit of the component.
    Faults = 3,
    /// Findings of severity error stand in the way of some posting.
    Findings = 4,
    /// The outcome of a post is unknown and could not be looked up.
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
