//! What every aggregate must obey, whatever it is asked and in whatever order.

use std::collections::VecDeque;

use proptest::test_runner::{Config, RngSeed};

use crate::aggregate::Aggregate;
use crate::event::{AnyEvent, Event};

/// How property tests run: from one seed, so that a run can be repeated; `PROPTEST_RNG_SEED` sets
/// another, and `PROPTEST_CASES` asks for more.
pub(crate) fn config() -> Config {
    let mut config = Config {
        failure_persistence: None,
        ..Config::default()
    };
    if config.rng_seed == RngSeed::Random {
        config.rng_seed = RngSeed::Fixed(20_260_102);
    }
    config
}

/// Asks `commands` in turn, then folds what happened in orders that never could have been.
///
/// - A refused command changes nothing, and is refused again for the same reason.
/// - Every event is read back as it was written, by its own type and by any.
/// - Every state is read back as it was written.
/// - No history makes `evolve` panic, however shuffled, doubled or torn.
pub(crate) fn obey<A: Aggregate>(commands: &[A::Command], seed: u64) -> A
where
    AnyEvent: From<A::Event>,
{
    let mut state = A::default();
    let mut history = Vec::new();
    for command in commands {
        let before = state.clone();
        let decided = state.decide(command);
        assert!(state == before, "deciding changed the state");
        assert!(
            decided == state.decide(command),
            "deciding twice differs on {command:?}"
        );
        for event in decided.unwrap_or_default() {
            round_trips(&event);
            state.evolve(&event);
            history.push(event);
        }
        let json = serde_json::to_string(&state).unwrap();
        let read: A = serde_json::from_str(&json).unwrap();
        assert!(
            read == state,
            "the state is not read back as it was written: {json}"
        );
    }
    assert!(
        A::fold(&history) == state,
        "folding the history gives another state"
    );
    A::fold(&shuffled(history, seed));
    state
}

fn round_trips<E: Event>(event: &E)
where
    AnyEvent: From<E>,
{
    let json = event.encode().unwrap();
    let read = E::decode(event.event_type(), event.schema_version(), &json).unwrap();
    assert!(read == *event, "not read back as it was written: {json}");
    let any = AnyEvent::decode(event.event_type(), event.schema_version(), &json).unwrap();
    assert!(
        any == AnyEvent::from(event.clone()),
        "read as another noun: {json}"
    );
}

/// Takes events out of the middle and puts some in twice, by a generator of its own.
fn shuffled<E: Clone>(history: Vec<E>, seed: u64) -> Vec<E> {
    let mut chance = seed | 1;
    let mut left = VecDeque::from(history);
    let mut mixed = Vec::new();
    while !left.is_empty() {
        chance ^= chance << 13;
        chance ^= chance >> 7;
        chance ^= chance << 17;
        let turn = usize::try_from(chance % 1_000).unwrap_or(0) % left.len();
        left.rotate_left(turn);
        if let Some(event) = left.pop_front() {
            if chance.is_multiple_of(3) {
                mixed.push(event.clone());
            }
            mixed.push(event);
        }
    }
    mixed
}

mod tests;
