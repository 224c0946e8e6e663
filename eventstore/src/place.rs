//! Where the events of a batch will stand.

use chrono::{DateTime, Utc};

use crate::append::NewEvent;
use crate::check::Verdict;
use crate::clock::to_micros;
use crate::recorded::{Position, Recorded, Version};
use crate::stream::StreamName;
use crate::turn::Waiting;

/// A new event and its place.
pub(crate) struct Placed<'a> {
    pub(crate) position: Position,
    pub(crate) stream: &'a StreamName,
    pub(crate) version: Version,
    pub(crate) event: &'a NewEvent,
}

impl Placed<'_> {
    /// The envelope that it will be read back as.
    pub(crate) fn record(&self, recorded_at: DateTime<Utc>) -> Recorded {
        Recorded {
            position: self.position,
            stream: self.stream.clone(),
            version: self.version,
            event_id: self.event.event_id,
            event_type: self.event.event_type.clone().into_owned(),
            schema_version: self.event.schema_version,
            data: self.event.data.to_string(),
            metadata: self.event.metadata.to_string(),
            occurred_at: to_micros(self.event.occurred_at),
            recorded_at,
        }
    }
}

/// The events of all appends that go in, in the order of their positions.
pub(crate) fn placed<'a>(batch: &'a [Waiting], verdicts: &[Verdict]) -> Vec<Placed<'a>> {
    let mut all = Vec::new();
    for (waiting, verdict) in batch.iter().zip(verdicts) {
        let Verdict::Goes(appended) = verdict else {
            continue;
        };
        let mut position = appended.position - count(waiting.events());
        for (part, (_, after)) in waiting.append.streams.iter().zip(&appended.versions) {
            let first = after - count(part.events.len()) + 1;
            for (version, event) in (first..).zip(&part.events) {
                position += 1;
                all.push(Placed {
                    position,
                    stream: &part.stream,
                    version,
                    event,
                });
            }
        }
    }
    all
}

fn count(events: usize) -> i64 {
    i64::try_from(events).unwrap_or(i64::MAX)
}
