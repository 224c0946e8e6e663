//! Why an inventory says no.

use chrono::NaiveDate;

use crate::aggregate::{Refusal, RefusalKind};
use crate::inventory::AHEAD_YEARS_MAX;
use crate::listing::{STAY_NIGHTS_MAX, UNITS_MAX};
use crate::span::Span;
use crate::text::FieldFault;

/// Why an inventory says no.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InventoryRefusal {
    /// Nothing was ever opened here.
    #[error("there is no such inventory")]
    Unknown,
    /// It was opened with another number of units.
    #[error("the inventory is open already; resize it instead")]
    AlreadyOpen,
    /// No unit, or too many.
    #[error("from 1 to {UNITS_MAX} units can be meant, not {0}")]
    UnitsOutOfRange(u32),
    /// A span that ends where it starts, or before.
    #[error("there is no night between the two dates; let the second be after the first")]
    NoNights,
    /// A span of too many nights.
    #[error("{0} nights are more than the {STAY_NIGHTS_MAX} that can be taken at once")]
    TooManyNights(i64),
    /// A night that is over.
    #[error("a night before {0} is past; choose nights from that day on")]
    Past(NaiveDate),
    /// Too far in the future.
    #[error("nights after {0}, {AHEAD_YEARS_MAX} years ahead, cannot be taken yet")]
    TooFarAhead(NaiveDate),
    /// A deadline that has passed already.
    #[error("the deadline has passed already; name a later one")]
    DeadlinePassed,
    /// A night has not enough free units.
    #[error("the night of {night} is not free any more; {}", instead(*.next))]
    NotAvailable {
        /// The first such night.
        night: NaiveDate,
        /// The first nights from there on, as many as were asked for, that have enough.
        next: Option<Span>,
    },
    /// One guest asks for more than they pay for.
    #[error(
        "{0} requests of yours for this listing wait for money or for an answer, which is the most; \
         pay or cancel one first"
    )]
    TooManyRequests(u32),
    /// A night would have fewer units than it needs.
    #[error("on the night of {0} more units are taken than would be left; free it first")]
    UnitsTaken(NaiveDate),
    /// The hold has lapsed or was released.
    #[error("the hold has lapsed or was let go; ask for the nights again")]
    HoldExpired,
    /// No such block, or no longer.
    #[error("there is no such block of dates, or it is past")]
    BlockUnknown,
    /// The host called off a booking of these nights.
    #[error(
        "these nights stay blocked because you called off a confirmed booking of them; an \
         administrator can free them"
    )]
    BlockKept,
    /// The block's id is taken by another.
    #[error("a block with this id keeps other nights; use a new id")]
    BlockExists,
    /// A text is not fit to be kept.
    #[error(transparent)]
    Text(#[from] FieldFault),
}

impl Refusal for InventoryRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Unknown => "inventory_unknown",
            Self::AlreadyOpen => "inventory_already_open",
            Self::UnitsOutOfRange(_) => "units_out_of_range",
            Self::NoNights => "no_nights",
            Self::TooManyNights(_) => "too_many_nights",
            Self::Past(_) => "dates_past",
            Self::TooFarAhead(_) => "dates_too_far_ahead",
            Self::DeadlinePassed => "deadline_passed",
            Self::NotAvailable { .. } => "not_available",
            Self::TooManyRequests(_) => "too_many_open_requests",
            Self::UnitsTaken(_) => "units_taken",
            Self::HoldExpired => "hold_expired",
            Self::BlockUnknown => "block_unknown",
            Self::BlockKept => "block_kept",
            Self::BlockExists => "block_exists",
            Self::Text(fault) => fault.fault.code(),
        }
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::Unknown | Self::BlockUnknown => RefusalKind::Unknown,
            Self::AlreadyOpen
            | Self::NotAvailable { .. }
            | Self::UnitsTaken(_)
            | Self::TooManyRequests(_)
            | Self::BlockKept
            | Self::BlockExists => RefusalKind::Conflict,
            Self::HoldExpired => RefusalKind::Gone,
            Self::UnitsOutOfRange(_)
            | Self::NoNights
            | Self::TooManyNights(_)
            | Self::Past(_)
            | Self::TooFarAhead(_)
            | Self::DeadlinePassed
            | Self::Text(_) => RefusalKind::Invalid,
        }
    }

    fn pointer(&self) -> Option<&'static str> {
        match self {
            Self::UnitsOutOfRange(_) | Self::UnitsTaken(_) => Some("/units"),
            Self::NoNights | Self::TooManyNights(_) | Self::TooFarAhead(_) => Some("/until"),
            Self::Past(_) | Self::NotAvailable { .. } => Some("/from"),
            Self::Text(fault) => Some(fault.pointer),
            Self::Unknown
            | Self::AlreadyOpen
            | Self::DeadlinePassed
            | Self::HoldExpired
            | Self::BlockUnknown
            | Self::TooManyRequests(_)
            | Self::BlockKept
            | Self::BlockExists => None,
        }
    }

    fn next_free(&self) -> Option<Span> {
        match self {
            Self::NotAvailable { next, .. } => *next,
            _ => None,
        }
    }
}

/// What can be done where a night is not free.
fn instead(next: Option<Span>) -> String {
    match next {
        Some(Span { from, until }) => {
            format!("the next stay of this length is free from {from} until {until}")
        }
        None => "choose other dates or fewer units".to_owned(),
    }
}
