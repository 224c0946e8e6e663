//! The shares of the lots of buildings, as they were closed.

mod query;

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use domain::AnyEvent;
use domain::share_table::ShareTableEvent;
use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::decoded::Decoded;
use crate::fold::{fits, id, known};
use crate::projector::{ApplyError, Derive, Projector};
use crate::row::{Row, Table};
use crate::rows::Rows;

pub use query::{ShareTableFilter, list, parts, show};

/// The name of the projection.
pub const NAME: &str = "shares";

crate::row! {
    /// The shares for one key from one day on.
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    pub struct ShareTableRow {
        /// The table.
        pub id: Uuid,
        /// The building.
        pub building: Uuid,
        /// The key of distribution.
        pub key: String,
        /// The first day for which they count.
        pub from_on: NaiveDate,
        /// What they add up to.
        pub total: i64,
        /// `drawn`, `counting` or `withdrawn`.
        pub status: String,
        /// How many lots have a part.
        pub lots: i64,
        /// When anything last changed.
        pub changed_at: DateTime<Utc>,
        /// The version of its stream.
        pub version: i64,
    }
}

impl Row for ShareTableRow {
    const TABLE: Table = Table::by_id("share_table", &["id"]);
    type Key = Uuid;

    fn key(&self) -> Uuid {
        self.id
    }
}

crate::row! {
    /// The part of one lot.
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    pub struct SharePartRow {
        /// The table.
        pub share_table: Uuid,
        /// The lot.
        pub lot: Uuid,
        /// Its part.
        pub part: u32,
    }
}

impl Row for SharePartRow {
    const TABLE: Table = Table::by_id("share_part", &["share_table", "lot"]);
    type Key = (Uuid, Uuid);

    fn key(&self) -> (Uuid, Uuid) {
        (self.share_table, self.lot)
    }
}

/// Projects shares.
#[derive(Clone, Copy, Debug)]
pub struct Shares;

impl Projector for Shares {
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
        const { &[ShareTableRow::TABLE, SharePartRow::TABLE] }
    }

    fn key(&self, event: &Decoded) -> Option<String> {
        matches!(event.event, AnyEvent::ShareTable(_)).then(|| event.id().to_owned())
    }

    fn apply<'a>(
        &'a self,
        conn: &'a mut PgConnection,
        batch: &'a [Arc<Decoded>],
        _derive: Derive,
    ) -> BoxFuture<'a, Result<(), ApplyError>> {
        Box::pin(async move {
            let keys = known(batch, |event| matches!(event, AnyEvent::ShareTable(_)));
            let mut tables = Rows::<ShareTableRow>::load(conn, &keys).await?;
            let mut parts = Rows::<SharePartRow>::load(conn, &keys).await?;
            for event in batch {
                if let AnyEvent::ShareTable(what) = &event.event {
                    fold(&mut tables, &mut parts, event, what)?;
                }
            }
            tables.store(conn).await?;
            parts.store(conn).await
        })
    }
}

fn fold(
    tables: &mut Rows<ShareTableRow>,
    parts: &mut Rows<SharePartRow>,
    event: &Decoded,
    what: &ShareTableEvent,
) -> Result<(), ApplyError> {
    let id = id(event)?;
    match what {
        ShareTableEvent::DrawnUp(body) => {
            parts.remove_while((id, Uuid::nil()).., |(table, _)| *table == id);
            tables.put(ShareTableRow {
                id,
                building: body.building.0,
                key: body.key.clone(),
                from_on: body.from,
                total: fits(i64::try_from(body.total).ok())?,
                status: "drawn".to_owned(),
                lots: 0,
                changed_at: event.recorded.occurred_at,
                version: event.recorded.version,
            });
        }
        ShareTableEvent::PartsRecorded(body) => {
            let row = tables.expect(&id)?;
            row.lots += fits(i64::try_from(body.parts.len()).ok())?;
            for (lot, part) in &body.parts {
                parts.put(SharePartRow {
                    share_table: id,
                    lot: lot.0,
                    part: *part,
                });
            }
        }
        ShareTableEvent::Closed(_) => "counting".clone_into(&mut tables.expect(&id)?.status),
        ShareTableEvent::Withdrawn(_) => "withdrawn".clone_into(&mut tables.expect(&id)?.status),
    }
    let row = tables.expect(&id)?;
    row.changed_at = event.recorded.occurred_at;
    row.version = event.recorded.version;
    Ok(())
}
