//! Hot aggregates: states kept in memory, bounded by number and by size, with the version they
//! stand at.
//!
//! A state may run ahead of the journal: then it names the append that it rests on. Nothing here
//! has to be right for an answer to a command to be right: every append states the version it
//! expects, and every refusal is held against the journal before it leaves. Queries do rest on it,
//! so what is known to be of the past is never kept:
//!
//! - Whoever takes or misses a state leaves an open slot behind, and puts a state into that slot,
//!   by its number. A slot remembers the news that came in the meantime, and takes in nothing
//!   older.
//! - A slot that was forgotten in the meantime takes in nothing at all.

use std::any::Any;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use eventstore::{Outcome, Position, StreamName, Version};
use foldhash::HashMap;
use uuid::Uuid;

/// What a slot takes beside the state that is in it, about.
const SLOT_BYTES: usize = 400;

/// A state of some aggregate.
pub type AnyState = Arc<dyn Any + Send + Sync>;

/// The last event that a state has taken in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Last {
    /// Its id.
    pub id: Uuid,
    /// When it was true in the world.
    pub occurred_at: DateTime<Utc>,
}

/// A state at a version.
#[derive(Clone)]
pub struct Hot {
    /// The state.
    pub state: AnyState,
    /// The version it stands at.
    pub version: Version,
    /// The last event of the stream, if it has one.
    pub last: Option<Last>,
    /// The append it rests on, while that is not known to be committed.
    pub pending: Option<Outcome>,
    /// The journal ended here or later when the stream was seen to be so; of a state that rests on
    /// an append, that says so.
    pub known_at: Position,
    /// How large it is, about: what it was as a snapshot, and the events since.
    pub bytes: usize,
    /// The version of its last snapshot, as far as is known here.
    pub snapshot_at: Version,
}

impl Hot {
    /// What is so before the first event.
    pub fn empty(state: AnyState, known_at: Position) -> Self {
        Self {
            state,
            version: 0,
            last: None,
            pending: None,
            known_at,
            bytes: 0,
            snapshot_at: 0,
        }
    }

    fn is_dead(&self) -> bool {
        self.pending.as_ref().is_some_and(Outcome::is_failed)
    }

    /// The append it rests on, if its fate is still open.
    pub fn open_outcome(&self) -> Option<Outcome> {
        self.pending
            .clone()
            .filter(|outcome| !outcome.is_committed())
    }

    /// The same, resting on nothing once what it rested on is committed; `None` if that failed.
    fn settled(mut self) -> Option<Self> {
        if self.is_dead() {
            return None;
        }
        if let Some(position) = self.pending.as_ref().and_then(Outcome::position) {
            self.known_at = position;
            self.pending = None;
        }
        Some(self)
    }
}

/// What was kept of a stream, and the slot that is open for it.
pub struct Taken {
    /// The state, if one was kept that may still be true.
    pub hot: Option<Hot>,
    /// The number of the slot.
    pub slot: u64,
}

/// How much may be kept in memory.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The most states.
    pub states_max: usize,
    /// The most bytes, about; the last two states that were kept may come on top.
    pub bytes_max: usize,
}

impl Default for Limits {
    /// 100,000 states and 256 MiB.
    fn default() -> Self {
        Self {
            states_max: 100_000,
            bytes_max: 256 * 1024 * 1024,
        }
    }
}

/// The states in memory: two generations, of which the older is dropped when the younger is full.
pub struct HotStates {
    generations: Mutex<Generations>,
    /// The epoch of the journal that they are of.
    epoch: AtomicU64,
}

impl HotStates {
    /// Keeps states within `limits`.
    pub fn new(limits: Limits) -> Self {
        Self {
            generations: Mutex::new(Generations {
                young: Generation::default(),
                old: Generation::default(),
                slots: 0,
                states_max: (limits.states_max / 2).max(1),
                bytes_max: limits.bytes_max / 2,
            }),
            epoch: AtomicU64::new(0),
        }
    }

    /// Forgets everything if the journal is in another epoch than when it was last said.
    pub fn in_epoch(&self, epoch: u64) -> &Self {
        if self.epoch.load(Ordering::Acquire) != epoch {
            self.clear();
            self.epoch.store(epoch, Ordering::Release);
        }
        self
    }

    /// A copy of what is kept of `stream`, with a slot that is open.
    pub fn get(&self, stream: &StreamName) -> Taken {
        let mut generations = self.lock();
        let slot = generations.open(stream);
        Taken {
            hot: slot.hot.clone().and_then(Hot::settled),
            slot: slot.number,
        }
    }

    /// Takes the states of `streams` out, so that their holder can change them without a copy.
    pub fn take<'a>(&self, streams: impl Iterator<Item = &'a StreamName>) -> Vec<Taken> {
        let mut generations = self.lock();
        streams.map(|stream| generations.take(stream)).collect()
    }

    /// Keeps each as the state of its stream, if its slot is still there and nothing newer is
    /// known.
    pub fn put(&self, states: impl Iterator<Item = (StreamName, u64, Hot)>) {
        let mut generations = self.lock();
        for (stream, slot, hot) in states {
            generations.put(&stream, slot, hot);
        }
    }

    /// Forgets `stream`.
    pub fn forget(&self, stream: &StreamName) {
        self.lock().forget(stream);
    }

    /// Forgets everything: nothing is known of the journal any more.
    pub fn clear(&self) {
        let mut generations = self.lock();
        generations.young = Generation::default();
        generations.old = Generation::default();
    }

    /// Forgets `stream` if what is kept does not end at `actual` with the event `last`, where that
    /// is known, and does not rest on an append that may still take it there.
    pub fn forget_unless_at(&self, stream: &StreamName, actual: Version, last: Option<Uuid>) {
        let mut generations = self.lock();
        let differs = |hot: &Hot| {
            let is_other = |kept: Last| last.is_some_and(|last| last != kept.id);
            hot.version != actual || hot.last.is_some_and(is_other)
        };
        if generations.find(stream).is_some_and(|slot| {
            let hot = slot.hot.as_ref();
            hot.is_some_and(|hot| differs(hot) && hot.open_outcome().is_none())
        }) {
            generations.forget(stream);
        }
    }

    /// Takes note of events that somebody has written: what is older is not kept any longer.
    pub fn hear<'a>(&self, events: impl Iterator<Item = (&'a StreamName, Version)>) {
        let mut generations = self.lock();
        for (stream, version) in events {
            generations.hear(stream, version);
        }
    }

    /// Takes note that what was thought to take `thought` bytes takes `bytes`.
    pub fn weigh(&self, stream: &StreamName, thought: usize, bytes: usize) {
        let mut generations = self.lock();
        let Taken { hot, slot } = generations.take(stream);
        if let Some(mut hot) = hot {
            hot.bytes = hot.bytes.saturating_sub(thought).saturating_add(bytes);
            generations.put(stream, slot, hot);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Generations> {
        self.generations
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// The place of a stream's state.
#[derive(Default)]
struct Slot {
    number: u64,
    hot: Option<Hot>,
    /// The highest version that anybody was heard to have written.
    heard: Version,
}

impl Slot {
    fn bytes(&self) -> usize {
        self.hot.as_ref().map_or(0, |hot| hot.bytes) + SLOT_BYTES
    }
}

#[derive(Default)]
struct Generation {
    slots: HashMap<StreamName, Slot>,
    bytes: usize,
}

impl Generation {
    fn remove(&mut self, stream: &StreamName) -> Option<Slot> {
        let slot = self.slots.remove(stream)?;
        self.bytes -= slot.bytes();
        Some(slot)
    }
}

/// A stream has a slot in one of the two at most.
struct Generations {
    young: Generation,
    old: Generation,
    /// How many slots there ever were.
    slots: u64,
    states_max: usize,
    bytes_max: usize,
}

impl Generations {
    /// The slot of `stream` in the younger generation; a new one if there is none.
    fn open(&mut self, stream: &StreamName) -> &mut Slot {
        if !self.young.slots.contains_key(stream) {
            let slot = self.old.remove(stream).unwrap_or_else(|| {
                self.slots += 1;
                Slot {
                    number: self.slots,
                    ..Slot::default()
                }
            });
            self.make_room();
            self.young.bytes += slot.bytes();
            return self.young.slots.entry(stream.clone()).or_insert(slot);
        }
        self.young.slots.entry(stream.clone()).or_default()
    }

    fn make_room(&mut self) {
        if self.young.slots.len() >= self.states_max || self.young.bytes >= self.bytes_max {
            self.old = std::mem::take(&mut self.young);
        }
    }

    fn find(&self, stream: &StreamName) -> Option<&Slot> {
        let young = self.young.slots.get(stream);
        young.or_else(|| self.old.slots.get(stream))
    }

    fn take(&mut self, stream: &StreamName) -> Taken {
        let Slot { number, hot, .. } = self.open(stream);
        let (slot, hot) = (*number, hot.take());
        self.young.bytes -= hot.as_ref().map_or(0, |hot| hot.bytes);
        Taken {
            hot: hot.and_then(Hot::settled),
            slot,
        }
    }

    fn put(&mut self, stream: &StreamName, number: u64, hot: Hot) {
        let Some(slot) = self.find(stream).filter(|slot| slot.number == number) else {
            return;
        };
        let kept = slot.hot.as_ref().filter(|kept| !kept.is_dead());
        let newest = kept.map_or(0, |kept| kept.version).max(slot.heard);
        if hot.version == 0 {
            // Nothing is there, whoever asks for it: that is not worth a slot.
            if newest == 0 {
                self.forget(stream);
            }
        } else if hot.version >= newest && !hot.is_dead() {
            let bytes = hot.bytes;
            let before = self.open(stream).hot.replace(hot);
            self.young.bytes += bytes;
            self.young.bytes -= before.map_or(0, |before| before.bytes);
            self.make_room();
        }
    }

    fn forget(&mut self, stream: &StreamName) {
        if self.young.remove(stream).is_none() {
            self.old.remove(stream);
        }
    }

    fn hear(&mut self, stream: &StreamName, version: Version) {
        for generation in [&mut self.young, &mut self.old] {
            if let Some(slot) = generation.slots.get_mut(stream) {
                slot.heard = version.max(slot.heard);
                if let Some(of_old) = slot.hot.take_if(|hot| hot.version < version) {
                    generation.bytes -= of_old.bytes;
                }
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests;
