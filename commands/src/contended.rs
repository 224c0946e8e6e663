//! Streams on which other processes were first again and again.
//!
//! A command on such a stream is decided within the writer's turn at once, where nobody can be
//! first: processes then take turns on it, however busy each of them is.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use eventstore::StreamName;
use foldhash::HashMap;
use tokio::time::Instant;

/// So long a stream counts as contended after its last conflict.
const CONTENDED_FOR: Duration = Duration::from_millis(500);
/// More streams than this are not remembered.
const STREAMS_MAX: usize = 1_000;

/// The streams, each with the end of its time.
#[derive(Default)]
pub(crate) struct Contended {
    streams: Mutex<HashMap<StreamName, Instant>>,
    /// How many there are: mostly none, which costs no lock to know.
    count: AtomicUsize,
}

impl Contended {
    /// Takes note that a command lost on `stream` as often as it may outside of the turn.
    pub(crate) fn note(&self, stream: &StreamName) {
        let now = Instant::now();
        let mut streams = self.lock();
        if streams.len() >= STREAMS_MAX {
            streams.retain(|_, until| *until > now);
        }
        if streams.len() < STREAMS_MAX {
            streams.insert(stream.clone(), now + CONTENDED_FOR);
        }
        self.count.store(streams.len(), Ordering::Relaxed);
    }

    /// Whether one of `streams` is contended at the moment.
    pub(crate) fn is_any<'a>(&self, mut streams: impl Iterator<Item = &'a StreamName>) -> bool {
        if self.count.load(Ordering::Relaxed) == 0 {
            return false;
        }
        let now = Instant::now();
        let mut known = self.lock();
        let is_any = streams.any(|stream| known.get(stream).is_some_and(|until| *until > now));
        if !is_any {
            known.retain(|_, until| *until > now);
            self.count.store(known.len(), Ordering::Relaxed);
        }
        is_any
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<StreamName, Instant>> {
        self.streams.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
