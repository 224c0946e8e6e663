//! The making of snapshots: states that are kept beside the journal, so that a long stream need not
//! be read from its first event when it is cold.
//!
//! A snapshot is taken of what is committed, never of what may still fail; by a task of its own,
//! never on the way of an answer. What cannot be kept at the moment is not kept: the next one comes
//! with the events.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use eventstore::{Append, Appended, Journal, Position, Snapshot, StreamName, Version};
use tokio::sync::mpsc;

use crate::decision::Entry;
use crate::error::CommandError;
use crate::hot::{AnyState, Hot, HotStates, Last};
use crate::wanted::Kind;

/// Of so many streams at most a state waits to be kept; further ones are left out.
const WAITING_MAX: usize = 256;
/// How long the task rests after each time, so that of a stream in great demand only the newest of
/// many states is written.
const REST: Duration = Duration::from_millis(100);

/// A state of which a snapshot is due.
pub(crate) struct Due {
    stream: StreamName,
    kind: &'static Kind,
    state: AnyState,
    version: Version,
    last: Last,
    /// How many events the append has after the last of this stream.
    events_after: Position,
    /// How large it was thought to be.
    bytes: usize,
}

/// What waits to be kept, the newest of each stream.
type WaitingRoom = Mutex<HashMap<StreamName, (Position, Due)>>;

/// Sees to it that there are snapshots.
pub(crate) struct Snapshots {
    store: Option<eventstore::Snapshots>,
    hot: Arc<HotStates>,
    /// A snapshot is due so many events after the last.
    every: Version,
    waiting: Arc<WaitingRoom>,
    /// Wakes the task; dropping it ends the task, after what waits is written.
    bell: OnceLock<mpsc::Sender<()>>,
}

impl Snapshots {
    /// Keeps snapshots beside `journal`, if it has a place for them, every so many events.
    pub(crate) fn new(journal: &dyn Journal, hot: Arc<HotStates>, every: Version) -> Self {
        Self {
            store: journal.snapshots().cloned(),
            hot,
            every: every.max(1),
            waiting: Arc::default(),
            bell: OnceLock::new(),
        }
    }

    /// The states of an append that are to be kept when it is committed.
    pub(crate) fn due(&self, append: &Append, entries: &mut [Entry]) -> Vec<Due> {
        let mut all = Vec::new();
        let mut events_after = 0;
        for (part, entry) in append.streams.iter().zip(entries).rev() {
            if !part.events.is_empty() {
                let due = self.due_of(&part.stream, entry.kind, &mut entry.hot);
                all.extend(due.map(|due| Due {
                    events_after,
                    ..due
                }));
            }
            events_after += Position::try_from(part.events.len()).unwrap_or(Position::MAX);
        }
        all
    }

    fn due_of(&self, stream: &StreamName, kind: &'static Kind, hot: &mut Hot) -> Option<Due> {
        let is_due = self.store.is_some() && hot.version - hot.snapshot_at >= self.every;
        let last = hot.last.filter(|_| is_due)?;
        hot.snapshot_at = hot.version;
        Some(Due {
            stream: stream.clone(),
            kind,
            state: Arc::clone(&hot.state),
            version: hot.version,
            last,
            events_after: 0,
            bytes: hot.bytes,
        })
    }

    /// Keeps what was due, now that the append is committed.
    pub(crate) fn committed(&self, due: Vec<Due>, appended: &Appended) {
        for due in due {
            self.keep(appended.position - due.events_after, due);
        }
    }

    /// Keeps a state that was read from the journal, if that took long. Its last event stands at
    /// `position`.
    pub(crate) fn loaded(
        &self,
        stream: &StreamName,
        kind: &'static Kind,
        hot: &mut Hot,
        position: Position,
    ) {
        if let Some(due) = self.due_of(stream, kind, hot) {
            self.keep(position, due);
        }
    }

    fn keep(&self, position: Position, due: Due) {
        let Some(store) = &self.store else { return };
        {
            let mut waiting = lock(&self.waiting);
            if waiting.len() >= WAITING_MAX && !waiting.contains_key(&due.stream) {
                return;
            }
            let (known_at, known) = match waiting.remove(&due.stream) {
                Some((at, known)) if known.version > due.version => (at, known),
                _ => (position, due),
            };
            waiting.insert(known.stream.clone(), (known_at, known));
        }
        let bell = self.bell.get_or_init(|| {
            let (bell, rung) = mpsc::channel(1);
            let (waiting, hot) = (Arc::clone(&self.waiting), Arc::clone(&self.hot));
            drop(tokio::spawn(write_all(store.clone(), waiting, hot, rung)));
            bell
        });
        // It is rung already, if this fails.
        let _ = bell.try_send(());
    }
}

async fn write_all(
    store: eventstore::Snapshots,
    waiting: Arc<WaitingRoom>,
    hot: Arc<HotStates>,
    mut rung: mpsc::Receiver<()>,
) {
    while rung.recv().await.is_some() {
        let all = std::mem::take(&mut *lock(&waiting));
        let snapshots: Vec<_> = all
            .into_values()
            .filter_map(|(position, due)| match snapshot(position, due, &hot) {
                Ok(snapshot) => Some(snapshot),
                Err(error) => {
                    tracing::warn!(%error, "a state cannot be kept as a snapshot");
                    None
                }
            })
            .collect();
        if let Err(error) = store.keep(&snapshots).await {
            tracing::warn!(%error, "snapshots could not be kept; later ones will be");
        }
        tokio::time::sleep(REST).await;
    }
}

fn snapshot(position: Position, due: Due, hot: &HotStates) -> Result<Snapshot, CommandError> {
    let state = (due.kind.write)(due.state)?;
    hot.weigh(&due.stream, due.bytes, state.len());
    Ok(Snapshot {
        stream: due.stream,
        state_version: due.kind.state_version,
        version: due.version,
        position,
        event_id: due.last.id,
        last_occurred_at: due.last.occurred_at,
        state,
    })
}

fn lock(waiting: &WaitingRoom) -> MutexGuard<'_, HashMap<StreamName, (Position, Due)>> {
    waiting.lock().unwrap_or_else(PoisonError::into_inner)
}
