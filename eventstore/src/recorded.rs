//! The envelope: an event as it stands in the journal.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::stream::StreamName;

/// The place of an event in the whole journal: 1, 2, 3 … without a gap, in commit order.
pub type Position = i64;

/// The place of an event in its stream: 1, 2, 3 … without a gap. 0 stands for an empty stream.
pub type Version = i64;

/// An event as it was recorded. Nothing of it ever changes.
#[derive(Clone, Debug, PartialEq)]
pub struct Recorded {
    /// Its place in the whole journal.
    pub position: Position,
    /// The stream it belongs to.
    pub stream: StreamName,
    /// Its place in that stream.
    pub version: Version,
    /// Its own id.
    pub event_id: Uuid,
    /// What kind of event it is, `noun.past_tense`.
    pub event_type: String,
    /// The version of the shape of `data`.
    pub schema_version: i32,
    /// The body: JSON, the exact bytes that were written.
    pub data: String,
    /// Who, why and from where: JSON, the exact bytes that were written.
    pub metadata: String,
    /// When it was true in the world (UTC, whole microseconds).
    pub occurred_at: DateTime<Utc>,
    /// When the journal learned it (UTC, whole microseconds); never falls with position.
    pub recorded_at: DateTime<Utc>,
}
