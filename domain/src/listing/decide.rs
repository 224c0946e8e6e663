//! What may happen to a listing.

use chrono::NaiveTime;
use chrono_tz::Tz;

use crate::listing::{
    ChangeListing, CreateListing, DeleteListing, Listing, ListingChanged, ListingCommand,
    ListingCreated, ListingDeleted, ListingEvent, ListingPriced, ListingPublished, ListingRefusal,
    ListingState, ListingUnpublished, Offer, Place, PriceListing, Pricing, ProposedOffer,
    ProposedStay, Stay,
};
use crate::text;

/// The most units of one stay.
pub const UNITS_MAX: u32 = 10_000;
/// The most nights of one booking.
pub const STAY_NIGHTS_MAX: u32 = 730;
/// The longest title, in characters.
pub const TITLE_CHARS_MAX: usize = 200;
/// The longest description, in characters.
pub const DESCRIPTION_CHARS_MAX: usize = 10_000;

type Decision = Result<Vec<ListingEvent>, ListingRefusal>;

impl Listing {
    pub(super) fn decide_on(&self, command: &ListingCommand) -> Decision {
        match command {
            ListingCommand::Create(c) => self.create(c),
            ListingCommand::Change(c) => self.known()?.decide_change(c),
            ListingCommand::Price(c) => self.known()?.price(c),
            ListingCommand::Publish(_) => self.known()?.publish(),
            ListingCommand::Unpublish(_) => Ok(self.known()?.unpublish()),
            ListingCommand::AddPhoto(c) => self.known()?.add_photo(*c),
            ListingCommand::RemovePhoto(c) => self.known()?.remove_photo(*c),
            ListingCommand::OrderPhotos(c) => self.known()?.order_photos(c),
            ListingCommand::Delete(c) => self.delete(c),
        }
    }

    fn known(&self) -> Result<&ListingState, ListingRefusal> {
        self.present().ok_or(ListingRefusal::Unknown)
    }

    fn create(&self, c: &CreateListing) -> Decision {
        if !matches!(self, Self::Absent) {
            return Err(ListingRefusal::AlreadyCreated);
        }
        let offer = match &c.offer {
            ProposedOffer::Stay(stay) => Offer::Stay(stay.checked()?),
            ProposedOffer::Other(kind) => return Err(ListingRefusal::KindNotOffered(*kind)),
        };
        check_title(&c.title)?;
        check_description(&c.description)?;
        check_place(c.place)?;
        Ok(vec![ListingEvent::Created(ListingCreated {
            host: c.host,
            title: c.title.clone(),
            description: c.description.clone(),
            place: c.place,
            offer,
        })])
    }

    fn delete(&self, c: &DeleteListing) -> Decision {
        match self {
            Self::Absent => Err(ListingRefusal::Unknown),
            Self::Deleted { .. } => Ok(vec![]),
            Self::Present(_) if c.taken => Err(ListingRefusal::Taken),
            Self::Present(_) => Ok(vec![ListingEvent::Deleted(ListingDeleted {})]),
        }
    }
}

impl ListingState {
    fn decide_change(&self, c: &ChangeListing) -> Decision {
        let Offer::Stay(stay) = &self.offer;
        let change = ListingChanged {
            title: other(c.title.as_ref(), &self.title),
            description: other(c.description.as_ref(), &self.description),
            place: other(c.place.as_ref(), &self.place),
            units: other(c.units.as_ref(), &stay.units),
            max_guests: c.max_guests.filter(|max| stay.max_guests != Some(*max)),
            policy: other(c.policy.as_ref(), &stay.policy),
            check_in: other(c.check_in.as_ref(), &stay.check_in),
            check_out: other(c.check_out.as_ref(), &stay.check_out),
            instant: other(c.instant.as_ref(), &stay.instant),
            min_nights: other(c.min_nights.as_ref(), &stay.min_nights),
            max_nights: other(c.max_nights.as_ref(), &stay.max_nights),
        };
        if change == ListingChanged::default() {
            return Ok(vec![]);
        }
        change.title.as_deref().map_or(Ok(()), check_title)?;
        change
            .description
            .as_deref()
            .map_or(Ok(()), check_description)?;
        if self.published && change.description.as_deref().is_some_and(blank) {
            return Err(ListingRefusal::NotDescribed);
        }
        change.place.map_or(Ok(()), check_place)?;
        let mut changed = stay.clone();
        changed.change(&change);
        changed.check()?;
        Ok(vec![ListingEvent::Changed(change)])
    }

    fn price(&self, c: &PriceListing) -> Decision {
        let Offer::Stay(stay) = &self.offer;
        if c.pricing == stay.pricing {
            return Ok(vec![]);
        }
        c.pricing.check()?;
        let currency = stay.pricing.currency();
        if c.pricing.currency() != currency {
            return Err(ListingRefusal::CurrencyFixed(currency));
        }
        Ok(vec![ListingEvent::Priced(ListingPriced {
            pricing: c.pricing,
        })])
    }

    fn publish(&self) -> Decision {
        if self.published {
            return Ok(vec![]);
        }
        if blank(&self.description) {
            return Err(ListingRefusal::NotDescribed);
        }
        Ok(vec![ListingEvent::Published(ListingPublished {})])
    }

    fn unpublish(&self) -> Vec<ListingEvent> {
        if self.published {
            return vec![ListingEvent::Unpublished(ListingUnpublished {})];
        }
        vec![]
    }
}

impl ProposedStay {
    fn checked(&self) -> Result<Stay, ListingRefusal> {
        let stay = Stay {
            units: self.units,
            max_guests: self.max_guests,
            pricing: self.pricing,
            policy: self.policy,
            zone: zone(&self.zone)?,
            check_in: self.check_in.unwrap_or_else(|| hour(15)),
            check_out: self.check_out.unwrap_or_else(|| hour(11)),
            instant: self.instant,
            min_nights: self.min_nights.unwrap_or(1),
            max_nights: self.max_nights.unwrap_or(STAY_NIGHTS_MAX),
        };
        stay.check()?;
        Ok(stay)
    }
}

impl Stay {
    fn check(&self) -> Result<(), ListingRefusal> {
        if !(1..=UNITS_MAX).contains(&self.units) {
            return Err(ListingRefusal::UnitsOutOfRange(self.units));
        }
        if self.max_guests == Some(0) {
            return Err(ListingRefusal::NoGuests);
        }
        let nights = 1..=STAY_NIGHTS_MAX;
        let within = nights.contains(&self.min_nights) && nights.contains(&self.max_nights);
        if !within || self.min_nights > self.max_nights {
            return Err(ListingRefusal::NightsOutOfRange);
        }
        self.pricing.check()
    }
}

impl Pricing {
    fn check(&self) -> Result<(), ListingRefusal> {
        for (pointer, price) in [
            ("/pricing/nightly_price", self.nightly_price),
            ("/pricing/cleaning_fee", self.cleaning_fee),
            ("/pricing/service_fee", self.service_fee),
        ] {
            if price.currency != self.currency() {
                return Err(ListingRefusal::CurrencyMismatch(self.currency()));
            }
            if price.amount < 0 {
                return Err(ListingRefusal::NegativePrice { pointer });
            }
        }
        for (pointer, basis_points) in [
            (
                "/pricing/service_fee_basis_points",
                self.service_fee_basis_points,
            ),
            (
                "/pricing/weekly_discount_basis_points",
                self.weekly_discount_basis_points,
            ),
            (
                "/pricing/monthly_discount_basis_points",
                self.monthly_discount_basis_points,
            ),
        ] {
            if basis_points > 10_000 {
                return Err(ListingRefusal::ShareOutOfRange {
                    pointer,
                    basis_points,
                });
            }
        }
        Ok(())
    }
}

fn check_title(title: &str) -> Result<(), ListingRefusal> {
    Ok(text::line("/title", title, TITLE_CHARS_MAX)?)
}

/// A draft may be without a description, so nothing at all is fine.
fn check_description(description: &str) -> Result<(), ListingRefusal> {
    if description.is_empty() {
        return Ok(());
    }
    Ok(text::lines(
        "/description",
        description,
        DESCRIPTION_CHARS_MAX,
    )?)
}

fn check_place(place: Place) -> Result<(), ListingRefusal> {
    match place {
        Place {
            building: None,
            lot: Some(_),
        } => Err(ListingRefusal::LotWithoutBuilding),
        _ => Ok(()),
    }
}

fn zone(name: &str) -> Result<Tz, ListingRefusal> {
    let shown = || name.chars().filter(|c| !c.is_control()).take(64).collect();
    name.parse()
        .map_err(|_| ListingRefusal::UnknownTimeZone(shown()))
}

fn hour(hour: u32) -> NaiveTime {
    NaiveTime::from_hms_opt(hour, 0, 0).unwrap_or_default()
}

fn blank(text: &str) -> bool {
    text.trim().is_empty()
}

/// The value asked for, where it is another than the present one.
fn other<T: Clone + PartialEq>(asked: Option<&T>, present: &T) -> Option<T> {
    asked.filter(|asked| *asked != present).cloned()
}
