//! Hot aggregates: states kept in memory, bounded, with the version they stand at.
//!
//! A state may run ahead of the journal: then it names the append that it rests on. Nothing here
//! has to be right for an answer to be right: every append states the version it expects, and every
//! refusal is held against the journal before it leaves.

use std::any::Any;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use eventstore::{Outcome, StreamName, Version};

/// A state of some aggregate.
pub type AnyState = Arc<dyn Any + Send + Sync>;

/// A state at a version.
#[derive(Clone)]
pub struct Hot {
    /// The state.
    pub state: AnyState,
    /// The version it stands at.
    pub version: Version,
    /// When the last event of the stream was true in the world.
    pub last_occurred_at: Option<DateTime<Utc>>,
    /// The append it rests on, while that is not known to be committed.
    pub pending: Option<Outcome>,
}

impl Hot {
    fn is_dead(&self) -> bool {
        self.pending.as_ref().is_some_and(Outcome::is_failed)
    }

    /// The append it rests on, if its fate is still open.
    pub fn open_outcome(&self) -> Option<Outcome> {
        self.pending
            .clone()
            .filter(|outcome| !outcome.is_committed())
    }
}

/// The states in memory: two generations, of which the older is dropped when the younger is full.
pub struct HotStates {
    generations: Mutex<Generations>,
    size_max: usize,
}

#[derive(Default)]
struct Generations {
    young: HashMap<StreamName, Hot>,
    old: HashMap<StreamName, Hot>,
}

impl HotStates {
    /// Keeps at most twice `size_max` states.
    pub fn new(size_max: usize) -> Self {
        Self {
            generations: Mutex::default(),
            size_max: size_max.max(1),
        }
    }

    /// The state of `stream`, if one is kept that may still be true.
    pub fn get(&self, stream: &StreamName) -> Option<Hot> {
        let hot = self.take(stream)?;
        self.put(stream.clone(), hot.clone());
        Some(hot)
    }

    /// Takes the state of `stream` out, so that its holder can change it without a copy.
    pub fn take(&self, stream: &StreamName) -> Option<Hot> {
        let mut generations = self.lock();
        let young = generations.young.remove(stream);
        let old = generations.old.remove(stream);
        young.or(old).filter(|hot| !hot.is_dead())
    }

    /// Keeps `hot` as the state of `stream`.
    pub fn put(&self, stream: StreamName, hot: Hot) {
        let mut generations = self.lock();
        if generations.young.len() >= self.size_max {
            generations.old = std::mem::take(&mut generations.young);
        }
        generations.young.insert(stream, hot);
    }

    /// Keeps `hot` as the state of `stream`, unless somebody has kept one in the meantime.
    pub fn put_if_absent(&self, stream: &StreamName, hot: Hot) {
        if self.get(stream).is_none() {
            self.put(stream.clone(), hot);
        }
    }

    /// Forgets `stream`.
    pub fn forget(&self, stream: &StreamName) {
        self.take(stream);
    }

    /// Forgets everything: nothing is known of the journal any more.
    pub fn clear(&self) {
        *self.lock() = Generations::default();
    }

    /// Forgets `stream` if what is kept is not at `actual` and does not rest on an append that may
    /// still take it there.
    pub fn forget_unless_at(&self, stream: &StreamName, actual: Version) {
        if let Some(hot) = self.take(stream)
            && (hot.version == actual || hot.open_outcome().is_some())
        {
            self.put(stream.clone(), hot);
        }
    }

    /// Forgets `stream` if what is kept is older than `version`, which somebody else has written.
    pub fn forget_older(&self, stream: &StreamName, version: Version) {
        let mut generations = self.lock();
        let Generations { young, old } = &mut *generations;
        for generation in [young, old] {
            if generation
                .get(stream)
                .is_some_and(|hot| hot.version < version)
            {
                generation.remove(stream);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Generations> {
        self.generations
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stream(number: usize) -> StreamName {
        StreamName::of("test", number).unwrap()
    }

    fn hot(version: Version) -> Hot {
        Hot {
            state: Arc::new(()),
            version,
            last_occurred_at: None,
            pending: None,
        }
    }

    #[test]
    fn it_stays_bounded_and_keeps_what_is_used() {
        let states = HotStates::new(10);
        for number in 0..1_000 {
            states.put(stream(number), hot(1));
            assert!(
                states.get(&stream(0)).is_some(),
                "what is used at every step stays"
            );
        }
        let generations = states.lock();
        assert!(generations.young.len() + generations.old.len() <= 20);
    }

    #[test]
    fn a_state_that_rests_on_a_failed_append_is_not_handed_out() {
        let states = HotStates::new(10);
        let outcome = Outcome::pending();
        states.put(
            stream(1),
            Hot {
                pending: Some(outcome.clone()),
                ..hot(2)
            },
        );
        assert!(states.get(&stream(1)).is_some());
        outcome.fail();
        assert!(states.get(&stream(1)).is_none());
    }

    #[test]
    fn news_from_elsewhere_pushes_out_only_what_is_older() {
        let states = HotStates::new(10);
        states.put(stream(1), hot(5));
        states.forget_older(&stream(1), 5);
        assert!(states.get(&stream(1)).is_some());
        states.forget_older(&stream(1), 6);
        assert!(states.get(&stream(1)).is_none());
    }
}
