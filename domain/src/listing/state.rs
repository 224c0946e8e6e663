//! What a listing is now.

use chrono::NaiveTime;
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::aggregate::Aggregate;
use crate::booking::CancellationPolicy;
use crate::id::{FileId, ListingId, UserId};
use crate::listing::{
    ListingChanged, ListingCommand, ListingEvent, ListingRefusal, Offer, Place, Pricing, Stay,
};
use crate::money::Money;

/// A listing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Listing {
    /// Never created.
    #[default]
    Absent,
    /// There to be seen by its host, and by all once it is published.
    Present(Box<ListingState>),
    /// Gone for good.
    Deleted {
        /// Whose it was.
        host: UserId,
    },
}

/// A listing that is there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ListingState {
    /// Whose it is.
    pub host: UserId,
    /// One line that names it.
    pub title: String,
    /// What it is like.
    pub description: String,
    /// Where it stands.
    pub place: Place,
    /// What is offered.
    pub offer: Offer,
    /// Whether it can be found and booked.
    pub published: bool,
    /// The files that are its photos, the first one first.
    pub photos: Vec<FileId>,
}

/// A stay listing at one moment: all that a booking has to know of it.
#[derive(Clone, Debug, PartialEq)]
pub struct StayTerms {
    /// Which listing.
    pub listing: ListingId,
    /// Whose it is.
    pub host: UserId,
    /// Where it stands.
    pub place: Place,
    /// Whether it can be booked.
    pub published: bool,
    /// How many identical units there are.
    pub units: u32,
    /// How many guests one unit takes; no limit where it is not known.
    pub max_guests: Option<u32>,
    /// What it costs.
    pub pricing: Pricing,
    /// What a guest who cancels gets back.
    pub policy: CancellationPolicy,
    /// The zone of all its days and hours.
    pub zone: Tz,
    /// From which hour guests are let in.
    pub check_in: NaiveTime,
    /// By which hour they leave.
    pub check_out: NaiveTime,
    /// Whether a request needs no yes of the host.
    pub instant: bool,
    /// The fewest nights of a booking.
    pub min_nights: u32,
    /// The most nights of a booking.
    pub max_nights: u32,
}

impl StayTerms {
    /// The same with the platform's fee, whatever the host once said of it.
    #[must_use]
    pub fn with_service_fee(mut self, basis_points: u32) -> Self {
        self.pricing.service_fee = Money::zero(self.pricing.currency());
        self.pricing.service_fee_basis_points = basis_points;
        self
    }
}

impl Listing {
    /// Whose it is, or was.
    pub fn host(&self) -> Option<UserId> {
        match self {
            Self::Absent => None,
            Self::Present(listing) => Some(listing.host),
            Self::Deleted { host } => Some(*host),
        }
    }

    /// The listing, where it is there.
    pub fn present(&self) -> Option<&ListingState> {
        match self {
            Self::Present(listing) => Some(listing),
            Self::Absent | Self::Deleted { .. } => None,
        }
    }

    /// What a booking has to know of it, under the id that its stream is named by.
    pub fn stay_terms(&self, id: ListingId) -> Option<StayTerms> {
        let listing = self.present()?;
        let Offer::Stay(stay) = &listing.offer;
        Some(StayTerms {
            listing: id,
            host: listing.host,
            place: listing.place,
            published: listing.published,
            units: stay.units,
            max_guests: stay.max_guests,
            pricing: stay.pricing,
            policy: stay.policy,
            zone: stay.zone,
            check_in: stay.check_in,
            check_out: stay.check_out,
            instant: stay.instant,
            min_nights: stay.min_nights,
            max_nights: stay.max_nights,
        })
    }
}

impl ListingState {
    fn change(&mut self, change: &ListingChanged) {
        set(&mut self.title, change.title.clone());
        set(&mut self.description, change.description.clone());
        set(&mut self.place, change.place);
        let Offer::Stay(stay) = &mut self.offer;
        stay.change(change);
    }
}

impl Stay {
    pub(super) fn change(&mut self, change: &ListingChanged) {
        set(&mut self.units, change.units);
        self.max_guests = change.max_guests.or(self.max_guests);
        set(&mut self.policy, change.policy);
        set(&mut self.check_in, change.check_in);
        set(&mut self.check_out, change.check_out);
        set(&mut self.instant, change.instant);
        set(&mut self.min_nights, change.min_nights);
        set(&mut self.max_nights, change.max_nights);
    }
}

fn set<T>(field: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *field = value;
    }
}

impl Aggregate for Listing {
    const NOUN: &'static str = "listing";
    const STATE_VERSION: u32 = 2;
    type Command = ListingCommand;
    type Event = ListingEvent;
    type Refusal = ListingRefusal;

    fn decide(&self, command: &ListingCommand) -> Result<Vec<ListingEvent>, ListingRefusal> {
        self.decide_on(command)
    }

    fn evolve(&mut self, event: &ListingEvent) {
        match (&mut *self, event) {
            (_, ListingEvent::Created(e)) => {
                *self = Self::Present(Box::new(ListingState {
                    host: e.host,
                    title: e.title.clone(),
                    description: e.description.clone(),
                    place: e.place,
                    offer: e.offer.clone(),
                    published: false,
                    photos: Vec::new(),
                }));
            }
            (Self::Present(listing), ListingEvent::Changed(e)) => listing.change(e),
            (Self::Present(listing), ListingEvent::Priced(e)) => {
                let Offer::Stay(stay) = &mut listing.offer;
                stay.pricing = e.pricing;
            }
            (Self::Present(listing), ListingEvent::Published(_)) => listing.published = true,
            (Self::Present(listing), ListingEvent::Unpublished(_)) => listing.published = false,
            (Self::Present(listing), ListingEvent::Deleted(_)) => {
                *self = Self::Deleted { host: listing.host };
            }
            (
                Self::Present(listing),
                ListingEvent::PhotoAdded(_)
                | ListingEvent::PhotoRemoved(_)
                | ListingEvent::PhotosOrdered(_),
            ) => listing.show_photos(event),
            // What was never created or is gone does not change any more.
            (Self::Absent | Self::Deleted { .. }, _) => {}
        }
    }
}
