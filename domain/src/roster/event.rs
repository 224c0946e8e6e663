//! What happened to a roster.

use serde::{Deserialize, Serialize};

use crate::id::UserId;

/// A user stands on the roster.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RosterJoined {
    /// Who.
    pub user: UserId,
}

/// A user no longer stands on it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RosterLeft {
    /// Who.
    pub user: UserId,
}

events! {
    /// What happened to a roster.
    pub enum RosterEvent {
        /// A user stands on the roster.
        Joined(RosterJoined) = "roster.joined" v 1,
        /// A user no longer stands on it.
        Left(RosterLeft) = "roster.left" v 1,
    }
}
