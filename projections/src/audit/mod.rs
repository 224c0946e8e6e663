//! Who did what to which stream, when, why and from where.

mod query;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::Actor;
use eventstore::{Position, Version};
use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::decoded::Decoded;
use crate::fold::{origin, plain};
use crate::projector::{ApplyError, Derive, Projector};
use crate::row::{Row, Table};
use crate::rows::Rows;

pub use query::{AuditFilter, list, trace};

/// The name of the projection.
pub const NAME: &str = "audit";

crate::row! {
    /// What is on record of one event.
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    pub struct Entry {
        /// Where the event stands in the journal.
        pub position: Position,
        /// The stream it belongs to.
        pub stream: String,
        /// The noun of that stream.
        pub noun: String,
        /// Its place in that stream.
        pub version: Version,
        /// Its id.
        pub event_id: Uuid,
        /// What kind of event it is.
        pub event_type: String,
        /// When it was true in the world.
        pub occurred_at: DateTime<Utc>,
        /// When the journal learned it.
        pub recorded_at: DateTime<Utc>,
        /// `user`, `process`, `operator` or `anonymous`.
        pub actor_kind: String,
        /// The id of the user, or the name of the process.
        pub actor: Option<String>,
        /// For whom, where that is someone else.
        pub on_behalf_of: Option<Uuid>,
        /// The command that led to the event.
        pub command: String,
        /// One id for all that follows from one cause outside.
        pub correlation_id: Uuid,
        /// The event or command that led to this one.
        pub causation_id: Uuid,
        /// The HTTP request, where there was one.
        pub request_id: Option<String>,
        /// The address of the client.
        pub ip: Option<String>,
        /// What the client called itself.
        pub user_agent: Option<String>,
        /// `live`, or the import that brought it in.
        pub origin: String,
    }
}

impl Row for Entry {
    const TABLE: Table = Table::grouped("entry", &["position"], "stream", "text");
    type Key = Position;

    fn key(&self) -> Position {
        self.position
    }
}

impl Entry {
    fn of(event: &Decoded) -> Result<Self, ApplyError> {
        let Decoded {
            recorded, metadata, ..
        } = event;
        let (actor_kind, actor) = match &metadata.actor {
            Actor::User(id) => ("user", Some(id.to_string())),
            Actor::Process(name) => ("process", Some(name.clone())),
            Actor::Operator => ("operator", None),
            Actor::Anonymous => ("anonymous", None),
        };
        Ok(Self {
            position: recorded.position,
            stream: recorded.stream.to_string(),
            noun: recorded.stream.noun().to_owned(),
            version: recorded.version,
            event_id: recorded.event_id,
            event_type: recorded.event_type.clone(),
            occurred_at: recorded.occurred_at,
            recorded_at: recorded.recorded_at,
            actor_kind: actor_kind.to_owned(),
            actor,
            on_behalf_of: metadata.on_behalf_of,
            command: metadata.command.clone(),
            correlation_id: metadata.correlation_id,
            causation_id: metadata.causation_id,
            request_id: metadata.request_id.clone(),
            ip: plain(metadata.ip.as_ref()),
            user_agent: plain(metadata.user_agent.as_ref()),
            origin: origin(metadata)?,
        })
    }
}

/// Projects every event there is.
#[derive(Clone, Copy, Debug)]
pub struct Audit;

impl Projector for Audit {
    fn name(&self) -> &'static str {
        NAME
    }

    fn version(&self) -> i32 {
        1
    }

    fn ddl(&self) -> &'static str {
        include_str!("schema.sql")
    }

    fn tables(&self) -> &'static [Table] {
        const { &[Entry::TABLE] }
    }

    fn key(&self, event: &Decoded) -> Option<String> {
        Some(event.recorded.stream.to_string())
    }

    fn apply<'a>(
        &'a self,
        conn: &'a mut PgConnection,
        batch: &'a [Arc<Decoded>],
        _derive: Derive,
    ) -> BoxFuture<'a, Result<(), ApplyError>> {
        Box::pin(async move {
            // An entry never changes, so there is nothing to load.
            let mut entries = Rows::<Entry>::default();
            for event in batch {
                entries.put(Entry::of(event)?);
            }
            entries.store(conn).await
        })
    }
}
