//! What can be asked of a service level.

use super::{PolicyOf, Terms};

/// Let it be so from now on.
#[derive(Clone, Debug)]
pub struct SetSlaPolicy {
    /// Whose incidents it holds for.
    pub holds_for: PolicyOf,
    /// What is promised.
    pub terms: Terms,
}

/// What can be asked of a service level.
#[derive(Clone, Debug)]
pub enum SlaPolicyCommand {
    /// Let it be so from now on.
    Set(SetSlaPolicy),
}
