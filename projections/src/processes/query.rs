//! Which processes there are, what they wait for, and what they have asked.

use chrono::{DateTime, Utc};
use eventstore::Readers;
use uuid::Uuid;

use super::{Deadline, Effect, NAME, Process};
use crate::one::One;
use crate::page::{List, Page, QueryError};
use crate::select::{Select, pair};

/// Which processes are asked for; what is absent does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProcessFilter {
    /// Their kind.
    pub kind: Option<String>,
    /// `running`, `stuck` or `ended`.
    pub status: Option<String>,
}

/// The processes that match, in the order in which they began.
pub async fn list(
    readers: &Readers,
    filter: &ProcessFilter,
    page: &Page,
) -> Result<List<Process>, QueryError> {
    let place = page.place(pair::<DateTime<Utc>, String>)?;
    Select::of("processes.process")
        .filter("t.kind =", filter.kind.clone())
        .filter("t.status =", filter.status.clone())
        .after("(t.started_at, t.id) >", place)
        .page(
            readers,
            (NAME, page),
            "t.started_at, t.id",
            |row: &Process| vec![row.started_at.to_rfc3339(), row.id.clone()],
        )
        .await
}

/// One process.
pub async fn show(readers: &Readers, id: &str) -> Result<Option<Process>, QueryError> {
    let one = One {
        on: "t.id = one.key",
        ..One::by_id(NAME, "processes.process")
    };
    one.find_of(readers, id, Uuid::nil()).await
}

/// The deadlines that have passed at `at`, the oldest first, at most `limit`.
pub async fn due(
    readers: &Readers,
    at: DateTime<Utc>,
    limit: u32,
) -> Result<Vec<Deadline>, QueryError> {
    Select::of("processes.deadline")
        .filter("t.due_at <=", Some(at))
        .fetch(readers, "t.due_at, t.process_id", limit.saturating_sub(1))
        .await
}

/// What was to be asked before `before` and has no answer yet, the oldest first, at most `limit`;
/// without that of processes that are stuck, which wait for an operator.
pub async fn open_effects(
    readers: &Readers,
    before: DateTime<Utc>,
    limit: u32,
) -> Result<Vec<Effect>, QueryError> {
    Select::of("processes.effect")
        .only(
            "t.status = 'open' and exists (select from processes.process p \
             where p.id = t.process_id and p.status = 'running')",
        )
        .filter("t.intended_at <=", Some(before))
        .fetch(readers, "t.intended_at, t.key", limit.saturating_sub(1))
        .await
}
