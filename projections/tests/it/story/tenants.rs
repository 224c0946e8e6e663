//! A flat and who was there, and shares that were closed, withdrawn and closed anew.

use std::collections::BTreeMap;

use domain::building::{
    BuildingEvent, BuildingLotAdded, BuildingLotChanged, BuildingLotRemoved, Lot, LotChange,
    LotKind,
};
use domain::id::{BuildingId, LotId, OccupantId, ShareTableId, UserId};
use domain::occupancy::{
    OccupancyCorrected, OccupancyEvent, OccupancyMovedIn, OccupancyMovedOut, OccupantKind, Period,
};
use domain::share_table::{
    ShareTableClosed, ShareTableDrawnUp, ShareTableEvent, ShareTablePartsRecorded,
    ShareTableWithdrawn,
};

use super::{BUILDING, GUEST, date, words};
use crate::world::{World, id};

/// The first flat; the second and a cellar have the numbers that follow.
pub const FLAT: u64 = 8_000_000;
/// The first occupant; the others have the numbers that follow.
pub const OCCUPANT: u64 = 8_000_010;

/// Two flats and a cellar that is gone, three occupants, and a share table.
pub async fn fill(world: &World) {
    for (number, kind) in (FLAT..).zip([LotKind::Flat, LotKind::Apartment, LotKind::Cellar]) {
        let lot = Lot {
            label: format!("A-{number}"),
            kind,
            section: None,
            floor: Some(1),
            surface_dm2: None,
            shares: BTreeMap::from([("general".to_owned(), 500)]),
        };
        let lot_id = LotId(id(number));
        building(
            world,
            BuildingEvent::LotAdded(BuildingLotAdded { lot_id, lot }),
        )
        .await;
    }
    people(world).await;
    let change = LotChange {
        label: Some("B-1".to_owned()),
        kind: Some(LotKind::Office),
        ..LotChange::default()
    };
    let lot_id = LotId(id(FLAT));
    let changed = BuildingLotChanged { lot_id, change };
    building(world, BuildingEvent::LotChanged(changed)).await;
    let lot_id = LotId(id(FLAT + 2));
    building(
        world,
        BuildingEvent::LotRemoved(BuildingLotRemoved { lot_id }),
    )
    .await;
    shares(world).await;
}

async fn building(world: &World, event: BuildingEvent) {
    world
        .record(&format!("building-{}", id(BUILDING)), &event)
        .await;
}

async fn people(world: &World) {
    let stream = format!("occupancy-{}", id(FLAT));
    for (number, kind) in (OCCUPANT..).zip([
        OccupantKind::Owner,
        OccupantKind::Tenant,
        OccupantKind::Tenant,
    ]) {
        let moved = OccupancyMovedIn {
            occupant: OccupantId(id(number)),
            building: BuildingId(id(BUILDING)),
            lot: LotId(id(FLAT)),
            kind,
            user: (number == OCCUPANT + 1).then(|| UserId(id(GUEST))),
            name: words(&format!("Occupant {number}")),
            email: None,
            period: Period {
                from: date("2026-01-01"),
                until: None,
            },
            part: (kind == OccupantKind::Owner).then_some(1_000_000),
            exclusive: false,
        };
        world.record(&stream, &OccupancyEvent::MovedIn(moved)).await;
    }
    let corrected = OccupancyCorrected {
        occupant: OccupantId(id(OCCUPANT)),
        name: Some(words("The owner")),
        email: Some(words("owner@example.org")),
        period: None,
        part: Some(500_000),
        exclusive: None,
    };
    world
        .record(&stream, &OccupancyEvent::Corrected(corrected))
        .await;
    let moved = OccupancyMovedOut {
        occupant: OccupantId(id(OCCUPANT + 2)),
        until: date("2026-03-01"),
    };
    world
        .record(&stream, &OccupancyEvent::MovedOut(moved))
        .await;
}

async fn shares(world: &World) {
    let (key, from) = ("general", date("2026-01-01"));
    let table = ShareTableId::of(BuildingId(id(BUILDING)), key, from);
    let stream = format!("share_table-{table}");
    for parts in [[600, 400], [500, 500]] {
        let drawn = ShareTableDrawnUp {
            building: BuildingId(id(BUILDING)),
            key: key.to_owned(),
            from,
            total: 1_000,
        };
        world
            .record(&stream, &ShareTableEvent::DrawnUp(drawn))
            .await;
        let lots = (FLAT..).map(|number| LotId(id(number)));
        let parts = lots.zip(parts).collect();
        let recorded = ShareTableEvent::PartsRecorded(ShareTablePartsRecorded { parts });
        world.record(&stream, &recorded).await;
        world
            .record(&stream, &ShareTableEvent::Closed(ShareTableClosed {}))
            .await;
        let withdrawn = ShareTableEvent::Withdrawn(ShareTableWithdrawn {});
        world.record(&stream, &withdrawn).await;
    }
}
