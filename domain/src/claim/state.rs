//! What is so of a claim now.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{ClaimCommand, ClaimEvent, ClaimKind, ClaimRefusal};
use crate::aggregate::Aggregate;

/// A claim: free, or held by one owner.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "status")]
pub enum Claim {
    /// Never taken, or released.
    #[default]
    Free,
    /// Belongs to one.
    Held {
        /// Who holds it.
        owner: Uuid,
        /// What kind of value it is.
        kind: ClaimKind,
    },
}

cqrs_aggregate!(Claim);

impl Claim {
    /// Who holds it, if anyone does.
    pub fn owner(&self) -> Option<Uuid> {
        match self {
            Self::Free => None,
            Self::Held { owner, .. } => Some(*owner),
        }
    }
}

impl Aggregate for Claim {
    const NOUN: &'static str = "claim";
    const STATE_VERSION: u32 = 1;
    type Command = ClaimCommand;
    type Event = ClaimEvent;
    type Refusal = ClaimRefusal;

    fn decide(&self, command: &ClaimCommand) -> Result<Vec<ClaimEvent>, ClaimRefusal> {
        self.decide_on(command)
    }

    fn evolve(&mut self, event: &ClaimEvent) {
        *self = match event {
            ClaimEvent::Taken(taken) => Self::Held {
                owner: taken.owner,
                kind: taken.kind,
            },
            ClaimEvent::Released(_) => Self::Free,
        };
    }
}
