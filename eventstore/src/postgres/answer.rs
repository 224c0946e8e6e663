//! From a committed batch to its answers.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use chrono::{DateTime, Utc};

use super::live::add;
use super::writer::Writer;
use crate::check::{Verdict, settle};
use crate::error::AppendError;
use crate::place::placed;
use crate::turn::Waiting;

/// A batch that is committed and not answered yet.
pub(super) struct Committed {
    pub(super) batch: Vec<Waiting>,
    pub(super) verdicts: Vec<Verdict>,
    pub(super) recorded_at: DateTime<Utc>,
}

impl Committed {
    /// Says of each append what became of it, to those that are decided next.
    pub(super) fn speak(&self) {
        for (waiting, verdict) in self.batch.iter().zip(&self.verdicts) {
            if let Verdict::Goes(appended) | Verdict::Holds(appended) = verdict {
                waiting.append.outcome.commit(appended.position);
            }
        }
    }
}

impl Writer {
    /// Answers what is committed and was left for the next batch to be sent first.
    pub(super) fn answer(&mut self) {
        let Some(committed) = self.unanswered.take() else {
            return;
        };
        let records: Vec<_> = placed(&committed.batch, &committed.verdicts)
            .iter()
            .map(|place| Arc::new(place.record(committed.recorded_at)))
            .collect();
        add(&self.live.counters.batches, 1);
        add(&self.live.counters.events, records.len());
        self.count(&committed.verdicts);
        self.say_where();
        settle(committed.batch, committed.verdicts);
        // Those who follow may be slow; those who asked are not made to wait for them.
        drop(self.live.batches.send(records.into()));
    }

    /// Tells the others where the journal ends, as far as this writer has seen.
    pub(super) fn say_where(&self) {
        let position = self.link.position();
        self.live.counters.head.store(position, Ordering::Release);
        self.live.heard(position);
    }

    pub(super) fn count(&self, verdicts: &[Verdict]) {
        let counters = &self.live.counters;
        for verdict in verdicts {
            match verdict {
                Verdict::Goes(_) => add(&counters.appends, 1),
                Verdict::Repeats(_) => add(&counters.repeats, 1),
                Verdict::Fails(AppendError::Conflict(_)) => add(&counters.conflicts, 1),
                Verdict::Holds(_) | Verdict::Fails(_) => {}
            }
        }
    }
}
