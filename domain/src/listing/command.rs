//! What can be asked of a listing.

use chrono::{DateTime, NaiveTime, Utc};

use crate::booking::CancellationPolicy;
use crate::id::UserId;
use crate::listing::{AddPhoto, ListingKind, OrderPhotos, Place, Pricing, RemovePhoto};

/// What can be asked of a listing.
#[derive(Clone, Debug, PartialEq)]
pub enum ListingCommand {
    /// Describe something that can be booked.
    Create(Box<CreateListing>),
    /// Give some fields other values.
    Change(Box<ChangeListing>),
    /// Replace its prices as a whole.
    Price(PriceListing),
    /// Let it be found and booked.
    Publish(PublishListing),
    /// Let it be booked no more.
    Unpublish(UnpublishListing),
    /// Show a photo.
    AddPhoto(AddPhoto),
    /// Show a photo no more.
    RemovePhoto(RemovePhoto),
    /// Show the photos in another order.
    OrderPhotos(OrderPhotos),
    /// Remove it for good.
    Delete(DeleteListing),
}

/// Describe something that can be booked.
#[derive(Clone, Debug, PartialEq)]
pub struct CreateListing {
    /// Whose it is.
    pub host: UserId,
    /// One line that names it.
    pub title: String,
    /// What it is like; may be empty until it is published.
    pub description: String,
    /// Where it stands.
    pub place: Place,
    /// What is offered.
    pub offer: ProposedOffer,
    /// When it is asked for.
    pub at: DateTime<Utc>,
}

/// What is offered, as it is asked for.
#[derive(Clone, Debug, PartialEq)]
pub enum ProposedOffer {
    /// Nights in one of a number of identical units.
    Stay(ProposedStay),
    /// A kind whose terms cannot be given yet.
    Other(ListingKind),
}

/// The terms of a stay as they are asked for; see [`Stay`](crate::listing::Stay).
#[derive(Clone, Debug, PartialEq)]
pub struct ProposedStay {
    /// How many identical units there are.
    pub units: u32,
    /// How many guests one unit takes.
    pub max_guests: Option<u32>,
    /// What it costs.
    pub pricing: Pricing,
    /// What a guest who cancels gets back.
    pub policy: CancellationPolicy,
    /// The name of its zone in the IANA database, such as `Europe/Lisbon`.
    pub zone: String,
    /// From which hour guests are let in; 15:00 where it is not said.
    pub check_in: Option<NaiveTime>,
    /// By which hour they leave; 11:00 where it is not said.
    pub check_out: Option<NaiveTime>,
    /// Whether a request needs no yes of the host.
    pub instant: bool,
    /// The fewest nights of a booking; 1 where it is not said.
    pub min_nights: Option<u32>,
    /// The most nights of a booking; 730 where it is not said.
    pub max_nights: Option<u32>,
}

/// Give some fields other values; those that are absent keep theirs. Units go together with the
/// inventory's resizing, in one append.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ChangeListing {
    /// One line that names it.
    pub title: Option<String>,
    /// What it is like.
    pub description: Option<String>,
    /// Where it stands, replaced as a whole.
    pub place: Option<Place>,
    /// How many identical units there are.
    pub units: Option<u32>,
    /// How many guests one unit takes.
    pub max_guests: Option<u32>,
    /// What a guest who cancels gets back, for bookings from now on.
    pub policy: Option<CancellationPolicy>,
    /// From which hour of the day of arrival guests are let in.
    pub check_in: Option<NaiveTime>,
    /// By which hour of the day of departure they leave.
    pub check_out: Option<NaiveTime>,
    /// Whether a request needs no yes of the host.
    pub instant: Option<bool>,
    /// The fewest nights of a booking.
    pub min_nights: Option<u32>,
    /// The most nights of a booking.
    pub max_nights: Option<u32>,
    /// When it is asked for.
    pub at: DateTime<Utc>,
}

/// Replace its prices as a whole.
#[derive(Clone, Debug, PartialEq)]
pub struct PriceListing {
    /// What it costs from now on; in the currency it was created with.
    pub pricing: Pricing,
    /// When it is asked for.
    pub at: DateTime<Utc>,
}

/// Let it be found and booked.
#[derive(Clone, Debug, PartialEq)]
pub struct PublishListing {
    /// When it is asked for.
    pub at: DateTime<Utc>,
}

/// Let it be booked no more; its bookings stand.
#[derive(Clone, Debug, PartialEq)]
pub struct UnpublishListing {
    /// When it is asked for.
    pub at: DateTime<Utc>,
}

/// Remove it for good.
#[derive(Clone, Debug, PartialEq)]
pub struct DeleteListing {
    /// Whether any night from today on is held or taken, as its inventory says.
    pub taken: bool,
    /// When it is asked for.
    pub at: DateTime<Utc>,
}
