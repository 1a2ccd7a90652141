//! What a look-up finds.

use skubill::answer::Difference;

/// What Abiquo holds in a posting's place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Found {
    Nothing,
    Equal,
    Another(Vec<Difference>),
}
