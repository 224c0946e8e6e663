//! What happened to the inventory of a listing: what of it is taken.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::id::{BlockId, BookingId, UserId};
use crate::personal::Personal;
use crate::span::Span;

events! {
    /// What happened to an inventory.
    pub enum InventoryEvent {
        /// There is something to take, so many units of it.
        Opened(InventoryOpened) = "inventory.opened" v 1,
        /// There are more units, or fewer.
        Resized(InventoryResized) = "inventory.resized" v 1,
        /// Nights were put aside for a booking.
        Held(InventoryHeld) = "inventory.held" v 1,
        /// A hold got another deadline.
        HoldExtended(InventoryHoldExtended) = "inventory.hold_extended" v 1,
        /// Nights put aside or taken are free again.
        Released(InventoryReleased) = "inventory.released" v 1,
        /// Nights put aside are taken for good.
        Consumed(InventoryConsumed) = "inventory.consumed" v 1,
        /// The host keeps nights from being booked.
        Blocked(InventoryBlocked) = "inventory.blocked" v 1,
        /// Nights kept back can be booked again.
        Unblocked(InventoryUnblocked) = "inventory.unblocked" v 1,
    }
}

/// There is something to take, so many units of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InventoryOpened {
    /// How many identical units there are.
    pub units: u32,
    /// The zone whose calendar days the nights are named by.
    #[serde(rename = "time_zone")]
    pub zone: Tz,
    /// The local day from which on nights are counted.
    pub low_water: NaiveDate,
}

/// There are more units, or fewer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InventoryResized {
    /// How many identical units there are from now on.
    pub units: u32,
    /// The local day from which on nights are counted.
    pub low_water: NaiveDate,
}

/// Nights were put aside for a booking.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InventoryHeld {
    /// The booking they are for.
    pub hold: BookingId,
    /// Which nights.
    pub span: Span,
    /// How many units in each of them.
    pub units: u32,
    /// From when on they count as free again; never, where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<DateTime<Utc>>,
    /// Who asked, where how much they may ask for is limited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guest: Option<UserId>,
    /// The local day from which on nights are counted.
    pub low_water: NaiveDate,
}

/// A hold got another deadline.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InventoryHoldExtended {
    /// The booking that holds.
    pub hold: BookingId,
    /// From when on its nights count as free again; never, where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<DateTime<Utc>>,
    /// The local day from which on nights are counted.
    pub low_water: NaiveDate,
}

/// Nights put aside or taken are free again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InventoryReleased {
    /// The booking they were for.
    pub hold: BookingId,
    /// Which nights.
    pub span: Span,
    /// How many units in each of them.
    pub units: u32,
    /// Whether they were taken for good, not only put aside.
    pub consumed: bool,
    /// The local day from which on nights are counted.
    pub low_water: NaiveDate,
}

/// Nights put aside are taken for good.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InventoryConsumed {
    /// The booking they are for.
    pub hold: BookingId,
    /// Which nights.
    pub span: Span,
    /// How many units in each of them.
    pub units: u32,
    /// The local day from which on nights are counted.
    pub low_water: NaiveDate,
}

/// The host keeps nights from being booked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InventoryBlocked {
    /// Names the block.
    pub block: BlockId,
    /// Which nights.
    pub span: Span,
    /// How many units in each of them; all there are or will be, where it is not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub units: Option<u32>,
    /// Why, in words of the host.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Personal<String>>,
    /// The booking that the host called off, so that these nights are not sold to others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancelled: Option<BookingId>,
    /// The local day from which on nights are counted.
    pub low_water: NaiveDate,
}

/// Nights kept back can be booked again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InventoryUnblocked {
    /// Names the block.
    pub block: BlockId,
    /// The local day from which on nights are counted.
    pub low_water: NaiveDate,
}
