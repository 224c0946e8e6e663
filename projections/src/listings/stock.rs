//! How the events of an inventory become rows: what is put aside, taken and kept back.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use domain::inventory::{InventoryBlocked, InventoryEvent, InventoryHeld};
use domain::{AnyEvent, Span};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::decoded::Decoded;
use crate::fold::{fits, id, known, plain};
use crate::projector::ApplyError;
use crate::row::{Row, Table};
use crate::rows::Rows;

/// The most nights of a span; a booking has 730 at most.
const NIGHTS_MAX: i64 = 10_000;

crate::row! {
    /// How many identical units there are.
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    pub(super) struct StockRow {
        listing: Uuid,
        units: u32,
        time_zone: String,
        version: i64,
    }
}

impl Row for StockRow {
    const TABLE: Table = Table::by_id("stock", &["listing"]);
    type Key = Uuid;

    fn key(&self) -> Uuid {
        self.listing
    }
}

crate::row! {
    /// Nights put aside for a booking.
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    pub(super) struct HoldRow {
        listing: Uuid,
        booking: Uuid,
        arrival: NaiveDate,
        departure: NaiveDate,
        units: u32,
        deadline: Option<DateTime<Utc>>,
    }
}

impl Row for HoldRow {
    const TABLE: Table = Table::by_id("hold", &["listing", "booking"]);
    type Key = (Uuid, Uuid);

    fn key(&self) -> (Uuid, Uuid) {
        (self.listing, self.booking)
    }
}

crate::row! {
    /// How many units are taken for good in a night.
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    pub(super) struct NightRow {
        listing: Uuid,
        night: NaiveDate,
        taken: i64,
    }
}

impl Row for NightRow {
    const TABLE: Table = Table::by_id("night", &["listing", "night"]);
    type Key = (Uuid, NaiveDate);

    fn key(&self) -> (Uuid, NaiveDate) {
        (self.listing, self.night)
    }
}

crate::row! {
    /// Nights that the host keeps back.
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    pub struct BlockRow {
        /// The listing.
        pub listing: Uuid,
        /// The block.
        pub block: Uuid,
        /// The first night.
        pub first_night: NaiveDate,
        /// The day after the last night.
        pub until: NaiveDate,
        /// How many units; all there are or will be, where it is not said.
        pub units: Option<u32>,
        /// Why.
        pub reason: Option<String>,
    }
}

impl Row for BlockRow {
    const TABLE: Table = Table::by_id("block", &["listing", "block"]);
    type Key = (Uuid, Uuid);

    fn key(&self) -> (Uuid, Uuid) {
        (self.listing, self.block)
    }
}

#[derive(PartialEq, Eq, PartialOrd, Ord, Serialize)]
struct NightKey {
    listing: Uuid,
    night: NaiveDate,
}

/// The rows of the inventories that a batch touches. Of the nights, which stay for ever, only
/// those are loaded that an event of the batch names.
pub(super) struct Inventory {
    stocks: Rows<StockRow>,
    holds: Rows<HoldRow>,
    nights: Rows<NightRow>,
    blocks: Rows<BlockRow>,
}

impl Inventory {
    pub(super) async fn load(
        conn: &mut PgConnection,
        batch: &[Arc<Decoded>],
    ) -> Result<Self, ApplyError> {
        let keys = known(batch, |event| matches!(event, AnyEvent::Inventory(_)));
        Ok(Self {
            stocks: Rows::load(conn, &keys).await?,
            holds: Rows::load(conn, &keys).await?,
            nights: Rows::load_keys(conn, &nights(batch)?).await?,
            blocks: Rows::load(conn, &keys).await?,
        })
    }

    pub(super) fn fold(
        &mut self,
        event: &Decoded,
        what: &InventoryEvent,
    ) -> Result<(), ApplyError> {
        let listing = id(event)?;
        let version = event.recorded.version;
        match what {
            InventoryEvent::Opened(body) => {
                let time_zone = body.zone.name().to_owned();
                self.stocks.put(StockRow {
                    listing,
                    units: body.units,
                    time_zone,
                    version,
                });
            }
            InventoryEvent::Resized(body) => self.stocks.expect(&listing)?.units = body.units,
            InventoryEvent::Held(body) => self.holds.put(hold(listing, body)),
            InventoryEvent::HoldExtended(body) => {
                self.holds.expect(&(listing, body.hold.0))?.deadline = body.deadline;
            }
            InventoryEvent::Released(body) if body.consumed => {
                self.take(listing, body.span, -i64::from(body.units))?;
            }
            InventoryEvent::Released(body) => self.holds.remove(&(listing, body.hold.0)),
            InventoryEvent::Consumed(body) => {
                self.holds.remove(&(listing, body.hold.0));
                self.take(listing, body.span, i64::from(body.units))?;
            }
            InventoryEvent::Blocked(body) => self.blocks.put(block(listing, body)),
            InventoryEvent::Unblocked(body) => self.blocks.remove(&(listing, body.block.0)),
        }
        self.stocks.expect(&listing)?.version = version;
        Ok(())
    }

    fn take(&mut self, listing: Uuid, span: Span, units: i64) -> Result<(), ApplyError> {
        for night in days(span)? {
            let before = self
                .nights
                .get(&(listing, night))
                .map_or(0, |row| row.taken);
            let taken = fits(before.checked_add(units))?;
            self.nights.put(NightRow {
                listing,
                night,
                taken,
            });
        }
        Ok(())
    }

    pub(super) async fn store(&self, conn: &mut PgConnection) -> Result<(), ApplyError> {
        self.stocks.store(conn).await?;
        self.holds.store(conn).await?;
        self.nights.store(conn).await?;
        self.blocks.store(conn).await
    }
}

fn hold(listing: Uuid, body: &InventoryHeld) -> HoldRow {
    HoldRow {
        listing,
        booking: body.hold.0,
        arrival: body.span.from,
        departure: body.span.until,
        units: body.units,
        deadline: body.deadline,
    }
}

fn block(listing: Uuid, body: &InventoryBlocked) -> BlockRow {
    BlockRow {
        listing,
        block: body.block.0,
        first_night: body.span.from,
        until: body.span.until,
        units: body.units,
        reason: plain(body.reason.as_ref()),
    }
}

/// The nights of `span`, unless they are more than any decision lets through.
fn days(span: Span) -> Result<impl Iterator<Item = NaiveDate>, ApplyError> {
    if span.nights() > NIGHTS_MAX {
        return Err(ApplyError::Fold(format!(
            "{} nights are more than can be",
            span.nights()
        )));
    }
    Ok(span.days())
}

/// The nights that are taken or given back in `batch`, each once.
fn nights(batch: &[Arc<Decoded>]) -> Result<Vec<NightKey>, ApplyError> {
    let mut nights = BTreeSet::new();
    for event in batch {
        let AnyEvent::Inventory(what) = &event.event else {
            continue;
        };
        let span = match what {
            InventoryEvent::Consumed(body) => body.span,
            InventoryEvent::Released(body) if body.consumed => body.span,
            _ => continue,
        };
        let listing = id(event)?;
        nights.extend(days(span)?.map(|night| NightKey { listing, night }));
    }
    Ok(nights.into_iter().collect())
}
