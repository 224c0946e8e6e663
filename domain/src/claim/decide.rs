//! The rules for a claim.

use super::{
    Claim, ClaimCommand, ClaimEvent, ClaimRefusal, ClaimReleased, ClaimTaken, ReleaseClaim,
    TakeClaim,
};

type Decision = Result<Vec<ClaimEvent>, ClaimRefusal>;

impl Claim {
    pub(super) fn decide_on(&self, command: &ClaimCommand) -> Decision {
        match command {
            ClaimCommand::Take(c) => self.take(c),
            ClaimCommand::Release(c) => self.release(c),
        }
    }

    fn take(&self, c: &TakeClaim) -> Decision {
        match self {
            Self::Free => Ok(vec![ClaimEvent::Taken(ClaimTaken {
                owner: c.owner,
                kind: c.kind,
            })]),
            Self::Held { owner, kind } if *owner == c.owner && *kind == c.kind => Ok(vec![]),
            Self::Held { .. } => Err(ClaimRefusal::Taken),
        }
    }

    fn release(&self, c: &ReleaseClaim) -> Decision {
        match self {
            Self::Free => Ok(vec![]),
            Self::Held { owner, .. } if *owner == c.owner => {
                Ok(vec![ClaimEvent::Released(ClaimReleased { owner: c.owner })])
            }
            Self::Held { .. } => Err(ClaimRefusal::NotOwner),
        }
    }
}
