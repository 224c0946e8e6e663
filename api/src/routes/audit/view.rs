//! What is on record, as queries tell it.

use chrono::{DateTime, Utc};
use projections::audit::Entry;
use projections::security::SecurityEvent;
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

    /// Something that was refused, as often as it was so in a short time.
    #[schema(as = SecurityEvent)]
    pub struct SecurityEventView of row: SecurityEvent {
        /// Its id.
        id: Uuid,
        /// When it was so first.
        at: DateTime<Utc>,
        /// When it was so last.
        last_at: DateTime<Utc>,
        /// How often.
        times: i64,
        /// `login_failed`, `login_held_back`, `sign_up_repeated` or `access_refused`.
        kind: String,
        /// The code of the problem that was answered.
        code: String,
        /// Who asked, or whose account it was tried on.
        user_id: Option<Uuid>,
        /// The keyed hash of the address that was typed.
        account: Option<String>,
        /// The address of the client.
        ip: Option<String>,
        /// What the client called itself.
        user_agent: Option<String>,
        /// How it was asked.
        method: String,
        /// For what: the route, without the ids in it.
        route: String,
        /// The first of the requests.
        request_id: Option<String>,
    }
}
