//! The buildings and their lots.

mod fold;
mod query;

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::AnyEvent;
use domain::building::{Address, Section};
use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::decoded::Decoded;
use crate::fold::known;
use crate::projector::{ApplyError, Derive, Projector};
use crate::row::{Row, Table};
use crate::rows::Rows;

pub use query::{BuildingFilter, list, lot, lots, show};

/// The name of the projection.
pub const NAME: &str = "buildings";

crate::row! {
    /// A building that stands in the books.
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    pub struct BuildingRow {
        /// The building.
        pub id: Uuid,
        /// Who manages it.
        pub owner: Uuid,
        /// What it is called.
        pub name: String,
        /// Where it stands.
        pub address: Address,
        /// The city of its address.
        pub city: String,
        /// The country of its address.
        pub country: String,
        /// Where its clock stands, if it is known.
        pub time_zone: Option<String>,
        /// Its wings, staircases and car parks.
        pub sections: Vec<Section>,
        /// What else is to be known about it.
        pub attributes: BTreeMap<String, String>,
        /// How many lots it has of each kind.
        pub units: BTreeMap<String, u32>,
        /// When it was registered.
        pub created_at: DateTime<Utc>,
        /// When anything last changed.
        pub changed_at: DateTime<Utc>,
        /// The version of its stream.
        pub version: i64,
    }
}

impl Row for BuildingRow {
    const TABLE: Table = Table::by_id("building", &["id"]);
    type Key = Uuid;

    fn key(&self) -> Uuid {
        self.id
    }
}

crate::row! {
    /// A part of a building that can be owned.
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    pub struct LotRow {
        /// The building.
        pub building: Uuid,
        /// The lot.
        pub id: Uuid,
        /// What it is called.
        pub label: String,
        /// What it is used as.
        pub kind: String,
        /// The section it is in.
        pub section: Option<String>,
        /// The floor it is on.
        pub floor: Option<i16>,
        /// Its surface in square decimetres.
        pub surface_dm2: Option<u32>,
        /// Its part of the whole, per key of distribution.
        pub shares: BTreeMap<String, u32>,
    }
}

impl Row for LotRow {
    const TABLE: Table = Table::by_id("lot", &["building", "id"]);
    type Key = (Uuid, Uuid);

    fn key(&self) -> (Uuid, Uuid) {
        (self.building, self.id)
    }
}

/// Projects buildings and lots.
#[derive(Clone, Copy, Debug)]
pub struct Buildings;

impl Projector for Buildings {
    fn name(&self) -> &'static str {
        NAME
    }

    fn version(&self) -> i32 {
        2
    }

    fn ddl(&self) -> &'static str {
        include_str!("schema.sql")
    }

    fn tables(&self) -> &'static [Table] {
        const { &[BuildingRow::TABLE, LotRow::TABLE] }
    }

    fn key(&self, event: &Decoded) -> Option<String> {
        matches!(event.event, AnyEvent::Building(_)).then(|| event.id().to_owned())
    }

    fn apply<'a>(
        &'a self,
        conn: &'a mut PgConnection,
        batch: &'a [Arc<Decoded>],
        _derive: Derive,
    ) -> BoxFuture<'a, Result<(), ApplyError>> {
        Box::pin(async move {
            let keys = known(batch, |_| true);
            let mut buildings = Rows::<BuildingRow>::load(conn, &keys).await?;
            let mut lots = fold::lots(conn, batch).await?;
            for event in batch {
                if let AnyEvent::Building(what) = &event.event {
                    fold::building(&mut buildings, &mut lots, event, what)?;
                }
            }
            buildings.store(conn).await?;
            lots.store(conn).await
        })
    }
}
