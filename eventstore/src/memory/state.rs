//! What a journal in memory holds, and how a batch gets into it.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use foldhash::HashMap;
use uuid::Uuid;

use crate::check::{Ground, StoredKey, Tail, Verdict, check, settle};
use crate::error::AppendError;
use crate::place::placed;
use crate::recorded::{Position, Recorded};
use crate::stream::StreamName;
use crate::turn::Waiting;

#[derive(Default)]
pub(super) struct State {
    pub(super) events: Vec<Arc<Recorded>>,
    pub(super) streams: HashMap<StreamName, Vec<Arc<Recorded>>>,
    pub(super) keys: HashMap<Uuid, StoredKey>,
    pub(super) queue: Vec<Waiting>,
    pub(super) paused: bool,
    /// The number of the turn that is held, while one is.
    pub(super) held: Option<u64>,
    pub(super) turns: u64,
    /// How many of the next commits fail.
    pub(super) failures: usize,
    pub(super) closed: bool,
}

impl State {
    pub(super) fn head(&self) -> Position {
        self.events.last().map_or(0, |event| event.position)
    }

    /// Settles what is queued as one batch, unless the writer rests.
    pub(super) fn drain(&mut self, now: DateTime<Utc>) {
        if !self.paused && self.held.is_none() {
            let batch = std::mem::take(&mut self.queue);
            self.settle(batch, now);
        }
    }

    /// Settles a batch; when its commit fails, what is left of it is decided again.
    pub(super) fn settle(&mut self, mut batch: Vec<Waiting>, now: DateTime<Utc>) {
        while !batch.is_empty() {
            let (verdicts, _) = check(&batch, self.ground(&batch));
            let goes = verdicts
                .iter()
                .any(|verdict| matches!(verdict, Verdict::Goes(_)));
            if goes && self.failures > 0 {
                self.failures -= 1;
                batch = without_those_that_went(batch, &verdicts);
                continue;
            }
            self.commit(&batch, &verdicts, now);
            settle(batch, verdicts);
            return;
        }
    }

    fn ground(&self, batch: &[Waiting]) -> Ground {
        let mut ground = Ground {
            head: self.head(),
            ..Ground::default()
        };
        for waiting in batch {
            for part in &waiting.append.streams {
                let last = self.streams.get(&part.stream).and_then(|all| all.last());
                let tail = last.map_or_else(Tail::default, |event| Tail {
                    version: event.version,
                    last: Some(event.event_id),
                });
                ground.tails.insert(part.stream.clone(), tail);
            }
            let key = waiting.key();
            if let Some(stored) = self.keys.get(&key) {
                ground.keys.insert(key, stored.clone());
            }
        }
        ground
    }

    fn commit(&mut self, batch: &[Waiting], verdicts: &[Verdict], now: DateTime<Utc>) {
        let recorded_at = self
            .events
            .last()
            .map_or(now, |last| last.recorded_at.max(now));
        for place in placed(batch, verdicts) {
            let event = Arc::new(place.record(recorded_at));
            self.streams
                .entry(event.stream.clone())
                .or_default()
                .push(Arc::clone(&event));
            self.events.push(event);
        }
        for (waiting, verdict) in batch.iter().zip(verdicts) {
            if let Verdict::Goes(appended) = verdict {
                let mut answer = appended.clone();
                answer.versions.clear();
                answer.repeated = true;
                let request_hash = waiting.append.key.request_hash;
                self.keys.insert(
                    waiting.key(),
                    StoredKey {
                        request_hash,
                        answer,
                    },
                );
            }
        }
    }
}

fn without_those_that_went(batch: Vec<Waiting>, verdicts: &[Verdict]) -> Vec<Waiting> {
    let mut left = Vec::new();
    for (waiting, verdict) in batch.into_iter().zip(verdicts) {
        if matches!(verdict, Verdict::Goes(_)) {
            waiting.answer(Err(AppendError::Unavailable(
                "this commit was told to fail".to_owned(),
            )));
        } else {
            left.push(waiting);
        }
    }
    left
}
