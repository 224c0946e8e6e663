//! What is asked of the journal, and what it answers.

use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::json::Json;
use crate::recorded::{Position, Version};
use crate::stream::StreamName;

/// The most events that one append may carry.
pub const EVENTS_PER_APPEND_MAX: usize = 1_000;
/// The most streams that one append may name.
pub const STREAMS_PER_APPEND_MAX: usize = 64;
/// The most bytes of an event: its data and its metadata together.
pub const EVENT_BYTES_MAX: usize = 1024 * 1024;

/// What a stream must look like for an append to go through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// It has no event yet.
    NoStream,
    /// It has exactly so many events.
    Exactly(Version),
    /// Whatever it has.
    Any,
}

/// An event that is to be recorded. Every field is fixed by the writer.
#[derive(Clone, Debug, PartialEq)]
pub struct NewEvent {
    /// Its own id.
    pub event_id: Uuid,
    /// `noun.past_tense`.
    pub event_type: Cow<'static, str>,
    /// The version of the shape of `data`.
    pub schema_version: i32,
    /// The body.
    pub data: Json,
    /// Who, why and from where.
    pub metadata: Json,
    /// When it was true in the world; cut to whole microseconds by the journal.
    pub occurred_at: DateTime<Utc>,
}

/// One stream's part of an append: a condition, with events or with none.
#[derive(Clone, Debug, PartialEq)]
pub struct StreamAppend {
    /// The stream.
    pub stream: StreamName,
    /// What it must look like.
    pub expected: Expected,
    /// What is to be recorded in it, in order; empty for a mere condition.
    pub events: Vec<NewEvent>,
    /// The stream was seen to be as expected when the journal ended here or later, by
    /// [`Journal::seen`](crate::Journal::seen) before one looked; 0 where nobody looked. It is a
    /// promise: the writer that has noted every change since then asks the database no more.
    pub known_at: Position,
    /// The id of the last event that was seen in the stream, where one was looked at. A stream with
    /// as many events but another last one is not as expected: after a fail-over that lost commits,
    /// two histories can be of equal length.
    pub last: Option<Uuid>,
}

/// What makes a repeated request the same request.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct IdempotencyKey {
    /// Whose key it is: a user's id, or the name of a process.
    pub subject: String,
    /// 1 to 255 printable ASCII characters, chosen by the client.
    pub key: String,
    /// SHA-256 over what was asked (method, path, `If-Match`, body).
    pub request_hash: [u8; 32],
    /// The id that the answer names, kept to be repeated.
    pub answer_id: String,
    /// Nothing was stored with the key when the journal ended here or later; a promise as in
    /// [`StreamAppend::known_at`].
    pub absent_at: Position,
}

impl IdempotencyKey {
    /// By which it is kept: the first 16 bytes of SHA-256 over subject, a zero byte, and key.
    pub(crate) fn digest(&self) -> Uuid {
        let mut sha = Sha256::new();
        sha.update(&self.subject);
        sha.update([0]);
        sha.update(&self.key);
        let mut digest = [0; 16];
        digest.copy_from_slice(&sha.finalize()[..16]);
        Uuid::from_bytes(digest)
    }
}

/// What is known of an idempotency key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyMatch {
    /// It was never used, or longer ago than keys live.
    Unknown,
    /// It was used for the same request, which was answered so.
    Same(Appended),
    /// It was used for another request.
    Reused,
}

/// Shared word on what became of an append, by which later ones can rest on it before it is
/// committed.
#[derive(Clone, Debug, Default)]
pub struct Outcome(Arc<AtomicI64>);

impl Outcome {
    const PENDING: i64 = 0;
    const FAILED: i64 = -1;
    /// Stands for position 0, at which a condition on an empty journal holds.
    const AT_NOTHING: i64 = i64::MIN;

    /// An append whose fate is open.
    pub fn pending() -> Self {
        Self::default()
    }

    /// Whether it is known to be in the journal.
    pub fn is_committed(&self) -> bool {
        self.position().is_some()
    }

    /// Where the journal ended with it, once it is known to be there.
    pub fn position(&self) -> Option<Position> {
        match self.0.load(Ordering::Acquire) {
            Self::PENDING | Self::FAILED => None,
            Self::AT_NOTHING => Some(0),
            position => Some(position),
        }
    }

    /// Whether nothing may rest on it: it is known not to be in the journal, its fate may never be
    /// known, or it was answered as a repetition, whose own events were not recorded.
    pub fn is_failed(&self) -> bool {
        self.0.load(Ordering::Acquire) == Self::FAILED
    }

    /// Says that it is in the journal, which ends at `position` with it or later.
    pub fn commit(&self, position: Position) {
        let position = if position == 0 {
            Self::AT_NOTHING
        } else {
            position
        };
        self.0.store(position, Ordering::Release);
    }

    /// Says that nothing may rest on it.
    pub fn fail(&self) {
        self.0.store(Self::FAILED, Ordering::Release);
    }

    /// Whether both are the word on one append.
    pub fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// What tells it from every other that is alive.
    pub(crate) fn identity(&self) -> usize {
        Arc::as_ptr(&self.0).addr()
    }

    /// Back to open: the batch that it was in is sent once more.
    pub(crate) fn reopen(&self) {
        self.0.store(Self::PENDING, Ordering::Release);
    }
}

/// An append over one or more streams: all of it or nothing.
///
/// Without any event it is a question, "is it still so?", that is answered only when everything it
/// rests on is committed and the tails of its streams have been looked at again.
#[derive(Clone, Debug)]
pub struct Append {
    /// The streams, each once.
    pub streams: Vec<StreamAppend>,
    /// By which a repetition and an unknown outcome can be recognised.
    pub key: IdempotencyKey,
    /// Uncommitted appends that this one was decided on: if one fails, this one does.
    pub rests_on: Vec<Outcome>,
    /// Where the journal writes down what became of this append.
    pub outcome: Outcome,
}

/// Where an append went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Appended {
    /// The id that was stored with the key.
    pub answer_id: String,
    /// The version of the first stream of the append, after it.
    pub version: Version,
    /// The position of the last event; of an append without events, the position up to which its
    /// conditions were seen to hold.
    pub position: Position,
    /// The version of every stream of the append, after it, in the order of the append; empty in
    /// a repeated answer, which keeps the first alone.
    pub versions: Vec<(StreamName, Version)>,
    /// Whether this is the stored answer to an earlier append with the same key.
    pub repeated: bool,
}
