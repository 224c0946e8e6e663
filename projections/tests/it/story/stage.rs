//! What stands before anything is booked.

use chrono::NaiveTime;
use domain::booking::CancellationPolicy;
use domain::building::{Address, BuildingEvent, BuildingRegistered};
use domain::id::{BlockId, BuildingId, UserId};
use domain::inventory::{InventoryBlocked, InventoryEvent, InventoryOpened};
use domain::listing::{
    ListingCreated, ListingEvent, ListingPublished, Offer, Place, Pricing, Stay,
};
use domain::user::{UserCreated, UserEvent};
use domain::{Personal, Span};

use super::{BUILDING, GUEST, HOST, LISBON, LISTING, date, eur, shelf, tenants, words};
use crate::world::{World, id};

/// A host, a guest, a building, and two listings of ten units in it.
pub async fn open(world: &World) {
    for (n, name) in [(HOST, "Ana Host"), (GUEST, "Bruno Guest")] {
        let created = UserCreated {
            user: UserId(id(n)),
            email: Personal::new(id(n), format!("{n}@example.org")),
            name: Personal::new(id(n), name.to_owned()),
            roles: [domain::permission::Role::Member].into(),
            password_hash: None,
            password_temporary: false,
        };
        world
            .record(&format!("user-{}", id(n)), &UserEvent::Created(created))
            .await;
    }
    let registered = BuildingRegistered {
        owner: UserId(id(HOST)),
        name: "City Hotel".to_owned(),
        address: Address {
            lines: vec!["Rua 1".to_owned()],
            city: "Lisbon".to_owned(),
            postal_code: None,
            country: "PT".to_owned(),
            point: None,
        },
        time_zone: Some(LISBON),
        sections: Vec::new(),
        attributes: [("stars".to_owned(), "4".to_owned())].into(),
    };
    let building = format!("building-{}", id(BUILDING));
    world
        .record(&building, &BuildingEvent::Registered(registered))
        .await;
    for n in [LISTING, LISTING + 1] {
        list(world, n).await;
    }
    shelf::fill(world).await;
    tenants::fill(world).await;
}

async fn list(world: &World, n: u64) {
    let stream = format!("listing-{}", id(n));
    world
        .record(
            &stream,
            &ListingEvent::Created(listing(&format!("Room {n}"))),
        )
        .await;
    let low_water = date("2026-01-01");
    let opened = InventoryOpened {
        units: 10,
        zone: LISBON,
        low_water,
    };
    let inventory = format!("inventory-{}", id(n));
    world
        .record(&inventory, &InventoryEvent::Opened(opened))
        .await;
    world
        .record(&stream, &ListingEvent::Published(ListingPublished {}))
        .await;
    let blocked = InventoryBlocked {
        cancelled: None,
        block: BlockId(id(5_000_000 + n)),
        span: Span::new(date("2026-12-24"), date("2026-12-27")),
        units: Some(3),
        reason: Some(words("paint")),
        low_water,
    };
    world
        .record(&inventory, &InventoryEvent::Blocked(blocked))
        .await;
}

fn listing(title: &str) -> ListingCreated {
    ListingCreated {
        host: UserId(id(HOST)),
        title: title.to_owned(),
        description: "Bright".to_owned(),
        place: Place {
            building: Some(BuildingId(id(BUILDING))),
            lot: None,
        },
        offer: Offer::Stay(Stay {
            units: 10,
            max_guests: Some(4),
            pricing: Pricing {
                nightly_price: eur(9_000),
                cleaning_fee: eur(0),
                service_fee: eur(0),
                service_fee_basis_points: 0,
                weekly_discount_basis_points: 0,
                monthly_discount_basis_points: 0,
            },
            policy: CancellationPolicy::Flexible,
            zone: LISBON,
            check_in: NaiveTime::from_hms_opt(15, 0, 0).unwrap(),
            check_out: NaiveTime::from_hms_opt(11, 0, 0).unwrap(),
            instant: false,
            min_nights: 1,
            max_nights: 730,
        }),
    }
}
