//! Who may do what: a role is a set of permissions.

use serde::{Deserialize, Serialize};

/// What someone is in the house; a set of permissions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Runs the platform.
    SuperAdmin,
    /// Runs the business on it.
    Admin,
    /// Manages buildings.
    Manager,
    /// Publishes listings.
    Host,
    /// Everyone.
    Member,
}
