//! What facts are about: hotels and room types.

use domain::building::BuildingEvent;
use domain::listing::{ListingEvent, Offer, Place};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Facts;
use crate::decoded::Decoded;
use crate::fold::id;
use crate::projector::ApplyError;
use crate::row::{Row, Table};

crate::row! {
    /// Where bookings take place: a building, or a listing that stands in none.
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    pub struct Hotel {
        /// The building, or the listing.
        pub id: Uuid,
        /// `building` or `listing`.
        pub kind: String,
        /// The name of the building, or the title of the listing.
        pub name: String,
        /// The city of the address.
        pub city: Option<String>,
        /// The country of the address.
        pub country: Option<String>,
    }
}

impl Row for Hotel {
    const TABLE: Table = Table::by_id("hotel", &["id"]);
    type Key = Uuid;

    fn key(&self) -> Uuid {
        self.id
    }
}

crate::row! {
    /// What can be booked: a listing of identical units.
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    pub struct RoomType {
        /// The listing.
        pub id: Uuid,
        /// The hotel it stands in.
        pub hotel_id: Uuid,
        /// The title of the listing.
        pub title: String,
        /// How many identical units it names.
        pub units: u32,
    }
}

impl Row for RoomType {
    const TABLE: Table = Table::by_id("room_type", &["id"]);
    type Key = Uuid;

    fn key(&self) -> Uuid {
        self.id
    }
}

/// The hotel of what stands at `place`.
pub(super) fn hotel_of(place: Place, listing: Uuid) -> Uuid {
    place.building.map_or(listing, |building| building.0)
}

pub(super) fn building(
    facts: &mut Facts,
    event: &Decoded,
    what: &BuildingEvent,
) -> Result<(), ApplyError> {
    let id = id(event)?;
    match what {
        BuildingEvent::Registered(body) => facts.hotels.put(Hotel {
            id,
            kind: "building".to_owned(),
            name: body.name.clone(),
            city: Some(body.address.city.clone()),
            country: Some(body.address.country.clone()),
        }),
        BuildingEvent::Changed(body) => {
            let hotel = facts.hotels.expect(&id)?;
            if let Some(name) = &body.name {
                hotel.name.clone_from(name);
            }
            if let Some(address) = &body.address {
                hotel.city = Some(address.city.clone());
                hotel.country = Some(address.country.clone());
            }
        }
        // A building that left the books keeps its figures.
        BuildingEvent::LotAdded(_)
        | BuildingEvent::LotChanged(_)
        | BuildingEvent::LotRemoved(_)
        | BuildingEvent::DocumentAdded(_)
        | BuildingEvent::DocumentRemoved(_)
        | BuildingEvent::Deleted(_) => {}
    }
    Ok(())
}

pub(super) fn listing(
    facts: &mut Facts,
    event: &Decoded,
    what: &ListingEvent,
) -> Result<(), ApplyError> {
    let id = id(event)?;
    match what {
        ListingEvent::Created(body) => {
            let Offer::Stay(stay) = &body.offer;
            let hotel_id = hotel_of(body.place, id);
            let title = body.title.clone();
            facts.room_types.put(RoomType {
                id,
                hotel_id,
                title,
                units: stay.units,
            });
        }
        ListingEvent::Changed(body) => {
            let room_type = facts.room_types.expect(&id)?;
            if let Some(title) = &body.title {
                room_type.title.clone_from(title);
            }
            room_type.units = body.units.unwrap_or(room_type.units);
            room_type.hotel_id = body
                .place
                .map_or(room_type.hotel_id, |place| hotel_of(place, id));
        }
        ListingEvent::Priced(_)
        | ListingEvent::Published(_)
        | ListingEvent::Unpublished(_)
        | ListingEvent::PhotoAdded(_)
        | ListingEvent::PhotoRemoved(_)
        | ListingEvent::PhotosOrdered(_)
        | ListingEvent::Deleted(_) => return Ok(()),
    }
    let Some(room_type) = facts.room_types.get(&id) else {
        return Ok(());
    };
    if room_type.hotel_id == id {
        let (kind, name) = ("listing".to_owned(), room_type.title.clone());
        facts.hotels.put(Hotel {
            id,
            kind,
            name,
            city: None,
            country: None,
        });
    }
    Ok(())
}
