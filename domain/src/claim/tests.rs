use cqrs_es::test::TestFramework;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::aggregate::{Refusal, RefusalKind};
use crate::laws;

type Claims = TestFramework<Claim>;

const ADA: Uuid = Uuid::from_u128(1);
const GRACE: Uuid = Uuid::from_u128(2);

fn taken(owner: Uuid) -> ClaimEvent {
    ClaimEvent::Taken(ClaimTaken {
        owner,
        kind: ClaimKind::Email,
    })
}

fn released(owner: Uuid) -> ClaimEvent {
    ClaimEvent::Released(ClaimReleased { owner })
}

fn take(owner: Uuid) -> ClaimCommand {
    ClaimCommand::Take(TakeClaim {
        owner,
        kind: ClaimKind::Email,
    })
}

fn release(owner: Uuid) -> ClaimCommand {
    ClaimCommand::Release(ReleaseClaim { owner })
}

#[test]
fn a_free_value_is_taken() {
    Claims::with(())
        .given(vec![])
        .when(take(ADA))
        .then_expect_events(vec![taken(ADA)]);
}

#[test]
fn taking_it_again_is_no_news() {
    Claims::with(())
        .given(vec![taken(ADA)])
        .when(take(ADA))
        .then_expect_events(vec![]);
}

#[test]
fn what_another_holds_cannot_be_taken() {
    Claims::with(())
        .given(vec![taken(ADA)])
        .when(take(GRACE))
        .then_expect_error(ClaimRefusal::Taken);
    assert_eq!(ClaimRefusal::Taken.code(), "claim_taken");
    assert_eq!(ClaimRefusal::Taken.kind(), RefusalKind::Conflict);
}

#[test]
fn only_its_owner_releases_it() {
    let held = vec![taken(ADA)];
    Claims::with(())
        .given(held.clone())
        .when(release(GRACE))
        .then_expect_error(ClaimRefusal::NotOwner);
    Claims::with(())
        .given(held)
        .when(release(ADA))
        .then_expect_events(vec![released(ADA)]);
}

#[test]
fn what_was_released_can_be_taken_by_another() {
    let free = vec![taken(ADA), released(ADA)];
    Claims::with(())
        .given(free.clone())
        .when(take(GRACE))
        .then_expect_events(vec![taken(GRACE)]);
    Claims::with(())
        .given(free)
        .when(release(ADA))
        .then_expect_events(vec![]);
}

proptest! {
    #![proptest_config(laws::config())]

    #[test]
    fn whatever_is_asked_there_is_one_owner_at_most(
        asked in prop::collection::vec((any::<bool>(), 1_u128..4), 0..40),
        seed in any::<u64>(),
    ) {
        let mut owner = None;
        for (is_take, who) in &asked {
            let who = Uuid::from_u128(*who);
            match (is_take, owner) {
                (true, None) => owner = Some(who),
                (false, Some(held)) if held == who => owner = None,
                _ => {}
            }
        }
        let commands: Vec<_> = asked
            .into_iter()
            .map(|(is_take, who)| (is_take, Uuid::from_u128(who)))
            .map(|(is_take, who)| if is_take { take(who) } else { release(who) })
            .collect();
        let claim: Claim = laws::obey(&commands, seed);
        prop_assert_eq!(claim.owner(), owner);
    }
}
