//! What is on record, as queries tell it.

use chrono::{DateTime, Utc};
use projections::audit::Entry;
use uuid::Uuid;

use crate::view::views;

views! {
    /// What is on record of one event.
    #[schema(as = AuditEvent)]
    pub struct EntryView of row: Entry {
        /// Where the event stands in the journal.
        position: i64,
        /// The stream it belongs to.
        stream: String,
        /// The noun of that stream.
        noun: String,
        /// Its place in that stream.
        version: i64,
        /// Its id.
        event_id: Uuid,
        /// What kind of event it is.
        event_type: String,
        /// When it was true in the world.
        occurred_at: DateTime<Utc>,
        /// When the journal learned it.
        recorded_at: DateTime<Utc>,
        /// `user`, `process`, `operator` or `anonymous`.
        actor_kind: String,
        /// The id of the user, or the name of the process.
        actor: Option<String>,
        /// For whom, where that is someone else.
        on_behalf_of: Option<Uuid>,
        /// The command that led to the event.
        command: String,
        /// One id for all that follows from one cause outside.
        correlation_id: Uuid,
        /// The event or command that led to this one.
        causation_id: Uuid,
        /// The HTTP request, where there was one.
        request_id: Option<String>,
        /// The address of the client.
        ip: Option<String>,
        /// What the client called itself.
        user_agent: Option<String>,
        /// `live`, or the import that brought it in.
        origin: String,
    }
}
