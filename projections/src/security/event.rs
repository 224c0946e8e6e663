//! Failed log-ins and refused access.

use chrono::{DateTime, Utc};
use eventstore::{PgPool, Readers};
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use uuid::Uuid;

use crate::page::{Ground, List, Page, QueryError};
use crate::select::{Select, pair};

/// The most rows that are written, or deleted, in one statement.
const ROWS_MAX: usize = 1_000;

crate::row! {
    /// Something that was refused, as often as it was so in a short time.
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    pub struct SecurityEvent {
        /// Its id.
        pub id: Uuid,
        /// When it was so first.
        pub at: DateTime<Utc>,
        /// When it was so last.
        pub last_at: DateTime<Utc>,
        /// How often.
        pub times: i64,
        /// `login_failed`, `login_held_back`, `sign_up_repeated` or `access_refused`.
        pub kind: String,
        /// The code of the problem that was answered.
        pub code: String,
        /// Who asked, or whose account it was tried on.
        pub user_id: Option<Uuid>,
        /// The keyed hash of the address that was typed.
        pub account: Option<String>,
        /// The address of the client.
        pub ip: Option<String>,
        /// What the client called itself.
        pub user_agent: Option<String>,
        /// How it was asked.
        pub method: String,
        /// For what: the route, without the ids in it.
        pub route: String,
        /// The first of the requests.
        pub request_id: Option<String>,
    }
}

/// Which of them; what is absent does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SecurityFilter {
    /// `login_failed`, `login_held_back`, `sign_up_repeated` or `access_refused`.
    pub kind: Option<String>,
    /// The code of the problem.
    pub code: Option<String>,
    /// Who asked, or whose account it was tried on.
    pub user: Option<Uuid>,
    /// The keyed hash of the address that was typed.
    pub account: Option<String>,
    /// The address of the client.
    pub ip: Option<String>,
    /// At this instant or later.
    pub from: Option<DateTime<Utc>>,
    /// Before this instant.
    pub until: Option<DateTime<Utc>>,
}

/// Writes `events` down; one that is there already is left as it is.
pub async fn record(pool: &PgPool, events: &[SecurityEvent]) -> Result<(), sqlx::Error> {
    for some in events.chunks(ROWS_MAX) {
        sqlx::query(
            "insert into security_event
             select * from json_populate_recordset(null::security_event, $1::json)
             on conflict (id) do nothing",
        )
        .bind(Json(some))
        .execute(pool)
        .await?;
    }
    Ok(())
}

/// Forgets what was last so before `before`; answers how many rows that were.
pub async fn forget(pool: &PgPool, before: DateTime<Utc>) -> Result<u64, sqlx::Error> {
    let mut gone = 0;
    loop {
        // In pieces, so that no statement holds anything up for long.
        let some = sqlx::query(
            "delete from security_event where id = any (array(
                 select id from security_event where at < $1 order by at limit $2))",
        )
        .bind(before)
        .bind(i64::try_from(ROWS_MAX).unwrap_or(i64::MAX))
        .execute(pool)
        .await?
        .rows_affected();
        gone += some;
        if some == 0 {
            return Ok(gone);
        }
    }
}

/// Those that match, the latest first.
pub async fn list(
    readers: &Readers,
    filter: &SecurityFilter,
    page: &Page,
) -> Result<List<SecurityEvent>, QueryError> {
    let place = page.place(pair::<DateTime<Utc>, Uuid>)?;
    let rows = Select::of("public.security_event")
        .filter("t.kind =", filter.kind.clone())
        .filter("t.code =", filter.code.clone())
        .filter("t.user_id =", filter.user)
        .filter("t.account =", filter.account.clone())
        .filter("t.ip =", filter.ip.clone())
        .filter("t.at >=", filter.from)
        .filter("t.at <", filter.until)
        .after("(t.at, t.id) <", place)
        .fetch(readers, "t.at desc, t.id desc", page.limit)
        .await?;
    // It is built from nothing, so that it is of one build for ever and never behind.
    let ground = Ground {
        generation: 0,
        stale: false,
    };
    page.list(&ground, rows, |row: &SecurityEvent| {
        vec![row.at.to_rfc3339(), row.id.to_string()]
    })
}
