//! Who owns and rents the lots of buildings, did or will.

mod fold;
mod query;

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use domain::AnyEvent;
use domain::building::BuildingEvent;
use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::decoded::Decoded;
use crate::projector::{ApplyError, Derive, Projector};
use crate::row::{Row, Table};
use crate::rows::Rows;

pub use query::{OccupantFilter, list, show};

/// The name of the projection.
pub const NAME: &str = "occupants";

crate::row! {
    /// What a lot is called.
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    pub struct LabelRow {
        /// The lot.
        pub lot: Uuid,
        /// The building.
        pub building: Uuid,
        /// What it is called.
        pub label: String,
    }
}

impl Row for LabelRow {
    const TABLE: Table = Table::by_id("lot", &["lot"]);
    type Key = Uuid;

    fn key(&self) -> Uuid {
        self.lot
    }
}

crate::row! {
    /// One who owns or rents a lot, did or will.
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    pub struct OccupantRow {
        /// The occupant.
        pub id: Uuid,
        /// The lot.
        pub lot: Uuid,
        /// The building.
        pub building: Uuid,
        /// What the lot is called.
        pub label: Option<String>,
        /// `owner` or `tenant`.
        pub kind: String,
        /// Which user he is, if he is one.
        pub user_id: Option<Uuid>,
        /// What he is called.
        pub name: String,
        /// Where he is written to.
        pub email: Option<String>,
        /// The first day.
        pub from_on: NaiveDate,
        /// The day after the last.
        pub until_on: Option<NaiveDate>,
        /// Which part of the lot an owner has, in millionths.
        pub part: Option<u32>,
        /// Whether a tenant has the lot to himself.
        pub exclusive: bool,
        /// When he was first heard of.
        pub created_at: DateTime<Utc>,
        /// When anything last changed.
        pub changed_at: DateTime<Utc>,
        /// The version of the lot's occupancy at that time.
        pub version: i64,
    }
}

impl Row for OccupantRow {
    const TABLE: Table = Table::by_id("occupant", &["lot", "id"]);
    type Key = (Uuid, Uuid);

    fn key(&self) -> (Uuid, Uuid) {
        (self.lot, self.id)
    }
}

/// Projects occupants.
#[derive(Clone, Copy, Debug)]
pub struct Occupants;

impl Projector for Occupants {
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
        const { &[LabelRow::TABLE, OccupantRow::TABLE] }
    }

    /// The lot: what happens to it and what happens in it feed the same rows.
    fn key(&self, event: &Decoded) -> Option<String> {
        match &event.event {
            AnyEvent::Occupancy(_) => Some(event.id().to_owned()),
            AnyEvent::Building(BuildingEvent::LotAdded(body)) => Some(body.lot_id.to_string()),
            AnyEvent::Building(BuildingEvent::LotChanged(body)) => {
                body.change.label.as_ref().map(|_| body.lot_id.to_string())
            }
            _ => None,
        }
    }

    fn apply<'a>(
        &'a self,
        conn: &'a mut PgConnection,
        batch: &'a [Arc<Decoded>],
        _derive: Derive,
    ) -> BoxFuture<'a, Result<(), ApplyError>> {
        Box::pin(async move {
            // Two streams feed the rows of a lot, so that none tells by its version what is there.
            let keys: BTreeSet<String> = batch.iter().filter_map(|e| self.key(e)).collect();
            let keys: Vec<String> = keys.into_iter().collect();
            let mut lots = Rows::<LabelRow>::load(conn, &keys).await?;
            let mut occupants = Rows::<OccupantRow>::load(conn, &keys).await?;
            for event in batch {
                match &event.event {
                    AnyEvent::Occupancy(what) => {
                        fold::occupancy(&lots, &mut occupants, event, what)?;
                    }
                    AnyEvent::Building(what) => {
                        fold::lot(&mut lots, &mut occupants, event, what)?;
                    }
                    _ => {}
                }
            }
            lots.store(conn).await?;
            occupants.store(conn).await
        })
    }
}
