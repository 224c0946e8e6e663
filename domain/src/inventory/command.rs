//! What can be asked of an inventory.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use crate::id::{BlockId, BookingId, UserId};
use crate::personal::Personal;
use crate::span::Span;

/// What can be asked of an inventory.
#[derive(Clone, Debug, PartialEq)]
pub enum InventoryCommand {
    /// Let there be something to take.
    Open(OpenInventory),
    /// Let there be more units, or fewer.
    Resize(ResizeInventory),
    /// Put nights aside.
    Hold(HoldNights),
    /// Give a hold another deadline.
    Extend(ExtendHold),
    /// Let nights go.
    Release(ReleaseNights),
    /// Take nights that were put aside.
    Consume(ConsumeHold),
    /// Put nights aside and take them at once, as for money that came late.
    Claim(ClaimNights),
    /// Keep nights from being booked.
    Block(BlockNights),
    /// Let nights be booked again.
    Unblock(UnblockNights),
}

/// Let there be something to take, together with the listing.
#[derive(Clone, Debug, PartialEq)]
pub struct OpenInventory {
    /// How many identical units there are.
    pub units: u32,
    /// The zone of the listing.
    pub zone: Tz,
    /// When it is asked for.
    pub at: DateTime<Utc>,
}

/// Let there be more units, or fewer, together with the listing.
#[derive(Clone, Debug, PartialEq)]
pub struct ResizeInventory {
    /// How many identical units there are to be.
    pub units: u32,
    /// When it is asked for.
    pub at: DateTime<Utc>,
}

/// Put nights aside for a booking.
#[derive(Clone, Debug, PartialEq)]
pub struct HoldNights {
    /// The booking.
    pub hold: BookingId,
    /// Who asks, and how many requests of theirs may wait here at once; none for those who are
    /// trusted with any number.
    pub guest: Option<GuestLimit>,
    /// Which nights.
    pub span: Span,
    /// How many units in each of them.
    pub units: u32,
    /// From when on they count as free again; never, where there is none.
    pub deadline: Option<DateTime<Utc>>,
    /// When it is asked for.
    pub at: DateTime<Utc>,
}

/// How many requests of one guest may wait at once.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GuestLimit {
    /// Who.
    pub guest: UserId,
    /// How many, this one among them.
    pub most: u32,
}

/// Give a live hold another deadline.
#[derive(Clone, Debug, PartialEq)]
pub struct ExtendHold {
    /// The booking that holds.
    pub hold: BookingId,
    /// The new deadline; never, where there is none.
    pub deadline: Option<DateTime<Utc>>,
    /// When it is asked for.
    pub at: DateTime<Utc>,
}

/// Let nights go that were put aside or taken.
///
/// What is taken is kept as counts without names, so that the state stays small: the booking says
/// what it has, and its own state, in the same append, keeps it from letting go twice.
#[derive(Clone, Debug, PartialEq)]
pub struct ReleaseNights {
    /// The booking.
    pub hold: BookingId,
    /// Which nights.
    pub span: Span,
    /// How many units in each of them.
    pub units: u32,
    /// Whether the booking was confirmed, so that they are taken and not only put aside.
    pub consumed: bool,
    /// When it is asked for.
    pub at: DateTime<Utc>,
}

/// Take the nights of a live hold for good.
#[derive(Clone, Debug, PartialEq)]
pub struct ConsumeHold {
    /// The booking that holds.
    pub hold: BookingId,
    /// When it is asked for.
    pub at: DateTime<Utc>,
}

/// Put nights aside and take them at once, whatever became of an earlier hold of the booking.
#[derive(Clone, Debug, PartialEq)]
pub struct ClaimNights {
    /// The booking.
    pub hold: BookingId,
    /// Which nights.
    pub span: Span,
    /// How many units in each of them.
    pub units: u32,
    /// When it is asked for.
    pub at: DateTime<Utc>,
}

/// Keep nights from being booked.
#[derive(Clone, Debug, PartialEq)]
pub struct BlockNights {
    /// Names the block.
    pub block: BlockId,
    /// Which nights.
    pub span: Span,
    /// How many units in each of them; all there are or will be, where it is not said.
    pub units: Option<u32>,
    /// Why, in words of the host.
    pub reason: Option<Personal<String>>,
    /// The booking that the host called off, so that these nights are not to be sold to others.
    pub cancelled: Option<BookingId>,
    /// When it is asked for.
    pub at: DateTime<Utc>,
}

/// Let nights be booked again.
#[derive(Clone, Debug, PartialEq)]
pub struct UnblockNights {
    /// Names the block.
    pub block: BlockId,
    /// Whether the platform says so, which may free what a cancellation keeps blocked.
    pub by_platform: bool,
    /// When it is asked for.
    pub at: DateTime<Utc>,
}
