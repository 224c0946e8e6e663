//! What can be asked of a roster.

use crate::id::UserId;

/// Let a user stand on it.
#[derive(Clone, Debug)]
pub struct JoinRoster {
    /// Who.
    pub user: UserId,
}

/// Let a user stand on it no more.
#[derive(Clone, Debug)]
pub struct LeaveRoster {
    /// Who.
    pub user: UserId,
}

/// What can be asked of a roster.
#[derive(Clone, Debug)]
pub enum RosterCommand {
    /// Let a user stand on it.
    Join(JoinRoster),
    /// Let a user stand on it no more.
    Leave(LeaveRoster),
}
