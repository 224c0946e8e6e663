//! A cqrs-es application on this journal.
//!
//! [`JournalRepository`] stands behind cqrs-es's own `PersistedEventStore` and `CqrsFramework`, in
//! the place of postgres-es's repository. How an application moves in is told in
//! `docs/moving-from-cqrs-es.md`, why this stands here in decision 6.

mod envelope;
mod error;
mod replay;

use std::sync::Arc;

use cqrs_es::Aggregate;
use cqrs_es::persist::{
    EventUpcaster, PersistedEventRepository, PersistenceError, ReplayStream, SerializedEvent,
    SerializedSnapshot,
};
use serde_json::Value;

pub use self::error::CqrsError;
use crate::append::{Append, IdempotencyKey, Outcome, STREAMS_PER_APPEND_MAX};
use crate::clock::{Clock, Mint};
use crate::journal::Journal;

/// Whose the keys are that this repository mints.
const SUBJECT: &str = "cqrs-es";

/// The events of cqrs-es aggregates in a journal: the stream of an aggregate is `TYPE-id`, its
/// sequence is the stream's version.
///
/// It takes no snapshots, so the store is built with `PersistedEventStore::new_event_store`.
#[derive(Clone)]
pub struct JournalRepository {
    journal: Arc<dyn Journal>,
    clock: Arc<dyn Clock>,
}

impl JournalRepository {
    /// The events in `journal`; what is recorded now occurred when `clock` says so.
    pub fn new(journal: Arc<dyn Journal>, clock: Arc<dyn Clock>) -> Self {
        Self { journal, clock }
    }

    /// Copies all events of `A` out of another repository, in the shape and version in which the
    /// application writes them today; answers how many there were. It expects none of them here.
    pub async fn take_in<A: Aggregate>(
        &self,
        from: &impl PersistedEventRepository,
        upcasters: &[Box<dyn EventUpcaster>],
    ) -> Result<usize, PersistenceError> {
        let mut history = from.stream_all_events::<A>().await?;
        let (mut taken, mut events) = (0, Vec::with_capacity(STREAMS_PER_APPEND_MAX));
        loop {
            let next = history.next::<A>(upcasters).await.transpose()?;
            let is_end = next.is_none();
            if let Some(event) = next {
                events.push(SerializedEvent::try_from(&event)?);
            }
            // Each of them may be of another stream.
            if is_end || events.len() == STREAMS_PER_APPEND_MAX {
                self.persist::<A>(&events, None).await?;
                taken += events.len();
                events.clear();
            }
            if is_end {
                return Ok(taken);
            }
        }
    }

    /// A key of its own for an append: cqrs-es knows none, so nothing is ever taken for a
    /// repetition.
    fn key(&self) -> IdempotencyKey {
        let absent_at = self.journal.seen();
        let id = Mint.id().to_string();
        IdempotencyKey {
            subject: SUBJECT.to_owned(),
            key: id.clone(),
            request_hash: [0; 32],
            answer_id: id,
            absent_at,
        }
    }
}

impl PersistedEventRepository for JournalRepository {
    async fn get_events<A: Aggregate>(
        &self,
        aggregate_id: &str,
    ) -> Result<Vec<SerializedEvent>, PersistenceError> {
        self.get_last_events::<A>(aggregate_id, 0).await
    }

    async fn get_last_events<A: Aggregate>(
        &self,
        aggregate_id: &str,
        last_sequence: usize,
    ) -> Result<Vec<SerializedEvent>, PersistenceError> {
        let stream = envelope::stream_of::<A>(aggregate_id)?;
        let after = envelope::version_of(last_sequence);
        let events = self.journal.load(&stream, after, usize::MAX).await;
        let events = events.map_err(error::unread)?;
        events.iter().map(envelope::serialized).collect()
    }

    /// Refuses: the answer "none yet" would let a snapshot store run until its first snapshot is
    /// due, and an aggregate store forget all history at once.
    async fn get_snapshot<A: Aggregate>(
        &self,
        _aggregate_id: &str,
    ) -> Result<Option<SerializedSnapshot>, PersistenceError> {
        Err(CqrsError::Snapshots.into())
    }

    async fn persist<A: Aggregate>(
        &self,
        events: &[SerializedEvent],
        snapshot_update: Option<(String, Value, usize)>,
    ) -> Result<(), PersistenceError> {
        if snapshot_update.is_some() {
            return Err(CqrsError::Snapshots.into());
        }
        if events.is_empty() {
            return Ok(());
        }
        let append = Append {
            streams: envelope::parts::<A>(events, self.clock.now())?,
            key: self.key(),
            rests_on: Vec::new(),
            outcome: Outcome::pending(),
        };
        let appended = self.journal.append(append).await;
        appended.map(drop).map_err(error::unrecorded)
    }

    async fn stream_events<A: Aggregate>(
        &self,
        aggregate_id: &str,
    ) -> Result<ReplayStream, PersistenceError> {
        let stream = envelope::stream_of::<A>(aggregate_id)?;
        Ok(replay::of_stream(Arc::clone(&self.journal), stream))
    }

    /// All events of the type that are recorded by now, in the order in which they were recorded.
    async fn stream_all_events<A: Aggregate>(&self) -> Result<ReplayStream, PersistenceError> {
        let noun = envelope::noun_of::<A>()?;
        let head = self.journal.head().await.map_err(error::unread)?;
        Ok(replay::of_noun(Arc::clone(&self.journal), noun, head))
    }
}

#[cfg(doctest)]
#[doc = include_str!("../../../docs/moving-from-cqrs-es.md")]
struct MovingFromCqrsEs;
