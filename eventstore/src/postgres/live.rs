//! What the writer tells the others in its process.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU32, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::{broadcast, watch};

use crate::recorded::{Position, Recorded};

/// How many batches a slow reader may lag behind before it reads from the table instead.
const LAG_BATCHES_MAX: usize = 128;

/// The events of one commit, shared and undecoded.
pub(super) type Batch = Arc<[Arc<Recorded>]>;

/// Hands committed batches to the readers of this process, and wakes them for those of others.
pub(super) struct Live {
    pub(super) batches: broadcast::Sender<Batch>,
    /// Where the journal ends, as far as was heard: a reason to look, nothing to rely on.
    pub(super) hint: watch::Sender<Position>,
    pub(super) counters: Counters,
    /// Why the server is not fit to keep what is acknowledged, as far as is known.
    pub(super) unfit: watch::Sender<Option<String>>,
    /// The process of the server that the writer's connection belongs to.
    writer: AtomicU32,
    /// Counts the connections that were lost: after each, the history could be another.
    epoch: AtomicU64,
    /// Since when the writer is at its present batch, in microseconds from `origin` on; 0 while it
    /// is at none.
    at_work_since: AtomicU64,
    origin: Instant,
}

impl Live {
    pub(super) fn new() -> Self {
        Self {
            writer: AtomicU32::new(0),
            epoch: AtomicU64::new(0),
            at_work_since: AtomicU64::new(0),
            origin: Instant::now(),
            batches: broadcast::Sender::new(LAG_BATCHES_MAX),
            hint: watch::Sender::new(0),
            counters: Counters::default(),
            unfit: watch::Sender::new(None),
        }
    }

    /// Says that the writer begins with a batch, or has come to its end.
    pub(super) fn is_at_work(&self, begins: bool) {
        let micros = u64::try_from(self.origin.elapsed().as_micros()).unwrap_or(u64::MAX);
        let since = if begins { micros.max(1) } else { 0 };
        self.at_work_since.store(since, Ordering::Relaxed);
    }

    /// For how long the writer has been at its present batch, if it is at one.
    pub(super) fn at_work_for(&self) -> Option<Duration> {
        match self.at_work_since.load(Ordering::Relaxed) {
            0 => None,
            since => Some(
                self.origin
                    .elapsed()
                    .saturating_sub(Duration::from_micros(since)),
            ),
        }
    }

    /// See [`crate::Journal::epoch`].
    pub(super) fn epoch(&self) -> u64 {
        self.epoch.load(Ordering::Acquire)
    }

    /// Says that a connection was made anew, to a history that could be another.
    pub(super) fn begin_epoch(&self) {
        self.epoch.fetch_add(1, Ordering::AcqRel);
    }

    /// Says which process of the server works for the writer.
    pub(super) fn works_for_writer(&self, pid: Option<i32>) {
        let pid = pid.map_or(0, i32::cast_unsigned);
        self.writer.store(pid, Ordering::Relaxed);
    }

    /// Whether that process of the server works for the writer.
    pub(super) fn is_writer(&self, pid: u32) -> bool {
        self.writer.load(Ordering::Relaxed) == pid
    }

    /// Takes note of whether the server is careless, and says so loudly when that changes.
    pub(super) fn is_unfit(&self, why: Option<String>) {
        self.unfit.send_if_modified(|unfit| {
            if *unfit == why {
                return false;
            }
            if let Some(sentence) = &why {
                tracing::error!("nothing is acknowledged from now on: {sentence}");
            } else {
                tracing::info!("the database is fit for a journal again");
            }
            *unfit = why;
            true
        });
    }

    /// Lets those who follow look up to where the writer has seen.
    pub(super) fn hint_at_head(&self) {
        self.heard(self.counters.head.load(Ordering::Acquire));
    }

    pub(super) fn heard(&self, head: Position) {
        self.hint
            .send_if_modified(|hint| std::mem::replace(hint, head) != head);
    }
}

/// Counts what the writer does.
#[derive(Default)]
pub(super) struct Counters {
    pub(super) appends: AtomicU64,
    pub(super) events: AtomicU64,
    pub(super) batches: AtomicU64,
    pub(super) conflicts: AtomicU64,
    pub(super) fences: AtomicU64,
    pub(super) repeats: AtomicU64,
    pub(super) reconnects: AtomicU64,
    pub(super) head: AtomicI64,
}

/// What the writer of this process is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WriterState {
    /// For how long it has been at its present batch, if it is at one.
    pub at_work_for: Option<Duration>,
    /// How many appends wait behind that.
    pub waiting: usize,
}

/// What the writer of this process has done since its start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Appends whose events were recorded.
    pub appends: u64,
    /// Events that were recorded.
    pub events: u64,
    /// Commits.
    pub batches: u64,
    /// Appends that were answered with a conflict.
    pub conflicts: u64,
    /// How often a writer of another process was first.
    pub fences: u64,
    /// Appends that were answered from a stored key.
    pub repeats: u64,
    /// How often the connection was made again.
    pub reconnects: u64,
    /// The position up to which the writer has seen everything.
    pub head: Position,
}

impl Counters {
    pub(super) fn read(&self) -> Stats {
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Stats {
            appends: count(&self.appends),
            events: count(&self.events),
            batches: count(&self.batches),
            conflicts: count(&self.conflicts),
            fences: count(&self.fences),
            repeats: count(&self.repeats),
            reconnects: count(&self.reconnects),
            head: self.head.load(Ordering::Relaxed),
        }
    }
}

pub(super) fn add(counter: &AtomicU64, n: usize) {
    counter.fetch_add(n as u64, Ordering::Relaxed);
}
