//! The one trait that every backend stands behind.

use std::ops::Range;
use std::sync::Arc;

use futures::future::BoxFuture;

use crate::append::{Append, Appended, IdempotencyKey, KeyMatch};
use crate::error::{AppendError, JournalError};
use crate::feed::Subscription;
use crate::recorded::{Position, Recorded, Version};
use crate::snapshot::Snapshots;
use crate::stream::StreamName;

/// What a backend can do beyond appending to one stream, loading it and feeding in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Capability {
    /// Several streams in one append, all or nothing.
    MultiStream,
    /// Positions are 1, 2, 3 … without a gap.
    Gapless,
    /// A repeated key is recognised.
    Idempotency,
}

/// A journal: append, load, feed.
pub trait Journal: Send + Sync + 'static {
    /// What it can do beyond the core.
    fn capabilities(&self) -> &'static [Capability];

    /// Queues `append` at once, in the order of the calls; the future only waits for what becomes
    /// of it. Dropping the future does not take the append back.
    fn append(&self, append: Append) -> BoxFuture<'static, Result<Appended, AppendError>>;

    /// Waits for the writer's turn, catches up with all other writers, and keeps the turn until
    /// [`Held::append`] is called or the guard is dropped; it is taken back after 2 s.
    fn hold(&self) -> BoxFuture<'static, Result<Held, AppendError>>;

    /// What is known of a key: looked up in the journal, after any append with that key that is
    /// under way here has come to its end.
    fn look_up<'a>(
        &'a self,
        key: &'a IdempotencyKey,
    ) -> BoxFuture<'a, Result<KeyMatch, JournalError>>;

    /// The events of one stream with versions above `after`, in order, at most `limit`.
    fn load<'a>(
        &'a self,
        stream: &'a StreamName,
        after: Version,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<Recorded>, JournalError>>;

    /// The events at `positions` that are committed, in order.
    fn read(
        &self,
        positions: Range<Position>,
    ) -> BoxFuture<'_, Result<Vec<Arc<Recorded>>, JournalError>>;

    /// Where states of its streams are kept, if the backend has a place for them.
    fn snapshots(&self) -> Option<&Snapshots> {
        None
    }

    /// The position up to which this process has seen everything, without asking the database.
    /// Whoever looks at a stream or a key after that sees at least as much.
    fn seen(&self) -> Position;

    /// A number that is another one whenever the journal's history could be another than before:
    /// after a connection was lost, since the database could have been restored, or another one
    /// could have taken its place without the last commits. Whatever is kept in memory of an
    /// earlier epoch is to be thrown away.
    fn epoch(&self) -> u64 {
        0
    }

    /// The last committed position; 0 for an empty journal.
    fn head(&self) -> BoxFuture<'_, Result<Position, JournalError>>;

    /// All events after `after`, in order, each once, now and for ever.
    fn subscribe(&self, after: Position) -> Subscription;

    /// Stops taking appends, finishes those that were taken, and lets go of the database.
    fn close(&self) -> BoxFuture<'_, ()>;
}

/// The writer's turn, held by one who decides inside it.
pub struct Held {
    pub(crate) append:
        Box<dyn FnOnce(Append) -> BoxFuture<'static, Result<Appended, AppendError>> + Send>,
}

impl Held {
    /// Appends within the turn and gives it back.
    pub fn append(self, append: Append) -> BoxFuture<'static, Result<Appended, AppendError>> {
        (self.append)(append)
    }
}
