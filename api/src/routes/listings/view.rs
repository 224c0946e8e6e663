//! Listings, as queries tell them.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use domain::listing::Pricing;
use projections::listings::{BlockRow, ListingRow};
use uuid::Uuid;

use crate::view::{Amount, views};

views! {
    /// Something that can be booked.
    #[schema(as = Listing)]
    pub struct ListingView of row: ListingRow {
        /// The listing.
        id: Uuid,
        /// Whose it is.
        host: Uuid,
        /// One line that names it.
        title: String,
        /// What it is like.
        description: String,
        /// `stay`, for now.
        kind: String,
        /// `draft`, `published`, `unpublished` or `deleted`.
        status: String,
        /// The building it stands in.
        building: Option<Uuid>,
        /// The lot of that building.
        lot: Option<Uuid>,
        /// How many identical units there are.
        units: u32,
        /// How many guests one unit takes.
        max_guests: Option<u32>,
        /// What it costs.
        pricing: PricingView = row.pricing.into(),
        /// What a guest who cancels gets back.
        policy: String,
        /// Where it stands in time.
        time_zone: String,
        /// From which hour guests are let in.
        #[schema(value_type = String, example = "15:00:00")]
        check_in: NaiveTime,
        /// By which hour they leave.
        #[schema(value_type = String, example = "15:00:00")]
        check_out: NaiveTime,
        /// Whether a request needs no yes of the host.
        instant: bool,
        /// The fewest nights of a booking.
        min_nights: u32,
        /// The most nights of a booking.
        max_nights: u32,
        /// The files that are its photos, the first one first; below `/files/public` while it is
        /// published.
        photos: Vec<Uuid>,
        /// When it was created.
        created_at: DateTime<Utc>,
        /// When anything last changed.
        changed_at: DateTime<Utc>,
        /// The version of its stream.
        version: i64,
    }

    /// What a stay costs; all amounts are of one currency.
    #[schema(as = ListingPricing)]
    pub struct PricingView of row: Pricing {
        /// One unit for one night.
        nightly_price: Amount = row.nightly_price.into(),
        /// Once per unit and booking.
        cleaning_fee: Amount = row.cleaning_fee.into(),
        /// Off the nights of a booking of 7 nights and more, in ten-thousandths.
        weekly_discount_basis_points: u32,
        /// Off the nights of a booking of 28 nights and more, instead of the weekly discount.
        monthly_discount_basis_points: u32,
    }

    /// Nights that the host keeps back.
    #[schema(as = Block)]
    pub struct BlockView of row: BlockRow {
        /// The listing.
        listing: Uuid,
        /// The block.
        block: Uuid,
        /// The first night.
        first_night: NaiveDate,
        /// The day after the last night.
        until: NaiveDate,
        /// How many units; all there are or will be, where it is not said.
        units: Option<u32>,
        /// Why.
        reason: Option<String>,
    }
}
