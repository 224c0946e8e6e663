//! What is said about listings.

use chrono::NaiveTime;
use domain::booking::CancellationPolicy;
use domain::id::{BuildingId, LotId, UserId};
use domain::listing::{self, ListingKind};
use domain::{Currency, Money};

use crate::json::bodies;
use crate::view::Amount;

bodies! {
    /// Something that can be booked. Nobody sees it before it is published.
    pub struct NewListing {
        /// Whose it is; the one who asks, where it is not said.
        #[schema(value_type = Option<Uuid>)]
        pub host: Option<UserId>,
        /// `stay`, where it is not said.
        #[schema(value_type = Option<String>, example = "stay")]
        pub kind: Option<ListingKind>,
        /// One line that names it.
        pub title: String,
        /// What it is like; needed before it is published.
        pub description: Option<String>,
        /// The building it stands in.
        #[schema(value_type = Option<Uuid>)]
        pub building: Option<BuildingId>,
        /// The lot of that building.
        #[schema(value_type = Option<Uuid>)]
        pub lot: Option<LotId>,
        /// How many identical units there are.
        pub units: u32,
        /// How many guests one unit takes.
        pub max_guests: Option<u32>,
        /// What it costs.
        pub pricing: Pricing,
        /// What a guest who cancels gets back: `flexible`, `moderate`, `limited`, `firm`, `strict`,
        /// `super_strict_30`, `super_strict_60`, `long_stay`, `non_refundable`,
        /// `fully_refundable`.
        #[schema(value_type = String, example = "moderate")]
        pub policy: CancellationPolicy,
        /// Its zone, in which all its days and hours are meant.
        #[schema(example = "Europe/Lisbon")]
        pub time_zone: String,
        /// From which hour guests are let in; 15:00 where it is not said.
        #[schema(value_type = Option<String>, example = "15:00")]
        pub check_in: Option<NaiveTime>,
        /// By which hour they leave; 11:00 where it is not said.
        #[schema(value_type = Option<String>, example = "11:00")]
        pub check_out: Option<NaiveTime>,
        /// Whether a request needs no yes of the host; it does where nothing is said.
        pub instant: Option<bool>,
        /// The fewest nights of a booking; 1 where it is not said.
        pub min_nights: Option<u32>,
        /// The most nights of a booking; 730 where it is not said.
        pub max_nights: Option<u32>,
    }

    /// Named fields of a listing; what is left out stays.
    pub struct ListingChange {
        /// One line that names it.
        pub title: Option<String>,
        /// What it is like.
        pub description: Option<String>,
        /// Where it stands, as a whole; an empty object is nowhere known.
        pub place: Option<Place>,
        /// How many identical units there are.
        pub units: Option<u32>,
        /// How many guests one unit takes.
        pub max_guests: Option<u32>,
        /// What a guest who cancels gets back, for bookings from now on.
        #[schema(value_type = Option<String>, example = "moderate")]
        pub policy: Option<CancellationPolicy>,
        /// From which hour guests are let in.
        #[schema(value_type = Option<String>, example = "15:00")]
        pub check_in: Option<NaiveTime>,
        /// By which hour they leave.
        #[schema(value_type = Option<String>, example = "11:00")]
        pub check_out: Option<NaiveTime>,
        /// Whether a request needs no yes of the host.
        pub instant: Option<bool>,
        /// The fewest nights of a booking.
        pub min_nights: Option<u32>,
        /// The most nights of a booking.
        pub max_nights: Option<u32>,
    }

    /// Where a listing stands.
    pub struct Place {
        /// The building.
        #[schema(value_type = Option<Uuid>)]
        pub building: Option<BuildingId>,
        /// The lot of that building.
        #[schema(value_type = Option<Uuid>)]
        pub lot: Option<LotId>,
    }

    /// What a stay costs; all amounts in minor units of one currency.
    pub struct Pricing {
        /// One unit for one night.
        #[schema(value_type = Amount)]
        pub nightly_price: Money,
        /// Once per unit and booking; nothing where it is not said.
        #[schema(value_type = Option<Amount>)]
        pub cleaning_fee: Option<Money>,
        /// Off the nights of a booking of 7 nights and more, in ten-thousandths.
        pub weekly_discount_basis_points: Option<u32>,
        /// Off the nights of a booking of 28 nights and more, instead of the weekly discount.
        pub monthly_discount_basis_points: Option<u32>,
    }
}

impl From<Pricing> for listing::Pricing {
    fn from(body: Pricing) -> Self {
        let nothing = |currency: Currency| Money::zero(currency);
        let currency = body.nightly_price.currency;
        Self {
            nightly_price: body.nightly_price,
            cleaning_fee: body.cleaning_fee.unwrap_or_else(|| nothing(currency)),
            // The fee is the platform's, which says itself what it is.
            service_fee: nothing(currency),
            service_fee_basis_points: 0,
            weekly_discount_basis_points: body.weekly_discount_basis_points.unwrap_or_default(),
            monthly_discount_basis_points: body.monthly_discount_basis_points.unwrap_or_default(),
        }
    }
}

impl From<Place> for listing::Place {
    fn from(body: Place) -> Self {
        Self {
            building: body.building,
            lot: body.lot,
        }
    }
}
