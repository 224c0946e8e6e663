//! What happened to a claim.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What kind of value is claimed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClaimKind {
    /// A normalised e-mail address; the owner is a user.
    Email,
    /// The address of a building among those of one who manages it; the owner is the building.
    Address,
    /// That a booking is paid at check-out; the owner is the payment that pays it.
    Settlement,
}

/// The value belongs to one owner.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClaimTaken {
    /// Who holds it, by the id of its kind's noun.
    pub owner: Uuid,
    /// What kind of value it is.
    pub kind: ClaimKind,
}

/// The value is free again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClaimReleased {
    /// Who held it.
    pub owner: Uuid,
}

events! {
    /// What happened to a claim.
    pub enum ClaimEvent {
        /// The value belongs to one owner.
        Taken(ClaimTaken) = "claim.taken" v 1,
        /// The value is free again.
        Released(ClaimReleased) = "claim.released" v 1,
    }
}
