//! The hotels and their room types, which the bookings stand on.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use commands::CommandError;
use domain::booking::CancellationPolicy;
use domain::building::{Address, RegisterBuilding};
use domain::listing::{CreateListing, Place, Pricing, ProposedOffer, ProposedStay};
use domain::{Currency, Money};
use projections::staging::{self, Room};

use super::times::ZONE;
use crate::import::ids::Ids;
use crate::import::{ImportError, Importer};

/// The hotels are there at midnight of the day of the first booking, which is made at noon.
const BEFORE_FIRST: TimeDelta = TimeDelta::hours(12);

/// Registers every hotel as a building and every room type as a stay listing, unless they are
/// there.
pub async fn hotels(importer: &Importer, ids: Ids) -> Result<(), ImportError> {
    let Some(first) = staging::first_booked_at(&importer.pool, ids.import).await? else {
        return Ok(());
    };
    let at = first.checked_sub_signed(BEFORE_FIRST).unwrap_or(first);
    let owner = importer.owner.unwrap_or_else(|| ids.nobody());
    let rooms = staging::rooms(&importer.pool, ids.import).await?;
    let hotels: BTreeSet<&str> = rooms.iter().map(|room| room.hotel.as_str()).collect();
    for hotel in hotels {
        let id = ids.building(hotel);
        let register = RegisterBuilding {
            owner,
            name: hotel.to_owned(),
            address: address(hotel),
            time_zone: Some(ZONE.name().to_owned()),
            sections: Vec::new(),
            attributes: BTreeMap::from([("import".to_owned(), ids.import.to_string())]),
        };
        let context = ids.context(ids.set_up(id.0), at);
        let answer = importer
            .commands
            .import_building(&context, id, &register)
            .await;
        answer.map_err(failed(hotel))?;
    }
    for room in &rooms {
        let id = ids.listing(&room.hotel, &room.room);
        let create = CreateListing {
            host: owner,
            title: format!("{}, room type {}", room.hotel, room.room),
            description: "Brought in with its bookings from the hotel bookings data set."
                .to_owned(),
            place: Place {
                building: Some(ids.building(&room.hotel)),
                lot: None,
            },
            offer: ProposedOffer::Stay(stay(room)),
            at,
        };
        let context = ids.context(ids.set_up(id.0), at);
        let answer = importer
            .commands
            .import_listing(&context, id, &create)
            .await;
        answer.map_err(failed(&create.title))?;
    }
    Ok(())
}

/// Lets the room types be booked by anyone, now that their past is whole.
pub async fn open_to_all(importer: &Importer, ids: Ids) -> Result<(), ImportError> {
    for room in staging::rooms(&importer.pool, ids.import).await? {
        let id = ids.listing(&room.hotel, &room.room);
        let command = ids.set_up(ids.set_up(id.0));
        let context = ids.context(command, importer.commands.clock().now());
        let answer = importer.commands.publish_listing(&context, id).await;
        answer.map_err(failed(&format!("{}, room type {}", room.hotel, room.room)))?;
    }
    Ok(())
}

fn failed(what: &str) -> impl FnOnce(CommandError) -> ImportError {
    let what = what.to_owned();
    move |source| ImportError::SetUp { what, source }
}

/// The publisher of the file says no more than this of where the hotels stand.
fn address(hotel: &str) -> Address {
    let city = match hotel {
        "Resort Hotel" => "Algarve",
        "City Hotel" => "Lisboa",
        _ => "Portugal",
    };
    Address {
        lines: vec![hotel.to_owned()],
        city: city.to_owned(),
        postal_code: None,
        country: "PT".to_owned(),
        point: None,
    }
}

/// As many units as were ever booked for one night, at the mean of what was paid.
fn stay(room: &Room) -> ProposedStay {
    let nothing = Money::zero(Currency::EUR);
    ProposedStay {
        units: u32::try_from(room.units).unwrap_or(u32::MAX),
        max_guests: None,
        pricing: Pricing {
            nightly_price: Money::new(room.rate_cents, Currency::EUR),
            cleaning_fee: nothing,
            service_fee: nothing,
            service_fee_basis_points: 0,
            weekly_discount_basis_points: 0,
            monthly_discount_basis_points: 0,
        },
        policy: CancellationPolicy::Flexible,
        zone: ZONE.name().to_owned(),
        check_in: None,
        check_out: None,
        instant: true,
        min_nights: None,
        max_nights: None,
    }
}
