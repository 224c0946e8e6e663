//! A piece with all that it consists of: when which piece was a part of which, and how long the
//! whole has stood still.

use chrono::{DateTime, Utc};
use domain::id::EquipmentId;
use eventstore::Readers;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::load::Tables;
use crate::decoded::Decoded;
use crate::page::QueryError;
use crate::projector::ApplyError;
use crate::row::{Row, Table};

crate::row! {
    /// A time during which a piece was a part of another.
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    pub struct PlacementRow {
        /// The piece.
        pub equipment: Uuid,
        /// Its number: the version of the piece with which it began.
        pub number: i64,
        /// Where the piece stands.
        pub building: Uuid,
        /// Of which piece it was a part.
        pub parent: Uuid,
        /// When it was put there.
        pub since: DateTime<Utc>,
        /// When it was moved or deleted, if it was.
        pub until: Option<DateTime<Utc>>,
    }
}

impl Row for PlacementRow {
    const TABLE: Table = Table::grouped("placement", &["equipment", "number"], "building", "uuid");
    type Key = (Uuid, i64);

    fn key(&self) -> (Uuid, i64) {
        (self.equipment, self.number)
    }
}

impl Tables {
    /// The piece is part of `parent` from this event on, or of none.
    pub(super) fn place(
        &mut self,
        id: Uuid,
        event: &Decoded,
        parent: Option<Uuid>,
    ) -> Result<(), ApplyError> {
        let row = self.pieces.expect(&id)?;
        if row.placement_number.is_some() && row.parent == parent {
            return Ok(());
        }
        row.parent = parent;
        let (building, number) = (row.building, event.recorded.version);
        let before = std::mem::replace(&mut row.placement_number, parent.map(|_| number));
        self.leave(id, before, event)?;
        if let Some(parent) = parent {
            self.placements.put(PlacementRow {
                equipment: id,
                number,
                building,
                parent,
                since: event.recorded.occurred_at,
                until: None,
            });
        }
        Ok(())
    }

    /// The piece is where it was before no more.
    pub(super) fn leave(
        &mut self,
        id: Uuid,
        number: Option<i64>,
        event: &Decoded,
    ) -> Result<(), ApplyError> {
        if let Some(number) = number {
            let at = event.recorded.occurred_at;
            self.placements.expect(&(id, number))?.until = Some(at);
        }
        Ok(())
    }
}

/// How a piece has run with all its parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct WholeRow {
    /// How many pieces were parts of it, at any depth, at any time.
    pub parts: i64,
    /// How long it or any of them was down, in microseconds.
    pub down_micros: i64,
}

/// How a piece has run between two instants with all its parts, each of which counts while it was
/// one. What was down at the same time counts once.
///
/// A part of a part counts while both were in their places. Equal rows are found once, so that the
/// search ends whatever clocks have told; `offset 0` makes Postgres look up what belongs to each
/// piece, however many it expects.
pub async fn whole(
    readers: &Readers,
    equipment: EquipmentId,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<WholeRow, QueryError> {
    let row = sqlx::query_as(
        "with recursive below (piece, since, until) as (
             select $1::uuid, $2::timestamptz, $3::timestamptz
             union
             select p.equipment, greatest(b.since, p.since), least(b.until, p.until)
             from below b cross join lateral (
                 select equipment, since, until from equipment.placement
                 where parent = b.piece offset 0
             ) p
             where greatest(b.since, p.since) < least(b.until, p.until)
         ), spell as (
             select greatest(b.since, d.since) as since, least(b.until, d.until) as until
             from below b cross join lateral (
                 select since, until from equipment.downtime
                 where equipment = b.piece offset 0
             ) d
         ), down as (
             select unnest(range_agg(tstzrange(since, until))) as time
             from spell where since < until
         )
         select (select count(distinct piece) - 1 from below) as parts,
             coalesce((extract(epoch from sum(upper(time) - lower(time))) * 1000000)::bigint, 0)
                 as down_micros
         from down",
    )
    .bind(equipment.0)
    .bind(from)
    .bind(until)
    .fetch_one(readers)
    .await?;
    Ok(row)
}
