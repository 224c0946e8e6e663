//! Who did what.

use chrono::{DateTime, Utc};
use eventstore::{Position, Readers};
use uuid::Uuid;

use super::{Entry, NAME};
use crate::page::{List, Page, QueryError};
use crate::select::Select;

/// Which entries are asked for; what is absent does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// The id of the user, or the name of the process, who did it.
    pub actor: Option<String>,
    /// The noun it was done to, such as `booking`.
    pub noun: Option<String>,
    /// The stream it was done to.
    pub stream: Option<String>,
    /// What kind of event it was.
    pub event_type: Option<String>,
    /// The command that led to it.
    pub command: Option<String>,
    /// One id for all that follows from one cause outside.
    pub correlation_id: Option<Uuid>,
    /// The HTTP request.
    pub request_id: Option<String>,
    /// `live`, or `import:` and its id.
    pub origin: Option<String>,
    /// Recorded at this instant or later.
    pub from: Option<DateTime<Utc>>,
    /// Recorded before this instant.
    pub until: Option<DateTime<Utc>>,
}

/// The entries that match, the latest first.
pub async fn list(
    readers: &Readers,
    filter: &AuditFilter,
    page: &Page,
) -> Result<List<Entry>, QueryError> {
    let place = page.place(position)?;
    matching(filter)
        .filter("t.position <", place)
        .page(readers, (NAME, page), "t.position desc", |row: &Entry| {
            vec![row.position.to_string()]
        })
        .await
}

/// All that followed from one cause outside, in the order in which it happened.
pub async fn trace(
    readers: &Readers,
    correlation_id: Uuid,
    page: &Page,
) -> Result<List<Entry>, QueryError> {
    let place = page.place(position)?;
    Select::of("audit.entry")
        .filter("t.correlation_id =", Some(correlation_id))
        .filter("t.position >", place)
        .page(readers, (NAME, page), "t.position", |row: &Entry| {
            vec![row.position.to_string()]
        })
        .await
}

fn matching(filter: &AuditFilter) -> Select<Entry> {
    Select::of("audit.entry")
        .filter("t.actor =", filter.actor.clone())
        .filter("t.noun =", filter.noun.clone())
        .filter("t.stream =", filter.stream.clone())
        .filter("t.event_type =", filter.event_type.clone())
        .filter("t.command =", filter.command.clone())
        .filter("t.correlation_id =", filter.correlation_id)
        .filter("t.request_id =", filter.request_id.clone())
        .filter("t.origin =", filter.origin.clone())
        .filter("t.recorded_at >=", filter.from)
        .filter("t.recorded_at <", filter.until)
}

fn position(values: &[String]) -> Option<Position> {
    match values {
        [position] => position.parse().ok(),
        _ => None,
    }
}
