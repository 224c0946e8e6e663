//! What can be asked of a claim.

use uuid::Uuid;

use super::ClaimKind;

/// Let one owner have the value.
#[derive(Clone, Debug)]
pub struct TakeClaim {
    /// Who wants it.
    pub owner: Uuid,
    /// What kind of value it is.
    pub kind: ClaimKind,
}

/// Let the value be free again.
#[derive(Clone, Debug)]
pub struct ReleaseClaim {
    /// Who holds it.
    pub owner: Uuid,
}

/// What can be asked of a claim.
#[derive(Clone, Debug)]
pub enum ClaimCommand {
    /// Let one owner have the value.
    Take(TakeClaim),
    /// Let the value be free again.
    Release(ReleaseClaim),
}
