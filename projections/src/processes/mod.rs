//! What the platform does by itself: its processes, their deadlines and what they ask outside.

mod fold;
mod query;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::AnyEvent;
use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::decoded::Decoded;
use crate::fold::known;
use crate::projector::{ApplyError, Derive, Projector};
use crate::row::{Row, Table};
use crate::rows::Rows;

pub use query::{ProcessFilter, due, list, open_effects, show};

/// The name of the projection.
pub const NAME: &str = "processes";

crate::row! {
    /// A process and how far it is.
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    pub struct Process {
        /// Its kind and what it looks after, such as `hold_expiry:0190f1…`.
        pub id: String,
        /// Its kind.
        pub kind: String,
        /// What it looks after.
        pub subject: Uuid,
        /// `running`, `stuck` or `ended`.
        pub status: String,
        /// The code of the refusal that it is stuck at.
        pub stuck: Option<String>,
        /// What it ended with.
        pub outcome: Option<String>,
        /// One id for all that follows from the same cause outside.
        pub correlation_id: Uuid,
        /// When it began.
        pub started_at: DateTime<Utc>,
        /// When it last went on.
        pub changed_at: DateTime<Utc>,
        /// The version of its stream.
        pub version: i64,
    }
}

impl Row for Process {
    const TABLE: Table = Table::grouped("process", &["id"], "id", "text");
    type Key = String;

    fn key(&self) -> String {
        self.id.clone()
    }
}

crate::row! {
    /// When a process wants to be woken.
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    pub struct Deadline {
        /// The process.
        pub process_id: String,
        /// What for.
        pub name: String,
        /// When.
        pub due_at: DateTime<Utc>,
    }
}

impl Row for Deadline {
    const TABLE: Table = Table::grouped("deadline", &["process_id", "name"], "process_id", "text");
    type Key = (String, String);

    fn key(&self) -> (String, String) {
        (self.process_id.clone(), self.name.clone())
    }
}

crate::row! {
    /// What a process asks somebody outside.
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    pub struct Effect {
        /// The process.
        pub process_id: String,
        /// The idempotency key.
        pub key: String,
        /// What is asked.
        pub effect: String,
        /// What else is needed to ask.
        pub detail: Option<String>,
        /// `open`, `succeeded` or `failed`.
        pub status: String,
        /// When it was first to be asked.
        pub intended_at: DateTime<Utc>,
        /// When the answer was recorded.
        pub answered_at: Option<DateTime<Utc>>,
    }
}

impl Row for Effect {
    const TABLE: Table = Table::grouped("effect", &["process_id", "key"], "process_id", "text");
    type Key = (String, String);

    fn key(&self) -> (String, String) {
        (self.process_id.clone(), self.key.clone())
    }
}

/// Projects processes.
#[derive(Clone, Copy, Debug)]
pub struct Processes;

impl Projector for Processes {
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
        const { &[Process::TABLE, Deadline::TABLE, Effect::TABLE] }
    }

    fn key(&self, event: &Decoded) -> Option<String> {
        matches!(event.event, AnyEvent::Process(_)).then(|| event.id().to_owned())
    }

    fn apply<'a>(
        &'a self,
        conn: &'a mut PgConnection,
        batch: &'a [Arc<Decoded>],
        _derive: Derive,
    ) -> BoxFuture<'a, Result<(), ApplyError>> {
        Box::pin(async move {
            let keys = known(batch, |_| true);
            let mut tables = fold::Tables {
                processes: Rows::load(conn, &keys).await?,
                deadlines: Rows::load(conn, &keys).await?,
                effects: Rows::load(conn, &keys).await?,
            };
            for event in batch {
                if let AnyEvent::Process(what) = &event.event {
                    tables.fold(event, what)?;
                }
            }
            tables.processes.store(conn).await?;
            tables.deadlines.store(conn).await?;
            tables.effects.store(conn).await
        })
    }
}
