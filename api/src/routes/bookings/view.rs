//! Bookings, as queries tell them.

use chrono::{DateTime, NaiveDate, Utc};
use projections::bookings::BookingRow;
use uuid::Uuid;

use super::sums::{CancellationView, QuoteView};
use crate::view::{Amount, views};

views! {
    /// A booking, and what became of it.
    #[schema(as = Booking)]
    pub struct BookingView of row: BookingRow {
        /// The booking.
        id: Uuid,
        /// What is booked.
        listing: Uuid,
        /// Whose listing it is.
        host: Uuid,
        /// The building it stands in.
        building: Option<Uuid>,
        /// The lot of that building.
        lot: Option<Uuid>,
        /// The user who booked.
        guest: Option<Uuid>,
        /// The contact who booked and is no user.
        contact: Option<Uuid>,
        /// What the contact is called.
        contact_name: Option<String>,
        /// Where the contact gets mail.
        contact_email: Option<String>,
        /// The day of arrival, where the listing stands.
        arrival: NaiveDate,
        /// The day of departure, where the listing stands.
        departure: NaiveDate,
        /// How many nights.
        nights: i64,
        /// How many units.
        units: u32,
        /// Grown-ups.
        adults: u32,
        /// Children.
        children: u32,
        /// Babies.
        babies: u32,
        /// The zone of all its days and hours.
        time_zone: String,
        /// From when on guests are let in.
        check_in_at: DateTime<Utc>,
        /// By when they leave.
        check_out_at: DateTime<Utc>,
        /// `quoted` or `agreed`.
        price: String,
        /// What it costs.
        total: Amount = Amount::of(row.total, &row.currency),
        /// What it costs, line by line.
        quote: QuoteView = row.quote.into(),
        /// What is given back on a cancellation.
        policy: String,
        /// In which wording.
        policy_version: u16,
        /// `at_booking` or `at_check_out`.
        terms: String,
        /// Whether it needed no yes of the host.
        instant: bool,
        /// Whether the host has said yes, or need not.
        accepted: bool,
        /// When it expires, while it is pending.
        deadline: Option<DateTime<Utc>>,
        /// `pending`, `confirmed`, `declined`, `cancelled`, `completed`, `no_show` or `expired`.
        status: String,
        /// Why it was declined or called off.
        reason: Option<String>,
        /// What paid it.
        payment: Option<Uuid>,
        /// Since when its nights are taken.
        confirmed_at: Option<DateTime<Utc>>,
        /// When it came to its end, whichever that was.
        ended_at: Option<DateTime<Utc>>,
        /// What was kept and what went back, if it was called off.
        cancellation: Option<CancellationView> = row.cancellation.map(Into::into),
        /// The country the guests come from.
        country: Option<String>,
        /// By which way it was sold.
        channel: Option<String>,
        /// To which part of the market.
        segment: Option<String>,
        /// What another system calls it.
        reference: Option<String>,
        /// `live`, or the import that brought it in.
        origin: String,
        /// Whether live processes look after an imported booking.
        adopted: bool,
        /// When it was asked for.
        requested_at: DateTime<Utc>,
        /// When anything last changed.
        changed_at: DateTime<Utc>,
        /// The version of its stream.
        version: i64,
        /// The currency of all its amounts.
        currency: String,
    }
}
