use cqrs_es::test::TestFramework;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::aggregate::{Aggregate, Refusal};
use crate::id::UserId;
use crate::laws;

type Rosters = TestFramework<Roster>;

fn user(number: u128) -> UserId {
    UserId(Uuid::from_u128(number))
}

fn joined(number: u128) -> RosterEvent {
    RosterEvent::Joined(RosterJoined { user: user(number) })
}

fn left(number: u128) -> RosterEvent {
    RosterEvent::Left(RosterLeft { user: user(number) })
}

fn join(number: u128) -> RosterCommand {
    RosterCommand::Join(JoinRoster { user: user(number) })
}

fn leave(number: u128) -> RosterCommand {
    RosterCommand::Leave(LeaveRoster { user: user(number) })
}

#[test]
fn a_user_joins_once() {
    Rosters::with(())
        .given(vec![])
        .when(join(1))
        .then_expect_events(vec![joined(1)]);
    Rosters::with(())
        .given(vec![joined(1)])
        .when(join(1))
        .then_expect_events(vec![]);
}

#[test]
fn the_last_one_cannot_leave() {
    let one = vec![joined(1), joined(2), left(1)];
    Rosters::with(())
        .given(one.clone())
        .when(leave(2))
        .then_expect_error(RosterRefusal::LastAdmin);
    assert_eq!(RosterRefusal::LastAdmin.code(), "last_admin");
    Rosters::with(())
        .given(one)
        .when(leave(1))
        .then_expect_events(vec![]);
}

#[test]
fn one_of_two_may_leave() {
    Rosters::with(())
        .given(vec![joined(1), joined(2)])
        .when(leave(1))
        .then_expect_events(vec![left(1)]);
}

#[test]
fn there_is_an_end_to_how_many_can_join() {
    let full: Vec<_> = (0..USERS_MAX).map(|n| joined(n as u128)).collect();
    let refused = Roster::fold(&full).decide(&join(u128::MAX));
    assert_eq!(refused, Err(RosterRefusal::Full(USERS_MAX)));
}

proptest! {
    #![proptest_config(laws::config())]

    #[test]
    fn once_someone_joined_it_is_never_empty(
        asked in prop::collection::vec((any::<bool>(), 1_u128..5), 0..40),
        seed in any::<u64>(),
    ) {
        let someone_joined = asked.iter().any(|(is_join, _)| *is_join);
        let commands: Vec<_> = asked
            .into_iter()
            .map(|(is_join, who)| if is_join { join(who) } else { leave(who) })
            .collect();
        let roster: Roster = laws::obey(&commands, seed);
        prop_assert_eq!(roster.users.is_empty(), !someone_joined);
    }
}
