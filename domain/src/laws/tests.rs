//! The laws are shown able to fail: each of these aggregates breaks one.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::*;
use crate::claim::{ClaimCommand, ClaimEvent, ClaimKind, ClaimRefusal, ClaimReleased, ClaimTaken};
use crate::claim::{ReleaseClaim, TakeClaim};

const OWNER: Uuid = Uuid::from_u128(1);

/// Answers every command with its event, and leaves the rest to the breaker of a law.
macro_rules! breaker {
    ($name:ident, $(#[$field:meta])* evolve: $evolve:expr) => {
        #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
        struct $name {
            $(#[$field])*
            taken: u32,
        }

        impl Aggregate for $name {
            const NOUN: &'static str = "claim";
            const STATE_VERSION: u32 = 1;
            type Command = ClaimCommand;
            type Event = ClaimEvent;
            type Refusal = ClaimRefusal;

            fn decide(&self, command: &ClaimCommand) -> Result<Vec<ClaimEvent>, ClaimRefusal> {
                Ok(vec![match command {
                    ClaimCommand::Take(TakeClaim { owner, kind }) => {
                        ClaimEvent::Taken(ClaimTaken { owner: *owner, kind: *kind })
                    }
                    ClaimCommand::Release(ReleaseClaim { owner }) => {
                        ClaimEvent::Released(ClaimReleased { owner: *owner })
                    }
                }])
            }

            fn evolve(&mut self, event: &ClaimEvent) {
                let evolve: fn(&mut u32, &ClaimEvent) = $evolve;
                evolve(&mut self.taken, event);
            }
        }
    };
}

breaker!(Sound, evolve: |taken, event| match event {
    ClaimEvent::Taken(_) => *taken += 1,
    ClaimEvent::Released(_) => *taken = taken.saturating_sub(1),
});

breaker!(Forgetful, #[serde(skip)] evolve: |taken, _| *taken += 1);

breaker!(Fragile, evolve: |taken, event| match event {
    ClaimEvent::Taken(_) => *taken += 1,
    ClaimEvent::Released(_) => {
        assert!(*taken > 0, "released what was never taken");
        *taken -= 1;
    }
});

fn take_and_release() -> Vec<ClaimCommand> {
    let take = ClaimCommand::Take(TakeClaim {
        owner: OWNER,
        kind: ClaimKind::Email,
    });
    let release = ClaimCommand::Release(ReleaseClaim { owner: OWNER });
    [take, release].into_iter().cycle().take(40).collect()
}

#[test]
fn a_sound_aggregate_obeys() {
    assert_eq!(obey::<Sound>(&take_and_release(), 1), Sound::default());
}

#[test]
#[should_panic(expected = "the state is not read back as it was written")]
fn a_state_that_is_not_kept_whole_is_found() {
    obey::<Forgetful>(&take_and_release(), 1);
}

#[test]
#[should_panic(expected = "released what was never taken")]
fn a_history_that_makes_evolve_panic_is_found() {
    obey::<Fragile>(&take_and_release(), 1);
}
