//! The listings, and what of them is free.

mod fold;
mod host;
mod query;
mod stock;

use std::sync::Arc;

use chrono::{DateTime, NaiveTime, Utc};
use domain::AnyEvent;
use domain::listing::Pricing;
use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::decoded::Decoded;
use crate::fold::known;
use crate::projector::{ApplyError, Derive, Projector};
use crate::row::{Row, Table};
use crate::rows::Rows;

pub use query::{Availability, ListingFilter, NightFree, availability, blocks, list, show};
pub use stock::BlockRow;

/// The name of the projection.
pub const NAME: &str = "listings";

crate::row! {
    /// Something that can be booked.
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    pub struct ListingRow {
        /// The listing.
        pub id: Uuid,
        /// Whose it is.
        pub host: Uuid,
        /// One line that names it.
        pub title: String,
        /// What it is like.
        pub description: String,
        /// `stay`, for now.
        pub kind: String,
        /// `draft`, `published`, `unpublished` or `deleted`.
        pub status: String,
        /// The building it stands in.
        pub building: Option<Uuid>,
        /// The lot of that building.
        pub lot: Option<Uuid>,
        /// How many identical units there are.
        pub units: u32,
        /// How many guests one unit takes.
        pub max_guests: Option<u32>,
        /// What it costs.
        pub pricing: Pricing,
        /// One unit for one night, in minor units.
        pub nightly_price: i64,
        /// The currency of all its prices.
        pub currency: String,
        /// What a guest who cancels gets back.
        pub policy: String,
        /// Where it stands in time.
        pub time_zone: String,
        /// From which hour guests are let in.
        pub check_in: NaiveTime,
        /// By which hour they leave.
        pub check_out: NaiveTime,
        /// Whether a request needs no yes of the host.
        pub instant: bool,
        /// The fewest nights of a booking.
        pub min_nights: u32,
        /// The most nights of a booking.
        pub max_nights: u32,
        /// The files that are its photos, the first one first.
        pub photos: Vec<Uuid>,
        /// When it was created.
        pub created_at: DateTime<Utc>,
        /// When anything last changed.
        pub changed_at: DateTime<Utc>,
        /// The version of its stream.
        pub version: i64,
    }
}

impl Row for ListingRow {
    const TABLE: Table = Table::by_id("listing", &["id"]);
    type Key = Uuid;

    fn key(&self) -> Uuid {
        self.id
    }
}

/// Projects listings and inventories.
#[derive(Clone, Copy, Debug)]
pub struct Listings;

impl Projector for Listings {
    fn name(&self) -> &'static str {
        NAME
    }

    fn version(&self) -> i32 {
        3
    }

    fn ddl(&self) -> &'static str {
        include_str!("schema.sql")
    }

    fn tables(&self) -> &'static [Table] {
        const {
            &[
                ListingRow::TABLE,
                host::HostRow::TABLE,
                stock::StockRow::TABLE,
                stock::HoldRow::TABLE,
                stock::NightRow::TABLE,
                BlockRow::TABLE,
            ]
        }
    }

    fn key(&self, event: &Decoded) -> Option<String> {
        let is_of_listing = matches!(event.event, AnyEvent::Listing(_) | AnyEvent::Inventory(_));
        (is_of_listing || host::is_active_after(&event.event).is_some())
            .then(|| event.id().to_owned())
    }

    fn apply<'a>(
        &'a self,
        conn: &'a mut PgConnection,
        batch: &'a [Arc<Decoded>],
        _derive: Derive,
    ) -> BoxFuture<'a, Result<(), ApplyError>> {
        Box::pin(async move {
            let listings = known(batch, |event| matches!(event, AnyEvent::Listing(_)));
            let mut listings = Rows::<ListingRow>::load(conn, &listings).await?;
            let hosts = known(batch, |event| host::is_active_after(event).is_some());
            let mut hosts = Rows::<host::HostRow>::load(conn, &hosts).await?;
            let mut inventory = stock::Inventory::load(conn, batch).await?;
            for event in batch {
                match &event.event {
                    AnyEvent::Listing(what) => fold::listing(&mut listings, event, what)?,
                    AnyEvent::Inventory(what) => inventory.fold(event, what)?,
                    other => host::fold(&mut hosts, event, other)?,
                }
            }
            listings.store(conn).await?;
            hosts.store(conn).await?;
            inventory.store(conn).await
        })
    }
}
