//! Answers that are owed: their commit is done, and the next batch goes out before they do.
//!
//! To answer many and to hand their events on takes a while, and Postgres would rest meanwhile. So
//! where a large batch waits already, it is sent first, and the answers leave while it runs.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::live::Live;
use crate::check::{Verdict, settle};
use crate::place::placed;
use crate::turn::Waiting;

/// A committed batch whose answers have not left yet.
pub(super) struct Owed {
    pub(super) batch: Vec<Waiting>,
    pub(super) verdicts: Vec<Verdict>,
    pub(super) recorded_at: DateTime<Utc>,
}

impl Owed {
    /// Lets the answers leave, and hands the events to those who follow: they may be slow, and
    /// those who asked are not made to wait for them.
    pub(super) fn pay(self, live: &Live) {
        let is_followed = live.batches.receiver_count() > 0;
        let records = is_followed.then(|| {
            let places = placed(&self.batch, &self.verdicts);
            let records = places.iter().map(|place| place.record(self.recorded_at));
            records.map(Arc::new).collect()
        });
        settle(self.batch, self.verdicts);
        if let Some(records) = records {
            drop(live.batches.send(records));
        }
        live.hint_at_head();
    }
}
