//! Why a listing says no.

use crate::aggregate::{Refusal, RefusalKind};
use crate::listing::{ListingKind, PHOTOS_MAX, STAY_NIGHTS_MAX, UNITS_MAX};
use crate::money::Currency;
use crate::text::FieldFault;

/// Why a listing says no.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ListingRefusal {
    /// There is no such listing, or no longer.
    #[error("there is no such listing")]
    Unknown,
    /// Its id is taken.
    #[error("a listing with this id is there already; create it under a new id")]
    AlreadyCreated,
    /// Only stays can be offered.
    #[error("listings of the kind `{0:?}` cannot be offered yet; offer a stay")]
    KindNotOffered(ListingKind),
    /// A text is not fit to be kept.
    #[error(transparent)]
    Text(#[from] FieldFault),
    /// A lot without its building.
    #[error("a lot stands in a building; name the building as well")]
    LotWithoutBuilding,
    /// No unit, or too many.
    #[error("a stay has from 1 to {UNITS_MAX} units, not {0}")]
    UnitsOutOfRange(u32),
    /// A unit for nobody.
    #[error("a unit takes at least one guest; leave the number out if it is not known")]
    NoGuests,
    /// A price or fee below zero.
    #[error("a price or fee cannot be below zero")]
    NegativePrice {
        /// The JSON pointer of the amount.
        pointer: &'static str,
    },
    /// A share or discount of more than all.
    #[error("a share is from 0 to 10,000 ten-thousandths, not {basis_points}")]
    ShareOutOfRange {
        /// The JSON pointer of the share.
        pointer: &'static str,
        /// What was asked for.
        basis_points: u32,
    },
    /// Amounts of several currencies.
    #[error("all prices of a listing are in one currency; the nightly price is in {0}")]
    CurrencyMismatch(Currency),
    /// Another currency than the one it was created with.
    #[error("the currency of a listing never changes; it is {0}, so create a new listing instead")]
    CurrencyFixed(Currency),
    /// A zone that the database of zones does not have.
    #[error("`{0}` is not a time zone of the IANA database; write one such as `Europe/Lisbon`")]
    UnknownTimeZone(String),
    /// Lengths of stay that contradict each other or the limit.
    #[error(
        "the nights of a booking are at least 1, at most {STAY_NIGHTS_MAX}, and the fewest are \
         not more than the most"
    )]
    NightsOutOfRange,
    /// It lacks what a guest must know.
    #[error("a listing without a description cannot be published; describe it first")]
    NotDescribed,
    /// As many photos as there can be.
    #[error("a listing has at most {PHOTOS_MAX} photos; remove one first")]
    PhotosFull,
    /// No photo of this listing has the id.
    #[error("the listing has no such photo; check the file's id")]
    PhotoUnknown,
    /// An order that leaves photos out, or has others.
    #[error("an order names each photo of the listing once, and no other; read them again")]
    PhotosNotAll,
    /// Guests are coming.
    #[error("the listing has bookings from today on; unpublish it, and delete it after the last")]
    Taken,
}

impl Refusal for ListingRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Unknown => "listing_unknown",
            Self::AlreadyCreated => "listing_already_created",
            Self::KindNotOffered(_) => "listing_kind_not_offered",
            Self::Text(fault) => fault.fault.code(),
            Self::LotWithoutBuilding => "lot_without_building",
            Self::UnitsOutOfRange(_) => "units_out_of_range",
            Self::NoGuests => "capacity_of_nobody",
            Self::NegativePrice { .. } => "price_negative",
            Self::ShareOutOfRange { .. } => "share_out_of_range",
            Self::CurrencyMismatch(_) => "currency_mismatch",
            Self::CurrencyFixed(_) => "currency_fixed",
            Self::UnknownTimeZone(_) => "time_zone_unknown",
            Self::NightsOutOfRange => "nights_out_of_range",
            Self::NotDescribed => "listing_not_described",
            Self::Taken => "listing_taken",
            Self::PhotosFull => "photos_full",
            Self::PhotoUnknown => "photo_unknown",
            Self::PhotosNotAll => "photos_not_all",
        }
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::Unknown | Self::PhotoUnknown => RefusalKind::Unknown,
            Self::AlreadyCreated
            | Self::CurrencyFixed(_)
            | Self::NotDescribed
            | Self::PhotosFull
            | Self::Taken => RefusalKind::Conflict,
            Self::KindNotOffered(_)
            | Self::Text(_)
            | Self::LotWithoutBuilding
            | Self::UnitsOutOfRange(_)
            | Self::NoGuests
            | Self::NegativePrice { .. }
            | Self::ShareOutOfRange { .. }
            | Self::CurrencyMismatch(_)
            | Self::UnknownTimeZone(_)
            | Self::PhotosNotAll
            | Self::NightsOutOfRange => RefusalKind::Invalid,
        }
    }

    fn pointer(&self) -> Option<&'static str> {
        match self {
            Self::Text(fault) => Some(fault.pointer),
            Self::NegativePrice { pointer } | Self::ShareOutOfRange { pointer, .. } => {
                Some(pointer)
            }
            Self::KindNotOffered(_) => Some("/kind"),
            Self::LotWithoutBuilding => Some("/building"),
            Self::UnitsOutOfRange(_) => Some("/units"),
            Self::NoGuests => Some("/max_guests"),
            Self::CurrencyMismatch(_) | Self::CurrencyFixed(_) => Some("/pricing"),
            Self::UnknownTimeZone(_) => Some("/time_zone"),
            Self::NightsOutOfRange => Some("/min_nights"),
            Self::PhotosNotAll => Some("/photos"),
            Self::Unknown
            | Self::AlreadyCreated
            | Self::NotDescribed
            | Self::PhotosFull
            | Self::PhotoUnknown
            | Self::Taken => None,
        }
    }
}
