//! What happened to a listing.

use chrono::NaiveTime;
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::{ListingPhotoAdded, ListingPhotoRemoved, ListingPhotosOrdered};
use crate::booking::CancellationPolicy;
use crate::id::{BuildingId, LotId, UserId};
use crate::money::{Currency, Money};

events! {
    /// What happened to a listing.
    pub enum ListingEvent {
        /// A host described something that can be booked; nobody else sees it yet.
        Created(ListingCreated) = "listing.created" v 1,
        /// Some of its fields got other values.
        Changed(ListingChanged) = "listing.changed" v 1,
        /// Its prices were replaced as a whole.
        Priced(ListingPriced) = "listing.priced" v 1,
        /// It can be found and booked from now on.
        Published(ListingPublished) = "listing.published" v 1,
        /// It can be booked no more; its bookings stand.
        Unpublished(ListingUnpublished) = "listing.unpublished" v 1,
        /// A photo is shown, after those that were there.
        PhotoAdded(ListingPhotoAdded) = "listing.photo_added" v 1,
        /// A photo is not shown any more.
        PhotoRemoved(ListingPhotoRemoved) = "listing.photo_removed" v 1,
        /// Its photos are shown in another order.
        PhotosOrdered(ListingPhotosOrdered) = "listing.photos_ordered" v 1,
        /// It is gone for good.
        Deleted(ListingDeleted) = "listing.deleted" v 1,
    }
}

/// The four kinds of things that can be booked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ListingKind {
    /// Nights in one of a number of identical units.
    Stay,
    /// Time slots of a provider.
    Appointment,
    /// Tickets of types with quotas.
    Event,
    /// Pieces of a stock.
    Product,
}

/// What exactly is offered: the part that differs by kind.
///
/// On the wire it carries its `kind`, so that another kind is a new variant and no new version.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Offer {
    /// Nights in one of a number of identical units.
    Stay(Stay),
}

impl Offer {
    /// Its kind.
    pub fn kind(&self) -> ListingKind {
        match self {
            Self::Stay(_) => ListingKind::Stay,
        }
    }
}

/// The terms of a stay.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stay {
    /// How many identical units there are.
    pub units: u32,
    /// How many guests one unit takes; no limit where it is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_guests: Option<u32>,
    /// What it costs.
    pub pricing: Pricing,
    /// What a guest who cancels gets back.
    pub policy: CancellationPolicy,
    /// Where it stands in time: all its days and hours are meant in this zone.
    #[serde(rename = "time_zone")]
    pub zone: Tz,
    /// From which hour of the day of arrival guests are let in.
    pub check_in: NaiveTime,
    /// By which hour of the day of departure they leave.
    pub check_out: NaiveTime,
    /// Whether a request needs no yes of the host.
    pub instant: bool,
    /// The fewest nights of a booking.
    pub min_nights: u32,
    /// The most nights of a booking.
    pub max_nights: u32,
}

/// What a stay costs; all amounts are of one currency.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pricing {
    /// One unit for one night.
    pub nightly_price: Money,
    /// Once per unit and booking.
    pub cleaning_fee: Money,
    /// Once per booking, beside the share below.
    pub service_fee: Money,
    /// The platform's share of nights after discount and cleaning, in ten-thousandths.
    pub service_fee_basis_points: u32,
    /// Off the nights of a booking of 7 nights and more, in ten-thousandths.
    pub weekly_discount_basis_points: u32,
    /// Off the nights of a booking of 28 nights and more, instead of the weekly discount.
    pub monthly_discount_basis_points: u32,
}

impl Pricing {
    /// The currency of all its amounts.
    pub fn currency(&self) -> Currency {
        self.nightly_price.currency
    }
}

/// Where in a building something stands, as far as it does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// The building.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub building: Option<BuildingId>,
    /// The lot of that building.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lot: Option<LotId>,
}

/// A host described something that can be booked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListingCreated {
    /// Whose it is.
    pub host: UserId,
    /// One line that names it.
    pub title: String,
    /// What it is like; may be empty until it is published.
    pub description: String,
    /// Where it stands.
    pub place: Place,
    /// What is offered.
    pub offer: Offer,
}

/// Some fields got other values; those that are absent kept theirs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListingChanged {
    /// One line that names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What it is like.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Where it stands, replaced as a whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// How many identical units there are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub units: Option<u32>,
    /// How many guests one unit takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_guests: Option<u32>,
    /// What a guest who cancels gets back, for bookings from now on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<CancellationPolicy>,
    /// From which hour of the day of arrival guests are let in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check_in: Option<NaiveTime>,
    /// By which hour of the day of departure they leave.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check_out: Option<NaiveTime>,
    /// Whether a request needs no yes of the host.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instant: Option<bool>,
    /// The fewest nights of a booking.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_nights: Option<u32>,
    /// The most nights of a booking.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_nights: Option<u32>,
}

/// Its prices were replaced as a whole.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListingPriced {
    /// What it costs from now on.
    pub pricing: Pricing,
}

/// It can be found and booked from now on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListingPublished {}

/// It can be booked no more; its bookings stand.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListingUnpublished {}

/// It is gone for good.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListingDeleted {}
