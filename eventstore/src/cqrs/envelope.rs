//! cqrs-es's envelope of an event, and the journal's.

use chrono::{DateTime, Utc};
use cqrs_es::Aggregate;
use cqrs_es::persist::{PersistenceError, SerializedEvent};
use serde_json::Value;

use super::error::{CqrsError, unread};
use crate::append::{Expected, NewEvent, StreamAppend};
use crate::clock::Mint;
use crate::json::Json;
use crate::recorded::{Position, Recorded, Version};
use crate::stream::StreamName;

/// The type of an aggregate as the noun of its streams. With a hyphen in it, `bank` with the id
/// `account-1` and `bank-account` with the id `1` would be one stream.
pub(super) fn noun_of<A: Aggregate>() -> Result<&'static str, CqrsError> {
    if A::TYPE.is_empty() || A::TYPE.contains('-') {
        return Err(CqrsError::AggregateType(A::TYPE.to_owned()));
    }
    Ok(A::TYPE)
}

pub(super) fn stream_of<A: Aggregate>(aggregate_id: &str) -> Result<StreamName, PersistenceError> {
    StreamName::of(noun_of::<A>()?, aggregate_id).map_err(unread)
}

pub(super) fn version_of(sequence: usize) -> Version {
    Version::try_from(sequence).unwrap_or(Version::MAX)
}

/// What is to be appended: the events of each aggregate in a part of its own, behind the event
/// before its first.
pub(super) fn parts<A: Aggregate>(
    events: &[SerializedEvent],
    occurred_at: DateTime<Utc>,
) -> Result<Vec<StreamAppend>, PersistenceError> {
    let mut parts: Vec<(usize, StreamAppend)> = Vec::new();
    for event in events {
        let stream = stream_of::<A>(&event.aggregate_id)?;
        let new = new_event(event, occurred_at)?;
        let part = parts.iter_mut().find(|(_, part)| part.stream == stream);
        let gap = |last| CqrsError::Sequence {
            stream: stream.clone(),
            last,
            sequence: event.sequence,
        };
        if let Some((last, part)) = part {
            if event.sequence != *last + 1 {
                return Err(gap(*last).into());
            }
            *last = event.sequence;
            part.events.push(new);
        } else {
            let before = event.sequence.checked_sub(1).ok_or_else(|| gap(0))?;
            let part = StreamAppend {
                stream,
                expected: match before {
                    0 => Expected::NoStream,
                    before => Expected::Exactly(version_of(before)),
                },
                events: vec![new],
                known_at: 0,
                last: None,
            };
            parts.push((event.sequence, part));
        }
    }
    Ok(parts.into_iter().map(|(_, part)| part).collect())
}

fn new_event(event: &SerializedEvent, occurred_at: DateTime<Utc>) -> Result<NewEvent, CqrsError> {
    Ok(NewEvent {
        event_id: Mint.id(),
        event_type: event.event_type.clone().into(),
        schema_version: schema_version(event)?,
        data: Json::serialised(event.payload.to_string()),
        metadata: Json::serialised(event.metadata.to_string()),
        occurred_at,
    })
}

/// Takes only what is given back to the letter, since upcasters may compare the text.
fn schema_version(event: &SerializedEvent) -> Result<i32, CqrsError> {
    event
        .event_version
        .parse::<i32>()
        .ok()
        .filter(|number| *number > 0 && number.to_string() == event.event_version)
        .ok_or_else(|| CqrsError::EventVersion {
            event_type: event.event_type.clone(),
            version: event.event_version.clone(),
        })
}

/// An event as cqrs-es reads it.
pub(super) fn serialized(event: &Recorded) -> Result<SerializedEvent, PersistenceError> {
    Ok(SerializedEvent {
        aggregate_id: event.stream.id().to_owned(),
        sequence: usize::try_from(event.version).unwrap_or(usize::MAX),
        aggregate_type: event.stream.noun().to_owned(),
        event_type: event.event_type.clone(),
        event_version: event.schema_version.to_string(),
        payload: json("data", event.position, &event.data)?,
        metadata: json("metadata", event.position, &event.metadata)?,
    })
}

fn json(what: &'static str, position: Position, text: &str) -> Result<Value, CqrsError> {
    serde_json::from_str(text).map_err(|source| CqrsError::NotJson {
        what,
        position,
        source,
    })
}
