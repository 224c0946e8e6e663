//! An event as projectors meet it: its envelope, its body and its metadata, read once for all.

use std::sync::Arc;

use domain::{AnyEvent, Metadata};
use eventstore::{Position, Recorded};

/// A recorded event with its body and its metadata read.
#[derive(Clone, Debug)]
pub struct Decoded {
    /// The envelope, as it stands in the journal.
    pub recorded: Arc<Recorded>,
    /// What happened.
    pub event: AnyEvent,
    /// Who, why and from where.
    pub metadata: Metadata,
}

/// Why an event of the journal could not be read.
#[derive(Clone, Debug, thiserror::Error)]
#[error("the event at position {position} (`{event_type}` of `{stream}`) cannot be read: {reason}")]
pub struct Undecodable {
    /// Where it stands.
    pub position: Position,
    /// Its type.
    pub event_type: String,
    /// Its stream.
    pub stream: String,
    /// What the reader says.
    pub reason: String,
}

impl Decoded {
    /// Reads `recorded`.
    pub fn read(recorded: Arc<Recorded>) -> Result<Self, Undecodable> {
        let fault = |reason: String| Undecodable {
            position: recorded.position,
            event_type: recorded.event_type.clone(),
            stream: recorded.stream.to_string(),
            reason,
        };
        let version = u16::try_from(recorded.schema_version)
            .map_err(|_| fault(format!("{} is no schema version", recorded.schema_version)))?;
        let event = AnyEvent::decode(&recorded.event_type, version, &recorded.data)
            .map_err(|error| fault(error.to_string()))?;
        let metadata = serde_json::from_str(&recorded.metadata)
            .map_err(|error| fault(format!("its metadata: {error}")))?;
        Ok(Self {
            recorded,
            event,
            metadata,
        })
    }

    /// Where it stands in the journal.
    pub fn position(&self) -> Position {
        self.recorded.position
    }

    /// What stands after the noun in the name of its stream.
    pub fn id(&self) -> &str {
        self.recorded.stream.id()
    }
}

/// A stretch of the journal without a gap, read up to the first event that cannot be.
#[derive(Clone, Debug, Default)]
pub(crate) struct Batch {
    pub(crate) events: Vec<Arc<Decoded>>,
    pub(crate) broken: Option<Undecodable>,
}

impl Batch {
    /// Reads `recorded` in order, and stops at the first that cannot be read.
    pub(crate) fn read(recorded: Vec<Arc<Recorded>>) -> Self {
        let mut batch = Self::default();
        for one in recorded {
            match Decoded::read(one) {
                Ok(decoded) => batch.events.push(Arc::new(decoded)),
                Err(broken) => {
                    batch.broken = Some(broken);
                    break;
                }
            }
        }
        batch
    }

    /// The position of its first event, be it readable or not.
    pub(crate) fn first(&self) -> Option<Position> {
        let broken = self.broken.as_ref().map(|broken| broken.position);
        self.events.first().map(|event| event.position()).or(broken)
    }

    /// The position of its last readable event.
    pub(crate) fn last(&self) -> Option<Position> {
        self.events.last().map(|event| event.position())
    }
}
